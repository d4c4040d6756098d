"""Converts between Traditional and Simplified Chinese with OpenCC."""

from __future__ import annotations

from functools import cache
from typing import Any

TRADITIONAL, SIMPLIFIED = "zh-Hant", "zh"


@cache
def _converter(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)


def traditional(text: str) -> str:
    """A Simplified text in Traditional characters; formulas and names stay."""
    converted: str = _converter("s2t").convert(text)
    return converted


def simplified(text: str) -> str:
    """A Traditional text in Simplified characters."""
    converted: str = _converter("t2s").convert(text)
    return converted
