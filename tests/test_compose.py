"""docker-compose.yml: by its schema, every reference resolved, its commands as processes on a real, secured server."""

from __future__ import annotations

import os
import re
import ssl
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from elasticsearch import Elasticsearch

from operate.kibana.install import client
from papers.calendar import current_listing_day, utc_now
from papers.errors import PaperglotError
from replica.model import build
from replica.server import Replica
from tests.cli.test_cli import paperglot
from tests.conftest import ELASTICSEARCH, NOTHING_SKIPPED
from tests.indexer.elasticsearch.test_dashboards import filled_panels
from tests.operate.test_kibana import Kibana
from tests.processes import BIN, ROOT

FILES = ("docker-compose.yml", "docker-compose.tls.yml")
TEXT = (ROOT / FILES[0]).read_text("utf-8")
OURS = re.compile(r"^paperglot:")
_VARIABLE = re.compile(r"\$\{(\w+)(?::-((?:[^{}]|\{[^{}]*\})*))?\}")


def resolved(**variables: str) -> dict[str, Any]:
    """The file with its variables put in, which Compose does after it has read it."""

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: put(item) for name, item in value.items()}
        if isinstance(value, list):
            return [put(item) for item in value]
        return (
            _VARIABLE.sub(lambda match: variables.get(match[1], match[2] or ""), value)
            if isinstance(value, str)
            else value
        )

    content: dict[str, Any] = put(yaml.safe_load(TEXT))
    return content


COMPOSE = resolved()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", FILES)
def test_it_is_what_compose_reads(name: str) -> None:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", name]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_reference_leads_somewhere(name: str) -> None:
    service = SERVICES[name]
    for secret in service.get("secrets", ()):
        assert secret in COMPOSE["secrets"]
    for volume in service.get("volumes", ()):
        source = volume.partition(":")[0]
        assert source in COMPOSE["volumes"] or source.startswith((".", "/")), volume
    for dependency, how in service.get("depends_on", {}).items():
        assert dependency in SERVICES
        assert set(SERVICES[dependency].get("profiles", ())) <= set(service.get("profiles", ()))
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[dependency]
        if how["condition"] == "service_completed_successfully":
            assert SERVICES[dependency]["restart"] == "no"


def test_tls_reaches_everyone_who_speaks_to_the_server() -> None:
    tls = yaml.safe_load((ROOT / FILES[1]).read_text("utf-8"))
    speakers = {name for name, service in SERVICES.items() if "PAPERGLOT_INDEX_HOSTS" in service.get("environment", {})}
    assert set(tls["services"]) == speakers | {"elasticsearch", "kibana"}
    for name, service in tls["services"].items():
        names = {secret if isinstance(secret, str) else secret["source"] for secret in service["secrets"]}
        assert "elastic_ca" in names <= set(tls["secrets"])
        environment = service["environment"]
        assert environment.get("PAPERGLOT_INDEX_CA", "/run/secrets/elastic_ca") == "/run/secrets/elastic_ca"
        assert (environment.get("PAPERGLOT_INDEX_HOSTS") == "https://elasticsearch:9200") == (name in speakers)


def test_the_certificates_that_the_docs_make(tmp_path: Path) -> None:
    """The commands of the docs, and a server with what they make, which our client believes by its name."""
    page = (ROOT / "docs/running.md").read_text("utf-8")
    commands = re.search(r"cd secrets\n(.*?)\n\s*sudo", page, re.DOTALL)
    assert commands
    subprocess.run(["sh", "-ec", commands[1]], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "http.crt", tmp_path / "http.key")
    server = Kibana(context)
    try:
        port = server.url.rpartition(":")[2]
        ask = client(f"https://localhost:{port}", "", tmp_path / "ca.crt")
        assert ask("GET", "/api/status", None).status == 200
        with pytest.raises(PaperglotError, match="IP address mismatch"):
            client(f"https://127.0.0.1:{port}", "", tmp_path / "ca.crt")("GET", "/api/status", None)
    finally:
        server.close()


