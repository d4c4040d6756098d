from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from delivery import formula
from delivery.html import MOST_FORMULAS, to_html
from delivery.present import links, present
from delivery.segments import Formula, Link, Text, _Marks, segments
from indexer.documents import Document
from indexer.results import Hit
from papers.normalise import formulas
from papers.paper import Aligned
from replica.vocabulary import FORMULAS
from tests.making import document


@pytest.mark.parametrize(
    ("text", "marks", "html"),
    [
        ("a < b & <script>", (), "a &lt; b &amp; &lt;script&gt;"),
        ("Sparse clocks", ((0, 6),), "<mark>Sparse</mark> clocks"),
        ("<b>", ((1, 2),), "&lt;<mark>b</mark>&gt;"),
        ("$5 and $10", (), "$5 and $10"),
        (r"$\nosuchmacro{x}$", (), r'<code class="tex">$\nosuchmacro{x}$</code>'),
        (r"$\frac{1}{$", (), r'<code class="tex">$\frac{1}{$</code>'),
        (
            "see https://x.org/a?b=1&c=2.",
            (),
            'see <a href="https://x.org/a?b=1&amp;c=2" rel="noopener nofollow">https://x.org/a?b=1&amp;c=2</a>.',
        ),
        ("javascript:alert(1)", (), "javascript:alert(1)"),
        (
            "见https://x.org/a。完",
            (),
            '见<a href="https://x.org/a" rel="noopener nofollow">https://x.org/a</a>。完',
        ),
    ],
)
def test_html(text: str, marks: tuple[tuple[int, int], ...], html: str) -> None:
    assert to_html(segments(text, marks)) == html


def test_a_mark_beside_a_formula() -> None:
    shown = to_html(segments("Bounds $x$ of clocks", ((0, 6), (7, 10), (14, 20))))
    assert shown.startswith("<mark>Bounds</mark> <mark><math")
    assert shown.endswith("</math></mark> of <mark>clocks</mark>")
    assert "<mark><math" not in to_html(segments("Bounds $x$ of clocks", ((10, 11),)))


@pytest.mark.parametrize("text", ["当 $x$，则", "for $x$).", "（$x$）！"])
def test_a_formula_and_the_punctuation_after_it_stay_together(text: str) -> None:
    assert re.search(r'<span class="unbroken"><math.*</math>(，|\)\.|）！)</span>', to_html(segments(text)))


def test_infinity_is_no_operator() -> None:
    assert "<mi>∞</mi>" in to_html(segments(r"as $T \to \infty$ it"))


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
def test_any_text_is_escaped(text: str, marks: list[tuple[int, int]]) -> None:
    spans = sorted((min(pair), max(pair)) for pair in marks)
    shown = to_html(segments(text, spans))
    assert re.sub(r"</?(?:mark|code|a|span|math|m[a-z]+|none)\b[^<>]*>", "", shown).count("<") == 0


@given(st.text(alphabet=st.sampled_from("\\{}^_$&<>ab frac sqrt text href alpha()"), max_size=40))
def test_any_formula_is_safe_or_not_shown(tex: str) -> None:
    mathml = formula.to_mathml(tex)
    if mathml is not None:
        root = etree.fromstring(mathml)
        assert "href" not in mathml and "<script" not in mathml
        assert all("\\" not in (element.text or "") for element in root.iter())


@pytest.mark.parametrize(
    "tex",
    [
        r"\kern1000em x", r"\kern-60em x", r"\hspace{99999999em}x", r"\hskip 50cm x", r"\mspace{900mu}x",
        r"\begin{array}{c@{\hspace{90em}}c}1&2\end{array}", r"\kern-3em x",
    ],
)  # fmt: skip
def test_a_formula_does_not_move_the_page(tex: str) -> None:
    assert formula.to_mathml(tex) is None


@pytest.mark.parametrize("tex", [r"a\quad b\qquad c\,d\;e\!f", r"\Bigg( x", r"\smash{x}", r"\hspace{1cm}x"])
def test_ordinary_spaces_are_shown(tex: str) -> None:
    assert formula.to_mathml(tex)


