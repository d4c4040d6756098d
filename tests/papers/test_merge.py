from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from papers.merge import merge
from papers.paper import Announcement, Sighting, Version
from tests.making import AT, DAY, sighting

LATER = AT + timedelta(days=1)


def test_the_latest_state_of_arxiv_wins() -> None:
    old = sighting(day=DAY - timedelta(days=5), title="Old", version=1)
    new = sighting(day=DAY, title="New", version=2, announce_type="replace")
    social = sighting(source="huggingface-daily", listing="", day=DAY, title="Social", announce_type=None)
    paper = merge([(LATER, old), (AT, new), (LATER, social)])
    assert (paper.title, paper.version) == ("New", 2)
    assert paper.day == DAY - timedelta(days=5)


def test_a_field_that_the_best_lacks_comes_from_the_next() -> None:
    listed = sighting(day=DAY, doi=None)
    snapshot = sighting(
        source="kaggle",
        listing="",
        day=None,
        announce_type=None,
        doi="10.1/x",
        title="Earlier",
        versions=(Version(1, datetime(2026, 11, 1, tzinfo=UTC)),),
    )
    paper = merge([(AT, listed), (AT, snapshot)])
    assert (paper.title, paper.doi) == ("Title of 2611.00001", "10.1/x")


def test_announcements_are_a_set() -> None:
    seen = [
        (AT, sighting(listing="cs.CL", announce_type="new")),
        (LATER, sighting(listing="cs.CL", announce_type="new", title="Again")),
        (AT, sighting(listing="cs.LG", announce_type="cross")),
    ]
    assert merge(seen).announcements == (Announcement(DAY, "cs.CL", "new"), Announcement(DAY, "cs.LG", "cross"))


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
seen = st.lists(
    st.tuples(st.datetimes(datetime(2026, 11, 1), timezones=st.just(UTC)), sightings), min_size=1, max_size=6
)


@given(seen, st.randoms())
def test_order_does_not_matter(found: list[tuple[datetime, Sighting]], random: object) -> None:
    mixed = list(found)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert merge(mixed) == merge(found)


@given(seen)
def test_seeing_the_same_again_changes_nothing(found: list[tuple[datetime, Sighting]]) -> None:
    assert merge([*found, *found]) == merge(found)
