"""The report of a run: one result for each planned listing, a summary of them, and an exit code. Pure.

The report does not depend on the log: a run that has no result for a listing that it planned has failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from papers import sources
from papers.coverage import CoverageState, DayCoverage
from papers.paper import Attempt, AttemptOutcome, Listing

DONE, FAILED, INCOMPLETE, STOPPED = 0, 1, 3, 130

# Source, category, and the day or else the name; several listings of a day may have the same goal.
Goal = tuple[str, str, date | str]

# If several attempts had the same goal, the outcome that comes first here counts. So an empty list is believed only if
# no other list showed papers or another day.
_BEST_FIRST = (
    AttemptOutcome.COMPLETE,
    AttemptOutcome.UNCHANGED,
    AttemptOutcome.PARTIAL,
    AttemptOutcome.STALE,
    AttemptOutcome.EMPTY,
    AttemptOutcome.REFUSED,
    AttemptOutcome.UNREACHABLE,
    AttemptOutcome.UNREADABLE,
)


@dataclass(frozen=True, slots=True)
class SpiderReport:
    """What one spider did."""

    spider: str
    papers: int = 0
    new: int = 0
    changed: int = 0
    pages: int = 0
    planned: tuple[Listing, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    complete_already: tuple[Listing, ...] = ()
    requests: int = 0
    retries: int = 0
    stopped: bool = False  # by Ctrl-C or a signal; the next run carries on
    trouble: tuple[str, ...] = ()  # sentences about faults that belong to no listing: a full disk, a worker


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run of several spiders did."""

    spiders: tuple[SpiderReport, ...] = ()
    missing: tuple[DayCoverage, ...] = ()  # days of the last week that were never fetched
    differences: tuple[str, ...] = ()  # sentences about papers of these lists that only one source has
    notices: tuple[str, ...] = field(default_factory=tuple)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(attempt for spider in self.spiders for attempt in spider.attempts)

    @property
    def results(self) -> dict[Goal, Attempt]:
        """The attempt that says how each goal ended."""
        results: dict[Goal, Attempt] = {}
        for attempt in self.attempts:
            goal = _goal(attempt.listing)
            if goal not in results or _rank(attempt) <= _rank(results[goal]):
                results[goal] = attempt
        return results

    @property
    def already(self) -> set[Goal]:
        """The goals that were complete before the run, so that no request was sent for them."""
        return {_goal(listing) for spider in self.spiders for listing in spider.complete_already} - set(self.results)

    @property
    def lost(self) -> list[Listing]:
        """The listings that were planned and have no result; those of a spider that was stopped do not count."""
        reported_goals = {*self.results, *self.already}
        planned = [listing for spider in self.spiders for listing in spider.planned if not spider.stopped]
        return [listing for listing in planned if _goal(listing) not in reported_goals]

    @property
    def stopped(self) -> bool:
        return any(spider.stopped for spider in self.spiders)

    @property
    def exit_code(self) -> int:
        """0: everything is complete. 3: a list is partial or was of another day; the next run continues. 1: something
        failed. 130: the run was stopped."""
        if self.stopped:
            return STOPPED
        outcomes = {attempt.outcome for attempt in self.results.values()}
        failed = outcomes & {AttemptOutcome.REFUSED, AttemptOutcome.UNREACHABLE, AttemptOutcome.UNREADABLE}
        if failed or self.lost or any(spider.trouble for spider in self.spiders):
            return FAILED
        if outcomes & {AttemptOutcome.PARTIAL, AttemptOutcome.STALE}:
            return INCOMPLETE
        return DONE


def counts(report: RunReport) -> dict[str, int]:
    """The counts of a run, by the names under which they are stored."""
    outcomes = [attempt.outcome for attempt in report.attempts]
    return {
        "papers_new": sum(spider.new for spider in report.spiders),
        "papers_changed": sum(spider.changed for spider in report.spiders),
        "requests": sum(spider.requests for spider in report.spiders),
        "retries": sum(spider.retries for spider in report.spiders),
        "refusals": outcomes.count(AttemptOutcome.REFUSED),
        "parse_errors": outcomes.count(AttemptOutcome.UNREADABLE),
    }


def failures(report: RunReport) -> str | None:
    """What went wrong, as sentences in one string; None if nothing did. Partial and stale lists are included."""
    failed = [
        attempt
        for attempt in report.results.values()
        if attempt.outcome not in (AttemptOutcome.COMPLETE, AttemptOutcome.UNCHANGED, AttemptOutcome.EMPTY)
    ]
    trouble = [sentence for spider in report.spiders for sentence in spider.trouble]
    return " ".join([*trouble, *map(_sentence, failed)]) or None


