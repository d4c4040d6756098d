"""One package's tokenizer and model, run by CTranslate2: sentences in, sentences out.

Sentences of many papers are pooled and sorted by length, so that batches hold hardly any padding. The size of a batch
and the number of threads do not change the result.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from papers.errors import PaperglotError
from translation.packages import Package
from translation.tokenizer import KINDS, Tokenizer

# Measured with 65,000 pieces: half of it is a tenth slower; twice as much is not faster, takes twice the memory, and
# leaves two cores less to share. With a beam of 4 half of it is best.
TOKENS_A_BATCH = 2048
# Argos's own penalty; without it the same sentence gives other tokens.
LENGTH_PENALTY = 0.2
# The most tokens of a translation: LONGEST, and no more than its source's times a factor and some more. A longer one is
# a loop.
LONGEST, LONGEST_FACTOR, LONGEST_MORE = 400, 3, 20
# In tokens. Models have 512 positions, some fewer: a longer sentence is translated in parts.
LONGEST_PART = 200
# How many answers to a sentence are judged where the first one is not good enough.
ALTERNATIVES = 4


class ModelUnusable(PaperglotError):
    """Raised by Model: the package's model or tokenizer cannot be loaded, or fails."""


class Model:
    """A package, loaded when it is first used.

    A full-size one loads in a second and takes 200 MB. While it translates, the process takes about 350 MB with one
    thread, 540 MB with two, 710 MB with two and a beam of 4.
    """

    def __init__(self, package: Package, *, beam: int, threads: int, batch: int = TOKENS_A_BATCH) -> None:
        """`batch` is in tokens; with a beam of more than 1, half as many are translated at once."""
        self.package = package
        self._batch = batch
        self._beam = beam
        self._threads = threads

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        package = self.package
        tokenizer = KINDS[package.tokenizer](package.folder / package.tokenizer, (package.source, package.target))
        try:
            tokenizer.encode("a")  # loads it
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelUnusable(f"The tokenizer of {package.folder} cannot be loaded: {error}.") from error
        return tokenizer

    @cached_property
    def _translator(self) -> Any:
        import ctranslate2

        _keep_freed_memory()
        try:
            return ctranslate2.Translator(
                str(self.package.folder / "model"),
                device="cpu",
                compute_type="int8" if "int8" in ctranslate2.get_supported_compute_types("cpu") else "auto",
                inter_threads=self._threads,
                intra_threads=1,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelUnusable(f"The model of {self.package.folder} cannot be loaded: {error}.") from error

    def tokens(self, sentence: str) -> list[str]:
        """The pieces of a sentence, without the package's prefix; raises ModelUnusable."""
        return self._tokenizer.encode(sentence)

    def _prefixed(self, tokens: list[str]) -> list[str]:
        return [self.package.source_prefix, *tokens] if self.package.source_prefix else tokens

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence's translation, in order; raises ModelUnusable."""
        return [best[0] for best in self.best(sentences, alternatives=1)]

    def best(self, sentences: Sequence[str], *, alternatives: int = ALTERNATIVES) -> list[list[str]]:
        """For each sentence its best translations, the best first. The beam is at least as wide as `alternatives`."""
        parts = [_parts(self.tokens(sentence), self._tokenizer) for sentence in sentences]
        answers = iter(self.translate_tokens([part for sentence in parts for part in sentence], alternatives))
        translations = []
        for sentence in parts:
            hypotheses = [next(answers) for _ in sentence]
            # The first answers to all parts of a sentence are joined, then the second ones, and so on.
            numbers = range(min(map(len, hypotheses), default=1))
            translations.append(
                [
                    self._tokenizer.decode([piece for part_hypotheses in hypotheses for piece in part_hypotheses[n]])
                    for n in numbers
                ]
            )
        return translations

    def translate_tokens(self, tokenized: Sequence[list[str]], alternatives: int = 1) -> list[list[list[str]]]:
        """For each list of tokens the answers of the model as lists of tokens, the best first; raises ModelUnusable."""
        answers: list[list[list[str]]] = [[[]] for _ in tokenized]
        skipped = 1 if self.package.target_prefix else 0
        groups = _groups(tokenized)
        try:
            # All groups start before the first result is awaited: else a core would idle at the end of each group.
            pending = [
                self._begin([self._prefixed(tokenized[number]) for number in group], alternatives) for group in groups
            ]
            for group, results in zip(groups, pending, strict=True):
                for number, result in zip(group, results, strict=True):
                    answers[number] = [hypothesis[skipped:] for hypothesis in result.result().hypotheses]
        except RuntimeError as error:
            raise ModelUnusable(f"The model of {self.package.folder} failed: {error}.") from error
        return answers

    def _begin(self, tokenized: list[list[str]], alternatives: int) -> list[Any]:
        prefix = self.package.target_prefix
        beam = self._beam if alternatives == 1 else max(self._beam, alternatives)
        begun: list[Any] = self._translator.translate_batch(
            tokenized,
            target_prefix=[[prefix]] * len(tokenized) if prefix else None,
            beam_size=beam,
            num_hypotheses=alternatives,
            max_batch_size=self._batch if beam == 1 else max(1, self._batch // 2),
            batch_type="tokens",
            length_penalty=LENGTH_PENALTY,
            replace_unknowns=True,
            max_decoding_length=min(LONGEST, max(map(len, tokenized)) * LONGEST_FACTOR + LONGEST_MORE),
            asynchronous=True,
        )
        return begun


def _parts(tokens: list[str], tokenizer: Tokenizer) -> list[list[str]]:
    """The tokens of a sentence in parts of at most LONGEST_PART, cut before a word where possible."""
    parts: list[list[str]] = []
    while len(tokens) > LONGEST_PART:
        breaks = (at for at in range(LONGEST_PART, LONGEST_PART // 2, -1) if tokenizer.starts_word(tokens, at))
        at = next(breaks, LONGEST_PART)
        parts.append(tokens[:at])
        tokens = tokens[at:]
    return [*parts, tokens] if tokens else parts


def _groups(tokenized: Sequence[list[str]]) -> list[list[int]]:
    """Indexes of sentences in groups of similar length, longest first: one limit of length fits a group."""
    groups: list[list[int]] = []
    for number in sorted(range(len(tokenized)), key=lambda number: len(tokenized[number]), reverse=True):
        if groups and len(tokenized[groups[-1][0]]) <= 2 * len(tokenized[number]) + LONGEST_MORE:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _keep_freed_memory() -> None:
    """Make glibc keep the memory that this process frees, instead of returning it to the system.

    The scores of one decoding step take 20 to 40 MB. By default glibc returns them after each step and gets them again
    page by page. Keeping them makes a beam of 4 up to a sixth faster; the peak of memory is the same.
    """
    trim_threshold, mmap_threshold, arena_max = -1, -3, -8  # malloc.h
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(mmap_threshold, 1 << 30)
        mallopt(trim_threshold, (1 << 31) - 1)
        mallopt(arena_max, 1)  # a thread's own arena never keeps more than 64 MB


class Route:
    """One or two models in a row that act as one: the second translates the answers of the first."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models

    @property
    def name(self) -> str:
        return " + ".join(model.package.name for model in self._models)

    @property
    def hash(self) -> str:
        """The hashes of the packages, joined by "+"."""
        return "+".join(model.package.hash for model in self._models)

    @property
    def licence(self) -> str:
        """The licences of the packages; "" where they name none."""
        return ", ".join(dict.fromkeys(model.package.licence for model in self._models if model.package.licence))

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence's translation by all models in turn, in order; raises ModelUnusable."""
        return self._models[-1].translate(self._through(sentences))

    def best(self, sentences: Sequence[str]) -> list[list[str]]:
        """For each sentence the best translations by the last model, the best first."""
        return self._models[-1].best(self._through(sentences))

    def _through(self, sentences: Sequence[str]) -> list[str]:
        texts = list(sentences)
        for model in self._models[:-1]:
            texts = model.translate(texts)
        return texts
