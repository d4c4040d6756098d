"""The campaign of faults with a little of each kind: what `make faults` tries in thousands holds here, too."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from faults.__main__ import KINDS, SCALES, main, summary
from faults.campaign import SMALL, Place, Tally, Trial, carry_out
from faults.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_little_of_each_kind_holds(kind: str, tmp_path: Path) -> None:
    scale = replace(SMALL, kills=1)
    fell: list[str] = []
    trials = KINDS[kind](Place(tmp_path, random.Random(kind), scale))
    if kind == "files":  # each takes seconds: a few of them, others at each change of the list
        trials = (trial for number, trial in enumerate(trials) if number % 8 == 0)
    tally = carry_out(kind, trials, fell.append)
    assert not fell and (tally.tried or kind == "disks")


def test_what_falls_is_said_and_counted() -> None:
    def fail() -> str | None:
        raise RuntimeError("in the trial itself")

    messages: list[str] = []
    trials = [Trial("good", lambda: None), Trial("bad", lambda: "a traceback"), Trial("broken", fail)]
    tally = carry_out("kind", trials, messages.append)
    assert (tally.tried, tally.held, len(tally.fell)) == (3, 1, 2)
    assert messages[0] == "FELL kind, bad: a traceback" and "in the trial itself" in messages[1]
    assert summary([Tally("kind", 3, ["x"], 1.0)])[1].split() == ["kind", "3", "2", "1", "1"]


def test_a_kind_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert "There is no kind 'nothing'; there are" in capsys.readouterr().err
    assert set(SCALES) == {"", "long", "small"}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.promise)
def test_the_code_still_holds_what_a_mutant_changes(mutant: Mutant) -> None:
    content = (ROOT / mutant.file).read_text("utf-8")
    assert content.count(mutant.old) == 1 and (ROOT / mutant.tests).is_file()
