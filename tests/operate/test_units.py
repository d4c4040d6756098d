"""The units of systemd and the line of cron in the docs: their form, and their commands as processes."""

from __future__ import annotations

import configparser
import re
import subprocess
from collections.abc import Callable

import pytest

from papers.calendar import current_listing_day, utc_now
from replica.server import Replica
from tests.processes import BIN, ROOT

PAGE = (ROOT / "docs/running.md").read_text("utf-8")
UNITS = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
# Of systemd.service(5), systemd.timer(5) and systemd.unit(5): what the docs use of them.
KNOWN = {
    "Unit": {"Description", "After"},
    "Service": {"User", "WorkingDirectory", "ExecStart", "Restart", "RestartSec", "SuccessExitStatus"},
    "Timer": {"OnCalendar", "Persistent"},
    "Install": {"WantedBy"},
}


@pytest.mark.parametrize("text", UNITS, ids=["service", "timer"])
def test_units_hold_what_systemd_knows(text: str) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    for section in unit.sections():
        assert set(unit[section]) <= KNOWN[section]
    assert unit["Install"]["WantedBy"] in ("multi-user.target", "timers.target")


def paperglot(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(BIN / "paperglot"), *arguments], capture_output=True, text=True)


def test_every_command_that_a_timer_starts(replica: Callable[..., Replica]) -> None:
    commands = {tuple(words.split()) for words in re.findall(r"(?:bin/|… )paperglot ([a-z -]+)", PAGE)}
    assert commands >= {("schedule",), ("run", "--due")}
    for command in commands:
        assert paperglot(*command, "--help").returncode == 0
    stand_in = replica(today=current_listing_day(utc_now()))
    process = paperglot("run", "--due")  # as a timer or cron starts it, the first time
    assert process.returncode == 0 and stand_in.pages_asked(), process.stderr
    page_count = len(stand_in.pages_asked())
    assert paperglot("run", "--due").returncode == 0 and len(stand_in.pages_asked()) == page_count
