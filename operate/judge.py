"""What is fine and what is not: one judgement for `status`, `doctor`, `/readyz`, `/metrics` and `/runs`. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from crawler.followed import LOOKS
from indexer.lag import Relation
from operate.facts import Facts
from papers import sources
from papers.coverage import CoverageState, DayCoverage
from papers.runs import RunOutcome, RunRecord

# A run that is later than this will not begin any more.
LATE_AFTER = timedelta(hours=1)
# A day's list may be partial or stale up to this age: arXiv is late now and then.
WAITING_AFTER = timedelta(days=1)
# A weekday's number of papers is unusual below half or above twice the median. The median needs four weeks.
LEAST_WEEKS = 4
FACTOR = 2
KEY_EXPIRES_WITHIN = timedelta(days=14)
LEAST_DISK = 1 << 30
MOST_DAYS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not fine: a name for machines, and a sentence that says what to do."""

    name: str
    sentence: str


NAMES = (
    "catalogue_damaged",
    "index_missing",
    "index_unusable",
    "index_former",
    "index_behind",
    "index_incomplete",
    "days_missing",
    "papers_unusual",
    "records_left_out",
    "run_late",
    "run_failed",
    "parse_errors",
    "refusals",
    "translation_backlog",
    "disk_low",
    "key_expires",
)


def judge(facts: Facts) -> list[Finding]:
    """All findings, the worst first; [] where everything is fine."""
    return [
        *_of_catalogue(facts),
        *_of_index(facts),
        *_of_days(facts),
        *_of_runs(facts),
        *_of_translation(facts),
        *_of_surroundings(facts),
    ]


def _of_catalogue(facts: Facts) -> Iterator[Finding]:
    if facts.damage:
        yield Finding("catalogue_damaged", f"The catalogue is damaged ({facts.damage}): put a backup in its place.")


def _of_index(facts: Facts) -> Iterator[Finding]:
    index = facts.index
    if index.error:
        yield Finding("index_unusable", index.error)
    elif index.relation is Relation.NONE:
        yield Finding("index_missing", "There is no index yet: run 'paperglot index'.")
    else:
        if index.is_former:
            yield Finding(
                "index_former",
                "The index was made by the version before; it is searched, and 'paperglot index' makes it anew.",
            )
        if not facts.going_on and index.behind > _changes(facts.runs[0] if facts.runs else None):
            yield Finding("index_behind", f"The index is {index.behind:,} papers behind: run 'paperglot index'.")
        if index.state and not index.behind:
            missing = facts.papers - index.state.documents
            if not 0 <= missing <= len(index.state.rejected):
                yield Finding("index_incomplete", "The index is not what the catalogue holds: run 'paperglot rebuild'.")
    if index.unfinished:
        yield Finding(
            "index_incomplete",
            f"An index of {index.unfinished.documents:,} papers was begun and not finished: 'paperglot rebuild' "
            "carries it on.",
        )
    for state in index.foreign:
        yield Finding(
            "index_incomplete",
            f"An index of another catalogue is left over beside this one ({state.documents:,} papers, generation "
            f"{state.generation}): delete it where nobody needs it.",
        )


def _changes(run: RunRecord | None) -> int:
    """How many papers a run may have changed since the index was brought up to date."""
    counts = run.counts if run else {}
    return sum(counts.get(what, 0) for what in ("papers_new", "papers_changed", "papers_translated"))


def _of_days(facts: Facts) -> Iterator[Finding]:
    lacking_days = [day for day in facts.days if _is_lacking(day, facts)]
    lacking_days.sort(key=lambda day: day.day, reverse=True)
    if lacking_days:
        names = [_named(day) for day in lacking_days[:MOST_DAYS_NAMED]]
        more = f" and {len(lacking_days) - len(names)} more" if len(lacking_days) > len(names) else ""
        yield Finding(
            "days_missing",
            f"Not there: {'; '.join(names)}{more}. The next crawl asks again; 'paperglot coverage --repair' at once.",
        )
    for sentence in _unusual(facts):
        yield Finding("papers_unusual", sentence)
    if facts.left_out:
        noun = "record" if facts.left_out == 1 else "records"
        yield Finding(
            "records_left_out",
            f"{facts.left_out:,} {noun} of the last days could not be read ('paperglot status --json' shows them).",
        )


