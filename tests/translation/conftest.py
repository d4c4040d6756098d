from __future__ import annotations

import json
from pathlib import Path

import pytest

from replica.model import TOY, build, model


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in's Argos package, as a file."""
    return build(tmp_path_factory.mktemp("toy") / "translate-en_zh-0_1.argosmodel")


@pytest.fixture(scope="session")
def moses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the other kind: Moses's words in pairs of pieces, from French to English; a folder."""
    words = {"nous": "we", "montrons": "show", "une": "a", "méthode": "method", ",": ",", ".": "."}
    folder = tmp_path_factory.mktemp("moses") / "translate-fr_en-1_0"
    folder.mkdir()
    merges = []
    for word in words:
        pieces = [*word[:-1], f"{word[-1]}</w>"]
        while len(pieces) > 1:
            merges.append(f"{pieces[0]} {pieces[1]}")
            pieces[:2] = ["".join(pieces[:2])]
    (folder / "bpe.model").write_text("\n".join(["#version: 0.2", *dict.fromkeys(merges)]) + "\n", "utf-8")
    letters = [letter + end for letter in "abcdefghijklmnopqrstuvwxyzé" for end in ("", "@@")]
    vocabulary = list(dict.fromkeys(["<unk>", "<s>", "</s>", *words, *words.values(), *letters]))
    target = {source: vocabulary.index(english) for source, english in words.items()}
    model(folder / "model", vocabulary, [target.get(piece, n) for n, piece in enumerate(vocabulary)], TOY)
    metadata = {"package_version": "1.0", "from_code": "fr", "to_code": "en"}
    (folder / "metadata.json").write_text(json.dumps(metadata))
    return folder
