"""Terms with a fixed translation: which Chinese is right for each, in which fields, and which is never right.

A file has one term on each line, in columns that are separated by tabs:

1. the term and its other forms (`fine-tuning|fine-tuned`);
2. its accepted translations; the first is inserted where the model gives none of them (`过拟合|过度拟合`);
3. the archives or categories of arXiv in which it has this sense, or `*` (may be left out);
4. where the entry is from (may be left out);
5. its wrong translations (may be left out).

`#` begins a comment, at the start of a line or between blanks. A user's own file adds to the shipped one, and replaces
its entries for the same terms. The longest term that fits counts: `statistical inference` before `inference`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from papers.errors import UsageError

_COMMENT = re.compile(r"^#|\s#\s")  # "C#" is a term
_EVERYWHERE = "*"
_BLANKS = re.compile(r"[\s\-]+")
SHIPPED = Path(__file__).parent / "glossaries"


class BadGlossary(UsageError):
    """Raised by `load`: a file cannot be read, or a line is not a term."""


@dataclass(frozen=True, slots=True)
class Term:
    """The accepted translations of a term, the preferred one first, and the fields in which it has this sense."""

    accepted: tuple[str, ...]
    fields: frozenset[str] = frozenset()  # archives and categories; empty: everywhere
    never: tuple[str, ...] = ()
    origin: str = ""

    def holds_in(self, categories: Iterable[str]) -> bool:
        """Whether the term has this sense in a paper of these categories; one without categories counts as cs."""
        names = tuple(categories) or ("cs",)
        return not self.fields or any(name in self.fields or name.partition(".")[0] in self.fields for name in names)


class Match(NamedTuple):
    """A term in a text, and where it stands."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True)
class Glossary:
    """Terms of one language pair, by each of their forms in lower case."""

    terms: Mapping[str, Term]

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.terms:
            return None
        longest_first = sorted(self.terms, key=len, reverse=True)
        words = "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in longest_first)
        # The term "C" must not match within "C#" or "C++".
        return re.compile(rf"(?<![A-Za-z0-9-])(?:{words})(?![A-Za-z0-9#+])(?!-[A-Za-z0-9])", re.IGNORECASE)

    def find(self, text: str, categories: Iterable[str] = ()) -> list[Match]:
        """The terms in `text` that have their sense in these categories, in order; the longest that fit."""
        if self._pattern is None:
            return []
        matches = []
        for match in self._pattern.finditer(text):
            term = self.terms[" ".join(match[0].lower().split())]
            if term.holds_in(categories):
                matches.append(Match(match.start(), match.end(), term))
        return matches

    def holds(self, matches: Iterable[Match], target: str) -> bool:
        """Whether the target has an accepted translation of each of these terms."""
        return all(_is_called(match.term.accepted, target) for match in matches)

    def is_wrong(self, matches: Iterable[Match], target: str) -> bool:
        """Whether the target has a wrong translation of one of these terms."""
        return any(_is_called(match.term.never, target) for match in matches)

    def stamp(self, source: str, categories: Iterable[str] = ()) -> str:
        """A hash of the entries of those terms that `source` holds; "" where it holds none."""
        forms = sorted(
            {"|".join((*match.term.accepted, "-", *match.term.never)) for match in self.find(source, categories)}
        )
        return hashlib.blake2b("\n".join(forms).encode(), digest_size=4).hexdigest() if forms else ""

    @cached_property
    def hash(self) -> str:
        """A hash of all entries, the same in every process: `repr` of a set is not."""
        rows = (
            "\t".join((form, *term.accepted, "", *sorted(term.fields), "", *term.never, "", term.origin))
            for form, term in sorted(self.terms.items())
        )
        return hashlib.blake2b("\n".join(rows).encode(), digest_size=4).hexdigest()


def _is_called(forms: Iterable[str], target: str) -> bool:
    plain = _BLANKS.sub("", target).lower()
    return any(_BLANKS.sub("", form).lower() in plain for form in forms)


def load(pair: str, own: Path | None = None) -> Glossary:
    """The glossary of a pair (`en-zh`): the shipped terms, and those of the user's `own` file; raises BadGlossary."""
    shipped = SHIPPED / f"{pair}.tsv"
    return Glossary({**(read_terms(shipped) if shipped.exists() else {}), **(read_terms(own) if own else {})})


def read_terms(path: Path) -> Mapping[str, Term]:
    """The terms of a file, by each of their forms in lower case; raises BadGlossary."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadGlossary(f"The glossary {path} cannot be read: {error}.") from error
    terms: dict[str, Term] = {}
    for number, line in enumerate(lines, start=1):
        content = _COMMENT.split(line)[0].rstrip()
        if content:
            columns = content.split("\t")
            forms, term = _forms(columns[0]), _term(columns)
            if not forms or not term.accepted:
                raise BadGlossary(
                    f"{path}, line {number}: expected a term, a tab and its translation, found '{content}'."
                )
            terms |= dict.fromkeys(forms, term)
    return terms


def _forms(column: str) -> list[str]:
    return [" ".join(form.lower().split()) for form in column.split("|") if form.strip()]


def _term(columns: list[str]) -> Term:
    accepted, fields, origin, never = (*columns[1:5], "", "", "", "")[:4]
    names = frozenset(fields.split()) - {_EVERYWHERE}
    return Term(tuple(_alternatives(accepted)), names, tuple(_alternatives(never)), origin.strip())


def _alternatives(column: str) -> Iterator[str]:
    return (form.strip() for form in column.split("|") if form.strip())
