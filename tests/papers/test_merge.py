from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers import codec
from papers.merge import merge
from papers.paper import Announcement, AuthorName, Figure, Sighting, Version
from tests.making import AT, DAY, sighting

LATER = AT + timedelta(days=1)


def test_the_latest_state_of_arxiv_wins() -> None:
    old = sighting(day=DAY - timedelta(days=5), title="Old", version=1)
    new = sighting(day=DAY, title="New", version=2, announce_type="replace")
    social = sighting(source="huggingface-daily", listing="", day=DAY, title="Social", announce_type=None)
    paper = merge([(LATER, old), (AT, new), (LATER, social)])
    assert (paper.title, paper.version) == ("New", 2)
    assert paper.day == DAY - timedelta(days=5)


def snapshot(version: int = 1, **fields: Any) -> Sighting:
    """A line of the snapshot, whose versions are a day apart from 1 November on."""
    versions = tuple(Version(number, datetime(2026, 11, number, tzinfo=UTC)) for number in range(1, version + 1))
    usual = {"listing": "", "day": None, "announce_type": None, "versions": versions, "version": version}
    return sighting(source="kaggle", **(usual | fields))


def test_a_versions_date_is_the_one_that_the_newest_snapshot_tells() -> None:
    """However late an older snapshot was imported."""
    first, second = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
    newer = snapshot(2, versions=(Version(1, first), Version(2, second)))
    assert merge([(AT, newer), (LATER, snapshot(1))]).versions == (Version(1, first), Version(2, second))


def test_raw_tex_wins_for_one_version() -> None:
    listed = sighting(day=date(2026, 11, 3), title="Converted", announce_type="new")
    assert merge([(AT, snapshot(title="Raw")), (LATER, listed)]).title == "Raw"
    replaced = sighting(day=date(2026, 11, 20), title="Second", announce_type="replace")
    assert merge([(LATER, snapshot(title="Raw")), (AT, replaced)]).title == "Second"
    # The snapshot knows the version that the list announced: it is that one's text.
    assert merge([(AT, snapshot(9, title="Raw 9")), (LATER, sighting(day=date(2026, 11, 10), title="L",
                  announce_type="replace"))]).title == "Raw 9"  # fmt: skip


def test_a_newer_snapshot_beats_an_older_list() -> None:
    listed = sighting(day=date(2026, 11, 3), title="First", announce_type="new")
    assert merge([(LATER, listed), (AT, snapshot(2, title="Second"))]).title == "Second"


def test_what_a_source_always_states_and_now_lacks_is_empty() -> None:
    """The comment of version 1 does not survive version 2."""
    first = sighting(day=DAY - timedelta(days=5), comments="Draft, do not cite", version=1)
    second = sighting(day=DAY, comments=None, version=2, announce_type="replace")
    assert merge([(AT, first), (LATER, second)]).comments is None
    assert merge([(AT, first)]).comments == "Draft, do not cite"


def test_what_a_source_does_not_state_comes_from_the_next() -> None:
    listed = sighting(day=DAY, announce_type="replace", abstract=None, version=2)
    paper = merge([(AT, listed), (AT, snapshot(abstract="Text", licence="CC0-1.0", doi="10.1/x"))])
    assert (paper.abstract, paper.licence, paper.doi) == ("Text", "CC0-1.0", None)


def test_a_list_of_authors_that_was_cut_never_replaces_the_whole_one() -> None:
    everybody = tuple(f"A{number} Holt" for number in range(150))
    listed = sighting(day=DAY, announce_type="replace", version=2, authors=everybody[:100])
    assert merge([(AT, snapshot(authors=everybody)), (LATER, listed)]).authors == everybody
    other_authors = tuple(f"B{number} Arai" for number in range(150))
    assert merge([(AT, snapshot(authors=other_authors)), (LATER, listed)]).authors == everybody[:100]
    short = sighting(day=DAY, announce_type="replace", version=2, authors=everybody[:99])
    assert merge([(AT, snapshot(authors=everybody)), (LATER, short)]).authors == everybody[:99]


def test_the_parts_of_names_come_from_whoever_has_them() -> None:
    parts = (AuthorName("Mira", "Holt"), AuthorName("Jun", "Arai"))
    listed = sighting(day=DAY, announce_type="replace", version=2)
    assert merge([(AT, snapshot(author_names=parts)), (LATER, listed)]).author_names == parts
    other_snapshot = snapshot(author_names=(AuthorName("Other", "Names"),), authors=("Other Names",))
    assert merge([(AT, other_snapshot), (LATER, listed)]).author_names == ()


