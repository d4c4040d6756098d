"""What people say better than a model: sentences, terms, whole texts; in files and out of them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from indexer.documents import from_change
from papers.alignment import pairs
from papers.corrections import Correction, Kind
from tests.making import AT, page, sighting
from tests.translation.test_worker import SETTINGS, kept_in, made, translated
from translation.memory import BadMemory, read, written
from translation.people import BadLine, bring_in
from translation.sentences import split
from translation.settings import TranslationSettings
from translation.worker import run

BETTER = "这是人工给出的更好的译文。"


def said(source: str, target: str, kind: Kind = Kind.SENTENCE) -> Correction:
    return Correction(kind, "zh", source, target)


def test_a_sentence_is_said_better_and_stays(folder: Path, toy: Path) -> None:
    papers = made(5)
    with kept_in(folder, toy, papers) as catalogue:
        translated(catalogue, folder)
        seq = catalogue.seq
        first, second = split(papers[0].abstract[0])[:2]
        assert catalogue.correct([said(first, BETTER)], AT) == 1
        (change,) = catalogue.changes(seq, 10)
        assert change.translations["abstract"]["zh"].startswith(BETTER)
        for options in ({"stale": True}, {"redo": True}):
            other_settings = SETTINGS.model_copy(update={"beam": 2 if options == {"stale": True} else 3})
            run(catalogue, folder, other_settings, "zh", now=lambda: AT, **options)  # type: ignore[arg-type]
            texts = {change.id: change.translations["abstract"]["zh"] for change in catalogue.changes(0, 100)}
            assert texts[papers[0].id].startswith(BETTER)
        # In the next version of the text, too.
        longer = sighting(papers[0].id, title=papers[0].title[0], abstract=f"{second} {first}", version=2)
        catalogue.keep(page(longer), AT + timedelta(days=1))
        translated(catalogue, folder)
        changes = {change.id: change for change in catalogue.changes(0, 100)}
        assert changes[papers[0].id].translations["abstract"]["zh"].endswith(BETTER)
        assert changes[papers[0].id].aligned["zh"]["abstract"][1].way == "person"
        nothing = catalogue.seq
        assert catalogue.correct([said("No such sentence.", "没有。")], AT) == 0 and catalogue.seq == nothing


def test_a_sentence_that_was_refused_is_no_longer(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, ()) as catalogue:
        text = "We prove the error of the method. Nobody knows the weather of tomorrow."
        catalogue.keep(page(sighting(title="The method", abstract=text)), AT)
        translated(catalogue, folder)
        (change,) = catalogue.changes(0, 10)
        assert change.states == {"zh": "partly"}
        catalogue.correct([said("Nobody knows the weather of tomorrow.", "没有人知道明天的天气。")], AT)
        (change,) = catalogue.changes(0, 10)
        assert change.states == {"zh": "translated"} and change.untranslated == {}


def test_a_term_of_a_readers_own(folder: Path, toy: Path) -> None:
    papers = made(20)
    with kept_in(folder, toy, papers) as catalogue:
        translated(catalogue, folder)
        catalogue.correct([said("error", "偏差", Kind.TERM)], AT)
        assert 0 < translated(catalogue, folder, stale=True).sentences < 60
        assert any("偏差" in change.translations["abstract"]["zh"] for change in catalogue.changes(0, 100))


def test_a_term_in_traditional_characters(folder: Path, toy: Path) -> None:
    """It is compared in Simplified characters, in which the model answers, and shown in Traditional ones."""
    papers = made(20)
    with kept_in(folder, toy, papers) as catalogue:
        catalogue.correct([Correction(Kind.TERM, "zh-Hant", "error", "內核")], AT)
        run(catalogue, folder, TranslationSettings(), "zh-Hant", now=lambda: AT)
        texts = [change.translations["abstract"].get("zh-Hant", "") for change in catalogue.changes(0, 100)]
    assert any("內核" in text for text in texts) and not any("内核" in text for text in texts)


@pytest.mark.parametrize("name", ["own.tsv", "own.tmx"])
def test_files_in_and_out(name: str, tmp_path: Path) -> None:
    corrections = [said("A sentence & more.", "一个句子 <1>。"), said("token", "词元", Kind.TERM)]
    corrections += [said(text, "编号") for text in ("#1 is best.", "# of parameters", r"\# is TeX.", r"\\# is two.")]
    (tmp_path / name).write_bytes(written(corrections, as_tmx=name.endswith("tmx")))
    assert read(tmp_path / name, "zh") == corrections


def test_a_tmx_of_another_program(tmp_path: Path) -> None:
    (tmp_path / "x.tmx").write_text(
        """<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header/><body>
        <tu><tuv xml:lang="EN-US"><seg>One <bpt i="1"/>two.</seg></tuv>
        <tuv xml:lang="zh-CN"><seg>一二。</seg></tuv></tu><tu><tuv xml:lang="en"><seg>Only this.</seg></tuv>
        <tuv xml:lang="fr"><seg>Cela.</seg></tuv></tu></body></tmx>""",
        "utf-8",
    )
    assert read(tmp_path / "x.tmx", "zh") == [said("One two.", "一二。")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tsv", "no tab\n", "line 1: expected a text"),
        ("a.tsv", "a\tb\tother\n", "line 1"),
        ("a.tmx", "<x", "is no TMX"),
    ],
)
def test_bad_files(name: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(BadMemory, match=message):
        read(tmp_path / name, "zh")
    with pytest.raises(BadMemory, match="cannot be read"):
        read(tmp_path / "none", "zh")


def line(**values: str) -> bytes:
    usual = {"id": "2611.00001", "field": "abstract", "language": "zh", "by": "Mira Holt"}
    return json.dumps(usual | values).encode()


def test_whole_texts_of_people(folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, ()) as catalogue:
        text = "We prove the error of the method. It has 3 models."
        catalogue.keep(page(sighting(title="The method", abstract=text)), AT)
        translated(catalogue, folder)
        whole = "我们证明了该方法的误差。它有 3 个模型。"
        brought = bring_in(
            [
                line(text=whole),
                line(text="我们证明了该方法的误差。它有 5 个模型。"),
                line(id="2611.09999", text=whole),
                b"\n",
            ],
            catalogue,
            AT,
        )
        assert brought.kept == 1 and len(brought.left_out) == 2
        assert "line 2, abstract of 2611.00001: a protected part was lost" in brought.left_out[0]
        (change,) = catalogue.changes(0, 10)
        assert change.translations["abstract"]["zh"] == whole and change.translated_by["zh"]
        document = from_change(change)
        shown = pairs(document.abstract["en"], document.abstract["zh"], document.aligned["zh"]["abstract"])
        assert [(pair.source, pair.target) for pair in shown][1] == ("It has 3 models.", "它有 3 个模型。")
        for options in ({"stale": True}, {"redo": True}):
            other_settings = SETTINGS.model_copy(update={"beam": 2})
            run(catalogue, folder, other_settings, "zh", now=lambda: AT, **options)  # type: ignore[arg-type]
            (change,) = catalogue.changes(0, 10)
            assert change.translations["abstract"]["zh"] == whole
        joined = "我们证明了该方法的误差，它有 3 个模型。"
        assert bring_in([line(text=joined)], catalogue, AT).kept == 1
        (change,) = catalogue.changes(0, 10)
        assert len(change.aligned["zh"]["abstract"]) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"{", "is no JSON"), (b"[]", "expected an object"), (line(field="notes", text="x"), "field is 'notes'")],
)
def test_bad_lines(content: bytes, message: str, folder: Path, toy: Path) -> None:
    with kept_in(folder, toy, ()) as catalogue, pytest.raises(BadLine, match=message):
        bring_in([content], catalogue, AT)
