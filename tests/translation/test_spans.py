"""What a span is, what it is worth, and how long it takes to find them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers.normalise.readable import readable
from translation.detect import language_of
from translation.judge.check import judge
from translation.sentences import split
from translation.spans.compare import compare
from translation.spans.find import find, without
from translation.spans.numbers import in_words, value
from translation.typography import chinese


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Gemini 2.5 Pro and Claude 3.5 Sonnet", ["Gemini 2.5 Pro", "Claude 3.5 Sonnet"]),
        ("Llama 3.1 405B, C++ and C#, not C", ["Llama 3.1 405B", "C++", "C#"]),
        ("scikit-learn and torch.nn.Linear at github.com/a/b.", ["scikit-learn", "torch.nn.Linear", "github.com/a/b"]),
        ("as shown (Smith et al., 2020), it", ["(Smith et al., 2020)"]),
        ("as shown [holt2026clocks, wang-21] it", ["[holt2026clocks, wang-21]"]),
        ("in Phys. Rev. Lett. 92, 123 (2004) it", ["Phys. Rev. Lett. 92, 123 (2004)"]),
        (r"a $\beta$-VAE and $^{18}$F-FDG", [r"$\beta$-VAE", "$^{18}$F-FDG"]),
        ("in O(n log n) or 10^{-3} of rho_h^{1/2}", ["O(n log n)", "10^{-3}", "rho_h^{1/2}"]),
        ("with 𝔼[𝑋²], x₁ and R² of CO₂", ["𝔼[𝑋²]", "x₁", "R²", "CO₂"]),
        (r"$\sim$300 layers, $>$90%", [r"$\sim$", "300", "$>$", "90%"]),
        ("costs $5 and $10 a day", ["5", "10"]),
        ("see https://x.y/z/{here} and (https://doi.org/10.1016/S0140(20)3).",
         ["https://x.y/z/", "https://doi.org/10.1016/S0140(20)3"]),
        ("ViT-based and AI-Generated, top-5 of CIFAR-10", ["ViT", "AI", "5", "CIFAR-10"]),
        ("at 12 µm, 12 μm, 250 km/s and 5 fb⁻¹", ["12 µm", "12 μm", "250 km/s", "5 fb⁻¹"]),
        ("0.6-1.2 of 8x7B in 802.11ax at 720p", ["0.6", "1.2", "8x7B", "802.11ax", "720p"]),
        ("ON THE STRUCTURE OF GROUPS", []),
        ("`near side' states must be orthogonal at the time", []),
    ],
)  # fmt: skip
def test_spans(text: str, spans: list[str]) -> None:
    assert [span.text for span in find(text)] == spans


@pytest.mark.parametrize(
    ("number", "worth"),
    [("3.1x", "3.1"), ("3 million", "3000000"), ("300万", "3000000"), ("10,000", "10000"), ("1 万", "10000"),
     ("85.4 %", "85.4"), ("100k", "100000"), ("1.5M", "1500000"), ("20th", "20"), ("1990s", "1990"), ("1e-3", "0.001"),
     ("2 亿", "200000000"), ("x", None)],
)  # fmt: skip
def test_what_a_number_is_worth(number: str, worth: str | None) -> None:
    assert value(number) == (None if worth is None else Decimal(worth))


def test_numbers_in_words() -> None:
    assert {2, 20, 6} <= {int(number) for number in in_words("two of twenty in June")}
    assert {23, 3_000_000, 2024, 10} <= {int(number) for number in in_words("二十三，三百万，二〇二四，十")}
    assert not in_words("250 万次")


PIECES = """3.1x 3D 2D 100k 1.5M 20th 1990s 8x7B 802.11ax 720p SN 1987A 12 µm km/s fb⁻¹ 0.6-1.2 10,000 85.4% LLMs
    GPT-4o ViT-based [3,5] (Holt et al., 2020) $x^2$ https://x.org/a me@x.org 10^{-3} O(n) x₁ C++ 2.5 million of
    words , . ; :"""
pieces = st.sampled_from(PIECES.split())


@given(st.lists(pieces, max_size=14))
@settings(max_examples=300)
def test_every_span_of_a_text_is_in_that_text(parts: list[str]) -> None:
    text = " ".join(parts)
    assert not compare(text, text)


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_any_text_holds_its_own_spans(text: str) -> None:
    assert not compare(text, text)
    assert "".join(without(text, "").split()) in "".join(text.split()) or find(text)


def _texts(recorded: Path) -> list[str]:
    """Titles and abstracts of the recorded lists and feeds, as a reader sees them."""
    pattern = re.compile(r"<p class='mathjax'>\s*(.*?)\s*</p>|<summary>\s*(.*?)\s*</summary>", re.DOTALL)
    texts = []
    for path in sorted(recorded.rglob("*")):
        if path.suffix in (".html", ".xml", ".atom") and path.stat().st_size < 5_000_000:
            for match in pattern.findall(path.read_text("utf-8", "replace")):
                texts.append(readable(re.sub(r"<[^>]+>|&[a-z#0-9]+;", " ", "".join(match))))
    return texts


def test_no_span_of_real_texts_holds_prose(recorded: Path) -> None:
    texts = _texts(recorded)
    assert len(texts) > 200
    word = re.compile(r"(?<![\\A-Za-z{_^])\b[a-z]{3,}\b")
    swallowing = [
        span.text
        for text in texts
        for span in find(text)
        if span.kind != "math" or not span.text.startswith(("$", "\\"))
        if len(word.findall(span.text.replace("_", " "))) >= 4 and span.kind not in ("link", "mail", "doi")
    ]
    assert swallowing == []


def test_false_breaks_of_real_texts(recorded: Path) -> None:
    """A sentence that begins in lower case, or within a reference, was broken off: at most one in 1,000."""
    sentences = [sentence for text in _texts(recorded) for sentence in split(text)]
    broken = [
        sentence
        for sentence in sentences
        if re.match(r"(?:Rev|Lett|Phys|Soc|Acad|Sci|Natl|Am)\.|\d+ \(\d{4}\)", sentence)
    ]
    assert len(broken) <= len(sentences) / 1000, broken


# What the patterns look for, over and over: a square in any of them takes minutes, and is ended by the test's limit.
HOSTILE = "a- a. a_ a@ $x $\\ 1. 1, 1e !! .. \\a (( `` x' @a A. ^{ /a [1 Aa 0= {} -1".split()


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_hostile_text(piece: str) -> None:
    text = (piece * 60_000)[:60_000]
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert all(span.text in text for span in find(text))
    chinese(text)
    language_of(text, "en")
    judge(text, text, "zh")
