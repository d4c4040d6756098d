"""Documents of the index `<prefix>-runs`: runs, steps, days of categories. They can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

from indexer.engine import SideIndex
from indexer.fields import Kind
from operate.facts import Facts
from papers import sources
from papers.coverage import DayCoverage
from papers.runs import RunRecord, StepRecord

NAME = "runs"
_K, _N, _M, _D = Kind.KEYWORD, Kind.NUMBER, Kind.MOMENT, Kind.DAY
# Field → its kind, and its label in Kibana.
FIELDS: dict[str, tuple[Kind, str]] = {
    "@timestamp": (_M, "Began; of a day of papers: its noon"),
    "kind": (_K, "Kind: run, step or coverage"),
    "job": (_K, "Job"),
    "step": (_K, "Step"),
    "outcome": (_K, "Outcome"),
    "reason": (_K, "Reason"),
    "attempt": (_N, "Try"),
    "made_up": (_N, "Due times made up for"),
    "duration_s": (_N, "Duration in seconds"),
    "exit_code": (_N, "Exit code"),
    "papers_new": (_N, "New papers"),
    "papers_changed": (_N, "Changed papers"),
    "papers_translated": (_N, "Translated papers"),
    "papers_indexed": (_N, "Indexed papers"),
    "papers_removed": (_N, "Papers removed from the index"),
    "texts_untranslated": (_N, "Texts kept untranslated"),
    "requests": (_N, "Requests"),
    "retries": (_N, "Requests tried again"),
    "refusals": (_N, "Refused lists"),
    "parse_errors": (_N, "Lists that could not be read"),
    "source": (_K, "Source"),
    "listing": (_K, "Category or source"),
    "day": (_D, "Day of papers"),
    "stated": (_N, "Papers that the source states"),
    "got": (_N, "Papers that are kept"),
    "state": (_K, "State of the day"),
    "index_behind": (_N, "Changed papers that are not in the index"),
    "backlog": (_N, "Papers that wait for their translation"),
    "disk_free_bytes": (_N, "Free bytes on the disk"),
    "version": (_K, "Version of Paperglot"),
}


def side_index(facts: Facts) -> SideIndex:
    """The index of runs as of these facts."""
    kinds = {name: kind for name, (kind, _) in FIELDS.items()}
    return SideIndex(NAME, kinds, dict(_documents(facts)))


def _documents(facts: Facts) -> Iterator[tuple[str, dict[str, Any]]]:
    for position, run in enumerate(facts.runs):
        yield f"run-{run.number}", _of_run(run) | (_current_state(facts) if position == 0 else {})
        for number, step in enumerate(run.steps, start=1):
            yield f"step-{run.number}-{number}", _of_step(run, step)
    for day in facts.earlier:
        if day.at is not None:
            source, category = day.subject
            yield f"coverage-{source}-{category}-{day.day}", _of_day(day)


def _current_state(facts: Facts) -> dict[str, Any]:
    return {
        "index_behind": facts.index.behind,
        "backlog": sum(facts.backlog.values()),
        "disk_free_bytes": facts.disk_free,
    }


def _of_run(run: RunRecord) -> dict[str, Any]:
    return {
        "kind": "run",
        **_common(run, run),
        **_field_counts(run.counts),
        "attempt": run.attempt,
        "made_up": run.made_up,
        "reason": " ".join(run.reasons)[:1000] or None,
    }


def _of_step(run: RunRecord, step: StepRecord) -> dict[str, Any]:
    return {
        "kind": "step",
        **_common(run, step),
        **_field_counts(step.counts),
        "step": step.name,
        "exit_code": step.exit_code,
        "reason": step.reason[:1000] if step.reason else None,
    }


def _common(run: RunRecord, record: RunRecord | StepRecord) -> dict[str, Any]:
    return {
        "@timestamp": record.began,
        "job": run.job or "by hand",
        "outcome": record.outcome.value,
        "duration_s": int((record.ended - record.began).total_seconds()) if record.ended else None,
        "version": run.version,
    }


def _field_counts(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if name in FIELDS}


def _of_day(day: DayCoverage) -> dict[str, Any]:
    return {
        "@timestamp": datetime.combine(day.day, time(12), UTC),
        "kind": "coverage",
        "source": day.subject.source,
        "listing": sources.label(*day.subject),
        "day": day.day,
        "stated": day.expected,
        "got": day.got,
        "state": day.state.value,
        "reason": day.reason,
    }
