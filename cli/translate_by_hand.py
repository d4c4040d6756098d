"""`paperglot translate --text` and `--check`: texts that are in no catalogue."""

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
    """Raised by `check`: a line that is no pair of texts."""


def translate_text(
    text: str, into: Path, settings: TranslationSettings, to: str, *, source: str | None, as_json: bool
) -> None:
    """Print a text's translation; what is not good enough is said on stderr."""
    import orjson

    from papers.normalise.readable import readable
    from papers.translations import joined
    from translation.by_hand import by_hand
    from translation.engine import Translator
    from translation.spans.find import find

    translator = Translator(into, settings, to)
    answer = by_hand(readable(" ".join(text.split())), translator, source)
    said = joined([one.target or one.source for one in answer.sentences], to)
    if not as_json:
        typer.echo(said)
        for one in answer.sentences:
            if one.reason:
                say(f"Not translated ({one.reason}): {one.source}")
        return
    sentences = [
        {
            "source": one.source,
            "target": one.target,
            "way": one.way,
            "spans": [span.text for span in find(one.source)],
            "gate": one.reason,
        }
        for one in answer.sentences
    ]
    found = {"text": said, "language": answer.language, "confidence": answer.confidence, "model": answer.model}
    typer.echo(orjson.dumps(found | {"sentences": sentences}, option=orjson.OPT_INDENT_2).decode())


def check(path: Path) -> None:
    """Judge pairs that somebody else made: the same lines, with `good` and `reasons`."""
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
