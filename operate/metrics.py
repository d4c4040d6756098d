"""The facts as gauges in Prometheus's text format. They are read at each request, so every process shows the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from indexer.engine import IndexState
from operate.facts import Facts
from operate.judge import NAMES, judge

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Gauges(Collector):
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def collect(self) -> Iterable[GaugeMetricFamily]:
        facts = self._facts
        counts = Counter(finding.name for finding in judge(facts))
        yield _gauge("paperglot_fine", "1 where nothing is wrong", 0 if counts else 1)
        yield _by("paperglot_findings", "What is not fine, by name", "name", {name: counts[name] for name in NAMES})
        yield _gauge("paperglot_papers", "Papers in the catalogue", facts.papers)
        if facts.index.state:
            yield _gauge("paperglot_index_papers", "Papers in the index", facts.index.state.documents)
        yield _gauge("paperglot_index_behind", "Changed papers that are not in the index", facts.index.behind)
        states = Counter(day.state.value for day in facts.days)
        yield _by("paperglot_days", "Lists of the last week, by state", "state", states)
        yield _by("paperglot_translation_backlog", "Papers that wait for long", "language", facts.backlog)
        yield _gauge("paperglot_run_going_on", "1 while a run goes on", int(facts.going_on))
        yield from self._of_runs()
        yield _gauge("paperglot_disk_free_bytes", "Free bytes on the disk of the data folder", facts.disk_free)
        yield _gauge("paperglot_data_bytes", "Bytes of catalogue and index", facts.size)
        if facts.key_expires:
            yield _gauge("paperglot_key_expires", "When the key expires (Unix time)", facts.key_expires.timestamp())

    def _of_runs(self) -> Iterable[GaugeMetricFamily]:
        last = {run.job or "by hand": run for run in reversed(self._facts.runs) if run.ended}
        yield _by("paperglot_last_run", "When the last run of a job began (Unix time)", "job",
                  {job: run.began.timestamp() for job, run in last.items()})  # fmt: skip
        yield _by("paperglot_last_run_seconds", "How long it lasted", "job",
                  {job: (run.ended - run.began).total_seconds() for job, run in last.items() if run.ended})  # fmt: skip
        yield _by("paperglot_last_run_successful", "1 where it did not fail", "job",
                  {job: int(not run.outcome.is_failure) for job, run in last.items()})  # fmt: skip
        counts = GaugeMetricFamily("paperglot_last_run_count", "What its steps counted", labels=["job", "step", "what"])
        for job, run in last.items():
            for step in run.steps:
                for what, number in step.counts.items():
                    counts.add_metric([job, step.name, what], number)
        yield counts


class _Index(Collector):
    def __init__(self, state: IndexState | None) -> None:
        self._state = state

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield _gauge("paperglot_index_answers", "1 where there is an index that answers", int(self._state is not None))
        if self._state:
            yield _gauge("paperglot_index_papers", "Papers in the index", self._state.documents)


def _gauge(name: str, help: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help, value=value)


def _by(name: str, help: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def text(facts: Facts) -> bytes:
    """The gauges of these facts."""
    return _text(_Gauges(facts))


def of_index(state: IndexState | None) -> bytes:
    """The gauges of a page that has no catalogue."""
    return _text(_Index(state))


def _text(collector: Collector) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return generate_latest(registry)
