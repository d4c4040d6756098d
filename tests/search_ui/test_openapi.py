"""The API against its own OpenAPI document: schemathesis asks whatever that allows, and what it does not."""

from __future__ import annotations

import os

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from delivery.settings import PageSettings
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from search_ui.app import application
from tests.indexer.contract import fill
from tests.search_ui.conftest import documents

EXAMPLES = 400 if os.environ.get("PAPERGLOT_TEST_SLOW") else 25
NAMES = (
    "search", "papers/{id}", "changes/{id}", "trending", "suggest", "topics", "rank", "export", "feed", "statistics",
    "coverage", "runs",
)  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("openapi")
    Catalogue(folder, write=True).close()
    engine = open_engine(folder)
    fill(engine, documents())
    return application(engine, PageSettings(requests_a_minute=0), folder)


def test_every_path_is_tried(app: FastAPI) -> None:
    assert set(app.openapi()["paths"]) == {f"/api/v1/{name}" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_document_promises_is_what_comes(name: str, app: FastAPI) -> None:
    operation = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)[f"/api/v1/{name}"]["GET"]
    cases = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.one_of(*cases))
    def ask(case: schemathesis.Case) -> None:
        # A category, a topic or a day that there is not has the form of one that there is: it is refused with 400.
        case.call_and_validate(excluded_checks=[CHECKS.get_one("positive_data_acceptance")])

    ask()
