"""Texts of papers without what feeds and scripts put around them, as imports and older catalogues can have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from indexer.documents import Document

# `arXiv:2403.00001v1 Announce Type: new  Abstract: …`, as arXiv's feeds have had it since 2024.
_PREFIX = re.compile(
    r"\A\s*(?:arXiv:\S+\s+)?(?:Announce Type|公告类型|公布类型)\s*[:：]\s*[\w-]+\s+"
    r"(?:Abstract|摘要)\s*[:：]\s*",
    re.IGNORECASE,
)
# `Title. (arXiv:2401.00001v1 [cs.CV] UPDATED!)`, as they had it before.
_SUFFIX = re.compile(r"\s*\(arXiv:[^()\s]+(?:\s+\[[\w.-]+\])?(?:\s+(?:CROSS LISTED|UPDATED!?))?\)\s*\.?\s*\Z")
# A full stop that ends a title, and no abbreviation.
_FULL_STOP = re.compile(r"(?<=[a-z)\]$一-鿿]{2})[.。]\s*\Z")
_ABBREVIATED = re.compile(r"\b(?:et al|etc|vs|i\.e|e\.g)\.\Z")
_NOTHING = re.compile(r"(?:n/?a|none|null|nil|-+|\.+)?\s*", re.IGNORECASE)


def cleaned(document: Document) -> Document:
    """The document with clean titles, abstracts and comments; itself where they are."""
    changes: dict[str, Any] = {}
    for name, clean in (("title", _title), ("abstract", _abstract)):
        texts: Mapping[str, str] = getattr(document, name)
        clean_texts = _all(texts, clean)
        if clean_texts != texts:
            changes[name] = clean_texts
    if document.comments is not None and _NOTHING.fullmatch(document.comments):
        changes["comments"] = None
    return replace(document, **changes) if changes else document


def _all(texts: Mapping[str, str], clean: Callable[[str], str]) -> dict[str, str]:
    return {language: clean(text) for language, text in texts.items()}


def _title(text: str) -> str:
    text = _SUFFIX.sub("", text)
    return text if _ABBREVIATED.search(text) else _FULL_STOP.sub("", text)


def _abstract(text: str) -> str:
    return _PREFIX.sub("", text)
