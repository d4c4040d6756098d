"""Addresses of the web in settings: what one must look like, and one without its password."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

# Printable ASCII: `http.client` refuses to send anything else.
_ADDRESS = re.compile(r"https?://[!-~]+")
_PASSWORD = re.compile(r"(?<=://)[^\s/?#@]*@")


def address(value: str) -> str:
    """The address without a slash at its end; raises ValueError, with a sentence, where it is none of http or https."""
    try:
        parts = urlsplit(value)
        is_address = _ADDRESS.fullmatch(value) and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, an IPv6 address that is none
        is_address = False
    if not is_address:
        raise ValueError("an address such as https://example.org is expected")
    return value.rstrip("/")


def without_password(text: str) -> str:
    """The text with the user's name and password taken out of every address in it."""
    return _PASSWORD.sub("", text)


# The type of a setting that holds an address.
Address = Annotated[str, AfterValidator(address)]
