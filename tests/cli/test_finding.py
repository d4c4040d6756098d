"""`paperglot rank`, `export` and `lexicon`: what they print, and what they refuse."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from indexer.lexicon import FILE, read
from papers.catalogue import Catalogue
from tests.cli.test_cli import paperglot
from tests.making import AT, page, sighting

BIB = """@misc{holt2026,
  title = {Clocks that Tick {S}lowly},
  author = {Holt, Mira and Arai, Jun},
  abstract = {We study slow clocks.},
}
@misc{known, title = {Whatever}, eprint = {2611.00001}, archivePrefix = {arXiv}}
"""


@pytest.fixture
def papers() -> Path:
    """A data folder with three papers, indexed."""
    folder = Path(os.environ["PAPERGLOT_DATA"])
    titles = ("Slow clocks in networks", "Bridges of steel", "Galaxies far away")
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{n:05}", title=title) for n, title in enumerate(titles, 1))), AT)
    assert paperglot("index").returncode == 0
    return folder


def test_the_papers_of_a_day_by_what_one_reads(papers: Path, tmp_path: Path) -> None:
    bib = tmp_path / "library.bib"
    bib.write_text(BIB)
    ranked = json.loads(paperglot("rank", "--bib", str(bib), "--json").stdout)
    assert ranked[0]["id"] == "2611.00001" and "clocks" in ranked[0]["words"]
    assert "2611.00002" in paperglot("rank", "--like", "arXiv:2611.00002v1", "--size", "1").stdout
    galaxies = json.loads(paperglot("rank", "--like", "2611.00002", "--search", "galaxies", "--json").stdout)
    assert [row["id"] for row in galaxies] == ["2611.00003"]


def test_what_cannot_be_ranked_by(papers: Path, tmp_path: Path) -> None:
    damaged, empty = tmp_path / "damaged.bib", tmp_path / "empty.bib"
    damaged.write_text("@misc{x, title = {never closed")
    empty.write_text("% nothing\n")
    for arguments, sentence in {
        (): "Name papers that you like",
        ("--bib", str(damaged)): "cannot be read",
        ("--bib", str(empty)): "has no entry with a title",
        ("--bib", str(tmp_path / "missing.bib")): "cannot be read",
        ("--like", "2611.99999"): "is not kept here",
        ("--like", "nonsense"): "is not an arXiv identifier",
        ("--like", "2611.00001", "--search", "colour:red"): "is not understood",
    }.items():
        process = paperglot("rank", *arguments)
        assert process.returncode == 2 and sentence in process.stderr and "Traceback" not in process.stderr, arguments


def test_a_lexicon_is_made_of_what_there_is(papers: Path, tmp_path: Path) -> None:
    process = paperglot("lexicon")
    assert process.returncode == 0 and "0 of them learned from translations" in process.stdout
    glossary = read(papers / FILE)
    assert {entry.source for entry in glossary} == {"glossary"} and len(glossary) > 500
    cedict = tmp_path / "cedict.txt"
    cedict.write_text("擴散 扩散 [kuo4 san4] /diffusion/\n")
    assert paperglot("lexicon", "--cedict", str(cedict)).returncode == 0
    assert len(read(papers / FILE)) == len(glossary) + 1
    process = paperglot("lexicon", "--cedict", str(tmp_path / "missing"))
    assert process.returncode == 2 and "The dictionary" in process.stderr


def test_papers_as_a_file(papers: Path, tmp_path: Path) -> None:
    printed = paperglot("export", "clocks")
    assert printed.returncode == 0 and printed.stdout.startswith("@misc{") and printed.stdout.count("@misc") == 1
    assert printed.stderr.strip() == "Exported 1 paper."
    path = tmp_path / "all.csv"
    assert paperglot("export", "--format", "csv", "--output", str(path)).returncode == 0
    assert len(path.read_text("utf-8-sig").splitlines()) == 4
    lines = paperglot("export", "--id", "2611.00003", "--id", "2611.00001", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["2611.00003", "2611.00001"]
    assert not [path for path in tmp_path.iterdir() if path.name.endswith((".part", ".new"))]


def test_what_cannot_be_exported(papers: Path, tmp_path: Path) -> None:
    for arguments, code, sentence in (
        (("--format", "docx"), 2, "There is no format 'docx'"),
        (("--sort", "relevance"), 2, "There is no order 'relevance' of an export"),
        (("--id", "2611.99999"), 2, "is not kept here"),
        (("--id", "nonsense"), 2, "is not an arXiv identifier"),
        (("clocks", "--id", "2611.00001"), 2, "not by both"),
        (("colour:red",), 2, "is not understood"),
        (("zeppelins",), 1, "No paper matches"),
        (("--output", str(tmp_path / "no" / "folder.bib")), 1, "cannot be written"),
    ):
        process = paperglot("export", *arguments)
        assert process.returncode == code and sentence in process.stderr, (arguments, process.stderr)
        assert "Traceback" not in process.stderr
