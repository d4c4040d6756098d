"""Assistants: what they are answered, by the client of the protocol itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from delivery.assistants.library import Library
from delivery.assistants.server import server
from delivery.assistants.shapes import LONGEST_EXCERPT, MOST_PAPERS
from indexer.engines import open_engine
from indexer.update import update
from papers.catalogue import Catalogue
from tests.indexer.contract import fill
from tests.making import AT, document, page, sighting
from tests.processes import BIN, free_ports, wait_until

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PAPERS = [
    document("2611.00001", 1, title={"en": "Slow clocks", "zh": "慢时钟"}, categories=("cs.CL",),
             abstract={"en": "They tick. " * 200, "zh": "滴答。"}, authors=tuple(f"Author {n}" for n in range(12))),
    document("2611.00002", 2, title="Fast clocks", abstract="They tick, too.", categories=("cs.LG",)),
    document("2611.00003", 3, title="A gap", version=2, withdrawn=(2,), comments="Withdrawn: a gap",
             categories=("math.NT",)),
]  # fmt: skip


@pytest.fixture
def library(folder: Path) -> Library:
    engine = open_engine(folder)
    fill(engine, PAPERS)
    (folder / "alerts.toml").write_text('[Clocks]\nsearch = "clocks"\nto = ["me@example.org"]\n')
    return Library(engine, folder, lambda: NOW)


def asked(library: Library, tool: str, **arguments: Any) -> Any:
    """The structured answer to a question; for an error its sentence."""

    async def ask(client: Client) -> Any:
        result = await client.call_tool(tool, arguments)
        return result.content[0].text if result.is_error else result.structured_content  # type: ignore[union-attr]

    return with_client(library, ask)


def with_client(library: Library, work: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client(server(library, "1")) as client:
            return await work(client)

    return asyncio.run(run())


def test_every_tool_only_reads_and_says_what_it_takes(library: Library) -> None:
    async def listed(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in with_client(library, listed)}
    assert set(tools) == {"search", "paper", "similar", "day", "cite", "saved_searches", "new_for"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint is True and tool.description
        assert all("description" in schema for schema in tool.input_schema.get("properties", {}).values()), tool.name


def test_a_question_in_chinese_finds_papers_with_their_sources(library: Library) -> None:
    answer = asked(library, "search", query="慢时钟")
    paper = answer["papers"][0]
    assert (answer["total"], paper["id"], paper["address"]) == (1, "2611.00001", "https://arxiv.org/abs/2611.00001")
    assert paper["title"] == {"en": "Slow clocks", "zh": "慢时钟"}
    assert len(paper["abstract"]["en"]) <= LONGEST_EXCERPT and paper["abstract"]["en"].endswith("…")
    assert (len(paper["authors"]), paper["more_authors"]) == (10, 2)


def test_answers_are_bounded_and_go_on(library: Library) -> None:
    first = asked(library, "search", query="clocks", size=1)
    second = asked(library, "search", query="clocks", size=1, page=2)
    assert (first["total"], second["page"]) == (2, 2)
    assert first["papers"][0]["id"] != second["papers"][0]["id"]
    assert f"Ask for 1 to {MOST_PAPERS} papers" in asked(library, "search", query="clocks", size=500)


def test_what_is_not_understood_is_said(library: Library) -> None:
    answer = asked(library, "search", query="clocks AND (")
    assert answer["not_understood"] and answer["total"] == 2
    assert asked(library, "search", query="nonsense")["note"].startswith("Nothing was found.")


def test_one_paper(library: Library) -> None:
    paper = asked(library, "paper", id="https://arxiv.org/abs/2611.00003v1")
    assert (paper["withdrawn"], paper["withdrawal"], paper["version"]) == (True, "Withdrawn: a gap", 2)
    assert paper["links"]["pdf"] == "https://arxiv.org/pdf/2611.00003"
    assert [each["id"] for each in asked(library, "similar", id="2611.00001")["papers"]] == ["2611.00002"]
    assert asked(library, "cite", id="2611.00002")["result"].startswith("@misc{")


def test_a_day(library: Library) -> None:
    day = asked(library, "day", day="2026-11-20", query="cat:cs.LG")
    assert (day["total"], day["papers"][0]["id"]) == (1, "2611.00002")
    assert asked(library, "day")["total"] == 3
    assert "weekend" in asked(library, "day", day="2026-11-21")["note"].lower()


def test_what_is_new_for_a_saved_search(library: Library) -> None:
    assert asked(library, "saved_searches")["result"] == ["Clocks"]
    news = asked(library, "new_for", name="Clocks", days=3)
    assert {paper["id"] for paper in news["papers"]} == {"2611.00001", "2611.00002"}


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("paper", {"id": "clocks"}, "'clocks' is not an arXiv identifier"),
        ("paper", {"id": "2611.77777"}, "2611.77777 is not kept here."),
        ("search", {"query": "x", "sort": "colour"}, "There is no order 'colour'"),
        ("day", {"day": "yesterday"}, "'yesterday' is not a day"),
        ("cite", {"id": "2611.00001", "format": "word"}, "There is no format 'word'"),
        ("new_for", {"name": "Clouds"}, "There is no saved search 'Clouds'; there are: Clocks."),
        ("new_for", {"name": "Clocks", "days": 900}, "Ask for 1 to 90 days."),
    ],
)
def test_a_question_that_cannot_be_answered_gets_a_sentence(
    tool: str, arguments: dict[str, Any], sentence: str, library: Library
) -> None:
    assert sentence in asked(library, tool, **arguments)


def keep_one(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(title="Slow clocks")), AT)
        update(catalogue, open_engine(folder))


def test_over_standard_input_and_output(folder: Path) -> None:
    keep_one(folder)
    command = StdioServerParameters(command=str(BIN / "paperglot"), args=["mcp"], env=dict(os.environ))

    async def ask() -> Any:
        async with Client(command, read_timeout_seconds=60) as client:
            return (await client.call_tool("search", {"query": "clocks"})).structured_content

    assert asyncio.run(ask())["papers"][0]["id"] == "2611.00001"


def test_over_http(folder: Path) -> None:
    keep_one(folder)
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [str(BIN / "paperglot"), "mcp", "--http", "--port", str(port)], stderr=subprocess.DEVNULL
    )

    async def ask() -> Any:
        async with Client(f"http://127.0.0.1:{port}/mcp", read_timeout_seconds=60) as client:
            return (await client.call_tool("paper", {"id": "2611.00001"})).structured_content

    try:
        wait_until(lambda: _listens(port), process)
        assert asyncio.run(ask())["title"] == {"en": "Slow clocks"}
    finally:
        process.terminate()
        process.wait(timeout=60)


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_without_the_extra_a_sentence_says_how_to_get_it(folder: Path) -> None:
    script = "import sys; sys.modules['mcp'] = None; sys.argv = ['paperglot', 'mcp']; from cli.app import main; main()"
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert process.returncode == 2 and "requirements-mcp.lock' brings it." in process.stderr
    assert "Traceback" not in process.stderr
