"""arXiv's records by OAI-PMH: everything that has changed since a day, with all versions and withdrawals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlencode

from crawler import harvest
from crawler.harvest import ALL, OVERLAP, Harvest, Position
from crawler.parsers.arxiv_oai import ProtocolError
from crawler.parsers.errors import UnexpectedPage
from crawler.sites import ARXIV_OAI
from crawler.spiders.base import BadArgument, PaperSpider, Yielded
from papers import categories, sources
from papers.calendar import records_changed_at
from papers.catalogue import Catalogue
from papers.ledger import Progress
from papers.paper import AttemptOutcome, Listing, Page
from papers.settings import data_folder
from papers.store import CatalogueMissing

SOURCE = sources.ARXIV_OAI_RAW
_EXPIRED = "badResumptionToken"


class ArxivOaiSpider(PaperSpider):
    """
    Domain
      oaipmh.arxiv.org, `/oai?verb=ListRecords&metadataPrefix=arXivRaw`
    Caveats
      A datestamp says when a record was changed, and never when a paper was announced: edits of many records at once
      bring old papers again. A page has one or two thousand records. A harvest that was stopped goes on at the page
      where it was. arXiv changes its records at about 22:30 in New York.
    Spider arguments
      sets
        Sets (`cs:cs:CL`), categories or archives, separated by commas; `all` for all of arXiv. By default the
        categories of the settings.
      from
        The first day of the changes: `2026-11-01`. By default two days before the last harvest's end; without one, two
        days before today.
      until
        Their last day. By default there is none.
      since
        `snapshot`: from two days before the end of the snapshot that was imported from Kaggle.
    """

    name = "arxiv_oai"
    site = ARXIV_OAI
    format = "arxiv-oai"
    arguments = ("sets", "from", "until", "since")
    most_pages = 20_000

    def take(self, arguments: Mapping[str, str]) -> None:
        is_since_snapshot = "since" in arguments
        self.sets = _sets(arguments.get("sets"), (ALL,) if is_since_snapshot else self.crawl_settings.categories)
        self.first = self.day(arguments["from"]) if "from" in arguments else None
        self.until = self.day(arguments["until"]) if "until" in arguments else None
        if is_since_snapshot:
            if self.first or arguments["since"] != "snapshot":
                raise BadArgument("Write since=snapshot, and then no from.")
            self.first = _end_of_snapshot() - OVERLAP
        if self.first and self.until and self.until < self.first:
            raise BadArgument(f"The changes until {self.until} end before those from {self.first} begin.")
        self._harvests: dict[Listing, Harvest] = {}
        self._first_positions: dict[Listing, Position] = {}
        self._asked: dict[Listing, set[str]] = {}
        self._restarted: dict[str, str] = {}  # a position without its token → the one that it takes the place of

    def planned(self) -> list[Listing]:
        period = "".join(f" {word} {day}" for word, day in (("from", self.first), ("until", self.until)) if day)
        return [Listing(source=SOURCE, name=f"{name}{period}") for name in self.sets]

    def address(self, listing: Listing, token: str | None) -> str:
        position = self._position(listing, token)
        if position.token is not None:
            return f"{self.base_url}/oai?{urlencode({'verb': 'ListRecords', 'resumptionToken': position.token})}"
        question = {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "from": position.first,
            "until": position.until,
            "set": None if _set_name(listing) == ALL else _set_name(listing),
        }
        return f"{self.base_url}/oai?{urlencode({name: value for name, value in question.items() if value})}"

    def _position(self, listing: Listing, token: str | None) -> Position:
        if token is not None:
            return harvest.unpacked(token)
        if listing not in self._first_positions:
            self._first_positions[listing] = Position(self.first or self._next_first(listing), self.until)
        return self._first_positions[listing]

    def _next_first(self, listing: Listing) -> date:
        """The first day to ask for: a little before the end of what earlier harvests, or a snapshot, have brought."""
        return (self._kept_until(listing) or self.now.date()) - OVERLAP

    def _kept_until(self, listing: Listing) -> date | None:
        """The day before which all changes of a set are kept, by harvests of it or of everything, or by a snapshot."""
        try:
            with Catalogue(self.data_folder) as catalogue:
                days = (
                    catalogue.reached(SOURCE, _set_name(listing)),
                    catalogue.reached(SOURCE, ALL),
                    catalogue.reached(sources.KAGGLE),
                )
        except CatalogueMissing:
            return None
        return next((day for day in days if day), None)

    def _harvest(self, listing: Listing) -> Harvest:
        if listing not in self._harvests:
            with Catalogue(self.data_folder, write=True) as catalogue:
                self._harvests[listing] = Harvest.resumed(catalogue.page_ends(listing))
        return self._harvests[listing]

    @property
    def answered_since(self) -> datetime:
        return records_changed_at(self.now)

    def is_still_valid(self, progress: Progress) -> bool:
        return True  # its position says what it has read, however long ago

    def planned_page(self, page: Page, listing: Listing, token: str | None) -> Page:
        asked_at = self._restarted.get(token, token) if token else None
        if self._is_stale(page):
            return replace(page, listing=listing, asked_at=asked_at, resume=None)
        state = self._harvest(listing)
        records = [(s.id, stamp) for s, stamp in zip(page.sightings, page.datestamps, strict=True) if stamp]
        following = state.after(self._position(listing, token), records, page.resume, self.now.date())
        return replace(
            page,
            listing=listing,
            asked_at=asked_at,
            resume=following.packed() if following else None,
            page_end=state.page_end,
            reached=self._reached_by(listing, state) if following is None else None,
        )

    def _reached_by(self, listing: Listing, state: Harvest) -> tuple[str, date] | None:
        """Up to when the set is kept once this harvest has ended; None where it leaves a gap behind earlier ones."""
        before = self._kept_until(listing)
        if self.until or (before and self.first and self.first > before):
            return None
        return _set_name(listing), state.last or self.now.date()

    def _is_stale(self, page: Page) -> bool:
        """Whether the answer was made before arXiv last changed its records: a cache sent it."""
        return page.made_at is not None and page.made_at < records_changed_at(self.now)

    def deserves_another_look(self, page: Page) -> bool:
        return self._is_stale(page)

    def better(self, first: Page | None, second: Page) -> Page:
        return second  # there is a first one only where that was stale

    def keep_page(self, page: Page) -> Yielded:
        if not self._is_stale(page):
            yield from super().keep_page(page)
            return
        assert page.listing is not None and page.made_at is not None
        reason = f"the answer is of {page.made_at:%Y-%m-%d}, and arXiv has changed its records since"
        yield from self.without_page(page.listing, page.asked_at, None, (AttemptOutcome.STALE, reason))

    def cut_reason(self, page: Page, listing: Listing) -> str | None:
        asked = self._asked.setdefault(listing, set())
        asked.add(page.asked_at or "")
        if page.resume in asked:
            return "the page leads back to one before it"
        return f"it has more than {self.most_pages} pages" if len(asked) >= self.most_pages else None

    def unexpected(
        self, listing: Listing, token: str | None, first_answer: Page | None, error: UnexpectedPage
    ) -> Yielded:
        """After a token that has expired, ask again from the last datestamp on."""
        is_expired = isinstance(error, ProtocolError) and error.code == _EXPIRED
        restart = self._position(listing, token).restarted().packed() if is_expired and token else None
        asked = self._asked.setdefault(listing, set())
        if restart is None or restart in asked:
            yield from super().unexpected(listing, token, first_answer, error)
            return
        asked.add(restart)
        assert token is not None
        self._restarted[restart] = self._restarted.get(token, token)
        self.logger.info("The token of %s has expired: it is asked for from its last day on", listing.name)
        yield self._request(listing, restart)

    @classmethod
    def handles_path(cls, path: str) -> bool:
        return path.startswith("/oai")


def _set_name(listing: Listing) -> str:
    return listing.name.split()[0]


def _sets(argument: str | None, default: Sequence[str]) -> list[str]:
    """The sets that an argument names, each once; raises BadArgument and UnknownCategory."""
    texts = argument.split(",") if argument is not None else default
    names = [name for text in texts if text.strip() for name in _named(text.strip())]
    if not names:
        raise BadArgument("Name at least one set, such as sets=cs:cs:CL, or sets=all.")
    return list(dict.fromkeys(names))


def _named(text: str) -> tuple[str, ...]:
    if text == ALL or (":" in text and harvest.is_set(text)):
        return (text,)
    return harvest.sets_of(categories.check(text))


def _end_of_snapshot() -> date:
    """The last day of the snapshot that was imported; raises BadArgument where there is none."""
    try:
        with Catalogue(data_folder()) as catalogue:
            day = catalogue.reached(sources.KAGGLE)
    except CatalogueMissing:
        day = None
    if day is None:
        raise BadArgument("No snapshot was imported yet: 'paperglot import kaggle FILE' first.")
    return day
