"""One package's tokenizer and model, run by CTranslate2: sentences in, sentences out.

Sentences of many papers are pooled and sorted by length, so that batches hold hardly any padding; the result is
the same for any batch and any number of threads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from papers.errors import PaperglotError
from translation.packages import Package
from translation.tokenizer import KINDS, Tokenizer

# Measured with 65,000 pieces: more tokens at once are slower again (the scores of all pieces outgrow the processor's
# caches), fewer too; and two cores share many small batches more evenly. With a beam of 4 half as many are best.
TOKENS_A_BATCH = 1024
# Argos's own penalty; without it the same sentence gives other tokens.
LENGTH_PENALTY = 0.2
# A translation is at most this much longer than its source; one that goes on is in a loop.
LONGEST, LONGEST_FACTOR, LONGEST_MORE = 400, 3, 20
# Models know 512 positions, some fewer; what a sentence has beyond is translated as one of its own.
LONGEST_PART = 200
# Models put blanks between Chinese words, and after Chinese punctuation; nobody writes them.
_CHINESE = r"\u3400-\u9fff，。；：？！、（）"
_BLANKS = re.compile(rf"(?<=[{_CHINESE}]) +(?=[{_CHINESE}])|(?<=[，。；：？！、（]) +")


class ModelUnusable(PaperglotError):
    """Raised by Model: the package's model or tokenizer cannot be loaded."""


class Model:
    """A loaded package. Loading takes a second and about 250 MB for a full-size one: once a process."""

    def __init__(self, package: Package, *, beam: int, threads: int, batch: int = TOKENS_A_BATCH) -> None:
        """`batch` is in tokens; with a beam, which multiplies the work, half as many are run at once."""
        self.package = package
        self._batch = batch if beam == 1 else max(1, batch // 2)
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

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence's translation, in order."""
        parts = [_parts(self.tokens(sentence), self._tokenizer) for sentence in sentences]
        tokenized = [part for sentence in parts for part in sentence]
        order = sorted(range(len(tokenized)), key=lambda number: len(tokenized[number]), reverse=True)
        translated: list[list[str]] = [[] for _ in tokenized]
        for group in _groups(order, tokenized):
            for number, pieces in zip(group, self.translate_tokens([tokenized[n] for n in group]), strict=True):
                translated[number] = pieces
        answers = iter(translated)
        return [self._tokenizer.decode([piece for _ in sentence for piece in next(answers)]) for sentence in parts]

    def translate_tokens(self, tokenized: list[list[str]]) -> list[list[str]]:
        """What the model answers to these tokens; sorted by length, longest first, it is fastest."""
        if not tokenized:
            return []
        prefix = self.package.target_prefix
        try:
            results = self._translator.translate_batch(
                tokenized,
                target_prefix=[[prefix]] * len(tokenized) if prefix else None,
                beam_size=self._beam,
                max_batch_size=self._batch,
                batch_type="tokens",
                length_penalty=LENGTH_PENALTY,
                replace_unknowns=True,
                max_decoding_length=min(LONGEST, max(map(len, tokenized)) * LONGEST_FACTOR + LONGEST_MORE),
            )
        except RuntimeError as error:
            raise ModelUnusable(f"The model of {self.package.folder} failed: {error}.") from error
        return [result.hypotheses[0][1:] if prefix else result.hypotheses[0] for result in results]


def _parts(tokens: list[str], tokenizer: Tokenizer) -> list[list[str]]:
    """A sentence that is too long for a model, in parts that begin with a word where there are words."""
    parts: list[list[str]] = []
    while len(tokens) > LONGEST_PART:
        breaks = (at for at in range(LONGEST_PART, LONGEST_PART // 2, -1) if tokenizer.starts_word(tokens, at))
        at = next(breaks, LONGEST_PART)
        parts.append(tokens[:at])
        tokens = tokens[at:]
    return [*parts, tokens] if tokens else parts


def _groups(order: list[int], tokenized: list[list[str]]) -> list[list[int]]:
    """Sentences whose lengths are alike, so that the longest one's limit fits all of them."""
    groups: list[list[int]] = []
    for number in order:
        if groups and len(tokenized[groups[-1][0]]) <= 2 * len(tokenized[number]) + LONGEST_MORE:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


class Route:
    """One or two models in a row, as one."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models

    @property
    def name(self) -> str:
        return " + ".join(model.package.name for model in self._models)

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """Each sentence's translation by the last of the models, through those before it."""
        found = list(sentences)
        for model in self._models:
            found = model.translate(found)
        return [_BLANKS.sub("", text) for text in found] if self._models[-1].package.target == "zh" else found
