"""How the pages of a listing fit together: where it ends whatever its source says, and which of two answers is better.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from papers.paper import Page, PageState


@dataclass(slots=True)
class ListingHistory:
    """What this run has read of a listing: ids of papers, tokens of the pages, and the day."""

    ids: set[str] = field(default_factory=set)
    asked: set[str | None] = field(default_factory=set)
    day: date | None = None  # the day that the first page shows

    def cut_reason(self, page: Page, most_pages: int) -> str | None:
        """Why the listing ends here whatever its source says, as a part of a sentence; None if it does not end.

        The page is compared with what was read before it in this run; pages of an earlier run do not count.
        """
        assert page.listing is not None
        self.asked.add(page.asked_at)
        self.day = self.day or page.day
        page_ids = {sighting.id for sighting in page.sightings}
        is_repeated = bool(page_ids) and page_ids <= self.ids
        self.ids |= page_ids
        if page.listing.day is not None and page.day not in (None, self.day):
            return f"it became the list of {page.day} while it was read"
        if is_repeated:
            return "the page repeats the ones before it"
        if page.resume is not None and page.resume in self.asked:
            return "the page leads back to one before it"
        if page.resume is not None and len(self.asked) >= most_pages:
            return f"it has more than {most_pages} pages"
        return None


def better(first: Page | None, second: Page) -> Page:
    """The better of two answers to one request: of the day asked for, then not partial, then with more papers."""
    if first is None:
        return second

    def quality(page: Page) -> tuple[bool, bool, int]:
        assert page.listing is not None
        return (page.day == page.listing.day, page.state is not PageState.PARTIAL, len(page.sightings))

    return max(second, first, key=quality)
