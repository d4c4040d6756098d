"""What became of a message that a channel was to send."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    SENT = "sent"
    LATER = "later"  # the service is away or busy: try again soon
    REFUSED = "refused"  # the service does not take it: try again, but not soon
    UNUSABLE = "unusable"  # the channel itself cannot be used: a wrong password, a missing setting


@dataclass(frozen=True, slots=True)
class Result:
    """The fate of a message; a sentence without secrets if it was not sent; seconds to wait, if the service says so."""

    fate: Fate
    reason: str = ""
    wait: float = 0


SENT = Result(Fate.SENT)
