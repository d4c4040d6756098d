"""Protected spans and terms, through translators that drop, double and garble words."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replica.vocabulary import FORMULAS, SYSTEMS
from replica.world import World
from tests.conftest import TODAY
from translation.agreement import Said, agreed
from translation.engine import Translator, translator_of
from translation.glossary import BadGlossary, Glossary, Term, load
from translation.install import install
from translation.protect import Protected, Request, Strategy, translate
from translation.sentences import split
from translation.settings import TranslationSettings
from translation.spans.compare import compare
from translation.spans.find import find, without

NO_TERMS = Glossary({})


@dataclass
class Through:
    """A translator made of a function; its other answers are the same."""

    answer: Callable[[Sequence[str]], Sequence[str]]

    def translate(self, sentences: Sequence[str]) -> Sequence[str]:
        return self.answer(sentences)

    def best(self, sentences: Sequence[str]) -> Sequence[Sequence[str]]:
        return [[target] for target in self.answer(sentences)]


def through(
    texts: Sequence[str],
    answer: Callable[[Sequence[str]], Sequence[str]],
    glossary: Glossary = NO_TERMS,
    to: str = "xx",
) -> list[Protected]:
    """Into a language of which nothing is known but its spans."""
    return translate([Request(text) for text in texts], Through(answer), glossary, to)


def keeps_spans(result: Protected) -> bool:
    return result.target is None or not compare(result.source, result.target)


def upper(sentences: Sequence[str]) -> list[str]:
    """A translator that changes every word and keeps what looks like a placeholder or a name."""
    return [" ".join(f"<{word}>" for word in sentence.split()) for sentence in sentences]


def hostile(rate: float, seed: int) -> Callable[[Sequence[str]], list[str]]:
    """A translator that drops, doubles or garbles each word at this rate."""
    chance = random.Random(seed)

    def garbled(word: str) -> list[str]:
        at = chance.random()
        if at < rate / 3:
            return []
        if at < rate * 2 / 3:
            return [word, word]
        return ["".join(c for c in word if c not in "$_{}\\0123456789/")] if at < rate else [word]

    return lambda sentences: ["译" + " ".join(w for word in s.split(" ") for w in garbled(word)) for s in sentences]


def sentences(count: int) -> list[str]:
    texts: list[str] = []
    for paper in World(papers_a_day=count // 3).announced(TODAY):
        texts += [paper.title[0], *split(paper.abstract[0])]
    texts += [
        r"We prove $\|x\|_2 \le C\,\sqrt{n}$ for all $n\ge 1$, see \cite{a,b} and https://a.b/c_d?e=1.2#f.",
        "Code: https://",
        "Let $f$ and $f$ and $g$ be maps.",
        "X11 is a window system with $x$ and Q3Q.",
        "GPT-4o, ViT-B/16, YOLOv8, snake_case_name and 95.3% on CIFAR-10 [3, 5].",
        r"\begin{equation} a=b \end{equation} holds.",
        "It reaches 85.6% at 6 times the speed of 15 others.",
    ]
    return texts


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.3, 0.7, 1.0])
def test_no_sentence_loses_a_span(rate: float) -> None:
    texts = sentences(1000)
    assert len(texts) > 1000
    results = through(texts, hostile(rate, 1))
    assert all(map(keeps_spans, results))
    assert sum(result.target is not None for result in results) > (1 - rate) * len(results) * 0.9


@pytest.fixture(scope="module")
def toys_engine(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Translator:
    folder = tmp_path_factory.mktemp("data")
    install(toy, folder / "packages")
    return translator_of(folder, TranslationSettings(), "zh")


def spoilt(answers: Sequence[str], chance: random.Random) -> list[str]:
    """Of 5 % of the answers something is wrong, as of real models: a number, a loop, a half in another language."""

    def one(text: str) -> str:
        match chance.randrange(4):
            case 0:
                return text[: len(text) // 2]
            case 1:
                return text + "，达到 63.7%。"
            case 2:
                return "阳性阴性" * 8
            case _:
                return text[: len(text) // 2] + " and nobody knows what the rest of it says"

    return [one(text) if chance.random() < 0.05 else text for text in answers]


def test_a_package_that_fails_one_sentence_in_twenty(toys_engine: Translator) -> None:
    chance = random.Random(4)
    engine = toys_engine.engine("en")
    abstracts = [split(paper.abstract[0]) for paper in World(papers_a_day=300).announced(TODAY)]
    results = translate(
        [Request(item) for abstract in abstracts for item in abstract],
        Through(lambda texts: spoilt(engine.translate(texts), chance)),
        toys_engine.glossary("en"),
        "zh",
    )
    answers = iter(results)
    by_abstract = [[next(answers) for _ in abstract] for abstract in abstracts]
    good = sum(item.target is not None for item in results)
    assert good >= 0.95 * len(results) and all(map(keeps_spans, results))
    mainly = sum(2 * sum(item.target is not None for item in abstract) > len(abstract) for abstract in by_abstract)
    assert mainly >= 0.95 * len(abstracts)
    assert {item.way for item in results} > {Strategy.PLAIN, Strategy.BEST}


pieces = st.sampled_from(
    [
        *FORMULAS,
        *SYSTEMS,
        "https://x.org/a_b?c=1#d",
        "me@x.org",
        "`code x`",
        r"\cite{a}",
        r"\alpha",
        "[1, 2]",
        "3.5%",
        "12 GB",
        "10.1000/x.y",
        "arXiv:2401.01234",
        "-5",
        "words and",
        "more words",
        "X11",
        "，",
        "(",
    ]
)


@given(st.lists(pieces, max_size=12), st.sampled_from([0.0, 0.3, 1.0]), st.integers(0, 5))
@settings(max_examples=200)
def test_any_mixture_of_text_and_spans(parts: list[str], rate: float, seed: int) -> None:
    text = " ".join(parts)
    (result,) = through([text], hostile(rate, seed))
    assert keeps_spans(result)


@given(st.text(max_size=120))
@settings(max_examples=200)
def test_any_text(text: str) -> None:
    (result,) = through([text], hostile(0.3, 1))
    assert keeps_spans(result)


def test_a_translator_that_says_nothing() -> None:
    (result,) = through(["We use words."], lambda texts: [""] * len(texts))
    assert (result.target, result.way, result.reason) == (None, Strategy.REFUSED, "empty")


def test_answers_that_are_judged_one_after_another() -> None:
    class Uncertain:
        def translate(self, sentences: Sequence[str]) -> Sequence[str]:
            return ["<wrong 7>"] * len(sentences)

        def best(self, sentences: Sequence[str]) -> Sequence[Sequence[str]]:
            return [["<wrong 8>", "<right 5>", "<right 5 too>"]] * len(sentences)

    (result,) = translate([Request("It has 5 of them.")], Uncertain(), NO_TERMS, "xx")
    assert (result.target, result.way) == ("<right 5>", Strategy.BEST)


def terms(**accepted: str) -> Glossary:
    return Glossary({name.replace("_", "-"): Term(tuple(forms.split("|"))) for name, forms in accepted.items()})


def test_the_hash_of_a_glossary_is_the_same_in_every_process() -> None:
    """What is kept says by which glossary it was translated: another hash would mean to translate it all anew."""
    script = "from translation.glossary import load; print(load('en-zh').hash)"
    hashes = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "123"
    }
    assert len(hashes) == 1


def test_terms_are_called_as_the_glossary_says() -> None:
    glossary = terms(attention="注意力|关注", self_attention="自注意力")
    texts = ["Attention and self-attention help.", "No term here.", "See https://x.org/attention now."]
    results = through(texts, upper, glossary)
    assert results[0].target and "注意力" in results[0].target and "自注意力" in results[0].target
    assert results[1].way is Strategy.PLAIN
    assert results[2].target and "https://x.org/attention" in results[2].target and "注意力" not in results[2].target
    (alternative,) = through(["Attention helps."], lambda texts: ["关注有用"], glossary)
    assert (alternative.target, alternative.way) == ("关注有用", Strategy.PLAIN)


def test_a_good_answer_that_calls_a_term_otherwise_is_better_than_none() -> None:
    def answer(texts: Sequence[str]) -> list[str]:
        return ["<it helps>" if "Attention" in text else "<9>" for text in texts]

    (result,) = through(["Attention helps."], answer, terms(attention="注意力"))
    assert result.target == "<it helps>"


def test_a_term_in_another_sense() -> None:
    glossary = load("en-zh")

    def accepted(text: str, *categories: str) -> list[str]:
        return [match.term.accepted[0] for match in glossary.find(text, categories)]

    assert accepted("statistical inference and inference", "cs.LG") == ["统计推断", "推理"]
    assert accepted("The inference of it", "math.ST") == [] and accepted("received little attention", "cs.CV") != [
        "注意力"
    ]
    assert accepted("a contrast agent", "cs.CV") == ["造影剂"] and accepted("an agent", "astro-ph.GA") == []
    for wrong, text in (("法学硕士有用。", "LLMs help."), ("变压器有用。", "Transformers help.")):
        (result,) = translate([Request(text, ("cs.CL",))], Through(lambda texts, wrong=wrong: [wrong]), glossary, "zh")  # type: ignore[misc]
        assert result.target is None or wrong[:3] not in result.target


def test_every_term_has_its_sources_and_no_form_is_there_twice() -> None:
    lines = (Path(load.__code__.co_filename).parent / "glossaries/en-zh.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert len(rows) > 400 and all(len(row) in (4, 5) and all(row[:4]) for row in rows)
    forms = [form for row in rows for form in row[0].split("|")]
    assert len(set(forms)) == len(forms)
    assert {row[3] for row in rows} == {
        "usage",
        "名词委·数学",
        "名词委·物理",
        "名词委·计算机",
        "名词委·生物",
        "名词委·天文",
    }


def test_a_users_own_terms_go_first(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("# mine\nAttention\t关注\nnew term\t新词|新术语\tmath\n", "utf-8")
    glossary = load("en-zh", own)
    assert glossary.terms["attention"].accepted == ("关注",) and "token" in glossary.terms
    assert glossary.terms["new term"] == Term(("新词", "新术语"), frozenset({"math"}))
    own.write_text("C#\tC# 语言\nC\tC 语言 # not the sharp one\n# a comment\n", "utf-8")
    sharp = load("en-zh", own)
    assert [match.term.accepted[0] for match in sharp.find("C# is not C, and C++ is neither.")] == ["C# 语言", "C 语言"]
    own.write_text("no tab here\n")
    with pytest.raises(BadGlossary, match="line 1: expected a term, a tab"):
        load("en-zh", own)
    with pytest.raises(BadGlossary, match="cannot be read"):
        load("en-zh", tmp_path / "missing.tsv")
    assert load("en-xx").terms == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $a.b$ be", ["$a.b$"]),
        ("costs $5 and $10", ["5", "10"]),
        (r"\(x\) and \[y\]", [r"\(x\)", r"\[y\]"]),
        ("see https://x.org/a_b.", ["https://x.org/a_b"]),
        ("LaTeX quotes `Name,'' and more text here", ["LaTeX"]),
        ("ResNet-50 beats BERT by 3.5% on COCO [3, 5]", ["ResNet-50", "BERT", "3.5%", "COCO", "[3, 5]"]),
        ("12 GB at 3 ms", ["12 GB", "3 ms"]),
        ("commit 3fa85f64571743 of it", ["3fa85f64571743"]),
        ("plain words only", []),
    ],
)
def test_finding_spans(text: str, found: list[str]) -> None:
    assert [span.text for span in find(text)] == found


def test_what_is_left_is_prose() -> None:
    assert without("We use $x$ on https://x.org now").split() == ["We", "use", "on", "now"]


def test_traditional_chinese_is_made_of_simplified() -> None:
    requests = [Request("We prove the error of $x$ for BERT.")]
    (result,) = translate(
        requests, Through(lambda texts: ["我们证明 X11 的误差对于BERT。"] * len(texts)), NO_TERMS, "zh-Hant"
    )
    assert (result.target, result.way) == ("我們證明$x$的誤差對於BERT。", Strategy.PLAIN)
    (result,) = translate(
        requests, Through(lambda texts: ["我們證明 X11 的誤差對於BERT。"] * len(texts)), NO_TERMS, "zh-Hant"
    )
    assert result.target == "我們證明$x$的誤差對於BERT。"


def test_chinese_into_english() -> None:
    requests = [Request("我们证明 $x$ 的误差为 3.5 万。"), Request("没有人知道。")]
    answers = {"我": "We prove that the error of X11 is 35,000.", "没": "Nobody 知道."}
    results = translate(requests, Through(lambda texts: [answers.get(text[0], "") for text in texts]), NO_TERMS, "en")
    assert results[0].target == "We prove that the error of $x$ is 35,000."
    assert (results[1].target, results[1].reason) == (None, "a part is not translated")


def test_a_paper_calls_a_term_by_one_name() -> None:
    glossary = terms(token="词元|标记", large_language_model="大语言模型|大型语言模型")
    pairs = [
        Said("Each token counts.", "每个标记都重要。"),
        Said("A token is short.", "一个词元很短。"),
        Said("Every token here.", "这里的每个标记。"),
        Said("Nothing of it.", "与词元无关。"),
    ]
    assert agreed(pairs, glossary, ()) == ["每个标记都重要。", "一个标记很短。", "这里的每个标记。", "与词元无关。"]
