"""Which packages are installed, the way from one language to another, and both kinds of tokenizer."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from translation.install import install
from translation.model import Model, ModelUnusable, Route
from translation.packages import NoPackage, Package, installed, route


def test_a_stray_folder_hides_nothing(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "packages" / "stray").mkdir(parents=True)
    package = install(toy, tmp_path / "packages")
    assert installed([tmp_path / "packages"]) == [package]


def package(source: str, target: str, version: str = "1.0") -> Package:
    return Package(Path("x"), source, target, version, "sentencepiece.model")


def test_routes() -> None:
    packages = [package("en", "zh", "1.9"), package("en", "zh", "1.10"), package("fr", "en")]
    assert route(packages, "en", "zh") == [packages[1]]
    assert route(packages, "fr", "zh") == [packages[2], packages[1]]
    with pytest.raises(NoPackage, match="models install de zh"):
        route(packages, "de", "zh")


def test_a_package_with_the_other_kind_of_tokenizer(moses: Path, toy: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.argosmodel"
    with zipfile.ZipFile(path, "w") as archive:
        for file in moses.rglob("*"):
            archive.write(file, str(file.relative_to(moses.parent)))
    package = install(path, tmp_path / "packages")
    model = Model(package, beam=1, threads=1)
    assert model.translate(["nous montrons une méthode, abc.", "", " "]) == ["we show a method, abc.", "", ""]
    long = " ".join(["méthode"] * 500)
    assert model.translate([long]) == [" ".join(["method"] * 500)]
    install(toy, tmp_path / "packages")
    way = Route([Model(step, beam=1, threads=1) for step in route(installed([tmp_path / "packages"]), "fr", "zh")])
    assert way.name == "fr-en 1.0 + en-zh 0.2 (demo)"
    assert "我们" in way.translate(["nous montrons une méthode."])[0]
    (package.folder / "bpe.model").write_text("#version: 0.2\nno pair here\n")
    with pytest.raises(ModelUnusable, match="tokenizer"):
        Model(package, beam=1, threads=1).translate(["nous"])