def test_an_author_who_is_added_takes_no_parts_from_the_others() -> None:
    parts = (AuthorName("Mira", "Holt"), AuthorName("Jun", "Arai"))
    listed = sighting(day=DAY, announce_type="replace", version=2, authors=("Mira Holt", "New Name", "Jun Arai"))
    paper = merge([(AT, snapshot(author_names=parts)), (LATER, listed)])
    assert paper.authors == ("Mira Holt", "New Name", "Jun Arai")
    assert paper.author_names == (parts[0], None, parts[1])
    assert codec.unpack_paper(codec.pack_paper(paper), paper.title, paper.abstract) == paper


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"abstract": "See https://github.com/a/b."}, ("https://github.com/a/b", "abstract")),
        ({"comments": "code at github.com/c/d"}, ("https://github.com/c/d", "comments")),
        (
            {"code": "https://github.com/e/f", "comments": "github.com/c/d"},
            ("https://github.com/e/f", "huggingface-daily"),
        ),
        ({}, (None, None)),
    ],
)
def test_code_and_who_names_it(fields: dict[str, Any], code: tuple[str | None, str | None]) -> None:
    paper = merge([(AT, sighting(source="huggingface-daily", listing="", announce_type=None, **fields))])
    assert (paper.code, paper.code_from) == code


def test_announcements_are_a_set() -> None:
    history = [
        (AT, sighting(listing="cs.CL", announce_type="new")),
        (LATER, sighting(listing="cs.CL", announce_type="new", title="Again")),
        (AT, sighting(listing="cs.LG", announce_type="cross")),
    ]
    assert merge(history).announcements == (Announcement(DAY, "cs.CL", "new"), Announcement(DAY, "cs.LG", "cross"))


def test_there_is_one_announcement_for_a_category_and_day() -> None:
    """The list's kind before that of a source that counts by other rules, in any order."""
    history = [
        (AT, sighting(source="kaggle", announce_type="new")),
        (LATER, sighting(announce_type="cross")),
    ]
    assert merge(history).announcements == merge(history[::-1]).announcements == (Announcement(DAY, "cs.CL", "cross"),)


def test_upvotes_are_the_latest_ones() -> None:
    def voted(votes: int) -> Sighting:
        return sighting(source="huggingface-daily", listing="", announce_type=None, upvotes=votes)

    assert merge([(LATER, voted(7)), (AT, voted(9))]).upvotes == 7


def test_the_day_of_a_paper() -> None:
    submitted = datetime(2026, 9, 18, 12, tzinfo=UTC)
    replaced = sighting("2609.00001", announce_type="replace")
    assert merge([(AT, sighting(announce_type="new", submitted=submitted))]).day == DAY
    assert merge([(AT, sighting("2609.00001", announce_type="replace", submitted=submitted))]).day == date(2026, 9, 21)
    # A revision is not new: nothing tells its day but the month in its number.
    assert merge([(AT, replaced)]).day == date(2026, 9, 1)
    assert merge([(AT, sighting(announce_type="cross"))]).day == DAY
    assert merge([(AT, sighting("2601.00001", announce_type="cross"))]).day == date(2026, 1, 1)


days = st.dates(date(2026, 9, 1), date(2026, 12, 1))
sightings = st.builds(
    sighting,
    id=st.just("2611.00001"),
    source=st.sampled_from(["arxiv-listing", "kaggle", "huggingface-daily"]),
    listing=st.sampled_from(["cs.CL", "cs.LG", ""]),
    day=st.none() | days,
    title=st.sampled_from(["A", "B", None]),
    abstract=st.sampled_from(["x", "y", None]),
    categories=st.sampled_from([(), ("cs.CL",), ("cs.LG", "cs.CL")]),
    announce_type=st.sampled_from(["new", "cross", "replace", None]),
    version=st.none() | st.integers(1, 4),
    upvotes=st.none() | st.integers(0, 9),
    submitted=st.none() | st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 30), timezones=st.just(UTC)),
)
histories = st.lists(
    st.tuples(st.datetimes(datetime(2026, 11, 1), timezones=st.just(UTC)), sightings), min_size=1, max_size=6
)


@given(histories, st.randoms())
def test_order_does_not_matter(history: list[tuple[datetime, Sighting]], random: object) -> None:
    mixed = list(history)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert merge(mixed) == merge(history)


@given(histories)
def test_seeing_the_same_again_changes_nothing(history: list[tuple[datetime, Sighting]]) -> None:
    assert merge([*history, *history]) == merge(history)


def test_the_html_version_is_believed_in_its_figures_alone() -> None:
    def html(version: int, *figures: Figure) -> Sighting:
        return Sighting(id="2611.00001", source="arxiv-html", title="HTML", version=version, html_figures=figures)

    one, two = (Figure(f"Figure {n}", "", f"https://arxiv.org/html/2611.00001#S1.F{n}", "") for n in (1, 2))
    withdrawn = sighting(version=2, comments="This paper has been withdrawn by the authors.")
    paper = merge([(AT, withdrawn), (LATER, html(3, one, two))])
    assert (paper.title, paper.version, paper.withdrawn) == (withdrawn.title, 2, (2,)) and paper.is_withdrawn
    assert paper.html_figures == (one, two)
    assert merge([(AT, sighting()), (LATER, html(1, one)), (AT, html(2))]).html_figures == ()  # version 2 has none
    assert merge([(AT, html(1, one))]).title == "HTML"
