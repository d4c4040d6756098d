"""The three dashboards: papers, translation, crawl."""

from __future__ import annotations

from operate.kibana.panels import Board, Json, by, count, latest, statistic, total

PAPERS, RUNS = "papers", "runs"


def view_id(prefix: str, what: str) -> str:
    """The fixed id of a data view."""
    return f"{prefix}-{what}"


def definitions(prefix: str) -> dict[str, Json]:
    """Id → dashboard."""
    return {
        f"{prefix}-papers": papers(view_id(prefix, PAPERS)),
        f"{prefix}-translation": translation(view_id(prefix, PAPERS)),
        f"{prefix}-crawl": crawl(view_id(prefix, RUNS)),
    }


def papers(view: str) -> Json:
    """What came, by day and by everything that tells papers apart."""
    board = Board(view, "Paperglot: papers", "New research papers of arXiv and Hugging Face.", days=30)
    board.number("Papers", count("papers"))
    board.number("With code", count("papers", 'has: "code"'))
    board.number("Featured at Hugging Face", count("papers", "featured: *"))
    board.number("Median upvotes", statistic("median", "upvotes", "upvotes"))
    board.series("Papers a day", count("papers"), split=by("archive", "Archive", 8), width=48)
    board.top("Categories", count("papers"), by("category", "Category", 15))
    board.top("Authors", count("papers"), by("authors.keyword", "Author", 15))
    board.top(
        "Most upvoted", statistic("max", "upvotes", "upvotes"), by("title.keyword", "Title", 15), filter="upvotes: *"
    )
    board.share("Archives", count("papers"), by("archive", "Archive", 10), width=12)
    board.share("Sources", count("papers"), by("source", "Source", 6), width=12)
    board.share("Languages of the original", count("papers"), by("language", "Language", 6), width=12)
    board.share("Kinds of announcement", count("papers"), by("announced", "Kind", 6), width=12)
    board.documents("Newest papers", ("title_en", "title_zh", "authors", "category", "upvotes", "url"))
    return board.definition()


def translation(view: str) -> Json:
    """How far the texts are translated, by what, and why some are not."""
    board = Board(view, "Paperglot: translation", "How far titles and abstracts are translated.", days=30)
    board.number("Translated", count("papers", "translation: *\\:translated"))
    board.number("Partly", count("papers", "translation: *\\:partly"))
    board.number("Waiting", count("papers", "translation: *\\:pending"))
    board.number("Not good enough", count("papers", "translation: *\\:untranslated"))
    board.series("State by day", count("papers"), split=by("translation", "State", 10), width=48)
    board.share("States", count("papers"), by("translation", "State", 10))
    board.share("Models", count("papers"), by("translated_by", "Model", 10))
    board.top("Why texts stay untranslated", count("papers"), by("untranslated_reason", "Reason", 10))
    board.table(
        "Age of translations by model",
        [count("papers"), statistic("min", "translated_at", "oldest"), statistic("max", "translated_at", "newest")],
        [by("translated_by", "Model", 10)],
    )
    board.documents("Not translated well", ("title_en", "untranslated_reason", "translation", "url"),
                    filter="untranslated_reason: *")  # fmt: skip
    return board.definition()


def crawl(view: str) -> Json:
    """How the runs went, what each day has, and what waits."""
    board = Board(view, "Paperglot: crawl", "Runs, coverage of the days, refusals, and what waits.", days=14)
    runs, steps, days = 'kind: "run"', 'kind: "step"', 'kind: "coverage"'
    board.number("Runs", count("runs", runs))
    board.number("Failed or killed", count("runs", f'{runs} and outcome: ("failed" or "killed")'))
    board.number("Behind in the index", latest("index_behind", "papers", runs))
    board.number("Waiting for translation", latest("backlog", "papers", runs))
    board.series("Outcomes", count("runs"), split=by("outcome", "Outcome", 8), filter=runs)
    board.series("New papers", total("papers_new", "papers"), filter=runs)
    board.series("Duration of steps", total("duration_s", "seconds"), split=by("step", "Step", 8), filter=steps)
    board.series("Requests", total("requests", "requests"), filter=runs)
    board.series("Papers by day and category", total("got", "papers"), split=by("listing", "Category", 12), filter=days)
    board.series("States of days", count("lists"), split=by("state", "State", 12), filter=days)
    board.table(
        "Coverage by category",
        [total("got", "kept"), total("stated", "stated"), count("days")],
        [by("listing", "Category", 30), by("state", "State", 12)],
        width=24,
        filter=days,
    )
    board.table(
        "What went wrong",
        [count("times"), total("refusals", "refusals"), total("parse_errors", "not readable")],
        [by("step", "Step", 8), by("outcome", "Outcome", 8)],
        width=24,
        filter=f'{steps} and outcome: ("failed" or "killed" or "incomplete")',
    )
    board.documents("Last runs", ("job", "outcome", "duration_s", "papers_new", "made_up", "reason"), filter=runs)
    return board.definition()
