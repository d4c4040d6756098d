"""The settings of Zotero."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from papers.addresses import Address
from papers.settings import Section


def _key(value: object) -> object:
    """A key without the blanks around it, as files and variables have them; raises ValueError where it is none."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")
    if not re.fullmatch(r"[A-Za-z0-9]*", text.strip()):
        raise ValueError("a key of zotero.org has letters and digits alone")
    return text.strip() or None


class ZoteroSettings(Section):
    """`[zotero]` in paperglot.toml."""

    section: ClassVar[str] = "zotero"

    key: Annotated[SecretStr | None, BeforeValidator(_key)] = None
    """A key of your account at zotero.org that may write. Without one, papers go to the Zotero on this machine."""
    library: Annotated[str, Field(pattern=r"^((users|groups)/\d+)?$")] = ""
    """With a key: the library, such as `groups/123456`. By default the key's own."""
    web: Address = "https://api.zotero.org"
    """The address of Zotero's web API."""
    local: Address = "http://127.0.0.1:23119"
    """The address of the Zotero that runs on this machine."""
    most_wait: Annotated[float, Field(ge=0, le=86_400)] = 300
    """Seconds to wait at most, in one piece, where Zotero asks for a pause."""

    @model_validator(mode="after")
    def _library_has_key(self) -> Self:
        if self.library and not self.key:
            raise ValueError("a library needs a key: without one, papers go to your own library on this machine")
        return self
