"""`vault`: a note for each paper and one for each day, as Obsidian and the like keep them.

What a person writes is never lost: text below the marker and properties of their own stay, and a note without the
marker is not touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

import yaml

from delivery.digest.content import Digest, DigestPaper
from delivery.digest.front_matter import front_matter
from delivery.digest.lines import authors, facts, provenance, told
from delivery.markdown import escape, link, to_markdown
from delivery.messages import Messages
from delivery.segments import Text, plain
from papers import identifiers

MARKER = "<!-- Paperglot writes above this line. What you write below it stays. -->"
PAPERS, DAYS = "papers", "days"
_NOT_IN_NAMES = re.compile(r'[\[\]#^|\\/:*"<>?%\x00-\x1f]+')
# Of a title in a file's name, which has 255 bytes at most; a Chinese character has three.
_LONGEST_NAME, _MOST_BYTES = 80, 200
_IDENTIFIER = re.compile(r"(?<![\d.])\d{4}\.\d{4,5}(?!\d)|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?!\d)")
_TOP = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_PROPERTY = re.compile(r"""^["']?([^\s:#"'-][^:"']*?)["']?[ \t]*:""")
# Lists of ours to which people add: what they have added stays.
_SHARED = ("aliases", "tags", "keywords")

# The name of a file below the vault → its text, None where there is none. Raises OSError and UnicodeDecodeError.
Existing = Callable[[str], str | None]


def notes(digest: Digest, names: Mapping[str, str], existing: Existing) -> Iterator[tuple[str, str | None]]:
    """The files of a digest: their names below the vault, and their texts; None for a note that is to stay as it is.

    `names` are those that the notes of papers have already, by id: a note keeps its name when a title changes.
    """
    t = Messages(digest.language)
    papers = {paper.id: paper for paper in digest.papers}
    known = {id: names.get(id) or name_of(paper) for id, paper in papers.items()}
    for id, paper in papers.items():
        path = f"{PAPERS}/{known[id]}.md"
        yield path, merged(_note(paper, known, t), existing(path))
    dated = sorted((paper for paper in papers.values() if len(_day(paper)) == 10), key=_day)
    for day, of_day in groupby(dated, _day):
        path = f"{DAYS}/{day}.md"
        yield path, merged(_daily(digest, list(of_day), known), existing(path))


def _day(paper: DigestPaper) -> str:
    return paper.document.shown_day


def name_of(paper: DigestPaper) -> str:
    """`2401.01234 Sparse Clocks`: without what a file name or a link between notes cannot hold."""
    title = " ".join(_NOT_IN_NAMES.sub(" ", paper.document.own_title.replace("$", "")).split())
    if len(title) > _LONGEST_NAME:
        title = title[:_LONGEST_NAME].rpartition(" ")[0] or title[:_LONGEST_NAME]
    while len(title.encode()) > _MOST_BYTES:
        title = title[:-1]
    title = title.rstrip(". ")
    return f"{paper.id.replace('/', '-')} {title}".strip()


def merged(new: str, old: str | None) -> str | None:
    """The new note with what a person has added to the old one; None where the old one must stay as it is: it has no
    marker, or two, or a top that cannot be read."""
    if old is None:
        return f"{new}\n{MARKER}\n"
    line_end = "\r\n" if "\r\n" in old else "\n"
    old = old.removeprefix("\ufeff").replace("\r\n", "\n")
    if old.count(MARKER) != 1:
        return None
    above, _, own_text = old.partition(MARKER)
    top = _with_own_properties(new, above)
    return None if top is None else f"{top}\n{MARKER}{own_text}".replace("\n", line_end)


