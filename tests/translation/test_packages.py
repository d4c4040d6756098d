"""Argos packages: what is checked before anything is unpacked, and what is left when it fails."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from translation.model import Model, ModelUnusable, Route
from translation.packages import (
    BadPackage,
    NoPackage,
    Package,
    download,
    install_file,
    installed,
    read,
    remove,
    route,
)

ROOT = "translate-en_zh-0_1_toy"


def test_install_list_remove(toy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    package = install_file(toy, folder, ("en", "zh"))
    assert (package.source, package.target, package.version, package.name) == ("en", "zh", "0.1.toy", "en-zh 0.1.toy")
    assert installed(folder) == [package] == [read(package.folder)]
    install_file(toy, folder)
    assert installed(folder) == [package]
    assert remove(folder, "en", "zh") == [package] and installed(folder) == []
    assert remove(folder, "en", "zh") == []


def altered(toy: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(toy) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    path = tmp_path / "altered.argosmodel"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _metadata(**changes: object) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        values = json.loads(files[f"{ROOT}/metadata.json"]) | changes
        files[f"{ROOT}/metadata.json"] = json.dumps(values).encode()

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.update({f"{ROOT}/../../evil": b"x"}), "leads out of its folder"),
        (lambda files: files.update({"/etc/evil": b"x"}), "leads out of its folder"),
        (lambda files: files.update({"another/evil": b"x"}), "holds 2 folders"),
        (lambda files: files.update({"evil": b"x"}), "lies beside its folder"),
        (lambda files: files.pop(f"{ROOT}/model/model.bin"), "lacks model/model.bin"),
        (lambda files: files.pop(f"{ROOT}/metadata.json"), "lacks metadata.json"),
        (lambda files: files.clear(), "empty archive"),
        (lambda files: files.update({f"{ROOT}/metadata.json": b"not json"}), "metadata.json cannot be read"),
        (_metadata(from_code="../x"), "lacks from_code"),
        (_metadata(to_code=None), "lacks from_code, to_code"),
        (_metadata(to_code="de"), "translates from en to de, not from en to zh"),
    ],
)
def test_a_bad_package_leaves_nothing(
    change: Callable[[dict[str, bytes]], None], said: str, toy: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "packages"
    with pytest.raises(BadPackage, match=said):
        install_file(altered(toy, tmp_path, change), folder, ("en", "zh"))
    assert not folder.exists() or list(folder.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_link_in_a_package(toy: Path, tmp_path: Path) -> None:
    path = altered(toy, tmp_path, lambda files: None)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo(f"{ROOT}/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadPackage, match="holds a link"):
        install_file(path, tmp_path / "packages")


def test_a_corrupt_file(toy: Path, tmp_path: Path) -> None:
    content = bytearray(toy.read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "corrupt").write_bytes(content)
    (tmp_path / "text").write_text("no zip")
    for name in ("corrupt", "text", "missing"):
        with pytest.raises(BadPackage):
            install_file(tmp_path / name, tmp_path / "packages")
    assert installed(tmp_path / "packages") == []


def test_a_stray_folder_hides_nothing(toy: Path, tmp_path: Path) -> None:
    (tmp_path / "packages" / "stray").mkdir(parents=True)
    package = install_file(toy, tmp_path / "packages")
    assert installed(tmp_path / "packages") == [package]


def test_parts_for_other_programs_are_left_out(toy: Path, tmp_path: Path) -> None:
    path = altered(toy, tmp_path, lambda files: files.update({f"{ROOT}/stanza/en.pt": b"torch"}))
    assert not (install_file(path, tmp_path / "packages").folder / "stanza").exists()


def package(source: str, target: str, version: str = "1.0") -> Package:
    return Package(Path("x"), source, target, version, "sentencepiece.model")


def test_routes() -> None:
    packages = [package("en", "zh", "1.9"), package("en", "zh", "1.10"), package("fr", "en")]
    assert route(packages, "en", "zh") == [packages[1]]
    assert route(packages, "fr", "zh") == [packages[2], packages[1]]
    with pytest.raises(NoPackage, match="models install de zh"):
        route(packages, "de", "zh")


def test_an_index(tmp_path: Path) -> None:
    index = tmp_path / "index.json"
    index.write_text(json.dumps([{"from_code": "en", "to_code": "zh", "package_version": "1.9", "links": ["ftp://x"]}]))
    with pytest.raises(NoPackage, match="gives no address"):
        download(str(index), "en", "zh", tmp_path / "packages")
    older = {"from_code": "en", "to_code": "fr", "package_version": "1.9", "links": ["http://127.0.0.1:9/older"]}
    newer = older | {"package_version": "1.10", "links": ["http://127.0.0.1:9/newer"]}
    (tmp_path / "two.json").write_text(json.dumps([newer, older]))
    with pytest.raises(NoPackage, match="newer cannot be downloaded"):
        download(str(tmp_path / "two.json"), "en", "fr", tmp_path / "packages")
    with pytest.raises(NoPackage, match="offers no package from en to fr"):
        download(str(index), "en", "fr", tmp_path / "packages")
    with pytest.raises(NoPackage, match="cannot be read"):
        download(str(tmp_path / "nothing"), "en", "zh", tmp_path / "packages")


def test_a_package_with_the_other_kind_of_tokenizer(moses: Path, toy: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.argosmodel"
    with zipfile.ZipFile(path, "w") as archive:
        for file in moses.rglob("*"):
            archive.write(file, str(file.relative_to(moses.parent)))
    package = install_file(path, tmp_path / "packages")
    model = Model(package, beam=1, threads=1)
    assert model.translate(["nous montrons une méthode, abc.", "", " "]) == ["we show a method, abc.", "", ""]
    long = " ".join(["méthode"] * 500)
    assert model.translate([long]) == [" ".join(["method"] * 500)]
    install_file(toy, tmp_path / "packages")
    way = Route([Model(one, beam=1, threads=1) for one in route(installed(tmp_path / "packages"), "fr", "zh")])
    assert way.name == "fr-en 1.0 + en-zh 0.1.toy"
    assert "我们" in way.translate(["nous montrons une méthode."])[0]
    (package.folder / "bpe.model").write_text("#version: 0.2\nno pair here\n")
    with pytest.raises(ModelUnusable, match="tokenizer"):
        Model(package, beam=1, threads=1).translate(["nous"])
