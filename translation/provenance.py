"""Records what made a translation, so that it is made again when, and only when, that has changed.

`model` names the packages for readers. `rules` is a string of parts that are compared: the version of the rules for
sentences and spans, that of the judgement, the terms, the beam, the packages' hash and the engine's version.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# Increase one of these by hand when a change of its rules gives other translations, or refuses others.
SENTENCES = 3  # splitting a text, hiding parts of a sentence, and the typography of its translation
JUDGEMENT = 3  # which translations are not good enough


@dataclass(frozen=True, slots=True)
class Provenance:
    """The parts of `rules`. `str` joins them into one string, which `parse` reads."""

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
    """The provenance of translations that this program makes now."""
    return Provenance(str(SENTENCES), str(JUDGEMENT), terms, str(beam), packages, _engine())


def parse(rules: str) -> Provenance | None:
    """The parts of `rules`; None where an earlier version of the program wrote them in another form."""
    parts = rules.split("-")
    if [part[:1] for part in parts] != list("sjtbpe"):
        return None
    return Provenance(*(part[1:] for part in parts))


def answers_alike(earlier: Provenance | None, current: Provenance) -> bool:
    """Whether the model would give the same answer again: then the stored answer needs only to be judged again."""
    return earlier is not None and (earlier.sentences, earlier.beam, earlier.packages, earlier.engine) == (
        current.sentences,
        current.beam,
        current.packages,
        current.engine,
    )


@cache
def _engine() -> str:
    import ctranslate2

    major, minor, *_ = ctranslate2.__version__.split(".")
    return f"{major}.{minor}"
