"""`/runs`: whether all is fine, and how the last runs went."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from operate.judge import judge
from papers.catalogue import Catalogue
from papers.runs import RunOutcome, RunRecord, StepRecord
from search_ui.layout import folder, page, words
from search_ui.standing import facts
from search_ui.texts import Messages

router = APIRouter(include_in_schema=False)
SHOWN = 30
# What a reader of the table wants to know; `paperglot runs` has the rest.
COUNTS = ("papers_new", "papers_changed", "papers_translated", "refusals", "parse_errors")
# How an outcome looks: as it should be, not there yet, a fault, or nothing to speak of.
LOOKS = {
    RunOutcome.OK: "good",
    RunOutcome.RUNNING: "quiet",
    RunOutcome.SKIPPED: "quiet",
    RunOutcome.INCOMPLETE: "waiting",
    RunOutcome.STOPPED: "waiting",
    RunOutcome.FAILED: "fault",
    RunOutcome.KILLED: "fault",
}


@router.get("/runs")
def show(request: Request) -> Response:
    """A table of runs, newest first. Where the catalogue is on another machine, the page says so."""
    found, data = facts(request), folder(request)
    if found is None or data is None:
        return page(request, "runs.html", elsewhere=True)
    with Catalogue(data) as catalogue:
        runs = catalogue.runs.latest(SHOWN)
    said = words(request)
    return page(
        request,
        "runs.html",
        findings=judge(found),
        runs=[(run, LOOKS[run.outcome], duration(run, said), _counts(run, said)) for run in runs],
    )


def duration(what: RunRecord | StepRecord, said: Messages) -> str:
    """How long it lasted; "" while it goes on."""
    if what.ended is None:
        return ""
    seconds = int((what.ended - what.began).total_seconds())
    return said("minutes", n=said.number(seconds // 60)) if seconds >= 120 else said("seconds", n=said.number(seconds))


def _counts(run: RunRecord, said: Messages) -> str:
    counts = run.counts
    shown = [what for what in counts if counts[what] and what in COUNTS]
    return ", ".join(f"{said.number(counts[what])} {said.known(f'count_{what}', what)}" for what in shown)
