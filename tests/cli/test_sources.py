"""`paperglot diff` and `paperglot record`, on the stand-in's papers and pages."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from papers.catalogue import Catalogue
from replica.server import Replica
from tests.conftest import TODAY
from tests.making import AT, page, sighting
from tests.processes import BIN, ROOT, free_ports, paperglot_at

Start = Callable[..., Replica]
NOW = f"{TODAY}T14:15:00+00:00"


def paperglot(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "paperglot"), *arguments], env=os.environ, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def keep_versions(folder: Path) -> None:
    first = sighting(version=1, title="Slow clocks", abstract="We tick for $a<b$ only.")
    second = sighting(version=2, announce_type="replace", title="Fast clocks", abstract="We tick for $a<c$ only. Ever.")
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(first), AT)
        catalogue.keep(page(second), AT)


def test_what_changed_between_two_versions(folder: Path) -> None:
    keep_versions(folder)
    shown = paperglot("diff", "arXiv:2611.00001v2")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines() == [
        "2611.00001, from version 1 to version 2", "",
        "Title", "[-Slow-] {+Fast+} clocks", "",
        "Abstract", "We tick for [-$a<b$-]{+$a<c$+} only. {+Ever.+}",
    ]  # fmt: skip
    assert paperglot("diff", "2611.00001", "1", "2").stdout == shown.stdout
    body = json.loads(paperglot("diff", "2611.00001", "--json").stdout)
    assert (body["old"], body["new"]) == (1, 2) and {"fate": "added", "text": "Ever."} in body["abstract"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("2611.00001", "1", "3"), "paperglot: Version 3 of 2611.00001 was not seen: 'paperglot crawl arxiv_abs -a"),
        (("2611.77777",), "paperglot: No version of 2611.77777 was seen."),
        (("clocks",), "paperglot: 'clocks' is no arXiv identifier"),
    ],
)
def test_versions_that_nobody_saw(arguments: tuple[str, ...], sentence: str, folder: Path) -> None:
    keep_versions(folder)
    process = paperglot("diff", *arguments)
    assert process.returncode == 2 and process.stderr.startswith(sentence), process.stderr


def test_one_version_alone(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(version=1)), AT)
    process = paperglot("diff", "2611.00001")
    assert process.returncode == 2 and "No version of 2611.00001 before version 1 was seen." in process.stderr


def test_a_page_becomes_a_case(replica: Start, tmp_path: Path) -> None:
    stand_in = replica()
    cases = tmp_path / "cases"
    url = f"{stand_in.url('arxiv')}/list/cs.CL/new"
    process = paperglot_at(NOW, "record", url, "--name", "an ordinary day", "--folder", str(cases))
    assert process.returncode == 0, process.stderr
    case = cases / "arxiv-listing" / "an-ordinary-day"
    assert process.stdout.startswith(f"{case}: ") and "papers, complete" in process.stdout
    assert (case / "page.html").read_bytes().startswith(b"<!DOCTYPE html>")
    assert (case / "url.txt").read_text() == f"{url}\n"
    assert json.loads((case / "expected.json").read_text())["sightings"]
    assert [request.path for request in stand_in.requests] == ["/robots.txt", "/list/cs.CL/new"]
    again = paperglot_at(NOW, "record", url, "--name", "an ordinary day", "--folder", str(cases))
    assert again.returncode == 2 and "cannot be made: File exists" in again.stderr


def test_a_saved_page_becomes_a_case(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.write_text('{"error": "Paper not found"}')
    options = ("--name", "unknown", "--folder", str(tmp_path / "cases"))
    assert "Name the format of the page with --format" in paperglot("record", str(saved), *options).stderr
    no_scheme = paperglot("record", str(saved), "--url", "arxiv.org/abs/2611.00001", *options)
    assert no_scheme.returncode == 2 and "is not an address: write it as https://" in no_scheme.stderr
    process = paperglot("record", str(saved), "--format", "huggingface-paper", *options)
    assert process.returncode == 0 and "an error: Expected a paper at Hugging Face" in process.stdout
    assert (tmp_path / "cases" / "huggingface-paper" / "unknown" / "page.json").exists()


def test_a_page_that_cannot_be_recorded(replica: Start, tmp_path: Path) -> None:
    stand_in = replica()
    options = ("--name", "x", "--folder", str(tmp_path))
    elsewhere = paperglot("record", "http://127.0.0.1:9/x", "--format", "kaggle", *options)
    assert elsewhere.returncode == 2 and "is not an address of arXiv or Hugging Face" in elsewhere.stderr
    forbidden = paperglot("record", f"{stand_in.url('arxiv')}/search/x", "--format", "arxiv-abs", *options)
    assert forbidden.returncode == 1 and "robots.txt" in forbidden.stderr, forbidden.stderr


def with_fault(fault: str) -> tuple[subprocess.Popen[str], int]:
    """A stand-in with a fault, and its first port. It needs four in a row, and another process may have one of them."""
    for _ in range(5):
        (port,) = free_ports(1)
        command = [str(BIN / "paperglot"), "replica", "--port", str(port), "--fault", fault]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout
        if "The stand-in's arXiv is at" in process.stdout.readline():
            return process, port
        process.wait(timeout=30)
    pytest.fail("no four free ports in a row")


def test_a_fault_on_request() -> None:
    process, port = with_fault("429=/list/cs.CL")
    try:
        for path, status in (("cs.CL", 429), ("cs.CL", 429), ("cs.LG", 200)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", f"/list/{path}/new")
            assert connection.getresponse().status == status
            connection.close()
    finally:
        process.terminate()
        process.wait(timeout=30)
    unknown = paperglot("replica", "--fault", "colour=/list/")
    assert unknown.returncode == 2 and "the names are stale, short," in unknown.stderr
    assert "is not a regular expression" in paperglot("replica", "--fault", "stale=(").stderr
