"""What an assistant may ask: searches, papers, days, references, and what is new. It only reads.

Each function gives a bounded answer, and raises a UsageError whose sentence says what can be asked instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from delivery import day_notes
from delivery.alerts import file as alerts_file
from delivery.assistants.shapes import MOST_PAPERS, Papers, PaperWhole, brief, day_of, whole
from delivery.export import FORMATS, REFERENCES
from delivery.messages import Messages
from delivery.periods import Days, Unit, around
from indexer import lexicon, topics
from indexer.documents import Document
from indexer.engine import SearchEngine
from indexer.find import find
from indexer.query.request import Filters, Request
from indexer.query.search import Sort
from papers import identifiers
from papers.calendar import current_listing_day
from papers.errors import UsageError

DEFAULT_PAPERS = 8
MOST_DAYS, DEFAULT_DAYS = 90, 7


class NotAnswered(UsageError):
    """Raised by Library for a question that names no paper, day, format or saved search that there is."""


class Library:
    """The papers of a data folder, for assistants. Safe to use from several threads where the engine is."""

    def __init__(self, engine: SearchEngine, folder: Path, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._folder = folder
        self._now = now

    def search(self, text: str, sort: str = "relevance", page: int = 1, size: int = DEFAULT_PAPERS) -> Papers:
        """The papers that match a text in the query language, in any language that papers are kept in."""
        if sort not in tuple(Sort):
            raise NotAnswered(f"There is no order '{sort[:40]}': there are {', '.join(Sort)}.")
        return self._papers(Request(text=text, sort=Sort(sort) if text.strip() else None, page=page, size=_size(size)))

    def paper(self, id: str) -> PaperWhole:
        """All that is known of a paper, by its arXiv identifier in any form."""
        return whole(self._document(id))

    def similar(self, id: str, size: int = DEFAULT_PAPERS) -> Papers:
        """The papers whose titles and abstracts are most like those of one."""
        hits = self._engine.similar(self._document(id).id, _size(size))
        return Papers(total=len(hits), papers=[brief(hit.document) for hit in hits])

    def day(self, day: str = "newest", text: str = "", page: int = 1, size: int = DEFAULT_PAPERS) -> Papers:
        """The papers that arXiv announced on a day, or those of them that match a text; and what is missing of it."""
        now = self._now()
        try:
            chosen_day = day_of(day, current_listing_day(now))
        except ValueError:
            raise NotAnswered(f"'{day[:40]}' is not a day: write it as 2026-11-20, or 'newest'.") from None
        filters = Filters(first=chosen_day, last=chosen_day)
        papers = self._papers(Request(text=text, filters=filters, sort=Sort.NEWEST, page=page, size=_size(size)))
        days = Days(around(Unit.DAY, chosen_day), featured=False)
        notes = day_notes.notes(Messages("en"), days, papers.total, self._folder, now)
        return papers.model_copy(update={"note": " ".join([papers.note, *(note.text for note in notes)]).strip()})

    def cite(self, id: str, format: str = "bibtex") -> str:
        """The reference of a paper."""
        if format not in REFERENCES:
            raise NotAnswered(f"There is no format '{format[:40]}': there are {', '.join(REFERENCES)}.")
        document = replace(self._document(id), abstract={})  # `paper` has it
        return "".join(FORMATS[format].write([document]))

    def saved_searches(self) -> list[str]:
        """The names of the searches that the owner has saved as alerts."""
        return [alert.name for alert in self._alerts()]

    def new_for(self, name: str, days: int = DEFAULT_DAYS, size: int = DEFAULT_PAPERS) -> Papers:
        """The papers of the last days that a saved search finds, the newest first."""
        alert = next((alert for alert in self._alerts() if alert.name == name), None)
        if alert is None:
            names = ", ".join(self.saved_searches()) or "none"
            raise NotAnswered(f"There is no saved search '{name[:60]}'; there are: {names}.")
        if not 1 <= days <= MOST_DAYS:
            raise NotAnswered(f"Ask for 1 to {MOST_DAYS} days.")
        first_day = current_listing_day(self._now()) - timedelta(days=days - 1)
        request = alert.request
        filters = replace(request.filters, first=max(filter(None, (request.filters.first, first_day))))
        return self._papers(replace(request, filters=filters, sort=Sort.NEWEST, page=1, cursor=None, size=_size(size)))

    def _document(self, id: str) -> Document:
        identifier = identifiers.parse(id)
        if identifier is None:
            raise NotAnswered(f"'{id[:60]}' is not an arXiv identifier: write it as 2611.00001.")
        document = self._engine.get(identifier.key)
        if document is None:
            raise NotAnswered(f"{identifier.key} is not kept here.")
        return document

    def _alerts(self) -> tuple[alerts_file.Alert, ...]:
        return alerts_file.load(self._folder, topics.load(self._folder, self._now().date()))

    def _papers(self, request: Request) -> Papers:
        today = self._now().date()
        answer = find(
            self._engine,
            request,
            today=today,
            topics=topics.load(self._folder, today).queries,
            lexicon=lexicon.load(self._folder),
        )
        hits = [hit for _, hit in answer.all_hits][: request.size]
        further = ", ".join(f"{tier.total} {_TIERS[tier.tier]}" for tier in answer.further if tier.total)
        note = f"Of these, some match less well: {further}." if further else ""
        if not hits:
            note = "Nothing was found. Fewer or other words may help, in either language."
        return Papers(
            total=answer.results.total,
            page=request.page,
            papers=[brief(hit.document) for hit in hits],
            understood=answer.reading.understood,
            not_understood=[f"{part.text}: {part.reason}" for part in answer.reading.unread],
            note=note,
        )


_TIERS = {"most": "with most of the words", "some": "with some of the words", "translated": "in the other language"}


def _size(size: int) -> int:
    if not 1 <= size <= MOST_PAPERS:
        raise NotAnswered(f"Ask for 1 to {MOST_PAPERS} papers; 'page' leads to the next ones.")
    return size
