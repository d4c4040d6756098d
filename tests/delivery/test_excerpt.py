"""Excerpts: what a list shows of a long text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.excerpt import excerpt
from delivery.segments import Formula, Link, Original, Segment, Text, segments

LONG = " ".join(f"Sentence number {n} speaks of clocks." for n in range(60))


def shown(parts: tuple[Segment, ...]) -> str:
    return "".join(part.text if isinstance(part, Text) else "<>" for part in parts)


def test_a_short_text_is_whole() -> None:
    assert excerpt(segments("Short."), 100) == (segments("Short."), False)
    # A few words more than fit are no reason to cut.
    assert not excerpt(segments(LONG[:110]), 100).is_cut


def test_a_long_text_begins_at_its_beginning_and_ends_with_a_word() -> None:
    part = excerpt(segments(LONG), 100)
    text = shown(part.segments).removesuffix(" …")
    assert part.is_cut and LONG.startswith(f"{text} ") and 90 <= len(text) <= 100


@pytest.mark.parametrize("number", [0, 2, 30, 59])
def test_the_first_match_is_within(number: int) -> None:
    start = LONG.index(f"number {number} ")
    part = excerpt(segments(LONG, [(start, start + 6), (start + 200, start + 206)]), 100)
    marked = [each for each in part.segments if isinstance(each, Text) and each.is_marked]
    assert marked and marked[0].text == "number"
    text = shown(part.segments)
    assert text.startswith("… ") == (number > 2) and len(text) < 120
    # It begins with the sentence, which is near.
    assert text.removeprefix("… ").startswith("Sentence")


def test_formulas_links_and_originals_are_not_cut_in_two() -> None:
    text = f"{'word ' * 17}$x + y + z + w$ and https://example.org/a/long/address more {'word ' * 30}"
    for length in range(60, 150):
        for part in excerpt(segments(text), length).segments:
            match part:
                case Formula(tex):
                    assert tex == "x + y + z + w"
                case Link(address):
                    assert address == "https://example.org/a/long/address"
    inner = segments("An original sentence that is long. " * 5)
    part = excerpt((Text("译文。" * 20), Original("en", inner), Text("译文。" * 40)), 120)
    assert any(isinstance(each, Original) and each.language == "en" for each in part.segments)


def test_chinese_is_cut_between_any_two_characters() -> None:
    part = excerpt(segments("我们研究注意力机制的时钟" * 30), 50)
    assert 45 <= len(shown(part.segments)) <= 53


PIECES = ["word ", "词语。", "$a+b$", "$a+b$ ", "A sentence. ", "https://x.org/y ", "https://x.org/y", "\\", "{", "🙂 "]
pieces = st.sampled_from(PIECES)


def _holds_mark(segment: Segment) -> bool:
    match segment:
        case Text() | Formula():
            return segment.is_marked
        case Link():
            return any(part.is_marked for part in segment.parts)
        case Original(_, inner):
            return any(map(_holds_mark, inner))


@given(st.lists(pieces, max_size=60).map("".join), st.integers(0, 300), st.integers(1, 200))
def test_an_excerpt_of_any_text_is_a_part_of_it_with_its_first_match(text: str, mark: int, length: int) -> None:
    marks = [(mark, mark + 2)] if mark + 2 <= len(text) else []
    whole = segments(text, marks)
    part = excerpt(whole, length)
    ours = [each for each in part.segments if each not in (Text("… "), Text(" …"))]
    # Every piece is a piece of the whole, in its order.
    place = 0
    for each in ours:
        place = next(
            at
            for at in range(place, len(whole))
            if each == whole[at]
            or (isinstance(each, Text) and isinstance(whole[at], Text) and each.text in whole[at].text)
        )
    first_mark = next(filter(_holds_mark, whole), None)
    if first_mark is not None:
        assert first_mark in ours
