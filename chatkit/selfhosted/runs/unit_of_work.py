"""UnitOfWork: what one protocol request has read and promised to write.

An answer costs a handful of statements in two or three transactions instead of one for each
event: writes wait here until a read, the run's heartbeat or its end takes them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from ...models import Session
from . import writes
from .writes import SaveThread, Write

if TYPE_CHECKING:
    from chatkit.types import ThreadMetadata

    from .live import LiveRun

W = TypeVar("W", bound=Write)


class UnitOfWork:
    """The engine's own state of one request. The event loop adds writes, any thread applies
    them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.run: LiveRun | None = None  # the run that answers; None for a request without one
        # The thread that the view has loaded already, so that the store need not.
        self.loaded: ThreadMetadata | None = None
        # Threads' columns by id, as last loaded or saved: only what changes is written, so that
        # a user's new title survives a run that knows the old one.
        self.known: dict[str, dict[str, Any]] = {}
        # Titles that threads have until their assistant sets one, by id: stored and shown, but
        # not on the object that the assistant gets, which asks for a title while it has none.
        self.default_titles: dict[str, str] = {}
        # Whether the engine is at work, and writes what is pending when it is done. Whoever
        # calls the store without it has each call written at once.
        self.collecting = False
        self._minted: set[str] = set()  # ids of threads that have no row yet
        self._pending: list[Write] = []
        self._lock = threading.Lock()  # of who applies them

    def add(self, write: Write) -> None:
        """Promise a write: it is applied after those that were promised before."""
        self._pending.append(write)

    def mint(self, thread_id: str) -> None:
        """Learn that this id is a new thread's: saving it inserts, without a look before."""
        self._minted.add(thread_id)

    def save_thread(self, thread_id: str, values: dict[str, Any]) -> None:
        """Promise to save a thread's columns: all of a new one's, what changed of another's."""
        new = thread_id in self._minted
        self._minted.discard(thread_id)
        known = self.known.get(thread_id, {})
        changed = {
            name: value
            for name, value in values.items()
            if name not in known or known[name] != value
        }
        self.known[thread_id] = values
        write = SaveThread(thread_id, values, changed, new)
        if not new and not changed:
            return
        for index, earlier in enumerate(self._pending):
            # Nothing of a new thread is being written yet, so the two can be one.
            if isinstance(earlier, SaveThread) and earlier.new and earlier.id == thread_id:
                self._pending[index] = replace(write, new=True)
                return
        self.add(write)

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Meanwhile the engine is at work: writes wait, and it writes them at its end."""
        self.collecting = True
        try:
            yield
        finally:
            self.collecting = False

    def pending(self, kind: type[W]) -> list[W]:
        """The promised writes of this kind, the latest first."""
        return [write for write in reversed(self._pending) if isinstance(write, kind)]

    def drop(self) -> None:
        """Forget all that was promised: its thread is gone, or its request was refused."""
        self._pending.clear()

    @contextmanager
    def writing(self) -> Iterator[Callable[[], None]]:
        """What it yields applies all that is pending, in the caller's transaction. Leave the
        block after the commit: the writes are then done with. After an error they stay pending.

        RowMissing, RunInProgress.
        """
        with self._lock:
            applied = 0

            def apply() -> None:
                nonlocal applied
                pending = self._pending[:]  # the event loop may add meanwhile
                writes.apply(pending, writes.Transaction(self.session))
                applied = len(pending)

            yield apply
            del self._pending[:applied]

    def flush(self) -> None:
        """Write what is pending, in one transaction. On a database thread.

        RowMissing, RunInProgress; whatever the error, nothing of it is written then.
        """
        if not self._pending:
            return
        with self.writing() as apply, transaction.atomic():
            apply()

    def __bool__(self) -> bool:
        """Whether anything is pending."""
        return bool(self._pending)
