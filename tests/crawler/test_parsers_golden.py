"""Every folder under tests/golden/parsers/<format>/ is a case: a page, and what must come of it.

To add one, put the page there (`page.html`, `.json`, …; its address, where it matters, in `url.txt`) and run
this file once with PAPERGLOT_TEST_ACCEPT=1: it writes `expected.json`, which you then read and commit. Or let
`paperglot record URL|FILE --name NAME` do it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from crawler.parsers import FORMATS
from crawler.recording import result_of

GOLDEN = Path(__file__).parent.parent / "golden" / "parsers"
CASES = sorted(path for path in GOLDEN.glob("*/*") if path.is_dir())


def read(case: Path) -> Any:
    (page_file,) = case.glob("page.*")
    url = (case / "url.txt").read_text().strip() if (case / "url.txt").exists() else ""
    return result_of(case.parent.name, page_file.read_bytes(), url)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_page(case: Path) -> None:
    result = read(case)
    expected = case / "expected.json"
    if os.environ.get("PAPERGLOT_TEST_ACCEPT") == "1" and not expected.exists():
        expected.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    assert result == orjson.loads(expected.read_bytes())


def test_every_format_has_cases_of_both_kinds() -> None:
    for format in FORMATS:
        expected = [orjson.loads((case / "expected.json").read_bytes()) for case in CASES if case.parent.name == format]
        assert any("error" in result for result in expected), format
        assert any("sightings" in result for result in expected), format
