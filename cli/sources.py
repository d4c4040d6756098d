"""What commands that hand out papers read them from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import say

if TYPE_CHECKING:
    from datetime import datetime

    from delivery.digest.gather import Source


def source(path: Path, now: datetime) -> Source:
    """The index of a data folder, with its topics and lexicon, and what makes summaries by the settings."""
    from delivery.digest.gather import Source
    from delivery.summary.service import summariser
    from indexer import lexicon, topics
    from indexer.engines import open_engine

    return Source(
        engine=open_engine(path),
        topics=topics.load(path, now.date()),
        lexicon=lexicon.load(path),
        folder=path,
        now=now,
        summarise=summariser(path, now.date(), say),
    )
