"""The command line as users type it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from papers.catalogue import Catalogue
from replica.faults import Fault
from replica.server import Replica
from replica.snapshot import lines
from replica.world import World
from tests.conftest import TODAY
from tests.making import AT, page, sighting
from tests.processes import BIN, ROOT, paperglot_at, wait_until

PAPERGLOT = BIN / "paperglot"
GOLDEN = ROOT / "tests" / "golden" / "parsers"


def paperglot(*arguments: str, cwd: Path | None = None, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PAPERGLOT), *arguments], env=os.environ, cwd=cwd, capture_output=True, text=True, timeout=timeout
    )


def said(process: subprocess.CompletedProcess[str], code: int, sentence: str) -> None:
    """The command ended with `code` and one sentence on stderr, without a traceback."""
    assert "Traceback" not in process.stderr
    assert process.returncode == code, process.stderr
    assert re.search(sentence, process.stderr), process.stderr


def snapshot(tmp_path: Path, count: int = 120) -> Path:
    path = tmp_path / "snapshot.json"
    path.write_text("\n".join(lines(World(papers_a_day=60), TODAY, count)) + "\n")
    return path


def test_help_names_every_command() -> None:
    from cli.app import app

    shown = paperglot("--help").stdout
    for command in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert re.search(rf"^  {command} ", shown, re.MULTILINE), command
        help_text = CliRunner().invoke(app, [command, "--help"])
        assert help_text.exit_code == 0 and f"Usage: paperglot {command}" in help_text.output, command
    assert "PAPERGLOT_DATA" in shown


def test_version() -> None:
    assert re.fullmatch(r"paperglot \d+\.\d+\.\d+\n", paperglot("--version").stdout)


@pytest.mark.parametrize("arguments", [("nosuch",), ("search",), ("serve", "--port", "x"), ("parse", "kaggle")])
def test_a_wrong_call(arguments: tuple[str, ...]) -> None:
    said(paperglot(*arguments), 2, "Usage: paperglot")


def test_init_crawl_search_status(
    replica: Callable[..., Replica], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = replica()
    monkeypatch.delenv("PAPERGLOT_CONFIG")
    process = paperglot("init", "--categories", "cs.CL, math.NT", "--contact", "me@example.org", cwd=tmp_path)
    assert process.returncode == 0 and (tmp_path / "paperglot.toml").exists()
    said(paperglot("init", cwd=tmp_path), 2, "is there already")
    day = TODAY.isoformat()
    process = paperglot("crawl", "arxiv_new", "-a", f"date={day}", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert stand_in.pages_asked() == ["/list/cs.CL/new", "/list/math.NT/new"]
    assert "me@example.org" in stand_in.requests[-1].headers["User-Agent"]
    assert re.search(
        r"arxiv_new: \d+ papers on 2 pages; \d+ new, 0 changed|arxiv_new: \d+ papers on 2 pages", process.stdout
    )
    title = next(p for p in stand_in.world.announced(TODAY) if p.categories[0] == "cs.CL").title[0]
    results = json.loads(paperglot("search", f'"{title}"', "--json").stdout)
    assert results["total"] >= 1 and results["hits"][0]["title"] == title
    status = json.loads(paperglot("status", "--json", cwd=tmp_path).stdout)
    assert status["behind"] == 0 and status["index"]["documents"] == status["papers"]
    states = {row["category"]: row["state"] for row in status["coverage"] if row["day"] == day}
    assert states == {"cs.CL": "complete", "math.NT": "complete", None: "not asked"}
    shown = paperglot("status", cwd=tmp_path).stdout
    assert "up to date" in shown and "lists are complete" in shown
    table = paperglot("coverage", cwd=tmp_path)
    assert "cs.CL" in table.stdout and "math.NT" in table.stdout and "\x1b" not in table.stdout


def test_init_writes_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(tmp_path / "elsewhere.toml"))
    process = paperglot("init", "--categories", "cs.CL", "--contact", "me@example.org", cwd=tmp_path)
    assert f"Wrote {tmp_path / 'elsewhere.toml'}." in process.stdout and "Next: 'paperglot crawl'" in process.stdout
    assert paperglot("doctor").stdout and not (tmp_path / "paperglot.toml").exists()
    said(paperglot("init"), 2, "is there already")


def test_init_asks_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAPERGLOT_CONFIG")
    typed = "computation and language, machine learning\nComputation and Language, cs.LG\nme@example.org\nzh\ny\n"
    shown = on_a_terminal("init", typed, tmp_path)
    assert "'machine learning' may be: cs.LG (Machine Learning), stat.ML (Machine Learning)" in shown
    assert "Next: 'paperglot models install en zh'" in shown
    text = (tmp_path / "paperglot.toml").read_text("utf-8")
    assert 'categories = ["cs.CL", "cs.LG"]' in text and 'contact = "me@example.org"' in text
    assert 'languages = ["zh"]' in text


def on_a_terminal(command: str, typed: str, cwd: Path) -> str:
    """What a command shows on a terminal on which this is typed."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen([str(PAPERGLOT), command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd)
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 0, shown
    return shown.decode()


