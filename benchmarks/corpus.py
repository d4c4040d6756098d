"""The papers that benchmarks run on: the stand-in's, in any number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from papers.catalogue import PAPERS_A_TRANSACTION, Catalogue
from papers.paper import Page, Sighting
from papers.translations import Detected, Translation, TranslationOutcome
from replica.world import ReplicaPaper, World, listing_day_before

LAST_DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
PAPERS_A_DAY = 1200  # as many as arXiv announces on a working day


def papers(count: int) -> Iterator[ReplicaPaper]:
    """`count` papers, newest day first."""
    world, day = World(papers_a_day=PAPERS_A_DAY), LAST_DAY
    while count > 0:
        yield from islice(world.announced(day), count)
        count -= PAPERS_A_DAY
        day = listing_day_before(day)


def sighting(paper: ReplicaPaper) -> Sighting:
    """A paper as a crawl would have seen it. The abstract is given three times over: real ones are as long."""
    return Sighting(
        id=paper.id,
        source="arxiv-listing",
        listing=paper.categories[0],
        day=paper.day,
        announce_type="new",
        title=paper.title[0],
        authors=tuple(paper.author_names),
        abstract=" ".join([paper.abstract[0]] * 3),
        categories=paper.categories,
        version=1,
        comments=paper.comments,
        upvotes=paper.upvotes,
        code=paper.code,
    )


def fill(folder: Path, count: int, *, bilingual: bool = False) -> None:
    """A catalogue of `count` papers, with their Chinese where it is to be bilingual."""
    with Catalogue(folder, write=True) as catalogue:
        sightings = map(sighting, papers(count))
        while batch := tuple(islice(sightings, PAPERS_A_TRANSACTION)):
            # Of no listing: attempts are not what is measured.
            page = Page(source="benchmark", sightings=batch)
            catalogue.keep(page, AT)
        if bilingual:
            _translate(catalogue, count)


def _translate(catalogue: Catalogue, count: int) -> None:
    """Keep the stand-in's own Chinese as translations."""
    chinese = {paper.id: {"title": paper.title[1], "abstract": paper.abstract[1] * 3} for paper in papers(count)}
    below = None
    while batch := catalogue.to_translate("zh", "stand-in", "", redo=False, below=below, limit=PAPERS_A_TRANSACTION):
        below = batch[-1].number
        translations = [
            (
                paper.number,
                Translation(
                    name, "zh", paper.texts[name][0], TranslationOutcome.TRANSLATED, "stand-in", "",
                    Detected("en", 1.0), (("whole", chinese[paper.id][name]),),
                ),
            )
            for paper in batch
            for name in paper.due
        ]  # fmt: skip
        catalogue.keep_translations(translations, AT)