def test_every_variable_is_explained() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    unusual = {"PAPERGLOT_VERSION", "PAPERGLOT_LOG_FORMAT", "PAPERGLOT_SCHEDULE_JOB", "PAPERGLOT_INDEX_PREFIX"}
    for name in {match[1] for match in _VARIABLE.finditer(TEXT)} - unusual:
        assert name in example, name


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"] and service["stop_grace_period"] and service["logging"]["options"]
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:")
    if OURS.match(service["image"]):
        assert service["read_only"] is True and service["init"] is True
    if service["restart"] != "no":
        assert "healthcheck" in service


def test_a_page_on_elasticsearch_has_no_data_and_reads_alone() -> None:
    assert SERVICES["page-elastic"]["volumes"] == ["page-key:/keys/page:ro"]
    assert {name for name, service in SERVICES.items() if "profiles" not in service} == {"page", "schedule"}
    images = {
        service["image"].rpartition(":")[2]
        for name, service in SERVICES.items()
        if "docker.elastic.co" in service["image"]
    }
    assert len(images) == 1


def test_every_command_and_health_check_is_one_of_ours() -> None:
    from cli.app import app

    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    names |= {group.name for group in app.registered_groups if group.name}
    for service in SERVICES.values():
        if OURS.match(service["image"]):
            assert service["command"][0] in names
            test = service.get("healthcheck", {}).get("test")
            assert test is None or test[:2] == ["CMD", "paperglot"]
    image = (ROOT / "Dockerfile").read_text("utf-8")
    assert (
        "--require-hashes" in image and "USER paperglot" in image and image.count("FROM python:3.13-slim-bookworm") == 2
    )
    assert "--uid 1000 " in image  # Elasticsearch's and Kibana's: a secret that its owner alone may read has one owner
    for room in ("papers", "translation", "indexer", "crawler", "delivery", "operate", "search_ui", "replica", "cli"):
        assert f"COPY {room} {room}" in image


ON_A_SERVER = pytest.mark.skipif(
    not ELASTICSEARCH and not NOTHING_SKIPPED, reason="PAPERGLOT_TEST_ELASTICSEARCH_URL names no server"
)


