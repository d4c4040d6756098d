"""The snapshot file: every paper up to a day as NDJSON, hard-wrapped and with TeX accents as the real one."""

from __future__ import annotations

import json
import textwrap
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from replica.world import ReplicaPaper, World, listing_day_before, version_dates, version_days

_TEX = {"\u0301": "\\'", "\u0308": '\\"', "\u0300": "\\`", "\u0302": "\\^", "\u0303": "\\~", "\u030c": "\\v "}


def tex(text: str) -> str:
    """`Élodie` → `{\\'E}lodie`: accents as TeX macros, as authors type them."""
    parts = []
    for character in text:
        decomposed = unicodedata.normalize("NFD", character)
        macro = _TEX.get(decomposed[1:])
        parts.append(f"{{{macro}{decomposed[0]}}}" if macro else character)
    return "".join(parts)


def record(paper: ReplicaPaper) -> dict[str, Any]:
    """A paper as the object on one line of the snapshot."""
    return {
        "id": paper.id,
        "submitter": paper.author_names[0],
        "authors": ", ".join(tex(name) for name in paper.author_names),
        "title": "\n  ".join(textwrap.wrap(paper.title[0], 70)),
        "comments": paper.comments,
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": " ".join(paper.categories),
        "license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        "abstract": "  " + "\n".join(textwrap.wrap(paper.abstract[0], 76)) + "\n",
        "versions": [
            {"version": f"v{number}", "created": submitted.strftime("%a, %d %b %Y %H:%M:%S GMT")}
            for number, submitted in enumerate(version_dates(paper), start=1)
        ],
        "update_date": version_days(paper)[paper.version - 1].isoformat(),
        "authors_parsed": [[last, first, ""] for first, last in paper.authors],
    }


def lines(world: World, last: date, count: int) -> Iterator[str]:
    """The last `count` papers up to and including the listing day `last`, newest day first, each as a line of JSON.

    They are in their latest versions on `last`.
    """
    day = last
    while count > 0:
        for paper in world.announced(day)[:count]:
            yield json.dumps(record(world.latest(paper, last)), ensure_ascii=False)
            count -= 1
        day = listing_day_before(day)
