"""What runs on a worker of a cluster: it translates batches by a job, and loads the model with the first one.

The driver sends the job with each batch, in bytes, so that a worker reads it once. A worker can join at any time.
"""

from __future__ import annotations

import pickle
import signal
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from distributed import get_worker
from distributed.worker import Worker

from papers.errors import PaperglotError
from papers.settings import data_folder
from translation.batch import translated
from translation.engine import Translator
from translation.job import Batch, BatchResult, Job
from translation.packages import installed
from translation.settings import TranslationSettings, packages_folders

# The model has all threads of the worker: a second batch beside the first would only take memory.
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a worker translates nothing for a job, as a sentence."""

    reason: str


def translate(job: bytes, folder: str | None, batch: Batch) -> BatchResult | Refusal:
    """The translations of a batch. `folder` is the data folder on the driver's machine, None on another one."""
    try:
        with _one_at_a_time:
            prepared, translator = _prepared(job, folder, get_worker().state.nthreads)
            return translated(batch, translator, prepared)
    except PaperglotError as error:
        return Refusal(str(error))
    except Exception as error:  # whatever this machine lacks, another one may have
        return Refusal(f"{type(error).__name__}: {error}.")


@lru_cache(maxsize=1)
def _prepared(job: bytes, folder: str | None, threads: int) -> tuple[Job, Translator]:
    """The job, and its translator on this machine; raises NoPackage and ModelUnusable."""
    read: Job = pickle.loads(job)  # noqa: S301  (the driver's; Dask itself sends programs)
    settings = TranslationSettings.load()
    folders = packages_folders(Path(folder) if folder else data_folder(), settings)
    return read, read.translator(installed(folders), threads=threads, batch=settings.batch)


def dask_setup(worker: Worker) -> None:
    """Dask calls this in workers that the driver started: Ctrl-C reaches all processes of a terminal, and they are to
    finish their batches."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
