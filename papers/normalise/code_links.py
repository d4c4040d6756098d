"""Addresses of code repositories: found in texts, and written in one form."""

from __future__ import annotations

import re

# An owner and a name; what follows (a branch, a file) belongs to the same repository.
_REPOSITORY = re.compile(
    r"(?:https?://|(?<![\w.@/-]))(?:www\.)?(github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)"
    r"/([\w.-]+)/([\w.-]*\w)",
    re.IGNORECASE,
)
_LONGEST_HOST = len("https://www.bitbucket")
# First parts of addresses at these sites that are not owners of repositories.
_NOT_OWNERS = frozenset({"about", "features", "marketplace", "orgs", "topics", "sponsors", "explore", "settings"})


def find(text: str | None) -> str | None:
    """The first repository that a text names, in the form of `repository`; None where it names none."""
    if not text or (".com/" not in text and ".org/" not in text):
        return None
    # The pattern is slow on prose: the search begins where a host name may begin.
    begin = min((at for end in (".com/", ".org/") if (at := text.find(end)) >= 0), default=0)
    for match in _REPOSITORY.finditer(text, max(0, begin - _LONGEST_HOST)):
        if match[2].lower() not in _NOT_OWNERS:
            return repository(f"https://{match[1].lower()}/{match[2]}/{match[3]}")
    return None


def repository(address: str | None) -> str | None:
    """A web address of a repository without `.git` or a slash at its end; None where it is not https or http."""
    text = web_address(address)
    return text.rstrip("/").removesuffix(".git") if text else None


def web_address(text: str | None) -> str | None:
    """`text` where it is an https or http address, which a browser may open; else None."""
    text = (text or "").strip()
    return text if text.isprintable() and text.lower().startswith(("https://", "http://")) else None
