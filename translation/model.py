"""One package's tokenizer and model, run by CTranslate2: sentences in, sentences out.

Sentences of many papers are pooled and sorted by length, so that batches hold hardly any padding; the result is
the same for any batch and any number of threads.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from papers.errors import PaperglotError
from translation.packages import Package
from translation.tokenizer import KINDS, Tokenizer

# Measured with 65,000 pieces: half as many are a tenth slower; twice as many are no faster, take twice the memory, and
# leave two cores less to share. With a beam of 4 half as many are best.
TOKENS_A_BATCH = 2048
# Argos's own penalty; without it the same sentence gives other tokens.
LENGTH_PENALTY = 0.2
# A translation is at most this much longer than its source; one that goes on is in a loop.
LONGEST, LONGEST_FACTOR, LONGEST_MORE = 400, 3, 20
# Models know 512 positions, some fewer; what a sentence has beyond is translated as one of its own.
LONGEST_PART = 200
# So many answers of a sentence are judged where the first one is not good enough.
ALTERNATIVES = 4


class ModelUnusable(PaperglotError):
    """Raised by Model: the package's model or tokenizer cannot be loaded."""


class Model:
    """A loaded package. A full-size one loads in a second, once a process, and takes 200 MB; at work about 350 MB
    with one thread, 540 MB with two, 710 MB with two and a beam of 4."""

    def __init__(self, package: Package, *, beam: int, threads: int, batch: int = TOKENS_A_BATCH) -> None:
        """`batch` is in tokens; with a beam, which multiplies the work, half as many are run at once."""
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
        return self._tokenizer.encode(sentence)

    def _prefixed(self, tokens: list[str]) -> list[str]:
        return [self.package.source_prefix, *tokens] if self.package.source_prefix else tokens

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence's translation, in order."""
        return [best[0] for best in self.best(sentences, alternatives=1)]

    def best(self, sentences: Sequence[str], *, alternatives: int = ALTERNATIVES) -> list[list[str]]:
        """Of each sentence the best translations, the best first; with more than one by a beam as wide."""
        parts = [_parts(self.tokens(sentence), self._tokenizer) for sentence in sentences]
        answers = iter(self.translate_tokens([part for sentence in parts for part in sentence], alternatives))
        made = []
        for sentence in parts:
            hypotheses = [next(answers) for _ in sentence]
            # Of a sentence in several parts the first answers go together, and so on.
            numbers = range(min(map(len, hypotheses), default=1))
            made.append([self._tokenizer.decode([piece for one in hypotheses for piece in one[n]]) for n in numbers])
        return made

    def translate_tokens(self, tokenized: Sequence[list[str]], alternatives: int = 1) -> list[list[list[str]]]:
        """What the model answers to each, in order, the best first."""
        answers: list[list[list[str]]] = [[[]] for _ in tokenized]
        skipped = 1 if self.package.target_prefix else 0
        groups = _groups(tokenized)
        try:
            # All are handed over before the first is asked for, or a core would idle at the end of each group.
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
    """A sentence that is too long for a model, in parts that begin with a word where there are words."""
    parts: list[list[str]] = []
    while len(tokens) > LONGEST_PART:
        breaks = (at for at in range(LONGEST_PART, LONGEST_PART // 2, -1) if tokenizer.starts_word(tokens, at))
        at = next(breaks, LONGEST_PART)
        parts.append(tokens[:at])
        tokens = tokens[at:]
    return [*parts, tokens] if tokens else parts


def _groups(tokenized: Sequence[list[str]]) -> list[list[int]]:
    """The numbers of sentences whose lengths are alike, longest first, so that one limit fits all of a group."""
    groups: list[list[int]] = []
    for number in sorted(range(len(tokenized)), key=lambda number: len(tokenized[number]), reverse=True):
        if groups and len(tokenized[groups[-1][0]]) <= 2 * len(tokenized[number]) + LONGEST_MORE:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _keep_freed_memory() -> None:
    """Have glibc keep what is freed in this process, for the next step.

    The scores of one step are 20 to 40 MB: by default they are given back to the system each time and come back page
    by page. Keeping them makes a beam of 4 up to a sixth faster; the most that is in use is the same.
    """
    trim_threshold, mmap_threshold, arena_max = -1, -3, -8  # malloc.h
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(mmap_threshold, 1 << 30)
        mallopt(trim_threshold, (1 << 31) - 1)
        mallopt(arena_max, 1)  # a thread's own arena never keeps more than 64 MB


class Route:
    """One or two models in a row, as one."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models

    @property
    def name(self) -> str:
        return " + ".join(model.package.name for model in self._models)

    @property
    def hash(self) -> str:
        """Of the packages' models."""
        return "+".join(model.package.hash for model in self._models)

    @property
    def licence(self) -> str:
        """Of the packages, where they say one."""
        return ", ".join(dict.fromkeys(model.package.licence for model in self._models if model.package.licence))

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence's translation by the last of the models, through those before it."""
        return self._models[-1].translate(self._through(sentences))

    def best(self, sentences: Sequence[str]) -> list[list[str]]:
        """Of each sentence the best translations by the last of the models."""
        return self._models[-1].best(self._through(sentences))

    def _through(self, sentences: Sequence[str]) -> list[str]:
        texts = list(sentences)
        for model in self._models[:-1]:
            texts = model.translate(texts)
        return texts
