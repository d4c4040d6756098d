"""`post`: the blog post of a topic, for Hexo, Hugo and Jekyll."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from datetime import datetime

from delivery.digest.content import Digest, DigestPaper
from delivery.digest.front_matter import front_matter
from delivery.digest.lines import authors, facts, label, notes, provenance, told
from delivery.markdown import bold, escape, link, to_markdown
from delivery.messages import Messages
from delivery.segments import Text, segments
from papers.calendar import announced_at

# A script of the blog looks for formulas between dollars: one that is money stands in an element of its own.
_DOLLAR = "<span>$</span>"


def write(digest: Digest) -> str:
    """The digest as one Markdown file with front matter."""
    return "\n".join(_lines(digest)) + "\n"


def _lines(digest: Digest) -> Iterator[str]:
    t = Messages(digest.language)
    papers = digest.papers
    cover = next((paper.figures[0] for paper in papers if paper.figures and digest.cover in (None, paper.id)), None)
    yield front_matter(
        {
            "title": digest.title,
            "date": _date(papers),
            "cover": cover,
            "categories": (t("digest_blog_category"),),
            "tags": (digest.title,),
            "description": _description(digest, t),
            "keywords": digest.title,
            "mathjax": True,
            "math": True,
            "toc": True,
        }
    )
    yield from (f"> {t('digest_warning_source')}", ">", f"> {t('digest_warning_use')}", ">")
    yield from (f"> {t('digest_warning_thanks')}", "")
    yield from notes(digest)
    for section in digest.sections:
        yield f"- [{escape(section.name)}](#{_anchor(section.key)})"
    yield ""
    for number, section in enumerate(digest.sections):
        yield from (f'<a id="{_anchor(section.key)}"></a>', "")
        yield from (f"# {t('digest_update', day=escape(section.name))}", "")
        for paper in section.papers:
            yield from _paper(paper, t)
        if number == 0:
            yield from ("<!-- more -->", "")


def _paper(paper: DigestPaper, t: Messages) -> Iterator[str]:
    summary = paper.summary
    yield from (f"## {to_markdown(paper.title, _DOLLAR)}", "")
    if names := authors(paper, t, _DOLLAR):
        yield from (f"{label(t('authors'), t)} {names}", "")
    if abstract := to_markdown(paper.abstract, _DOLLAR):
        yield from (abstract, "")
    links = [link((Text(t(each.kind)),), paper.pdf if each.kind == "pdf" else each.address) for each in paper.links]
    yield from (" · ".join([*links, facts(paper, t, _DOLLAR)]), "")
    if line := told(summary.line, _DOLLAR):
        yield from (f"{bold(t('digest_summary'))} {provenance(summary, summary.line_by, t)}", "", line, "")
    if summary.takeaways:
        yield from (f"{bold(t('digest_takeaways'))} {provenance(summary, summary.takeaways_by, t)}", "")
        yield from (f"- {told(takeaway, _DOLLAR)}" for takeaway in summary.takeaways)
        yield ""
    if summary.keywords:
        words = ", ".join(map(escape, summary.keywords))
        yield from (f"{label(t('keywords'), t)} {words} {provenance(summary, summary.keywords_by, t)}", "")
    if translated := to_markdown(paper.translated_abstract, _DOLLAR):
        shown_title = to_markdown(paper.translated_title, _DOLLAR)
        yield from (bold(shown_title) if shown_title else "", "", translated, "")
    if paper.figures:
        yield from ("<details>", f"<summary>{t('digest_figures')}</summary>", "")
        yield from (f'<img src="{html.escape(figure)}" alt="" loading="lazy">' for figure in paper.figures)
        yield from ("", "</details>", "")
    if paper.document.html_figures:
        yield from (label(t("figures"), t), "")
        for figure in paper.document.html_figures:
            caption = to_markdown(segments(figure.caption), _DOLLAR)
            yield f"- {link((Text(figure.label),), figure.address)} {caption}".rstrip()
        yield ""


def _date(papers: Sequence[DigestPaper]) -> datetime | None:
    """When the newest of its papers was announced: the same for the same papers."""
    days = [paper.document.day for paper in papers if paper.document.day]
    return announced_at(max(days)) if days else None


def _description(digest: Digest, t: Messages) -> str | None:
    papers = digest.papers
    if not papers:
        return None
    first = papers[0].document
    return t("digest_description", topic=digest.title, day=first.shown_day, title=first.own_title)


def _anchor(key: str) -> str:
    return f"papers-{key or 'undated'}"
