"""Cancels hosted sessions at OpenAI in the background, so that a log-out does not wait for it.

Best effort. One short-lived worker thread per process works through the waiting ids; it never
uses the database. Sessions that still wait when the process ends are not cancelled: they expire
after `SESSION_SECONDS`.
"""

from __future__ import annotations

import collections
import logging
import os
import threading
from collections.abc import Iterable

logger = logging.getLogger("chatkit.hosted")

# With more than that waiting OpenAI is not answering: the oldest are dropped.
_waiting: collections.deque[str] = collections.deque(maxlen=1000)
_lock = threading.Lock()
_worker: threading.Thread | None = None


def cancel_later(session_ids: Iterable[str]) -> None:
    """Cancel these sessions at OpenAI soon; failures are logged."""
    global _worker
    with _lock:
        _waiting.extend(session_ids)
        if _worker is None and _waiting:
            _worker = threading.Thread(target=_work, name="chatkit-cancelling", daemon=True)
            _worker.start()


def wait(timeout: float) -> None:
    """Wait until the ids handed over so far are done, at most `timeout` seconds."""
    worker = _worker
    if worker is not None:
        worker.join(timeout)


def _work() -> None:
    global _worker
    while True:
        with _lock:
            if not _waiting:
                _worker = None
                return
            session_id = _waiting.popleft()
        _cancel(session_id)


def _cancel(session_id: str) -> None:
    from . import causes, client

    try:
        client.cancel_session(session_id)
    except causes.UpstreamError as error:
        logger.warning(
            "session %s could not be cancelled at OpenAI: %s upstream_status=%s "
            "upstream_request=%s",
            session_id,
            error.code,
            error.status or "-",
            error.request_id or "-",
        )
    except Exception:
        logger.exception("session %s could not be cancelled at OpenAI.", session_id)


def _after_fork() -> None:
    # The worker exists in the parent only, which also does the waiting work.
    global _lock, _worker
    _lock = threading.Lock()
    _worker = None
    _waiting.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
