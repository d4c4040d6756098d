"""The measurement of quality: known answers get known scores, and a test's result is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from translation.engine import translator_of
from translation.install import install
from translation.quality.measure import BadPairs, measure, pairs, score
from translation.quality.record import keep, kept
from translation.settings import TranslationSettings


def test_known_scores() -> None:
    chosen = pairs("en", "zh")
    sources, references = [text for text, _ in chosen], [text for _, text in chosen]
    assert len(chosen) >= 200
    assert score(references, references, "zh") == (100.0, 100.0)
    copied = score(sources, references, "zh")
    shuffled = score([*references[1:], references[0]], references, "zh")
    cut = score([text[: len(text) * 7 // 10] for text in references], references, "zh")
    assert copied[0] < 15 and copied[1] < 8 and shuffled[0] < 4 and shuffled[1] < 2
    assert 65 < cut[0] < 80 and 55 < cut[1] < 75


def test_measured_and_kept(toy: Path, tmp_path: Path) -> None:
    install(toy, tmp_path / "packages")
    translator = translator_of(tmp_path, TranslationSettings(), "zh")
    own = [
        ("We prove the error of the method.", "我们证明该方法的误差。"),
        ("Nobody knows that at all.", "没有人知道。"),
    ]
    quality = measure(translator, "en", own, "mine", clock=iter([1.0, 3.5]).__next__)
    assert (quality.model, quality.sentences, quality.seconds) == ("en-zh 0.2 (demo)", 2, 2.5)
    assert quality.chrf > 5 and quality.spans_kept == 1.0
    assert quality.ways == {"plain": 1, "refused": 1} and sum(quality.reasons.values()) == 1
    assert kept(tmp_path, "en", "zh") is None
    keep(quality, tmp_path, "en", "zh")
    assert kept(tmp_path, "en", "zh") == quality


@pytest.mark.parametrize(
    ("content", "message"), [("one column\n", "line 1: expected a text"), ("# nothing\n", "holds no pairs")]
)
def test_bad_pairs(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "own.tsv").write_text(content)
    with pytest.raises(BadPairs, match=message):
        pairs("en", "zh", tmp_path / "own.tsv")
    with pytest.raises(BadPairs, match="name a file with --pairs"):
        pairs("en", "fr")
