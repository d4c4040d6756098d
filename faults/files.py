"""Every file that we read cut, flipped, emptied, made a folder, or gone: a sentence, never a traceback."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from faults.campaign import Place, Trial
from faults.command import run
from papers.store import FILE
from replica.model import build
from replica.snapshot import lines
from replica.world import World

DAY = date(2026, 11, 20)


def cut(file: Path) -> None:
    content = file.read_bytes()
    _put(file, content[: len(content) // 2])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for place in range(8, len(content), max(1, len(content) // 40)):
        content[place] ^= 0xFF
    _put(file, bytes(content))


def empty(file: Path) -> None:
    _put(file, b"")


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def gone(file: Path) -> None:
    file.unlink()


DAMAGES: tuple[Callable[[Path], None], ...] = (flip, cut, empty, folder, gone)


def _put(file: Path, content: bytes) -> None:
    file.unlink()
    file.write_bytes(content)


def trials(place: Place) -> Iterator[Trial]:
    """For each file of a data folder, and each that a command is given, every damage and the commands that read it."""
    original = place.folder / "files"
    _prepare(original)
    inside = [path.relative_to(original) for path in sorted(original.rglob("*")) if path.is_file()]
    for damage in DAMAGES[: place.scale.files]:
        for path in inside:
            name = f"{_name(path)} {damage.__name__}"
            yield Trial(name, partial(_try, place, original, path, damage))


def _prepare(original: Path) -> None:
    """A data folder with all that there can be in it, and beside it what commands are given."""
    data, inputs = original / "data", original / "given"
    inputs.mkdir(parents=True)
    text = "\n".join(lines(World(papers_a_day=100), DAY, 120)) + "\n"
    (inputs / "snapshot.json").write_text(text, "utf-8")
    (inputs / "snapshot.json.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(inputs / "snapshot.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("snapshot.json", text)
    build(inputs / "toy.argosmodel")
    (inputs / "glossary.tsv").write_text("attention\t关注\n", "utf-8")
    (inputs / "holidays.tsv").write_text("2027\t2027-01-01\n", "utf-8")
    (inputs / "index.json").write_text(json.dumps([{"from_code": "en", "to_code": "zh", "package_version": "1"}]))
    (inputs / "paperglot.toml").write_text('[translation]\nto = ["zh"]\n', "utf-8")
    for command in (("import", "kaggle", str(inputs / "snapshot.json")), _install(inputs), ("translate",)):
        ended = run(data, *command)
        assert ended.code == 0, ended.written


def _install(inputs: Path) -> tuple[str, ...]:
    return ("models", "install", "en", "zh", "--from", str(inputs / "toy.argosmodel"))


def _name(path: Path) -> str:
    """The same for every generation of an index."""
    parts = [part if len(part) != 12 or "." in part else "<generation>" for part in path.parts]
    return "/".join(parts)


Commands = list[tuple[tuple[str, ...], dict[str, str]]]


def _commands(path: Path, inputs: Path) -> Commands:
    """The commands that read this file, with the settings that name it."""
    usual: Commands = [(("status",), {}), (("search", "attention"), {}), (("index",), {}), (("translate",), {})]
    file = str(inputs / path.name)
    special: dict[str, Commands] = {
        "snapshot.json": [(("import", "kaggle", file), {})],
        "snapshot.json.gz": [(("import", "kaggle", file), {})],
        "snapshot.zip": [(("import", "kaggle", file), {})],
        "toy.argosmodel": [(_install(inputs), {})],
        "glossary.tsv": [(("translate", "--redo"), {"PAPERGLOT_TRANSLATION_GLOSSARY": file})],
        "holidays.tsv": [(("coverage",), {"PAPERGLOT_CALENDAR_HOLIDAYS": file})],
        "index.json": [(("models", "list"), {}), (("models", "install", "en", "zh", "--from", file), {})],
        "paperglot.toml": [(("status",), {"PAPERGLOT_CONFIG": file}), (("crawl",), {"PAPERGLOT_CONFIG": file})],
    }
    return special[path.name] if path.parts[0] == "given" else usual


def _try(place: Place, original: Path, path: Path, damage: Callable[[Path], None]) -> str | None:
    copy = place.folder / f"files-{place.chance.randrange(10**9)}"
    shutil.copytree(original, copy)
    try:
        damage(copy / path)
        for command, settings in _commands(path, copy / "given"):
            ended = run(copy / "data", *command, settings=settings)
            if ended.fault:
                return f"{' '.join(command)}: {ended.fault}"
        return _after(copy / "data", path)
    finally:
        shutil.rmtree(copy)


def _after(data: Path, path: Path) -> str | None:
    """An index is made from the catalogue: where that is whole, 'paperglot index' leads to all papers again."""
    if path.name == FILE or path.parts[0] == "given":
        return None
    ended = run(data, "search", "--json", "attention")
    if ended.fault:
        return ended.fault
    if '"total":' not in ended.written or '"total":0' in ended.written:
        return f"nothing is found any more: {ended.written[-200:]}"
    return None
