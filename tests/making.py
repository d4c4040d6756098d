"""Papers, sightings and documents for tests: only what a test cares about is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from indexer.documents import Document, from_change
from papers.merge import merge
from papers.paper import Attempt, AttemptOutcome, Change, Listing, Page, PageState, Section, Sighting

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


def listing(
    category: str = "cs.CL", day: date | None = DAY, name: str = "new", source: str = "arxiv-listing"
) -> Listing:
    return Listing(source=source, name=name, category=category, day=day)


def page(*sightings: Sighting, stated: int | None = -1, **fields: Any) -> Page:
    """A page of one section; `stated` is how many entries its source states, by default as many as there are."""
    first = sightings[0] if sightings else sighting()
    count = len(sightings)
    own = listing(first.listing, first.day, source=first.source)
    usual: dict[str, Any] = {
        "source": first.source,
        "sections": (Section(first.listing, first.day, "", count if stated == -1 else stated, count),),
        "listing": own,
        "state": PageState.COMPLETE if sightings else PageState.EMPTY,
    }
    return Page(sightings=sightings, **(usual | fields))


def attempt(outcome: AttemptOutcome, at: datetime = AT, *, of: Listing | None = None, **fields: Any) -> Attempt:
    return Attempt(listing=of or listing(), at=at, outcome=outcome, **fields)


def document(id: str = "2611.00001", number: int = 1, **fields: Any) -> Document:
    """A document as the change feed would give it; `title` and `abstract` may be by language."""
    overrides = {
        name: fields.pop(name) for name in ("title", "abstract", "translated_by") if isinstance(fields.get(name), dict)
    }
    # These come from Hugging Face alone; here they are just given.
    overrides |= {name: fields.pop(name, None) for name in ("upvotes", "featured")}
    # Raw records alone mark withdrawals.
    overrides |= {"withdrawn": fields.pop("withdrawn")} if "withdrawn" in fields else {}
    base = from_change(Change(number, number, id, merge([(AT, sighting(id, **fields))])))
    values = {name: getattr(base, name) for name in base.__dataclass_fields__}
    return Document(**(values | overrides))
