"""The real sites' own pages, where they lie beside the project. Figures were counted by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from crawler.parsers import UnexpectedPage, parser
from papers.paper import Page, PageState, Section

LISTINGS = {
    "arxiv_list/list_cond-mat.mtrl-sci_new_2026-09-22_trimmed.html": (
        PageState.PARTIAL,
        6,
        {"new": 2, "cross": 2, "replace": 2},
    ),
    "arxiv_list/list_cs_1991-01_empty.html": (PageState.EMPTY, 0, {}),
    "rendered_upstream/browse/catchup_math_2011-02-02_abs.html": (PageState.EMPTY, 0, {}),
    "rendered_upstream/browse/catchup_math_2011-02-03.html": (
        PageState.COMPLETE,
        124,
        {"new": 69, "cross": 7, "replace": 48},
    ),
    "rendered_upstream/browse/list_astro-ph_new_big.html": (
        PageState.COMPLETE,
        53,
        {"new": 36, "cross": 6, "replace": 11},
    ),
    "rendered_upstream/browse/list_cs.CV_new.html": (PageState.EMPTY, 0, {}),
    "rendered_upstream/browse/list_cs_2009-07.html": (PageState.EMPTY, 0, {}),
    "rendered_upstream/browse/list_cs_new_big.html": (PageState.COMPLETE, 21, {"new": 15, "cross": 3, "replace": 3}),
    "rendered_upstream/browse/list_hep-ex_new_empty.html": (PageState.EMPTY, 0, {}),
    "rendered_upstream/browse/list_math-ph_new.html": (PageState.COMPLETE, 3, {"cross": 1, "replace": 2}),
    "rendered_upstream/browse/list_math_2009-06_month.html": (PageState.COMPLETE, 4, {None: 4}),
    "rendered_upstream/browse/list_math_2009_year_skip25_show25.html": (PageState.EMPTY, 0, {}),
    "rendered_upstream/browse/list_math_2011-02_skip25_show25.html": (PageState.EMPTY, 0, {}),
    "rendered_upstream/browse/list_math_new.html": (PageState.COMPLETE, 6, {"new": 1, "cross": 1, "replace": 4}),
    "rendered_upstream/browse/list_math_new_big.html": (
        PageState.COMPLETE,
        79,
        {"new": 53, "cross": 10, "replace": 16},
    ),
    "rendered_upstream/browse/list_math_new_big_skip75_show25.html": (PageState.COMPLETE, 4, {"replace": 4}),
    "rendered_upstream/browse/list_math_recent_big_show250.html": (PageState.COMPLETE, 113, {"new": 100, "cross": 13}),
    "rendered_upstream/browse/list_math_recent_big_skip50.html": (PageState.COMPLETE, 50, {"new": 37, "cross": 13}),
}
ERROR_PAGES = [
    "errors/oaipmh.arxiv.org_robots_http404_2026-07-28.html",
    "rendered_upstream/browse/catchup_future_http400.html",
    "rendered_upstream/browse/list_bad_period_http400.html",
    "rendered_upstream/browse/list_math_2031_http404.html",
]
DAILY = {
    "hf/api_daily_papers_2026-06-13.json": 30,
    "hf/api_daily_papers_2026-08-01_pretty.json": 5,
}
DAILY_PAPER = "hf/paper_2509.24002_2025-10-02.html"
NOT_PARSED = {
    "SOURCES.md": "says where the pages are from",
    "derived/arxiv_taxonomy_2026-06-29.json": "the taxonomy: papers/taxonomy.tsv is compared with it",
    "rendered_upstream/browse/year_math_2011.html": "counts of a year's months, and no papers",
    "robots/arxiv.org_robots_2026-06-26_first41lines.txt": "read by Scrapy",
}
FEEDS = {
    "arxiv_rss/atom_cs.AI_2025-08-20_trimmed.xml": (date(2025, 8, 20), {"new": 2, "cross": 5}),
    "arxiv_rss/rss_cs.CL_2026-04-27_trimmed.xml": (date(2026, 4, 27), {"new": 3}),
    "rendered_upstream/feed/rss_astro-ph.xml": (
        date(2011, 2, 3),
        {"new": 35, "cross": 7, "replace": 10, "replace-cross": 1},
    ),
    "rendered_upstream/feed/rss_hep-th.xml": (
        date(2011, 2, 3),
        {"new": 7, "cross": 6, "replace": 5, "replace-cross": 2},
    ),
    "rendered_upstream/feed/rss_math.ag_lowercase.xml": (date(2011, 2, 3), {"new": 4, "cross": 1}),
}
ERROR_FEEDS = {
    "rendered_upstream/feed/atom_error_bad_archive.xml": "Bad archive 'foo'",
    "rendered_upstream/feed/rss_error_bad_class.http400.xml": "Bad subject class 'XX'",
    "rendered_upstream/feed/rss_error_version1.0.xml": "Unsupported feed version",
}
API = {  # file → how many papers it has, and how many the whole answer
    "arxiv_api/arxivpy_2026-04-12_id_list_bad+good_1of2.http200.xml": (1, 1),
    "arxiv_api/arxivpy_2026-04-12_query_testing_s10_m10.http200.xml": (10, 214881),
    "arxiv_api/query_cs.AI-LG_50_2026-07-13.xml": (50, 386601),
    "arxiv_api/query_cs.RO_2_2025-10-17_old-format.xml": (2, 5619),
}
API_ERROR = "arxiv_api/arxivpy_2026-04-12_error_bad_id_abc.http400.xml"
PAPERS = {  # file → the version that is shown, of how many, under which licence
    "arxiv_abs/abs_1902.02534_2026-07-23.html": (2, 2, "CC-BY-4.0"),
    "rendered_upstream/browse/abs_0906.3336v1_older_of_withdrawn.html": (1, 2, "CC-BY-3.0"),
    "rendered_upstream/browse/abs_0907.2974_many_versions.html": (19, 19, "CC-BY-4.0"),
    "rendered_upstream/browse/abs_0907.2974v3.html": (3, 19, "CC-BY-3.0"),
    "rendered_upstream/browse/abs_1002.4301_affils.html": (2, 2, "arXiv-nonexclusive-1.0"),
    "rendered_upstream/browse/abs_1004.3715.html": (1, 1, "arXiv-nonexclusive-1.0"),
    "rendered_upstream/browse/abs_cond-mat_0703772_withdrawn.html": (2, 2, None),
}
NO_PAPER = "rendered_upstream/browse/abs_bad_id_http404.html"
RECORDS = {
    "arxiv_oai/GetRecord_arXiv_1305.0014_2017-08-24.xml": 1,
    "arxiv_oai/ListRecords_arXiv_cs_lastpage_2016.xml": 538,
    "arxiv_oai/ListRecords_arXiv_cs_page1_2016-03-01.xml": 1000,
    "rendered_upstream/oai/ListRecords_arXivRaw_all_last.xml": 3,
    "rendered_upstream/oai/ListRecords_oai_dc_all_last.xml": 3,
    "rendered_upstream/oai/ListRecords_oai_dc_all_p1.xml": 100,
    "rendered_upstream/oai/ListRecords_oai_dc_all_p2.xml": 100,
}
NO_RECORDS = {
    "arxiv_oai/error_idDoesNotExist_unknown_2017-08-24.xml": "the error idDoesNotExist",
    "rendered_upstream/oai/ListIdentifiers_oai_dc_all_p1.xml": "ListIdentifiers",
    "rendered_upstream/oai/ListIdentifiers_oai_dc_all_p2.xml": "ListIdentifiers",
    "rendered_upstream/oai/ListMetadataFormats.xml": "ListMetadataFormats",
    "rendered_upstream/oai/ListSets.xml": "ListSets",
    "rendered_upstream/oai/error_badResumptionToken.xml": "the error badResumptionToken",
    "rendered_upstream/oai/error_cannotDisseminateFormat.xml": "the error cannotDisseminateFormat",
    "rendered_upstream/oai/error_idDoesNotExist_malformed.xml": "the error idDoesNotExist",
    "rendered_upstream/oai/error_set_unknown.xml": "the error badArgument",
}


def read(recorded: Path, format: str, name: str) -> Page:
    return parser(format)((recorded / name).read_bytes(), "")


@pytest.mark.parametrize("name", LISTINGS)
def test_listing(name: str, recorded: Path) -> None:
    state, count, kinds = LISTINGS[name]
    page = read(recorded, "arxiv-listing", name)
    assert (page.state, len(page.sightings)) == (state, count)
    assert Counter(sighting.announce_type for sighting in page.sightings) == kinds
    for sighting in page.sightings:
        assert sighting.title and sighting.authors and sighting.categories
        assert not sighting.title.startswith("Title:")


def test_what_a_listing_says_of_a_paper(recorded: Path) -> None:
    page = read(recorded, "arxiv-listing", "arxiv_list/list_cond-mat.mtrl-sci_new_2026-09-22_trimmed.html")
    first = page.sightings[0]
    assert (str(page.day), page.category, page.total) == ("2026-09-22", "cond-mat.mtrl-sci", 101)
    assert (first.id, first.version, first.authors[0]) == ("2609.22268", 1, "Théo Andrieux")
    assert first.categories == ("cond-mat.mtrl-sci",)
    assert first.abstract and "at https://github.com/manasvupadhyay/spectral_galerkin_heat under" in first.abstract


def test_where_a_listing_goes_on(recorded: Path) -> None:
    page = read(recorded, "arxiv-listing", "rendered_upstream/browse/list_math_recent_big_skip50.html")
    assert (page.resume, page.total) == ("100", 113)
    page = read(recorded, "arxiv-listing", "rendered_upstream/browse/list_math_new_big_skip75_show25.html")
    assert (page.resume, page.total) == (None, 79)
    assert page.sections == (Section("math", date(2011, 2, 3), "replace", 16, 4),)


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_is_none_of_ours(name: str, recorded: Path) -> None:
    with pytest.raises(UnexpectedPage, match="found another page"):
        read(recorded, "arxiv-listing", name)


@pytest.mark.parametrize("name", FEEDS)
def test_feed(name: str, recorded: Path) -> None:
    page = read(recorded, "arxiv-rss", name)
    day, kinds = FEEDS[name]
    assert (page.state, page.day, page.warnings) == (PageState.COMPLETE, day, ())
    assert Counter(s.announce_type for s in page.sightings) == kinds
    assert all(s.title and s.authors and s.abstract and s.categories and s.version for s in page.sightings)


@pytest.mark.parametrize("name", ERROR_FEEDS)
def test_an_error_feed_is_none(name: str, recorded: Path) -> None:
    with pytest.raises(UnexpectedPage, match=ERROR_FEEDS[name]):
        read(recorded, "arxiv-rss", name)


def test_a_feed_and_a_list_give_the_same_texts(recorded: Path) -> None:
    """53 papers of one day: the list shows TeX of formulas in another way in two abstracts, and a name in one."""
    listing = read(recorded, "arxiv-listing", "rendered_upstream/browse/list_astro-ph_new_big.html")
    listed = {sighting.id: sighting for sighting in listing.sightings}
    feed = read(recorded, "arxiv-rss", "rendered_upstream/feed/rss_astro-ph.xml").sightings
    assert {sighting.id for sighting in feed} == set(listed)
    same = {
        name: sum(getattr(sighting, name) == getattr(listed[sighting.id], name) for sighting in feed)
        for name in ("title", "abstract", "authors")
    }
    assert same["title"] == 53 and same["abstract"] >= 51 and same["authors"] >= 52


@pytest.mark.parametrize("name", API)
def test_answers_of_the_api(name: str, recorded: Path) -> None:
    page = read(recorded, "arxiv-api", name)
    assert (page.state, len(page.sightings), page.total, page.warnings) == (PageState.COMPLETE, *API[name], ())
    assert all(s.title and s.authors and s.abstract and s.categories and s.version for s in page.sightings)
    with pytest.raises(UnexpectedPage, match="the error “incorrect id format for abc”"):
        read(recorded, "arxiv-api", API_ERROR)


@pytest.mark.parametrize("name", PAPERS)
def test_pages_of_one_paper(name: str, recorded: Path) -> None:
    page = read(recorded, "arxiv-abs", name)
    (paper,) = page.sightings
    assert (page.state, page.warnings) == (PageState.COMPLETE, ())
    assert (paper.version, len(paper.versions), paper.licence) == PAPERS[name]
    assert all(version.submitted for version in paper.versions) and paper.submitted == paper.versions[0].submitted
    assert paper.title and paper.abstract and paper.categories and len(paper.authors) == len(paper.author_names) > 0
    with pytest.raises(UnexpectedPage, match="Invalid article identifier"):
        read(recorded, "arxiv-abs", NO_PAPER)


@pytest.mark.parametrize("name", RECORDS)
def test_records(name: str, recorded: Path) -> None:
    page = read(recorded, "arxiv-oai", name)
    assert (page.state, len(page.sightings), page.rejected) == (PageState.COMPLETE, RECORDS[name], ())
    assert all(s.title and s.authors and s.abstract and s.categories and s.day is None for s in page.sightings)
    assert bool(page.resume) is ("page1" in name or "_p" in name)


@pytest.mark.parametrize("name", NO_RECORDS)
def test_an_answer_without_records_says_why(name: str, recorded: Path) -> None:
    with pytest.raises(UnexpectedPage, match=NO_RECORDS[name]):
        read(recorded, "arxiv-oai", name)


def test_that_nothing_matches_is_an_answer(recorded: Path) -> None:
    page = read(recorded, "arxiv-oai", "rendered_upstream/oai/error_noRecordsMatch_set.xml")
    assert (page.state, page.sightings) == (PageState.EMPTY, ())


def test_all_formats_of_a_record_give_the_same_paper(recorded: Path) -> None:
    for id in ("1002.4301", "0907.2974", "0906.3336"):
        papers = []
        for path in sorted(recorded.glob(f"rendered_upstream/oai/GetRecord_*_{id}.xml")):
            (sighting,) = parser("arxiv-oai")(path.read_bytes(), "").sightings
            papers.append((sighting.id, sighting.title, sighting.abstract, sighting.authors, sighting.comments))
        assert len(papers) >= 3 and set(papers) == {papers[0]}, papers


def test_a_raw_record_has_every_version(recorded: Path) -> None:
    (sighting,) = read(recorded, "arxiv-oai", "rendered_upstream/oai/GetRecord_arXivRaw_0907.2974.xml").sightings
    assert [version.number for version in sighting.versions] == list(range(1, 20))
    assert str(sighting.submitted) == "2009-07-17 03:36:56+00:00" and sighting.version == 19


@pytest.mark.parametrize("name", DAILY)
def test_daily_papers(name: str, recorded: Path) -> None:
    page = read(recorded, "huggingface-daily", name)
    assert (page.state, len(page.sightings)) == (PageState.COMPLETE, DAILY[name])
    assert all(s.title and s.authors and s.abstract and s.upvotes is not None and s.day for s in page.sightings)


def test_a_paper_at_hugging_face(recorded: Path) -> None:
    (paper,) = read(recorded, "huggingface-paper", DAILY_PAPER).sightings
    assert paper.id == "2509.24002" and paper.title and paper.authors and paper.abstract and paper.upvotes


def test_snapshot_lines(recorded: Path) -> None:
    (file,) = (recorded / "kaggle").iterdir()
    page = parser("kaggle")(file.read_bytes(), "")
    assert (len(page.sightings), page.warnings) == (60, ())
    first = page.sightings[0]
    assert first.authors == ("C. Balázs", "E. L. Berger", "P. M. Nadolsky", "C.-P. Yuan")
    assert first.title == "Calculation of prompt diphoton production cross sections at Tevatron and LHC energies"
    assert first.version == 2 and str(first.submitted) == "2007-04-02 19:18:42+00:00"


def test_every_recorded_file_is_read_here_or_said_to_be_none(recorded: Path) -> None:
    names = {str(path.relative_to(recorded)) for path in recorded.rglob("*") if path.is_file()}
    names -= {name for name in names if "/oai/GetRecord_" in name or name.endswith("noRecordsMatch_set.xml")}
    names -= {name for name in names if name.startswith("kaggle/")}
    of_lists, of_feeds, of_api = {*LISTINGS, *ERROR_PAGES}, {*FEEDS, *ERROR_FEEDS}, {*API, API_ERROR}
    of_papers = {*PAPERS, NO_PAPER}
    assert names == of_lists | of_feeds | of_api | of_papers | {*RECORDS, *NO_RECORDS} | {*DAILY, DAILY_PAPER} | {
        *NOT_PARSED
    }
