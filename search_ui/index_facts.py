"""Facts about the whole index that every page of results shows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from indexer.engine import SearchEngine
from indexer.query.search import Search, Sort
from indexer.query.tree import DateRange, Term

# For so long a page may show cached facts about the index.
SECONDS_KNOWN = 5.0


@dataclass(frozen=True, slots=True)
class IndexFacts:
    documents: int
    newest: date | None
    bilingual: bool  # whether any paper has a translation
    featured: bool  # whether any paper was one of Hugging Face's daily papers


def index_facts(search_engine: SearchEngine) -> IndexFacts:
    """The facts of now, or of up to SECONDS_KNOWN ago. Raises what the engine's reading methods raise."""
    return _cached_facts(search_engine, int(time.monotonic() / SECONDS_KNOWN))  # type: ignore[arg-type]  # hashed by identity


@lru_cache(maxsize=2)
def _cached_facts(search_engine: SearchEngine, tick: int) -> IndexFacts:
    """The facts about the index. `tick` changes every SECONDS_KNOWN; until then the cache answers."""
    newest = search_engine.search(Search(sort=Sort.NEWEST, size=1)).hits
    state = search_engine.state()
    translated, featured = search_engine.count([Term("has", "translation"), DateRange("featured", date.min, None)])
    return IndexFacts(
        state.documents if state else 0, newest[0].document.day if newest else None, bool(translated), bool(featured)
    )
