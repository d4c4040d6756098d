"""How sightings, merged papers and texts are stored in the catalogue's columns: pure functions, values ↔ bytes.

Records are JSON without their empty fields. Titles and abstracts are not in them but in the `text` table, under
a hash. Equal values have equal records, so that a change is found by comparing bytes. Long sightings are deflated.
Merged papers are not: every index is made from them.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import orjson
from isal import isal_zlib

from papers.normalise import bounds
from papers.paper import Aligned, Announcement, AuthorName, Figure, OutOfRange, Paper, Sighting, Version

TEXT_FIELDS = ("title", "abstract")
HASH_BYTES = 12  # texts are compared within one paper only
_PLAIN_UP_TO = 120  # below this, deflating makes a text larger as often as not
_RECORD_PLAIN_UP_TO = 600  # deflating a shorter record costs 14 µs and saves a third of it
_DEFLATED = b"z"  # in front of a record that is deflated; JSON begins with a brace


def text_hash(text: str) -> bytes:
    """The key of a text in the `text` table: HASH_BYTES bytes, for any string."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest()


def pack_text(text: str) -> str | bytes:
    """A column value for `text`: itself if short, else its raw DEFLATE stream."""
    return text if len(text) <= _PLAIN_UP_TO else _deflate(text.encode())


def unpack_text(body: str | bytes | None) -> str | None:
    """The text of a column value that `pack_text` made; None for None."""
    return _inflate(body).decode() if isinstance(body, bytes) else body


# ISA-L deflates an abstract six times as fast as zlib's level 1 does, to 2 % fewer bytes: see DECISIONS.
def _deflate(data: bytes) -> bytes:
    return isal_zlib.compress(data, level=2, wbits=-15)


def _inflate(data: bytes) -> bytes:
    return isal_zlib.decompress(data, wbits=-15)


def _fields(kind: type) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]:
    names = tuple(f.name for f in fields(kind) if f.name not in TEXT_FIELDS)
    return names, attrgetter(*names)


_FIELDS = {kind: _fields(kind) for kind in (Sighting, Paper)}


def _values(record: Sighting | Paper) -> dict[str, Any]:
    names, values_of = _FIELDS[type(record)]
    values = {name: value for name, value in zip(names, values_of(record), strict=True) if value or value == 0}
    if record.author_names and None not in record.author_names:
        del values["authors"]  # `restore` joins them from their parts
    return values


def _json(values: dict[str, Any]) -> bytes:
    # orjson cannot write named tuples (versions, announcements): `default` makes them lists.
    return orjson.dumps(values, default=list)


def sighting_record(sighting: Sighting, title: bytes | None, abstract: bytes | None) -> bytes:
    """The JSON of a sighting whose texts have these hashes: equal sightings have equal bytes."""
    values = _values(sighting)
    values["text"] = [title.hex() if title else None, abstract.hex() if abstract else None]
    return _json(values)


def pack_record(record: bytes) -> bytes:
    """A column value for a sighting's record. On another machine, the same record may give different bytes."""
    return record if len(record) <= _RECORD_PLAIN_UP_TO else _DEFLATED + _deflate(record)


def unpack_record(payload: bytes) -> bytes:
    """The record (JSON) of a column value that `pack_record` made."""
    return _inflate(payload[1:]) if payload[:1] == _DEFLATED else payload


def unpack_sighting(payload: bytes, texts: dict[bytes, str]) -> Sighting:
    """The sighting of a payload; `texts` are the texts of its paper by their hashes.

    Values out of range, which earlier programs kept, are left out or cut.
    """
    values = orjson.loads(unpack_record(payload))
    title, abstract = (texts[bytes.fromhex(key)] if key else None for key in values.pop("text"))
    restore(values)
    values |= {"title": title, "abstract": abstract}
    try:
        return Sighting(**values)
    except OutOfRange:
        return Sighting(**bounds.mended(values))


def pack_paper(paper: Paper) -> bytes:
    """The merged record of a paper, without its texts."""
    return _json(_values(paper))


def unpack_paper(merged: bytes, title: str | None, abstract: str | None) -> Paper:
    """The paper of a record that `pack_paper` made, with its texts put in again."""
    values = orjson.loads(merged)
    restore(values)
    return Paper(title=title, abstract=abstract, **values)


_DAYS = ("day", "featured")
_INSTANTS = ("submitted", "updated", "translated_at", "first_seen")
_TUPLES = ("withdrawn", "authors", "categories", "keywords", "figures", "sources", "translation")


def restore(values: dict[str, Any]) -> None:
    """Convert the values of a decoded record, wherever it was stored, to the types of the dataclasses; in place."""
    for name in _DAYS:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    for name in _INSTANTS:
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    for name in _TUPLES:
        if name in values:
            values[name] = tuple(values[name])
    if "author_names" in values:
        values["author_names"] = names = tuple(
            AuthorName(*parts) if parts else None for parts in values["author_names"]
        )
        values.setdefault("authors", tuple(name.shown for name in names if name))
    if "aligned" in values:
        values["aligned"] = {
            language: {name: tuple(Aligned(*row) for row in rows) for name, rows in by_field.items()}
            for language, by_field in values["aligned"].items()
        }
    if "versions" in values:
        values["versions"] = tuple(
            Version(number, datetime.fromisoformat(at) if at else None) for number, at in values["versions"]
        )
    if "html_figures" in values:
        values["html_figures"] = tuple(Figure(*row) for row in values["html_figures"])
    if "announcements" in values:
        values["announcements"] = tuple(
            Announcement(date.fromisoformat(day), category, kind) for day, category, kind in values["announcements"]
        )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly; `moment` must have a time zone."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_microseconds(value: int) -> datetime:
    """The moment in UTC that is `value` microseconds after the beginning of 1970."""
    return datetime.fromtimestamp(value / 1_000_000, UTC)
