"""The lexicon: what is learned, what is read, and what goes before what."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from indexer import lexicon as lexicons
from indexer.cedict import BadDictionary
from indexer.cedict import read as read_cedict
from indexer.lexicon import FILE, Entry, LexiconDamaged, base, load, of_entries, write
from indexer.lexicon_learning import learn
from indexer.widen import in_words, translated

SENTENCES = [
    ("Diffusion models edit images.", "扩散模型编辑图像。"),
    ("We train diffusion models on slow clocks.", "我们在慢时钟上训练扩散模型。"),
    ("Slow clocks need no images.", "慢时钟不需要图像。"),
    ("A diffusion model is no clock.", "扩散模型不是时钟。"),
]


def test_terms_that_stand_together_are_learned() -> None:
    lexicon = of_entries(learn(SENTENCES))
    assert "diffusion models" in lexicon.in_english("扩散模型")
    assert "images" in lexicon.in_english("图像")
    # A part of a longer term that never stands by itself is none: 散模.
    assert not lexicon.in_english("散模") and not lexicon.in_english("扩散")
    assert learn([]) == [] and learn([("", ""), ("One word.", "一词。")]) == []


def test_what_people_say_goes_before_what_was_learned() -> None:
    learned = Entry("大语言模型", "master of laws", 0.9, "learned")
    said = Entry("大语言模型", "large language model", 1.0, "glossary")
    assert of_entries([learned]).in_english("大语言模型") == ("master of laws",)
    lexicon = of_entries([learned, said])
    assert lexicon.in_english("大語言模型") == ("large language model",)  # traditional, too
    assert lexicon.in_chinese(("larg", "languag", "model")) == ("大语言模型",)


def test_the_longest_term_counts() -> None:
    lexicon = of_entries([Entry(term, "x", 0.5, "learned") for term in ("扩散", "扩散模型", "图像")])
    assert lexicon.words_of("用于图像的扩散模型") == ["用于", "图像", "的", "扩散模型"]
    assert lexicon.words_of("") == [] and of_entries([]).words_of("图像") == ["图像"]


def test_the_file_comes_back_and_damage_is_said(folder: Path) -> None:
    folder.mkdir(parents=True)
    assert load(folder) == base() == load(None)
    assert "diffusion" in base().in_english("扩散")
    entries = [Entry("扩散模型", "diffusion model", 1.0, "glossary"), Entry("时钟", "clock", 0.5, "learned")]
    file = write(folder, entries)
    assert lexicons.read(file) == entries and load(folder).in_english("扩散模型")[0] == "diffusion model"
    for content in (b"", b"\xff\xfe", file.read_bytes() + b"three\tcolumns\tonly\n", b"another\n"):
        (folder / FILE).write_bytes(content)
        with pytest.raises(LexiconDamaged, match="run 'paperglot lexicon'"):
            load(folder)


def test_a_dictionary_that_somebody_adds(tmp_path: Path) -> None:
    content = (
        "# CC-CEDICT\n擴散 扩散 [kuo4 san4] /to spread/to proliferate/diffusion/CL:個|个[ge4]/\n"
        "散 散 [san4] /to scatter/\n"
        "注意力 注意力 [zhu4 yi4 li4] /attention (as in learning)/a very long explanation of it/\n"
    )
    file = tmp_path / "cedict.txt"
    for written in (content.encode(), gzip.compress(content.encode())):
        file.write_bytes(written)
        assert [(entry.chinese, entry.english) for entry in read_cedict(file)] == [
            ("扩散", "spread"), ("扩散", "proliferate"), ("扩散", "diffusion"), ("注意力", "attention"),
        ]  # fmt: skip
    for damaged in (b"nothing of the kind\n", b"\xff\xfe\x00", b"\x1f\x8bnot gzip"):
        file.write_bytes(damaged)
        with pytest.raises(BadDictionary, match="The dictionary"):
            read_cedict(file)
    with pytest.raises(BadDictionary):
        read_cedict(tmp_path / "missing")


def test_without_a_lexicon_nothing_is_translated() -> None:
    assert translated(["扩散模型"], lexicons.EMPTY) is None and translated([], base()) is None
    assert translated(["qxqx"], base()) is None
    assert in_words("图像编辑", lexicons.EMPTY) != in_words("图像编辑", base())
