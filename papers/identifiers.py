"""arXiv identifiers: every written form of one, and the single key that stands for the paper.

The key has no version, no `arXiv:` in front and, in the old style, no subject class:
`arXiv:math.GT/0309136v2` and `https://arxiv.org/abs/math/0309136` are both `math/0309136`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from papers.errors import UsageError


class InvalidIdentifier(UsageError):
    """Raised by `key`: the text holds no arXiv identifier in any known form."""


class Identifier(NamedTuple):
    """The key of a paper, and the version that the text names, None where it names none."""

    key: str
    version: int | None


# Old ids may hold a "v" of their own (`solv-int/9901001`): the version is only what follows the number.
_NUMBER = (
    r"(?P<new>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})"
    r"|(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z][A-Za-z-]{1,11})?/(?P<old>\d{2}(?:0[1-9]|1[0-2])\d{3})"
)
_BARE = re.compile(rf"(?:{_NUMBER})(?:v(?P<version>[1-9]\d{{0,2}}))?\Z")
# What may stand in front of the number: an address at arXiv or a mirror of it, a DOI, "arXiv:", in any combination.
_PREFIX = re.compile(
    r"""(?:https?://)?(?:
        (?:www\.|export\.|browse\.|[a-z]{2}\.)?arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print|catchup|tb)/
      | (?:www\.)?alphaxiv\.org/(?:abs|pdf|overview|html)/
      | (?:www\.)?(?:ar5iv\.(?:labs\.arxiv\.)?org|ar5iv\.com)/(?:abs|html|pdf)/
      | (?:www\.)?(?:arxiv-vanity\.com|emergentmind\.com|semanticscholar\.org/arxiv|scirate\.com/arxiv)/(?:papers?/)?
      | (?:www\.)?scirate\.com/arxiv/ | api\.semanticscholar\.org/arXiv:
      | (?:www\.)?huggingface\.co/papers/ | hf\.co/papers/ | (?:www\.)?papers\.cool/arxiv/
      | (?:dx\.)?doi\.org/10\.48550/arxiv\. | doi:\s*10\.48550/arxiv\. | 10\.48550/arxiv\.
      | oai:arxiv\.org:
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(r"arxiv\s*:\s*", re.IGNORECASE)
# "arXiv:2501.01234v2 [cs.CL] 3 Jan 2025", the line along the first page of a PDF; before 2007 without the brackets.
_PRINTED = re.compile(
    r"\s*\[[a-z-]+(?:\.[A-Za-z-]+)?\](?:\s+\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4})?|\s+\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\b"
)
# What stands around an identifier that was copied out of a sentence or a list.
_AROUND, _CLOSE_AROUND = "()<>\"'“”‘’,;", "[]. "
_TAIL = re.compile(r"(?:\.pdf)?/?(?:[?#].*)?\Z", re.IGNORECASE)


def parse(text: str) -> Identifier | None:
    """The identifier that `text` is a form of, or None. Nothing may stand beside it but white space, brackets, quotes
    and a full stop."""
    if match := _BARE.match(text):
        return _identifier(match)
    text = text.strip().rstrip(".").strip(_AROUND)
    text = _PRINTED.sub("", text).strip(_CLOSE_AROUND)
    prefix = _PREFIX.match(text)
    remainder = text[prefix.end() :] if prefix else text
    name = _NAME.match(remainder)
    remainder = remainder[name.end() :] if name else remainder
    match = _BARE.match(_TAIL.sub("", remainder) if prefix or name else remainder)
    if match is None:
        return None
    return _identifier(match)


def _identifier(match: re.Match[str]) -> Identifier:
    version = match["version"]
    return Identifier(match["new"] or f"{match['archive']}/{match['old']}", int(version) if version else None)


_SEPARATORS = re.compile(r"[\s,;|]+")


def parse_all(text: str) -> list[Identifier]:
    """The identifiers in a text that holds nothing else, separated by blanks, commas or lines; each paper once.

    [] where the text holds anything else.
    """
    whole = parse(text)
    if whole is not None:
        return [whole]
    identifiers: dict[str, Identifier] = {}
    for part in _SEPARATORS.split(_PRINTED.sub(" ", text).strip()):
        if part and part.lower() not in ("arxiv:", "and"):
            identifier = parse(part)
            if identifier is None:
                return []
            identifiers.setdefault(identifier.key, identifier)
    return list(identifiers.values())


def key(text: str) -> str:
    """The key of the paper that `text` names; raises InvalidIdentifier."""
    identifier = parse(text)
    if identifier is None:
        excerpt = text if len(text) <= 60 else text[:57] + "…"
        raise InvalidIdentifier(f"'{excerpt}' is not an arXiv identifier such as 2401.01234 or hep-th/9901001.")
    return identifier.key


def month(key: str) -> date:
    """The first day of the month in which the paper with this key was submitted, as its number says."""
    number = key.rpartition("/")[2]
    year = int(number[:2])
    return date(1900 + year if year > 90 else 2000 + year, int(number[2:4]), 1)
