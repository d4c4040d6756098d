"""`paperglot models` and `paperglot translate` as users type them, with the toy package."""

from __future__ import annotations

import json
import os
import signal
import subprocess
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


def test_a_package_comes_and_goes(tmp_path: Path) -> None:
    build(tmp_path / "shelf" / "translate-en_zh-0_1.argosmodel")
    assert "No package is installed" in paperglot("models", "list").stdout
    assert (
        "Installed en-zh 0.1.toy"
        in paperglot("models", "install", "en", "zh", "--from", str(tmp_path / "shelf")).stdout
    )
    assert "en → zh  0.1.toy" in paperglot("models", "list").stdout
    said(paperglot("models", "install", "en", "fr", "--from", str(tmp_path / "shelf")), 2, "holds no package file")
    assert "Removed en-zh 0.1.toy" in paperglot("models", "remove", "en", "zh").stdout
    said(paperglot("models", "remove", "en", "zh"), 2, "is installed in")


def test_a_text_by_hand(tmp_path: Path) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    shown = paperglot("translate", "--text", TEXT, "--to", "zh").stdout
    assert "$O(n)$" in shown and "注意力" in shown
    found = json.loads(paperglot("translate", "--text", TEXT, "--to", "zh", "--json").stdout)
    assert (found["language"], found["model"]) == ("en", "en-zh 0.1.toy")
    (sentence,) = found["sentences"]
    assert sentence["source"] == TEXT and sentence["spans"] == ["$O(n)$"] and sentence["gate"] is None
    chinese = "我们提出一种新的注意力机制。"
    assert paperglot("translate", "--text", chinese, "--to", "zh").stdout == f"{chinese}\n"
    found = json.loads(paperglot("translate", "--text", chinese, "--to", "zh", "--json").stdout)
    assert (found["text"], found["language"], found["model"], found["sentences"]) == (chinese, "zh", None, [])
    french = "Nous proposons une nouvelle méthode pour la vision par ordinateur."
    said(paperglot("translate", "--text", french, "--to", "zh"), 1, "No package translates from fr to zh")


def test_what_is_kept_is_translated_and_indexed(tmp_path: Path) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    with Catalogue(Path(os.environ["PAPERGLOT_DATA"]), write=True) as catalogue:
        titles = ("Rethinking the attention mechanism for machine translation", "Attention for machine translation")
        catalogue.keep(page(*(sighting(f"2611.{n:05}", title=title) for n, title in enumerate(titles, 1))), AT)
    assert "Translated 1 papers into zh" in paperglot("translate", "--limit", "1").stdout
    assert "Translated 1 papers into zh" in paperglot("translate").stdout
    assert "Translated 0 papers into zh" in paperglot("translate").stdout
    for english, chinese, count in (("attention", "注意力", 2), ("attention mechanism", "注意力机制", 1)):
        ids = [{hit["id"] for hit in _found(words)["hits"]} for words in (english, chinese)]
        assert ids[0] == ids[1] and len(ids[0]) == count
    assert "Texts in zh" in paperglot("status").stdout


def _found(words: str) -> Any:
    return json.loads(paperglot("search", words, "--json").stdout)


def test_ctrl_c_between_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paperglot("models", "install", "en", "zh", "--from", str(build(tmp_path / "toy.argosmodel")))
    monkeypatch.setenv("PAPERGLOT_TRANSLATION_PAPERS_AT_ONCE", "2")
    made = World(papers_a_day=2000).announced(TODAY)
    with Catalogue(Path(os.environ["PAPERGLOT_DATA"]), write=True) as catalogue:
        catalogue.keep(page(*(sighting(one.id, title=one.title[0], abstract=one.abstract[0]) for one in made)), AT)
        process = subprocess.Popen([str(PAPERGLOT), "translate"], stderr=subprocess.PIPE, text=True)
        wait_until(catalogue.translation_counts, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 130 and "Traceback" not in err
        assert "paperglot: Stopped. What was kept stays; the next run carries on." in err
        kept = catalogue.translation_counts()["zh"]["translated"] // 2
    assert f"Translated {len(made) - kept:,} papers into zh" in paperglot("translate").stdout
