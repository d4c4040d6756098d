"""Terms of a translation that are wrong in the paper's field, put right: no 法学硕士 for LLM, no 变压器 for
Transformer.

A translation of today has none of them: the worker looks for them. One that was made before, or came with an import,
can have them, and a digest is what others read. What a person wrote stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from indexer.documents import BY_LANGUAGE, Document
from papers.alignment import pairs
from papers.normalise.traditional import SIMPLIFIED
from papers.paper import Aligned
from papers.translations import PERSON
from translation import glossary
from translation.glossary import Glossary

# 转换器 is a converter, too: it is wrong for a Transformer where the sentence speaks of no converter.
_CONVERTER, _CONVERTS, _TRANSFORMER = "转换器", "convert", "transformer"
_FIELDS = ("cs", "stat")


def with_right_terms(document: Document) -> Document:
    """The document with right terms in its Simplified Chinese texts."""
    changes: dict[str, Mapping[str, str]] = {}
    aligned = dict(document.aligned)
    for field in BY_LANGUAGE:
        texts: Mapping[str, str] = getattr(document, field)
        source, target = texts.get(document.language), texts.get(SIMPLIFIED)
        if not source or not target or document.language == SIMPLIFIED:
            continue
        rows = document.aligned.get(SIMPLIFIED, {}).get(field, ())
        text, new_rows = _mended(source, target, rows, document.categories)
        if text != target:
            changes[field] = {**texts, SIMPLIFIED: text}
            if new_rows:
                aligned[SIMPLIFIED] = {**aligned.get(SIMPLIFIED, {}), field: new_rows}
    return replace(document, aligned=aligned, **changes) if changes else document  # type: ignore[arg-type]


def _mended(
    source: str, target: str, rows: Sequence[Aligned], categories: Sequence[str]
) -> tuple[str, tuple[Aligned, ...]]:
    """The text with right terms, sentence by sentence where it is known which belong together."""
    sentence_pairs = pairs(source, target, rows) if rows else []
    if not sentence_pairs:
        return _right(source, target, categories), ()
    mended, end = "", 0
    new_rows: list[Aligned] = []
    for pair, row in zip(sentence_pairs, rows, strict=True):
        text = pair.target
        if text:
            right_text = text if row.way == PERSON else _right(pair.source, text, categories)
            mended += target[end : pair.target_start] + right_text
            end = pair.target_start + len(text)
            row = row._replace(target=len(right_text))
        new_rows.append(row)
    return mended + target[end:], tuple(new_rows)


def _right(source: str, target: str, categories: Sequence[str]) -> str:
    for match in _glossary().find(source, categories):
        for wrong in match.term.never:
            target = target.replace(wrong, match.term.accepted[0])
    is_of_field = any(category.partition(".")[0] in _FIELDS for category in categories)
    if is_of_field and _TRANSFORMER in source.lower() and _CONVERTS not in source.lower():
        target = target.replace(_CONVERTER, "Transformer")
    return target


@cache
def _glossary() -> Glossary:
    return glossary.load("en-zh")
