"""Random kills over crawl, keep, translate, index and rebuild: after one more run all is as if nothing had happened."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

from faults.campaign import Place, Trial
from faults.command import kill_all, run, start
from indexer.engine import SearchEngine
from indexer.engines import open_engine
from indexer.query.reading import read
from indexer.query.search import Search
from indexer.settings import IndexSettings
from papers.catalogue import Catalogue
from papers.store import FILE
from replica.model import build
from replica.reply import SITES
from replica.server import Replica
from replica.snapshot import lines
from replica.world import World

DAY = date(2026, 11, 20)
SNAPSHOT_LINES = 3_000
_ANY_DAY = date(2026, 11, 20)
SEARCHES = ("", "attention", "clocks", "model", "注意力")
SECONDS_FOR_WORKERS = 60.0


class Scenario(NamedTuple):
    """A command that is killed, on a folder in which `before` was run."""

    name: str
    before: tuple[tuple[str, ...], ...]
    command: tuple[str, ...]


def scenarios(snapshot: Path, package: Path) -> tuple[Scenario, ...]:
    """One for each thing that writes."""
    imported = ("import", "kaggle", str(snapshot))
    crawl = ("crawl", "arxiv_new", "-a", "categories=cs.CL,cs.LG", "-a", f"date={DAY}")
    model = ("models", "install", "en", "zh", "--from", str(package))
    return (
        Scenario("import", (), imported),
        Scenario("crawl", (), crawl),
        Scenario("crawl and translate", (model,), crawl),
        Scenario("translate", (crawl, model), ("translate",)),
        Scenario("index", (imported, crawl), ("index",)),
        Scenario("rebuild", (imported,), ("rebuild",)),
    )


def trials(place: Place) -> Iterator[Trial]:
    """Kills by turns over all scenarios, on the embedded engine and, where there is a server, on Elasticsearch."""
    snapshot, package = place.folder / "snapshot.json", place.folder / "toy.argosmodel"
    snapshot_lines = lines(World(papers_a_day=1000), DAY, SNAPSHOT_LINES)
    snapshot.write_text("\n".join(snapshot_lines) + "\n", "utf-8")
    build(package)
    with Replica(World(papers_a_day=150), today=DAY) as stand_in:
        for engine, settings in _engines(place):
            rooms = [
                _Room(place, f"{engine}-{number}", scenario, settings | _sites(stand_in, place))
                for number, scenario in enumerate(scenarios(snapshot, package))
            ]
            end = time.monotonic() + place.scale.seconds
            number = 0
            while number < place.scale.kills or time.monotonic() < end:
                room = rooms[number % len(rooms)]
                yield Trial(f"{engine}, {room.scenario.name}, kill {number}", room.trial)
                number += 1


def _engines(place: Place) -> Iterator[tuple[str, dict[str, str]]]:
    yield "embedded", {}
    if place.elasticsearch:
        yield "elasticsearch", {"PAPERGLOT_INDEX_ENGINE": "elasticsearch", "PAPERGLOT_INDEX_HOSTS": place.elasticsearch}


def _sites(stand_in: Replica, place: Place) -> dict[str, str]:
    return {
        **{f"PAPERGLOT_CRAWL_SITES__{site.upper()}__URL": stand_in.url(site) for site in SITES},
        **{f"PAPERGLOT_CRAWL_SITES__{site.upper()}__DELAY": "0" for site in (*SITES, "arxiv_services")},
        "PAPERGLOT_CRAWL_BACKOFF": "0.01",
        "PAPERGLOT_CRAWL_LISTING_SIZE": "50",
        "PAPERGLOT_CRAWL_PACE_FOLDER": str(place.folder / "pace"),
    }


class _Room:
    """A scenario prepared once: the folder before its command, and what an undisturbed run of it leaves."""

    def __init__(self, place: Place, name: str, scenario: Scenario, settings: Mapping[str, str]) -> None:
        self.scenario = scenario
        self._place = place
        self._name = name
        self._settings = settings
        self._prepared: Path | None = None
        self._expected: tuple[object, ...] = ()
        self._seconds = 1.0

    def _prepare(self) -> Path:
        if self._prepared is not None:
            return self._prepared
        prepared, undisturbed = (self._place.folder / f"{self._name}-{what}" for what in ("prepared", "undisturbed"))
        settings = self._with_prefix(undisturbed)
        for command in self.scenario.before:
            ended = run(undisturbed, *command, settings=settings)
            assert ended.code == 0, ended.written
        undisturbed.mkdir(exist_ok=True)
        if self.scenario.name == "index":  # all of it is still to be done
            shutil.rmtree(undisturbed / "index", ignore_errors=True)
        shutil.copytree(undisturbed, prepared)
        begun = time.monotonic()
        ended = run(undisturbed, *self.scenario.command, settings=settings)
        self._seconds = time.monotonic() - begun
        assert ended.code == 0, ended.written
        self._finish(undisturbed, settings)
        self._expected = fingerprint(undisturbed, settings)
        self._prepared = prepared
        return prepared

    def _with_prefix(self, folder: Path) -> dict[str, str]:
        prefix = {"PAPERGLOT_INDEX_PREFIX": f"faults-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"}
        return {**self._settings, **prefix}

    def trial(self) -> str | None:
        prepared = self._prepare()
        folder = self._place.folder / f"{self._name}-killed-{self._place.chance.randrange(10**9)}"
        shutil.copytree(prepared, folder)
        settings = self._with_prefix(folder)
        try:
            killed = start(folder, *self.scenario.command, settings=settings)
            time.sleep(self._place.chance.uniform(0.2, self._seconds))
            kill_all(killed)
            killed.communicate()
            ended = run(folder, *self.scenario.command, settings=settings)
            if ended.fault or ended.code != 0:
                return f"run again, it ended with {ended.code}: …{ended.written[-200:]}"
            return self._finish(folder, settings) or self._difference(folder, settings)
        finally:
            _remove(folder, settings)

    def _finish(self, folder: Path, settings: Mapping[str, str]) -> str | None:
        """What a crawl leaves to the next run: the rest of the translations, and the index of them."""
        for command in (("translate",), ("index",)):
            if command == ("index",) or "translate" in self.scenario.name:
                ended = run(folder, *command, settings=settings)
                if ended.fault or ended.code != 0:
                    return f"{command[0]} ended with {ended.code}: …{ended.written[-200:]}"
        return None

    def _difference(self, folder: Path, settings: Mapping[str, str]) -> str | None:
        """What is not as after an undisturbed run. A worker that outlived the crawl may still be at its end."""
        end = time.monotonic() + SECONDS_FOR_WORKERS
        while (actual := fingerprint(folder, settings)) != self._expected and time.monotonic() < end:
            time.sleep(0.5)
            run(folder, "index", settings=settings)
        if actual == self._expected:
            return None
        pairs = zip(actual, self._expected, strict=True)
        return "; ".join(f"{a} instead of {b}" for a, b in pairs if a != b)[:400]


def _engine(folder: Path, settings: Mapping[str, str]) -> SearchEngine:
    chosen = {
        name.removeprefix("PAPERGLOT_INDEX_").lower(): value
        for name, value in settings.items()
        if name.startswith("PAPERGLOT_INDEX_")
    }
    return open_engine(folder, IndexSettings(**chosen))  # type: ignore[arg-type]  # pydantic reads them


def fingerprint(folder: Path, settings: Mapping[str, str]) -> tuple[object, ...]:
    """What a folder holds, without its moments: papers, sightings, translations, integrity, and five searches."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
        (sightings,) = connection.execute("SELECT count(*) FROM (SELECT DISTINCT paper, slot FROM sighting)").fetchone()
    hash = hashlib.sha256()
    with Catalogue(folder) as catalogue:
        for paper in sorted(catalogue.papers(), key=lambda paper: paper.id):
            hash.update(repr(paper).encode())
        count, translated = catalogue.count(), catalogue.translation_counts()
    engine = _engine(folder, settings)
    totals = tuple(engine.search(Search(query=read(text, _ANY_DAY).query)).total for text in SEARCHES)
    state = engine.state()
    engine.close()
    return (count, hash.hexdigest()[:12], sightings, repr(translated), integrity, totals, state and state.documents)


def _remove(folder: Path, settings: Mapping[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if "PAPERGLOT_INDEX_ENGINE" in settings:
        from elasticsearch import Elasticsearch

        with Elasticsearch(settings["PAPERGLOT_INDEX_HOSTS"]) as client:
            prefix = settings["PAPERGLOT_INDEX_PREFIX"]
            for index in client.indices.get(index=f"{prefix}-*", ignore_unavailable=True):
                client.indices.delete(index=index, ignore_unavailable=True)
