"""Summaries of papers: one line, key takeaways and keywords, each with what wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from delivery.pairs import of_document
from delivery.summary.extract import chosen
from delivery.summary.keywords import keywords
from indexer.documents import Document
from translation.sentences import split


class By(StrEnum):
    """What a summary comes from."""

    ABSTRACT = "abstract"  # sentences of the abstract, or their translations, chosen here
    HUGGING_FACE = "huggingface"  # a model of Hugging Face
    SERVICE = "service"  # the model that the owner has configured


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a summary, with its formulas in TeX, and its language."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A paper in a few sentences. `line` is None, and `takeaways` and `keywords` are (), where it has no abstract."""

    line: Told | None = None
    line_by: By = By.ABSTRACT
    takeaways: tuple[Told, ...] = ()
    takeaways_by: By = By.ABSTRACT
    keywords: tuple[str, ...] = ()
    keywords_by: By = By.ABSTRACT
    model: str = ""  # the name of the service's model


# A paper and a reader's language → its summary for that reader.
Summarise = Callable[[Document, str], Summary]


def extracted(document: Document, language: str) -> Summary:
    """The summary that the paper itself gives: sentences of its abstract, in this language where they are translated.

    Hugging Face's summary is the line for those who read English, and its keywords are taken where it has some.
    """
    sentences = _sentences(document, language)
    title = document.own_title
    of_huggingface = document.summary if language == "en" else None
    line = Told(of_huggingface, "en") if of_huggingface else None
    takeaways: tuple[Told, ...] = ()
    if sentences:
        choice = chosen(title, [source for source, _ in sentences])
        line = line or sentences[choice.line][1]
        takeaways = tuple(sentences[place][1] for place in choice.takeaways)
    is_english = document.language == "en" and bool(sentences)
    own_keywords = keywords(title, document.abstract["en"], document.categories) if is_english else ()
    return Summary(
        line=line,
        line_by=By.HUGGING_FACE if of_huggingface else By.ABSTRACT,
        takeaways=takeaways if len(sentences) > 1 else (),
        keywords=document.keywords or own_keywords,
        keywords_by=By.HUGGING_FACE if document.keywords else By.ABSTRACT,
    )


def _sentences(document: Document, language: str) -> Sequence[tuple[str, Told]]:
    """The sentences of the abstract, each with what a reader of this language gets of it."""
    pairs = of_document(document, "abstract", language) if language != document.language else []
    if pairs:
        return [
            (pair.source, Told(pair.target, language) if pair.target else Told(pair.source, document.language))
            for pair in pairs
        ]
    abstract = document.abstract.get(document.language, "")
    return [(text, Told(text, document.language)) for text in split(" ".join(abstract.split())) if text]
