"""The arXiv taxonomy: category codes, their names, and the code under which an alias is stored."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from papers.errors import UsageError
from papers.normalise.traditional import TRADITIONAL, traditional

_CODE = re.compile(r"[A-Za-z][A-Za-z-]{0,30}(?:\.[A-Za-z-]{1,30})?")


class UnknownCategory(UsageError):
    """Raised by `check`: the code is neither a category, nor an archive, nor an alias of one."""


class Category(NamedTuple):
    """A row of the taxonomy. `canonical` is the code under which `code` is stored: for an alias, another code."""

    code: str
    canonical: str
    active: bool
    archive: str
    name: str


@cache
def taxonomy() -> dict[str, Category]:
    """All categories by code: 185, of which 155 are active."""
    return {
        code: Category(code, canonical, state == "active", archive, name)
        for code, canonical, state, archive, name in _rows("taxonomy.tsv")
    }


@cache
def archives() -> frozenset[str]:
    """The archives: `cs`, `math`, `hep-th` … A listing can be asked for a whole archive."""
    return frozenset(category.archive for category in taxonomy().values())


@cache
def _canonical() -> dict[str, str]:
    return {code: category.canonical for code, category in taxonomy().items()}


@cache
def _by_lower_case() -> dict[str, str]:
    return {code.lower(): code for code in [*archives(), *taxonomy()]}


def resolve(code: str) -> str:
    """The code under which `code` is stored: `math.MP` → `math-ph`. An unknown code is returned as it is."""
    return _canonical().get(code, code)


def resolve_all(codes: list[str]) -> tuple[str, ...]:
    """Each code once, as `resolve` gives it, in the order given (the primary one first).

    An unknown code stays where it has the form of a code; other text is left out.
    """
    canonical_codes = _canonical()
    return tuple(
        dict.fromkeys(
            canonical_codes.get(code, code) for code in codes if code in canonical_codes or _CODE.fullmatch(code)
        )
    )


def check(text: str) -> str:
    """`text` as the code of a category or archive that arXiv lists; raises UnknownCategory."""
    code = _by_lower_case().get(text.strip().lower())
    if code is None:
        raise UnknownCategory(
            f"'{text.strip()}' is not an arXiv category: give codes such as cs.CL or math.NT, separated by commas."
        )
    return resolve(code)


def read(text: str) -> str:
    """The code that `text` means, in upper or lower case and under any alias. Unknown text is returned as it is.

    `CS.cl` → `cs.CL`, `math.mp` → `math-ph`, `CS.*` → `cs.*`.
    """
    archive = text.strip().removesuffix(".*")
    code = _by_lower_case().get(archive.lower())
    if code is None:
        return text
    return f"{code}.*" if text.strip().endswith(".*") else resolve(code)


def named(text: str) -> list[str]:
    """The codes of the active categories whose name is `text`; where there are none, of those whose name contains it.

    The name is the English or the Chinese one. Upper and lower case are the same. [] where no name contains it, or
    `text` is blank.
    """
    lower_text = text.strip().lower()
    active = [code for code, category in taxonomy().items() if category.active and lower_text]
    names = {code: (taxonomy()[code].name.lower(), _chinese()[code], traditional(_chinese()[code])) for code in active}
    exact_codes = [code for code in active if lower_text in names[code]]
    return exact_codes or [code for code in active if any(lower_text in name for name in names[code])]


@cache
def _chinese() -> dict[str, str]:
    return dict(_rows("taxonomy.zh.tsv"))


@cache
def _archive_names() -> dict[str, dict[str, str]]:
    return {code: {"en": english, "zh": chinese} for code, english, chinese in _rows("archives.tsv")}


def _rows(file: str) -> list[list[str]]:
    lines = (Path(__file__).parent / file).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@cache  # page after page asks for the same names
def name(code: str, language: str = "en") -> str | None:
    """The name of a category in English or Chinese, "zh" or "zh-Hant"; None for an unknown code."""
    category = taxonomy().get(code)
    if category is None or language == "en":
        return category.name if category else None
    return _chinese()[code] if language == "zh" else traditional(_chinese()[code])


@cache
def archive_name(code: str, language: str = "en") -> str | None:
    """The name of an archive, as `name` gives it for a category."""
    names = _archive_names().get(code)
    if names is None:
        return None
    return traditional(names["zh"]) if language == TRADITIONAL else names[language]