def _with_own_properties(new: str, old: str) -> str | None:
    """The new note with the properties of the old one that are a person's; None where these cannot be read."""
    new_top, old_top = _TOP.match(new), _TOP.match(old)
    if new_top is None or old_top is None:
        return new if new_top is None or not old.startswith("---") else None
    try:
        values, old_values = yaml.safe_load(new_top[1]), yaml.safe_load(old_top[1]) or {}
    except yaml.YAMLError:
        return None
    if not isinstance(old_values, dict):
        return None
    ours = _blocks(new_top[1])
    for name in _SHARED:
        known, others = values.get(name) or [], old_values.get(name)
        added = [text for text in others if text not in known] if isinstance(others, list) else []
        if added:
            ours[name] = f"{name}: {json.dumps([*known, *added], ensure_ascii=False, default=str)}\n"
    own = [block for name, block in _blocks(old_top[1]).items() if name not in ours]
    return "---\n" + "".join([*ours.values(), *own]) + "---\n" + new[new_top.end() :]


def _blocks(top: str) -> dict[str, str]:
    """The properties of a note's top, each with all of its lines; comments are properties with their text as name."""
    blocks: dict[str, str] = {}
    name = ""
    for line in top.split("\n"):
        if match := _PROPERTY.match(line):
            name = match[1]
        elif line.startswith("#"):
            name = line
        elif not line:
            continue
        blocks[name] = f"{blocks.get(name, '')}{line}\n"
    return blocks


def _note(paper: DigestPaper, known: Mapping[str, str], t: Messages) -> str:
    document, summary = paper.document, paper.summary
    properties = front_matter(
        {
            "title": plain(paper.title),
            "aliases": tuple(dict.fromkeys(plain(title) for title in (paper.title, paper.translated_title) if title)),
            "authors": document.authors,
            "arxiv": paper.id,
            "url": paper.address,
            "pdf": paper.pdf,
            "code": document.code,
            "doi": document.doi,
            "date": document.day if document.is_day_known else None,
            # A tag has no full stop: cs.CL is the tag CL below cs.
            "tags": tuple(category.replace(".", "/") for category in document.categories),
            "keywords": summary.keywords,
        }
    )
    return properties + "\n" + "\n".join(_body(paper, known, t))


def _body(paper: DigestPaper, known: Mapping[str, str], t: Messages) -> Iterator[str]:
    summary = paper.summary
    yield from (f"# {to_markdown(paper.title)}", "")
    if paper.translated_title:
        yield from (to_markdown(paper.translated_title), "")
    yield from (authors(paper, t), "", facts(paper, t), "")
    shown = [(t(each.kind), paper.pdf if each.kind == "pdf" else each.address) for each in paper.links]
    yield from (" · ".join(link((Text(name),), address) for name, address in shown), "")
    if line := told(summary.line):
        yield from (f"**{t('digest_summary')}** {provenance(summary, summary.line_by, t)}", "", line, "")
    if summary.takeaways:
        yield from (f"**{t('digest_takeaways')}** {provenance(summary, summary.takeaways_by, t)}", "")
        yield from (f"- {told(takeaway)}" for takeaway in summary.takeaways)
        yield ""
    for name, text in (("digest_translation", paper.translated_abstract), ("abstract", paper.abstract)):
        if text:
            yield from (f"## {t(name)}", "", to_markdown(text), "")
    if related := sorted(_related(paper, known)):
        yield from (f"## {t('digest_related')}", "")
        yield from (f"- [[{known[id]}]]" for id in related)
        yield ""


def _related(paper: DigestPaper, known: Mapping[str, str]) -> set[str]:
    """The papers of the digest that this one names."""
    texts = (*paper.document.abstract.values(), paper.document.comments or "")
    named = {identifiers.key(id) for text in texts for id in _IDENTIFIER.findall(text)}
    return (named & known.keys()) - {paper.id}


def _daily(digest: Digest, papers: list[DigestPaper], known: Mapping[str, str]) -> str:
    day = papers[0].document.shown_day
    lines = [front_matter({"date": papers[0].document.day, "tags": ("papers",)}), f"# {day}", ""]
    for note in digest.notes:
        lines += [f"*{escape(note)}*", ""]
    for paper in papers:
        line = told(paper.summary.line)
        lines.append(f"- [[{known[paper.id]}]]" + (f": {line}" if line else ""))
    return "\n".join([*lines, ""])