def test_searching_an_empty_folder_says_what_to_do() -> None:
    said(paperglot("search", "clocks"), 1, "'paperglot crawl' or 'paperglot import' makes one")


@pytest.mark.slow
def test_crawl_does_what_the_settings_say(replica: Callable[..., Replica], monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = replica()
    moment = f"{TODAY}T14:00:00+00:00"
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.IR")
    process = paperglot_at(moment, "crawl")
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith("Planned: cs.IR of ")
    assert re.search(r"^Listings: 6 complete\.$", process.stdout, re.MULTILINE)
    assert "/list/cs.IR/new" in stand_in.pages_asked("arxiv")
    assert any(path.startswith("/api/daily_papers?date=") for path in stand_in.pages_asked("huggingface"))
    assert "arxiv_new:" in process.stdout and "huggingface_daily:" in process.stdout
    request_count = len(stand_in.requests)
    again = paperglot_at(moment, "crawl")
    assert (again.returncode, again.stdout) == (0, "Nothing is due: what was announced is there.\n")
    assert len(stand_in.requests) == request_count


def test_a_spider_that_failed_inside(replica: Callable[..., Replica]) -> None:
    replica().faults.append(Fault("/list/", body=b"<html>nothing of use</html>"))
    process = paperglot("crawl", "arxiv_new", "-a", "categories=cs.CL", "-a", f"date={TODAY}")
    said(process, 1, "found another page")
    assert f"cs.CL of {TODAY}: not readable, expected an arXiv listing" in process.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("crawl",), "arXiv asks crawlers for a contact"),
        (("crawl", "nosuch"), "There is no spider 'nosuch'; there are arxiv_abs, arxiv_catchup,"),
        (("crawl", "arxiv_new", "-a", "categories=zz"), "'zz' is not an arXiv category"),
        (("crawl", "arxiv_new", "-a", "categories"), "is not NAME=VALUE"),
        (("crawl", "-a", "categories=cs.CL"), "Arguments go with one spider"),
        (("init", "--categories", "cs.XX"), "'cs.XX' is not an arXiv category"),
        (("init", "--languages", "tlh"), "Setting 'languages.0'"),
        (("search", "x", "--sort", "colour"), "There is no order 'colour'"),
        (("search", "x", "--size", "1000"), "A page holds 1 to 100"),
        (("parse", "nosuch", "x"), "There is no format 'nosuch'; there are arxiv-abs"),
        (("parse", "kaggle", "nothing.json"), "nothing.json cannot be read"),
        (("import", "kaggle", "nothing.json"), "cannot be read"),
        (("replica", "--recorded", "nowhere"), "nowhere is not a folder"),
    ],
)
def test_bad_input_gets_a_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    said(paperglot(*arguments, cwd=tmp_path), 2, f"^paperglot: .*{sentence}")


@pytest.mark.parametrize("command", [("search", "x"), ("status",)])
def test_before_anything_is_kept(command: tuple[str, ...]) -> None:
    said(paperglot(*command), 1, "^paperglot: There is no (index|catalogue)")


