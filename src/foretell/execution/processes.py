"""Tasks in several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

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
        self.workers = workers or os.cpu_count() or 1

    def run(self, tasks: Sequence[Task]) -> Iterator[str]:
        """See `foretell.proof.Executor.run`."""
        if not tasks:
            return
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            min(self.workers, len(tasks)), mp_context=context, initializer=_one_thread
        )
        try:
            futures = {pool.submit(task): task.id for task in tasks}
            for future in as_completed(futures):
                future.result()
                yield futures[future]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one_thread() -> None:
    """Before anything heavy is imported: workers that share cores must not fight over them."""
    for name in THREADS:
        os.environ[name] = "1"
