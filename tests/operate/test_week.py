"""The simulated week on the embedded engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from replica.server import Replica
from tests.operate.week import Week, check_the_week, live_through


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_week_with_all_that_goes_wrong_in_one(
    replica: Callable[..., Replica], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = Week(folder, replica(papers_a_day=40), monkeypatch)
    live_through(week, monkeypatch)
    check_the_week(week)