def _is_lacking(day: DayCoverage, facts: Facts) -> bool:
    look = LOOKS[day.state]
    if look == "waiting":
        return facts.now.date() - day.day > WAITING_AFTER
    return look == "fault"


def _named(day: DayCoverage) -> str:
    reason = f", {day.reason}" if day.reason else ""
    return f"{sources.label(*day.subject)} of {day.day} ({day.state.value}{reason})"


def _unusual(facts: Facts) -> Iterator[str]:
    """A sentence for each subject whose last complete day is far from the median of the same weekday.

    Holidays do not disturb this: arXiv has no list for them.
    """
    for subject in dict.fromkeys(day.subject for day in facts.earlier):
        complete = [d for d in facts.earlier if d.subject == subject and d.state is CoverageState.COMPLETE]
        if not complete:
            continue
        last = complete[-1]
        counts = [day.got for day in complete[:-1] if day.day.weekday() == last.day.weekday()]
        if len(counts) < LEAST_WEEKS:
            continue
        usual = median(counts)
        if usual and not usual / FACTOR <= last.got <= usual * FACTOR:
            yield (
                f"{sources.label(*subject)} of {last.day} has {last.got:,} papers where {usual:,.0f} are usual on a "
                f"{last.day:%A}: look whether its list was read whole."
            )


def _of_runs(facts: Facts) -> Iterator[Finding]:
    for job, at in facts.late.items():
        if facts.now - at > LATE_AFTER:
            yield Finding(
                "run_late",
                f"The run '{job}' was due at {at:%Y-%m-%d %H:%M UTC} and never began: is 'paperglot schedule' running?",
            )
    ended = [run for run in facts.runs if run.ended is not None]
    for name in dict.fromkeys(run.job for run in ended):
        last_run = next(run for run in ended if run.job == name)
        if last_run.outcome.is_failure:
            reasons = " ".join(last_run.reasons) or "Nobody knows why."
            run_name = f"'{name}'" if name else "by hand"
            yield Finding(
                "run_failed",
                f"The last run {run_name} ({last_run.began:%Y-%m-%d %H:%M UTC}) was "
                f"{'killed' if last_run.outcome is RunOutcome.KILLED else 'not successful'}. {reasons}",
            )
    counts = ended[0].counts if ended else {}
    if number := counts.get("parse_errors"):
        yield Finding("parse_errors", f"{number:,} lists of the last run could not be read: has the site changed?")
    if number := counts.get("refusals"):
        yield Finding("refusals", f"{number:,} lists were refused in the last run ('paperglot runs' says by whom).")


def _of_translation(facts: Facts) -> Iterator[Finding]:
    for language, count in facts.backlog.items():
        if count:
            yield Finding(
                "translation_backlog",
                f"{count:,} papers have waited for more than two days to be translated into {language}: run "
                "'paperglot translate'.",
            )


def _of_surroundings(facts: Facts) -> Iterator[Finding]:
    if facts.disk_free < max(LEAST_DISK, facts.size):
        yield Finding(
            "disk_low",
            f"The disk of {facts.folder} has {facts.disk_free >> 20:,} MB left, and an index that is made anew needs "
            f"{facts.size >> 20:,} MB: free some.",
        )
    if facts.key_expires and facts.key_expires - facts.now < KEY_EXPIRES_WITHIN:
        yield Finding(
            "key_expires",
            f"The API key of Elasticsearch expires on {facts.key_expires:%Y-%m-%d}: make another one and put it into "
            "its file.",
        )
