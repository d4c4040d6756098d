"""Kibana's data views and dashboards: what the code makes, by the public schema, and as a Kibana takes it or not."""

from __future__ import annotations

import json
import os
import re
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from indexer.engines.elasticsearch.mapping import properties
from indexer.fields import FIELDS
from operate.kibana import dashboards, run_documents, views
from operate.kibana.install import KibanaRefused, client, install
from tests.cli.test_cli import paperglot
from tests.processes import ROOT

GOLDEN = ROOT / "operate" / "kibana"
SCHEMA = ROOT.parent / "shared" / "kibana" / "dashboards-openapi.json"
BOARDS = dashboards.definitions("paperglot")
VIEWS = {view["data_view"]["id"]: view for view in views.definitions("paperglot")}


def as_text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("id", [*BOARDS, *(f"view-{id}" for id in VIEWS)])
def test_the_files_are_what_the_code_makes(id: str) -> None:
    """`PAPERGLOT_TEST_ACCEPT=1` writes them anew."""
    content = as_text(VIEWS[id.removeprefix("view-")] if id.startswith("view-") else BOARDS[id])
    file = GOLDEN / f"{id}.json"
    if os.environ.get("PAPERGLOT_TEST_ACCEPT") == "1":
        file.write_text(content, "utf-8")
    assert file.read_text("utf-8") == content


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    board_panels: list[dict[str, Any]] = board["panels"]
    return board_panels


