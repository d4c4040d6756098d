"""Papers by their likeness to what a reader likes."""

from __future__ import annotations

from indexer.rank import Liked, liked_of, rank
from tests.making import document
from tests.relevance.corpora import own_papers


def test_what_is_alike_comes_first_and_says_why() -> None:
    papers = [
        document("2611.00001", 1, title="Bridges of steel", abstract="We build bridges."),
        document("2611.00002", 2, title="Slow clocks", abstract="Clocks that tick slowly, and why."),
        document("2611.00003", 3, title={"en": "Time", "zh": "慢速时钟"}, abstract="The sand runs."),
    ]
    ranked = rank([Liked("A clock that ticks slowly")], papers)
    assert ranked[0].document.id == "2611.00002" and ranked[0].words[0] in ("clocks", "tick")
    assert ranked[0].likeness > ranked[1].likeness >= 0 and ranked[-1].words == ()
    assert rank([Liked("慢速时钟")], papers)[0].document.id == "2611.00003"
    assert [paper.document for paper in rank([], papers)] == papers and rank([Liked("…")], []) == []


def test_on_papers_of_the_corpus() -> None:
    """Who likes three papers about diffusion language models finds the other three."""
    papers = own_papers()
    alike = [paper for paper in papers if "diffusion language model" in str(paper.title.get("en", "")).lower()]
    assert len(alike) > 4
    liked, others_alike = alike[:2], {paper.id for paper in alike[2:]}
    ranked = rank([liked_of(paper) for paper in liked], [paper for paper in papers if paper not in liked])
    first_ids = {paper.document.id for paper in ranked[: 2 * len(others_alike)]}
    assert len(others_alike & first_ids) >= len(others_alike) - 1
    assert {"diffusion"} & set(ranked[0].words)
