"""What is noticed of damage that is done on purpose to good translations: a table with floors, which only go up.

On the pairs that ship with the project, and on those beside it where they are there.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest

from papers.normalise.readable import readable
from tests.processes import ROOT
from tests.translation.damage import Pair, kinds
from translation.glossary import load
from translation.judge.check import judge
from translation.quality.measure import pairs
from translation.spans.compare import compare
from translation.spans.find import without

BESIDE = ROOT.parent / "shared" / "translation" / "pairs.json"
FEW, AN_AIM = 50, 0.3
# The share that may be missed. With fewer than 50 of a kind one may be.
FLOORS = {
    "number_dropped": 0.02, "number_changed": 0.02, "number_added": 0.02, "link_invented": 0.01, "kana": 0.005,
    "japanese": 0.005, "traditional": 0.005, "mojibake_gbk": 0.005, "mojibake_latin": 0.005, "replaced": 0.005,
    "unknown_marks": 0.005, "clause_twice": 0.01, "of_one_word": 0.01, "clause_in_english": 0.06,
    "half_in_english": 0.03, "all_in_english": 0.0, "half_dropped": 0.04, "another_sentence": 0.02,
    "another_as_long": 0.02, "negation_lost": 0.40, "numbers_exchanged": 0.60, "comparison_turned": 0.05,
}  # fmt: skip


def shipped() -> list[Pair]:
    return pairs("en", "zh")


def beside() -> list[Pair]:
    if not BESIDE.is_file():
        pytest.skip("no file of translated pairs beside the project")
    content = json.loads(BESIDE.read_text("utf-8"))
    return [(entry["en"], entry["zh"]) for kind in ("sentences", "titles") for entry in content[kind]]


SETS = {"shipped": shipped, "beside": beside}


def refused(pair: Pair) -> bool:
    return bool(judge(readable(pair[0]), readable(pair[1]), "zh"))


def good(chosen: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in chosen if not refused(pair)]


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("kind", kinds())
def test_damage_is_noticed(kind: str, which: str) -> None:
    chosen = good(SETS[which]())
    chance = random.Random(7)
    tries = missed = 0
    for pair in chosen:
        damaged = kinds()[kind](pair, chance, chosen)
        if damaged is not None and damaged != pair[1]:
            tries += 1
            missed += not refused((pair[0], damaged))
    assert tries or (which, kind) == ("beside", "comparison_turned"), kind
    if tries < FEW and FLOORS[kind] > AN_AIM:
        return  # so few say nothing of a kind that is mostly missed
    assert missed <= (1 if tries < FEW else FLOORS[kind] * tries), f"{missed} of {tries}"


def test_every_kind_has_a_floor() -> None:
    assert set(FLOORS) == set(kinds())


# References that are wrong themselves, or that two careful translators would not write: the share of each set.
@pytest.mark.parametrize(("which", "most"), [("shipped", 0.01), ("beside", 0.035)])
def test_references_are_not_refused(which: str, most: float) -> None:
    chosen = SETS[which]()
    assert len(chosen) - len(good(chosen)) <= most * len(chosen)


@pytest.mark.parametrize(("which", "least"), [("shipped", 0.98), ("beside", 0.93)])
def test_references_are_taken_as_the_plain_answer(which: str, least: float) -> None:
    """They pass the judgement, and call the terms of the glossary by names that are accepted."""
    chosen = SETS[which]()
    glossary = load("en-zh")
    accepted = [pair for pair in good(chosen) if glossary.holds(glossary.find(without(pair[0]), ("cs.CV",)), pair[1])]
    assert len(accepted) >= least * len(chosen)


@pytest.mark.parametrize(
    ("source", "target", "is_good"),
    [
        ("It is 3.1x as fast.", "它快 3.1 倍。", True),
        ("It has 3 million papers.", "它有 300 万篇论文。", True),
        ("It has 10,000 papers.", "它有一万篇论文。", True),
        ("It has 10,000 papers.", "它有 1000 篇论文。", False),
        ("It rose from 3.2 to 7.5.", "它从 3.2 升到 7.5。", True),
        ("It rose from 3.2 to 7.5.", "它从 7.5 升到 3.2。", False),
        ("It takes 85 fs at 250 MHz.", "它在 250 MHz 下需要 85 fs。", True),
        ("It takes 85 fs at 250 MHz.", "它在 85 MHz 下需要 250 fs。", False),
        ("BERT is better than GPT here.", "这里 BERT 比 GPT 更好。", True),
        ("BERT is better than GPT here.", "这里 GPT 比 BERT 更好。", False),
        ("We use two models.", "我们使用 2 个模型。", True),
        ("We use two models.", "我们使用两个模型。", True),
        ("We use LLMs on 3D data.", "我们在三维数据上使用 LLM。", True),
        ("In the 1990s it was slow.", "在 20 世纪 90 年代它很慢。", True),
        ("It was published in June 2024.", "它发表于 2024 年 6 月。", True),
        ("The method of $a$ is new.", "$a$ 和 X12 的方法是新的。", False),
        ("Enrolled", "注册注册注册", False),
        ("On Monoids", "モノイドについて", False),
        ("Vision Mamba Models", "。", False),
        ("Attention", "注意力", True),
        ("BERT", "BERT", True),
        ("$x^2$", "$x^2$", True),
        ("We list BERT, GPT-4, ViT, CLIP and SAM.", "我们列出 BERT、GPT-4、ViT、CLIP 和 SAM。", True),
        ("It is not slow.", "它很慢。", False),
    ],
)
def test_judgement(source: str, target: str, is_good: bool) -> None:
    assert (judge(source, target, "zh") == []) is is_good, judge(source, target, "zh")


def test_what_it_says_is_looked_at_from_english_alone() -> None:
    french = "Nous montrons que la transformation de la solution est stable."
    assert judge(french, "我们证明该变换是稳定的。", "zh", "fr") == []


def test_shipped_pairs_keep_their_spans() -> None:
    assert [pair for pair in shipped() if compare(*pair)] == []
