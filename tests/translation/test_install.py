"""What is checked of a package before anything is unpacked, what is left when it fails, and what an index offers."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from papers.errors import PaperglotError
from translation.download import download
from translation.install import install
from translation.model import Model
from translation.packages import BadPackage, NoPackage, installed, read, remove

ROOT = "translate-en_zh-0_2"


def test_install_list_remove(toy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    package = install(toy, folder, ("en", "zh"))
    assert (package.source, package.target, package.version, package.name) == ("en", "zh", "0.2", "en-zh 0.2 (demo)")
    assert installed([folder]) == [package] == [read(package.folder)]
    install(toy, folder)
    assert installed([folder]) == [package]
    assert remove([folder], "en", "zh") == ([package], []) and installed([folder]) == []
    assert remove([folder], "en", "zh") == ([], [])


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


def test_what_people_have(toy: Path, tmp_path: Path) -> None:
    """Zips of a Mac, unpacked folders, codes with hyphens, versions as numbers, with letters, or not at all."""
    folder = tmp_path / "packages"
    litter = altered(
        toy, tmp_path, lambda files: files.update({f"__MACOSX/{ROOT}/._x": b"x", f"{ROOT}/.DS_Store": b"x"})
    )
    assert install(litter, folder).name == "en-zh 0.2 (demo)"
    with zipfile.ZipFile(toy) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert install(tmp_path / "unpacked" / ROOT, folder, ("en", "zh")).is_ours
    for changes, name in (
        ({"to_code": "zh_Hans", "package_version": 1.9}, "en-zh 1.9"),
        ({"to_code": "zt", "package_version": "1.9-beta"}, "en-zh-Hant 1.9-beta"),
        ({"from_code": "pb", "package_version": None}, "pt-zh 0"),
    ):
        assert install(altered(toy, tmp_path, _metadata(**changes, demo=False)), folder).name == name
    with pytest.raises(BadPackage, match="its type is 'sbd'"):
        install(altered(toy, tmp_path, _metadata(type="sbd")), folder)


def test_a_converted_opus_model(toy: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(toy) as archive:
        archive.extractall(tmp_path)
    converted = tmp_path / "opus"
    (tmp_path / ROOT / "model").rename(converted)
    for name in ("source.spm", "target.spm"):
        (converted / name).write_bytes((tmp_path / ROOT / "sentencepiece.model").read_bytes())
    package = install(converted, tmp_path / "packages", ("en", "zh"))
    assert package.name == "en-zh opus" and package.tokenizer == "source.spm"
    assert "方法" in Model(package, beam=1, threads=1).translate(["We prove the method."])[0]
    with pytest.raises(BadPackage, match="does not say its languages"):
        install(converted, tmp_path / "packages")
    (converted / "target.spm").unlink()
    with pytest.raises(BadPackage, match=r"lacks target\.spm"):
        install(converted, tmp_path / "packages", ("en", "zh"))


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
        (lambda files: files.update({"./": b""}), "lies beside its folder"),
        (lambda files: files.update({f"{ROOT}/metadata.json": b"not json"}), "metadata.json cannot be read"),
        (_metadata(from_code="../x"), "no language in from_code"),
        (_metadata(to_code=None), "no language in to_code"),
        (_metadata(to_code="de"), "translates from en to de, not from en to zh"),
    ],
)
def test_a_bad_package_leaves_nothing(
    change: Callable[[dict[str, bytes]], None], said: str, toy: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "packages"
    with pytest.raises(BadPackage, match=said):
        install(altered(toy, tmp_path, change), folder, ("en", "zh"))
    assert not folder.exists() or list(folder.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_link_in_a_package(toy: Path, tmp_path: Path) -> None:
    path = altered(toy, tmp_path, lambda files: None)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo(f"{ROOT}/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadPackage, match="holds a link"):
        install(path, tmp_path / "packages")


def test_a_corrupt_file(toy: Path, tmp_path: Path) -> None:
    content = bytearray(toy.read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "corrupt").write_bytes(content)
    (tmp_path / "text").write_text("no zip")
    for name in ("corrupt", "text", "missing"):
        with pytest.raises(BadPackage):
            install(tmp_path / name, tmp_path / "packages")
    assert installed([tmp_path / "packages"]) == []


@pytest.mark.parametrize("change", [{"model/model.bin": b"junk"}, {"metadata.json": b" " * (2 << 20) + b"{}"}])
def test_what_does_not_work_takes_no_good_one_with_it(change: dict[str, bytes], toy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    package = install(toy, folder)
    bad = altered(toy, tmp_path, lambda files: files.update({f"{ROOT}/{name}": body for name, body in change.items()}))
    with pytest.raises(BadPackage, match=r"does not work|longer than that of any"):
        install(bad, folder)
    assert installed([folder]) == [package]
    assert [path.name for path in folder.iterdir()] == [package.folder.name]


@pytest.mark.parametrize("limit", ["MOST_UNPACKED", "MOST_FILES"])
def test_a_package_that_would_fill_the_disk_is_not_unpacked(
    limit: str, toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"translation.install.{limit}", 3)
    with pytest.raises(BadPackage, match="would unpack to more than any Argos package holds"):
        install(toy, tmp_path / "packages")
    assert not list((tmp_path / "packages").glob("*"))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_anywhere_in_an_archive(method: int, toy: Path, tmp_path: Path) -> None:
    """Every third byte of the first and last part of an archive is turned; it has no model, so that none is good."""
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(toy) as package, zipfile.ZipFile(path, "w", method) as archive:
        for name in package.namelist():
            if not name.endswith("model.bin"):
                archive.writestr(name, package.read(name))
    content = path.read_bytes()
    for at in [*range(0, 400, 3), *range(len(content) - 400, len(content), 3)]:
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        with pytest.raises(BadPackage):
            install(path, tmp_path / "packages")


def test_a_file_that_is_there_twice(toy: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.argosmodel"
    path.write_bytes(toy.read_bytes())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(f"{ROOT}/metadata.json", "{}")
    with pytest.raises(BadPackage, match="holds a file twice"):
        install(path, tmp_path / "packages")


def test_parts_for_other_programs_are_left_out(toy: Path, tmp_path: Path) -> None:
    path = altered(toy, tmp_path, lambda files: files.update({f"{ROOT}/stanza/en.pt": b"torch"}))
    assert not (install(path, tmp_path / "packages").folder / "stanza").exists()


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


class Offering(BaseHTTPRequestHandler):
    """Serves files by their path; what is under /cut/ ends in the middle, /odd/ gives no number as its length."""

    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = self.files[self.path.removeprefix("/cut").removeprefix("/odd/..")]
        self.send_response(200)
        self.send_header("Content-Length", "many" if self.path.startswith("/odd/") else str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path.startswith("/cut/") else body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def offering() -> Iterator[str]:
    """The address of a server of `Offering.files`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Offering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_index_over_http(toy: Path, tmp_path: Path, offering: str) -> None:
    entry = {"from_code": "en", "to_code": "zh", "package_version": "0.2", "type": "translate"}
    Offering.files = {
        "/index.json": json.dumps([entry | {"links": [f"{offering}/toy.argosmodel"]}]).encode(),
        "/later.json": json.dumps([entry | {"links": [f"{offering}/cut/toy.argosmodel"]}]).encode(),
        "/other.json": json.dumps([entry | {"to_code": "fr", "links": [f"{offering}/toy.argosmodel"]}]).encode(),
        "/number.json": b"1",
        "/odd.json": json.dumps([entry | {"links": [f"{offering}/odd/../toy.argosmodel"]}]).encode(),
        "/toy.argosmodel": toy.read_bytes(),
    }
    folder = tmp_path / "packages"
    progress_calls: list[tuple[int, int]] = []
    (package,) = download(f"{offering}/index.json", "en", "zh", folder, lambda *at: progress_calls.append(at))
    assert installed([folder]) == [package]
    assert progress_calls[-1] == (toy.stat().st_size, toy.stat().st_size)
    remove([folder], "en", "zh")
    (package,) = download(f"{offering}/odd.json", "en", "zh", folder)
    remove([folder], "en", "zh")
    for index, pair, message in (
        ("later.json", ("en", "zh"), "cut off after"),
        ("cut/index.json", ("en", "zh"), "cannot be read"),
        ("number.json", ("en", "zh"), "no list of packages"),
        ("other.json", ("en", "fr"), "from en to zh, not from en to fr"),
    ):
        with pytest.raises(PaperglotError, match=message):
            download(f"{offering}/{index}", *pair, folder)
        assert not list(folder.iterdir())
