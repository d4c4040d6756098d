"""Chinese as it is set."""

from __future__ import annotations

import json
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translation.test_damage import BESIDE
from translation.quality.measure import pairs
from translation.typography import chinese


@pytest.mark.parametrize(
    ("text", "as_set"),
    [
        ("有效,该方法很好.", "有效，该方法很好。"),
        ("我们证明 $O(n)$用于 注意力。", "我们证明$O(n)$用于注意力。"),
        ("（1 ）第一“ 注意力 ”", "（1）第一“注意力”"),
        ("GPT-4 , 在 COCO 上", "GPT-4，在COCO上"),
        ("大语言模型 (LLM) 很大", "大语言模型（LLM）很大"),
        ("提高了3。5%，即12．34", "提高了3.5%，即12.34"),
        ('他说"很好"，但是', "他说“很好”，但是"),
        ("这样...那样", "这样……那样"),
        ("甲 -- 乙", "甲——乙"),
        ("见 https://a.b/c,d.html 和 $a, b$。", "见https://a.b/c,d.html和$a, b$。"),
        ("BERT, GPT-4 and 3.5", "BERT, GPT-4 and 3.5"),
        ("第３章", "第3章"),
        ("代价是 3 million 和 1.5 billion", "代价是300万和15亿"),
    ],
)
def test_set(text: str, as_set: str) -> None:
    assert chinese(text) == as_set


@given(st.text(alphabet=st.sampled_from("中文很好 ,.;:()“”\"'A1$x-—…。，%3５"), max_size=40))
def test_again_it_changes_nothing(text: str) -> None:
    assert chinese(chinese(text)) == chinese(text)


@pytest.mark.parametrize("which", ["shipped", "beside"])
def test_hardly_anything_of_careful_translations_changes(which: str) -> None:
    """Blanks aside, which the page sets by itself."""
    if which == "shipped":
        texts = [target for _, target in pairs("en", "zh")]
    elif BESIDE.is_file():
        texts = [entry["zh"] for entry in json.loads(BESIDE.read_text("utf-8"))["sentences"]]
    else:
        pytest.skip("no file of translated pairs beside the project")
    characters = changed = 0
    for text in texts:
        before, after = text.replace(" ", ""), chinese(text).replace(" ", "")
        characters += len(before)
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            changed += max(b - a, d - c) if kind != "equal" else 0
    assert changed < 0.01 * characters