@pytest.mark.parametrize("piece", ["attention $x$ ", "attention https://x.org/a ", "attention "])
def test_a_text_costs_what_is_in_it(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many marks, formulas and links there are, each is looked at once."""
    steps: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def count(*arguments: Any) -> Any:
            steps[name] += 1
            return function(*arguments)

        return count

    monkeypatch.setattr("delivery.html.escape", counted("escape", escape))
    monkeypatch.setattr("delivery.formula.to_mathml", counted("convert", formula.to_mathml))
    within = _Marks.within
    monkeypatch.setattr(_Marks, "within", lambda self, *place: counted("piece", within)(self, *place))
    count = 3000
    marks = [(place * len(piece), place * len(piece) + 9) for place in range(count)]
    shown = to_html(segments(piece * count, marks))
    assert shown.count("<mark>") == count
    assert steps["convert"] <= MOST_FORMULAS
    assert steps["piece"] <= 3 * count + 1 and steps["escape"] <= 6 * count + 3


@pytest.mark.parametrize("written", FORMULAS)
def test_ordinary_formulas_are_shown(written: str) -> None:
    ((start, end, tex),) = formulas.find(written)
    assert (start, end) == (0, len(written))
    assert formula.to_mathml(tex)


@pytest.mark.parametrize(
    "tex",
    [r"\href{javascript:x}{y}", r"\def\x{y}", r"\text{<script>alert(1)</script>}", "x^", "}", r"\left( x", "x" * 5000],
)
def test_what_is_not_shown_as_a_formula(tex: str) -> None:
    mathml = formula.to_mathml(tex)
    assert mathml is None or "<script" not in mathml


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$a$ and $$b$$", ["a", "b"]),
        (r"\(a\) and \[b\]", ["a", "b"]),
        (r"costs \$5 or $x$", ["x"]),
        ("$ a $", []),
        ("from $5 to $7", []),
        ("one $ alone", []),
        (r"like $ x ^{- \rho}$ with $a = b $", [r" x ^{- \rho}", "a = b "]),
    ],
)
def test_finding_formulas(text: str, found: list[str]) -> None:
    assert [tex for _, _, tex in formulas.find(text)] == found


@pytest.mark.parametrize("piece", ["\\(", "$$", "$ x_", "https://a", "<", "\\[{"])
def test_a_hostile_text_of_a_megabyte_is_shown(piece: str) -> None:
    assert to_html(segments(piece * (1_000_000 // len(piece))))


def test_links() -> None:
    def kinds(**fields: object) -> dict[str, str]:
        return {link.kind: link.address for link in links(document(**fields))}

    assert kinds()["pdf"] == "https://arxiv.org/pdf/2611.00001"
    assert "code" not in kinds()
    assert kinds(code="https://github.com/a/b")["code"] == "https://github.com/a/b"
    assert kinds(abstract="See https://github.com/a/gitter.git.")["code"] == "https://github.com/a/gitter"
    assert "huggingface" in kinds(source="huggingface-daily")


def test_segments() -> None:
    assert segments("") == ()
    assert segments("Bounds $x$, https://x.org/a.", ((0, 6), (12, 17))) == (
        Text("Bounds", is_marked=True),
        Text(" "),
        Formula("x", "$x$"),
        Text(", "),
        Link("https://x.org/a", (Text("https", is_marked=True), Text("://x.org/a"))),
        Text("."),
    )


@given(
    st.text(alphabet="ab $\\(){}.,:/<&中文", max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)))
)
def test_segments_hold_the_whole_text(text: str, marks: list[tuple[int, int]]) -> None:
    def held(segment: object) -> str:
        match segment:
            case Text(characters):
                return characters
            case Formula(_, source):
                return source
            case Link(address, parts):
                assert "".join(map(held, parts)) == address
                return address
        raise AssertionError(segment)

    inside = [(start, end) for start, end in marks if end <= len(text)]
    assert "".join(map(held, segments(text, inside))) == text


def test_a_view() -> None:
    view = present(Hit(document(title={"en": "A", "zh": "甲"}, authors=tuple(f"A {n}" for n in range(8)))))
    assert [title.language for title in view.titles] == ["en", "zh"]
    assert len(view.first_authors) == 5 and view.more_authors == 3
    assert view.document.shown_day == "2026-11-20"


def test_a_day_that_only_the_number_tells_is_shown_as_a_month() -> None:
    assert present(Hit(document("2609.00001", announce_type="replace"))).document.shown_day == "2026-09"


SOURCE = "We prove it. Nobody knows. It ends."
PARTLY = Document(
    id="2611.00001",
    number=1,
    seq=1,
    title={"en": "It"},
    abstract={"en": SOURCE, "zh": "我们证明它。它结束了。"},
    aligned={"zh": {"abstract": (Aligned(12, 6, "plain", None), Aligned(13, None, "refused", "length"),
                                 Aligned(8, 5, "split", None))}},
)  # fmt: skip


def test_a_text_that_is_partly_translated_has_the_original_in_its_place() -> None:
    view = present(Hit(PARTLY, {"abstract_zh": ((6, 7), (9, 10))}))
    pairs = [(pair.source, pair.target, pair.reason) for pair in view.pairs]
    assert pairs == [
        ((Text("We prove it."),), (Text("我们证明它。"),), None),
        ((Text("Nobody knows."),), None, "length"),
        ((Text("It ends."),), (Text("它结束了。"),), None),
    ]
    original = ' <span class="refused" lang="en">Nobody knows.</span> '
    assert to_html(view.abstracts[1].segments) == f"我们证明它。{original}<mark>它</mark>结束<mark>了</mark>。"
    assert to_html(present(Hit(PARTLY), "zh").abstracts[0].segments) == f"我们证明它。{original}它结束了。"
    assert present(Hit(PARTLY), "zh").pairs == ()


def test_texts_that_are_others_than_were_aligned_stand_as_they_are() -> None:
    short_document = replace(PARTLY, abstract={"en": "Short.", "zh": "短。"})
    view = present(Hit(short_document))
    assert view.pairs == () and view.abstracts[1].segments == (Text("短。"),)