class Containers:
    """The services' own commands as processes, with the paths of containers put under a folder."""

    def __init__(self, folder: Path, url: str, prefix: str, kibana: str) -> None:
        self.folder, self.url, self.kibana, self.prefix = folder, url, kibana, prefix
        address = re.sub(r"//.*@", "//", url)
        self.services = resolved(PAPERGLOT_INDEX_PREFIX=prefix, PAPERGLOT_CRAWL_CONTACT="a@example.org")["services"]
        self._places = {
            "/run/secrets/elastic_password": str(folder / "password"),
            "http://elasticsearch:9200": address,
            "http://kibana:5601": kibana,
            "/keys": str(folder / "keys"),
            "/pace": str(folder / "pace"),
        }
        (folder / "password").write_text(re.findall(r"//[^:]*:(.*)@", url)[0] + "\n")

    def _here(self, text: str) -> str:
        for container_path, host_path in self._places.items():
            text = text.replace(container_path, host_path)
        return text

    def run(self, name: str, *instead: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """The command of a service, or another one in its place."""
        service = self.services[name]
        environment: Mapping[str, str] = service.get("environment", {})
        inside = {key: self._here(value) for key, value in environment.items()}
        outside = {key: value for key, value in os.environ.items() if not key.startswith("PAPERGLOT_INDEX")}
        command = [self._here(word) for word in instead or service["command"]]
        return subprocess.run(
            [sys.executable, "-m", "cli.app", *command],
            env=outside | inside | {"PAPERGLOT_DATA": str(self.folder / name)} | settings,
            cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip


@pytest.fixture
def containers(elastic: Any, tmp_path: Path) -> Iterator[Containers]:
    stand_in = Kibana()
    compose_services = Containers(tmp_path, elastic.hosts[0], elastic.prefix, stand_in.url)
    yield compose_services
    stand_in.close()
    with Elasticsearch(elastic.hosts[0]) as client:
        client.options(ignore_status=404).security.delete_service_token(
            namespace="elastic", service="kibana", name=elastic.prefix
        )


@pytest.mark.slow
@ON_A_SERVER
def test_the_commands_of_the_file_in_its_order_twice(containers: Containers) -> None:
    former_keys: dict[str, bytes] = {}
    for turn in range(2):
        process = containers.run("setup", *containers.services["setup"]["command"], "--user", "admin")
        assert process.returncode == 0, process.stderr
        assert process.stdout.count("kept") == (5 if turn else 0), process.stdout
        keys = {
            str(path): path.read_bytes() for path in sorted((containers.folder / "keys").rglob("*")) if path.is_file()
        }
        assert len(keys) == 4 and (not former_keys or keys == former_keys)
        former_keys = keys
        modes = [stat.S_IMODE(Path(path).stat().st_mode) for path in keys if path.endswith("/key")]
        assert modes == [0o600] * 3
        installed = containers.run("dashboards")
        assert installed.returncode == 0 and "Dashboard 'Paperglot: crawl'" in installed.stdout, installed.stderr
    assert "elasticsearch.serviceAccountToken: AAEAA" in (containers.folder / "keys/kibana/kibana.yml").read_text()
    # What the schedule does, and what the page can see and cannot do.
    indexed = containers.run("schedule-elastic", "index")
    assert indexed.returncode == 0, indexed.stderr
    assert containers.run("page-elastic", "search", "anything").stdout.startswith("0 papers")
    refused = containers.run("page-elastic", "rebuild")
    assert refused.returncode == 1 and "The API key lacks" in refused.stderr
    assert containers.run("page-elastic", "serve", "--alive", "--port", "9").returncode == 1
    assert containers.run("schedule-elastic", "schedule", "--alive").returncode == 1
    # A key that is lost or spoilt is made anew, and the others stay.
    (containers.folder / "keys/page/key").write_text("spoilt")
    again = containers.run("setup", *containers.services["setup"]["command"], "--user", "admin")
    assert again.returncode == 0 and again.stdout.count("kept") == 4 and "a new key" in again.stdout
    assert containers.run("page-elastic", "search", "anything").returncode == 0


@pytest.mark.slow
@ON_A_SERVER
def test_from_the_file_to_what_the_dashboards_show(
    containers: Containers, replica: Callable[..., Replica], tmp_path: Path
) -> None:
    """A run of the schedule's own service with papers of the stand-in's, and every panel on what it left."""
    stand_in = replica(papers_a_day=60, today=current_listing_day(utc_now()))
    assert containers.run("setup", *containers.services["setup"]["command"], "--user", "admin").returncode == 0
    assert containers.run("dashboards").returncode == 0
    archive = build(tmp_path / "toy.argosmodel")
    assert containers.run("schedule-elastic", "models", "install", "--from", str(archive)).returncode == 0
    process = containers.run("schedule-elastic", "run", "daily", PAPERGLOT_SCHEDULE_JOB='[{"name": "daily"}]')
    assert process.returncode == 0, process.stderr
    assert stand_in.pages_asked()
    shown = containers.run("page-elastic", "search", "learning")
    assert re.match(r"[1-9]\d* papers", shown.stdout), shown.stdout
    with Elasticsearch(containers.url, request_timeout=60) as server:
        panels = filled_panels(server, containers.prefix, "America/New_York")
    empty = {title for title, is_filled in panels.items() if not is_filled}
    # All went well: those that show what did not are empty.
    assert empty == {
        "Behind in the index", "Failed or killed", "Waiting", "Waiting for translation", "What went wrong",
        "Not good enough", "Not translated well", "Partly", "Why texts stay untranslated",
    }  # fmt: skip


def test_a_password_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b"\xff\xfe\x00")
    process = paperglot("setup", "--keys", str(tmp_path), "--password-file", str(tmp_path / "password"))
    assert process.returncode == 2 and "it is not in UTF-8" in process.stderr and "Traceback" not in process.stderr


@ON_A_SERVER
def test_a_setup_with_the_wrong_password(containers: Containers) -> None:
    (containers.folder / "password").write_text("wrong")
    process = containers.run("setup", *containers.services["setup"]["command"], "--user", "admin")
    assert process.returncode == 1 and "does not accept the user and the password" in process.stderr
    assert not (containers.folder / "keys").exists()
