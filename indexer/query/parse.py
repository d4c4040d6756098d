"""What a reader typed → what is looked for, and how it was understood. Never fails.

For now a text is words, all of which must be found, and "phrases".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.analysis import EXACT, terms
from indexer.query.tree import ALL, NOTHING, And, Or, Phrase, Query, Term, Word
from papers import identifiers

# A title that somebody pastes fits; what is longer is cut, and the reading says so.
MAX_CHARACTERS = 1000
MAX_WORDS = 60

_PART = re.compile(r'"([^"]*)"|“([^“”]*)”|「([^「」]*)」|([^\s"“”「」]+)')


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a text that somebody typed asks for."""

    text: str
    query: Query
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    jump: str | None = None  # the key of the paper that the whole text names
    cut: bool = False  # the text was longer than is read

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: then everything is wanted."""
        return not self.text.strip()


def parse(text: str) -> ParsedQuery:
    """The query of any text; never fails."""
    text = text.replace("\x00", " ")
    named = identifiers.parse(text)
    parts: list[Word | Phrase] = []
    cut = len(text) > MAX_CHARACTERS
    for match in _PART.finditer(text[:MAX_CHARACTERS]):
        quoted = next((group for group in match.groups()[:3] if group is not None), None)
        part = Word(match[4]) if quoted is None else Phrase(" ".join(quoted.split()))
        if not terms(part.text, EXACT) or part in parts:
            continue
        if len(parts) == MAX_WORDS:
            cut = True
            break
        parts.append(part)
    query: Query = And(tuple(parts)) if parts else ALL if not text.strip() else NOTHING
    several = identifiers.parse_all(text)[:MAX_WORDS] if not cut else []
    if len(several) > 1:
        query = Or(tuple(Term("id", identifier.key) for identifier in several))
    return ParsedQuery(
        text=text,
        query=query,
        words=tuple(part.text for part in parts if isinstance(part, Word)),
        phrases=tuple(part.text for part in parts if isinstance(part, Phrase)),
        jump=named.key if named else None,
        cut=cut,
    )
