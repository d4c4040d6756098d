"""Papers into Zotero: zotero.org's and a desk's, each played by a server on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from delivery.zotero.item import item, key_of, known_by, same_as
from delivery.zotero.library import Pushed, ZoteroRefused
from delivery.zotero.push import library, push
from delivery.zotero.settings import ZoteroSettings
from delivery.zotero.wire import Patient, ZoteroUnavailable
from indexer.documents import Document
from indexer.engines import open_engine
from papers.paper import AuthorName
from papers.settings import InvalidSetting
from tests.indexer.contract import fill
from tests.making import document
from tests.processes import ROOT
from tests.zotero_server import KEY, USER, ZoteroServer

PAPER = replace(
    document("2611.00001", categories=("cs.CL", "cs.LG"), day=date(2026, 11, 20), version=2, doi="10.1234/Clocks"),
    title={"en": "Sparse $k$ clocks", "zh": "稀疏 $k$ 时钟"},
    abstract={"en": "We show it.", "zh": "我们证明了它。"},
    authors=("Ada Example", "The Clock Collaboration"),
    author_names=(AuthorName(family="Example", given="Ada"), None),
    submitted=datetime(2026, 11, 19, tzinfo=UTC),
    comments=None,
)


@pytest.fixture(params=["web", "desk"])
def server(request: pytest.FixtureRequest) -> Iterator[ZoteroServer]:
    server = ZoteroServer(is_local=request.param == "desk")
    if server.is_local:
        server.collections["READING2"] = "Reading"
    yield server
    server.stop()


@pytest.fixture
def web() -> Iterator[ZoteroServer]:
    server = ZoteroServer()
    yield server
    server.stop()


@pytest.fixture
def desk() -> Iterator[ZoteroServer]:
    server = ZoteroServer(is_local=True)
    yield server
    server.stop()


def settings(server: ZoteroServer, **values: Any) -> ZoteroSettings:
    key = None if server.is_local else SecretStr(KEY)
    return ZoteroSettings(**{"key": key, "web": server.address, "local": server.address, **values})


def pushed(server: ZoteroServer, *documents: Document, name: str = "Reading") -> Pushed:
    return push(documents, library(settings(server), name), ("zh",))


def many(count: int) -> list[Document]:
    return [replace(PAPER, id=f"2611.{number:05}", doi=None) for number in range(1, count + 1)]


def test_the_item_of_a_paper() -> None:
    assert item(PAPER, ("de", "zh")) == {
        "itemType": "preprint",
        "title": "Sparse $k$ clocks",
        "creators": [
            {"creatorType": "author", "lastName": "Example", "firstName": "Ada"},
            {"creatorType": "author", "name": "The Clock Collaboration"},
        ],
        "abstractNote": "We show it.",
        "repository": "arXiv",
        "archiveID": "arXiv:2611.00001",
        "date": "2026-11-19",
        "DOI": "10.1234/Clocks",
        "url": "https://arxiv.org/abs/2611.00001",
        "language": "en",
        "libraryCatalog": "arXiv.org",
        "extra": "arXiv:2611.00001 [cs.CL]\nVersion: 2\n"
        "titleTranslation: 稀疏 $k$ 时钟\nabstractTranslation: 我们证明了它。",
        "tags": [{"tag": "cs.CL", "type": 1}, {"tag": "cs.LG", "type": 1}],
    }
    assert key_of("2611.00001") == "H3AIN2V2" != key_of("2611.00002")  # the same for ever


@pytest.mark.parametrize(
    "data",
    [
        {"archiveID": "arXiv:2611.00001"},
        {"archiveID": "arXiv:2611.00001v3"},
        {"archiveID": "2611.00001"},
        {"DOI": "10.9/other 10.1234/clocks"},
        {"url": "https://arxiv.org/abs/2611.00001/"},
        {"url": "https://arxiv.org/abs/2611.00001?context=cs#abs"},
        {"url": "https://doi.org/10.1234/clocks"},
        {"url": "https://www.alphaxiv.org/abs/2611.00001"},
        {"extra": "tex.eprint: 2611.00001"},
        {"DOI": "10.48550/ARXIV.2611.00001"},
        {"DOI": "https://doi.org/10.1234/clocks"},
        {"url": "http://arxiv.org/abs/2611.00001v1"},
        {"url": "https://arxiv.org/pdf/2611.00001v1.pdf"},
        {"extra": "arXiv: 2611.00001 [cs.CL]"},
        {"extra": "Notes.\narXiv:2611.00001 [cs.CL]\nDOI: 10.9/other"},
    ],
)
def test_what_an_item_is_known_by(data: dict[str, str]) -> None:
    assert known_by(data) & set(same_as(PAPER))
    assert not known_by(data) & set(same_as(replace(PAPER, id="2611.00002", doi="10.1234/clocks2")))


@pytest.mark.parametrize(
    "data",
    [
        {"extra": "Comment: Companion paper to arXiv:2611.00001; erratum doi:10.1234/clocks"},
        {"extra": "abstractTranslation: 见 arXiv:2611.00001"},
        {"title": "arXiv:2611.00001", "abstractNote": "10.1234/clocks"},
        {"archiveID": None, "DOI": None, "url": None, "extra": None},
    ],
)
def test_what_only_names_a_paper_is_another_one(data: dict[str, str | None]) -> None:
    assert not known_by(data) & set(same_as(PAPER))


def test_companion_papers(server: ZoteroServer) -> None:
    first = replace(
        PAPER, comments="Companion of arXiv:2611.00002. Erratum: doi:10.1103/x", doi="10.1/(a)1:1(1) 10.2/b"
    )
    second = replace(PAPER, id="2611.00002", doi=None)
    assert pushed(server, first, second).added == 2 and pushed(server, first, second).there == 2
    assert server.in_collection("Reading")[0]["DOI"] == "10.1/(a)1:1(1)"


def test_a_second_push_adds_nothing(server: ZoteroServer) -> None:
    papers = many(120)
    assert pushed(server, *papers).added == 120
    keys = [each["key"] for each in server.in_collection("Reading")]
    assert len(keys) == 120 and server.in_collection("Reading")[0]["title"] == PAPER.own_title
    again = pushed(server, *papers, replace(PAPER, id="2611.00121"))
    assert (again.added, again.there) == (1, 120)
    assert [each["key"] for each in server.in_collection("Reading")][:120] == keys


def test_papers_that_the_library_has_already(server: ZoteroServer) -> None:
    server.items["AAAA2222"] = {
        "key": "AAAA2222",
        "version": 1,
        "title": "x",
        "DOI": "10.1234/CLOCKS",
        "collections": [],
    }
    result = pushed(server, PAPER)
    assert (result.added, result.put_in, result.elsewhere) == ((0, 0, 1) if server.is_local else (0, 1, 0))
    assert len(server.items) == 1 and len(server.in_collection("Reading")) == result.put_in


def test_the_collection_is_made_once_and_the_trash_left_alone(server: ZoteroServer) -> None:
    assert pushed(server, PAPER).added == 1 and list(server.collections.values()) == ["Reading"]
    server.trash.update(server.items)
    result = pushed(server, PAPER)
    assert (result.added, result.in_trash) == (0, 1) and list(server.collections.values()) == ["Reading"]


def test_of_several_items_of_a_paper_the_one_in_the_collection_counts(server: ZoteroServer) -> None:
    pushed(server, PAPER)
    (kept,) = server.items.values()
    server.items |= {"AAAA2222": {**kept, "key": "AAAA2222", "collections": []}}
    server.items = dict(reversed(server.items.items()))
    assert pushed(server, PAPER).there == 1


def test_an_item_that_others_change_is_put_in_all_the_same(web: ZoteroServer) -> None:
    """Two papers of one DOI are one item there, and a sync may change it meanwhile."""
    web.items["AAAA2222"] = {"key": "AAAA2222", "version": 1, "DOI": "10.1234/clocks", "collections": []}
    target = library(settings(web), "Reading")
    (listed,) = target.items()
    web.items["AAAA2222"]["version"] = 7
    assert target.put_in(listed) and len(web.in_collection("Reading")) == 1
    result = pushed(web, PAPER, replace(PAPER, id="2611.00002"))
    assert (result.there, result.added) == (2, 0)


def test_what_zotero_does_not_take_is_said(web: ZoteroServer, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {"key": "AAAA2222", "code": 413, "message": "Title ‘A &amp; B’ is too long.\n\nCut it."}
    monkeypatch.setattr(web, "_make_item", lambda body: bad if "00001" in body["archiveID"] else {"key": "AAAA3333"})
    result = pushed(web, *many(2))
    assert result.added == 1 and result.refused == ["arXiv:2611.00001: Title ‘A & B’ is too long. Cut it"]


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def patient(server: ZoteroServer, clock: Clock) -> httpx2.Client:
    transport = Patient(httpx2.HTTPTransport(), 100, clock.sleep, lambda: clock.now)
    return httpx2.Client(transport=transport, headers={"Zotero-API-Key": KEY})


def test_pauses_are_kept(web: ZoteroServer) -> None:
    clock = Clock()
    client, address = patient(web, clock), f"{web.address}/users/{USER}/collections"
    web.refusals = [(429, {"Retry-After": "7"}), (503, {}), (200, {"Backoff": "9.5"})]
    assert client.get(address).status_code == 200 and clock.slept == [7, 10]
    answer = client.get(address)
    assert clock.slept == [7, 10, 9.5] and "Backoff" not in answer.headers
    web.refusals = [(429, {"Retry-After": "101"})]
    with pytest.raises(ZoteroUnavailable, match="a pause of 101 s: run the command again"):
        client.get(address)
    clock.now += 200
    web.refusals = [(503, {"Retry-After": "0"})] * 9
    with pytest.raises(ZoteroUnavailable, match="too busy"):
        client.get(address)


def test_a_push_goes_on_after_refusals(server: ZoteroServer) -> None:
    server.refusals = [(429, {"Retry-After": "0"}), (200, {}), (503, {"Retry-After": "0"}), (200, {"Backoff": "0"})] * 6
    assert pushed(server, *many(60)).added == 60
    assert len(server.in_collection("Reading")) == 60 and len(server.refusals) < 18


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"key": SecretStr("wrong")}, "does not know the key"),
        ({"key": SecretStr("wrong"), "library": "groups/12"}, "refuses the key"),
        ({"library": "users/12"}, "not expected|refuses"),
        ({"web": "http://127.0.0.1:9"}, "cannot be reached at http://127.0.0.1:9"),
    ],
)
def test_zotero_org_that_cannot_be_written(values: dict[str, Any], sentence: str, web: ZoteroServer) -> None:
    with pytest.raises((ZoteroRefused, ZoteroUnavailable), match=sentence) as caught:
        library(settings(web, **values), "Reading")
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"key": "sEcReT\nkEy"}, "letters and digits"),
        ({"key": "…"}, "letters and"),
        ({"library": "groups/1"}, "needs a key"),
    ],
)
def test_settings_that_cannot_be_used_do_not_show_the_key(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidSetting, match=sentence) as caught:
        ZoteroSettings.load(**values)
    assert "sEcReT" not in str(caught.value)
    assert ZoteroSettings.load(key=" abc1\n").key == SecretStr("abc1")


@pytest.mark.parametrize("answer", ["<html>", "[]", '{"a": 1}', '[{"key": "A"}]', "null"])
def test_what_is_no_answer_of_zotero(answer: str, desk: ZoteroServer, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.collections["READING2"] = "Reading"
    target = library(settings(desk), "Reading")
    monkeypatch.setattr(desk, "answer", lambda *arguments: (200, answer, {}))
    if answer != "[]":
        with pytest.raises(ZoteroRefused, match="not expected"):
            target.items()
    with pytest.raises(ZoteroRefused):
        library(settings(desk), "Reading")


def test_a_desk_that_cannot_be_written(desk: ZoteroServer) -> None:
    with pytest.raises(ZoteroRefused, match="no collection 'Reading': make it there"):
        library(settings(desk), "Reading")  # a group has one of this name
    desk.collections |= {"READING2": "Reading", "READING3": "Reading"}
    with pytest.raises(ZoteroRefused, match="2 collections named 'Reading'"):
        library(settings(desk), "Reading")
    desk.is_allowed = False
    with pytest.raises(ZoteroRefused, match="under Advanced, allow other applications"):
        library(settings(desk), "Reading")
    with pytest.raises(ZoteroUnavailable, match="cannot be reached"):
        library(settings(desk, local="http://127.0.0.1:9"), "Reading")
    assert not desk.items


def test_the_command(tmp_path: Path, web: ZoteroServer) -> None:
    fill(open_engine(tmp_path), many(3))

    def zotero(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli.app", "zotero", "push", "--collection", "Reading", *arguments]
        environment = {
            "PAPERGLOT_DATA": str(tmp_path),
            "PAPERGLOT_ZOTERO_KEY": KEY,
            "PAPERGLOT_ZOTERO_WEB": web.address,
        }

        return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)

    first = zotero("--query", "clocks", "--most", "2")
    assert (first.returncode, first.stdout) == (0, "2 papers added to 'Reading', 0 there already.\n"), first.stderr
    second = zotero("--query", "clocks")
    assert second.stdout == "1 paper added to 'Reading', 2 there already.\n"
    assert zotero().returncode == 2 and "Say which papers" in zotero().stderr
    assert zotero("--query", "nosuchword").returncode == 1
