"""Translates a set of pairs, scores the translations by chrF and BLEU, and counts the ways and the reasons.

Both scores are sacrebleu's, from 0 to 100: chrF on characters, BLEU on Chinese characters and words of other scripts.
On the shipped set copied English gets 12 and 5, the Chinese of another sentence 2 and 0, and a reference that lacks a
third 71 and 61.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from papers.errors import UsageError
from papers.normalise.readable import readable
from translation.engine import Translator
from translation.protect import Request
from translation.quality.record import Quality
from translation.spans.compare import compare
from translation.typography import chinese

_SHIPPED = Path(__file__).parent


class BadPairs(UsageError):
    """Raised by `pairs`: a file cannot be read, or a line is not a pair."""


def pairs(source: str, target: str, own: Path | None = None) -> list[tuple[str, str]]:
    """Pairs of a text and its translation: the last two columns of the file `own`, or of the shipped one.

    Raises BadPairs, also where no pairs are shipped for these languages.
    """
    path = own or _SHIPPED / f"pairs.{source}-{target}.tsv"
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        if own is None:
            raise BadPairs(f"No pairs from {source} to {target} are shipped: name a file with --pairs.") from error
        raise BadPairs(f"{path} cannot be read: {error}.") from error
    rows = [(number, line.split("\t")) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    for number, row in rows:
        if len(row) < 2:
            raise BadPairs(f"{path}, line {number}: expected a text, a tab and its translation.")
    if not rows:
        raise BadPairs(f"{path} holds no pairs.")
    return [(row[-2].strip(), row[-1].strip()) for _, row in rows]


def score(answers: Sequence[str], references: Sequence[str], to: str) -> tuple[float, float]:
    """chrF and BLEU of all answers together, each from 0 to 100."""
    from sacrebleu.metrics import BLEU, CHRF

    if to == "zh":
        answers, references = [chinese(text) for text in answers], [chinese(text) for text in references]
    bleu = BLEU(tokenize="zh" if to == "zh" else "13a")
    return (
        round(CHRF().corpus_score(list(answers), [list(references)]).score, 1),
        round(bleu.corpus_score(list(answers), [list(references)]).score, 1),
    )


def measure(
    translator: Translator,
    source: str,
    chosen: Sequence[tuple[str, str]],
    name: str,
    clock: Callable[[], float] = time.perf_counter,
) -> Quality:
    """Translate the sources of these pairs and score the answers; a refused sentence counts as an empty answer."""
    sources = [readable(text) for text, _ in chosen]
    started = clock()
    answers = translator.translate([Request(text) for text in sources], source)
    seconds = clock() - started
    chrf, bleu = score([answer.target or "" for answer in answers], [target for _, target in chosen], translator.to)
    good_answers = [answer for answer in answers if answer.target]
    intact = sum(not compare(answer.source, answer.target or "").lost for answer in good_answers)
    return Quality(
        model=translator.engine(source).name,
        set=name,
        sentences=len(answers),
        chrf=chrf,
        bleu=bleu,
        spans_kept=round(intact / len(good_answers), 4) if good_answers else 0.0,
        ways=dict(Counter(str(answer.way) for answer in answers)),
        reasons=dict(Counter(str(answer.reason) for answer in answers if answer.reason)),
        seconds=round(seconds, 2),
    )
