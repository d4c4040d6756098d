"""What a translation was made by, so that it can be made again when, and only when, that has changed.

`model` names the packages for readers. `rules` is one word of parts that are compared: the rules for sentences and
spans, for what is good enough, the terms, the beam, the packages' hash and the engine's version.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# Each is increased by hand when what it stands for would give another translation, or refuse another one.
SENTENCES = 3  # how a text is split, what is hidden of a sentence, and how its translation is set
JUDGEMENT = 3  # what is not good enough


@dataclass(frozen=True, slots=True)
class Provenance:
    """The parts of `rules`, as text."""

    sentences: str
    judgement: str
    terms: str
    beam: str
    packages: str
    engine: str

    def __str__(self) -> str:
        parts = (self.sentences, self.judgement, self.terms, self.beam, self.packages, self.engine)
        return "-".join(f"{letter}{part}" for letter, part in zip("sjtbpe", parts, strict=True))


def provenance(*, terms: str, beam: int, packages: str) -> Provenance:
    """That of translations that are made now."""
    return Provenance(str(SENTENCES), str(JUDGEMENT), terms, str(beam), packages, _engine())


def parse(rules: str) -> Provenance | None:
    """The parts of a word that `str` made; None of one that an earlier program wrote."""
    parts = rules.split("-")
    if [part[:1] for part in parts] != list("sjtbpe"):
        return None
    return Provenance(*(part[1:] for part in parts))


def answers_alike(one: Provenance | None, other: Provenance) -> bool:
    """Whether the model would answer the same to a sentence: then what it answered can be judged instead."""
    return one is not None and (one.sentences, one.beam, one.packages, one.engine) == (
        other.sentences,
        other.beam,
        other.packages,
        other.engine,
    )


@cache
def _engine() -> str:
    import ctranslate2

    major, minor, *_ = ctranslate2.__version__.split(".")
    return f"{major}.{minor}"
