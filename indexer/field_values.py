"""What an index holds of a document, field by field, and what a text that names a field looks for in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time

from indexer.analysis import EXACT, STEMMED, STEMMERS, closed_forms, terms
from indexer.documents import LANGUAGES, Document
from papers import categories
from papers.normalise import names, venues
from papers.sources import SOURCES

LONGEST_WHOLE_TITLE = 400


def archive_of(code: str) -> str:
    """The archive of a category: cs of cs.CL, physics of an unknown physics.XX."""
    category = categories.taxonomy().get(code)
    return category.archive if category else code.split(".")[0]


# What the filter "has" knows, and when a paper has it.
HAS: Mapping[str, Callable[[Document], bool]] = {
    "code": lambda document: document.code is not None,
    "project": lambda document: document.project is not None,
    "translation": lambda document: len(document.title) > 1,
    "updates": lambda document: (document.version or 1) > 1,
    "upvotes": lambda document: bool(document.upvotes),
    "withdrawal": lambda document: document.is_withdrawn,
}
ANNOUNCEMENTS = ("new", "cross", "replace", "replace-cross")


# Document → values


def author_keys(document: Document) -> Sequence[str]:
    return list(dict.fromkeys(key for name in document.authors for key in names.keys(name)))


def archives(document: Document) -> Sequence[str]:
    return list(dict.fromkeys(map(archive_of, document.categories)))


def has(document: Document) -> Sequence[str]:
    return [name for name, is_so in HAS.items() if is_so(document)]


def noon(document: Document) -> Sequence[datetime]:
    # Kibana groups by the reader's time zone: with midnight, all of America would see every paper a day early.
    return [datetime.combine(document.day, time(12), UTC)] if document.day else ()


def keywords(document: Document) -> Sequence[str]:
    return [keyword.lower() for keyword in document.keywords]


def doi(document: Document) -> Sequence[str]:
    return [document.doi.lower()] if document.doi else ()


def venue(document: Document) -> Sequence[str]:
    return venues.venues(document.comments, document.journal_ref)


def whole_titles(document: Document) -> Sequence[str]:
    return list(dict.fromkeys(whole_title(title) for title in document.title.values() if title))


def whole_title(text: str) -> str:
    """A title, whatever its case and punctuation."""
    return " ".join(terms(text, EXACT))[:LONGEST_WHOLE_TITLE]


def other_forms(texts: Mapping[str, str]) -> Sequence[str]:
    """Other forms of the words of a title or abstract, as terms: the hyphenated ones written together, and a text in
    a further language as the stems of that language."""
    forms = []
    for language, text in texts.items():
        if language in STEMMERS:
            forms.append(" ".join(terms(text, language)))
        closed = dict.fromkeys(" ".join(terms(form, STEMMED)) for form, _ in closed_forms(text))
        forms += [form for form in closed if form]
    return forms


def details(document: Document) -> Sequence[str]:
    """Everything else that is shown of a paper and can be typed: a word is looked for there, too."""
    single = (
        document.id, document.comments, document.journal_ref, document.report_no, document.doi, document.licence,
        document.organisation, document.code, document.project,
    )  # fmt: skip
    return [*filter(None, single), *document.categories, *document.keywords, *venue(document)]


def in_language(name: str, language: str) -> Callable[[Document], Sequence[str]]:
    """The function that reads title or abstract in a language; with "other", in all that have no field of their own."""

    def read(document: Document) -> Sequence[str]:
        text = getattr(document, name).get(language)
        return () if text is None else (text,)

    def read_others(document: Document) -> Sequence[str]:
        return [text for code, text in getattr(document, name).items() if code not in LANGUAGES]

    return read if language in LANGUAGES else read_others


# Text that names a field → values; () where the field cannot have such a value

Reads = Callable[[str], Sequence[str]]


def as_it_is(text: str) -> Sequence[str]:
    return (text,)


def lower(text: str) -> Sequence[str]:
    return (text.lower(),)


def one_of(values: Sequence[str]) -> Reads:
    return lambda text: [value for value in values if value == text.strip().lower()]


def category_codes(text: str) -> Sequence[str]:
    return (categories.resolve(text),)


def archive_codes(text: str) -> Sequence[str]:
    return [code for code in categories.archives() if code.lower() == text.strip().lower().removesuffix(".*")]


_LANGUAGE_NAMES = {"english": "en", "chinese": "zh", "中文": "zh", "英文": "en", "german": "de", "japanese": "ja"}


def language_codes(text: str) -> Sequence[str]:
    code = text.strip().lower()
    return (_LANGUAGE_NAMES.get(code, code),)


def source_names(text: str) -> Sequence[str]:
    """`arxiv` means every source at arXiv, `huggingface` that of Hugging Face."""
    start = "".join(text.lower().split())
    return [
        name
        for name, source in SOURCES.items()
        if start and (name.startswith(start) or source.label.lower().replace(" ", "").startswith(start))
    ]


def whole_title_of(text: str) -> Sequence[str]:
    return (whole_title(text),)
