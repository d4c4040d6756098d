"""`alerts.toml` of the data folder: the alerts that its owner has written."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from delivery.alerts.recipients import Recipient, recipient
from delivery.alerts.settings import ALERTS_FILE
from delivery.settings import Spoken
from indexer.query.reading import read
from indexer.query.request import PARAMETERS, InvalidRequest, Request, from_parameters
from indexer.topics import Topics
from papers.errors import UsageError

_NAME = re.compile(r"\w[\w .-]{0,59}")
# Which words are understood does not depend on the day.
_ANY_DAY = date(2026, 1, 1)
# An alert has its own order and no pages.
_NOT_FOR_ALERTS = ("sort", "size", "cursor", "page", "languages")


class InvalidAlerts(UsageError):
    """Raised by `load`: the file of alerts cannot be read, or an alert in it is not one."""


class Rhythm(StrEnum):
    """How often an alert may send something."""

    RUN = "run"  # after every run that found something
    DAY = "day"  # once for each day of announcements
    WEEK = "week"  # once in each week


class Empty(StrEnum):
    """What an alert does on a day without a paper."""

    SILENT = "silent"
    SAY_WHY = "say why"


def _checked(text: str) -> str:
    recipient(text)
    return text


class _Table(BaseModel):
    """An alert as the file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: str | dict[str, Any]
    to: Annotated[tuple[Annotated[str, AfterValidator(_checked)], ...], Field(min_length=1)]
    language: Spoken = "en"
    every: Rhythm = Rhythm.DAY
    empty: Empty = Empty.SILENT
    versions: bool = False
    most: Annotated[int, Field(ge=1, le=500)] = 50


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert. `versions`: new versions count as new, too. `most` is how many papers one message has."""

    name: str
    request: Request
    recipients: tuple[Recipient, ...]
    language: str
    every: Rhythm = Rhythm.DAY
    empty: Empty = Empty.SILENT
    versions: bool = False
    most: int = 50


def load(folder: Path, topics: Topics) -> tuple[Alert, ...]:
    """The alerts of a data folder; () where it has no such file. Raises InvalidAlerts."""
    path = folder / ALERTS_FILE
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InvalidAlerts(f"{path} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidAlerts(f"{path} is no TOML file: {error}.") from error
    return tuple(_alert(name, table, topics, path) for name, table in tables.items())


def _alert(name: str, table: Any, topics: Topics, path: Path) -> Alert:
    if not _NAME.fullmatch(name) or not isinstance(table, dict):
        raise InvalidAlerts(
            f"In {path}, '{name[:40]}' is no alert: an alert is a table, and its name has letters, digits and blanks."
        )
    try:
        values = _Table.model_validate(table)
        request = request_of(values.search, topics)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise InvalidAlerts(f"In {path}, the alert '{name}': {place}: {message}.") from error
    except UsageError as error:
        raise InvalidAlerts(f"In {path}, the alert '{name}' cannot be used. {error}") from error
    return Alert(
        name=name,
        request=request,
        recipients=tuple(dict.fromkeys(map(recipient, values.to))),
        language=values.language,
        every=values.every,
        empty=values.empty,
        versions=values.versions,
        most=values.most,
    )


def request_of(search: str | dict[str, Any], topics: Topics) -> Request:
    """The request of a search: the address of a page of results, a table of its parameters, or a text to search for.
    Raises InvalidRequest."""
    if isinstance(search, dict):
        parameters = {
            name: list(map(str, value if isinstance(value, list) else [value])) for name, value in search.items()
        }
    elif search.startswith(("http://", "https://", "/?", "?")):
        parameters = parse_qs(urlsplit(search).query, keep_blank_values=False)
    else:
        parameters = {"q": [search]} if search.strip() else {}
    for name in _NOT_FOR_ALERTS:
        parameters.pop(name, None)
    if not parameters:
        possible = ", ".join(name for name in PARAMETERS if name not in _NOT_FOR_ALERTS)
        raise InvalidRequest(
            f"An alert needs a search: a text, the address of a page of results, or some of {possible}."
        )
    request = from_parameters(parameters, strict=True, topics=topics.topics)
    if unread := read(request.text, _ANY_DAY, topics.queries).unread:
        raise InvalidRequest(f"'{unread[0].text}' is not understood in this search.")
    return request
