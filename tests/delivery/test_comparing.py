"""Two versions of a text, word by word."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.comparing import Comparison, Fate, Piece, compare, pieces
from papers.versions import VersionText

SAME, REMOVED, ADDED = Fate.SAME, Fate.REMOVED, Fate.ADDED


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("We tick.", "We tick.", [(SAME, "We tick.")]),
        ("", "We tick.", [(ADDED, "We tick.")]),
        ("Slow clocks tick", "Fast clocks tick", [(REMOVED, "Slow "), (ADDED, "Fast "), (SAME, "clocks tick")]),
        ("A bound", "A bound of it", [(SAME, "A bound "), (ADDED, "of it")]),
        # A formula is one thing.
        ("For $a < b$ only", "For $a < c$ only",
         [(SAME, "For "), (REMOVED, "$a < b$"), (ADDED, "$a < c$"), (SAME, " only")]),
        ("慢时钟滴答", "快时钟滴答", [(REMOVED, "慢"), (ADDED, "快"), (SAME, "时钟滴答")]),
    ],
)  # fmt: skip
def test_pieces(old: str, new: str, expected: list[tuple[Fate, str]]) -> None:
    assert [(piece.fate, piece.text) for piece in pieces(old, new)] == expected


WORDS = st.lists(st.sampled_from(["we", "tick", "$a+b$", "时钟", "for", "ever."]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_both_texts_are_in_the_pieces(old: str, new: str) -> None:
    result = pieces(old, new)
    assert "".join(piece.text for piece in result if piece.fate is not REMOVED).split() == new.split()
    assert "".join(piece.text for piece in result if piece.fate is not ADDED).split() == old.split()
    assert all(a.fate is not b.fate for a, b in pairwise(result))


@pytest.mark.parametrize(
    ("old", "new"),
    [("a b " * 2000, "b c a " * 2000), ("1 " * 3000, "1 2 " * 3000), ("时" * 4000, "时钟" * 4000)],
)
def test_texts_that_repeat_themselves_are_replaced_as_a_whole(old: str, new: str) -> None:
    """Comparing them would take minutes."""
    result = pieces(old, new)
    assert "".join(piece.text for piece in result if piece.fate is not REMOVED).split() == new.split()
    assert {piece.fate for piece in result} >= {ADDED}


def test_nothing_is_said_of_a_text_that_one_version_is_not_known_to_have() -> None:
    old, new = VersionText(1, "Title", "Abstract.", None), VersionText(3, "Title", None, "Withdrawn")
    same, added = (Piece(SAME, "Title"),), (Piece(ADDED, "Withdrawn"),)
    assert compare(old, new) == Comparison(1, 3, title=same, abstract=(), comments=())
    without_comments = VersionText(1, "Title", "Abstract.", "")
    assert compare(without_comments, new).comments == added
