"""Tasks in several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from threading import Thread

from foretell.errors import UsageError
from foretell.proof import Task

__all__ = ["Processes"]

# What the numerical libraries of a worker read at their start: one core each.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")


class Processes:
    """Each task in one of several worker processes.

    Workers are started afresh rather than forked: PyTorch and polars have threads, which a fork
    does not carry over. So tasks, and a user's own rivals in them, must be importable.

    Parameters
    ----------
    workers : int, optional
        By default one a core.
    """

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            message = f"workers is {workers}; give a number of processes from 1"
            raise UsageError(message)
        self.workers = workers or os.cpu_count() or 1

    def run(self, tasks: Sequence[Task]) -> Iterator[str]:
        """See `foretell.proof.Executor.run`."""
        if not tasks:
            return
        context = multiprocessing.get_context("spawn")
        workers = min(self.workers, len(tasks))
        with _one_thread_each():
            pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
            try:
                futures = {pool.submit(task): task.id for task in tasks}
                for future in as_completed(futures):
                    future.result()
                    yield futures[future]
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Workers that share cores must not fight over them; they read this as they start."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _end_with_parent() -> None:
    """Let no worker outlive a parent that was killed: it would hold its core for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()
