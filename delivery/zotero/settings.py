"""The settings of Zotero."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr

from papers.addresses import Address
from papers.settings import Section


class ZoteroSettings(Section):
    """`[zotero]` in paperglot.toml."""

    section: ClassVar[str] = "zotero"

    key: SecretStr | None = None
    """A key of your account at zotero.org that may write. Without one, papers go to the Zotero on this machine."""
    library: Annotated[str, Field(pattern=r"^((users|groups)/\d+)?$")] = ""
    """With a key: the library, such as `groups/123456`. By default the key's own."""
    web: Address = "https://api.zotero.org"
    """The address of Zotero's web API."""
    local: Address = "http://127.0.0.1:23119"
    """The address of the Zotero that runs on this machine."""
    most_wait: Annotated[float, Field(ge=0, le=86_400)] = 300
    """Seconds to wait at most, in one piece, where Zotero asks for a pause."""
