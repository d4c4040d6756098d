"""Settings: `paperglot.toml`, the environment, and where things lie.

Every package declares its own section by subclassing `Section`; this module only knows how a section is
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
# The sections of all packages, each a subclass of `Section` in its package. Any other name is a misspelling.
SECTIONS = (
    "alerts", "calendar", "cluster", "crawl", "digest", "index", "log", "mail", "page", "schedule", "summary",
    "translation", "zotero"
)  # fmt: skip
# Variables of ours that belong to no section.
_OTHER_VARIABLES = ("PAPERGLOT_DATA", "PAPERGLOT_CONFIG")
_TEST_PREFIX = "PAPERGLOT_TEST_"


class InvalidSetting(UsageError):
    """Raised by `Section.load` and `config_file`: a setting or the file that holds it cannot be used."""


def data_folder(folder: str | Path | None = None) -> Path:
    """The absolute path of the data folder: the one given, else PAPERGLOT_DATA, else the system's usual place."""
    from platformdirs import user_data_path

    return Path(folder or os.environ.get("PAPERGLOT_DATA") or user_data_path("paperglot")).expanduser().absolute()


def config_file() -> Path | None:
    """The settings file: PAPERGLOT_CONFIG, else `paperglot.toml` here, else in the user's configuration folder.

    None where there is none. Raises InvalidSetting where PAPERGLOT_CONFIG does not name a file.
    """
    from platformdirs import user_config_path

    if file_name := os.environ.get("PAPERGLOT_CONFIG"):
        if not Path(file_name).is_file():
            raise InvalidSetting(f"PAPERGLOT_CONFIG names {file_name}, which is not a file.")
        return Path(file_name)
    places = (Path(FILE), user_config_path("paperglot") / FILE)
    # Path.is_file() raises where the folder may not be read, such as another user's after `su`.
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
    """The table of a section in the file, {} where it has none.

    Raises InvalidSetting where any section of the file has an unknown name or is not a table.
    """
    for section, table in contents.items():
        if section not in SECTIONS:
            raise InvalidSetting(
                f"{config_file()} has a section [{section}] that nobody reads{_suggestion(section, SECTIONS)}."
            )
        if not isinstance(table, dict):
            raise InvalidSetting(f"{config_file()}: [{section}] is a section with settings in it, not a value.")
    return dict(contents.get(name, {}))


def _check_environment(names: Iterable[str], section: str, settings: Collection[str]) -> None:
    """Raise InvalidSetting for a variable that begins like one of ours and names no setting."""
    variables = [f"PAPERGLOT_{section}_{setting}".upper() for setting in settings]
    prefixes = tuple(f"PAPERGLOT_{section_name}_".upper() for section_name in SECTIONS)
    for name in sorted(names):
        upper = name.upper()
        if not upper.startswith("PAPERGLOT_") or upper.startswith(_TEST_PREFIX) or upper in _OTHER_VARIABLES:
            continue
        if not upper.startswith(prefixes):
            candidates = [*_OTHER_VARIABLES, *variables, *prefixes]
            raise InvalidSetting(f"Nobody reads the variable {name}{_suggestion(upper, candidates)}.")
        own_prefix = f"PAPERGLOT_{section}_".upper()
        if upper.startswith(own_prefix) and upper.partition("__")[0] not in variables:
            suggestion = _suggestion(upper.removeprefix(own_prefix).lower(), settings, own_prefix)
            raise InvalidSetting(f"There is no setting for the variable {name}{suggestion}.")


def _suggestion(name: str, candidates: Iterable[str], prefix: str = "") -> str:
    """The nearest of these names as the end of a sentence: `; did you mean crawl`; "" where none is near."""
    matches = difflib.get_close_matches(name, list(candidates), 1, cutoff=0.7)
    if not matches:
        return ""
    return f"; did you mean {prefix}{matches[0].upper() if prefix else matches[0].rstrip('_')}"


def _split_values(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


_Item = TypeVar("_Item")
# Values in a list, or in one string with commas or blanks between them.
CommaList = Annotated[tuple[_Item, ...], NoDecode, BeforeValidator(_split_values)]


class Section(BaseSettings):
    """The settings of one package. A subclass sets `section`, the name of its table in the file."""

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
        """The section, read from environment and file; `overrides` come before both.

        Raises InvalidSetting, whose message says what is wrong and where.
        """
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
        return f"There is no setting '{name}' in [{section}]{_suggestion(name, settings)}."
    return f"Setting '{name}' of [{section}]: {first['msg'].removeprefix('Value error, ').rstrip('.')}."