def test_import(tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    with path.open("a") as file:
        file.write("not json\n")
    process = paperglot("import", "kaggle", str(path))
    assert process.returncode == 0, process.stderr
    assert "Imported 120 new papers" in process.stdout and "1 bad lines were skipped" in process.stdout
    assert "Line 121 was skipped: no JSON" in process.stderr
    assert "Indexed 120 papers" in process.stdout
    again = paperglot("import", "kaggle", str(path))
    assert "0 new papers; 0 changed, 120 were the same" in again.stdout
    assert "Indexed 120 papers into a new index" in paperglot("rebuild").stdout
    assert "Indexed 0 papers" in paperglot("index").stdout
    assert paperglot("search", "the").stdout.endswith("\n")


def test_import_of_the_recorded_snapshot(recorded: Path) -> None:
    (file,) = (recorded / "kaggle").iterdir()
    assert paperglot("import", "kaggle", str(file)).returncode == 0
    results = json.loads(paperglot("search", "diphoton", "Tevatron", "--json").stdout)
    assert results["total"] == 1 and results["read_as"] == "diphoton Tevatron" and results["unread"] == []
    assert results["hits"][0] == {
        "id": "0704.0001",
        "title": "Calculation of prompt diphoton production cross sections at Tevatron and LHC energies",
        "tier": "all",
    }
    assert {hit["tier"] for hit in results["hits"][1:]} <= {"most", "some"}
    by_id = json.loads(paperglot("search", "arXiv:0704.0001v2", "--json").stdout)
    assert by_id["hits"][0]["id"] == "0704.0001"


FIELDS = {"id", "title", "authors", "abstract", "categories", "announce_type", "version", "upvotes"}


def test_parse() -> None:
    process = paperglot("parse", "arxiv-listing", str(GOLDEN / "arxiv-listing/new/page.html"))
    assert process.returncode == 0
    papers = [json.loads(line) for line in process.stdout.splitlines()]
    assert len(papers) == 5 and all(set(paper) >= FIELDS for paper in papers)
    assert [paper["announce_type"] for paper in papers] == ["new", "new", "cross", "replace", "replace-cross"]
    assert (papers[0]["version"], papers[1]["version"], papers[0]["upvotes"]) == (1, None, None)


def test_parse_says_what_disagrees_and_goes_on() -> None:
    process = paperglot("parse", "arxiv-listing", str(GOLDEN / "arxiv-listing/counts-disagree/page.html"))
    said(process, 0, "warning: New submissions: 3 entries stated, 2 found")
    assert len(process.stdout.splitlines()) == 5 and "partial" in process.stderr


def test_parse_of_nothing_that_says_so() -> None:
    process = paperglot("parse", "arxiv-listing", str(GOLDEN / "arxiv-listing/no-updates/page.html"))
    assert (process.returncode, process.stdout) == (0, "")


def test_parse_of_something_else() -> None:
    process = paperglot("parse", "arxiv-listing", str(GOLDEN / "arxiv-listing/script-challenge/page.html"))
    said(process, 1, "^paperglot: Expected an arXiv listing.*, found a script challenge: Just a moment")
    assert process.stdout == ""


def test_parse_from_standard_input() -> None:
    page = (GOLDEN / "huggingface-daily/api/page.json").read_bytes()
    process = subprocess.run([str(PAPERGLOT), "parse", "huggingface-daily", "-"], input=page, capture_output=True)
    assert process.returncode == 0 and len(process.stdout.splitlines()) == 2


def test_a_reader_that_has_had_enough(tmp_path: Path) -> None:
    page = snapshot(tmp_path, 3000)
    pipe = subprocess.run(f"{PAPERGLOT} parse kaggle {page} | head -1", shell=True, capture_output=True, text=True)
    assert pipe.stderr.count("Traceback") == 0 and len(pipe.stdout.splitlines()) == 1


def test_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said(paperglot("serve", "--port", port), 2, rf"^paperglot: Cannot listen on 127\.0\.0\.1:{port}")
        said(paperglot("demo", "--port", port), 2, "^paperglot: Cannot listen on")
        said(paperglot("replica", "--port", port), 2, "^paperglot: One of the ports")


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = paperglot("demo", "--no-serve", "--data", str(tmp_path / "file" / "data"))
    said(process, 1, "^paperglot: The data folder .* cannot be made")


def test_a_full_disk(tmp_path: Path) -> None:
    """No file may grow: what SQLite meets on a full disk, for it cannot make the catalogue."""
    import resource

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    # Coverage writes a file of its own, which may not grow either.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    process = subprocess.run(
        [str(PAPERGLOT), "import", "kaggle", str(snapshot(tmp_path))],
        env=environment, capture_output=True, text=True, preexec_fn=limited,
    )  # fmt: skip
    said(process, 1, "^paperglot: The catalogue .* cannot be")


