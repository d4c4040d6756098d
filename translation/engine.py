"""The translator that the rest of the program uses, made of the installed packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from papers.corrections import Correction, Kind
from papers.normalise.traditional import SIMPLIFIED, TRADITIONAL, simplified
from translation.glossary import Glossary, Term, load, read_terms
from translation.model import TOKENS_A_BATCH, Model, Route
from translation.packages import NoPackage, Package, installed, route
from translation.protect import Protected, Request, translate
from translation.protect import Translator as Answers
from translation.settings import TranslationSettings, packages_folders


class Engine(Answers, Protocol):
    """Translates sentences from one language into one other; has a name, a hash and a licence."""

    @property
    def name(self) -> str:
        """The name that readers see: `en-zh 1.9`."""

    @property
    def hash(self) -> str:
        """Changes whenever its answers may."""

    @property
    def licence(self) -> str:
        """The licence of its models; "" where the packages name none."""


class Translator:
    """Translates sentences of any language into one, with these packages."""

    def __init__(
        self,
        packages: Sequence[Package],
        to: str,
        terms: Mapping[str, Term] | None = None,
        *,
        beam: int = 1,
        threads: int = 1,
        batch: int = TOKENS_A_BATCH,
    ) -> None:
        """`terms` replace the same terms of the glossaries that are shipped."""
        self.packages, self.to, self.beam = packages, to, beam
        self.terms = terms or {}
        self._threads, self._batch = threads, batch
        self._engines: dict[str, Engine] = {}
        self._glossaries: dict[str, Glossary] = {}

    @property
    def sources(self) -> frozenset[str]:
        """The languages that some package translates from."""
        return frozenset(package.source for package in self.packages)

    def engine(self, source: str) -> Engine:
        """The model or models that translate from `source`, made once; raises NoPackage."""
        if source not in self._engines:
            self._engines[source] = Route(
                [
                    Model(package, beam=self.beam, threads=self._threads, batch=self._batch)
                    for package in self._route(source)
                ]
            )
        return self._engines[source]

    def _route(self, source: str) -> list[Package]:
        """The packages from `source` to the target, one or two; those for Simplified Chinese serve Traditional, too."""
        try:
            return route(self.packages, source, self.to)
        except NoPackage:
            if self.to != TRADITIONAL:
                raise
            return route(self.packages, source, SIMPLIFIED)

    @property
    def used(self) -> list[Package]:
        """The packages that some sentence may need."""
        used: dict[str, Package] = {}
        for source in self.sources:
            with suppress(NoPackage):
                used |= {package.identity: package for package in self._route(source)}
        return list(used.values())

    def glossary(self, source: str) -> Glossary:
        """The terms for sentences in this language: the translator's own, and those that are shipped."""
        if source not in self._glossaries:
            shipped = load(f"{source}-{self.to.partition('-')[0]}")
            self._glossaries[source] = Glossary({**shipped.terms, **self.terms})
        return self._glossaries[source]

    def translate(self, sentences: Sequence[Request], source: str) -> list[Protected]:
        """Each sentence's translation out of `source`, in order; a refused one has no target. Raises NoPackage."""
        return translate(sentences, self.engine(source), self.glossary(source), self.to, source)


def translator_of(
    data: Path, settings: TranslationSettings, to: str, corrections: Sequence[Correction] = ()
) -> Translator:
    """The translator of a data folder and its settings; raises BadGlossary. Terms by people go before the file's."""
    terms = dict(read_terms(settings.glossary)) if settings.glossary else {}
    for correction in corrections:
        if correction.kind is Kind.TERM:
            # Traditional Chinese is translated and judged as Simplified.
            target = simplified(correction.target) if to == TRADITIONAL else correction.target
            terms[" ".join(correction.source.lower().split())] = Term((target,))
    return Translator(
        installed(packages_folders(data, settings)),
        to,
        terms,
        beam=settings.beam,
        threads=settings.threads,
        batch=settings.batch,
    )
