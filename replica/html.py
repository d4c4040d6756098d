"""arXiv's HTML version of a paper, `/html/2611.00001v2`: a page as LaTeXML makes it, with figures."""

from __future__ import annotations

from datetime import date
from html import escape

from replica.reply import HTML, Reply, error
from replica.world import ReplicaPaper, World


def respond(world: World, name: str, today: date) -> Reply:
    """The page of a paper in the version that the name ends with, or in its latest one. Some have none."""
    named = world.named(name, today)
    if named is None:
        return error(404, f"No document for '{name}'")
    latest, number = named
    if not has_html(latest.id):
        return error(404, f"No HTML for '{name}'")
    return Reply(200, HTML, _page(latest, f"{latest.id}v{number}"))


def has_html(id: str) -> bool:
    """Whether the stand-in has an HTML version of this paper."""
    return int(id[-5:]) % 7 != 0


def figure_count(id: str) -> int:
    """How many figures it has."""
    return int(id[-5:]) % 5


def _page(paper: ReplicaPaper, name: str) -> str:
    figures = "\n".join(_figure(name, number) for number in range(1, figure_count(paper.id) + 1))
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(paper.title[0])}</title></head>
<body><header class="arxiv-html-header"></header><div class="ltx_page_main"><div class="ltx_page_content">
<div id="watermark-tr">arXiv:{name} [{paper.categories[0]}] {paper.day:%d %b %Y}</div>
<article class="ltx_document"><h1 class="ltx_title ltx_title_document">{escape(paper.title[0])}</h1>
<section id="S1" class="ltx_section"><div class="ltx_para"><p class="ltx_p">{escape(paper.abstract[0])}</p></div>
{figures}
<figure id="S1.T1" class="ltx_table"><figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_table">Table 1: \
</span>Times.</figcaption><table class="ltx_tabular"><tr><td>1</td></tr></table></figure>
</section></article></div></div></body></html>
"""


def _figure(name: str, number: int) -> str:
    """The second figure of a page has two panels, the third is a drawing, the others are one image."""
    image = f'<img src="{name}/x{number}.png" class="ltx_graphics ltx_centering" alt="Refer to caption">'
    if number == 2:
        panels = "".join(
            f'<div class="ltx_flex_cell"><figure id="S1.F2.sf{panel}" class="ltx_figure ltx_figure_panel">{image}'
            f'<figcaption class="ltx_caption"><span class="ltx_tag ltx_tag_figure">({letter}) </span>Half.</figcaption>'
            "</figure></div>"
            for panel, letter in enumerate("ab", 1)
        )
        image = f'<div class="ltx_flex_figure">{panels}</div>'
    elif number == 3:
        image = '<span class="ltx_inline-block"><svg class="ltx_picture" id="S1.F3.pic1"></svg></span>'
    formula = r'<math class="ltx_Math" alttext="k\leq 4" display="inline"><mi>k</mi></math>'
    return (
        f'<figure id="S1.F{number}" class="ltx_figure">{image}<figcaption class="ltx_caption ltx_centering">'
        f'<span class="ltx_tag ltx_tag_figure">Figure {number}: </span>The error for {formula} clocks.</figcaption>'
        "</figure>"
    )
