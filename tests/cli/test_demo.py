"""The demo from end to end, smaller than a user's."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from papers.catalogue import Catalogue
from papers.paper import AttemptOutcome
from tests.cli.test_cli import PAPERGLOT, paperglot

SMALL = ("--no-serve", "--days", "3", "--papers-a-day", "40")


@pytest.mark.slow
def test_the_demo_and_the_demo_again(tmp_path: Path) -> None:
    data = str(tmp_path / "demo")
    first = paperglot("demo", "--data", data, *SMALL)
    assert first.returncode == 0, first.stderr
    assert "0.02 s between requests instead of 15 s" in first.stdout
    assert "Kept" in first.stdout and "are indexed" in first.stdout
    status = json.loads(paperglot("status", "--json", "--data", data).stdout)
    assert status["papers"] == status["index"]["documents"] > 40 and status["behind"] == 0
    with Catalogue(tmp_path / "demo") as catalogue:
        assert {attempt.outcome for attempt in catalogue.attempts()} <= {AttemptOutcome.COMPLETE, AttemptOutcome.EMPTY}
    again = paperglot("demo", "--data", data, *SMALL)
    assert again.returncode == 0 and "(0 new)" in again.stdout
    results = json.loads(paperglot("search", "a", "--json", "--data", data).stdout)
    assert results["total"] > 5


def test_the_demo_leaves_a_users_own_things_alone(tmp_path: Path) -> None:
    """Settings, data and pace of the user are neither read nor written."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "paperglot.toml").write_text("[crawl]\nnonsense = 1\n")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PAPERGLOT")} | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    (tmp_path / "tmp").mkdir()
    command = [str(PAPERGLOT), "demo", "--no-serve", "--days", "1", "--papers-a-day", "10"]
    process = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=90)
    assert process.returncode == 0, process.stderr
    assert sorted(path.name for path in home.iterdir()) == ["cache", "paperglot.toml"]
    assert list((tmp_path / "tmp").iterdir()) == []
