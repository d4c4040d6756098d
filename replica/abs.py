"""arXiv's page of one paper, `/abs/2611.00001` or `/abs/2611.00001v2`."""

from __future__ import annotations

from datetime import date
from html import escape

from replica.categories import NAMES
from replica.feeds import LICENCE
from replica.reply import HTML, Reply, error
from replica.world import ReplicaPaper, World, is_withdrawal, version_dates


def respond(world: World, name: str, today: date) -> Reply:
    """The page of a paper in the version that the name ends with, or in its latest one."""
    named = world.named(name, today)
    if named is None:
        return error(404, "Article not found")
    latest, number = named
    first = next(paper for paper in world.announced(latest.day) if paper.id == latest.id)
    shown = latest if number == latest.version else world.in_version(first, number)
    return Reply(200, HTML, _page(shown, latest))


def _page(shown: ReplicaPaper, latest: ReplicaPaper) -> str:
    metas = [
        ("citation_title", shown.title[0]),
        *(("citation_author", ", ".join(filter(None, (last, first)))) for first, last in shown.authors),
        ("citation_date", f"{shown.submitted:%Y/%m/%d}"),
        ("citation_arxiv_id", shown.id),
    ]
    subjects = "; ".join(f"{escape(NAMES.get(code, code))} ({code})" for code in shown.categories)
    primary, semicolon, rest = subjects.partition("; ")
    comments = _row("Comments:", "comments mathjax", escape(shown.comments)) if shown.comments else ""
    withdrawn = '<span class="error">This paper has been withdrawn by the authors</span>' if shown.withdrawn else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
{"".join(f'<meta name="{name}" content="{escape(value)}"/>' for name, value in metas)}
</head><body><div id="content"><div id="abs">{withdrawn}
<h1 class="title mathjax"><span class="descriptor">Title:</span>{escape(shown.title[0])}</h1>
<blockquote class="abstract mathjax"><span class="descriptor">Abstract:</span>{escape(shown.abstract[0])}</blockquote>
<div class="metatable"><table>{comments}
{_row("Subjects:", "subjects", f'<span class="primary-subject">{primary}</span>{semicolon}{rest}')}
</table></div></div>
<div class="abs-license"><a href="{LICENCE}" title="Rights to this article">view license</a></div>
<div class="submission-history"><h2>Submission history</h2> From: {escape(shown.author_names[0])}<br/>
{"".join(_version(shown, latest, number) for number in range(1, latest.version + 1))}</div></div></body></html>
"""


def _row(label: str, kind: str, content: str) -> str:
    return f'<tr><td class="tablecell label">{label}</td><td class="tablecell {kind}">{content}</td></tr>'


def _version(shown: ReplicaPaper, latest: ReplicaPaper, number: int) -> str:
    mark = f"[v{number}]"
    link = mark if number == shown.version else f'<a href="/abs/{shown.id}v{number}">{mark}</a>'
    withdrawn = " <em>(withdrawn)</em>" if is_withdrawal(shown.id, number) else ""
    submitted = version_dates(latest)[number - 1]
    return f"<strong>{link}</strong>\n{submitted:%a, %d %b %Y %H:%M:%S} UTC ({number + 7} KB){withdrawn}<br/>\n"
