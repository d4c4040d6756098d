"""Venues, in comments and journal references: each line of `golden/venues.tsv` is a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from papers.normalise.venues import read, table, venues

GOLDEN = Path(__file__).parent.parent / "golden" / "venues.tsv"
CASES = [line.split("\t") for line in GOLDEN.read_text("utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(("comments", "journal_ref", "expected"), CASES)
def test_the_venue_of_a_paper(comments: str, journal_ref: str, expected: str) -> None:
    assert set(venues(comments or None, journal_ref or None)) == {name for name in expected.split(",") if name}


def test_a_venue_is_found_by_its_name_in_any_case_and_by_every_form() -> None:
    assert read("neurips") == read("NIPS") == ["NeurIPS"] and read("cvpr") == ["CVPR"] and read("") == read("x y") == []
    for name, venue in table().items():
        assert name in read(name) and venue.full_name and all(name in read(form) for form in venue.forms)
