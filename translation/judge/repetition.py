"""Finds repetition that the source does not have, as models write it when they are caught in a loop."""

from __future__ import annotations

import re

_LONGEST = 5000
# 的的的的, 注册注册注册; "the the the".
_PIECE = re.compile(r"([^\W\d_])\1{3,}|([^\W\d_]{2,12}?)\2{2,}|([^\W\d_][^\n]{5,60}?)\3")
_WORD = re.compile(r"\b([A-Za-z]{2,})(?:\W+\1\b){2,}", re.IGNORECASE)
_CLAUSE = re.compile(r"[，。；！？,;!?]|\.\s")
_LEAST_CLAUSE = 4
_LETTER = re.compile(r"[^\W\d_]")


def repeats(source: str, target: str) -> bool:
    """Whether the target repeats a piece several times in a row, or a clause, and the source repeats nothing.

    Both are compared with their spans, because the clauses of a list may differ only in its names.
    """
    source, target = source[:_LONGEST], target[:_LONGEST]
    return _repeats(target) and not _repeats(source)


def _repeats(text: str) -> bool:
    if _PIECE.search(text) or _WORD.search(text):
        return True
    clauses = [clause.strip() for clause in _CLAUSE.split(text)]
    long = [clause for clause in clauses if len(_LETTER.findall(clause)) >= _LEAST_CLAUSE]
    return len(set(long)) < len(long)
