"""A paper's abstract sentence beside sentence, on the page and in the API."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html

from delivery.messages import LANGUAGES, Messages
from delivery.settings import PageSettings
from indexer.documents import Document
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from papers.paper import Aligned
from search_ui.app import application
from tests.indexer.contract import fill
from tests.making import document
from translation.judge.reasons import Reason
from translation.quality.record import Quality, keep


def partly() -> Document:
    """Of three sentences the second has no translation."""
    original = document(
        title={"en": "Clocks", "zh": "时钟"}, abstract={"en": "It runs. It stops. It ends.", "zh": "它运行。它结束。"}
    )
    rows = (Aligned(8, 4, "plain", None), Aligned(9, None, "refused", "length"), Aligned(8, 4, "split", None))
    return replace(
        original, aligned={"zh": {"abstract": rows}}, untranslated={"zh": "length"}, translated_by={"zh": "en-zh 1"}
    )


@pytest.fixture
def page(folder: Path) -> TestClient:
    Catalogue(folder, write=True).close()
    engine = open_engine(folder)
    fill(engine, [partly()])
    return TestClient(application(engine, PageSettings(), folder))


def test_each_sentence_stands_beside_its_translation(page: TestClient) -> None:
    for language, why in (("en", "No good enough translation: length."), ("zh", "没有足够好的译文：长度不合理。")):
        tree = html.fromstring(page.get("/paper/2611.00001", headers={"Accept-Language": language}).text)
        pairs = tree.xpath("//div[@class='pair']")
        texts = [["".join(p.itertext()).strip() for p in pair.findall("p")] for pair in pairs]
        assert texts[0] == ["It runs.", "它运行。"] and texts[2] == ["It ends.", "它结束。"]
        assert texts[1] == ["It stops.", f"It stops. {why}"]
        assert [pair.get("id") for pair in pairs] == ["s1", "s2", "s3"]
        assert tree.xpath("//div[@class='pair']/a/@href") == ["#s1", "#s2", "#s3"]


def test_in_a_list_the_original_stands_in_the_place_of_a_refused_sentence(page: TestClient) -> None:
    tree = html.fromstring(page.get("/?q=clocks").text)
    (refused,) = tree.xpath("//p[@lang='zh']/span[@class='refused']")
    assert refused.get("lang") == "en" and refused.text == "It stops."
    assert "".join(refused.getparent().itertext()) == "它运行。 It stops. 它结束。"


def test_the_api_gives_them_with_their_ways(page: TestClient) -> None:
    answer = page.get("/api/v1/papers/2611.00001").json()
    assert answer["abstract"]["zh"] == "它运行。它结束。" and answer["translated_by"] == {"zh": "en-zh 1"}
    assert answer["sentences"]["zh"]["abstract"][1:] == [
        {"source": "It stops.", "target": None, "way": "refused", "reason": "length"},
        {"source": "It ends.", "target": "它结束。", "way": "split", "reason": None},
    ]


def test_every_reason_has_words_in_both_languages() -> None:
    for language in LANGUAGES:
        for reason in Reason:
            assert Messages(language)(f"reason: {reason}")


def test_the_foot_says_what_the_test_of_the_translations_came_to(page: TestClient, folder: Path) -> None:
    assert "chrF" not in page.get("/").text
    keep(Quality("en-zh 1", "shipped", 200, 31.5, 35.2, 1.0, {}, {}, 9.0), folder, "en", "zh")
    assert "en-zh 1, tested on 200 sentences: chrF 31.5, BLEU 35.2" in page.get("/").text
