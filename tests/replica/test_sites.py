"""The stand-in's feeds, records, pages of papers and lists of several days, read by the project's own parsers."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from crawler.parsers import UnexpectedPage, parser
from papers.paper import Page
from replica.faults import FAULTS, named
from replica.server import Replica
from replica.world import World, listing_day_before, version_dates
from tests.conftest import TODAY

WORLD = World(papers_a_day=60)


@pytest.fixture(scope="module")
def stand_in() -> Replica:
    return Replica(WORLD, today=TODAY, records_a_page=50)


def read(stand_in: Replica, site: str, path: str, format: str, today: date | None = None) -> Page:
    return parser(format)(stand_in.respond(site, path, today).body.encode(), f"https://arxiv.org{path}")


@pytest.mark.parametrize("path", ["/rss/cs.CL", "/atom/cs.CL"])
def test_a_feed_has_what_the_list_has(path: str, stand_in: Replica) -> None:
    feed = read(stand_in, "arxiv_rss", path, "arxiv-rss")
    listed = read(stand_in, "arxiv", "/list/cs.CL/new", "arxiv-listing")
    assert {(s.id, s.version, s.title, s.abstract) for s in feed.sightings} == {
        (s.id, s.version, s.title, s.abstract) for s in listed.sightings
    }
    assert (feed.day, feed.category, feed.warnings) == (TODAY, "cs.CL", ())
    assert {s.announce_type for s in feed.sightings} <= {"new", "cross", "replace", "replace-cross"}


def test_a_feed_of_a_saturday_is_empty_and_one_of_nothing_an_error(stand_in: Replica) -> None:
    assert read(stand_in, "arxiv_rss", "/rss/cs.CL", "arxiv-rss", TODAY + timedelta(days=1)).sightings == ()
    with pytest.raises(UnexpectedPage, match="Bad subject class"):
        read(stand_in, "arxiv_rss", "/rss/cs.XX", "arxiv-rss")


def test_a_feed_of_too_many_is_cut() -> None:
    page = read(Replica(World(papers_a_day=2500), today=TODAY), "arxiv_rss", "/rss/cs+math+stat+physics", "arxiv-rss")
    assert len(page.sightings) <= 2000


def test_records_by_pages(stand_in: Replica) -> None:
    path, read_papers, pages = "/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2026-11-16", {}, 0
    while path:
        page = read(stand_in, "arxiv_oai", path, "arxiv-oai")
        read_papers |= {s.id: s for s in page.sightings}
        pages += 1
        assert list(page.datestamps) == sorted(d for d in page.datestamps if d)
        path = f"/oai?verb=ListRecords&resumptionToken={page.resume.replace('%', '%25')}" if page.resume else ""
    days = [date(2026, 11, day) for day in range(16, 21)]
    changed = {paper.id: paper for day in days for paper in (*WORLD.announced(day), *WORLD.replaced(day))}
    assert read_papers.keys() == changed.keys() and pages > 5
    for id, sighting in read_papers.items():
        latest = WORLD.as_of(id, TODAY)
        assert latest is not None and sighting.version == latest.version
        assert (sighting.title, sighting.abstract) == (latest.title[0], latest.abstract[0])
        assert [version.submitted for version in sighting.versions] == version_dates(latest)
        assert sighting.withdrawn == ((latest.version,) if latest.withdrawn else ())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("verb=ListRecords&metadataPrefix=oai_marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=arXivRaw&from=yesterday", "badArgument"),
        ("verb=ListRecords&resumptionToken=old", "badResumptionToken"),
        ("verb=GetRecord&metadataPrefix=arXivRaw&identifier=oai:arXiv.org:2611.99999", "idDoesNotExist"),
        ("verb=Else", "badVerb"),
    ],
)
def test_errors_of_the_protocol(query: str, code: str, stand_in: Replica) -> None:
    with pytest.raises(UnexpectedPage, match=f"the error {code}"):
        read(stand_in, "arxiv_oai", f"/oai?{query}", "arxiv-oai")


def test_a_set_without_records(stand_in: Replica) -> None:
    path = "/oai?verb=ListRecords&metadataPrefix=arXivRaw&set=econ"
    assert read(stand_in, "arxiv_oai", path, "arxiv-oai").sightings == ()


@pytest.mark.parametrize("format", ["arXivRaw", "arXiv"])
def test_one_record(format: str, stand_in: Replica) -> None:
    id = WORLD.announced(TODAY)[3].id
    path = f"/oai?verb=GetRecord&metadataPrefix={format}&identifier=oai:arXiv.org:{id}"
    (sighting,) = read(stand_in, "arxiv_oai", path, "arxiv-oai").sightings
    assert (sighting.id, sighting.title) == (id, WORLD.announced(TODAY)[3].title[0])


def test_a_page_of_a_paper_in_every_version(stand_in: Replica) -> None:
    paper = next(p for p in WORLD.replaced(TODAY) if p.version == 3 and p.withdrawn)
    shown = [read(stand_in, "arxiv", f"/abs/{paper.id}v{n}", "arxiv-abs").sightings[0] for n in (1, 2, 3)]
    assert [sighting.version for sighting in shown] == [1, 2, 3]
    assert {sighting.withdrawn for sighting in shown} == {(3,)}
    assert shown[2].comments == paper.comments and shown[0].abstract != shown[1].abstract
    assert read(stand_in, "arxiv", f"/abs/{paper.id}", "arxiv-abs").sightings[0] == shown[2]


@pytest.mark.parametrize("size", [25, 2000])
def test_the_list_of_the_last_days(size: int, stand_in: Replica) -> None:
    days = [TODAY, *(listing_day_before(TODAY, ago) for ago in range(1, 5))]
    sections: Counter[date | None] = Counter()
    ids: list[str] = []
    skip: str | None = "0"
    while skip is not None:
        page = read(stand_in, "arxiv", f"/list/cs.CL/recent?skip={skip}&show={size}", "arxiv-listing")
        sections.update({section.day: section.found for section in page.sections})
        ids += [sighting.id for sighting in page.sightings]
        skip = page.resume
    assert sections == {day: sum("cs.CL" in p.categories for p in WORLD.announced(day)) for day in days}
    assert len(ids) == len(set(ids)) == page.total


def test_a_list_of_a_month(stand_in: Replica) -> None:
    page = read(stand_in, "arxiv", "/list/cs.CL/2026-11?skip=0&show=2000", "arxiv-listing")
    days = [date(2026, 11, day) for day in range(1, 21)]
    assert [s.id for s in page.sightings] == [
        p.id for day in days for primary in (True, False) for p in WORLD.announced(day)
        if "cs.CL" in p.categories and (p.categories[0] == "cs.CL") is primary
    ]  # fmt: skip
    assert page.total == len(page.sightings) and {s.day for s in page.sightings} == {None}


def test_every_fault_changes_an_answer(stand_in: Replica) -> None:
    body = stand_in.respond("arxiv", "/list/cs.CL/new").body.encode()
    for name, fault in FAULTS.items():
        taken = named(name, "/list/")
        assert taken.path.startswith("/list/") and taken.times == 1
        if fault.change:
            assert fault.change(body) != body, name
