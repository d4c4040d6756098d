"""A package's translations of a set of pairs, scored by chrF and BLEU, and how they came through.

Both scores are sacrebleu's, of 100: chrF on characters, BLEU on Chinese characters and words of other scripts. On the
shipped set copied English gets 12 and 5, another sentence's Chinese 2 and 0, a reference cut by a third 71 and 61.
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
    """Raised by `pairs`: a file that cannot be read, or a line that is no pair."""


def pairs(source: str, target: str, own: Path | None = None) -> list[tuple[str, str]]:
    """The pairs of a file with two or more columns, of which the last two are source and target; by default those that
    are shipped."""
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
    """chrF and BLEU of a set of answers as a whole."""
    from sacrebleu.metrics import BLEU, CHRF

    if to == "zh":
        answers, references = [chinese(one) for one in answers], [chinese(one) for one in references]
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
    """Translate the sources of these pairs and compare; a sentence that is refused counts as nothing said."""
    sources = [readable(text) for text, _ in chosen]
    begun = clock()
    answers = translator.translate([Request(text) for text in sources], source)
    seconds = clock() - begun
    chrf, bleu = score([one.target or "" for one in answers], [target for _, target in chosen], translator.to)
    good = [one for one in answers if one.target]
    kept = sum(not compare(one.source, one.target or "").lost for one in good)
    return Quality(
        model=translator.engine(source).name,
        set=name,
        sentences=len(answers),
        chrf=chrf,
        bleu=bleu,
        spans_kept=round(kept / len(good), 4) if good else 0.0,
        ways=dict(Counter(str(one.way) for one in answers)),
        reasons=dict(Counter(str(one.reason) for one in answers if one.reason)),
        seconds=round(seconds, 2),
    )
