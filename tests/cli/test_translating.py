"""`paperglot models` and `paperglot translate` as users type them, with the toy package."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from papers.catalogue import Catalogue
from replica.model import build
from replica.world import World
from tests.cli.test_cli import PAPERGLOT, paperglot, said
from tests.conftest import TODAY
from tests.making import AT, page, sighting
from tests.processes import wait_until

TEXT = "We prove $O(n)$ for attention."


@pytest.mark.slow
def test_a_package_comes_and_goes(tmp_path: Path) -> None:
    build(tmp_path / "shelf" / "translate-en_zh-0_1.argosmodel")
    assert "No package is installed" in paperglot("models", "list").stdout
    assert (
        "Installed en-zh 0.2 (demo)"
        in paperglot("models", "install", "en", "zh", "--from", str(tmp_path / "shelf")).stdout
    )
    assert "en → zh  0.2" in paperglot("models", "list").stdout
    said(paperglot("models", "install", "en", "fr", "--from", str(tmp_path / "shelf")), 2, "holds no package file")
    assert "Removed en-zh 0.2 (demo)" in paperglot("models", "remove", "en", "zh").stdout
    said(paperglot("models", "remove", "en", "zh"), 2, "was installed by Paperglot")


@pytest.mark.slow
def test_a_text_by_hand(tmp_path: Path) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    shown = paperglot("translate", "--text", TEXT, "--to", "zh").stdout
    assert "$O(n)$" in shown and "注意力" in shown
    answer = json.loads(paperglot("translate", "--text", TEXT, "--to", "zh", "--json").stdout)
    assert (answer["language"], answer["model"]) == ("en", "en-zh 0.2 (demo)")
    (sentence,) = answer["sentences"]
    assert sentence["source"] == TEXT and sentence["spans"] == ["$O(n)$"] and sentence["gate"] is None
    chinese = "我们提出一种新的注意力机制。"
    assert paperglot("translate", "--text", chinese, "--to", "zh").stdout == f"{chinese}\n"
    answer = json.loads(paperglot("translate", "--text", chinese, "--to", "zh", "--json").stdout)
    assert (answer["text"], answer["language"], answer["model"]) == (chinese, "zh", None)
    assert [entry["way"] for entry in answer["sentences"]] == ["kept"]
    french = "Nous proposons une nouvelle méthode pour la vision par ordinateur."
    process = paperglot("translate", "--text", french, "--to", "zh", "--from", "fr")
    said(process, 1, "No package translates from fr to zh")
    refused = paperglot("translate", "--text", "Nobody knows the weather of tomorrow.", "--to", "zh")
    assert refused.returncode == 0 and "Not translated (wrong script): Nobody knows" in refused.stderr
    assert refused.stdout == "Nobody knows the weather of tomorrow.\n"


def test_pairs_of_somebody_else_are_judged(tmp_path: Path) -> None:
    file = tmp_path / "pairs.ndjson"
    good = {
        "source": "We prove it for 3 models.",
        "target": "我们对 3 个模型证明了它。",
        "from": "en",
        "to": "zh",
        "id": 7,
    }
    bad = good | {"target": "我们对 5 个模型证明了它。"}
    file.write_text("\n".join(json.dumps(pair) for pair in (good, bad)) + "\n", "utf-8")
    process = paperglot("translate", "--check", str(file))
    assert process.returncode == 0, process.stderr
    lines = [json.loads(line) for line in process.stdout.splitlines()]
    assert lines[0] == good | {"good": True, "reasons": []}
    assert lines[1] == bad | {"good": False, "reasons": ["a protected part was lost", "something was added"]}
    for content, message in (("[1]", "line 1: expected an object with"), ("{", "line 1: this is no JSON")):
        file.write_text(content)
        said(paperglot("translate", "--check", str(file)), 2, message)
    said(paperglot("translate", "--check", str(tmp_path / "none")), 2, "cannot be read")


def test_packages_are_tested(tmp_path: Path) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    own = tmp_path / "own.tsv"
    own.write_text("We prove the error of the method.\t我们证明该方法的误差。\n", "utf-8")
    shown = paperglot("models", "test", "en", "zh", "--pairs", str(own)).stdout
    assert "en-zh 0.2 (demo) on 1 sentences (own.tsv)" in shown and "100.0% plain" in shown
    said(paperglot("models", "test", "en", "fr"), 2, "No pairs from en to fr are shipped")


def test_argos_own_packages_are_used_and_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "argos"
    with zipfile.ZipFile(build(tmp_path / "toy.argosmodel")) as archive:
        archive.extractall(folder)
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(folder))
    listed = paperglot("models", "list").stdout
    assert "en → zh  0.2" in listed and "not installed by Paperglot" in listed
    assert "$O(n)$" in paperglot("translate", "--text", TEXT, "--to", "zh").stdout
    process = paperglot("models", "remove", "en", "zh")
    said(process, 2, "was installed by Paperglot")
    assert "stays: Paperglot did not install it" in process.stdout and len(list(folder.iterdir())) == 1


@pytest.mark.slow
def test_what_is_kept_is_translated_and_indexed(tmp_path: Path) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    with Catalogue(Path(os.environ["PAPERGLOT_DATA"]), write=True) as catalogue:
        titles = ("Rethinking the attention mechanism for machine translation", "Attention for machine translation")
        catalogue.keep(page(*(sighting(f"2611.{n:05}", title=title) for n, title in enumerate(titles, 1))), AT)
    assert "Translated 1 papers into zh" in paperglot("translate", "--limit", "1").stdout
    assert "Translated 1 papers into zh" in paperglot("translate").stdout
    assert "Translated 0 papers into zh" in paperglot("translate").stdout
    for english, chinese, count in (("attention", "注意力", 2), ("attention mechanism", "注意力机制", 1)):
        ids = [{hit["id"] for hit in _found(words)["hits"] if hit["tier"] == "all"} for words in (english, chinese)]
        assert ids[0] == ids[1] and len(ids[0]) == count
    assert "Texts in zh" in paperglot("status").stdout


def _found(words: str) -> Any:
    return json.loads(paperglot("search", words, "--json").stdout)


@pytest.mark.slow
def test_ctrl_c_between_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    monkeypatch.setenv("PAPERGLOT_TRANSLATION_PAPERS_AT_ONCE", "2")
    papers = World(papers_a_day=800).announced(TODAY)
    with Catalogue(Path(os.environ["PAPERGLOT_DATA"]), write=True) as catalogue:
        catalogue.keep(
            page(*(sighting(paper.id, title=paper.title[0], abstract=paper.abstract[0]) for paper in papers)), AT
        )
        process = subprocess.Popen([str(PAPERGLOT), "translate"], stderr=subprocess.PIPE, text=True)
        wait_until(catalogue.translation_counts, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 130 and "Traceback" not in err
        assert "paperglot: Stopped. What was kept stays; the next run carries on." in err
        kept_count = catalogue.translation_counts()["zh"]["translated"] // 2
    monkeypatch.delenv("PAPERGLOT_TRANSLATION_PAPERS_AT_ONCE")
    assert f"Translated {len(papers) - kept_count:,} papers into zh" in paperglot("translate").stdout


@pytest.mark.slow
def test_a_reader_says_it_better(tmp_path: Path) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    with Catalogue(Path(os.environ["PAPERGLOT_DATA"]), write=True) as catalogue:
        catalogue.keep(page(sighting(title="The method", abstract="We prove the error. It has 3 models.")), AT)
    assert "Translated 1 papers" in paperglot("translate").stdout
    process = paperglot("correct", "We prove the error.", "我们证明误差有界。")
    assert "Kept 1 corrections; 1 texts changed" in process.stdout, process.stderr
    (hit,) = _found("误差有界")["hits"]
    assert "Wrote 1 corrections" in paperglot("correct", "--export", str(tmp_path / "out.tmx")).stdout
    assert "Kept 1 corrections; 0 texts" in paperglot("correct", "--from", str(tmp_path / "out.tmx")).stdout
    said(paperglot("correct", "only one"), 2, "Name a sentence and its translation")
    file = tmp_path / "texts.ndjson"
    rows = [{"id": hit["id"], "field": "title", "language": "zh", "text": text, "by": "us"} for text in ("方法", "♪")]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    process = paperglot("import", "translations", str(file))
    assert (
        process.returncode == 1
        and "Kept 1 texts; 1 left out." in process.stdout
        and "Left out: line 2" in process.stderr
    )
    with Catalogue(Path(os.environ["PAPERGLOT_DATA"])) as catalogue:
        (change,) = catalogue.changes(0, 10)
    assert change.translations["title"]["zh"] == "方法"
    assert change.translations["abstract"]["zh"].startswith("我们证明误差有界。")
