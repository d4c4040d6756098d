"""Sentences and languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replica.world import World
from tests.conftest import TODAY
from translation.detect import detect, language_of
from translation.judge.check import judge
from translation.sentences import split

# `|` marks where a sentence ends.
CASES = """\
Holt et al. proposed a new method.|It works well.
As shown by Holt et al. (2017), clocks suffice.|We extend them.
See Fig. 3 for details.|The curve is flat.
By Eq. (3), the claim holds.|This ends the proof.
We use large models, i.e. models with more than 10B parameters.
Common tasks (e.g., QA, NER, etc.) are considered.|We add more.
The loss is convex w.r.t. the weights.|Hence it converges.
Samples are i.i.d. Gaussian variables.
The samples are i.i.d.|We use this fact.
We study objects in 3D.|We propose a new network.
The improvement is 3.5 points.|This is significant.
The value is 0.5.|It grows later.
Let $x. y$ denote the product.|It is bilinear.
We consider $\\mathbb{R}^n$.|The group acts freely.
Let $G$ be a group.|$H$ denotes a subgroup.
Code is available at https://github.com/a.b/c.|We release weights.
See https://a.b/c?d=1.2&e=Fig.3 for the demo.|It runs online.
Contact us at j.holt@mit.example for data.
The U.S. National Library is a source.
Data were collected in the U.S.|We clean them.
Dr. Arai and Prof. Lee led the study.|It took two years.
J. R. R. Nygård wrote it.
The maximal depth is 12.|Its width is 512.
Does it scale?|We answer in the negative.
We use ResNet-50.|mBERT is compared, too.
Results of Sec. IV. A confirm this.
It was seen in Phys. Rev. Lett. 92 and in Proc. Natl. Acad. Sci. USA before.|We go on.
See J. Opt. Soc. Am. B 12 and J. Chem. Phys. 7.|It is known.
This Ph. D. thesis of Oct. 26 and Jan. 6 is short.|It is new.
1. Introduction to the field.
本文提出一种方法。|实验证明有效！|代码可用。"""


@pytest.mark.parametrize("line", CASES.splitlines())
def test_sentences(line: str) -> None:
    sentences = line.split("|")
    joint = "" if "。" in line else " "
    assert split(joint.join(sentences)) == sentences


@given(st.text(max_size=300))
def test_nothing_is_lost_in_splitting(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_abstracts_are_split_as_they_were_made() -> None:
    for paper in World(papers_a_day=40).announced(TODAY):
        assert 4 <= len(split(paper.abstract[0])) <= 8
        assert len(split(paper.abstract[1])) == len(split(paper.abstract[0]))


@pytest.mark.parametrize(
    ("title", "abstract", "language"),
    [
        ("Sparse Clocks for Slow Networks", "We study how clocks can be kept in step.", "en"),
        (r"On $L^2(\\mathbb{R}^d)$ and $H^1$", "We prove a bound on the error of the method.", "en"),
        ("注意力机制研究", "本文基于 BERT 提出一种新的方法。", "zh"),
        ("ニューラルネットワークの研究", "本論文では新しい手法を提案する。", "ja"),
        ("신경망 연구", "우리는 새로운 방법을 제안한다.", "ko"),
        ("Une étude des réseaux de neurones", "Nous proposons une nouvelle méthode pour la traduction.", "fr"),
        ("Eine Studie neuronaler Netze", "Wir schlagen ein neues Verfahren für die Übersetzung vor.", "de"),
        ("BERT", None, "en"),
        ("$$", "https://x.org", "en"),
        (None, None, "en"),
    ],
)
def test_languages(title: str | None, abstract: str | None, language: str) -> None:
    detection = detect(title, abstract)
    assert detection.language == language
    assert 0.0 <= detection.confidence <= 1.0
    assert detect(title, abstract) == detection


@pytest.mark.parametrize(
    ("sentence", "paper", "language"),
    [
        ("We prove that the method is released in this work.", "fr", "en"),
        ("Nous montrons que les ondes sont stables dans un milieu avec des bords.", "en", "fr"),
        ("Mostramos que las ondas son estables en el medio y que la solución existe.", "en", "es"),
        ("Wir zeigen, dass die Lösung mit der Zeit gegen eine Welle strebt.", "en", "de"),
        ("Visual Contrastive Self-Distillation", "en", "en"),
        ("Results on ImageNet, COCO, ADE20K", "fr", "fr"),
        ("本文提出一种方法。", "en", "zh"),
        ("It holds for $x$.", "zh", "en"),
        ("BERT", "zh", "zh"),
    ],
)
def test_the_language_of_a_sentence(sentence: str, paper: str, language: str) -> None:
    assert language_of(sentence, paper) == language


def test_every_paper_of_the_stand_in() -> None:
    for paper in World(papers_a_day=40).announced(TODAY):
        assert detect(paper.title[0], paper.abstract[0]).language == "en"
        assert detect(paper.title[1], paper.abstract[1]).language == "zh"


def test_true_translations_of_the_stand_in_pass() -> None:
    for paper in World(papers_a_day=100).announced(TODAY):
        for english, chinese in zip(split(paper.abstract[0]), split(paper.abstract[1]), strict=True):
            assert judge(english, chinese, "zh") == [], (english, chinese)
