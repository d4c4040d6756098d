"""Translates batches on the workers of a Dask cluster. They hold the model, and need no catalogue.

Only the driver, the process that runs `translate --on`, reads and writes the catalogue. It sends each batch to one
worker. Where that worker is gone, or cannot translate, another one gets the batch.
"""

from __future__ import annotations

import logging
import os
import pickle
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from distributed import Client, Future, LocalCluster, Security, wait

from papers.errors import PaperglotError
from translation import cluster_worker
from translation.cluster_worker import Refusal
from translation.job import Batch, BatchResult, Job, Machines
from translation.settings import HERE, ClusterSettings

# A worker translates one batch and has the next one waiting.
_BATCHES_OF_WORKER = 2
# A batch that so many workers have not survived is not given to one more.
_MOST_DEATHS = 3
_LOOK_SECONDS, _FETCH_SECONDS = 2, 60
_TLS = "tls://"


class ClusterUnusable(PaperglotError):
    """Raised by `cluster` and while it translates: the cluster cannot be reached, or has no worker that can translate.

    What was translated before is kept.
    """


@contextmanager
def cluster(
    address: str, settings: ClusterSettings, folder: Path, say: Callable[[str], None] = lambda sentence: None
) -> Iterator[Machines]:
    """The workers that a Dask scheduler at this address has; for `HERE`, workers that are started on this machine.

    `say` gets a sentence for each worker that cannot translate. Raises ClusterUnusable.
    """
    # That a batch is repeated, or a connection lost, needs no word: what cannot be done ends in ClusterUnusable.
    for logger in ("distributed", "distributed.client", "distributed.core", "distributed.comm", "tornado.application"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    security = _security(address, settings)
    with ExitStack() as stack:
        try:
            target: Any = stack.enter_context(_started(settings)) if address == HERE else address
            client = stack.enter_context(Client(target, security=security, timeout=settings.timeout))
        except Exception as error:  # Dask raises errors of many kinds for an address or a machine that it cannot use
            where = "The workers on this machine cannot start" if address == HERE else f"No Dask scheduler at {address}"
            raise ClusterUnusable(f"{where}: {str(error).rstrip('.') or type(error).__name__}.") from error
        of_driver = str(folder) if address == HERE else None
        yield lambda job, batches, stopped: _Run(client, settings, job, of_driver, say).results(batches, stopped)


def _started(settings: ClusterSettings) -> LocalCluster:
    return LocalCluster(
        n_workers=settings.workers,
        threads_per_worker=settings.threads or max(1, (os.cpu_count() or 1) // settings.workers),
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=0,  # a worker keeps the memory that it has had once, and would be paused for ever
        preload=cluster_worker.__name__,
        silence_logs=logging.CRITICAL,
    )


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
    """One job on a cluster. `folder` is the data folder where workers are on the driver's machine, else None."""

    def __init__(
        self, client: Client, settings: ClusterSettings, job: Job, folder: str | None, say: Callable[[str], None]
    ) -> None:
        self._client, self._job, self._folder, self._say = client, pickle.dumps(job), folder, say
        self._timeout, self._patience = settings.timeout, settings.patience
        self._pending: dict[Future, tuple[Batch, str]] = {}  # each with its batch and its worker
        self._to_repeat: deque[Batch] = deque()
        self._deaths: Counter[int] = Counter()  # by the number of the first paper of a batch
        self._refusals: dict[str, str] = {}  # worker → why it cannot translate

    def results(self, batches: Iterator[Batch], stopped: Callable[[], bool]) -> Generator[BatchResult, None, None]:
        """The results of all batches, as they come; raises ClusterUnusable. Batches are read ahead, so that no worker
        waits. After `stopped()`, those that are on their way are the last ones."""
        self._wait_for_worker()
        last_able = monotonic()
        try:
            while True:
                workers = self._workers()
                able = [worker for worker in workers if worker not in self._refusals]
                self._take_back(workers)
                if able:
                    last_able = monotonic()
                elif stopped():
                    return
                else:
                    self._check_hope(workers, monotonic() - last_able)
                if not stopped():
                    self._submit(able, batches)
                if able and not self._pending:
                    return
                for future in self._done():
                    if result := self._result(future):
                        yield result
        finally:
            for future in self._pending:
                future.cancel()

    def _wait_for_worker(self) -> None:
        try:
            self._client.wait_for_workers(1, self._timeout)
        except TimeoutError as error:
            raise ClusterUnusable("The scheduler has no worker: start one with 'dask worker ADDRESS'.") from error

    def _workers(self) -> frozenset[str]:
        """The workers that are there, and that Dask has not paused; what was known of those that left is forgotten."""
        try:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
        except Exception as error:
            raise ClusterUnusable("The scheduler does not answer any more.") from error
        self._refusals = {worker: reason for worker, reason in self._refusals.items() if worker in workers}
        return frozenset(worker for worker, state in workers.items() if state["status"] == "running")

    def _check_hope(self, workers: frozenset[str], seconds: float) -> None:
        """Raise ClusterUnusable where no worker can translate, or none has been left for too long."""
        if workers and self._refusals:
            worker, reason = next(iter(self._refusals.items()))
            raise ClusterUnusable(f"No worker can translate. {worker}: {reason}")
        if seconds > self._patience:
            raise ClusterUnusable(f"No worker is left since {self._patience:.0f} seconds.")

    def _take_back(self, workers: frozenset[str]) -> None:
        """Take back the batches of workers that are gone or paused."""
        for future in [future for future, (_, worker) in self._pending.items() if worker not in workers]:
            batch, _ = self._pending.pop(future)
            future.cancel()
            self._to_repeat.append(batch)
            self._deaths[batch[0].number] += 1
            if self._deaths[batch[0].number] > _MOST_DEATHS * _BATCHES_OF_WORKER:
                raise ClusterUnusable(
                    "Several workers died while they translated the same batch: give them more memory."
                )

    def _submit(self, able: list[str], batches: Iterator[Batch]) -> None:
        counts = Counter(worker for _, worker in self._pending.values())
        for _ in range(_BATCHES_OF_WORKER * len(able) - sum(counts[worker] for worker in able)):
            batch = self._to_repeat.popleft() if self._to_repeat else next(batches, None)
            if batch is None:
                return
            worker = min(able, key=lambda worker: counts[worker])
            counts[worker] += 1
            future = self._client.submit(
                cluster_worker.translate, self._job, self._folder, batch, workers=[worker], pure=False
            )
            self._pending[future] = batch, worker

    def _done(self) -> list[Future]:
        """Those that are done; after a while, none."""
        if not self._pending:
            sleep(_LOOK_SECONDS)
            return []
        try:
            return list(wait(list(self._pending), timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []
        except Exception as error:  # the futures of a scheduler that is gone are cancelled
            raise ClusterUnusable("The scheduler does not answer any more.") from error

    def _result(self, future: Future) -> BatchResult | None:
        """The result of a future; None where its worker gave none, and another one is to try."""
        batch, worker = self._pending[future]
        try:
            answer: BatchResult | Refusal = future.result(timeout=_FETCH_SECONDS)
        except TimeoutError:
            return None  # its worker died with the result; `_take_back` will see that
        except Exception as error:  # it has another version of the program, or none
            answer = Refusal(f"{type(error).__name__}: {error}.")
        del self._pending[future]
        match answer:
            case BatchResult():
                return answer
            case Refusal(reason):
                self._to_repeat.append(batch)
                if worker not in self._refusals:
                    self._say(f"{worker} translates nothing. {reason}")
                self._refusals[worker] = reason
                return None
