"""The tokenizers of packages: sentence ⇄ pieces. A package has one of three kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

SPACE = "▁"


class Tokenizer(Protocol):
    """Splits sentences into pieces. It is loaded when first used; errors of a damaged file are not wrapped here."""

    def encode(self, sentence: str) -> list[str]: ...

    def decode(self, pieces: Sequence[str]) -> str: ...

    def starts_word(self, pieces: Sequence[str], at: int) -> bool:
        """Whether the piece with the index `at` begins a word."""


class SentencePiece:
    """`sentencepiece.model`, which nearly every package has."""

    def __init__(self, path: Path, languages: tuple[str, str]) -> None:
        self._path = path

    @cached_property
    def _processor(self) -> Any:
        import sentencepiece

        return sentencepiece.SentencePieceProcessor(model_file=str(self._path))

    def encode(self, sentence: str) -> list[str]:
        pieces: list[str] = self._processor.encode(sentence, out_type=str)
        return pieces

    def decode(self, pieces: Sequence[str]) -> str:
        # Argos's own decoder also turns every underscore into a blank.
        text: str = self._processor.decode_pieces(list(pieces))
        return text.replace(SPACE, " ").strip()

    def starts_word(self, pieces: Sequence[str], at: int) -> bool:
        return pieces[at].startswith(SPACE)


class MosesPairs:
    """`bpe.model`, which older OPUS-MT models have: words as Moses splits them, in byte-pair pieces."""

    def __init__(self, path: Path, languages: tuple[str, str]) -> None:
        self._path = path
        self._languages = languages

    @cached_property
    def _argos(self) -> Any:
        from argostranslate.tokenizer import BPETokenizer

        tokenizer = BPETokenizer(self._path, *self._languages)
        try:
            tokenizer.lazy_load()
        except SystemExit as error:  # Argos exits at a damaged file
            raise RuntimeError("the file is damaged") from error
        return tokenizer

    def encode(self, sentence: str) -> list[str]:
        pieces: list[str] = self._argos.encode(sentence) if sentence.strip() else []
        return pieces

    def decode(self, pieces: Sequence[str]) -> str:
        text: str = self._argos.decode(list(pieces))
        return text.strip()

    def starts_word(self, pieces: Sequence[str], at: int) -> bool:
        return not pieces[at - 1].endswith("@@")


class TwoSentencePieces(SentencePiece):
    """`source.spm` and `target.spm`, which OPUS-MT models have: one tokenizer for the source, one for the target."""

    @cached_property
    def _of_target(self) -> Any:
        import sentencepiece

        return sentencepiece.SentencePieceProcessor(model_file=str(self._path.with_name("target.spm")))

    def decode(self, pieces: Sequence[str]) -> str:
        text: str = self._of_target.decode_pieces(list(pieces))
        return text.replace(SPACE, " ").strip()


# Name of the tokenizer's file → its class; a package must hold one of these files.
KINDS: Mapping[str, Callable[[Path, tuple[str, str]], Tokenizer]] = {
    "sentencepiece.model": SentencePiece,
    "bpe.model": MosesPairs,
    "source.spm": TwoSentencePieces,
}
