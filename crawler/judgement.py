"""Turns a failed request into the outcome of an attempt. Pure.

Scrapy raises exceptions of one family for a refusal, a dropped response and a stop. Here each has its own class, so
that none is taken for another, or for a success.
"""

from __future__ import annotations

from http import HTTPStatus

from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.parsers.errors import UnexpectedPage
from papers.paper import AttemptOutcome

Judgement = tuple[AttemptOutcome, str]


class NotAsked(IgnoreRequest):
    """Raised before a request that is no longer needed: the crawl is being stopped, or the listing is complete."""


class CompleteAlready(NotAsked):
    """Raised when a request could be sent, but its listing has become complete in the meantime."""


class Forbidden(IgnoreRequest):
    """Raised before a request that the site does not allow: by its robots.txt, a denial, or a wait that is too long.

    The error's text is the reason, as a part of a sentence.
    """


class Unavailable(IgnoreRequest):
    """Raised before a request whose permission is unknown: the robots.txt, or a budget file, could not be read."""


def of_status(status: int) -> Judgement:
    """The outcome, and the reason in words, of an answer with a status other than success."""
    try:
        reason = f"answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        reason = f"answered {status}"
    if status < 400:
        return AttemptOutcome.UNREADABLE, f"{reason} and no page"
    return (AttemptOutcome.REFUSED if status < 500 else AttemptOutcome.UNREACHABLE), reason


def of_page(error: UnexpectedPage) -> Judgement:
    """The outcome of an answer that is not the page that was asked for."""
    sentence = str(error).rstrip(".")
    return AttemptOutcome.UNREADABLE, sentence[:1].lower() + sentence[1:]


def of_error(error: BaseException) -> Judgement | None:
    """The outcome of a request that brought no page; None if the request was no longer needed (NotAsked)."""
    if isinstance(error, HttpError):
        return of_status(error.response.status)
    if isinstance(error, NotAsked):
        return None
    if isinstance(error, Forbidden):
        return AttemptOutcome.REFUSED, str(error)
    # Twisted wraps the error that went wrong, sometimes several times.
    while reasons := getattr(error, "reasons", None):
        error = reasons[0].value
    reason = str(error).strip().rstrip(".") or _in_words(type(error).__name__)
    if isinstance(error, Unavailable):
        return AttemptOutcome.UNREACHABLE, reason
    if isinstance(error, IgnoreRequest):
        # Scrapy dropped the answer: too many redirects, or a body above the size limit.
        return AttemptOutcome.UNREACHABLE, f"the answer was dropped: {reason}"
    return AttemptOutcome.UNREACHABLE, f"did not answer: {reason}"


def _in_words(name: str) -> str:
    """`ResponseDataLossError` → `response data loss`."""
    phrase = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return phrase.removesuffix(" error")
