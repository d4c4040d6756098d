"""What several sources of arXiv's say of one category and day, and the papers in which they differ. Pure.

Sources are compared by the ids that they announce, and never by their counts: lists and feeds count by different rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from papers import sources
from papers.paper import Attempt, AttemptOutcome


class Difference(NamedTuple):
    """A paper that `source` announces for this category and day, as `kind`, and that another source `lacks`."""

    id: str
    source: str
    kind: str
    lacks: str = ""


class OtherSource(NamedTuple):
    """What another source of arXiv's says of a category and day: how many of its papers are kept, and its outcome."""

    source: str
    got: int
    outcome: AttemptOutcome | None  # of the last attempt; None where it was never asked for
    reason: str | None


def is_other(source: str, own: str) -> bool:
    """Whether a source is another one of arXiv's than `own`."""
    return source != own and sources.source(source).arxiv


def others(
    own: str, attempts: Mapping[str, Sequence[Attempt]], entries: Sequence[Difference]
) -> tuple[OtherSource, ...]:
    """What the other sources say that were asked for a category and day, or announce papers for it.

    `attempts` are those at lists of this category and day, by source, and `entries` what the other sources announce.
    """
    counts = Counter(source for source, _ in {(entry.source, entry.id) for entry in entries})
    rows = []
    for name in sources.SOURCES:
        tries = attempts.get(name, ()) if is_other(name, own) else ()
        if tries or counts[name]:
            outcome, reason = (tries[-1].outcome, tries[-1].reason) if tries else (None, None)
            rows.append(OtherSource(name, counts[name], outcome, reason))
    return tuple(rows)


def differences(
    own: str,
    own_entries: Sequence[Difference],
    other_entries: Sequence[Difference],
    other_sources: Sequence[OtherSource],
) -> tuple[Difference, ...]:
    """The papers that only the list has, or only another source. A source that is not complete lacks nothing."""
    if not own_entries:
        return ()
    own_ids = {entry.id for entry in own_entries}
    differing = [entry._replace(lacks=own) for entry in other_entries if entry.id not in own_ids]
    for other in other_sources:
        if other.got and other.outcome in (AttemptOutcome.COMPLETE, AttemptOutcome.UNCHANGED):
            ids = {entry.id for entry in other_entries if entry.source == other.source}
            differing += [entry._replace(lacks=other.source) for entry in own_entries if entry.id not in ids]
    return tuple(sorted(differing))
