from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import analysis
from indexer.analysis import (
    EXACT,
    MAX_TOKEN,
    STEMMED,
    STEMMERS,
    analyzer,
    blanked,
    fold,
    offsets,
    positions_of_values,
    terms,
)
from replica.world import World
from tests.conftest import TODAY


@pytest.mark.parametrize(
    ("text", "stemmed"),
    [
        ("Attention Networks are running", ["attent", "network", "are", "run"]),
        ("注意力 mechanism机制", ["注", "意", "力", "mechan", "机", "制"]),
        ("機制 ＧＰＴ－４", ["机", "制", "gpt", "4"]),
        ("naïve Łódź Straße İstanbul", ["naiv", "lodz", "strass", "istanbul"]),
        ("C++ $x_{ij}$ don't", ["cⵜⵜ", "x", "ij", "don", "t"]),
        ("", []),
        ("… ++ —", []),
    ],
)
def test_terms(text: str, stemmed: list[str]) -> None:
    assert terms(text, STEMMED) == stemmed


@given(st.text(max_size=80))
def test_our_tokens_are_tantivys(text: str) -> None:
    for kind in (STEMMED, EXACT, *STEMMERS):
        assert terms(text, kind) == analyzer(kind).analyze(fold(text))


def test_every_character_is_a_letter_for_both_or_for_neither() -> None:
    for start in range(0, 0x110000, 0x400):
        text = " ".join(f"a{chr(code)}b" for code in range(start, start + 0x400) if not 0xD800 <= code < 0xE000)
        assert terms(text, EXACT) == analyzer(EXACT).analyze(fold(text)), hex(start)


@given(st.text(max_size=80))
def test_offsets_lead_back_into_the_text(text: str) -> None:
    assert len(fold(text)) == len(text)
    tokens = terms(text, EXACT)
    where = offsets(text, range(len(tokens)))
    assert sorted(where) == list(range(len(tokens)))
    for position, (start, end) in where.items():
        assert terms(text[start:end], EXACT) == [tokens[position]]


def test_on_texts_like_real_ones() -> None:
    for paper in World(papers_a_day=60).announced(TODAY):
        for text in (*paper.title, *paper.abstract):
            assert terms(text, STEMMED) == analyzer(STEMMED).analyze(fold(text))


def test_on_real_texts(recorded: Path) -> None:
    from crawler.parsers import parser

    (file,) = (recorded / "kaggle").iterdir()
    for sighting in parser("kaggle")(file.read_bytes(), "").sightings:
        for text in (sighting.title or "", sighting.abstract or "", " ".join(sighting.authors)):
            assert terms(text, STEMMED) == analyzer(STEMMED).analyze(fold(text))


def test_a_run_that_is_too_long_is_no_word() -> None:
    text = f"before {'x' * 200} after"
    assert terms(text, EXACT) == ["before", "after"]
    assert offsets(text, {1}) == {1: (208, 213)}


def test_no_phrase_crosses_values() -> None:
    assert positions_of_values(["Jun Arai", "", "Yann Ng"], EXACT) == ["jun", "arai", None, "yann", "ng"]


def test_the_table_is_one_character_for_one() -> None:
    table = analysis.fold_table()
    assert len(table) > 3500
    assert all(len(character) == 1 for character in table.values())
    assert fold("機ＧＡ\u0378é") == "机GA é"


def test_the_stamp_is_settled() -> None:
    """It changes when the tokens can: then increase RULES, and note it in the change log."""
    assert len(analysis.stamp()) == 12


def test_the_stamp_changes_with_every_letter_that_folds_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of other tokens is not added to."""
    before = analysis.stamp()
    changed_table = dict(analysis.fold_table()) | {ord("机"): "機"}
    monkeypatch.setattr(analysis, "fold_table", lambda: changed_table)
    assert analysis.stamp.__wrapped__() != before


@given(st.lists(st.integers(1, 160), min_size=1, max_size=8), st.sampled_from([" ", ", ", "，", "。 "]))
def test_every_run_that_is_too_long_is_found(lengths: list[int], between: str) -> None:
    text = between.join("x" * length for length in lengths)
    assert [len(run) for run in terms(text, EXACT)] == [length for length in lengths if length <= MAX_TOKEN]
    assert len(blanked(text)) == len(text)
