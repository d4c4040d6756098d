"""Translates batches on the workers of a Dask cluster. They hold the model, and need no catalogue.

Only the driver, the process that runs `translate --on`, reads and writes the catalogue. A worker that dies loses the
batch that it is translating, and Dask gives that batch to another one.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

import dask
from distributed import Client, Future, LocalCluster, Security, get_worker, wait
from distributed.diagnostics.plugin import WorkerPlugin
from distributed.scheduler import KilledWorker
from distributed.worker import Worker

from papers.errors import PaperglotError
from papers.settings import data_folder
from translation.batch import translated
from translation.engine import Translator
from translation.job import Batch, BatchResult, Job, Machines
from translation.packages import installed
from translation.settings import HERE, ClusterSettings, TranslationSettings, packages_folders

# A worker translates one batch and has the next one waiting.
_BATCHES_OF_WORKER = 2
_LOOK_SECONDS = 2
_PLUGIN = "paperglot-"
_NOT_READY = "not ready yet"
_TLS = "tls://"


class ClusterUnusable(PaperglotError):
    """Raised by `cluster` and while it translates: the cluster cannot be reached, or has no worker that can translate.

    What was translated before is kept.
    """


class _Ready(WorkerPlugin):
    """Prepares each worker for a job, those that come later, too."""

    def __init__(self, name: str, job: Job, folder: Path | None) -> None:
        """`folder` is the data folder, where the workers are on the driver's machine; else each has its own."""
        self.name, self._job, self._folder = name, job, folder
        self.problem: str | None = _NOT_READY

    async def setup(self, worker: Worker) -> None:
        self._one_at_a_time = Lock()
        try:
            # Packages are hashed and loaded, which takes a second, beside the worker's own answers.
            self._translator = await asyncio.to_thread(self._loaded, worker.state.nthreads)
        except PaperglotError as error:
            self.problem = str(error)
            logging.getLogger("distributed.worker").error("This worker cannot translate: %s", error)
        else:
            self.problem = None

    def _loaded(self, threads: int) -> Translator:
        settings = TranslationSettings.load()
        folders = packages_folders(self._folder or data_folder(), settings)
        translator = self._job.translator(installed(folders), threads=threads, batch=settings.batch)
        translator.engine("en").translate(["a"])
        return translator

    def translate(self, batch: Batch) -> BatchResult:
        # The model has all threads of the worker: a second batch beside the first would only take memory.
        with self._one_at_a_time:
            return translated(batch, self._translator, self._job)


def _translate(name: str, batch: Batch) -> BatchResult:
    """On a worker: the translations of a batch."""
    plugin: _Ready = get_worker().plugins[name]
    return plugin.translate(batch)


def _problem(name: str, dask_worker: Worker) -> str | None:
    """On a worker: why it cannot translate; None where it can."""
    plugin = dask_worker.plugins.get(name)
    return plugin.problem if plugin else _NOT_READY


def _orphans(dask_scheduler: Any) -> list[str]:
    """On the scheduler: the plugins whose drivers are gone."""
    return [
        name
        for name in dask_scheduler.worker_plugins
        if name.startswith(_PLUGIN) and name.removeprefix(_PLUGIN) not in dask_scheduler.clients
    ]


