"""Reading what was typed: the query language, its limits, and the address of a request."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.fields import text_names
from indexer.query.limits import check
from indexer.query.matching import spreads
from indexer.query.parse import MAX_CHARACTERS, MAX_CLAUSES
from indexer.query.reading import read
from indexer.query.request import FILTER_NAMES, Filters, InvalidRequest, Request, from_parameters
from indexer.query.search import Sort
from indexer.query.syntax import Reason
from indexer.query.tree import ALL, NOTHING, And, Category, DateRange, InField, Not, NumberRange, Or, Query, Term, Word
from tests.indexer.texts import TEXTS
from tests.making import DAY

GOLDEN = Path(__file__).parent.parent / "golden" / "queries.tsv"
ROWS = [line.split("\t") for line in GOLDEN.read_text("utf-8").splitlines() if line[:1] != "#"]
TOPICS: dict[str, Query] = {"clocks": Word("clock")}


def unread(text: str) -> str:
    return " ; ".join(f"{part.reason}={part.text}" for part in read(text, DAY, TOPICS).unread)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_how_a_text_is_understood(row: list[str]) -> None:
    text, understood, not_read = (*row, "", "")[:3]
    assert (read(text, DAY, TOPICS).understood, unread(text)) == (understood, not_read)


@given(TEXTS)
@settings(max_examples=600)
def test_any_text_is_read_within_the_limits_and_says_so_again(text: str) -> None:
    reading = read(text, DAY, TOPICS)
    check(reading.query)
    again = read(reading.understood, DAY, TOPICS)
    if len(reading.understood) <= MAX_CHARACTERS:
        assert again.understood == reading.understood
        if reading.names_paper is None:
            assert again.expression == reading.expression


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ti:clocks", InField("title", Word("clocks"))),
        ("-ti:clocks", Not(InField("title", Word("clocks")))),
        ("au:Holt", Term("author", "Holt")),
        ("cat:CS.cl", Category("cs.CL")),
        ("cat:cs", Category("cs.*")),
        ("cat:cs.CL,cs.LG", Or((Category("cs.CL"), Category("cs.LG")))),
        ("primary:cs.CL", Term("primary", "cs.CL")),
        ("date:2026-10", DateRange("date", date(2026, 10, 1), date(2026, 10, 31))),
        ("date:2026-10..2026-11", DateRange("date", date(2026, 10, 1), date(2026, 11, 30))),
        ("date:>2026-10", DateRange("date", date(2026, 11, 1), None)),
        ("date:<2026-10", DateRange("date", None, date(2026, 9, 30))),
        ("date:last-7d", DateRange("date", date(2026, 11, 13), None)),
        ("date:today", DateRange("date", DAY, DAY)),
        ("submitted:..2026", DateRange("submitted", None, date(2026, 12, 31))),
        ("upvotes:>20", NumberRange("upvotes", 21, None)),
        ("upvotes:>=1,000", NumberRange("upvotes", 1000, None)),
        ("version:v2", NumberRange("version", 2, 2)),
        ("year:2024..", NumberRange("year", 2024, None)),
        ("topic:clocks", Word("clock")),
        ("", ALL),
        ("  ", ALL),
        ("*", ALL),
        ('++ "" —', NOTHING),
    ],
)
def test_what_a_text_looks_for(text: str, query: Query) -> None:
    assert read(text, DAY, TOPICS).query == query


def test_no_text_means_the_opposite_of_what_it_says() -> None:
    """A minus takes away whatever follows it, also if that was not understood."""
    for taken in ("video", "ti:video", '"slow video"', "colour:red", "has:legs", "(video OR image)", "cat:cs.CV"):
        query = read(f"attention -{taken}", DAY).built.exact
        assert isinstance(query, And) and isinstance(query.parts[-1], Not), taken


@pytest.mark.parametrize("text", ["2401.01234v2", "arXiv:hep-th/9901001", "https://arxiv.org/abs/2401.01234"])
def test_an_identifier_names_its_paper(text: str) -> None:
    named = read(text, DAY).names_paper
    assert named in (Term("id", "2401.01234"), Term("id", "hep-th/9901001"))
    assert read(f"about {text}", DAY).names_paper is None
    # The paper itself is found, too, where nobody jumps, and with words beside it.
    for query in (read(text, DAY).query, read(f"about {text}", DAY).query):
        assert isinstance(query, Or) and query.parts[0] == named


@pytest.mark.parametrize(
    "text", ["10.1234/Phys.7", "https://doi.org/10.1234/phys.7", "doi:10.1234/PHYS.7", "<10.1234/Phys.7>."]
)
def test_a_doi_names_its_paper(text: str) -> None:
    assert read(text, DAY).names_paper == Term("doi", "10.1234/phys.7")


def test_several_pasted_identifiers_are_those_papers() -> None:
    reading = read("2401.01234, https://www.alphaxiv.org/abs/2402.00002v3", DAY)
    assert reading.query == Or((Term("id", "2401.01234"), Term("id", "2402.00002"))) and reading.names_paper is None


@pytest.mark.parametrize("text", [" ".join(f"w{n}" for n in range(300)), "注" * 3000, "word " * 1000, "(" * 3000 + "a"])
def test_a_long_text_is_cut_and_says_so(text: str) -> None:
    reading = read(text, DAY)
    assert {part.reason for part in reading.unread} & {Reason.TOO_LONG, Reason.TOO_DEEP}
    assert len(reading.built.texts) <= MAX_CLAUSES
    check(reading.query)


def test_every_name_of_a_field_can_be_asked_for() -> None:
    """By all its names, with some value."""
    values = {"id": "2611.00001", "doi": "10.1234/x", "cat": "cs.CL", "primary": "cs.CL", "source": "kaggle"}
    values |= {"has": "code", "venue": "CVPR", "announced": "new", "archive": "math"}
    for name, field in text_names().items():
        for value in (values.get(field.aliases[0]), "2026", "word"):
            reading = read(f"{name}:{value}", DAY) if value else None
            if reading and not reading.unread:
                assert reading.understood == f"{field.aliases[0]}:{value}"
                break
        else:
            pytest.fail(f"{name}: takes no value")


def test_ways_to_spread_gaps() -> None:
    assert spreads(1, 3) == [()]
    assert sorted(spreads(3, 1)) == [(0, 0), (0, 1), (1, 0)]


FILTER_VALUES = {
    "category": ["cs.CL", "math.*", "astro-ph"], "source": ["kaggle", "huggingface-daily"], "has": ["code", "upvotes"],
    "venue": ["CVPR"], "language": ["en", "zh"], "announced": ["new"], "year": ["2026", "2020..2024"],
    "archive": ["cs", "hep-th"], "featured": ["2026", "2026-11", "2026-W47", "2026-11-20"], "topic": ["clocks"],
    "translation": ["zh:pending"], "untranslated_reason": ["length"],
}  # fmt: skip
filters = st.builds(
    Filters,
    values=st.lists(
        st.sampled_from([(name, value) for name, values in FILTER_VALUES.items() for value in values]), max_size=5
    ).map(tuple),
    first=st.none() | st.dates(date(1991, 1, 1), date(2200, 1, 1)),
    last=st.none() | st.dates(date(1991, 1, 1), date(2200, 1, 1)),
)
requests = st.builds(
    Request,
    text=st.text(max_size=40) | st.just("clocks"),
    filters=filters,
    sort=st.none() | st.sampled_from(Sort),
    size=st.integers(1, 100),
    page=st.integers(1, 100),
    cursor=st.none() | st.integers(0, 2**63 - 1).map(str),
    languages=st.sampled_from([(), ("zh",), ("en", "zh")]),
)


def test_every_filter_is_tried() -> None:
    assert set(FILTER_VALUES) == set(FILTER_NAMES)


@given(requests)
def test_a_request_and_its_address_say_the_same(request: Request) -> None:
    parameters = parse_qs(urlencode(request.parameters()), keep_blank_values=True)
    in_order = sorted(request.filters.values, key=lambda pair: FILTER_NAMES.index(pair[0]))
    again = from_parameters(parameters, strict=True, topics=TOPICS)
    assert again.filters.values == tuple(in_order)
    assert from_parameters(parameters) == again
    same_filters = Filters(values=tuple(in_order), first=request.filters.first, last=request.filters.last)
    assert again == request.from_start(filters=same_filters) or (again.page, again.cursor) != (1, None)
    assert again.parameters() == from_parameters(parse_qs(urlencode(again.parameters()))).parameters()


NAMES = st.text(max_size=8) | st.sampled_from(["q", "page", "size", "from", "category", "cursor", "year"])


@given(st.dictionaries(NAMES, st.lists(st.text(max_size=12), max_size=2), max_size=4))
def test_any_parameters_are_read(parameters: dict[str, list[str]]) -> None:
    assert isinstance(from_parameters(parameters), Request)
    try:
        from_parameters(parameters, strict=True)
    except InvalidRequest as error:
        assert str(error).endswith((".", "such as 2026", ")")) or ":" in str(error)
