import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers import codec, store
from papers.catalogue import Catalogue, KeepResult
from papers.merge import merge
from papers.paper import AuthorName, Page, Sighting, Version
from papers.store import CatalogueUnusable
from tests.making import AT, DAY, page, sighting


@pytest.fixture
def catalogue(folder: Path) -> Catalogue:
    return Catalogue(folder, write=True)


def test_a_page_is_kept_and_read_back(catalogue: Catalogue) -> None:
    full = sighting(
        abstract="Long. " * 100,
        version=2,
        versions=(Version(1, AT), Version(2, None)),
        submitted=AT,
        comments="c",
        journal_ref="j",
        doi="d",
        report_no="r",
        licence="CC0-1.0",
        upvotes=0,
        code="https://x",
        project="https://y",
        keywords=("k",),
        organisation="o",
        authors=("Mira Holt", "Jun Arai Jr."),
        author_names=(AuthorName("Mira", "Holt"), AuthorName("Jun", "Arai", "Jr.")),
    )
    assert catalogue.keep(page(full, sighting("2611.00002")), AT) == KeepResult(new=2)
    assert catalogue.get("2611.00001") == merge([(AT, full)])
    assert catalogue.sightings("2611.00001") == [(AT, full)]
    assert catalogue.get("2611.09999") is None
    assert catalogue.count() == 2


def test_the_same_page_again_changes_nothing(catalogue: Catalogue, folder: Path) -> None:
    listing_page = page(sighting(), sighting("2611.00002"))
    catalogue.keep(listing_page, AT)
    before = _rows(folder)
    assert catalogue.keep(listing_page, AT + timedelta(hours=1)) == KeepResult(same=2)
    assert _rows(folder) == before


def test_lists_that_overlap_again_change_nothing(catalogue: Catalogue) -> None:
    """The same paper in two lists: neither makes the other look changed."""
    cl_page, lg_page = page(sighting()), page(sighting(listing="cs.LG", announce_type="cross"))
    for at in range(3):
        catalogue.keep(cl_page, AT + timedelta(hours=at))
        catalogue.keep(lg_page, AT + timedelta(hours=at))
    assert len(catalogue.sightings("2611.00001")) == 2
    assert catalogue.seq == 2


def test_the_change_feed(catalogue: Catalogue) -> None:
    catalogue.keep(page(sighting("2611.00001"), sighting("2611.00002"), sighting("2611.00003")), AT)
    first = catalogue.changes(0, 2)
    assert [change.id for change in first] == ["2611.00001", "2611.00002"]
    catalogue.keep(page(sighting("2611.00001", title="New")), AT + timedelta(hours=1))
    later = catalogue.changes(first[-1].seq, 10)
    assert [change.id for change in later] == ["2611.00003", "2611.00001"]
    assert later[-1].paper and later[-1].paper.title == "New"
    assert catalogue.pending(later[-1].seq) == 0


def test_a_deletion_leaves_a_tombstone(catalogue: Catalogue) -> None:
    catalogue.keep(page(sighting("2611.00001"), sighting("2611.00002")), AT)
    assert catalogue.forget(["2611.00001", "2611.77777"], "asked for", AT) == 1
    assert catalogue.get("2611.00001") is None
    assert [(change.id, change.paper is None) for change in catalogue.changes(0, 9)] == [
        ("2611.00002", False),
        ("2611.00001", True),
        ("2611.77777", True),
    ]
    assert catalogue.count() == 1


def test_a_page_that_has_a_paper_twice_is_no_news_the_next_time(catalogue: Catalogue) -> None:
    twice = page(sighting("2611.00001", title="First"), sighting("2611.00001", title="Last"))
    assert catalogue.keep(twice, AT).new == 1
    for day in range(1, 4):
        assert catalogue.keep(twice, AT + timedelta(days=day)) == KeepResult(same=1)
    assert [stored.title for _, stored in catalogue.sightings("2611.00001")] == ["Last"]


