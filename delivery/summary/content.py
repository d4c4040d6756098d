"""What a summary of a paper holds, each part with what wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from indexer.documents import Document


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
