"""The words of page and documents in the languages of their readers, and how dates and numbers are written there.

`locale/<language>/LC_MESSAGES/paperglot.po` is the catalogue of a language: adding one adds the language. The ids are
keys, not English sentences, so that another English wording loses no translation.
"""

from __future__ import annotations

import gettext
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALE = Path(__file__).parent / "locale"


class _Unknown(gettext.NullTranslations):
    """What a catalogue does not have is a fault of ours: gettext would show the key."""

    def gettext(self, message: str) -> str:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise KeyError(msgid1)


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    compiled = BytesIO()
    folder = language.replace("-", "_")
    with (LOCALE / folder / "LC_MESSAGES" / "paperglot.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=folder))
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    translations.add_fallback(_Unknown())
    return translations


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


@lru_cache(maxsize=4096)
def _number(value: int, language: str) -> str:
    return format_decimal(value, locale=_locale(language))


class Messages:
    """The words in one language: `messages("so_far", n="12")`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)
        self._locale = _locale(language)

    def __call__(self, key: str, **values: object) -> str:
        """The words for `key`; raises KeyError where there are none."""
        text = self._catalogue.gettext(key)
        return text.format(**values) if values else text

    def get(self, key: str, default: str) -> str:
        """The words for `key`, or `default` if there are none: the values of facets come from outside."""
        try:
            return self(key)
        except KeyError:
            return default

    def plural(self, key: str, n: int, **values: object) -> str:
        """The words for so many of something; `{n}` in them is the number."""
        return self._catalogue.ngettext(key, key, n).format(n=self.number(n), **values)

    def number(self, value: int) -> str:
        return _number(value, self.language)

    def decimal(self, value: float) -> str:
        """A number with one digit after the point."""
        return str(format_decimal(value, format="#,##0.0", locale=self._locale))

    def language_name(self, code: str) -> str:
        """What a language is called in this one; its code where that is not known."""
        return str(self._locale.languages.get(code.replace("-", "_"), code))

    def count(self, papers: int) -> str:
        return self.plural("count", papers)

    def day(self, day: date) -> str:
        """A day in full: `Friday, 20 November 2026`."""
        return format_date(day, self("format_day"), locale=self._locale)

    def month(self, day: date) -> str:
        """The month of a day: `November 2026`."""
        return format_date(day, self("format_month"), locale=self._locale)

    def weekday(self, day: date) -> str:
        """The day of the week, short: `Fri`."""
        return format_date(day, "EEE", locale=self._locale)

    def short_day(self, day: date) -> str:
        """A day for a table, without the year: `Fri 20 Nov`."""
        return format_date(day, self("format_short_day"), locale=self._locale)


# Language code → what the language calls itself.
LANGUAGES = {
    code: Messages(code)("own_name")
    for code in sorted(path.name.replace("_", "-") for path in LOCALE.iterdir() if path.is_dir())
}
