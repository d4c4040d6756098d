"""The papers that relevance is measured on: of our own making, and recorded ones where they are at hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from indexer.documents import Document
from tests.making import document

HERE = Path(__file__).parent


def own_papers() -> list[Document]:
    """The papers of `papers.ndjson`; some have a Chinese translation."""
    lines = (HERE / "papers.ndjson").read_text("utf-8").splitlines()
    return [_document(number, json.loads(line)) for number, line in enumerate(lines, start=1)]


def _document(number: int, values: dict[str, Any]) -> Document:
    chinese = values.pop("zh") or {}
    texts = {
        name: {"en": values.pop(name)} | ({"zh": chinese[name]} if chinese else {}) for name in ("title", "abstract")
    }
    values["day"] = date.fromisoformat(values["day"])
    values["authors"], values["categories"] = tuple(values["authors"]), tuple(values["categories"])
    return document(values.pop("id"), number, **texts, **values)


def recorded_papers(recorded: Path) -> list[Document]:
    """The papers of the recorded pages that have a title and an abstract."""
    from crawler.parsers import parser

    papers: dict[str, Document] = {}
    (snapshot,) = (recorded / "kaggle").iterdir()
    pages = [("kaggle", snapshot)]
    pages += [("huggingface-daily", file) for file in sorted((recorded / "hf").glob("api_daily_papers*.json"))]
    for name, file in pages:
        for sighting in parser(name)(file.read_bytes(), "").sightings:
            if sighting.title and sighting.abstract and sighting.id not in papers:
                number = len(papers) + 1
                fields = {"title": sighting.title, "abstract": sighting.abstract, "authors": sighting.authors}
                day = sighting.submitted.date() if sighting.submitted else sighting.day
                categories = sighting.categories or ("cs.AI",)
                papers[sighting.id] = document(
                    sighting.id, number, day=day, categories=categories, source=sighting.source, **fields
                )
    return list(papers.values())
