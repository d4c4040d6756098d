"""`bilingual`: a table of all papers with a summary of one line, then both abstracts of each as its footnote."""

from __future__ import annotations

from collections.abc import Iterator

from delivery.digest.content import Digest, DigestPaper
from delivery.digest.lines import facts, heading, line, notes
from delivery.markdown import address, link, to_markdown
from delivery.messages import Messages


def write(digest: Digest) -> str:
    """The digest as one Markdown file with footnotes, as GitHub reads them."""
    return "\n".join(_lines(digest)) + "\n"


def _lines(digest: Digest) -> Iterator[str]:
    t = Messages(digest.language)
    yield from heading(digest, t, 1)
    yield from notes(digest)
    papers = digest.papers
    if not papers:
        return
    yield from (f"# {t('digest_overview')}", "")
    yield f"| {t('digest_ref')} | {t('word: title')} | {t('digest_summary')} |"
    yield "| --- | --- | --- |"
    for number, paper in enumerate(papers, start=1):
        yield f"| [^{number}] | {link(paper.title, paper.address)} | {line(paper.summary, t)} |"
    yield from ("", f"# {t('digest_details')}", "")
    for number, paper in enumerate(papers, start=1):
        first, *further = _paragraphs(paper, t)
        yield f"[^{number}]: {first}"
        for paragraph in further:
            yield from ("", f"    {paragraph}")
        yield ""
    yield t("digest_extracted")


def _paragraphs(paper: DigestPaper, t: Messages) -> list[str]:
    """The paragraphs of a footnote; what the paper does not have is left out."""
    paragraphs = (
        to_markdown(paper.translated_title),
        to_markdown(paper.title),
        address(paper.address),
        line(paper.summary, t),
        to_markdown(paper.translated_abstract),
        to_markdown(paper.abstract),
        facts(paper, t),
    )
    return [paragraph for paragraph in paragraphs if paragraph]
