"""`topics`: the day by topic, each paper under one of them, with the words that put it there."""

from __future__ import annotations

from collections.abc import Iterator

from delivery.digest.content import Digest, DigestPaper
from delivery.digest.lines import authors, code, label, notes, period, withdrawal
from delivery.markdown import address, bold, escape, to_markdown
from delivery.messages import Messages


def write(digest: Digest) -> str:
    """The digest as one Markdown file."""
    return "\n".join(_lines(digest)) + "\n"


def _lines(digest: Digest) -> Iterator[str]:
    t = Messages(digest.language)
    yield from (f"## {escape(digest.title)}", "")
    if days := period(digest, t):
        yield from (bold(escape(days)), "")
    yield from notes(digest)
    for section in digest.sections:
        yield from (f"> ## {escape(section.name)} ({t.number(len(section.papers))})", ">")
        for number, paper in enumerate(section.papers, start=1):
            yield from (f"> > {line}".rstrip() for line in _paper(number, paper, t))
            yield ">" if number < len(section.papers) else ""


def _paper(number: int, paper: DigestPaper, t: Messages) -> Iterator[str]:
    rows = (
        (t("digest_number"), str(number)),
        (t("word: title"), bold(to_markdown(paper.title))),
        (t("digest_translated_title"), to_markdown(paper.translated_title)),
        (t("comments"), bold(escape(withdrawn)) if (withdrawn := withdrawal(paper, t)) else ""),
        (t("authors"), authors(paper, t)),
        (t("digest_reasons"), escape(", ".join(paper.reasons))),
        (t("digest_also_in"), escape(", ".join(paper.also_in))),
        (t("pdf"), address(paper.pdf)),
        (t("code"), code(paper)),
    )
    filled = [f"{label(name, t)} {value}" for name, value in rows if value]
    yield from (f"{row}<br />" for row in filled[:-1])
    yield filled[-1]
    for name, text in (
        (t("digest_original"), to_markdown(paper.abstract)),
        (t("digest_translation"), to_markdown(paper.translated_abstract)),
    ):
        if text:
            yield from ("", f"<details><summary>{name}</summary>", "", text, "", "</details>")
