"""What each version of a paper said: its texts, by number. Pure.

Sources show one version each, and not all of them say which. A text belongs to a version where its sighting names the
version, or is of a day from which the version follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from papers import sources
from papers.merge import Seen, merge, rank, shown_version


@dataclass(frozen=True, slots=True)
class VersionText:
    """The texts of one version; None where no source that showed this version says it. Comments may be ""."""

    number: int
    title: str | None
    abstract: str | None
    comments: str | None


def texts(seen: Iterable[Seen]) -> dict[int, VersionText]:
    """Number → texts of each version of which arXiv's own record was seen, the first version first.

    `seen` are all sightings of one paper; for one version the most trusted of them counts.
    """
    entries = [entry for entry in seen if sources.source(entry[1].source).arxiv]
    if not entries:
        return {}
    versions = merge(entries).versions
    by_number: dict[int, VersionText] = {}
    for entry in sorted(entries, key=lambda entry: rank(entry, versions), reverse=True):
        number, sighting = shown_version(entry[1], versions), entry[1]
        if number < 1 or number != int(number):
            continue
        states_comments = "comments" in sources.source(sighting.source).states
        sighting_comments = sighting.comments or ("" if states_comments else None)
        known = by_number.get(int(number), VersionText(int(number), None, None, None))
        by_number[int(number)] = VersionText(
            int(number),
            known.title or sighting.title,
            known.abstract or sighting.abstract,
            sighting_comments if known.comments is None else known.comments,
        )
    return dict(sorted(by_number.items()))
