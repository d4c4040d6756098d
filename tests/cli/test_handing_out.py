"""`paperglot digest` and `alerts`: what they write and send, what they refuse, and a week of both."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from cli.app import main
from papers.catalogue import Catalogue
from replica.server import Replica
from tests.cli.test_cli import paperglot
from tests.delivery.test_digests import WRONG_TERMS
from tests.making import AT, DAY, page, sighting
from tests.processes import AT_A_TIME, ROOT, paperglot_at
from tests.receivers import Chat, Mailbox


@pytest.fixture
def papers() -> Path:
    """A data folder with three papers of one day, indexed."""
    folder = Path(os.environ["PAPERGLOT_DATA"])
    titles = ("Slow clocks in networks", "Bridges of steel", "Galaxies far away")
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{n:05}", title=title, day=DAY) for n, title in enumerate(titles, 1))), AT)
    assert paperglot("index").returncode == 0
    return folder


def test_a_digest_is_written(papers: Path, tmp_path: Path) -> None:
    shown = paperglot("digest", "--shape", "json", "--day", str(DAY), "--lang", "en")
    assert json.loads(shown.stdout)["total"] == 3
    assert json.loads(paperglot("digest", "--shape", "json", "--query", "clocks").stdout)["total"] == 1
    file = tmp_path / "made" / "digest.md"
    assert "was written" in paperglot("digest", "--shape", "bilingual", "--output", str(file)).stderr
    assert "is as it was" in paperglot("digest", "--shape", "bilingual", "--output", str(file)).stderr
    site = tmp_path / "site"
    first = paperglot("digest", "--shape", "html", "--output", f"{site}/", "--from", str(DAY), "--to", str(DAY))
    assert "4 files written, 0 unchanged" in first.stderr and (site / f"{DAY}.html").exists()


def test_digests_of_the_settings(papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "paperglot.toml"
    settings.write_text(
        f'[[digest.document]]\nfolder = "{tmp_path}/site"\n'
        f'[[digest.document]]\nfolder = "{tmp_path}/vault"\nshape = "vault"\nquery = "clocks"\nlanguage = "en"\n',
        "utf-8",
    )
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(settings))
    process = paperglot_at(f"{DAY}T12:00:00+00:00", "digest")
    assert process.returncode == 0, process.stderr
    assert len(list((tmp_path / "site").glob("*.html"))) == 15 and (tmp_path / "site" / f"{DAY}.html").exists()
    broken = settings.read_text("utf-8").replace(
        "[[digest", '[[digest.document]]\nfolder = "x"\nquery = "date:foo"\n[[digest', 1
    )
    settings.write_text(broken, "utf-8")
    again = paperglot_at(f"{DAY}T12:00:00+00:00", "digest")
    assert again.returncode == 1 and "1 digest of 3 could not be written" in again.stderr
    assert f"{tmp_path}/vault: 0 files written, 2 unchanged" in again.stderr
    (note,) = (tmp_path / "vault" / "papers").iterdir()
    assert note.name == "2611.00001 Slow clocks in networks.md"


def test_what_cannot_be_a_digest_is_said(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("cli.app.signal.signal", lambda *arguments: None)  # pytest has its own
    for arguments, sentence in {
        (): "No digest is configured",
        ("--shape", "poster"): "There is no shape 'poster'",
        ("--shape", "html", "--lang", "fr"): "There are no digests in 'fr'",
        ("--shape", "html", "--day", "someday"): "'someday' is no day",
        ("--shape", "html", "--day", "2026-11-20", "--from", "2026"): "and not both",
        ("--shape", "html", "--topic", "nothing"): "There is no topic 'nothing'",
        ("--shape", "html", "--query", "date:someday"): "is not understood",
        ("--shape", "vault"): "A vault is many files",
        ("--shape", "html", "--from", "2026-11-20", "--to", "2026-11-10"): "is after --to",
        ("--shape", "html", "--from", "1990", "--output", f"{tmp_path}/many/"): "at most 1,000 days",
        ("--shape", "post", "--cover", "2611.99999"): "is not kept here",
        ("--shape", "post", "--cover", "2611.00001"): "No picture of 2611.00001",
        ("--shape", "html", "--output", str(tmp_path / "file" / "x.html")): "cannot be written",
        ("--shape", "html", "--output", f"{tmp_path}/file/"): "cannot be written",
    }.items():
        monkeypatch.setattr(sys, "argv", ["paperglot", "digest", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (1, 2) and sentence in capsys.readouterr().err, arguments


def test_alerts_by_command(papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat()
    try:
        monkeypatch.setenv("PAPERGLOT_ALERTS_WAIT_SECONDS", "0")
        assert "There are no alerts" in paperglot("alerts").stderr
        (papers / "alerts.toml").write_text(f'[all]\nsearch = "clocks"\nto = ["json://{chat.host}/x"]\n')
        preview = paperglot("alerts", "--dry-run", str(tmp_path / "dry"))
        assert preview.returncode == 0, preview.stderr
        assert "begins" in paperglot_at(f"{DAY}T06:00:00+00:00", "alerts").stderr
        with Catalogue(papers, write=True) as catalogue:
            catalogue.keep(page(sighting("2611.00009", title="Other clocks", day=DAY)), AT)
        behind = paperglot_at(f"{DAY}T07:00:00+00:00", "--data", str(papers), "alerts")
        assert behind.returncode == 3 and "The index lacks 1 change" in behind.stderr
        assert paperglot("index").returncode == 0
        chat.status = 500
        refused = paperglot_at(f"{DAY}T08:00:00+00:00", "alerts")
        assert refused.returncode == 1 and "could not be sent" in refused.stderr and "Traceback" not in refused.stderr
        assert "HTTP 500" in paperglot("alerts", "--waiting").stdout
        chat.status = 200
        assert paperglot_at(f"{DAY}T09:00:00+00:00", "alerts").returncode == 0
        assert "2611.00009" in chat.text() and paperglot("alerts", "--waiting").stdout == ""
    finally:
        chat.stop()


FIRST = date(2026, 11, 16)
SHAPES = {
    "bilingual": (), "topics": (), "html": (), "email": (), "json": (), "vault": (),
    "post": ("diffusion-models", "transformers", "recognition"), "page": ("diffusion-models",),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_week_of_digests_and_alerts_with_a_kill_each_day(
    replica: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every paper of the search arrives by mail and in the chat, whenever the command was killed."""
    folder, chat, box = Path(os.environ["PAPERGLOT_DATA"]), Chat(), Mailbox(tmp_path)
    stand_in: Replica = replica(papers_a_day=25, today=FIRST)  # type: ignore[operator]
    documents = "".join(
        f'[[digest.document]]\nfolder = "{tmp_path}/{shape}"\nshape = "{shape}"\ndays = 5\ntopics = {list(topics)}\n'
        for shape, topics in SHAPES.items()
    )
    mail = f'[mail]\nserver = "127.0.0.1"\nport = {box.port}\nsecurity = "none"\nsender = "papers@example.org"\n'
    (tmp_path / "paperglot.toml").write_text(documents + mail, "utf-8")
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(tmp_path / "paperglot.toml"))
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL,cs.CV")
    chance = random.Random(7)
    alert = f'search = "cat:cs.*"\nevery = "run"\nmost = 7\nto = ["json://{chat.host}/x", "a@example.org"]\n'
    try:
        for number in range(4):
            day = FIRST + timedelta(days=number)
            stand_in.today = day
            assert paperglot_at(f"{day}T06:00:00+00:00", "crawl").returncode == 0
            if number:
                kill_after(chance.uniform(0.3, 1.5), f"{day}T06:30:00+00:00", "alerts")
            else:
                folder.joinpath("alerts.toml").write_text(f"[all]\n{alert}")
            later = paperglot_at(f"{day}T12:30:00+00:00", "alerts")
            assert later.returncode == 0, later.stderr
            if not number:
                with Catalogue(folder) as catalogue:
                    known = {id for id, _ in catalogue.outbox.sent("all")}
        written = paperglot_at(f"{day}T12:40:00+00:00", "digest")
        assert written.returncode == 0, written.stderr
        with Catalogue(folder) as catalogue:
            assert catalogue.outbox.waiting() == []
            new = {id for id, _ in catalogue.outbox.sent("all")} - known
        assert len(new) > 10
        for text in (chat.text(), mails(box)):
            assert new == {id for id in known | new if f"abs/{id}" in text}
        # What came twice is the same mail, which has the same id.
        ids = {message_from_bytes(raw, policy=default)["Message-ID"] for _, raw in box.mails}
        assert len(ids) == len({raw for _, raw in box.mails})
    finally:
        chat.stop()
        box.stop()
    for shape in SHAPES:
        files = [path for path in (tmp_path / shape).rglob("*") if path.is_file()]
        assert files, shape
        text = "".join(path.read_text("utf-8") for path in files)
        assert not any(wrong in text for wrong in WRONG_TERMS), shape
    assert len(list((tmp_path / "topics").glob("*.md"))) == 5


def kill_after(seconds: float, moment: str, *arguments: str) -> None:
    command = [sys.executable, "-c", AT_A_TIME, moment, "paperglot", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


def mails(box: Mailbox) -> str:
    parts = [message_from_bytes(raw, policy=default).get_body(("plain",)) for _, raw in box.mails]
    return "\n".join(part.get_content() for part in parts if part is not None)
