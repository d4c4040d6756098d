"""What can be wrong with an answer, by name: `FAULTS`. The stand-in answers so where it is asked to.

A fault replaces or damages the next answers to the addresses that match its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from replica.world import latest_listing_day

DENIAL = (
    b"<html><head><title>Access Denied</title></head><body><h1>Access denied</h1>Your address is blocked.</body></html>"
)
CHALLENGE = (
    b"<html><head><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform></script></head></html>"
)


class Records(Protocol):
    """What a fault can change of the stand-in: the datestamps of its records."""

    today: date
    moved: dict[str, date]
    last_records: list[str]


@dataclass(slots=True)
class Fault:
    """A wrong answer for the next `times` requests whose path matches."""

    path: str  # a regular expression, searched in the path with its query
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None  # None: the page itself, with `status`
    delay: float = 0.0  # seconds before the answer
    times: int = 1
    change: Callable[[bytes], bytes] | None = None  # what becomes of the page
    late: bool = False  # the page as it was on the listing day before
    sent: float = 1.0  # the part of the body that is sent before the connection is cut
    states_length: bool = True  # whether the length of the whole body is sent first
    before: Callable[[Records], None] | None = None  # called before the answer is made


_ENTRY = re.compile(rb"<dt>.*?</dd>\s*", re.DOTALL)
_ITEM = re.compile(rb"<item>.*?</item>\s*|<entry>.*?</entry>\s*|<record>.*?</record>\s*", re.DOTALL)
_SHOWN = re.compile(rb"(showing )(\d+)( of )(\d+)( entr)")
_TOTAL = re.compile(rb"(Total of )(\d+)( entr)")


def _pieces(body: bytes) -> list[bytes]:
    return _ENTRY.findall(body) or _ITEM.findall(body)


def _short(body: bytes) -> bytes:
    """The page without its last entry, which it still counts."""
    pieces = _pieces(body)
    return body.replace(pieces[-1], b"") if pieces else body


def _doubled(body: bytes) -> bytes:
    """The page with its first entry twice."""
    pieces = _pieces(body)
    return body.replace(pieces[0], pieces[0] * 2) if pieces else body


def _reordered(body: bytes) -> bytes:
    """The page with its first two entries in the other order."""
    pieces = _pieces(body)
    return body.replace(pieces[0] + pieces[1], pieces[1] + pieces[0]) if len(pieces) > 1 else body


def _miscounted(body: bytes) -> bytes:
    """The page stating three entries more than there are."""

    def more(match: re.Match[bytes]) -> bytes:
        return b"".join(str(int(part) + 3).encode() if part.isdigit() else part for part in match.groups())

    return _TOTAL.sub(more, _SHOWN.sub(more, body))


def _emptied(body: bytes) -> bytes:
    """The page without entries, saying that there are none."""
    if b"<dl" in body:
        body = re.sub(rb"<dl.*</dl>", b"<p>No updates today.</p>", body, flags=re.DOTALL)
        return _TOTAL.sub(rb"Total of 0\3", body)
    if b"<ListRecords>" in body:
        return re.sub(
            rb"<ListRecords>.*</ListRecords>", b"<error code='noRecordsMatch'>none</error>", body, flags=re.DOTALL
        )
    return b"[]" if body[:1] == b"[" else _ITEM.sub(b"", body)


def _recoded(body: bytes) -> bytes:
    """The page in another encoding than it says."""
    return body.decode().encode("utf-16")


def _move_records(stand_in: Records) -> None:
    """Give the records of the last page a new datestamp, so that a token passes over as many others."""
    for id in stand_in.last_records[-3:]:
        stand_in.moved[id] = latest_listing_day(stand_in.today)


_EXPIRED = b"""<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-20T12:00:00Z
</responseDate><error code='badResumptionToken'>The value of the resumptionToken argument is invalid or expired.</error>
</OAI-PMH>"""

FAULTS: dict[str, Fault] = {
    "stale": Fault("", late=True),
    "short": Fault("", change=_short),
    "wrong count": Fault("", change=_miscounted),
    "429": Fault("", status=429, body=b"Rate exceeded."),
    "429 with Retry-After": Fault("", status=429, body=b"Rate exceeded.", headers={"Retry-After": "1"}),
    "503": Fault("", status=503, body=b"down for maintenance"),
    "403": Fault("", status=403, body=DENIAL),
    "406": Fault("", status=406, body=b""),
    "hang": Fault("", delay=2.0),
    "cut with length": Fault("", sent=0.5),
    "cut without length": Fault("", sent=0.5, states_length=False),
    "denial": Fault("", body=DENIAL),
    "challenge": Fault("", body=CHALLENGE),
    "wrong charset": Fault("", change=_recoded),
    "moved page": Fault("", status=301, headers={"Location": "/moved"}, body=b""),
    "expired token": Fault("resumptionToken", body=_EXPIRED),
    "duplicate": Fault("", change=_doubled),
    "reordered": Fault("", change=_reordered),
    "moving records": Fault("resumptionToken", before=_move_records),
    "empty": Fault("", change=_emptied),
}


def named(name: str, path: str, times: int = 1) -> Fault:
    """The fault with this name for the next `times` answers to these addresses; raises KeyError for an unknown name."""
    fault = FAULTS[name]
    return replace(fault, path=f"{path}.*{fault.path}" if fault.path else path, times=times)
