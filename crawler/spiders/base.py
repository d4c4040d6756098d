"""The base class of all spiders: it checks arguments before anything is sent, and turns listings into attempts.

A spider says which listings it plans (`planned`), the address of each page of a listing (`address`), and which parser
reads them (`format`). The base class does the rest: it follows a listing from page to page, asks once more for a page
that is short or old, ends a listing whose source repeats itself or never ends, and records the outcome when no page
came.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.http import Response

from crawler import conditional, judgement
from crawler.parsers import UnexpectedPage, parser
from crawler.plan import RECHECK, is_answered, is_due
from crawler.reading import ListingHistory, better
from crawler.settings import CrawlSettings
from crawler.sites import base_url, sites
from papers.calendar import utc_now
from papers.catalogue import Catalogue
from papers.coverage import Subject, of_day
from papers.errors import UsageError
from papers.ledger import Progress
from papers.paper import FIRST_YEAR, Attempt, AttemptOutcome, Listing, Page
from papers.revisits import KnownPage
from papers.settings import data_folder
from papers.store import CatalogueMissing

Yielded = Iterator[Page | Attempt | Request]


class BadArgument(UsageError):
    """Raised by a spider for an argument that it does not have, or a value that it cannot use."""


class PaperSpider(Spider):
    """A spider for one kind of list. A subclass sets `site`, `format` and the `arguments` that it takes."""

    site: ClassVar[str]  # a name of crawler.sites
    format: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]] = ()
    is_conditional: ClassVar[bool] = False  # whether the site is asked if a complete page has changed
    statuses: ClassVar[tuple[int, ...]] = ()  # beside success, those whose pages are read
    most_pages: ClassVar[int] = 400  # more than arXiv's longest list has at the smallest page size

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name)
        unknown = sorted(set(arguments) - set(self.arguments))
        if unknown:
            valid_names = ", ".join(self.arguments) or "none"
            raise BadArgument(f"The spider {self.name} has no argument '{unknown[0]}'; it takes {valid_names}.")
        self.crawl_settings = CrawlSettings.load()
        self.now: datetime = utc_now()
        self.take(arguments)
        self.base_url = base_url(self.site, self.crawl_settings)
        # The outcome of each planned listing, written by the pipeline; and the listings that needed no request.
        self.attempts: list[Attempt] = []
        self.complete_already: list[Listing] = []
        self._read: dict[Listing, ListingHistory] = {}

    @abstractmethod
    def take(self, arguments: Mapping[str, str]) -> None:
        """Check and store the arguments; their names are already checked. Raises BadArgument or another UsageError."""

    @abstractmethod
    def planned(self) -> list[Listing]:
        """The listings that this run asks for, in order."""

    @abstractmethod
    def address(self, listing: Listing, token: str | None) -> str:
        """The address of the listing's page that begins at `token`; with None, that of its first page."""

    def next_token(self, page: Page, token: str | None) -> str | None:
        """The token of the next page, by default the parser's; None after the last page."""
        return page.resume

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether this spider reads pages of this address. `scrapy parse` finds the spider by it."""
        site = sites(CrawlSettings.load())[cls.site]
        netloc = request.url.partition("://")[2].partition("/")[0].lower()
        return netloc in site.hosts and cls.handles_path(request.url.partition(netloc)[2])

    @classmethod
    def handles_path(cls, path: str) -> bool:
        """Whether a path of this spider's site leads to one of its pages."""
        return False

    # Arguments

    def day(self, text: str) -> date:
        """The day that an argument names; raises BadArgument."""
        try:
            day = date.fromisoformat(text.strip())
        except ValueError:
            raise BadArgument(f"'{text}' is not a day: write it as 2026-11-20.") from None
        if day > self.now.date():
            raise BadArgument(f"{day} has not come yet: name a day up to {self.now.date()}.")
        if day.year < FIRST_YEAR:
            raise BadArgument(f"Nobody listed papers on {day}: name a day since {FIRST_YEAR}.")
        return day

    def days(self, text: str) -> list[date]:
        """The days that an argument names, separated by commas, each once; raises BadArgument."""
        days = [self.day(part) for part in text.split(",") if part.strip()]
        if not days:
            raise BadArgument("Name at least one day, such as date=2026-11-20.")
        return list(dict.fromkeys(days))

    # From a listing to its pages

    @property
    def data_folder(self) -> Path:
        """The folder of the catalogue: that of Scrapy's settings, once a crawler has this spider."""
        return Path(self.settings["PAPERGLOT_DATA"]) if hasattr(self, "settings") else data_folder()

    async def start(self) -> AsyncIterator[Request]:
        for listing in self.planned():
            progress = self._progress(listing)
            yield self._request(listing, progress.resume if progress else None)

    def _progress(self, listing: Listing) -> Progress | None:
        try:
            with Catalogue(self.data_folder) as catalogue:
                return self._progress_in(catalogue, listing)
        except CatalogueMissing:
            return None

    def _progress_in(self, catalogue: Catalogue, listing: Listing) -> Progress | None:
        progress = catalogue.progress(listing)
        return progress if progress and self.is_still_valid(progress) else None

    @property
    def answered_since(self) -> datetime:
        """A list that is not of a day, and came whole since this moment, is not asked for again."""
        return self.now - RECHECK

    def is_still_valid(self, progress: Progress) -> bool:
        """Whether a list can be read on from where it was left. One that is of no day has moved on after some hours."""
        return progress.listing.day is not None or progress.at >= self.answered_since

    def still_due(self, listing: Listing) -> bool:
        """Whether asking for a listing can bring anything. It is called just before the request is sent."""
        try:
            with Catalogue(self.data_folder) as catalogue:
                if self._progress_in(catalogue, listing) is not None:
                    return True
                if listing.day is None:
                    return not is_answered(catalogue.latest_attempts().get(listing), self.answered_since)
                record = catalogue.record(listing.day, listing.day)
        except CatalogueMissing:
            return True
        subject = Subject(listing.source, listing.category)
        return is_due(of_day(record, subject, listing.day, self.now), self.now, repair=True)

    def _request(
        self, listing: Listing, token: str | None, *, first_answer: Page | None = None, **kwargs: Any
    ) -> Request:
        """A request for a page of a listing. With `first_answer`, the page that came before, it is the second try."""
        is_first = token is None and first_answer is None
        address = self.address(listing, token)
        known_page = self._known_page(address) if self.is_conditional and is_first else None
        still_due = (lambda: self.still_due(listing)) if is_first else None
        meta: dict[str, Any] = {"still_due": still_due, "known_page": known_page}
        if statuses := [*self.statuses, *([HTTPStatus.NOT_MODIFIED] if known_page else ())]:
            meta["handle_httpstatus_list"] = statuses
        return Request(
            address,
            dont_filter=True,
            errback=self.failed,
            cb_kwargs={"listing": listing, "token": token, "first_answer": first_answer},
            headers=conditional.headers(known_page.validators) if known_page else None,
            meta=meta,
            **kwargs,
        )

    def _known_page(self, address: str) -> KnownPage | None:
        try:
            with Catalogue(self.data_folder) as catalogue:
                return catalogue.known_page(address)
        except CatalogueMissing:
            return None

    def parse(
        self,
        response: Response,
        listing: Listing | None = None,
        token: str | None = None,
        first_answer: Page | None = None,
    ) -> Yielded:
        """The page of a response, and the request for the page after it.

        @first_page
        @returns items 1 1
        @papers 1
        """
        if listing is not None and response.status == HTTPStatus.NOT_MODIFIED:
            verdict = conditional.judgement(response.meta["known_page"], listing)
            yield Attempt(listing=listing, at=utc_now(), outcome=verdict[0], reason=verdict[1] or None)
            return
        try:
            page = self._parsed(response)
        except UnexpectedPage as error:
            if listing is None:
                self.logger.error("%s: %s", response.url, error)
            elif response.status in self.statuses:
                yield from self.without_page(listing, token, first_answer, judgement.of_status(response.status))
            else:
                yield from self.unexpected(listing, token, first_answer, error)
            return
        if listing is None:  # `scrapy parse` or `scrapy check`: there is no planned listing
            yield page
            return
        if listing.day is not None and page.day is None:
            verdict = (AttemptOutcome.UNREADABLE, "the page does not say of which day it is")
            yield from self.without_page(listing, token, first_answer, verdict)
            return
        if other := self.other_subject(page, listing):
            verdict = (AttemptOutcome.UNREADABLE, other)
            yield from self.without_page(listing, token, first_answer, verdict)
            return
        page = self.planned_page(page, listing, token)
        if self.is_conditional:
            # By the address that was asked for: the answer's own may be another one after a redirect.
            page = replace(page, validators=conditional.validators(response), url=self.address(listing, token))
        if first_answer is None and self.deserves_another_look(page):
            self.logger.info("%s is asked for once more", response.url)
            yield self._request(listing, token, first_answer=page)
            return
        yield from self.keep_page(self.better(first_answer, page))

    def _parsed(self, response: Response) -> Page:
        try:
            return parser(self.format)(response.body, response.url)
        except RecursionError as error:
            raise UnexpectedPage(f"a page as {self.format}", "one that is nested too deeply") from error

    def other_subject(self, page: Page, listing: Listing) -> str | None:
        """Why a page is not the one that was asked for, as a part of a sentence; None where it is."""
        return (
            f"the page is the list of {page.category}"
            if listing.category and page.category not in ("", listing.category)
            else None
        )

    def unexpected(
        self, listing: Listing, token: str | None, first_answer: Page | None, error: UnexpectedPage
    ) -> Yielded:
        """Yield what follows an answer that is not such a page."""
        yield from self.without_page(listing, token, first_answer, judgement.of_page(error))

    def planned_page(self, page: Page, listing: Listing, token: str | None) -> Page:
        """The page of a response as one of a planned listing: asked for at `token`, with the token of the next."""
        return replace(page, listing=listing, asked_at=token, resume=self.next_token(page, token))

    def better(self, first: Page | None, second: Page) -> Page:
        """The better of two answers to one request; `first` is None where there was one alone."""
        return better(first, second)

    def deserves_another_look(self, page: Page) -> bool:
        """Whether a page has fewer entries than it states, or shows an older day than was asked for."""
        assert page.listing is not None
        is_old = bool(page.listing.day and page.day and page.day < page.listing.day)
        return is_old or page.is_short

    def keep_page(self, page: Page) -> Yielded:
        listing = page.listing
        assert listing is not None
        for warning in page.warnings:
            self.logger.warning("%s: %s", page.url, warning)
        page = replace(page, cut=page.cut or self.cut_reason(page, listing))
        yield page
        if page.resume is not None and page.cut is None:
            yield self._request(listing, page.resume)

    def cut_reason(self, page: Page, listing: Listing) -> str | None:
        """Why the listing ends here whatever its source says, as a part of a sentence; None if it does not end."""
        return self._read.setdefault(listing, ListingHistory()).cut_reason(page, self.most_pages)

    def failed(self, failure: Any) -> Yielded:
        """Handle a request that brought no page: see `without_page`. One that was no longer needed has no attempt."""
        arguments = failure.request.cb_kwargs
        listing: Listing = arguments["listing"]
        verdict = judgement.of_error(failure.value)
        if verdict is None:
            if isinstance(failure.value, judgement.CompleteAlready):
                self.complete_already.append(listing)
            return
        site_refuses = isinstance(failure.value, judgement.Forbidden | judgement.Unavailable)
        yield from self.without_page(
            listing, arguments["token"], arguments["first_answer"], verdict, site_refuses=site_refuses
        )

    def without_page(
        self,
        listing: Listing,
        token: str | None,
        first_answer: Page | None,
        verdict: judgement.Judgement,
        *,
        site_refuses: bool = False,
    ) -> Yielded:
        """Yield what follows a request without a page: the page of the first try, or else the listing's attempt.

        A spider that knows another page with the same list may request that one instead, but not if `site_refuses`:
        then nothing more may be asked of the site.
        """
        if first_answer is not None:
            yield from self.keep_page(first_answer)
            return
        outcome, reason = verdict
        self.logger.warning("%s: %s", self.address(listing, None), reason)
        yield Attempt(listing=listing, at=utc_now(), outcome=outcome, reason=reason.rstrip("."))
