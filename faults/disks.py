"""Full disks: a sentence, the index that there was still answers, and with room again all is brought."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from faults.campaign import Place, Trial
from faults.command import run
from replica.snapshot import lines
from replica.world import World

DAY = date(2026, 11, 20)
COUNT = 3_000
LEAST_MB, MOST_MB = 1.0, 14.0


def trials(place: Place) -> Iterator[Trial]:
    """Imports onto a small file system of its own; none where this user may not mount one."""
    file = place.folder / "disk.json"
    file.write_text("\n".join(lines(World(papers_a_day=1000), DAY, COUNT)) + "\n", "utf-8")
    disk = place.folder / "disk"
    disk.mkdir()
    if os.getuid() != 0 or subprocess.run(_mount(disk, 1 << 20), check=False).returncode != 0:
        return
    subprocess.run(["umount", str(disk)], check=True)
    for _ in range(place.scale.disks):
        size = int(place.chance.uniform(LEAST_MB, MOST_MB) * (1 << 20))
        yield Trial(f"import onto {size >> 10} kB", partial(_fill, disk, file, size))


def _mount(disk: Path, size: int) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]


def _fill(disk: Path, file: Path, size: int) -> str | None:
    subprocess.run(_mount(disk, size), check=True)
    try:
        return _import(disk, file, size)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _import(disk: Path, file: Path, size: int) -> str | None:
    data = disk / "data"
    for command in (("import", "kaggle", str(file)), ("index",), ("status",), ("rebuild",)):
        ended = run(data, *command)
        if ended.fault:
            return f"{command[0]}: {ended.fault}"
    if data.is_dir() and len([path for path in (data / "index").glob("*") if path.is_dir()]) > 2:
        return "a half index stayed on the full disk"
    subprocess.run(["mount", "-o", "remount,size=256m", str(disk)], check=True)
    for command in (("import", "kaggle", str(file)), ("index",)):
        ended = run(data, *command)
        if ended.code != 0:
            return f"with room again, {command[0]} ended with {ended.code}: {ended.written[-200:]}"
    ended = run(data, "search", "--json", "")
    shutil.rmtree(data)
    return None if f'"total":{COUNT}' in ended.written else f"not all papers came: {ended.written[:80]}"
