"""Every field of every source's record replaced by hostile values: what is kept can be indexed and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from crawler.parsers import FORMATS, UnexpectedPage, parser
from delivery.html import to_html
from delivery.present import present
from faults import hostile, pages
from faults.campaign import Place, Trial
from indexer.engines.embedded.engine import EmbeddedEngine
from indexer.fields import FACETS
from indexer.query.search import Search, Sort
from indexer.update import update
from papers.catalogue import Catalogue
from replica import arxiv, huggingface
from replica.snapshot import lines
from replica.world import World

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORLD = World(papers_a_day=30)

Bodies = Callable[[Place], Iterator[tuple[str, bytes]]]


def _every_field(record: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all fields in a record, its own last."""
    items = record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else ()
    for key, value in items:
        yield from _every_field(value, (*path, key))
    if path:
        yield path


def _with(record: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = deepcopy(record)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


def _changed(record: Any, place: Place) -> Iterator[tuple[str, bytes]]:
    values = hostile.VALUES[: place.scale.values]
    for path in _every_field(record):
        for value in values:
            name = f"{'.'.join(map(str, path))} = {str(value)[:40]!r}"
            yield name, json.dumps(_with(record, path, value)).encode("utf-8", "surrogatepass")


def _kaggle(place: Place) -> Iterator[tuple[str, bytes]]:
    (line,) = lines(WORLD, DAY, 1)
    yield from ((name, body + b"\n") for name, body in _changed(json.loads(line), place))


def _huggingface(place: Place) -> Iterator[tuple[str, bytes]]:
    first = json.loads(huggingface.respond(WORLD, "/api/daily_papers", {"date": str(DAY)}, DAY).body)[0]
    yield from ((name, b"[" + body + b"]") for name, body in _changed(first, place))


def _huggingface_paper(place: Place) -> Iterator[tuple[str, bytes]]:
    yield from _changed(huggingface.entry(WORLD.featured(DAY)[0], DAY)["paper"], place)


def _listing(place: Place) -> Iterator[tuple[str, bytes]]:
    return _every_piece(arxiv.respond(WORLD, "/list/cs.CL/new", {}, DAY).body, place)


def _every_piece(page: str, place: Place) -> Iterator[tuple[str, bytes]]:
    """A page of which one text or attribute says something else."""
    pieces = list(re.finditer(r'(?<=>)[^<>\s][^<>]*(?=<)|(?<=")[^"<>]+(?=")', page))[:160]
    texts = hostile.TEXTS[: place.scale.values]
    for piece in pieces:
        for text in texts if place.scale.values < len(hostile.VALUES) else place.chance.sample(texts, 8):
            changed = page[: piece.start()] + escape(text) + page[piece.end() :]
            yield f"{piece[0][:30]!r} = {text[:40]!r}", changed.encode("utf-8", "replace")


BODIES: dict[str, Bodies] = {
    "kaggle": _kaggle,
    "huggingface-daily": _huggingface,
    "huggingface-paper": _huggingface_paper,
    "arxiv-listing": _listing,
    "arxiv-abs": partial(_every_piece, pages.ABS),
    "arxiv-html": partial(_every_piece, pages.HTML),
    "arxiv-api": partial(_every_piece, pages.API),
    "arxiv-oai": partial(_every_piece, pages.OAI),
    "arxiv-rss": partial(_every_piece, pages.RSS),
}
ADDRESSES = {
    "arxiv-listing": "https://arxiv.org/list/cs.CL/new",
    "huggingface-daily": f"https://huggingface.co/api/daily_papers?date={DAY}",
}


def trials(place: Place) -> Iterator[Trial]:
    """Each change is parsed and kept; at the end of each format all that was kept is indexed, found and shown."""
    assert BODIES.keys() == set(FORMATS)
    for format, bodies in BODIES.items():
        folder = place.folder / f"records-{format}"
        with Catalogue(folder, write=True) as catalogue:
            for name, body in bodies(place):
                yield Trial(f"{format}, {name}", partial(_keep, catalogue, format, body))
        yield Trial(f"{format}, all that was kept", partial(_show_all, folder))


def _keep(catalogue: Catalogue, format: str, body: bytes) -> str | None:
    try:
        page = parser(format)(body, ADDRESSES.get(format, ""))
    except UnexpectedPage:
        return None
    if any("Error" in warning or "object has no" in warning for warning in page.warnings):
        return f"Python's own words in a warning: {page.warnings[0][:160]}"
    catalogue.keep(page, NOW)
    return None


def _show_all(folder: Path) -> str | None:
    engine = EmbeddedEngine(folder / "index", memory=64 << 20, threads=1)
    with Catalogue(folder, write=True) as catalogue:
        update(catalogue, engine)
        count = catalogue.count()
    state = engine.state()
    assert state is not None
    if state.documents + len(state.rejected) != count:
        return f"{state.documents} documents of {count} papers, {len(state.rejected)} set aside"
    if state.rejected:
        return f"set aside: {next(iter(state.rejected.items()))}"
    for sort in Sort:
        for hit in engine.search(Search(sort=sort, size=100, facets=FACETS, histogram=True, highlight=True)).hits:
            view = present(hit)
            for shown in (*view.titles, *view.abstracts):
                to_html(shown.segments)
    engine.close()
    return None
