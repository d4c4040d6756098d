"""Settings: `paperglot.toml`, the environment, and where things lie.

Every room declares a section of its own by subclassing `Section`; this module only knows how a section is
read. A value is taken from the environment (`PAPERGLOT_CRAWL_CONTACT`), else from the file (`contact` under
`[crawl]`), else it is the default.
"""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BeforeValidator, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from papers.errors import UsageError

FILE = "paperglot.toml"


class InvalidSetting(UsageError):
    """Raised by `Section.load` and `config_file`: a setting or the file that holds it cannot be used."""


def data_folder(named: str | Path | None = None) -> Path:
    """Where catalogue and index lie: as named, else PAPERGLOT_DATA, else the system's usual place."""
    from platformdirs import user_data_path

    return Path(named or os.environ.get("PAPERGLOT_DATA") or user_data_path("paperglot")).expanduser().absolute()


def config_file() -> Path | None:
    """The settings file: PAPERGLOT_CONFIG, else `paperglot.toml` here, else in the user's configuration folder."""
    from platformdirs import user_config_path

    if named := os.environ.get("PAPERGLOT_CONFIG"):
        if not Path(named).is_file():
            raise InvalidSetting(f"PAPERGLOT_CONFIG names {named}, which is not a file.")
        return Path(named)
    places = (Path(FILE), user_config_path("paperglot") / FILE)
    # Path.is_file() raises where a folder may not be looked into: another user's, after `su`.
    return next((place for place in places if os.path.isfile(place)), None)  # noqa: PTH113


def _file_contents() -> dict[str, Any]:
    path = config_file()
    return _parsed(path, path.stat().st_mtime_ns) if path else {}


@lru_cache(maxsize=4)
def _parsed(path: Path, modified: int) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSetting(f"{path} cannot be read: {error}.") from error


def _several(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


_Item = TypeVar("_Item")
# Values in a list, or in one string with commas or blanks between them.
Several = Annotated[tuple[_Item, ...], NoDecode, BeforeValidator(_several)]


class Section(BaseSettings):
    """One room's settings. A subclass sets `section`, the name of its table in the file."""

    section: ClassVar[str]

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_ignore_empty=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.model_config["env_prefix"] = f"PAPERGLOT_{cls.section.upper()}_"
        super().__init_subclass__(**kwargs)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        from_file = InitSettingsSource(settings_cls, init_kwargs=_file_contents().get(cls.section, {}))
        return (init_settings, env_settings, from_file)

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """The section as it stands; raises InvalidSetting with what is wrong and where."""
        try:
            return cls(**overrides)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"])) or cls.section
            raise InvalidSetting(f"Setting '{name}' of [{cls.section}]: {first['msg']}.") from error
