"""What the page, the schedule and its steps write on stderr: plain lines, or a JSON object a line for machines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar, Literal

import orjson

from papers.settings import Section

Say = Callable[[str], None]


class LogSettings(Section):
    """`[log]` in paperglot.toml."""

    section: ClassVar[str] = "log"

    format: Literal["text", "json"] = "text"
    """`json`: an object a line, for machines."""
    access: bool = False
    """Whether the page writes a line for each request that it answers."""


class JsonFormatter(logging.Formatter):
    """One object a line: `at`, `level`, `logger`, `message`, and `error` with the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = as_json(record.getMessage(), level=record.levelname.lower(), logger=record.name, at=record.created)
        if record.exc_info:
            line |= {"error": self.formatException(record.exc_info)}
        return orjson.dumps(line).decode()


def as_json(message: str, *, level: str, logger: str, at: float) -> dict[str, str]:
    """A log line as a dict of `at` (ISO, UTC), `level`, `logger` and `message`; `at` is given in Unix seconds."""
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return {"at": moment, "level": level, "logger": logger, "message": message}


def say_of(settings: LogSettings, now: Callable[[], datetime], name: str = "paperglot") -> Say:
    """A function that writes a line on stderr in the form that the settings name. As JSON it leaves out empty lines."""

    def plain(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def json(line: str) -> None:
        if line:
            plain(orjson.dumps(as_json(line, level="info", logger=name, at=now().timestamp())).decode())

    return json if settings.format == "json" else plain


def set_up(settings: LogSettings) -> None:
    """Write everything that is logged in this process as JSON where the settings say so."""
    if settings.format == "json":
        handler = logging.StreamHandler()
        handler.setFormatter(JsonFormatter())
        logging.basicConfig(handlers=[handler], level=logging.INFO if settings.access else logging.WARNING, force=True)
