"""The stand-in: its papers, its pages, its recorded pages."""

from __future__ import annotations

import json
import socket
import struct
import threading
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import pytest

from papers.categories import taxonomy
from replica.categories import NAMES
from replica.recorded import OWN_TABLE, BadTable, find, read_table
from replica.server import Replica
from replica.vocabulary import TOPICS
from replica.world import World, is_listing_day
from tests.conftest import TODAY


def test_the_same_seed_gives_the_same_papers() -> None:
    assert World(3, 20).announced(TODAY) == World(3, 20).announced(TODAY)
    assert World(3, 20).announced(TODAY) != World(4, 20).announced(TODAY)


def test_papers_read_like_papers() -> None:
    papers = World(papers_a_day=400).announced(TODAY)
    assert len({paper.id for paper in papers}) == 400
    assert len({paper.categories[0] for paper in papers}) == len(TOPICS)
    assert len({paper.title[0] for paper in papers}) > 350
    texts = [text for paper in papers for text in (*paper.title, *paper.abstract)]
    assert not any("{" in text.replace("$", " ").split("$")[0] and "}" not in text for text in texts)
    assert sum("$" in paper.abstract[0] for paper in papers) > 100
    assert sum(paper.code is not None for paper in papers) > 50


def test_a_translation_has_the_same_formulas() -> None:
    import re

    for paper in World(papers_a_day=200).announced(TODAY):
        english, chinese = (re.findall(r"\$[^$]+\$", text) for text in paper.abstract)
        assert sorted(english) == sorted(chinese)


def test_days() -> None:
    assert not is_listing_day(date(2026, 11, 21)) and not is_listing_day(date(2026, 11, 27))
    world = World(papers_a_day=30)
    assert world.announced(date(2026, 11, 21)) == ()
    replaced = world.replaced(TODAY)
    assert replaced and all(paper.version > 1 and paper.day < TODAY for paper in replaced)
    assert {paper.version for paper in replaced} == {2, 3, 4}
    assert all(world.as_of(paper.id, TODAY) == paper for paper in replaced)
    assert world.as_of("2611.99999", TODAY) is None


def test_its_categories_are_arxivs() -> None:
    for code, name in NAMES.items():
        assert taxonomy()[code].name == name
    for topic in TOPICS:
        assert {topic.primary, *topic.cross} <= set(NAMES)


def test_over_http() -> None:
    with Replica(World(papers_a_day=80), today=TODAY) as replica:
        page = urllib.request.urlopen(f"{replica.url('arxiv')}/list/cs/new?skip=0&show=25").read().decode()
        assert "Showing new listings for Friday, 20 November 2026" in page and page.count("<dt>") == 25
        api = f"{replica.url('huggingface')}/api/daily_papers?date=2026-11-20&p=0&limit=10"
        assert len(json.loads(urllib.request.urlopen(api).read())) == 10
        replica.today = TODAY + timedelta(days=1)
        assert "20 November" in urllib.request.urlopen(f"{replica.url('arxiv')}/list/cs/new").read().decode()
        for path, status in [("/list/cs/new?show=30", 400), ("/list/zz/new", 400), ("/nothing", 404)]:
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(replica.url("arxiv") + path)
            assert error.value.code == status
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(f"{replica.url('huggingface')}/api/daily_papers?date=never")
        assert error.value.code == 400


def test_a_crawl_that_is_killed_is_nothing_to_tell(capfd: pytest.CaptureFixture[str]) -> None:
    handled = threading.Event()
    with Replica(World(), today=TODAY) as stand_in:
        server = stand_in._servers["arxiv"]
        shutdown = server.shutdown_request
        server.shutdown_request = lambda request: (shutdown(request), handled.set())  # type: ignore[method-assign]
        with socket.create_connection(server.server_address) as client:  # type: ignore[arg-type]
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert handled.wait(30)
    assert capfd.readouterr().err == ""


def test_a_port_that_is_taken() -> None:
    with Replica(World(), today=TODAY) as replica:
        port = int(replica.url("huggingface").rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Replica(World(), today=TODAY, ports=(0, 0, 0, port))


def table(tmp_path: Path, text: str) -> Path:
    (tmp_path / "table.txt").write_text(text)
    (tmp_path / "a.html").write_text("<p>a</p>")
    return tmp_path


def test_a_table_of_recorded_pages(tmp_path: Path) -> None:
    pages = read_table(
        table(tmp_path, "# site\narxiv 200 /x?p=1 a.html\narxiv 404 /x a.html # rest\nhuggingface 200 /y -\n")
    )
    assert (exact_page := find(pages, "arxiv", "/x", {"p": "1", "q": "2"})) and exact_page.status == 200
    assert (other_page := find(pages, "arxiv", "/x", {"p": "2"})) and other_page.status == 404
    assert (empty := find(pages, "huggingface", "/y", {})) and empty.body == b"[]"
    assert find(pages, "huggingface", "/x", {}) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("arxiv 200 /x", "line 1: expected 'site status address file'"),
        ("elsewhere 200 /x a.html", "expected 'site"),
        ("arxiv 200 /x missing.html", "there is no file"),
        ("# nothing", "names no page"),
    ],
)
def test_a_table_that_is_wrong(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=said):
        read_table(table(tmp_path, text))


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="not a folder"):
        read_table(tmp_path / "nothing")


def test_its_own_table_names_recorded_pages(recorded: Path) -> None:
    named = {line.split()[3] for line in OWN_TABLE.read_text().splitlines() if line and not line.startswith("#")}
    assert all((recorded / name).is_file() for name in named - {"-"})
    assert len(read_table(recorded)) >= 15
