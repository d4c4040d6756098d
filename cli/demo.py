"""`paperglot demo`: Paperglot on made-up papers."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import folder
from cli.output import progress, say
from cli.replica import DEMO_DELAY, environment_of
from cli.serve import check_port, run_server
from papers.store import CatalogueUnusable

if TYPE_CHECKING:
    from crawler.plan import Run
    from crawler.report import SpiderReport
    from replica.server import Replica


DEMO_CATEGORIES = "cs.AI,cs.CL,cs.CV,cs.LG,cs.RO,cs.IR,cs.CR,stat.ML,math.PR,quant-ph,astro-ph.GA,eess.AS"


def demo(
    data: Annotated[
        Path | None, typer.Option("--data", help="The data folder of the demo; by default one in the system's cache.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=60, help="How many announcement days to crawl.")] = 10,
    papers_a_day: Annotated[int, typer.Option(min=1, max=5000, help="New papers on each day.")] = 90,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after indexing, without serving the page.")] = False,
) -> None:
    """Crawl made-up papers, index them, and open the page.

    They come over HTTP from a stand-in for arXiv and Hugging Face on this machine. It needs no network.
    """
    from platformdirs import user_cache_path

    from crawler.report import DONE, RunReport, summary
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from replica.world import latest_listing_day

    if not no_serve:
        check_port("127.0.0.1", port)
    data_folder = folder(data or user_cache_path("paperglot") / "demo")
    runs = _runs(latest_listing_day(utc_now().date()), days)
    typer.echo(f"Demo data folder: {data_folder}")
    typer.echo(f"Papers of a stand-in on this machine, crawled with {DEMO_DELAY} s between requests instead of 15 s.")
    with Catalogue(data_folder, write=True) as catalogue:
        former_count = catalogue.count()
    spiders = _crawl(runs, data_folder, papers_a_day)
    untranslated = _translate(data_folder)
    paper_count, indexed_count = _index(data_folder)
    pages, entries = sum(spider.pages for spider in spiders), sum(spider.papers for spider in spiders)
    typer.echo(f"Crawled {pages:,} pages with {entries:,} entries over {days} days.")
    typer.echo(f"Translated with a toy model, word by word; {untranslated:,} texts were not good enough.")
    typer.echo(f"Kept {paper_count:,} papers ({paper_count - former_count:,} new); {indexed_count:,} are indexed.")
    report = RunReport(tuple(spiders))
    if report.exit_code != DONE:
        for line in [*(sentence for spider in spiders for sentence in spider.trouble), *summary(report)]:
            say(f"paperglot: {line}")
        raise typer.Exit(report.exit_code)
    if not no_serve:
        _open_soon(f"http://127.0.0.1:{port}")
        run_server("127.0.0.1", port)


def _crawl(runs: list[Run], data_folder: Path, papers_a_day: int) -> tuple[SpiderReport, ...]:
    """Crawl the days one after another, as if time passed. What an earlier demo kept is not fetched again."""
    from crawler.run import run
    from replica.server import Replica
    from replica.world import World

    first_day = date.fromisoformat(runs[0].arguments["date"])
    with (
        Replica(World(papers_a_day=papers_a_day), today=first_day) as stand_in,
        progress("Crawling", "lists") as advance,
    ):
        _use_stand_in(data_folder, stand_in)

        def set_day(next_run: Run) -> None:
            if next_run.spider != "arxiv_catchup" and "date" in next_run.arguments:
                stand_in.today = date.fromisoformat(next_run.arguments["date"])
            advance(runs.index(next_run), len(runs))

        spiders = run(runs, data_folder, before=set_day, quiet=True)
        advance(len(spiders), len(runs))
    return spiders


def _index(data_folder: Path) -> tuple[int, int]:
    """Bring the index up to date. Returns how many papers are kept, and how many are indexed."""
    from indexer.engines import open_engine
    from indexer.update import update
    from papers.catalogue import Catalogue

    engine = open_engine(data_folder)
    with Catalogue(data_folder) as catalogue, progress("Indexing") as advance:
        update(catalogue, engine, progress=advance)
        state = engine.state()
        return catalogue.count(), state.documents if state else 0


def _runs(today: date, days: int) -> list[Run]:
    """The runs of the last `days` announcement days, oldest first: one run for each source and day.

    A list in the middle is missed, and made up for at the end, with what changed in these days and what is trending.
    """
    from crawler.plan import Run
    from replica.world import listing_day_before

    runs: list[Run] = []
    missed = days // 2 if days > 2 else None
    for ago in reversed(range(days)):
        day = (listing_day_before(today, ago) if ago else today).isoformat()
        if ago != missed:
            runs.append(Run("arxiv_new", {"categories": DEMO_CATEGORIES, "date": day}))
        runs.append(Run("huggingface_daily", {"date": day}))
    if missed:
        day = listing_day_before(today, missed).isoformat()
        runs.append(Run("arxiv_catchup", {"categories": DEMO_CATEGORIES, "date": day}))
    first_day = listing_day_before(today, days - 1) if days > 1 else today
    runs.append(Run("arxiv_oai", {"sets": DEMO_CATEGORIES, "from": first_day.isoformat()}))
    return [*runs, Run("huggingface_trending")]


def _translate(data_folder: Path) -> int:
    """Install the toy model if it is missing, and translate with it through CTranslate2.

    Returns how many texts have sentences whose translation was not good enough.
    """
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from replica.model import build
    from translation.install import install
    from translation.packages import installed
    from translation.settings import TranslationSettings, packages_folder
    from translation.worker import run as translate

    settings = TranslationSettings.load()
    target_folder = packages_folder(data_folder, settings)
    if not installed([target_folder]):
        install(build(data_folder / "toy.argosmodel"), target_folder, ("en", "zh"))
    with Catalogue(data_folder, write=True) as catalogue, progress("Translating") as advance:
        total = catalogue.count()
        translate(catalogue, data_folder, settings, "zh", now=utc_now, progress=lambda papers: advance(papers, total))
        counts = catalogue.translation_counts().get("zh", {})
    return sum(count for outcome, count in counts.items() if outcome.startswith(("untranslated", "partly")))


def _use_stand_in(data_folder: Path, stand_in: Replica) -> None:
    """Point the crawl at the stand-in, and keep the user's own settings and rate limits out of the demo."""
    settings_file = data_folder / "demo.toml"
    try:
        settings_file.write_text("# The demo runs on defaults.\n", "utf-8")
    except OSError as error:
        raise CatalogueUnusable(f"The demo's folder {data_folder} cannot be written: {error.strerror}.") from error
    for name in [name for name in os.environ if name.startswith("PAPERGLOT_") and name != "PAPERGLOT_DATA"]:
        del os.environ[name]
    os.environ |= environment_of(stand_in)
    os.environ["PAPERGLOT_CRAWL_PACE_FOLDER"] = str(data_folder / "pace")
    os.environ["PAPERGLOT_CONFIG"] = str(settings_file)


def _open_soon(address: str) -> None:
    """Open the browser once the page answers. A machine without a browser does nothing."""
    import threading
    import time
    import urllib.request
    import webbrowser

    def open_when_ready() -> None:
        for _ in range(100):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"{address}/static/icon.svg", timeout=1).close()  # noqa: S310  (http only)
            except OSError:
                continue
            webbrowser.open(address)
            return

    if sys.stdout.isatty():
        threading.Thread(target=open_when_ready, daemon=True).start()
