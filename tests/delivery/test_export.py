"""Exports: golden files of every format, and what the programs that read them make of these."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
import rispy
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string

from delivery.export import FORMATS, UnknownFormat, format_named, in_chunks
from delivery.export.rows import COLUMNS
from indexer.documents import Document, from_json
from papers.normalise import formulas

FOLDER = Path(__file__).parent.parent / "golden" / "export"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))
ACCEPT = bool(os.environ.get("PAPERGLOT_TEST_ACCEPT"))


def paper(name: str) -> Document:
    """The document of a case, which gives its fields as an index stores them."""
    fields = {"number": 1, "seq": 1, **json.loads((FOLDER / f"{name}.json").read_bytes())}
    return from_json(json.dumps(fields).encode())


def written(format: str, *names: str) -> str:
    return b"".join(in_chunks(FORMATS[format].write(map(paper, names or CASES)))).decode()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, format: str) -> None:
    """PAPERGLOT_TEST_ACCEPT=1 writes the files anew. A new case is a .json file."""
    path = FOLDER / f"{name}.{format}"
    if ACCEPT:
        path.write_bytes(written(format, name).encode())
    assert written(format, name).encode() == path.read_bytes()


def test_what_bibtex_programs_read() -> None:
    """pybtex finds every paper, its title with balanced braces, and the parts of names."""
    entries = parse_string(written("bibtex"), "bibtex").entries
    assert len(entries) == len(CASES)
    for name in CASES:
        (entry,) = (each for key, each in entries.items() if key.endswith(paper(name).id.replace("/", "-")))
        assert entry.type == "misc" and entry.fields["eprint"] == paper(name).id
        assert entry.fields["archivePrefix"] == "arXiv"
        assert len(entry.persons.get("author", ())) == len(paper(name).authors)
    ordinary = entries["holt2026-2611.00001"]
    assert [person.last_names for person in ordinary.persons["author"]][1] == ["Berg"]
    assert ordinary.persons["author"][1].prelast_names == ["van", "der"]
    assert ordinary.persons["author"][2].lineage_names == ["Jr."]
    assert "一种注意力机制" in entries["arxiv-2611.00003"].fields["title"]


def test_formulas_stay_and_signs_are_escaped() -> None:
    title = parse_string(written("bibtex", "signs"), "bibtex").entries["sons2026-2611.00002"].fields["title"]
    assert r"50\% of R\&D \#1: a\_b" in title and r"$x_{1}^{2} \& y$" in title
    assert title.count("{") == title.count("}")
    assert [tex for *_, tex in formulas.find(paper("ordinary").abstract["en"])] == [r"O(n \log n)"]
    assert r"$O(n \log n)$" in written("bibtex", "ordinary")


def test_what_ris_programs_read() -> None:
    records = rispy.loads(written("ris"))
    assert len(records) == len(CASES)
    by_id = {record["accession_number"].removeprefix("arXiv:"): record for record in records}
    for name in CASES:
        record, document = by_id[paper(name).id], paper(name)
        assert record["title"] == " ".join(document.own_title.split())
        assert len(record.get("authors", ())) == len(document.authors)
        assert record["unknown_tag"] == {"M2": ["Type: preprint"]}  # for Zotero alone
    assert by_id["2611.00001"]["authors"][1:] == ["van der Berg, Jan", "King, Martin, Jr."]
    assert by_id["2611.00001"]["date"] == "2026/11/18"


def test_what_a_citation_processor_prints() -> None:
    items = json.loads(written("csl"))
    assert len(items) == len(CASES) and len({item["id"] for item in items}) == len(CASES)
    assert {item["type"] for item in items} == {"article"}  # a preprint, as Zotero reads it
    keys = [item.pop("citation-key") for item in items]  # the processor does not know it, and warns
    assert keys == [item["id"] for item in items]
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    text = "\n".join("".join(entry) for entry in bibliography.bibliography())
    assert "van der Berg, J." in text and "王小明" in text and "10.1234/clocks.3" in text


def test_tables() -> None:
    rows = list(csv.reader(io.StringIO(written("csv").removeprefix("\ufeff"))))
    assert tuple(rows[0]) == COLUMNS and len(rows) == len(CASES) + 1
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    lines = [json.loads(line) for line in written("ndjson").splitlines()]
    assert [line["id"] for line in lines] == [paper(name).id for name in CASES]


@pytest.mark.parametrize("format", FORMATS)
def test_no_paper_is_a_whole_file_too(format: str) -> None:
    text = b"".join(in_chunks(FORMATS[format].write([]))).decode()
    assert text == {"csl": "[]\n", "csv": "\ufeff" + ",".join(COLUMNS) + "\r\n"}.get(format, "")


def test_an_unknown_format() -> None:
    with pytest.raises(UnknownFormat, match="There is no format 'docx': there are bibtex, ris"):
        format_named("docx")


def test_pieces_are_joined_but_not_all() -> None:
    pieces: list[Any] = ["word " * 100] * 1000
    chunks = list(in_chunks(iter(pieces)))
    assert b"".join(chunks).decode() == "".join(pieces) and 3 < len(chunks) < 20
