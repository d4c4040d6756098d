"""Translation on a Dask cluster: processes of its own, on this machine, some of them killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.making import AT
from tests.processes import wait_until
from tests.receivers import certificate
from tests.translation.test_worker import SETTINGS, kept_in, made
from translation.cluster import ClusterUnusable, cluster
from translation.settings import HERE, ClusterSettings
from translation.worker import run

Rows = list[tuple[object, ...]]


class Cluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, folder: Path, stack: ExitStack, protocol: str = "tcp", security: tuple[str, ...] = ()) -> None:
        self._folder, self._stack, self._security = folder, stack, security
        self._file = folder / "scheduler.json"
        self.scheduler = self._process(
            "scheduler", "--protocol", protocol, "--port", "0", "--scheduler-file", str(self._file)
        )
        wait_until(lambda: self._file.exists() and self._file.read_text().endswith("}"))
        self.address: str = json.loads(self._file.read_text())["address"]

    def worker(self, packages: Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker whose model packages are in this folder."""
        environment = {"PAPERGLOT_TRANSLATION_PACKAGES": str(packages), **environment}
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder))
        return self._process("worker", self.address, *options, environment=environment)

    def _process(self, kind: str, *options: str, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "dask",
            kind,
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            *self._security,
            *options,
        ]
        process = subprocess.Popen(
            command, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


def translations(folder: Path) -> Rows:
    """All that was kept of translations, but for when."""
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(translation)") if row[1] != "at"]
        return sorted(connection.execute(f"SELECT {', '.join(columns)} FROM translation").fetchall(), key=repr)


def translated_here(folder: Path, toy: Path, count: int) -> Rows:
    with kept_in(folder, toy, made(count)) as catalogue:
        run(catalogue, folder, SETTINGS, "zh", now=lambda: AT)
    return translations(folder)


def driver(folder: Path, address: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli.app", "translate", "--on", address, "--data", str(folder)]
    environment = {"PAPERGLOT_TRANSLATION_PAPERS_AT_ONCE": "4", **environment}
    environment = os.environ | environment
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)


def count_translated(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM translation").fetchone()[0])


def test_a_killed_worker_and_a_killed_driver_lose_nothing(
    folder: Path, toy: Path, tmp_path: Path, dask: Cluster
) -> None:
    expected = translated_here(tmp_path / "alone", toy, 120)
    kept_in(folder, toy, made(120)).close()
    workers = [dask.worker(folder / "packages") for _ in range(2)]
    dask.worker(tmp_path / "nothing")
    (tmp_path / "ctranslate2.py").write_text("raise ImportError('its library is missing')")
    dask.worker(folder / "packages", PYTHONPATH=str(tmp_path))
    first = driver(folder, dask.address)
    wait_until(lambda: count_translated(folder) >= 24, first)
    first.kill()
    first.communicate()
    kept_count = count_translated(folder)
    assert 24 <= kept_count < len(expected)
    again = driver(folder, dask.address)
    wait_until(lambda: count_translated(folder) > kept_count, again)
    workers[0].send_signal(signal.SIGKILL)
    assert count_translated(folder) < len(expected)
    said = again.communicate()[1].splitlines()
    assert again.returncode == 0 and len(said) == 2 and all(" translates nothing. " in line for line in said)
    assert {"its library is missing", "is another one: en-zh"} == {
        part for part in ("its library is missing", "is another one: en-zh") if part in "".join(said)
    }
    assert translations(folder) == expected


def test_workers_on_this_machine_end_with_ctrl_c(folder: Path, toy: Path, tmp_path: Path) -> None:
    """The signal reaches all processes of a terminal. What is on its way is kept, and the next run carries on."""
    expected = translated_here(tmp_path / "alone", toy, 120)
    kept_in(folder, toy, made(120)).close()
    environment = {"PAPERGLOT_CLUSTER_WORKERS": "2", "PAPERGLOT_TRANSLATION_BEAM": "1"}
    process = driver(folder, HERE, **environment)
    wait_until(lambda: count_translated(folder) >= 8, process)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130 and "Stopped. What was kept stays" in said and "Traceback" not in said
    assert 8 <= count_translated(folder) < len(expected) and set(translations(folder)) <= set(expected)


def test_what_cannot_translate_says_why(folder: Path, toy: Path, tmp_path: Path, dask: Cluster) -> None:
    at_once, patient = ClusterSettings(timeout=1), ClusterSettings()

    def translate(address: str, settings: ClusterSettings = at_once) -> int:
        with cluster(address, settings, folder) as machines:
            return run(catalogue, folder, SETTINGS, "zh", now=lambda: AT, machines=machines).papers

    with kept_in(folder, toy, made(30)) as catalogue:
        with pytest.raises(ClusterUnusable, match=r"No Dask scheduler at tcp://127\.0\.0\.1:9"):
            translate("tcp://127.0.0.1:9")
        with pytest.raises(ClusterUnusable, match="needs the settings tls_ca"):
            translate("tls://127.0.0.1:9")
        with pytest.raises(ClusterUnusable, match="no worker: start one"):
            translate(dask.address)
        worker = dask.worker(tmp_path / "nothing")
        with pytest.raises(ClusterUnusable, match=r"No worker can translate.*not installed.*en-zh"):
            translate(dask.address, patient)
        assert not catalogue.translation_counts()
        worker.kill()
        worker.wait()
        worker = dask.worker(folder / "packages")
        with (
            cluster(dask.address, ClusterSettings(patience=1), folder) as machines,
            pytest.raises(ClusterUnusable, match="No worker is left"),
        ):
            run(
                catalogue, folder, SETTINGS.model_copy(update={"papers_at_once": 1}), "zh", now=lambda: AT,
                machines=machines, progress=lambda papers: worker.kill() if papers == 2 else None,
            )  # fmt: skip


def test_a_cluster_with_tls_whose_scheduler_dies(folder: Path, toy: Path, tmp_path: Path) -> None:
    signed, key = Path(certificate(tmp_path)), tmp_path / "key.pem"  # it signs itself, and all machines share it
    files = {"tls_ca": signed, "tls_certificate": signed, "tls_key": key}
    options = [f"--tls-{part}={path}" for part, path in zip(("ca-file", "cert", "key"), files.values(), strict=True)]
    with ExitStack() as stack, kept_in(folder, toy, made(60)) as catalogue:
        dask = Cluster(tmp_path, stack, "tls", tuple(options))
        dask.worker(folder / "packages")
        settings = SETTINGS.model_copy(update={"papers_at_once": 4})
        with (
            cluster(dask.address, ClusterSettings(patience=1, timeout=2, **files), folder) as machines,
            pytest.raises(ClusterUnusable, match="The scheduler does not answer any more"),
        ):
            run(
                catalogue, folder, settings, "zh", now=lambda: AT, machines=machines,
                progress=lambda papers: dask.scheduler.kill() if papers == 12 else None,
            )  # fmt: skip
        assert 12 <= catalogue.translation_counts()["zh"]["translated"] // 2 < 60
