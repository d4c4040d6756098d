"""What a batch of papers is translated with: the same on every machine, and tied to none."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from papers.corrections import Correction, Kind
from papers.translations import Translation, Wanted
from translation.engine import Translator
from translation.glossary import Term
from translation.packages import NoPackage, Package
from translation.provenance import Provenance, provenance

Batch = Sequence[Wanted]
_PROGRAM = "paperglot"


@dataclass(frozen=True, slots=True)
class Job:
    """How papers are translated into `to`. It can be pickled, and sent to another machine.

    By default every known sentence is reused; with `stale` only if the model would answer the same; with `redo` only if
    a person translated it.
    """

    to: str
    model: str  # the name that translations record
    rules: Provenance
    beam: int
    packages: Mapping[str, str]  # those that are used: what a package is, and its name
    program: str  # the version of Paperglot
    terms: Mapping[str, Term]  # of the user's glossary and of people; they go before those that are shipped
    corrections: Mapping[str, str]  # source sentence → the translation that a person gave
    stale: bool = False
    redo: bool = False

    def translator(self, packages: Sequence[Package], *, threads: int, batch: int) -> Translator:
        """The translator of this job on this machine, which has these packages.

        Raises NoPackage where one is missing, or where this machine would translate otherwise.
        """
        if version(_PROGRAM) != self.program:
            raise NoPackage(f"Paperglot is {version(_PROGRAM)} here, and {self.program} where it was started.")
        usable = [package for package in packages if package.identity in self.packages]
        if missing := self.packages.keys() - {package.identity for package in usable}:
            names = ", ".join(sorted(self.packages[identity] for identity in missing))
            raise NoPackage(f"This model package is not installed, or is another one: {names}.")
        translator = Translator(usable, self.to, self.terms, beam=self.beam, threads=threads, batch=batch)
        if rules_of(translator) != self.rules:
            raise NoPackage("The version of CTranslate2 is another one.")
        return translator


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The translations of a batch, each with its paper's row number; how many sentences were translated, by way."""

    papers: int
    translations: list[tuple[int, Translation]]
    ways: Mapping[str, int]


# What translates batches by a job. It may take them ahead, give the results in any order, and gives no more batches to
# anybody after the last argument is true.
Machines = Callable[[Job, Iterator[Batch], Callable[[], bool]], Generator[BatchResult, None, None]]


def job_of(
    translator: Translator,
    corrections: Sequence[Correction],
    *,
    packages: Sequence[Package] = (),
    stale: bool = False,
    redo: bool = False,
) -> Job:
    """The job that translates as this translator does; raises NoPackage. `packages` are those that another machine
    must have: to name them, each is read as a whole.

    The model is the one from English, which translates nearly every paper. A beam of more than 1 is part of its name.
    """
    engine = translator.engine("en")
    return Job(
        to=translator.to,
        model=engine.name if translator.beam == 1 else f"{engine.name}, beam {translator.beam}",
        rules=rules_of(translator),
        beam=translator.beam,
        packages={package.identity: package.name for package in packages},
        program=version(_PROGRAM),
        terms=translator.terms,
        corrections={each.source: each.target for each in corrections if each.kind is Kind.SENTENCE},
        stale=stale,
        redo=redo,
    )


def rules_of(translator: Translator) -> Provenance:
    """The rules that translations of this translator record; raises NoPackage."""
    return provenance(terms=translator.glossary("en").hash, beam=translator.beam, packages=translator.engine("en").hash)
