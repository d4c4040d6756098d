"""Markdown: a text comes out of a renderer as it went in."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from delivery.markdown import address, bold, escape, link, to_markdown
from delivery.segments import Formula, Text, segments

# As GitHub reads it, without the links that it makes of bare addresses.
RENDER = MarkdownIt("gfm-like", {"linkify": False}).render
SIGNS = ["*", "_", "`", "[", "]", "(", ")", "!", "<", ">", "#", "-", "+", "1.", "=", "|", "\\", "$", "{", "}", "{{",
         "{%", "&amp;", "&", "~", "^", ":", "https://x.org", "www.a.com", "a", "b ", " ", "中文", "“", "’", ".", "5",
         "[x]", "**", "__", "```", "---", "<b>", "<!--", "%%", "==", "1)", "\t", "\n", "snake_case"]  # fmt: skip
texts = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=12).map("".join)


def plain(rendered: str, element: str) -> str:
    """The text between the tags of the first such element; fails where another tag is inside."""
    inner = re.search(rf"<{element}(?: [^>]*)?>(.*?)</{element}>", rendered, re.DOTALL)
    assert inner, rendered
    assert not re.search("<[a-z/!]", inner[1]), rendered
    return html.unescape(inner[1])


@given(texts)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    expected = " ".join(text.split())
    line = escape(text)
    if not expected:
        return
    assert plain(RENDER(line), "p") == expected
    assert plain(RENDER(f"## {line}"), "h2") == expected
    assert plain(RENDER(f"- {line}"), "li") == expected
    assert plain(RENDER(f"| {line} | x |\n| --- | --- |\n| {line} | y |"), "th") == expected
    assert plain(RENDER(f"| x |\n| --- |\n| {line} |"), "td") == expected
    assert plain(RENDER(link((Text(text),), "https://example.org/a")), "a") == expected
    assert plain(RENDER(f"> before {line} after").replace("before ", "").replace(" after", ""), "p") == expected
    assert plain(RENDER(f"说{bold(line)}说"), "strong") == expected


@pytest.mark.parametrize("text", ["3.5 points - p<0.05, AT&T, snake_case (see 1.2)", "a < b", "50 % of x = y: well"])
def test_what_needs_no_escape_stays_as_it_is(text: str) -> None:
    assert escape(text) == text


def test_templates_of_blogs_see_none_of_their_signs() -> None:
    """Hexo and Jekyll read `{{`, `{%` and `{#`, and Hugo `{{<`, before Markdown does, also in formulas."""
    line = to_markdown(segments(r"{{ x }} {% y %} {# z #} {{< q >}} $\mathbf{{x}}$"))
    assert not re.search(r"\{\{|\{%|\{#", line)


@pytest.mark.parametrize(
    ("tex", "portable"),
    [
        (r"10^{-2}", r"10^{-2}"),
        (r"x_{i}", r"x_{i}"),  # no emphasis begins after a letter
        (r"\mathcal{L}_{cls}", r"\mathcal{L}_ {cls}"),
        (r"a*b | c", r"a\ast b \vert c"),
        (r"\|x\| < \{y\}", r"\Vert x\Vert \lt \lbrace y\rbrace"),
        (r"\begin{array}{c|c}a\\[2pt]b\end{array}", r"\begin{array}{cc}a\cr b\end{array}"),
        (r"\text{a < b}", r"\text{a }\lt \text{ b}"),
        (r"\operatorname*{argmax} x[^1]", r"\operatorname*{argmax} x[ ^1]"),
        (r"f`\/g", r"f\lq g"),
    ],
)
def test_a_formula_has_no_sign_of_markdown(tex: str, portable: str) -> None:
    assert to_markdown((Formula(tex, f"${tex}$"),)) == f"${portable}$"


def test_a_formula_in_a_table_does_not_end_its_cell() -> None:
    rendered = RENDER(f"| x |\n| --- |\n| {to_markdown(segments('$|a|$ and $b*c*d$, $x_{i}_{j}$ at $5'))} |")
    assert rendered.count("<td>") == 1 and "<em>" not in rendered


def test_addresses() -> None:
    assert address("https://a.org/x y|z") == "<https://a.org/x%20y%7Cz>"
    assert 'href="https://a.org/(x)"' in RENDER(link((Text("t"),), "https://a.org/(x)"))
    assert to_markdown(segments("see https://a.org/b_c_d.")) == "see <https://a.org/b_c_d>."
    assert to_markdown((Text("costs $5"),), dollar="<span>$</span>") == "costs <span>$</span>5"


def test_a_sign_that_markdown_would_change_stands_between_two_formulas() -> None:
    assert to_markdown(segments(r"gain $95\%$ and $\$5$")) == r"gain $95$% and \$$5$"
    assert to_markdown(segments(r"$\frac{1\%}{2}$")) == r"$\frac{1\%}{2}$"  # in braces it cannot stand outside
    assert to_markdown((Formula(" ", "$$ $$"),)) == ""


TEX = [
    "x", "y_i", "_{i}", "^{*}", "*", r"\\", r"\{", r"\}", "|", r"\|", "<", ">", r"\mathbf{x}", "{{x}}", " ", r"\,", "`",
    "[^1]", r"\text{a|b}", r"\text{<img src=x>}", r"\text{a*b}", r"\mbox{a~~b}", "[a](b)", "~", "#",
    r"\text{</details>}", r"\begin{aligned}", r"\end{aligned}", r"\operatorname*{argmax}", r"\%", r"\_",
]  # fmt: skip


@given(st.lists(st.sampled_from(TEX), min_size=1, max_size=8).map("".join))
def test_no_formula_becomes_anything_else(tex: str) -> None:
    """A renderer that knows no formulas shows it as it is written: no element comes of it, and no cell ends in it."""
    line = to_markdown((Formula(tex, ""), Text(" and "), Formula(tex, "")))
    rendered = RENDER(f"| {line} | x |\n| --- | --- |\n| {line} | y |")
    assert rendered.count("<td>") == rendered.count("<th>") == 2, line
    assert set(re.findall(r"<(\w+)", rendered)) == {"table", "thead", "tbody", "tr", "th", "td"}, line
