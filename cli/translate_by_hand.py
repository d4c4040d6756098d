"""`paperglot translate --text` and `--check`: texts that are not in the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.options import opened
from cli.output import say
from papers.errors import UsageError

if TYPE_CHECKING:
    from translation.settings import TranslationSettings


class BadPair(UsageError):
    """Raised by `check`: a line is not a pair of texts."""


def translate_text(
    text: str, data_folder: Path, settings: TranslationSettings, to: str, *, source: str | None, as_json: bool
) -> None:
    """Print the translation of a text. Sentences that are not translated go to stderr, with the reason."""
    import orjson

    from papers.normalise.readable import readable
    from papers.translations import blank
    from translation.by_hand import by_hand
    from translation.engine import translator_of
    from translation.spans.find import find

    translator = translator_of(data_folder, settings, to)
    answer = by_hand(readable(" ".join(text.split())), translator, source)
    target_text = blank(to).join([sentence.target or sentence.source for sentence in answer.sentences])
    if not as_json:
        typer.echo(target_text)
        for sentence in answer.sentences:
            if sentence.reason:
                say(f"Not translated ({sentence.reason}): {sentence.source}")
        return
    sentences = [
        {
            "source": sentence.source,
            "target": sentence.target,
            "way": sentence.way,
            "spans": [span.text for span in find(sentence.source)],
            "gate": sentence.reason,
        }
        for sentence in answer.sentences
    ]
    output = {"text": target_text, "language": answer.language, "confidence": answer.confidence, "model": answer.model}
    typer.echo(orjson.dumps(output | {"sentences": sentences}, option=orjson.OPT_INDENT_2).decode())


def check(path: Path) -> None:
    """Judge translations made elsewhere: print each line of the file again, with `good` and `reasons`."""
    import orjson

    from papers.normalise.readable import readable
    from translation.judge.check import judge
    from translation.packages import code

    with opened(path) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                pair = _pair(line, f"{path}, line {number}")
                source, to = code(pair.get("from") or "en"), code(pair.get("to") or "zh")
                reasons = judge(readable(pair["source"]), readable(pair["target"]), to, source)
                typer.echo(orjson.dumps(pair | {"good": not reasons, "reasons": reasons}).decode())


def _pair(line: bytes, where: str) -> dict[str, Any]:
    import orjson

    try:
        pair = orjson.loads(line)
    except ValueError as error:
        raise BadPair(f"{where}: this is no JSON ({error}).") from error
    if not isinstance(pair, dict) or not all(isinstance(pair.get(name), str) for name in ("source", "target")):
        raise BadPair(f"{where}: expected an object with 'source' and 'target', both text.")
    return pair
