"""Settings: `paperglot.toml`, the environment, and where things lie.

Every room declares a section of its own by subclassing `Section`; this module only knows how a section is
read. A value is taken from the environment (`PAPERGLOT_CRAWL_CONTACT`), else from the file (`contact` under
`[crawl]`), else it is the default.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BeforeValidator, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from papers.errors import UsageError

FILE = "paperglot.toml"
# The sections of all rooms, each a subclass of `Section` there: a name that is none of these is misspelt.
SECTIONS = ("calendar", "crawl", "index", "log", "page", "schedule", "translation")
# What else the environment may say.
_OTHERS = ("PAPERGLOT_DATA", "PAPERGLOT_CONFIG")
_TESTS = "PAPERGLOT_TEST_"


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


def file_contents() -> dict[str, Any]:
    """All tables of the settings file, {} where there is none; raises InvalidSetting where it cannot be read."""
    path = config_file()
    return _parsed(path, path.stat().st_mtime_ns) if path else {}


@lru_cache(maxsize=4)
def _parsed(path: Path, modified: int) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSetting(f"{path} cannot be read: {error}.") from error


def _section_of(contents: dict[str, Any], name: str) -> dict[str, Any]:
    """The table of a section in the file; raises InvalidSetting where it is none, or where another is misspelt."""
    for other, table in contents.items():
        if other not in SECTIONS:
            raise InvalidSetting(f"{config_file()} has a section [{other}] that nobody reads{_meant(other, SECTIONS)}.")
        if not isinstance(table, dict):
            raise InvalidSetting(f"{config_file()}: [{other}] is a section with settings in it, not a value.")
    return dict(contents.get(name, {}))


def _check_environment(names: Iterable[str], section: str, settings: Collection[str]) -> None:
    """Raise InvalidSetting for a variable that looks like one of ours and is none."""
    known = [f"PAPERGLOT_{section}_{setting}".upper() for setting in settings]
    prefixes = tuple(f"PAPERGLOT_{one}_".upper() for one in SECTIONS)
    for name in sorted(names):
        upper = name.upper()
        if not upper.startswith("PAPERGLOT_") or upper.startswith(_TESTS) or upper in _OTHERS:
            continue
        if not upper.startswith(prefixes):
            candidates = [*_OTHERS, *known, *prefixes]
            raise InvalidSetting(f"Nobody reads the variable {name}{_meant(upper, candidates)}.")
        own = f"PAPERGLOT_{section}_".upper()
        if upper.startswith(own) and upper.partition("__")[0] not in known:
            near = _meant(upper.removeprefix(own).lower(), settings, own)
            raise InvalidSetting(f"There is no setting for the variable {name}{near}.")


def _meant(name: str, candidates: Iterable[str], prefix: str = "") -> str:
    """The nearest of these names as the end of a sentence: `; did you mean crawl`; "" where none is near."""
    near = difflib.get_close_matches(name, list(candidates), 1, cutoff=0.7)
    if not near:
        return ""
    return f"; did you mean {prefix}{near[0].upper() if prefix else near[0].rstrip('_')}"


def _several(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


_Item = TypeVar("_Item")
# Values in a list, or in one string with commas or blanks between them.
CommaList = Annotated[tuple[_Item, ...], NoDecode, BeforeValidator(_several)]


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
        from_file = InitSettingsSource(settings_cls, init_kwargs=_section_of(file_contents(), cls.section))
        return (init_settings, env_settings, from_file)

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """The section as it stands; raises InvalidSetting with what is wrong and where."""
        _check_environment(os.environ, cls.section, cls.model_fields)
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise InvalidSetting(_what_is_wrong(error, cls.section, cls.model_fields)) from error
        except SettingsError as error:  # a variable that should hold JSON
            raise InvalidSetting(f"A variable PAPERGLOT_{cls.section.upper()}_…: {error}.") from error


def _what_is_wrong(error: ValidationError, section: str, settings: Collection[str]) -> str:
    first = error.errors()[0]
    name = ".".join(map(str, first["loc"])) or section
    if first["type"] == "extra_forbidden":
        return f"There is no setting '{name}' in [{section}]{_meant(name, settings)}."
    return f"Setting '{name}' of [{section}]: {first['msg'].removeprefix('Value error, ').rstrip('.')}."