def test_a_forgotten_paper_stays_away_until_it_is_let_in(catalogue: Catalogue, folder: Path) -> None:
    secret = "Unspeakable lanterns of the third kind"
    listing_page = page(sighting("2611.00001", title=secret), sighting("2611.00002"))
    catalogue.keep(listing_page, AT)
    catalogue.forget(["2611.00001", "2611.77777"], "asked for", AT)
    assert catalogue.forget(["2611.00001"], "asked for again", AT) == 0
    assert [(forgotten.id, forgotten.reason) for forgotten in catalogue.forgotten()] == [
        ("2611.00001", "asked for again"),
        ("2611.77777", "asked for"),
    ]
    again = catalogue.keep(page(sighting("2611.00001", title=secret), sighting("2611.77777")), AT)
    assert (again.new, again.changed) == (0, 0)
    assert catalogue.get("2611.00001") is None and catalogue.sightings("2611.00001") == []
    # Its day still has all that was listed.
    assert {entry[-1] for entry in catalogue.record(DAY, DAY).announced} == {"2611.00001", "2611.00002", "2611.77777"}
    with sqlite3.connect(folder / store.FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert not any(secret.encode() in file.read_bytes() for file in folder.glob("catalogue.sqlite*"))
    assert catalogue.let_in(["2611.00001", "2611.00002"]) == 1
    assert catalogue.keep(listing_page, AT).changed == 1
    assert catalogue.get("2611.00001") is not None


def test_a_seq_is_never_given_twice(catalogue: Catalogue) -> None:
    catalogue.keep(page(sighting("2611.00001")), AT)
    catalogue.forget(["2611.00001"], "", AT)
    catalogue.keep(page(sighting("2611.00002")), AT)
    assert [change.seq for change in catalogue.changes(0, 9)] == [2, 3]


def test_copies_that_went_apart_have_other_marks_within_a_write_too(tmp_path: Path) -> None:
    """An index may be as far as the middle of a write that a power cut undid."""
    marks = []
    with Catalogue(tmp_path / "a", write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00001")), AT)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    for name in "ab":
        with Catalogue(tmp_path / name, write=True) as catalogue:
            before, first = catalogue.mark(catalogue.seq), catalogue.seq
            catalogue.keep(page(*(sighting(f"2611.0000{number}", title=name) for number in (2, 3, 4))), AT)
            assert catalogue.seq == first + 3 and catalogue.mark(first) == before
            marks.append({catalogue.mark(seq) for seq in range(first + 1, first + 4)})
    assert all(len(of_write) == 1 for of_write in marks) and not marks[0] & marks[1]


def test_a_page_is_kept_whole_or_not_at_all(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _rows(folder)

    def fail(*_: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("papers.ledger.record_page", fail)
    with pytest.raises(RuntimeError):
        catalogue.keep(page(sighting()), AT)
    assert _rows(folder) == before


def test_readers_see_what_is_committed_only(catalogue: Catalogue, folder: Path) -> None:
    catalogue.keep(page(sighting("2611.00001")), AT)
    with Catalogue(folder) as reader:
        assert reader.count() == 1
        catalogue.keep(page(sighting("2611.00002")), AT)
        assert reader.count() == 2
        assert reader.epoch == catalogue.epoch
        with pytest.raises(CatalogueUnusable, match="read-only"):
            reader.keep(page(sighting("2611.00003")), AT)


def test_what_an_earlier_program_kept_beyond_the_ranges_is_mended() -> None:
    record = codec.sighting_record(sighting(comments="kept"), None, None)
    odd = orjson.loads(record) | {
        "version": 10**6, "upvotes": -1, "versions": [[0, None], [1, None]], "doi": "x" * 9999,
    }  # fmt: skip
    mended = codec.unpack_sighting(orjson.dumps(odd), {})
    assert (mended.version, mended.upvotes, mended.versions) == (None, None, (Version(1, None),))
    assert mended.comments == "kept" and len(mended.doi or "") <= 1000


texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400)


@given(st.lists(st.builds(sighting, title=texts, abstract=texts, comments=texts), min_size=1, max_size=4))
@settings(max_examples=40)
def test_any_sighting_comes_back_as_it_was(sightings: list[Sighting]) -> None:
    for original in sightings:
        hashes = {codec.text_hash(text): text for text in (original.title, original.abstract) if text}
        record = codec.sighting_record(
            original,
            codec.text_hash(original.title) if original.title else None,
            codec.text_hash(original.abstract) if original.abstract else None,
        )
        back = codec.unpack_sighting(codec.pack_record(record), hashes)
        assert codec.sighting_record(back, None, None) == codec.sighting_record(original, None, None)
        assert (back.title, back.abstract, back.slot) == (original.title, original.abstract, original.slot)
        for text in hashes.values():
            assert codec.unpack_text(codec.pack_text(text)) == text


@given(st.permutations(range(4)))
@settings(max_examples=24)
def test_pages_in_any_order_give_the_same_papers(order: list[int]) -> None:
    import tempfile

    pages: list[Page] = [
        page(sighting(), sighting("2611.00002")),
        page(sighting(listing="cs.LG", announce_type="cross")),
        page(sighting("2611.00002", day=DAY + timedelta(days=3), announce_type="replace", title="Second", version=2)),
        page(sighting(source="huggingface-daily", listing="", announce_type=None, upvotes=4)),
    ]
    with tempfile.TemporaryDirectory() as name, Catalogue(Path(name), write=True) as catalogue:
        for number in order:
            catalogue.keep(pages[number], AT)
        assert sorted(catalogue.papers(), key=lambda paper: paper.id) == [
            merge([(AT, s) for p in pages for s in p.sightings if s.id == id]) for id in ("2611.00001", "2611.00002")
        ]


def test_instants_are_exact() -> None:
    moment = datetime(2026, 11, 20, 8, 1, 2, 345678, tzinfo=UTC)
    assert codec.from_microseconds(codec.to_microseconds(moment)) == moment


def _rows(folder: Path) -> list[list[tuple[object, ...]]]:
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        tables = ("paper", "text", "sighting", "announcement", "resume", "rejected", "meta")
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
