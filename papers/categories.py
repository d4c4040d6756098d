"""The arXiv taxonomy: category codes, their names, and which code an alias is kept under."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from papers.errors import UsageError

_CODE = re.compile(r"[A-Za-z][A-Za-z-]{0,30}(?:\.[A-Za-z-]{1,30})?")


class UnknownCategory(UsageError):
    """Raised by `check`: the code is neither a category, nor an archive, nor an alias of one."""


class Category(NamedTuple):
    code: str
    canonical: str
    active: bool
    archive: str
    name: str


@cache
def taxonomy() -> dict[str, Category]:
    """All categories by code: 185, of which 155 are active."""
    table = {}
    for line in (Path(__file__).parent / "taxonomy.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, canonical, state, archive, name = line.split("\t")
            table[code] = Category(code, canonical, state == "active", archive, name)
    return table


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
    """The code that `code` is kept under: `math.MP` → `math-ph`. A code nobody knows stays as it is."""
    return _canonical().get(code, code)


def resolve_all(codes: list[str]) -> tuple[str, ...]:
    """Each code once, under the code it is kept under, in the order given (the primary one first).

    What nobody knows stays, if it could be a code.
    """
    known = _canonical()
    return tuple(dict.fromkeys(known.get(code, code) for code in codes if code in known or _CODE.fullmatch(code)))


def check(text: str) -> str:
    """`text` as the code of a category or archive that arXiv lists; raises UnknownCategory."""
    code = _by_lower_case().get(text.strip().lower())
    if code is None:
        raise UnknownCategory(
            f"'{text.strip()}' is not an arXiv category: give codes such as cs.CL or math.NT, separated by commas."
        )
    return resolve(code)


def read(text: str) -> str:
    """The code that is meant, in any case and under any of its names: `CS.cl` → `cs.CL`, `math.mp` → `math-ph`, `CS.*`
    → `cs.*`. What nobody knows stays as it is."""
    archive = text.strip().removesuffix(".*")
    code = _by_lower_case().get(archive.lower())
    if code is None:
        return text
    return f"{code}.*" if text.strip().endswith(".*") else resolve(code)


def named(text: str) -> list[str]:
    """The active categories whose name is `text`, else those whose name holds it, in any case."""
    wanted = text.strip().lower()
    active = {code: category.name.lower() for code, category in taxonomy().items() if category.active and wanted}
    exactly = [code for code, name in active.items() if name == wanted]
    return exactly or [code for code, name in active.items() if wanted in name]


def name(code: str) -> str | None:
    """The English name of a category, or None for a code nobody knows."""
    category = taxonomy().get(code)
    return category.name if category else None
