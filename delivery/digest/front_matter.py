"""Front matter: the YAML at the top of a file that blogs and note programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

Value = str | bool | int | date | datetime | tuple[str, ...] | None
# YAML reads these as ends of lines, or not at all, where JSON lets them stand.
_NOT_YAML = {"\x7f": "\\x7f", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\uFEFF"}


def front_matter(values: Mapping[str, Value]) -> str:
    """The values between two lines of `---`. A text is always quoted, so that none becomes a number or a date."""
    lines = [f"{name}: {_written(value)}" for name, value in values.items() if value not in (None, "", ())]
    return "\n".join(["---", *lines, "---", ""])


def _written(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(map(_quoted, value))}]"
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    quoted = json.dumps(" ".join(text.split()), ensure_ascii=False)
    for sign, escaped in _NOT_YAML.items():
        quoted = quoted.replace(sign, escaped)
    return quoted
