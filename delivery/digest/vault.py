"""`vault`: a note for each paper and one for each day, as Obsidian and the like keep them.

What a person writes is never lost: text below the marker and properties of their own stay, and a note without the
marker is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from delivery.digest.content import Digest, DigestPaper
from delivery.digest.front_matter import front_matter
from delivery.digest.lines import authors, facts, provenance, told
from delivery.markdown import link, to_markdown
from delivery.messages import Messages
from delivery.segments import Text, plain

MARKER = "<!-- Paperglot writes above this line. What you write below it stays. -->"
PAPERS, DAYS = "papers", "days"
_NOT_IN_NAMES = re.compile(r'[\[\]#^|\\/:*"<>?%\x00-\x1f]+')
# Of a title in a file's name, which has 255 bytes at most; a Chinese character has three.
_LONGEST_NAME, _MOST_BYTES = 80, 200
_IDENTIFIER = re.compile(r"(?<![\d.])\d{4}\.\d{4,5}|[a-z-]+/\d{7}")
_PROPERTY = re.compile(r"^([^\s:#-][^:]*):")
# The name of a file below the vault → its text, None where there is none.
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
        yield path, merged(_daily(day, list(of_day), known, t), existing(path))


def _day(paper: DigestPaper) -> str:
    return paper.document.shown_day


def name_of(paper: DigestPaper) -> str:
    """`2401.01234 Sparse Clocks`: without what a file name or a link between notes cannot hold."""
    title = " ".join(_NOT_IN_NAMES.sub(" ", plain(paper.title).replace("$", "")).split())
    if len(title) > _LONGEST_NAME:
        title = title[:_LONGEST_NAME].rpartition(" ")[0] or title[:_LONGEST_NAME]
    while len(title.encode()) > _MOST_BYTES:
        title = title[:-1]
    title = title.rstrip(". ")
    return f"{paper.id.replace('/', '-')} {title}".strip()


def merged(new: str, old: str | None) -> str | None:
    """The new note with what a person has added to the old one; None where the old one has no marker, or two."""
    if old is None:
        return f"{new}\n{MARKER}\n"
    if old.count(MARKER) != 1:
        return None
    _, _, own_text = old.partition(MARKER)
    return f"{_with_own_properties(new, old)}\n{MARKER}{own_text}"


def _with_own_properties(new: str, old: str) -> str:
    ours = {name for name, _ in _properties(new)}
    own = [block for name, block in _properties(old) if name not in ours]
    return new.replace("\n---\n", "\n" + "".join(own) + "---\n", 1) if own else new


def _properties(note: str) -> list[tuple[str, str]]:
    """The properties at the top of a note, each with its lines."""
    if not note.startswith("---\n") or "\n---\n" not in note:
        return []
    blocks: list[tuple[str, str]] = []
    for line in note[4 : note.index("\n---\n")].splitlines():
        if match := _PROPERTY.match(line):
            blocks.append((match[1], f"{line}\n"))
        elif blocks:
            name, block = blocks[-1]
            blocks[-1] = (name, f"{block}{line}\n")
    return blocks


def _note(paper: DigestPaper, known: Mapping[str, str], t: Messages) -> str:
    document, summary = paper.document, paper.summary
    properties = front_matter(
        {
            "title": plain(paper.title),
            "aliases": tuple(plain(title) for title in (paper.title, paper.translated_title) if title),
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
    named = {id for text in texts for id in _IDENTIFIER.findall(text)}
    return (named & known.keys()) - {paper.id}


def _daily(day: str, papers: list[DigestPaper], known: Mapping[str, str], t: Messages) -> str:
    lines = [front_matter({"date": papers[0].document.day, "tags": ("papers",)}), f"# {day}", ""]
    for paper in papers:
        line = told(paper.summary.line)
        lines.append(f"- [[{known[paper.id]}]]" + (f": {line}" if line else ""))
    return "\n".join([*lines, ""])
