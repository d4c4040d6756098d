"""Versions: which were withdrawn, what each of them said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from papers import codec
from papers.merge import merge
from papers.normalise.withdrawal import statement
from papers.paper import Paper, Sighting, Version
from papers.versions import VersionText, texts
from tests.making import AT, DAY, sighting

RAW = "arxiv-oai-raw"


def raw(version: int, **fields: Any) -> Sighting:
    """A raw record in this version; the versions are a day apart from 1 November on."""
    versions = tuple(Version(number, datetime(2026, 11, number, tzinfo=UTC)) for number in range(1, version + 1))
    usual = {"source": RAW, "listing": "", "day": None, "announce_type": None, "versions": versions, "version": version}
    return sighting(**(usual | fields))


def test_each_version_has_the_texts_with_which_it_was_seen() -> None:
    listed = sighting(day=DAY - timedelta(days=18), title="First", abstract="One.", announce_type="new")
    second = raw(2, title="Second", abstract="Two.")
    third = sighting(
        source="arxiv-abs", listing="", day=None, announce_type=None, version=3, title="Third", abstract=None
    )
    social = sighting(source="huggingface-daily", listing="", title="Social", abstract="Else.", announce_type=None)
    assert texts([(AT, listed), (AT, second), (AT, third), (AT, social)]) == {
        1: VersionText(1, "First", "One.", ""),
        2: VersionText(2, "Second", "Two.", ""),
        3: VersionText(3, "Third", None, ""),
    }
    assert texts([(AT, social)]) == {} and texts([]) == {}


def test_for_one_version_raw_texts_come_before_converted_ones() -> None:
    converted = sighting(version=2, announce_type="replace", title="Converted", abstract="Both.")
    assert texts([(AT, converted), (AT, raw(2, title="Raw", abstract="Both."))])[2].title == "Raw"


def test_a_replacement_of_unknown_number_is_no_version() -> None:
    later = sighting(version=None, announce_type="replace", title="Some later one")
    assert list(texts([(AT, raw(1)), (AT, later)])) == [1]


@pytest.mark.parametrize(
    ("sightings", "withdrawn", "is_withdrawn"),
    [
        ([raw(2)], (), False),
        ([raw(2, withdrawn=(2,))], (2,), True),
        ([raw(3, withdrawn=(2,))], (2,), False),  # it came back
        # The newest record with marks counts.
        ([raw(2, withdrawn=(2,)), raw(3, withdrawn=(2,))], (2,), False),
        # A list has no marks, and says it in the comments.
        ([sighting(version=2, comments="This paper has been withdrawn by the author")], (2,), True),
        ([sighting(version=None, comments="Withdrawn")], (1,), True),
        ([sighting(comments="12 pages. An earlier version was withdrawn from a workshop")], (), False),
        # Nobody else's marks count.
        ([sighting(source="huggingface-daily", listing="", announce_type=None, withdrawn=(1,))], (), False),
    ],
)
def test_withdrawn(sightings: list[Sighting], withdrawn: tuple[int, ...], is_withdrawn: bool) -> None:
    paper = merge([(AT + timedelta(hours=hour), each) for hour, each in enumerate(sightings)])
    assert (paper.withdrawn, paper.is_withdrawn) == (withdrawn, is_withdrawn)
    again: Paper = codec.unpack_paper(codec.pack_paper(paper), paper.title, paper.abstract)
    assert again == paper


@pytest.mark.parametrize(
    ("comments", "abstract", "sentence"),
    [
        ("5 pages. This paper has been withdrawn: see v1", None, "5 pages. This paper has been withdrawn: see v1"),
        ("3 pages", "This manuscript is withdrawn.", "This manuscript is withdrawn."),
        ("withdrawn from the journal, now elsewhere", None, None),
        ("Withdrawn by the journal", None, None),
        ("The withdrawn papers of a decade", "We study withdrawn papers.", None),
        ("9 pages", "We show why this paper has been withdrawn.", None),
        ("THIS PAPER HAS BEEN WITHDRAWN", None, "THIS PAPER HAS BEEN WITHDRAWN"),
        ("The authors have withdrawn this paper", None, "The authors have withdrawn this paper"),
        ("(withdrawn)", None, "(withdrawn)"),
        ("Manuscript withdrawn", None, "Manuscript withdrawn"),
        ("Paper withdrawn from arXiv by the author", None, "Paper withdrawn from arXiv by the author"),
        # It was withdrawn elsewhere, or came back.
        ("This paper was withdrawn from ICLR 2024", None, None),
        ("12 pages. This submission has been withdrawn from consideration at a journal", None, None),
        ("In v1 the proof was wrong, the paper was withdrawn, and is now corrected in v3", None, None),
        ("9 pages", "Withdrawn papers are studied.", None),
        (None, None, None),
    ],
)
def test_what_says_that_a_paper_was_withdrawn(comments: str | None, abstract: str | None, sentence: str | None) -> None:
    assert statement(comments, abstract) == sentence


def test_a_page_of_an_earlier_version_does_not_take_the_paper_back() -> None:
    """The page of version 1 names the later ones; a withdrawal of version 2 is not one of version 3."""
    first = replace(raw(3, source="arxiv-abs", withdrawn=(2,)), version=1)
    paper = merge([(AT, first)])
    assert (paper.version, paper.withdrawn, paper.is_withdrawn) == (3, (2,), False)


def test_nobody_says_whether_a_version_of_a_feed_had_comments() -> None:
    feed = sighting(source="arxiv-rss", version=2, announce_type="replace", title="Fed")
    assert texts([(AT, raw(1, comments="12 pages")), (AT, feed)])[2].comments is None
