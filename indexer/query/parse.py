"""The text that a reader typed → a Query, and how the text was understood. Never fails.

For now a text is words and "phrases", all of which must be found, or several paper identifiers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.analysis import EXACT, terms
from indexer.query.tree import ALL, NOTHING, And, Or, Phrase, Query, Term, Word
from papers import identifiers

# A title that somebody pastes fits. A longer text is cut, and `ParsedQuery.cut` says so.
MAX_CHARACTERS = 1000
MAX_WORDS = 60

_PART = re.compile(r'"([^"]*)"|“([^“”]*)”|「([^「」]*)」|([^\s"“”「」]+)')


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """How a text was understood."""

    text: str
    query: Query
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    jump: str | None = None  # the key of the paper that the whole text names
    cut: bool = False  # the text was too long, and its end was ignored

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; the query then matches every paper."""
        return not self.text.strip()


def parse(text: str) -> ParsedQuery:
    """How a text is understood. It never raises, whatever the text is."""
    text = text.replace("\x00", " ")
    whole_identifier = identifiers.parse(text)
    parts: list[Word | Phrase] = []
    is_cut = len(text) > MAX_CHARACTERS
    for match in _PART.finditer(text[:MAX_CHARACTERS]):
        quoted_text = next((group for group in match.groups()[:3] if group is not None), None)
        part = Word(match[4]) if quoted_text is None else Phrase(" ".join(quoted_text.split()))
        if not terms(part.text, EXACT) or part in parts:
            continue
        if len(parts) == MAX_WORDS:
            is_cut = True
            break
        parts.append(part)
    query: Query = And(tuple(parts)) if parts else ALL if not text.strip() else NOTHING
    all_identifiers = identifiers.parse_all(text)[:MAX_WORDS] if not is_cut else []
    if len(all_identifiers) > 1:
        query = Or(tuple(Term("id", identifier.key) for identifier in all_identifiers))
    elif whole_identifier:
        query = Or((Term("id", whole_identifier.key), query))  # the paper, and those that name it
    return ParsedQuery(
        text=text,
        query=query,
        words=tuple(part.text for part in parts if isinstance(part, Word)),
        phrases=tuple(part.text for part in parts if isinstance(part, Phrase)),
        jump=whole_identifier.key if whole_identifier else None,
        cut=is_cut,
    )
