"""Protected spans and terms, through translators that drop, double and garble words."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replica.vocabulary import FORMULAS, SYSTEMS
from replica.world import World
from tests.conftest import TODAY
from translation.glossary import BadGlossary, Glossary, load
from translation.protect import GIVEN_UP, PLAIN, SPLIT, translate
from translation.sentences import split
from translation.spans import count_of, find, kept, without

NO_TERMS = Glossary({})


def upper(sentences: Sequence[str]) -> list[str]:
    """A translator that changes every word and keeps what looks like a placeholder or a name."""
    return [" ".join(f"<{word}>" for word in sentence.split()) for sentence in sentences]


def hostile(rate: float, seed: int) -> Callable[[Sequence[str]], list[str]]:
    """A translator that drops, doubles or garbles each word at this rate."""
    chance = random.Random(seed)

    def garbled(word: str) -> list[str]:
        at = chance.random()
        if at < rate / 3:
            return []
        if at < rate * 2 / 3:
            return [word, word]
        return ["".join(c for c in word if c not in "$_{}\\0123456789/")] if at < rate else [word]

    return lambda sentences: ["译" + " ".join(w for word in s.split(" ") for w in garbled(word)) for s in sentences]


def sentences(count: int) -> list[str]:
    found: list[str] = []
    for paper in World(papers_a_day=count // 3).announced(TODAY):
        found += [paper.title[0], *split(paper.abstract[0])]
    found += [
        r"We prove $\|x\|_2 \le C\,\sqrt{n}$ for all $n\ge 1$, see \cite{a,b} and https://a.b/c_d?e=1.2#f.",
        "Code: https://",
        "Let $f$ and $f$ and $g$ be maps.",
        "X11 is a window system with $x$ and Q3Q.",
        "GPT-4o, ViT-B/16, YOLOv8, snake_case_name and 95.3% on CIFAR-10 [3, 5].",
        r"\begin{equation} a=b \end{equation} holds.",
        "It reaches 85.6% at 6 times the speed of 15 others.",
    ]
    return found


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.3, 0.7, 1.0])
def test_no_sentence_loses_a_span(rate: float) -> None:
    asked = sentences(1000)
    assert len(asked) > 1000
    for done in translate(asked, hostile(rate, 1), NO_TERMS):
        assert kept(find(done.source), done.source, done.target), done


def test_most_sentences_are_not_given_up() -> None:
    done = translate(sentences(300), hostile(0.1, 2), NO_TERMS)
    assert sum(one.way == GIVEN_UP for one in done) == 0
    assert sum(one.way == PLAIN for one in done) > len(done) / 3


pieces = st.sampled_from(
    [
        *FORMULAS,
        *SYSTEMS,
        "https://x.org/a_b?c=1#d",
        "me@x.org",
        "`code x`",
        r"\cite{a}",
        r"\alpha",
        "[1, 2]",
        "3.5%",
        "12 GB",
        "10.1000/x.y",
        "arXiv:2401.01234",
        "-5",
        "words and",
        "more words",
        "X11",
        "，",
        "(",
    ]
)


@given(st.lists(pieces, max_size=12), st.sampled_from([0.0, 0.3, 1.0]), st.integers(0, 5))
@settings(max_examples=200)
def test_any_mixture_of_text_and_spans(parts: list[str], rate: float, seed: int) -> None:
    text = " ".join(parts)
    (done,) = translate([text], hostile(rate, seed), NO_TERMS)
    assert kept(find(text), text, done.target)


@given(st.text(max_size=120))
@settings(max_examples=200)
def test_any_text(text: str) -> None:
    (done,) = translate([text], hostile(0.3, 1), NO_TERMS)
    assert kept(find(text), text, done.target)


def test_a_translator_that_says_nothing() -> None:
    (done,) = translate(["We use $x$ for words."], lambda asked: [""] * len(asked), NO_TERMS)
    assert "$x$" in done.target and done.way == SPLIT


def test_terms_are_said_as_the_glossary_says() -> None:
    glossary = Glossary({"attention": "注意力", "self-attention": "自注意力"})
    asked = ["Attention and self-attention help.", "No term here.", "See https://x.org/attention now."]
    done = translate(asked, upper, glossary)
    assert done[0].target.count("注意力") == 2 and "自注意力" in done[0].target
    assert done[1].way == PLAIN
    assert "https://x.org/attention" in done[2].target and "注意力" not in done[2].target


def test_a_glossary_file(tmp_path: object) -> None:
    assert load("en-zh").terms["attention mechanism"] == "注意力机制"
    assert load("en-xx").terms == {}
    assert Glossary({"token": "词元"}).find("Tokens, token-level and a token") == [(26, 31, "词元")]


def test_a_users_own_terms_go_first(tmp_path) -> None:  # type: ignore[no-untyped-def]
    own = tmp_path / "own.tsv"
    own.write_text("# mine\nAttention\t关注\nnew term\t新词\n", "utf-8")
    terms = load("en-zh", own).terms
    assert terms["attention"] == "关注" and terms["new term"] == "新词" and "token" in terms
    own.write_text("C#\tC# 语言\nC\tC 语言 # not the sharp one\n# a comment\n", "utf-8")
    sharp = load("en-zh", own)
    assert [target for *_, target in sharp.find("C# is not C, and C++ is neither.")] == ["C# 语言", "C 语言"]
    own.write_text("no tab here\n")
    with pytest.raises(BadGlossary, match="line 1: expected a term, a tab"):
        load("en-zh", own)
    with pytest.raises(BadGlossary, match="cannot be read"):
        load("en-zh", tmp_path / "missing.tsv")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $a.b$ be", ["$a.b$"]),
        ("costs $5 and $10", ["5", "10"]),
        (r"\(x\) and \[y\]", [r"\(x\)", r"\[y\]"]),
        ("see https://x.org/a_b.", ["https://x.org/a_b"]),
        ("LaTeX quotes `Name,'' and more text here", ["LaTeX"]),
        ("ResNet-50 beats BERT by 3.5% on COCO [3, 5]", ["ResNet-50", "BERT", "3.5%", "COCO", "[3, 5]"]),
        ("12 GB at 3 ms", ["12 GB", "3 ms"]),
        ("commit 3fa85f64571743 of it", ["3fa85f64571743"]),
        ("plain words only", []),
    ],
)
def test_finding_spans(text: str, found: list[str]) -> None:
    assert [span.text for span in find(text)] == found


def test_counting_by_itself() -> None:
    assert count_of("5", "5 and 15 and x5 and 5.") == 2
    assert count_of("$x$", "$x$$x$") == 2


def test_what_is_left_is_prose() -> None:
    assert without("We use $x$ on https://x.org now").split() == ["We", "use", "on", "now"]
