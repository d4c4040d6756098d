"""Which language a reader gets: by cookie, or by what the browser accepts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from papers.normalise.traditional import TRADITIONAL


def language_of(cookie: str | None, accepted: str, offered: Sequence[str]) -> str:
    """The page's language: the one in the cookie, else the one that the browser likes best, else the first offered.

    `accepted` is the header Accept-Language.
    """
    if cookie is not None and cookie in offered:
        return cookie
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        tag, *parameters = part.split(";")
        # The same language with and without a country: "zh-CN, zh;q=0.9".
        code = _code(tag.strip().lower(), offered)
        weights[code] = max(weights.get(code, 0.0), _weight(parameters))
    accepted_codes = [code for code in offered if weights.get(code, 0.0) > 0]
    if not accepted_codes and weights.get("*", 0.0) > 0:
        accepted_codes = [code for code in offered if code not in weights]
    return max(accepted_codes, key=lambda code: weights.get(code, 0.0), default=offered[0])


# Where Chinese is written in Traditional characters, and what such a reader's browser says.
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def _code(tag: str, offered: Sequence[str]) -> str:
    """The code of a language as pages are offered in it: `zh-Hant` for "zh-tw" where there is one, else `zh`."""
    if tag.startswith(_TRADITIONAL) and TRADITIONAL in offered:
        return TRADITIONAL
    return tag.split("-")[0]


def _weight(parameters: Sequence[str]) -> float:
    """The weight of a language in Accept-Language: the value of `q=`, else 1; 0 if it is not a valid weight."""
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "q":
            return float(value) if re.fullmatch(r"[01](?:\.\d{0,3})?", value.strip()) else 0.0
    return 1.0
