"""Short codes for licences, from their addresses in the many forms that sources send."""

from __future__ import annotations

import re
from functools import lru_cache

_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/licenses/(by(?:-nc)?(?:-sa|-nd)?)/(\d\.\d)/?", re.IGNORECASE
)
_OTHERS = {
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "creativecommons.org/licenses/publicdomain": "public-domain",
    "creativecommons.org/publicdomain/mark/1.0": "public-domain",
    "arxiv.org/licenses/nonexclusive-distrib/1.0": "arXiv-nonexclusive-1.0",
    "arxiv.org/licenses/assumed-1991-2003": "arXiv-assumed-1991-2003",
}
# Creative Commons' kinds of licence, and their versions.
_KINDS = ("BY", "BY-SA", "BY-NC", "BY-ND", "BY-NC-SA", "BY-NC-ND")
_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
CODES = (*(f"CC-{kind}-{version}" for kind in _KINDS for version in _VERSIONS), *dict.fromkeys(_OTHERS.values()))
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)


@lru_cache(maxsize=256)
def licence(address: str | None) -> str | None:
    """`http://creativecommons.org/licenses/by/4.0/` → `CC-BY-4.0`. An unknown address stays as it is.

    None where it is empty or not printable.
    """
    address = (address or "").strip()
    if not address or not address.isprintable():
        return None
    match = _CREATIVE_COMMONS.match(address)
    if match:
        return f"CC-{match[1].upper()}-{match[2]}"
    return _OTHERS.get(_SCHEME.sub("", address).rstrip("/").lower(), address)


def codes(text: str) -> tuple[str, ...]:
    """The codes that a person's text means, in any case: `cc by` → CC-BY in every version. Another text as it is."""
    code = "-".join(text.split()).lower()
    exact_codes = [known for known in CODES if known.lower() == code]
    any_version = [known for known in CODES if known.lower().rpartition("-")[0] == code]
    return tuple(exact_codes or any_version or [text])
