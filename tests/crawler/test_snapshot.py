"""Importing the snapshot: every way the file comes, bad lines, a stop in the middle."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crawler import snapshot
from crawler.parsers.kaggle import LONGEST_LINE
from crawler.snapshot import NotASnapshot, SnapshotResult
from papers.catalogue import Catalogue
from papers.sightings import KeepResult
from replica.snapshot import lines
from replica.world import World
from tests.making import AT

COUNT = 2500


@pytest.fixture(scope="module")
def text() -> bytes:
    snapshot_lines = lines(World(papers_a_day=1000), date(2026, 11, 20), COUNT)
    return ("\n".join(snapshot_lines) + "\n").encode()


def run(path: Path, folder: Path, messages: list[str] | None = None) -> SnapshotResult:
    with Catalogue(folder, write=True) as catalogue:
        return snapshot.run(
            path, catalogue, lambda: AT, (messages if messages is not None else []).append, lambda *_: None
        )


def write(tmp_path: Path, kind: str, text: bytes) -> Path:
    path = tmp_path / f"arxiv-metadata-oai-snapshot.json{kind}"
    if kind == ".gz":
        path.write_bytes(gzip.compress(text))
    elif kind == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("arxiv-metadata-oai-snapshot.json", text)
    else:
        path.write_bytes(text)
    return path


@pytest.mark.parametrize("kind", ["", ".gz", ".zip"])
def test_every_form_of_the_file(kind: str, tmp_path: Path, folder: Path, text: bytes) -> None:
    path = write(tmp_path, kind, text)
    assert run(path, folder) == SnapshotResult(KeepResult(new=COUNT))
    assert run(path, folder) == SnapshotResult(KeepResult(same=COUNT))


def test_texts_are_normalised(tmp_path: Path, folder: Path, text: bytes) -> None:
    run(write(tmp_path, "", text), folder)
    world_paper = World(papers_a_day=1000).announced(date(2026, 11, 20))[0]
    with Catalogue(folder) as catalogue:
        stored = catalogue.get(world_paper.id)
    assert stored and (stored.title, stored.abstract) == (world_paper.title[0], world_paper.abstract[0])
    assert list(stored.authors) == world_paper.author_names
    assert stored.day == world_paper.day


def test_bad_lines_are_said_with_their_number(tmp_path: Path, folder: Path, text: bytes) -> None:
    broken = text.split(b"\n")
    broken[4] = b'{"id": "2611.99999"}'
    broken[1500] = b"not json"
    broken[2000] = b""
    messages: list[str] = []
    result = run(write(tmp_path, "", b"\n".join(broken)), folder, messages)
    assert result == SnapshotResult(KeepResult(new=COUNT - 3), bad_lines=2)
    assert messages[0].startswith("Line 5 was skipped: 2611.99999 without a title")
    assert messages[1].startswith("Line 1501 was skipped: no JSON")


def test_many_bad_lines_do_not_drown_everything(tmp_path: Path, folder: Path, text: bytes) -> None:
    messages: list[str] = []
    result = run(write(tmp_path, "", text + b"rubbish\n" * 500), folder, messages)
    assert result.bad_lines == 500 and len(messages) == snapshot.MOST_BAD_LINES_SAID


def test_a_stopped_import_carries_on(tmp_path: Path, folder: Path, text: bytes) -> None:
    path = write(tmp_path, ".gz", text)

    class Stop(BaseException):
        pass

    def stop(processed: int, total: int) -> None:
        raise Stop

    with Catalogue(folder, write=True) as catalogue:
        with pytest.raises(Stop):
            snapshot.run(path, catalogue, lambda: AT, print, stop)
        assert catalogue.count() == 1000
    assert run(path, folder) == SnapshotResult(KeepResult(new=COUNT - 1000), resumed_at=1000)
    assert run(path, folder) == SnapshotResult(KeepResult(same=COUNT))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.json", b"id,title\n1,2\n", "none of its first lines is a paper"),
        ("x.zip", b"PK\x03\x04rubbish", "cannot be read to its end"),
    ],
)
def test_another_file(name: str, content: bytes, said: str, tmp_path: Path, folder: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotASnapshot, match=said):
        run(tmp_path / name, folder)


def test_a_file_that_is_not_there(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(NotASnapshot, match="No such file"):
        run(tmp_path / "nothing.json", folder)


def test_a_file_that_was_cut_off_keeps_what_it_has(tmp_path: Path, folder: Path, text: bytes) -> None:
    path = tmp_path / "cut.json.gz"
    path.write_bytes(gzip.compress(text)[:-2000])
    with pytest.raises(NotASnapshot, match="What was read before is kept"):
        run(path, folder)
    with Catalogue(folder) as catalogue:
        assert catalogue.count() == 2000


def test_a_zip_of_something_else(tmp_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("readme.txt", "no")
    with pytest.raises(NotASnapshot, match="holds 0 JSON files"):
        run(tmp_path / "x.zip", folder)


def encrypted(text: bytes) -> bytes:
    """A zip whose member says that it is encrypted."""
    packed = zipped(text)
    return packed.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    )


def zipped(text: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.json", text)
    return packed.getvalue()


def damaged(packed: bytes) -> bytes:
    middle = len(packed) // 2
    return packed[:middle] + bytes(byte ^ 0x55 for byte in packed[middle : middle + 40]) + packed[middle + 40 :]


FILES: dict[str, Callable[[bytes], bytes]] = {
    "encrypted": encrypted,
    "unknown method": lambda text: (
        zipped(text).replace(b"\x08\x00", b"\x63\x00", 1).replace(b"\x08\x00", b"\x63\x00", 1)
    ),
    "damaged deflate": lambda text: damaged(zipped(text)),
    "damaged lzma": lambda text: damaged(zipped(text, zipfile.ZIP_LZMA)),
    "damaged bzip2": lambda text: damaged(zipped(text, zipfile.ZIP_BZIP2)),
    "damaged gzip": lambda text: damaged(gzip.compress(text)),
    "cut gzip": lambda text: gzip.compress(text)[:-400],
    "cut zip": lambda text: zipped(text)[:-30],
    "empty": lambda text: b"",
    "blank lines": lambda text: b"\n\n\n",
    "no lines": lambda text: b"\0" * (LONGEST_LINE + 5),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_cannot_be_read_is_said_in_a_sentence(kind: str, tmp_path: Path, folder: Path, text: bytes) -> None:
    path = tmp_path / "snapshot.json"
    path.write_bytes(FILES[kind](text[: text.rindex(b"\n", 0, 200_000) + 1]))
    with pytest.raises(NotASnapshot, match=r"snapshot\.json (cannot be read|is empty|is not an arXiv snapshot)"):
        run(path, folder)


def test_a_byte_order_mark_and_a_shadow_of_macos(tmp_path: Path, folder: Path, text: bytes) -> None:
    path = tmp_path / "snapshot.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", b"\xef\xbb\xbf" + text)
        archive.writestr("__MACOSX/._a.json", b"\0\5\x16\7")
    assert run(path, folder) == SnapshotResult(KeepResult(new=COUNT))


def test_a_line_without_an_end_costs_no_memory(
    tmp_path: Path, folder: Path, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.snapshot.LONGEST_LINE", 20_000)
    monkeypatch.setattr("crawler.parsers.kaggle.LONGEST_LINE", 20_000)
    first, second, *_ = text.splitlines(keepends=True)
    path = tmp_path / "snapshot.json"
    path.write_bytes(first + b'{"id": "' + b"x" * 100_000 + b'"}\n' + second)
    messages: list[str] = []
    assert run(path, folder, messages) == SnapshotResult(KeepResult(new=2), bad_lines=1)
    assert messages == ["Line 2 was skipped: a line of more than 0 MB."]
    monkeypatch.setattr("crawler.snapshot.MOST_BYTES_SKIPPED", 50_000)
    path.write_bytes(first + second + b"y" * 200_000)
    with pytest.raises(NotASnapshot, match="has a line of more than"):
        run(path, folder)


def test_long_lines_are_kept_a_few_at_a_time(
    tmp_path: Path, folder: Path, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.snapshot.BYTES_A_TRANSACTION", 5_000)
    sizes: list[int] = []
    keep = Catalogue.keep
    monkeypatch.setattr(
        Catalogue, "keep", lambda self, page, at: sizes.append(len(page.sightings)) or keep(self, page, at)
    )
    assert run(write(tmp_path, "", text), folder) == SnapshotResult(KeepResult(new=COUNT))
    assert max(sizes) < 10 and sum(sizes) == COUNT
