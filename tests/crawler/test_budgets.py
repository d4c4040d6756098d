"""The files of the pace folder: shared by users who do not trust each other."""

from __future__ import annotations

import math
import os
import stat
from pathlib import Path

import pytest

from crawler.budgets import (
    BudgetState,
    UnsafeFolder,
    open_shared,
    read_shared,
    read_state,
    shared_folder,
    write_shared,
    write_state,
)
from tests.processes import AS_ROOT, NOBODY, as_another, open_to_others


@pytest.fixture
def pace(tmp_path: Path) -> Path:
    return shared_folder(tmp_path / "pace")


def test_a_new_folder_is_everybodys_and_sticky(pace: Path) -> None:
    assert stat.S_IMODE(pace.stat().st_mode) == 0o1777
    os.close(open_shared(pace, "arxiv.org"))
    assert stat.S_IMODE((pace / "arxiv.org").stat().st_mode) == 0o666
    assert [file.name for file in pace.iterdir()] == ["arxiv.org"]


def test_the_rights_of_a_file_that_was_there_stay(pace: Path) -> None:
    file = pace / "arxiv.org"
    file.write_text("")
    file.chmod(0o600)
    os.close(open_shared(pace, file.name))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["link", "dangling link", "second name", "pipe", "folder"])
def test_nothing_but_a_regular_file_is_opened(kind: str, pace: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 400)
    secret.chmod(0o600)
    trap = pace / "arxiv.org"
    match kind:
        case "link":
            trap.symlink_to(secret)
        case "dangling link":
            trap.symlink_to(tmp_path / "elsewhere")
        case "second name":
            os.link(secret, trap)
        case "pipe":
            os.mkfifo(trap)
        case _:
            trap.mkdir()
    with pytest.raises(OSError):
        open_shared(pace, trap.name)
    write_shared(pace, "robots.json", b"{}")
    assert read_shared(pace, trap.name, 100) is None
    assert secret.read_text() == "s" * 400 and stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert not (tmp_path / "elsewhere").exists()


def test_a_link_in_the_place_of_a_copy_is_replaced_and_not_followed(pace: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    (pace / "robots.json").symlink_to(secret)
    write_shared(pace, "robots.json", b"{}")
    assert secret.read_text() == "s"
    assert read_shared(pace, "robots.json", 100) == b"{}"


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (b"", BudgetState()),
        (b'{"next": Infinity, "failures": 0, "stopped": 0}', BudgetState()),
        (b'{"next": 5, "failures": 0, "stopped": NaN}', BudgetState()),
        (b'{"next": 5, "failures": -1, "stopped": 0}', BudgetState()),
        (b'{"next": 5, "failures": 2, "stopped": 7}', BudgetState(5.0, 2, 7.0)),
    ],
)
def test_what_a_file_says(content: bytes, state: BudgetState, pace: Path) -> None:
    (pace / "x").write_bytes(content)
    file = open_shared(pace, "x")
    try:
        assert read_state(file, torn=3.0) == state
        write_state(file, BudgetState(1.0))
        assert read_state(file, torn=3.0) == BudgetState(1.0)
        os.pwrite(file, b'{"next": 17', 0)
        os.truncate(file, 11)
        torn = read_state(file, torn=3.0)
        assert math.isclose(torn.next, (pace / "x").stat().st_mtime + 3.0)
    finally:
        os.close(file)


def test_a_folder_that_others_could_change_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(UnsafeFolder, match="is not sticky"):
        shared_folder(folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(UnsafeFolder, match="is not a folder"):
        shared_folder(tmp_path / "file")
    (tmp_path / "link").symlink_to(shared_folder(tmp_path / "good"))
    with pytest.raises(UnsafeFolder, match="is not a folder"):
        shared_folder(tmp_path / "link")


IMPORTS = """
import json, tempfile
from crawler.budgets import BudgetState, open_shared, read_shared, read_state, shared_folder, write_shared, write_state
"""


def as_nobody(body: str) -> str:
    return as_another(IMPORTS, body)


@AS_ROOT
def test_two_users_keep_one_pace(pace: Path, tmp_path: Path) -> None:
    open_to_others(tmp_path)
    file = open_shared(pace, "arxiv.org")
    write_state(file, BudgetState(77.0))
    write_shared(pace, "robots.json", b"old copy of root's")
    output = as_nobody(
        f"""folder = shared_folder(Path({str(pace)!r}))
file = open_shared(folder, "arxiv.org")
print(read_state(file, torn=0.0).next)
write_state(file, BudgetState(99.0))
write_shared(folder, "robots.json", b"new")
print(read_shared(folder, "robots.json", 100))"""
    )
    assert output == "77.0\nb'new'"
    assert read_state(file, torn=0.0).next == 99.0
    os.close(file)
    assert (pace / "robots.json").stat().st_uid == 0  # in a sticky folder it is written in place
    # What the other user made can be renewed here as well.
    as_nobody(f"write_shared(Path({str(pace)!r}), 'robots-2.json', b'theirs')")
    write_shared(pace, "robots-2.json", b"ours")
    assert read_shared(pace, "robots-2.json", 100) == b"ours"


@AS_ROOT
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    folder.chmod(0o1777)
    with pytest.raises(UnsafeFolder, match="belongs to another user"):
        shared_folder(folder)
