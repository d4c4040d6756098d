"""arXiv identifiers: every written form of one, and the single key that stands for the paper.

The key has no version, no `arXiv:` in front and, on the old style, no subject class:
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
    key: str
    version: int | None


# Old ids may hold a "v" of their own (`solv-int/9901001`): the version is only what follows the number.
_NUMBER = (
    r"(?P<new>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})"
    r"|(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z][A-Za-z-]{1,11})?/(?P<old>\d{2}(?:0[1-9]|1[0-2])\d{3})"
)
_BARE = re.compile(rf"(?:{_NUMBER})(?:v(?P<version>[1-9]\d?))?\Z")
_PREFIX = re.compile(
    r"""(?:https?://)?(?:
        (?:www\.|export\.|[a-z]{2}\.)?arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/
      | alphaxiv\.org/(?:abs|pdf)/
      | (?:www\.)?huggingface\.co/papers/ | hf\.co/papers/
      | (?:dx\.)?doi\.org/10\.48550/arxiv\. | doi:\s*10\.48550/arxiv\. | 10\.48550/arxiv\.
      | oai:arxiv\.org: | arxiv:\s*
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(r"(?:\.pdf)?/?(?:[?#].*)?\Z", re.IGNORECASE)


def parse(text: str) -> Identifier | None:
    """The identifier that `text` is a form of, or None. Nothing may stand beside it but white space."""
    text = text.strip()
    match = _BARE.match(text)
    if match is None:
        prefix = _PREFIX.match(text)
        if prefix is None:
            return None
        match = _BARE.match(_TAIL.sub("", text[prefix.end() :]))
        if match is None:
            return None
    key = match["new"] or f"{match['archive']}/{match['old']}"
    version = match["version"]
    return Identifier(key, int(version) if version else None)


def key(text: str) -> str:
    """The key of the paper that `text` names; raises InvalidIdentifier."""
    found = parse(text)
    if found is None:
        shown = text if len(text) <= 60 else text[:57] + "…"
        raise InvalidIdentifier(f"'{shown}' is not an arXiv identifier such as 2401.01234 or hep-th/9901001.")
    return found.key


def month(key: str) -> date:
    """The first day of the month in which the paper with this key was submitted, as its number says."""
    number = key.rpartition("/")[2]
    year = int(number[:2])
    return date(1900 + year if year > 90 else 2000 + year, int(number[2:4]), 1)
