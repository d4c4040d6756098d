"""Papers, sightings and documents for tests: only what a test cares about is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from indexer.documents import Document, from_change
from papers.merge import merge
from papers.paper import Change, Page, Sighting

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def sighting(id: str = "2611.00001", **fields: Any) -> Sighting:
    usual: dict[str, Any] = {
        "source": "arxiv-listing",
        "listing": "cs.CL",
        "day": DAY,
        "title": f"Title of {id}",
        "authors": ("Mira Holt", "Jun Arai"),
        "abstract": f"Abstract of {id}.",
        "categories": ("cs.CL",),
        "announce_type": "new",
    }
    return Sighting(id=id, **(usual | fields))


def page(*sightings: Sighting, **fields: Any) -> Page:
    usual: dict[str, Any] = {
        "source": sightings[0].source if sightings else "arxiv-listing",
        "listing": sightings[0].listing if sightings else "cs.CL",
        "day": sightings[0].day if sightings else DAY,
        "total": len(sightings),
    }
    return Page(sightings=sightings, **(usual | fields))


def document(id: str = "2611.00001", number: int = 1, **fields: Any) -> Document:
    """A document as the change feed would give it; `title` and `abstract` may be by language."""
    given = {
        name: fields.pop(name) for name in ("title", "abstract", "translated_by") if isinstance(fields.get(name), dict)
    }
    # Upvotes come from Hugging Face alone; here they are just given.
    given |= {"upvotes": fields.pop("upvotes", None)}
    made = from_change(Change(number, number, id, merge([(AT, sighting(id, **fields))])))
    values = {name: getattr(made, name) for name in made.__dataclass_fields__}
    return Document(**(values | given))
