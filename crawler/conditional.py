"""Asks a site whether a page has changed that was kept complete. Pure.

A site that says "not changed" speaks of the page that was kept, whichever day that showed.
"""

from __future__ import annotations

from scrapy.http import Response

from crawler.judgement import Judgement
from papers.paper import AttemptOutcome, Listing, Validators
from papers.revisits import KnownPage


def headers(validators: Validators) -> dict[str, str]:
    """The headers of a request that ask for the page only if it has changed."""
    named = {"If-None-Match": validators.etag, "If-Modified-Since": validators.modified}
    return {name: value for name, value in named.items() if value}


def validators(response: Response) -> Validators | None:
    """What a response says that it can be asked with again; None where it says nothing."""
    etag, modified = (_header(response, name) for name in ("ETag", "Last-Modified"))
    return Validators(etag, modified) if etag or modified else None


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def judgement(known_page: KnownPage, listing: Listing) -> Judgement:
    """The outcome of "not changed": the page is still that of the day asked for, or of an earlier one."""
    if known_page.day == listing.day:
        return AttemptOutcome.UNCHANGED, ""
    return AttemptOutcome.STALE, f"it still shows {known_page.day}"
