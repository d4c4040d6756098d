"""The settings file without what nobody else may read: keys, passwords, and addresses that are as good as a key."""

from __future__ import annotations

from typing import Any, get_args

import tomlkit
from pydantic import SecretStr

from operate.settings import SECTIONS
from papers.addresses import without_password
from papers.settings import file_contents


def settings_without_secrets() -> str:
    """The settings file as TOML; "" where there is none. Raises InvalidSetting where it cannot be read.

    Comments are left out: one may hold a key that is used no more.
    """
    contents = file_contents()
    return tomlkit.dumps({name: _public(table, _SECRETS.get(name, set())) for name, table in contents.items()})


def _types(annotation: Any) -> set[Any]:
    """A type and all types it is made of: those of `Annotated[X, …] | None` are X and None, too."""
    return {annotation}.union(*map(_types, get_args(annotation)))


_SECRETS = {
    section.section: {name for name, field in section.model_fields.items() if SecretStr in _types(field.annotation)}
    for section in SECTIONS
}


def _public(value: Any, secrets: set[str]) -> Any:
    match value:
        case dict():
            return {name: _public(item, secrets) for name, item in value.items() if name not in secrets}
        case list():
            return [_public(item, secrets) for item in value]
        case str():
            return without_password(value)
        case _:
            return value
