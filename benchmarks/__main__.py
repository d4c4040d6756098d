"""`python -m benchmarks [NAME …]`: runs them and prints a table each."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable

from benchmarks import (
    backup,
    cluster,
    elastic,
    formats,
    harvest,
    index,
    page,
    parse,
    search,
    snapshot,
    start,
    translate,
)
from benchmarks.measure import Row

ALL: dict[str, Callable[[], list[Row]]] = {
    "start": start.run,
    "parse": parse.run,
    "formats": formats.run,
    "harvest": harvest.run,
    "snapshot": snapshot.run,
    "index": index.run,
    "search": search.run,
    "page": page.run,
    "elastic": elastic.run,
    "translate": translate.run,
    "cluster": cluster.run,
    "backup": backup.run,
}


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.exit(f"There is no benchmark '{unknown[0]}'; there are {', '.join(ALL)}.")
    with tempfile.NamedTemporaryFile() as no_settings:
        os.environ["PAPERGLOT_CONFIG"] = no_settings.name
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}")
        for name in names or ALL:
            print(f"\n{name}", flush=True)
            for row in ALL[name]():
                print(f"  {row.what:52} {row.figure:>24}  {row.target}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
