"""What a translator is to this room, and how packages become one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from papers.corrections import Correction
from translation.glossary import Glossary, Term, load
from translation.model import Model, Route
from translation.packages import NoPackage, Package, installed, route
from translation.protect import Protected, Request, translate
from translation.protect import Translator as Answers
from translation.settings import TranslationSettings, packages_folders
from translation.traditional import SIMPLIFIED, TRADITIONAL


class Engine(Answers, Protocol):
    """Translates the sentences of one language into one other, and says what it is."""

    @property
    def name(self) -> str:
        """What readers are told: `en-zh 1.9`."""

    @property
    def hash(self) -> str:
        """Changes whenever its answers may."""

    @property
    def licence(self) -> str:
        """Under which licence its model came; "" where nothing says so."""


class Translator:
    """Sentences of any language into one, by the packages that are installed."""

    def __init__(self, data: Path, settings: TranslationSettings, to: str, terms: Sequence[Correction] = ()) -> None:
        """`terms` go before those of the glossaries."""
        self.to = to
        self._terms = {" ".join(one.source.lower().split()): Term((one.target,)) for one in terms}
        self._settings = settings
        self._packages: Sequence[Package] = installed(packages_folders(data, settings))
        self._engines: dict[str, Engine] = {}
        self._glossaries: dict[str, Glossary] = {}

    @property
    def sources(self) -> frozenset[str]:
        """The languages that some package translates from."""
        return frozenset(package.source for package in self._packages)

    def engine(self, source: str) -> Engine:
        """The models from `source` on, loaded once; raises NoPackage."""
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
        """The packages to go through; Traditional Chinese may come from Simplified."""
        try:
            return route(self._packages, source, self.to)
        except NoPackage:
            if self.to != TRADITIONAL:
                raise
            return route(self._packages, source, SIMPLIFIED)

    def glossary(self, source: str) -> Glossary:
        """The terms of sentences in this language."""
        if source not in self._glossaries:
            listed = load(f"{source}-{self.to.partition('-')[0]}", self._settings.glossary)
            self._glossaries[source] = Glossary({**listed.terms, **self._terms})
        return self._glossaries[source]

    def translate(self, sentences: Sequence[Request], source: str) -> list[Protected]:
        """Each sentence's translation; raises NoPackage."""
        return translate(sentences, self.engine(source), self.glossary(source), self.to, source)