@contextmanager
def cluster(address: str, settings: ClusterSettings, folder: Path, threads: int) -> Iterator[Machines]:
    """The workers that a Dask scheduler at this address has; for `HERE`, workers that are started on this machine.

    `threads` is how many these workers have together. Raises ClusterUnusable.
    """
    # That a batch is repeated, or a connection lost, needs no word: what cannot be done ends in ClusterUnusable.
    for logger in ("distributed.client", "distributed.core", "distributed.comm", "tornado.application"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    # More workers than three may die of one batch only where it is the batch that kills them.
    with dask.config.set({"distributed.scheduler.allowed-failures": 3}), ExitStack() as stack:
        if address == HERE:
            target: Any = stack.enter_context(_started(settings, threads))
        else:
            target = address
        try:
            client = Client(target, security=_security(address, settings), timeout=settings.timeout)
        except (OSError, TimeoutError, ValueError, RuntimeError) as error:
            raise ClusterUnusable(f"No Dask scheduler answers at {address}: {error}.") from error
        stack.enter_context(client)
        run = _Run(client, settings, folder if address == HERE else None)
        yield run.results


def _started(settings: ClusterSettings, threads: int) -> LocalCluster:
    workers = min(settings.workers, threads)
    # Ctrl-C reaches all processes of a terminal: the workers inherit that they ignore it, and finish their batches.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return LocalCluster(
            n_workers=workers, threads_per_worker=max(1, threads // workers), processes=True, host="127.0.0.1",
            dashboard_address=None, silence_logs=logging.CRITICAL,
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, before)


def _security(address: str, settings: ClusterSettings) -> Security | None:
    files = (settings.tls_ca, settings.tls_certificate, settings.tls_key)
    if not address.startswith(_TLS):
        return None
    if not all(files):
        raise ClusterUnusable(f"{address} needs the settings tls_ca, tls_certificate and tls_key of [cluster].")
    if missing := [str(file) for file in files if file and not file.expanduser().is_file()]:
        raise ClusterUnusable(f"{missing[0]}, which the settings of [cluster] name, is no file.")
    ca, certificate, key = (str(file.expanduser()) for file in files if file)
    return Security(tls_ca_file=ca, tls_client_cert=certificate, tls_client_key=key, require_encryption=True)


class _Run:
    """The jobs of one driver on a cluster. `folder` is the data folder of workers on its machine, else None."""

    def __init__(self, client: Client, settings: ClusterSettings, folder: Path | None) -> None:
        self._client, self._folder = client, folder
        self._timeout, self._patience = settings.timeout, settings.patience
        self._name = f"{_PLUGIN}{client.id}"
        self._problems: dict[str, str | None] = {}  # worker → why it cannot translate; None where it can

    def results(self, job: Job, batches: Iterator[Batch]) -> Iterator[BatchResult]:
        """The results of all batches, as they come; raises ClusterUnusable. Batches are read ahead, so that no worker
        waits."""
        try:
            self._prepare(job)
            yield from self._results(batches)
        except (OSError, CancelledError) as error:
            raise ClusterUnusable("The scheduler does not answer any more.") from error
        finally:
            with suppress(OSError, TimeoutError, RuntimeError, ValueError, CancelledError):
                self._client.unregister_worker_plugin(self._name)

    def _prepare(self, job: Job) -> None:
        client = self._client
        try:
            client.wait_for_workers(1, self._timeout)
        except TimeoutError as error:
            raise ClusterUnusable("The scheduler has no worker: start one with 'dask worker ADDRESS'.") from error
        # A driver that was killed leaves its plugin, and with it a model in the memory of each worker.
        for name in client.run_on_scheduler(_orphans):
            client.unregister_worker_plugin(name)
        client.register_plugin(_Ready(self._name, job, self._folder), name=self._name)
        self._problems.clear()
        if not self._able() and (problem := next(filter(None, self._problems.items()), None)):
            raise ClusterUnusable(f"No worker can translate. {problem[0]}: {problem[1]}")

    def _results(self, batches: Iterator[Batch]) -> Iterator[BatchResult]:
        pending: dict[Future, tuple[Batch, frozenset[str]]] = {}
        to_repeat: list[Batch] = []
        last_able = monotonic()
        while True:
            if able := self._able():
                last_able = monotonic()
            elif monotonic() - last_able > self._patience:
                raise ClusterUnusable(f"No worker is left since {self._patience:.0f} seconds.")
            # Dask repeats the batch of a worker that died, unless all that were there for it are gone.
            for future in [future for future, (_, workers) in pending.items() if not workers & able]:
                to_repeat.append(pending.pop(future)[0])
                future.cancel()
            while len(pending) < _BATCHES_OF_WORKER * len(able):
                batch = to_repeat.pop() if to_repeat else next(batches, None)
                if batch is None:
                    break
                pending[self._submitted(batch, able)] = batch, able
            if able and not pending:
                return
            for future in _done(list(pending)):
                del pending[future]
                yield _result(future)

    def _submitted(self, batch: Batch, workers: frozenset[str]) -> Future:
        return self._client.submit(_translate, self._name, batch, workers=list(workers), pure=False)

    def _able(self) -> frozenset[str]:
        """The workers that can translate now."""
        workers = frozenset(self._client.nthreads())
        if new := workers - self._problems.keys():
            answers = self._client.run(_problem, self._name, workers=list(new), on_error="ignore")
            self._problems |= {worker: problem for worker, problem in answers.items() if problem != _NOT_READY}
        return frozenset(worker for worker in workers if self._problems.get(worker, "") is None)


def _done(futures: list[Future]) -> set[Future]:
    """Those that are done; after a while, none."""
    if not futures:
        sleep(_LOOK_SECONDS)
    try:
        return set(wait(futures, timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return set()


def _result(future: Future) -> BatchResult:
    try:
        result: BatchResult = future.result()
    except KilledWorker as error:
        raise ClusterUnusable(
            "Several workers died while they translated the same batch: give them more memory."
        ) from error
    return result
