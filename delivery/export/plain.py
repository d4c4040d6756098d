"""References as plain text, a paper a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from delivery.export.reference import Reference, reference
from indexer.documents import Document
from papers.paper import AuthorName

_MOST_NAMES = 10


def write(documents: Iterable[Document]) -> Iterator[str]:
    for document in documents:
        yield line(reference(document)) + "\n"


def line(paper: Reference) -> str:
    """`Vaswani, A. (2017). Attention. arXiv:1706.03762 [cs.CL]. https://arxiv.org/abs/1706.03762`, with whole names."""
    names = [name.shown if isinstance(name, AuthorName) else name for name in paper.authors]
    more = f" and {len(names) - _MOST_NAMES} others" if len(names) > _MOST_NAMES else ""
    year = f"({paper.date_parts[0]}). " if paper.date_parts else ""
    category = f" [{paper.categories[0]}]" if paper.categories else ""
    start = f"{', '.join(names[:_MOST_NAMES])}{more} " if names else ""
    title = paper.title if paper.title.endswith(("?", "!", ".", "？", "！", "。")) else f"{paper.title}."
    return f"{start}{year}{title} arXiv:{paper.id}{category}. {paper.address}"
