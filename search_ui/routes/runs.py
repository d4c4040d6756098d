"""`/runs`: whether all is fine, and how the last runs went."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from delivery.messages import Messages
from operate.judge import judge
from papers.catalogue import Catalogue
from papers.runs import RunOutcome, RunRecord, StepRecord
from search_ui.layout import folder, page, words
from search_ui.standing import facts

router = APIRouter(include_in_schema=False)
SHOWN = 30
# The counts that the table shows; `paperglot runs` shows the others.
COUNTS = ("papers_new", "papers_changed", "papers_translated", "refusals", "parse_errors")
# The look of each outcome: good, still waiting, a fault, or not worth notice.
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
    current, data = facts(request), folder(request)
    if current is None or data is None:
        return page(request, "runs.html", elsewhere=True)
    with Catalogue(data) as catalogue:
        runs = catalogue.runs.latest(SHOWN)
    messages = words(request)
    return page(
        request,
        "runs.html",
        findings=judge(current),
        runs=[(run, LOOKS[run.outcome], duration(run, messages), _counts(run, messages)) for run in runs],
    )


def duration(record: RunRecord | StepRecord, messages: Messages) -> str:
    """How long a run or step lasted, in words; "" while it goes on."""
    if record.ended is None:
        return ""
    seconds = int((record.ended - record.began).total_seconds())
    return (
        messages("minutes", n=messages.number(seconds // 60))
        if seconds >= 120
        else messages("seconds", n=messages.number(seconds))
    )


def _counts(run: RunRecord, messages: Messages) -> str:
    counts = run.counts
    names = [name for name in counts if counts[name] and name in COUNTS]
    return ", ".join(f"{messages.number(counts[name])} {messages.get(f'count_{name}', name)}" for name in names)
