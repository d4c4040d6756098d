"""The markup of arXiv's lists in 2026: one entry, and the page around the entries."""

from __future__ import annotations

import re
from html import escape

from replica.categories import NAMES
from replica.world import ReplicaPaper

_ADDRESS = re.compile(r"https?://\S+[\w/]")


def entry(number: int, kind: str, paper: ReplicaPaper, *, abstracts: bool) -> str:
    id = paper.id
    primary = paper.categories[0]
    marks = {"new": "", "cross": f" (cross-list from {primary}) ", "replace": " (replaced) "}[kind]
    authors = ", ".join(
        f'<a href="https://arxiv.org/search/?searchtype=author&amp;query={escape(last)}">{escape(name)}</a>'
        for name, (_, last) in zip(paper.author_names, paper.authors, strict=True)
    )
    comments = _field("comments", "Comments:", paper.comments) if paper.comments else ""
    subjects = [f"{escape(NAMES.get(code, code))} ({code})" for code in paper.categories]
    abstract = f"<p class='mathjax'>\n      {_linked(paper.abstract[0])}\n    </p>" if abstracts else ""
    subjects[0] = f'<span class="primary-subject">{subjects[0]}</span>'
    return f"""<dt>
  <a name='item{number}'>[{number}]</a>
  <a href ="/abs/{id}" title="Abstract" id="{id}">
    arXiv:{id}
  </a>
  {marks}
    [<a href="/pdf/{id}" title="Download PDF" id="pdf-{id}">pdf</a>,
    <a href="https://arxiv.org/html/{id}v{paper.version}" title="View HTML" id="html-{id}">html</a>,
    <a href="/format/{id}" title="Other formats" id="oth-{id}">other</a>]
</dt>
<dd>
  <div class='meta'>
    {_field("title mathjax", "Title:", paper.title[0])}
    <div class='list-authors'>{authors}</div>
    {comments}
    <div class='list-subjects'><span class='descriptor'>Subjects:</span>
      {"; ".join(subjects)}
    </div>
    {abstract}
  </div>
</dd>"""


def _field(kind: str, label: str, text: str) -> str:
    return f"<div class='list-{kind}'><span class='descriptor'>{label}</span>\n      {escape(text)}\n    </div>"


def _linked(text: str) -> str:
    """The text as HTML. Each address becomes a link with the text "this https URL", as on the site."""
    parts, position = [], 0
    for match in _ADDRESS.finditer(text):
        scheme = match[0].split(":")[0]
        parts.append(escape(text[position : match.start()]))
        parts.append(
            f'<a href="{escape(match[0])}" rel="external noopener nofollow" class="link-external">this {scheme} URL</a>'
        )
        position = match.end()
    return "".join([*parts, escape(text[position:])])


def page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head><title>{escape(title)} new submissions</title><meta charset="utf-8"></head>
<body>
<header class="ds-site-header"><a aria-hidden="true" tabindex="-1" href="/IgnoreMe"></a></header>
<main><div id="content"><div id='dlpage'>
{body}
</div></div></main>
</body>
</html>
"""
