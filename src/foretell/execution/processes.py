"""Tasks in several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from threading import Thread

from foretell.errors import UsageError
from foretell.proof import Task

__all__ = ["Processes"]

# What the numerical libraries of a worker read at their start: one core each.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")

HEARING = 0.1  # seconds until Ctrl-C is heard at the latest


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
            others = set(multiprocessing.active_children())
            pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_obey_parent)
            try:
                yield from _done(pool, tasks)
            except BaseException:  # results are whole or not there, so no worker need be waited for
                for child in set(multiprocessing.active_children()) - others:
                    child.terminate()
                raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def _done(pool: ProcessPoolExecutor, tasks: Sequence[Task]) -> Iterator[str]:
    """Ids of tasks as they are done; wakes now and then, so that Ctrl-C is heard."""
    names = {pool.submit(task): task.id for task in tasks}
    pending = set(names)
    while pending:
        done, pending = wait(pending, timeout=HEARING, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
            yield names[future]


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


def _obey_parent() -> None:
    """Leave Ctrl-C to the parent, and do not outlive one that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()