def _goal(listing: Listing) -> Goal:
    return (listing.source, listing.category, listing.day or listing.name)


def _rank(attempt: Attempt) -> int:
    return _BEST_FIRST.index(attempt.outcome)


def name_of(listing: Listing) -> str:
    """`cs.CL of 2026-11-25`, `cs.CL (feed) of 2026-11-25`, `cs.CL, 2026-11`, `arXiv raw records, cs:cs:CL`."""
    label = sources.label(listing.source, listing.category)
    if listing.day is None:
        return f"{label}, {listing.name}"
    is_feed = listing.source == sources.ARXIV_RSS
    return f"{label} (feed) of {listing.day}" if is_feed else f"{label} of {listing.day}"


def announcement(planned: Sequence[Listing], seconds_a_request: float = 0.0) -> str:
    """A sentence that says what a run will ask for. It adds the least duration, if that is over half a minute.

    `seconds_a_request` is the seconds between two requests to arXiv, since arXiv's lists take longest.
    """
    lists: dict[tuple[str, date | None], list[str]] = {}
    for listing in planned:
        by_name = _LISTS.get(listing.source)
        name, label = (listing.source, listing.name) if by_name else (listing.name, _label(listing))
        lists.setdefault((name, listing.day), []).append(label)
    parts = [
        f"{', '.join(dict.fromkeys(labels))}{f' of {day}' if day else ''} ({_LISTS.get(name, name)})"
        for (name, day), labels in lists.items()
    ]
    if not parts:
        return "Nothing is due: what was announced is there."
    seconds = seconds_a_request * sum(listing.source == sources.ARXIV_LISTING for listing in planned)
    minutes = round(seconds / 60) or 1
    hint = f" It takes {minutes} minute{'s' if minutes > 1 else ''} or more: arXiv allows a request in 15 seconds."
    return f"Planned: {'; '.join(parts)}.{hint if seconds > SHORT else ''}"


def _label(listing: Listing) -> str:
    return sources.label(listing.source, listing.category)


SHORT = 30.0  # seconds
_LISTS = {
    "new": "new listings",
    "catchup": "catch-up pages",
    "daily": "daily papers",
    "feed": "feeds",
    # Listings of these sources have a name of their own.
    sources.ARXIV_OAI_RAW: "changed records",
    sources.ARXIV_ABS: "pages of papers",
}


def summary(report: RunReport) -> list[str]:
    """The last lines of a run: counts, then everything that is not complete, with the reason."""
    results = list(report.results.values())
    lines: list[str] = []
    outcome_counts = [
        f"{sum(attempt.outcome is outcome for attempt in results)} {outcome.value}"
        for outcome in _BEST_FIRST
        if any(attempt.outcome is outcome for attempt in results)
    ]
    if report.already:
        outcome_counts.append(f"{len(report.already)} complete already")
    if outcome_counts:
        lines.append(f"Listings: {', '.join(outcome_counts)}.")
    for outcome in _BEST_FIRST:
        if outcome in (AttemptOutcome.COMPLETE, AttemptOutcome.UNCHANGED, AttemptOutcome.EMPTY):
            continue
        lines += [_sentence(attempt) for attempt in results if attempt.outcome is outcome]
    lines += [f"{name_of(listing)}: no answer came before the run ended." for listing in report.lost]
    lines += [*missing(report.missing), *report.differences]
    return [*lines, *report.notices]


def _sentence(attempt: Attempt) -> str:
    reason = f", {attempt.reason}" if attempt.reason else ""
    return f"{name_of(attempt.listing)}: {attempt.outcome.value}{reason}."


def missing(days: Iterable[DayCoverage]) -> list[str]:
    """One line that names the days that were never asked for, newest first; an empty list if there are none."""
    by_day: dict[date, list[str]] = {}
    for day in days:
        if day.state is CoverageState.MISSING:
            by_day.setdefault(day.day, []).append(sources.label(*day.subject))
    if not by_day:
        return []
    parts = [f"{day} ({', '.join(names)})" for day, names in sorted(by_day.items(), reverse=True)]
    return [f"Missing of the last days: {'; '.join(parts)}. 'paperglot coverage --repair' fetches them."]
