"""`python -m faults`: the campaign, or the kinds that are named. `FAULTS=long` tries more, `FAULTS=small` a little.

`PAPERGLOT_TEST_ELASTICSEARCH_URL` names a server for the kills on Elasticsearch. The seed is printed; `SEED=7` sets it.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from functools import partial
from pathlib import Path

from faults import disks, files, kills, records, requests
from faults.campaign import LONG, SMALL, USUAL, Kind, Place, Tally, carry_out

KINDS: dict[str, Kind] = {
    "requests": requests.trials,
    "records": records.trials,
    "files": files.trials,
    "disks": disks.trials,
    "kills": kills.trials,
}
SCALES = {"": USUAL, "long": LONG, "small": SMALL}


def main(names: list[str]) -> int:
    """Run these kinds; 1 where something fell."""
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        print(f"There is no kind '{unknown[0]}'; there are {', '.join(KINDS)}.", file=sys.stderr)
        return 2
    scale = SCALES[os.environ.get("FAULTS", "")]
    seed = int(os.environ.get("SEED", "20261125"))
    server = os.environ.get("PAPERGLOT_TEST_ELASTICSEARCH_URL")
    print(f"Seed {seed}; Elasticsearch {'is tried' if server else 'is left out: no server is named'}")
    tallies = []
    with tempfile.TemporaryDirectory(prefix="paperglot-faults-") as name:
        for kind in names or KINDS:
            folder = Path(name) / kind
            folder.mkdir()
            place = Place(folder, random.Random(f"{seed} {kind}"), scale, server)
            tallies.append(carry_out(kind, KINDS[kind](place), partial(print, flush=True)))
    for line in summary(tallies):
        print(line)
    return 1 if any(tally.fell for tally in tallies) else 0


def summary(tallies: list[Tally]) -> list[str]:
    """Tried, held, fell: a line a kind."""
    lines = [f"{'':10}{'tried':>8}{'held':>8}{'fell':>8}{'seconds':>9}"]
    lines += [f"{t.kind:10}{t.tried:>8,}{t.held:>8,}{len(t.fell):>8,}{t.seconds:>9.0f}" for t in tallies]
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
