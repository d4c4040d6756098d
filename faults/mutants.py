"""`make mutants`: a fixed set of small changes to the code, each of which a test must notice.

Each stands for a promise that no test held once. The project is copied and changed, and tests are run on the copy.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LEFT_OUT = (".venv", ".git", ".demo", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__")


class Mutant(NamedTuple):
    """A change to a file: `old`, which stands there once, becomes `new`; `tests` must fail then."""

    promise: str
    file: str
    old: str
    new: str
    tests: str


MUTANTS = (
    Mutant(
        "An index of other tokens is not carried on", "indexer/analysis.py",
        'table = "".join(chr(code) + fold_table()[code] for block in _HAN_BLOCKS for code in block)', 'table = ""',
        "tests/indexer/test_analysis.py",
    ),
    Mutant(
        "Every holiday of a known year is known", "papers/holidays.tsv", "2026-12-29\tWinter break\n", "",
        "tests/papers/test_calendar.py",
    ),
    Mutant(
        "A newer snapshot goes before an older listing", "papers/paper.py",
        "return max(dates, default=date.min)", "return date.min", "tests/papers/test_merge.py",
    ),
    Mutant(
        "The texts are those of the highest version", "papers/merge.py",
        "shown_version(sighting, versions), source.rank,", "0, source.rank,", "tests/papers/test_merge.py",
    ),
    Mutant(
        "What is translated anew is not taken from another model", "translation/batch.py",
        "return translation.model == job.model and answers_alike(parse(translation.rules), job.rules)", "return True",
        "tests/translation/test_worker.py",
    ),
    Mutant(
        "What was added to a translation counts", "translation/judge/check.py", "if difference.added:", "if False:",
        "tests/translation/test_damage.py",
    ),
    Mutant(
        "What a person said is not judged", "translation/batch.py", "before.way == PERSON or not judge(", "not judge(",
        "tests/translation/test_people.py",
    ),
    Mutant(
        "A package that is a bomb is not unpacked", "translation/install.py",
        " or sum(entry.file_size for entry in entries) > MOST_UNPACKED", "", "tests/translation/test_install.py",
    ),
    Mutant(
        "Code is found in comments, too", "papers/merge.py", 'for name in ("abstract", "comments"):',
        'for name in ("abstract",):', "tests/papers/test_merge.py",
    ),
    Mutant(
        "A failed request has the headers of others", "search_ui/door.py",
        "await answer(inner_scope, receive, send_with_headers)", "await answer(inner_scope, receive, send)",
        "tests/search_ui/test_door.py",
    ),
    Mutant(
        "The latest years come first", "indexer/facets.py", "key=lambda facet: facet.value, reverse=True",
        "key=lambda facet: facet.value", "tests/indexer/test_embedded.py",
    ),
    Mutant(
        "What goes on beside a crawl leaves the machine to it", "operate/processes.py",
        "os.setpriority(os.PRIO_PROCESS, process.pid, nice)", "pass", "tests/operate/test_beside.py",
    ),
    Mutant(
        "arxiv.org is asked every 15.5 seconds", "crawler/sites.py",
        '("arxiv.org", "www.arxiv.org"), 15.5,', '("arxiv.org", "www.arxiv.org"), 3.2,', "tests/crawler/test_pace.py",
    ),
    Mutant(
        "arXiv's services keep their own pace", "crawler/sites.py", '("export.arxiv.org",), None,',
        '("export.arxiv.org",), 15.5,', "tests/crawler/test_pace.py",
    ),
    Mutant(
        "A day is complete by what is kept", "papers/ledger.py",
        "entry_count = read_count if announced is None else announced", "entry_count = read_count",
        "tests/papers/test_ledger.py",
    ),
    Mutant(
        "A backup that was put back is noticed", "indexer/lag.py",
        "return Relation.LATER if state.cursor > catalogue.seq or has_diverged else Relation.SAME",
        "return Relation.LATER if state.cursor > catalogue.seq else Relation.SAME", "tests/indexer/test_update.py",
    ),
    Mutant(
        "A forgotten paper stays away", "papers/sightings.py",
        "forgotten_numbers = _forgotten(self._connection, list(numbers_by_id.values())) if numbers_by_id else set()",
        "forgotten_numbers = set()",
        "tests/papers/test_catalogue.py",
    ),
)  # fmt: skip


def survives(mutant: Mutant) -> bool:
    """Whether the tests pass all the same. Raises ValueError where the code does not hold `old` once any more."""
    with tempfile.TemporaryDirectory(prefix="paperglot-mutant-") as name:
        copy = Path(name) / "paperglot"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        changed(mutant, copy)
        process = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", mutant.tests], cwd=copy,
            capture_output=True, check=False,
        )  # fmt: skip
    return process.returncode == 0


def changed(mutant: Mutant, root: Path) -> None:
    """Change the file of a mutant in `root`."""
    path = root / mutant.file
    content = path.read_text("utf-8")
    if content.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file} does not hold {mutant.old!r} once.")
    path.write_text(content.replace(mutant.old, mutant.new), "utf-8")


def main() -> int:
    """Try every mutant; 1 where one survives."""
    survivors = 0
    for mutant in MUTANTS:
        alive = survives(mutant)
        survivors += alive
        print(f"{'SURVIVES' if alive else 'killed  '}  {mutant.promise} ({mutant.file})", flush=True)
    print(f"{len(MUTANTS) - survivors} of {len(MUTANTS)} killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
