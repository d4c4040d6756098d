"""How a request failed, as the outcome of an attempt: pure.

Scrapy tells a refusal, a dropped response and a stop by exceptions of the same family. Here each has a name, and none
of them is a success.
"""

from __future__ import annotations

from http import HTTPStatus

from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.parsers.errors import UnexpectedPage
from papers.paper import AttemptOutcome

Judgement = tuple[AttemptOutcome, str]


class NotAsked(IgnoreRequest):
    """Raised before a request is sent that needs none any more: the crawl is being stopped, or all is there already."""


class CompleteAlready(NotAsked):
    """Raised when the turn of a request comes whose listing is complete by now."""


class Forbidden(IgnoreRequest):
    """Raised before a request is sent that the site does not want: its robots.txt, a denial, a wait that is too long.

    Its text is the reason, as a part of a sentence.
    """


class Unavailable(IgnoreRequest):
    """Raised before a request is sent to a site of which nothing is known: its robots.txt could not be had."""


def of_status(status: int) -> Judgement:
    """The outcome of an answer with a status other than success."""
    try:
        words = f"answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        words = f"answered {status}"
    if status < 400:
        return AttemptOutcome.UNREADABLE, f"{words} and no page"
    return (AttemptOutcome.REFUSED if status < 500 else AttemptOutcome.UNREACHABLE), words


def of_page(error: UnexpectedPage) -> Judgement:
    """The outcome of an answer that is not the page that was asked for."""
    sentence = str(error).rstrip(".")
    return AttemptOutcome.UNREADABLE, sentence[:1].lower() + sentence[1:]


def of_error(error: BaseException) -> Judgement | None:
    """The outcome of a request that brought no page; None for one that was not to be sent any more."""
    if isinstance(error, HttpError):
        return of_status(error.response.status)
    if isinstance(error, NotAsked):
        return None
    if isinstance(error, Forbidden):
        return AttemptOutcome.REFUSED, str(error)
    # Twisted wraps what went wrong, sometimes in more than one.
    while reasons := getattr(error, "reasons", None):
        error = reasons[0].value
    words = str(error).strip().rstrip(".") or _in_words(type(error).__name__)
    if isinstance(error, Unavailable):
        return AttemptOutcome.UNREACHABLE, words
    if isinstance(error, IgnoreRequest):
        # What Scrapy drops: too many redirects, a body beyond the limit.
        return AttemptOutcome.UNREACHABLE, f"the answer was dropped: {words}"
    return AttemptOutcome.UNREACHABLE, f"did not answer: {words}"


def _in_words(name: str) -> str:
    """`ResponseDataLossError` → `response data loss`."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return words.removesuffix(" error")
