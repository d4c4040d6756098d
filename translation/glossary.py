"""Terms that are always said the same way: a table of source and target, enforced.

The file has a term a line, source and target separated by a tab; `#` begins a comment, at the start of a line or
between blanks. A user's own file adds to the one that is shipped, and goes before it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from papers.errors import UsageError

_COMMENT = re.compile(r"^#|\s#\s")  # "C#" is a term
SHIPPED = Path(__file__).parent / "glossaries"


class BadGlossary(UsageError):
    """Raised by `load`: a file that cannot be read, or a line that is no pair."""


@dataclass(frozen=True)
class Glossary:
    """Terms of one language pair: source (in lower case) → target."""

    terms: dict[str, str]

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.terms:
            return None
        longest_first = sorted(self.terms, key=len, reverse=True)
        words = "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in longest_first)
        # "C" does not stand in "C#" or "C++".
        return re.compile(rf"(?<![A-Za-z0-9-])(?:{words})(?![A-Za-z0-9#+])(?!-[A-Za-z0-9])", re.IGNORECASE)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Where terms stand in `text`, the longest that fit: (start, end, target)."""
        if self._pattern is None:
            return []
        return [
            (match.start(), match.end(), self.terms[" ".join(match[0].lower().split())])
            for match in self._pattern.finditer(text)
        ]

    def holds(self, source: str, target: str) -> bool:
        """Whether every term of the source is said in the target as it should be."""
        wanted = [said for _, _, said in self.find(source)]
        return all(target.count(said) >= wanted.count(said) for said in set(wanted))

    def stamp(self, source: str) -> str:
        """Changes with the terms that `source` holds, and with no other."""
        said = "|".join(sorted({said for _, _, said in self.find(source)}))
        return hashlib.blake2b(said.encode(), digest_size=4).hexdigest() if said else ""


def load(pair: str, own: Path | None = None) -> Glossary:
    """The glossary of a pair (`en-zh`): what is shipped, and the user's own file."""
    terms: dict[str, str] = {}
    for path in (SHIPPED / f"{pair}.tsv", own):
        if path is not None and (path == own or path.exists()):
            terms |= _read(path)
    return Glossary(terms)


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadGlossary(f"The glossary {path} cannot be read: {error}.") from error
    terms = {}
    for number, line in enumerate(lines, start=1):
        line = _COMMENT.split(line)[0].rstrip()
        if not line:
            continue
        source, tab, target = line.partition("\t")
        if not tab or not source.strip() or not target.strip():
            raise BadGlossary(f"{path}, line {number}: expected a term, a tab and its translation, found '{line}'.")
        terms[" ".join(source.lower().split())] = target.strip()
    return terms
