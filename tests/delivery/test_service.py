"""Summaries by a service with OpenAI's interface, on this machine: what is kept of its answers, and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from delivery.summary.content import By
from delivery.summary.extract import extracted
from delivery.summary.service import NoSummary, Service, over_http, read_answer, summariser
from delivery.summary.settings import SummarySettings
from tests.making import document
from tests.receivers import Chat

DAY = date(2026, 11, 20)
PAPER = document(title="Sparse clocks", abstract="Clocks are old. We propose a sparse clock. It wins by 3%.")
ANSWER = {"summary": "提出一种稀疏时钟。", "takeaways": ["稀疏时钟。", "好 3%。"], "keywords": ["时钟"]}


class Model(Chat):
    """A model that gives the same answer to everything."""

    def answers(self, text: str) -> None:
        self.body = json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model()
    model.answers(json.dumps(ANSWER))
    yield model
    model.stop()


def service(folder: Path, of: Model, said: list[str] | None = None, **changes: Any) -> Service:
    values = {"service": f"{of.base}/v1", "model": "tiny:1b", "seconds": 5, "key": "secret-key"}
    settings = SummarySettings.load(**values | changes)
    return Service(folder, settings, over_http(settings), DAY, (said if said is not None else []).append)


def test_an_answer_is_kept(tmp_path: Path, model: Model) -> None:
    summarise = service(tmp_path, model)
    for _ in range(2):
        summary = summarise(PAPER, "zh")
        assert summary.line and summary.line.text == "提出一种稀疏时钟。" and summary.line.language == "zh"
        assert (summary.line_by, summary.takeaways_by, summary.model) == (By.SERVICE, By.SERVICE, "tiny:1b")
        assert summary.keywords == ("时钟",)
    assert len(model.got) == 1 and model.got[0][0] == "/v1/chat/completions"
    assert "Sparse clocks" in model.text() and "Chinese" in model.text() and model.got[0][1]["model"] == "tiny:1b"
    # Another language, another text and another model are asked anew.
    service(tmp_path, model)(PAPER, "zh-Hant")
    service(tmp_path, model, model="other")(PAPER, "zh")
    assert len(model.got) == 3


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (500, "{}"),
        (401, "{}"),
        (200, "I am sorry."),
        (200, "{}"),
        (200, json.dumps({**ANSWER, "summary": "In English."})),
    ],
)
def test_a_failure_is_never_kept(status: int, text: str, tmp_path: Path, model: Model) -> None:
    model.answers(text)
    model.status = status
    assert service(tmp_path, model)(PAPER, "zh") == extracted(PAPER, "zh")
    model.status = 200
    model.answers(json.dumps(ANSWER))
    assert service(tmp_path, model)(PAPER, "zh").line_by is By.SERVICE


def test_a_service_that_fails_is_left_alone_for_the_rest_of_a_run(tmp_path: Path, model: Model) -> None:
    model.status, said = 503, []
    summarise = service(tmp_path, model, said)
    for number in range(6):
        assert summarise(document(f"2611.{number:05}", title=f"T{number}", abstract="We prove it."), "zh").line
    assert len(model.got) == 3 and said == [
        "The service of [summary] fails (HTTP 503): summaries are sentences of abstracts."
    ]


def test_the_budget_of_a_day(tmp_path: Path, model: Model) -> None:
    said: list[str] = []
    summarise = service(tmp_path, model, said, papers_a_day=2)
    papers = [document(f"2611.{number:05}", title=f"T{number}", abstract="We prove it.") for number in range(4)]
    assert [summarise(paper, "zh").line_by for paper in papers] == [By.SERVICE] * 2 + [By.ABSTRACT] * 2
    assert len(said) == 1 and "papers_a_day" in said[0]
    assert service(tmp_path, model, papers_a_day=2)(papers[0], "zh").line_by is By.SERVICE  # it is kept


def test_a_damaged_cache_is_made_anew(tmp_path: Path, model: Model) -> None:
    (tmp_path / "summaries.sqlite").write_bytes(b"no database" * 200)
    assert service(tmp_path, model)(PAPER, "zh").line_by is By.SERVICE
    assert service(tmp_path / "new" / "folder", model)(PAPER, "zh").line_by is By.SERVICE


def test_nobody_is_asked_without_a_service_or_an_abstract(tmp_path: Path, model: Model) -> None:
    assert summariser(tmp_path, DAY, print) is extracted
    service(tmp_path, model)(document(title="T", abstract={}), "zh")
    assert model.got == []


def test_answers() -> None:
    thinking = f"<think>Perhaps {{summary}}, or {json.dumps({'summary': 'no'})}.</think>{json.dumps(ANSWER)} Done."
    assert read_answer(thinking, "zh")["line"] == "提出一种稀疏时钟。"
    assert read_answer(json.dumps({**ANSWER, "summary": "时钟\ud800。"}), "zh")["line"] == "时钟。"
    assert read_answer(json.dumps(ANSWER), "zh-Hant")["line"] == "提出一種稀疏時鐘。"
    fenced = f"```json\n{json.dumps(ANSWER)}\n```"
    assert read_answer(fenced, "zh")["line"] == "提出一种稀疏时钟。"
    assert len(read_answer(json.dumps({**ANSWER, "takeaways": ["x"] * 20}), "zh")["takeaways"]) == 8
    assert read_answer(json.dumps({**ANSWER, "keywords": "a, b"}), "zh")["keywords"] == []
    for answer in (
        "",
        "[]",
        "{",
        json.dumps({**ANSWER, "takeaways": []}),
        json.dumps({**ANSWER, "summary": "长" * 900}),
    ):
        with pytest.raises(NoSummary):
            read_answer(answer, "zh")
    with pytest.raises(NoSummary, match="another language"):
        read_answer(json.dumps(ANSWER), "en")
