"""`paperglot demo`: Paperglot on papers that nobody wrote."""

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
    data: Annotated[Path | None, typer.Option("--data", help="The demo's own data folder.")] = None,
    days: Annotated[int, typer.Option(min=1, max=60, help="How many announcement days are crawled.")] = 10,
    papers_a_day: Annotated[int, typer.Option(min=1, max=5000, help="New papers on each of them.")] = 90,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after indexing.")] = False,
) -> None:
    """Crawl a stand-in for arXiv and Hugging Face over HTTP, index it, and open the page. Needs no network."""
    from platformdirs import user_cache_path

    from crawler.report import DONE, RunReport, summary
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from replica.world import latest_listing_day

    if not no_serve:
        check_port("127.0.0.1", port)
    into = folder(data or user_cache_path("paperglot") / "demo")
    runs = _runs(latest_listing_day(utc_now().date()), days)
    typer.echo(f"Demo data folder: {into}")
    typer.echo(f"Papers of a stand-in on this machine, crawled with {DEMO_DELAY} s between requests instead of 15 s.")
    with Catalogue(into, write=True) as catalogue:
        before = catalogue.count()
    spiders = _crawl(runs, into, papers_a_day)
    untranslated = _translate(into)
    kept, indexed = _index(into)
    pages, entries = sum(spider.pages for spider in spiders), sum(spider.papers for spider in spiders)
    typer.echo(f"Crawled {pages:,} pages with {entries:,} entries over {days} days.")
    typer.echo(f"Translated with a toy model, word by word; {untranslated:,} texts were not good enough.")
    typer.echo(f"Kept {kept:,} papers ({kept - before:,} new); {indexed:,} are indexed.")
    report = RunReport(tuple(spiders))
    if report.exit_code != DONE:
        for line in [*(sentence for spider in spiders for sentence in spider.trouble), *summary(report)]:
            say(f"paperglot: {line}")
        raise typer.Exit(report.exit_code)
    if not no_serve:
        _open_soon(f"http://127.0.0.1:{port}")
        run_server("127.0.0.1", port)


def _crawl(runs: list[Run], into: Path, papers_a_day: int) -> tuple[SpiderReport, ...]:
    """Crawl day after day, as if they passed; what is kept from an earlier demo is not fetched again."""
    from crawler.run import run
    from replica.server import Replica
    from replica.world import World

    first = date.fromisoformat(runs[0].arguments["date"])
    with Replica(World(papers_a_day=papers_a_day), today=first) as stand_in, progress("Crawling", "lists") as advance:
        _settle(into, stand_in)

        def turn_to(coming: Run) -> None:
            stand_in.today = date.fromisoformat(coming.arguments["date"])
            advance(runs.index(coming), len(runs))

        spiders = run(runs, into, before=turn_to, quiet=True)
        advance(len(spiders), len(runs))
    return spiders


def _index(into: Path) -> tuple[int, int]:
    """Bring the index up to date; how many papers are kept, and how many are indexed."""
    from indexer.engines import open_engine
    from indexer.update import update
    from papers.catalogue import Catalogue

    engine = open_engine(into)
    with Catalogue(into) as catalogue, progress("Indexing") as advance:
        update(catalogue, engine, progress=advance)
        state = engine.state()
        return catalogue.count(), state.documents if state else 0


def _runs(today: date, days: int) -> list[Run]:
    """The days as they would have come, oldest first, both sources on each."""
    from crawler.plan import Run
    from replica.world import listing_day_before

    found: list[Run] = []
    for ago in reversed(range(days)):
        day = (listing_day_before(today, ago) if ago else today).isoformat()
        found.append(Run("arxiv_new", {"categories": DEMO_CATEGORIES, "date": day}))
        found.append(Run("huggingface_daily", {"date": day}))
    return found


def _translate(into: Path) -> int:
    """Install the toy model once and translate through CTranslate2; how many texts were not good enough."""
    from papers.calendar import utc_now
    from papers.catalogue import Catalogue
    from replica.model import build
    from translation.install import install
    from translation.packages import installed
    from translation.settings import TranslationSettings, packages_folder
    from translation.worker import run as translate

    settings = TranslationSettings.load()
    place = packages_folder(into, settings)
    if not installed([place]):
        install(build(into / "toy.argosmodel"), place, ("en", "zh"))
    with Catalogue(into, write=True) as catalogue, progress("Translating") as advance:
        total = catalogue.count()
        translate(catalogue, into, settings, "zh", now=utc_now, progress=lambda papers: advance(papers, total))
        found = catalogue.translation_counts().get("zh", {})
    return sum(count for what, count in found.items() if what.startswith(("untranslated", "partly")))


def _settle(into: Path, stand_in: Replica) -> None:
    """Point the crawl at the stand-in, and keep a user's own settings and pace out of the demo."""
    settings = into / "demo.toml"
    try:
        settings.write_text("# The demo runs on defaults.\n", "utf-8")
    except OSError as error:
        raise CatalogueUnusable(f"The demo's folder {into} cannot be written: {error.strerror}.") from error
    for name in [name for name in os.environ if name.startswith("PAPERGLOT_") and name != "PAPERGLOT_DATA"]:
        del os.environ[name]
    os.environ |= environment_of(stand_in)
    os.environ["PAPERGLOT_CRAWL_PACE_FOLDER"] = str(into / "pace")
    os.environ["PAPERGLOT_CONFIG"] = str(settings)


def _open_soon(address: str) -> None:
    """Open the reader's browser once the page answers; a machine without one is none the worse."""
    import threading
    import time
    import urllib.request
    import webbrowser

    def open_it() -> None:
        for _ in range(100):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"{address}/static/icon.svg", timeout=1).close()  # noqa: S310  (http only)
            except OSError:
                continue
            webbrowser.open(address)
            return

    if sys.stdout.isatty():
        threading.Thread(target=open_it, daemon=True).start()
