"""The catalogues of words: all have the same keys, each key is used, and what is used is there."""

from __future__ import annotations

import re
from datetime import date

import pytest
from babel.messages.catalog import Catalog
from babel.messages.checkers import num_plurals
from babel.messages.pofile import read_po

from delivery.messages import LANGUAGES, LOCALE, Messages
from search_ui.filters import FACETS_SHOWN
from tests.processes import ROOT

DAY = date(2026, 11, 20)


def catalogue(language: str) -> Catalog:
    folder = language.replace("-", "_")
    with (LOCALE / folder / "LC_MESSAGES" / "paperglot.po").open("rb") as file:
        return read_po(file, locale=folder, abort_invalid=True)


def texts(language: str) -> dict[str, tuple[str, ...]]:
    """Key → its words, one for each form of the plural."""
    entries = {}
    for message in catalogue(language):
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            entries[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return entries


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_words_of_every_other(language: str) -> None:
    english = texts("en")
    assert texts(language).keys() == english.keys()
    for key, forms in texts(language).items():
        for form in forms:
            assert form.strip(), key
            assert set(re.findall(r"{\w+}", form)) == set(re.findall(r"{\w+}", english[key][-1])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_its_forms(language: str) -> None:
    words = catalogue(language)
    for message in words:
        if message.id and message.pluralizable:
            num_plurals(words, message)
            assert len(message.string) == words.num_plurals, message.id


def test_every_key_is_used_and_every_key_that_is_used_is_there() -> None:
    sources = [path for room in ("search_ui", "delivery", "indexer") for path in (ROOT / room).rglob("*.py")]
    sources += [path for room in ("search_ui", "delivery") for path in (ROOT / room).rglob("templates/*.html")]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    used_keys = set(re.findall(r"""\b(?:t|messages|self|plural)\(\s*["']([a-z_0-9]+)["'][,)]""", code))
    assert len(used_keys) > 60
    assert used_keys <= texts("en").keys()
    # Keys that are made of a prefix and a value: "source_" ~ name, f"count_{name}", "error_" ~ status.
    prefixes = tuple(
        {f"{facet}_" for facet in FACETS_SHOWN} | set(re.findall(r"""["']([a-z]+(?:_|: ))(?:["'] ~|{)""", code))
    )
    for key in texts("en").keys() - used_keys:
        assert f'"{key}"' in code or key.startswith(prefixes), key


def test_numbers_and_days() -> None:
    english, chinese = Messages("en"), Messages("zh")
    assert [english.count(n) for n in (0, 1, 2, 12_345)] == ["0 papers", "1 paper", "2 papers", "12,345 papers"]
    assert chinese.count(1) == "1 篇论文"
    assert (english.day(DAY), english.short_day(DAY)) == ("Friday, 20 November 2026", "Fri 20 Nov")
    assert (chinese.day(DAY), chinese.short_day(DAY)) == ("2026年11月20日星期五", "11月20日 周五")


def test_a_key_without_words() -> None:
    with pytest.raises(KeyError, match="no_such_key"):
        Messages("en")("no_such_key")
    with pytest.raises(KeyError, match="no_such_key"):
        Messages("zh").plural("no_such_key", 2)
    assert Messages("zh").get("source_somewhere", "somewhere") == "somewhere"
