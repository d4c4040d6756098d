"""Reading what was typed, the limits, and a search's URL form."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.limits import check
from indexer.query.matching import spreads
from indexer.query.parse import MAX_WORDS, parse
from indexer.query.search import Filters, Search, Sort, from_parameters, to_parameters
from indexer.query.tree import ALL, NOTHING, And, Or, Phrase, Term, Word


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("sparse clocks", And((Word("sparse"), Word("clocks")))),
        ('"slow networks" clocks', And((Phrase("slow networks"), Word("clocks")))),
        ("“慢速 网络” 注意力", And((Phrase("慢速 网络"), Word("注意力")))),
        ("「注意力」", And((Phrase("注意力"),))),
        ("non-invasive C++", And((Word("non-invasive"), Word("C++")))),
        ('an "unbalanced quote', And((Word("an"), Word("unbalanced"), Word("quote")))),
        ("same same", And((Word("same"),))),
        ("", ALL),
        ("  ", ALL),
        ('++ "" —', NOTHING),
    ],
)
def test_reading(text: str, query: object) -> None:
    assert parse(text).query == query


@pytest.mark.parametrize("text", ["2401.01234v2", "arXiv:hep-th/9901001", "https://arxiv.org/abs/2401.01234"])
def test_a_pasted_identifier_is_a_jump(text: str) -> None:
    assert parse(text).jump in ("2401.01234", "hep-th/9901001")
    assert parse(f"about {text}").jump is None
    # The paper itself is found, too, where nobody jumps: in the API.
    query = parse(text).query
    assert isinstance(query, Or) and query.parts[0] == Term("id", str(parse(text).jump))


def test_several_pasted_identifiers_are_those_papers() -> None:
    reading = parse("2401.01234, https://www.alphaxiv.org/abs/2402.00002v3")
    assert reading.query == Or((Term("id", "2401.01234"), Term("id", "2402.00002"))) and reading.jump is None


def test_a_long_text_is_cut_and_says_so() -> None:
    reading = parse(" ".join(f"w{number}" for number in range(300)))
    assert reading.cut and len(reading.words) == MAX_WORDS


@given(st.text(max_size=3000))
def test_any_text_is_read_within_the_limits(text: str) -> None:
    check(parse(text).query)


def test_spreads() -> None:
    assert spreads(1, 3) == [()]
    assert sorted(spreads(2, 2)) == [(0,), (1,), (2,)]
    assert all(sum(spread) <= 2 for spread in spreads(3, 2)) and len(spreads(3, 2)) == 6


filters = st.builds(
    Filters,
    categories=st.lists(st.sampled_from(["cs.CL", "math.NT"]), unique=True).map(tuple),
    sources=st.lists(st.sampled_from(["kaggle", "arxiv-listing"]), unique=True).map(tuple),
    has=st.lists(st.sampled_from(["code"]), unique=True).map(tuple),
    year=st.none() | st.integers(1990, 2030),
    first=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    last=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
)


@given(
    filters,
    st.sampled_from(["", "attention", '"a b" 注意']),
    st.sampled_from([Sort.NEWEST, Sort.UPVOTES]),
    st.integers(1, 100),
    st.integers(1, 50),
)
def test_a_search_has_one_address(search_filters: Filters, text: str, sort: Sort, size: int, page: int) -> None:
    search = Search(query=parse(text).query, filters=search_filters, sort=sort, size=size, page=page)
    parameters = parse_qs(urlencode(to_parameters(search, text)))
    assert from_parameters(parameters, parse(text).query) == search


@given(
    st.dictionaries(
        st.sampled_from(["q", "category", "source", "has", "year", "from", "until", "sort", "page", "size", "cursor"]),
        st.lists(st.text(max_size=30), max_size=3),
    )
)
def test_any_address_gives_a_search(parameters: dict[str, list[str]]) -> None:
    assert isinstance(from_parameters(parameters, ALL), Search)