def test_make_without_a_python(tmp_path: Path) -> None:
    process = subprocess.run(
        ["make", "PYTHON=", f"VENV={tmp_path / 'venv'}", "install"], cwd=ROOT, capture_output=True, text=True
    )
    assert process.returncode == 2
    assert "Paperglot needs Python 3.11 or later: install it" in process.stderr


@pytest.mark.slow
def test_sites_that_stop_answering(replica: Callable[..., Replica], monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = replica()
    assert paperglot("crawl", "arxiv_new", "-a", "categories=cs.CL", "-a", f"date={TODAY}").returncode == 0
    stand_in.__exit__(None, None, None)
    process = paperglot("crawl", "arxiv_new", "-a", "categories=cs.LG", "-a", f"date={TODAY}")
    said(process, 1, "/list/cs.LG/new: did not answer: Connection was refused")
    assert f"cs.LG of {TODAY}: unreachable, did not answer: Connection was refused" in process.stdout


def test_ctrl_c_stops_cleanly(replica: Callable[..., Replica]) -> None:
    stand_in = replica(delay=3.0)
    command = [str(PAPERGLOT), "crawl", "arxiv_new", "-a", "categories=cs.CL,cs.LG", "-a", f"date={TODAY}"]
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(stand_in.pages_asked, process)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert "Stopped. What was kept stays; the next run carries on." in err
    assert len(stand_in.pages_asked()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_while_a_dataclass_is_made(number: signal.Signals, tmp_path: Path) -> None:
    # As while modules are imported: Python itself ends as killed by SIGINT, although the exception was caught.
    code = f"import os; os.kill(os.getpid(), {int(number)}); list(range(9))"
    program = f"import cli.app, papers.locks\ncli.app.app = lambda **_: exec({code!r})\ncli.app.main()\n"
    (tmp_path / "told.py").write_text(program)
    process = subprocess.run(
        [str(BIN / "python"), "-m", "told"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 130 and "paperglot: Stopped." in process.stderr


def test_nothing_of_the_terminal_is_left_in_a_file(tmp_path: Path) -> None:
    process = paperglot("import", "kaggle", str(snapshot(tmp_path)))
    assert "\x1b" not in process.stdout + process.stderr


def test_progress_on_a_terminal(tmp_path: Path) -> None:
    import pty

    path = snapshot(tmp_path)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [str(PAPERGLOT), "import", "kaggle", str(path)],
        env=os.environ | {"TERM": "xterm"},
        stderr=follower,
        stdout=subprocess.PIPE,
    )
    process.wait(timeout=60)
    os.close(follower)
    shown = b""
    try:
        while chunk := os.read(leader, 65536):
            shown += chunk
    except OSError:
        pass
    assert b"Indexing" in shown and b"papers" in shown


@pytest.mark.slow
def test_a_damaged_catalogue_is_named(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{n:05}", abstract="a lantern " * 90) for n in range(1, 400))), AT)
    assert paperglot("index").returncode == 0
    file = folder / "catalogue.sqlite"
    content = bytearray(file.read_bytes())
    for place in range(8192, len(content) - 4096, 8192):
        content[place : place + 2048] = b"\x5a" * 2048
    file.write_bytes(content)
    for command in (["status"], ["index"], ["rebuild"], ["coverage"], ["translate"], ["forget", "2611.00001"]):
        process = paperglot(*command)
        assert "Traceback" not in process.stderr, command
        text = process.stdout + process.stderr
        assert "damaged" in text or "put a backup" in text.lower() or "cannot be" in text or command == ["coverage"], (
            text
        )
    assert "399 papers" in paperglot("search", "lantern").stdout