@pytest.mark.parametrize("id", BOARDS)
def test_no_two_panels_lie_on_each_other(id: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels(BOARDS[id]):
        grid = panel["grid"]
        assert grid["x"] >= 0 and grid["x"] + grid["w"] <= 48
        cells = {(grid["x"] + x, grid["y"] + y) for x in range(grid["w"]) for y in range(grid["h"])}
        assert not cells & taken, panel["config"]["title"]
        taken |= cells
    assert len({panel["id"] for panel in panels(BOARDS[id])}) == len(panels(BOARDS[id]))


# By the public schema


def is_allowed(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> str | None:
    """What of a value the schema does not know: names and enums only, for its `required` are those of answers."""
    if "$ref" in schema:
        return is_allowed(value, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            faults = [is_allowed(value, item, schemas) for item in schema[key]]
            # Of several that do not fit, the one that it was meant to be: its own `type` fits.
            meant = [fault for fault in faults if fault and not re.match(r"(type|operation): ", fault)]
            return None if None in faults else next(iter([*meant, *faults]))
    if "enum" in schema and value not in schema["enum"]:
        return f"{value!r} is none of {schema['enum']}"
    kind = schema.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            return f"{value!r} is no object"
        fields = schema.get("properties", {})
        for name in ("type", "operation"):
            if name in value and name in fields and (fault := is_allowed(value[name], fields[name], schemas)):
                return f"{name}: {fault}"
        if unknown := sorted(value.keys() - fields.keys()):
            return f"{unknown[0]} is not among {sorted(fields)}"
        return next(
            (f"{name}: {fault}" for name, item in value.items() if (fault := is_allowed(item, fields[name], schemas))),
            None,
        )
    if kind == "array":
        if not isinstance(value, list):
            return f"{value!r} is no list"
        return next((fault for item in value if (fault := is_allowed(item, schema.get("items", {}), schemas))), None)
    types = {"string": str, "number": (int, float), "boolean": bool}
    return f"{value!r} is no {kind}" if kind in types and not isinstance(value, types[kind]) else None  # type: ignore[arg-type]


@pytest.mark.parametrize("id", BOARDS)
def test_every_name_and_enum_is_in_the_public_schema(id: str) -> None:
    if not SCHEMA.exists():
        pytest.skip("no schema of Kibana's beside the project")
    document = json.loads(SCHEMA.read_text("utf-8"))
    body = document["paths"]["/api/dashboards/{id}"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    assert is_allowed(BOARDS[id], body, document["components"]["schemas"]) is None
    wrong = json.loads(json.dumps(BOARDS[id]))
    wrong["panels"][0]["config"]["colour"] = "red"
    assert is_allowed(wrong, body, document["components"]["schemas"]) is not None


# Fields


def fields_of(value: Any) -> Iterator[str]:
    """Every field that a panel names."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("field", "time_field"):
                yield item
            elif name in ("fields", "column_order"):
                yield from item
            else:
                yield from fields_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from fields_of(item)


def is_there(field: str, view: str) -> bool:
    if view == "paperglot-runs":
        return field in run_documents.FIELDS
    name, _, part = field.partition(".")
    return name in properties() and (not part or part in properties()[name].get("fields", {}))


@pytest.mark.parametrize("id", BOARDS)
def test_every_field_is_there_and_can_be_counted(id: str) -> None:
    for panel in panels(BOARDS[id]):
        text = json.dumps(panel)
        view = "paperglot-runs" if '"paperglot-runs"' in text else "paperglot-papers"
        assert f'"{view}"' in text
        for field in fields_of(panel):
            assert is_there(field, view), field
            if panel["type"] == "vis" and view == "paperglot-papers":
                kind = properties().get(field, {"type": "keyword"})["type"]
                assert kind != "text", f"{field} cannot be counted"


def test_data_views_label_what_people_see_and_hide_the_rest() -> None:
    view = VIEWS["paperglot-papers"]["data_view"]
    hidden = {entry["value"] for entry in view["sourceFilters"]}
    assert hidden == {field.name for field in FIELDS if field.internal} | {"paper"}
    assert set(view["fieldAttrs"]) | hidden >= set(properties()) and not set(view["fieldAttrs"]) & hidden
    assert view["timeFieldName"] == "@timestamp" and set(VIEWS["paperglot-runs"]["data_view"]["fieldAttrs"]) == set(
        run_documents.FIELDS
    )


# A stand-in for Kibana


class Kibana:
    """Answers as Kibana does; `answers` says otherwise for a method and the start of a path."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self.version = "9.5.3"
        kibana = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length) or b"{}")
                kibana.asked.append((self.command, self.path, body))
                assert self.headers["kbn-xsrf"]
                status, answer = 200, {"version": {"number": kibana.version}}
                for (method, start), response in kibana.answers.items():
                    if method == self.command and self.path.startswith(start):
                        status, answer = response
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = _answer  # noqa: N815

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def kibana() -> Iterator[Kibana]:
    stand_in = Kibana()
    yield stand_in
    stand_in.close()


def test_it_is_installed_and_again_the_same(kibana: Kibana) -> None:
    process = paperglot("kibana", "install", "--url", kibana.url)
    assert process.returncode == 0 and "Dashboard 'Paperglot: crawl' with" in process.stdout
    first = list(kibana.asked)
    assert [(method, path) for method, path, _ in first] == [
        ("GET", "/api/status"),
        ("POST", "/api/data_views/data_view"),
        ("POST", "/api/data_views/data_view"),
        *(("PUT", f"/api/dashboards/{id}") for id in BOARDS),
    ]
    assert all(body.get("override") for method, _, body in first if method == "POST")
    install(client(kibana.url, "ApiKey key"), "paperglot")
    assert kibana.asked[len(first) :] == first
    install(client(kibana.url, ""), "mine", "a team")
    assert kibana.asked[-1][1] == "/s/a%20team/api/dashboards/mine-crawl"


REFUSALS: list[tuple[tuple[str, str], tuple[int, dict[str, Any]], str]] = [
    (("GET", "/api/status"), (200, {"version": {"number": "9.4.1"}}), "of version 9.4.1: dashboards need 9.5 or later"),
    (("GET", "/api/status"), (503, {"version": {"number": "9.5.1"}}), "still starting"),
    (("GET", "/api/status"), (401, {}), "does not accept the key"),
    (("GET", "/api/status"), (200, {}), "does not take its version"),
    (("POST", "/api/data_views"), (401, {}), "does not accept the key"),
    (("POST", "/api/data_views"), (403, {"message": "no"}), "may not make the data view 'Paperglot: papers' in Kibana"),
    (("PUT", "/api/dashboards"), (404, {}), "knows no place for the dashboard 'Paperglot: papers'"),
    (("PUT", "/api/dashboards"), (409, {"message": "taken"}), "already as something else: taken"),
    (("PUT", "/api/dashboards"), (503, {}), "cannot make the dashboard 'Paperglot: papers' now"),
    (("PUT", "/api/dashboards/paperglot-translation"), (400, {"message": "[panels.3.config.metric]: unknown"}),
     "the dashboard 'Paperglot: translation' (status 400): [panels.3.config.metric]: unknown"),
    (("PUT", "/api/dashboards/paperglot-crawl"), (500, {}), "it gave no reason"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "answer", "sentence"), REFUSALS)
def test_a_refusal_is_said_with_what_was_refused(
    asked: tuple[str, str], answer: tuple[int, dict[str, Any]], sentence: str, kibana: Kibana
) -> None:
    kibana.answers[asked] = answer
    with pytest.raises(KibanaRefused) as error:
        install(client(kibana.url, "ApiKey key"), "paperglot")
    assert sentence in str(error.value) and "\n" not in str(error.value)


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    for content, sentence in ((b"no certificate", "it holds no certificate"), (None, "No such file")):
        ca = tmp_path / "ca.pem"
        ca.unlink(missing_ok=True)
        if content is not None:
            ca.write_bytes(content)
        with pytest.raises(KibanaRefused, match=sentence):
            client("https://127.0.0.1:9", "", ca)


@pytest.mark.parametrize(
    ("url", "sentence"), [("http://127.0.0.1:9", "cannot be reached"), ("localhost:5601", "is no address of Kibana")]
)
def test_no_kibana(url: str, sentence: str) -> None:
    process = paperglot("kibana", "install", "--url", url)
    assert process.returncode == 1 and sentence in process.stderr and "Traceback" not in process.stderr
