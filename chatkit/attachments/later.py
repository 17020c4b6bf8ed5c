"""Work that waits for a storage, which may be far away and slow: on threads of its own, so that
neither a request nor a worker of the database waits with it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVarTuple

from django.db import connections

from ..background import in_this_scope, needs_this_connection

logger = logging.getLogger("chatkit.attachments")
THREADS = 2

Ts = TypeVarTuple("Ts")

_lock = threading.Lock()
_threads: ThreadPoolExecutor | None = None
_pending: set[Future[None]] = set()


def later(function: Callable[[*Ts], object], *args: *Ts) -> None:
    """Call `function(*args)` soon; what it raises is logged. A process that ends does the rest
    first. Where this thread's connection is needed, it is called at once."""
    global _threads
    if needs_this_connection():
        _called(lambda: function(*args))
        return
    try:
        with _lock:
            _threads = _threads or ThreadPoolExecutor(THREADS, "chatkit-files")
            future = _threads.submit(_on_thread, in_this_scope(lambda: function(*args)))
            _pending.add(future)
    except RuntimeError:  # the interpreter ends: no thread is begun any more
        _called(lambda: function(*args))
        return
    future.add_done_callback(_pending.discard)


def finish(seconds: float = 10) -> bool:
    """Wait until all that was handed over is done; False where it takes longer."""
    return not wait([*_pending], seconds).not_done


def _on_thread(call: Callable[[], object]) -> None:
    try:
        _called(call)
    finally:
        connections.close_all()  # this thread's own


def _called(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        logger.exception("Work on stored files failed.")


def _forget() -> None:
    # After a fork the threads exist only in the parent, where one of them may hold the lock.
    global _threads, _lock, _pending
    _threads, _lock, _pending = None, threading.Lock(), set()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
