"""Values that nobody meant: what records and parameters are filled with."""

from __future__ import annotations

import random

TEXTS = (
    "", " ", "\x00", "\ud800", "\u202e\u2066x", "\U000e0041", "²", "٣", "-1", "0", "1e400", "NaN", "null", "a" * 5000,
    "$" * 3000, "$x$ " * 2000, r"$\kern1000em x$", r"\begin{align}" * 200, "{" * 3000, "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "https://x.org/" + "a" * 3000, "../../etc/passwd",
    "%00", "%ff", "' OR 1=1 --", "\r\nSet-Cookie: a=b",
    "注意力" * 400, "e\u0301" * 900, "\ufeff", "v-1", "v" + "9" * 40,
    "https://\ud800.org", "9999-12-31", "0001-01-01T00:00:00Z", "2026-13-45", "Mon, 99 Foo 99999 99:99:99 GMT",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**20, 2**31, 2**63, 2**64, 10**30, -(2**63), 0.5, 1e308, float("inf"), float("nan"), True)
OTHERS: tuple[object, ...] = (None, [], {}, [None], [[]], [{}], {"id": None}, ["x"] * 300, {"a": {"b": {"c": []}}})
VALUES = (*TEXTS, *NUMBERS, *OTHERS)


def text(chance: random.Random) -> str:
    """One of TEXTS, or characters from all of Unicode."""
    if chance.random() < 0.6:
        return chance.choice(TEXTS)
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(1, 30)))
