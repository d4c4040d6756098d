"""The translator that the rest of the program uses, made of the installed packages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from papers.corrections import Correction
from papers.normalise.traditional import SIMPLIFIED, TRADITIONAL, simplified
from translation.glossary import Glossary, Term, load
from translation.model import Model, Route
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
    """Translates sentences of any language into one, with the packages that are installed."""

    def __init__(self, data: Path, settings: TranslationSettings, to: str, terms: Sequence[Correction] = ()) -> None:
        """`terms` are corrections by people; they replace the same terms of the glossaries."""
        self.to = to
        self._terms = {
            # Traditional Chinese is translated and judged as Simplified.
            " ".join(term.source.lower().split()): Term(
                (simplified(term.target) if to == TRADITIONAL else term.target,)
            )
            for term in terms
        }
        self._settings = settings
        self._packages: Sequence[Package] = installed(packages_folders(data, settings))
        self._engines: dict[str, Engine] = {}
        self._glossaries: dict[str, Glossary] = {}

    @property
    def sources(self) -> frozenset[str]:
        """The languages that some package translates from."""
        return frozenset(package.source for package in self._packages)

    def engine(self, source: str) -> Engine:
        """The model or models that translate from `source`, made once; raises NoPackage."""
        if source not in self._engines:
            settings = self._settings
            packages = self._route(source)
            self._engines[source] = Route(
                [
                    Model(package, beam=settings.beam, threads=settings.threads, batch=settings.batch)
                    for package in packages
                ]
            )
        return self._engines[source]

    def _route(self, source: str) -> list[Package]:
        """The packages from `source` to the target, one or two; those for Simplified Chinese serve Traditional, too."""
        try:
            return route(self._packages, source, self.to)
        except NoPackage:
            if self.to != TRADITIONAL:
                raise
            return route(self._packages, source, SIMPLIFIED)

    def glossary(self, source: str) -> Glossary:
        """The terms for sentences in this language: of people, of the user's file, and those that are shipped."""
        if source not in self._glossaries:
            listed = load(f"{source}-{self.to.partition('-')[0]}", self._settings.glossary)
            self._glossaries[source] = Glossary({**listed.terms, **self._terms})
        return self._glossaries[source]

    def translate(self, sentences: Sequence[Request], source: str) -> list[Protected]:
        """Each sentence's translation out of `source`, in order; a refused one has no target. Raises NoPackage."""
        return translate(sentences, self.engine(source), self.glossary(source), self.to, source)
