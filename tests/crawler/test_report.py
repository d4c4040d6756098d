"""Results, summary and exit code of a run; and every status, through the judgement and through each spider."""

from __future__ import annotations

from datetime import date

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler import judgement
from crawler.judgement import CompleteAlready, Forbidden, NotAsked, Unavailable
from crawler.report import RunReport, SpiderReport, announcement, missing, summary
from papers.coverage import CoverageState, DayCoverage, Subject
from papers.paper import Attempt, AttemptOutcome, Listing
from tests.making import DAY, attempt, listing

CATCHUP = listing(name="catchup")


def report(*attempts: Attempt, planned: tuple[Listing, ...] = (), **fields: object) -> RunReport:
    planned = planned or tuple(attempt.listing for attempt in attempts)
    return RunReport((SpiderReport("arxiv_new", planned=planned, attempts=attempts, **fields),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        (["complete"], 0),
        (["empty"], 0),
        (["unchanged"], 0),
        (["partial"], 3),
        (["stale"], 3),
        (["refused"], 1),
        (["unreachable"], 1),
        (["not readable"], 1),
        (["partial", "complete"], 0),  # the next source brought it
        (["stale", "complete"], 0),
        (["stale", "empty"], 3),  # a source that does not have it yet proves nothing
        (["stale", "refused"], 3),
        (["complete", "refused"], 0),
    ],
)
def test_exit_codes(outcomes: list[str], code: int) -> None:
    attempts = [
        attempt(AttemptOutcome(outcome), of=(listing(), CATCHUP)[place]) for place, outcome in enumerate(outcomes)
    ]
    assert report(*attempts).exit_code == code


def test_every_outcome_has_an_exit_code_of_its_own_choice() -> None:
    codes = {outcome: report(attempt(outcome)).exit_code for outcome in AttemptOutcome}
    assert {outcome for outcome, code in codes.items() if code == 0} == {
        AttemptOutcome.COMPLETE,
        AttemptOutcome.EMPTY,
        AttemptOutcome.UNCHANGED,
    }


def test_a_planned_listing_without_a_result_is_a_failure() -> None:
    lost = report(planned=(listing(),))
    assert lost.exit_code == 1
    assert summary(lost) == [f"cs.CL of {DAY}: no answer came before the run ended."]
    assert report(planned=(listing(),), complete_already=(listing(),)).exit_code == 0
    assert report(planned=(listing(),), stopped=True).exit_code == 130
    assert report(trouble=("The worker failed.",)).exit_code == 1


def test_the_last_lines_say_what_came_of_everything() -> None:
    second = listing("cs.LG")
    third = listing("cs.CV")
    run_report = RunReport(
        (
            SpiderReport(
                "arxiv_new",
                planned=(listing(), second, third, listing("cs.AI")),
                attempts=(
                    attempt(AttemptOutcome.PARTIAL, reason="3 of 5"),
                    attempt(AttemptOutcome.REFUSED, of=second, reason="arxiv.org has denied access until tomorrow"),
                    attempt(AttemptOutcome.COMPLETE, of=third),
                ),
                complete_already=(listing("cs.AI"),),
            ),
        ),
        missing=(DayCoverage(subject=Subject("arxiv-listing", "cs.CL"), day=DAY, state=CoverageState.MISSING),),
        notices=("The calendar ends.",),
    )
    assert summary(run_report) == [
        "Listings: 1 complete, 1 partial, 1 refused, 1 complete already.",
        f"cs.CL of {DAY}: partial, 3 of 5.",
        f"cs.LG of {DAY}: refused, arxiv.org has denied access until tomorrow.",
        f"Missing of the last days: {DAY} (cs.CL). 'paperglot coverage --repair' fetches them.",
        "The calendar ends.",
    ]
    assert missing([]) == []


def test_the_first_line_says_what_is_planned() -> None:
    hugging_face = listing("", date(2026, 11, 19), source="huggingface-daily", name="daily")
    assert announcement([listing(), listing("cs.LG"), hugging_face]) == (
        "Planned: cs.CL, cs.LG of 2026-11-20 (new listings); Hugging Face daily papers of 2026-11-19 (daily papers)."
    )
    assert announcement([listing()], 15.5).endswith("(new listings).")
    assert announcement([listing(), listing("cs.LG")], 15.5).endswith(
        "(new listings). It takes 1 minute or more: arXiv allows a request in 15 seconds."
    )
    assert "It takes 3 minutes or more" in announcement([listing(name) for name in "abcdefghij"], 15.5)
    assert announcement([]) == "Nothing is due: what was announced is there."


@pytest.mark.parametrize("status", range(300, 600))
def test_no_status_is_a_success(status: int) -> None:
    outcome, reason = judgement.of_status(status)
    assert report(attempt(outcome, reason=reason)).exit_code == 1
    assert str(status) in reason
    error = HttpError(Response("http://x", status=status), "Ignoring non-200 response")
    assert judgement.of_error(error) == (outcome, reason)


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (TimeoutError(), AttemptOutcome.UNREACHABLE, "did not answer: timeout"),
        (OSError("Connection was refused."), AttemptOutcome.UNREACHABLE, "did not answer: Connection was refused"),
        (IgnoreRequest("max redirections reached"), AttemptOutcome.UNREACHABLE, "the answer was dropped: max redir"),
        (Forbidden("the robots.txt forbids it"), AttemptOutcome.REFUSED, "the robots.txt forbids it"),
        (Unavailable("no robots.txt"), AttemptOutcome.UNREACHABLE, "no robots.txt"),
    ],
)
def test_every_way_to_get_no_page_has_a_reason(error: Exception, outcome: AttemptOutcome, reason: str) -> None:
    verdict = judgement.of_error(error)
    assert verdict and verdict[0] is outcome and verdict[1].startswith(reason)


@pytest.mark.parametrize("error", [NotAsked("stopped"), CompleteAlready("there")])
def test_what_is_not_to_be_asked_any_more_is_no_attempt(error: Exception) -> None:
    assert judgement.of_error(error) is None
