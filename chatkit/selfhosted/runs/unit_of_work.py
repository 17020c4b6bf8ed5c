"""UnitOfWork: what one protocol request has read, and its pending writes.

Writes wait here until a read, the run's heartbeat or its end applies them, so that an answer
needs two or three transactions instead of one for each event.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction

from ... import admission
from ...admission import Notice, Question
from ...deadlocks import again_after_deadlock
from ...models import Session
from . import writes
from .writes import Columns, SaveThread, Write

if TYPE_CHECKING:
    from chatkit.types import ThreadMetadata

    from .live import LiveRun

W = TypeVar("W", bound=Write)


@dataclass(frozen=True)
class Why:
    """Why an answer is voted down: the `Feedback` fields of the same names."""

    reason: str = ""
    comment: str = ""


class UnitOfWork:
    """The engine's own state of one request. Writes are added on the event loop and applied on
    any thread."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.run: LiveRun | None = None  # the run that answers; None for a request without one
        # The thread that the view has loaded already, so that the store need not.
        self.loaded: ThreadMetadata | None = None
        # Whether the thread of this request is temporary: nothing of its words is kept elsewhere.
        self.temporary = False
        # Threads' columns by id, as last loaded or saved. Only changes are written, so that a run
        # does not overwrite a title that the user has changed meanwhile.
        self.known: dict[str, Columns] = {}
        # The branches that threads go on in, by id.
        self.branches: dict[str, int] = {}
        # Titles that threads have until their assistant sets one, by id: stored and shown, but
        # not on the object that the assistant gets, which asks for a title while it has none.
        self.default_titles: dict[str, str] = {}
        # The thread that is answered, its question, and what the answer said last.
        self.thread: ThreadMetadata | None = None
        self.asked = ""
        self.said = ""
        # Whether its title is still the question; and what the assistant would rather call it.
        self.title_open = False
        self.titles: list[str] = []
        # Tokens of a request without a run: in, cached and out, for each call of a model.
        self.spent: list[tuple[int | None, int | None, int | None]] = []
        # Whether the request is a person's, to rename a thread.
        self.renames = False
        # Sentences that are shown with the answer.
        self.notices: list[Notice] = []
        # What ends the work that goes on in tasks of its own, where an answer ends before it.
        self.ends: list[Callable[[], Awaitable[None]]] = []
        # Nothing of the answer is kept: see `selfhosted.trial`.
        self.trial = False
        # Of a vote: the SDK's method for votes has no place for it.
        self.why = Why()
        # Whether the engine is at work, which applies pending writes itself. Otherwise each call
        # of the store is written at once.
        self.collecting = False
        self._minted: set[str] = set()  # ids of threads that have no row yet
        self._pending: list[Write] = []
        self._lock = threading.Lock()  # held while they are applied

    def add(self, write: Write) -> None:
        """Add a pending write. Writes are applied in this order."""
        self._pending.append(write)

    def start_run(self, thread_id: str) -> None:
        """Add the writes with which this request's run begins."""
        run = self.run
        if run is None:
            return
        self.add(writes.StartRun(run.row(thread_id)))
        if admission.is_used():
            session = self.session
            question = Question(session.person, session.workflow_id, run.kind, run.id)
            self.add(writes.AdmitQuestion(question, self.notices))

    def mint(self, thread_id: str) -> None:
        """Record that this id is a new thread's: it is inserted without looking for a row."""
        self._minted.add(thread_id)
        self.branches[thread_id] = 0

    def save_thread(self, thread_id: str, values: Columns, titled_by: str) -> None:
        """Add the write of a thread's columns: of all of a new one, else of those that changed.
        `titled_by` is stored with a title that changed."""
        new = thread_id in self._minted
        self._minted.discard(thread_id)
        known = self.known.get(thread_id, {})
        changed = {
            name: value
            for name, value in values.items()
            if name not in known or known[name] != value
        }
        self.known[thread_id] = values
        if "title" in changed or self.renames:
            changed["titled_by"] = titled_by
            values = values | {"titled_by": titled_by}
        write = SaveThread(thread_id, values, changed, new)
        if not new and not changed:
            return
        for index, earlier in enumerate(self._pending):
            # A pending insert of the same thread: replace it.
            if isinstance(earlier, SaveThread) and earlier.new and earlier.id == thread_id:
                self._pending[index] = replace(write, new=True)
                return
        self.add(write)

    @contextmanager
    def collected(self) -> Iterator[None]:
        """While this is open, writes wait: the engine is at work and applies them at its end."""
        self.collecting = True
        try:
            yield
        finally:
            self.collecting = False

    def pending(self, kind: type[W]) -> list[W]:
        """The pending writes of this kind, the latest first."""
        return [write for write in reversed(self._pending) if isinstance(write, kind)]

    @property
    def only_begins(self) -> bool:
        """Whether the beginning of the run is pending, and nothing that a read could see."""
        kinds = {type(write) for write in self._pending}
        return bool(kinds) and kinds <= {writes.StartRun, writes.AdmitQuestion}

    def drop(self) -> None:
        """Drop all pending writes: the thread is gone, or the request was refused."""
        self._pending.clear()

    @contextmanager
    def writing(self) -> Iterator[Callable[[], None]]:
        """Yields a function that applies the pending writes in the caller's transaction. Leave
        the block after the commit, which drops them; after an error they stay pending.

        RowMissing, RunInProgress.
        """
        self.follow_owner()
        with self._lock:
            applied = 0
            shared: writes.Transaction | None = None

            def apply() -> None:
                nonlocal applied, shared
                pending = self._pending[:]  # the event loop may add meanwhile
                shared = writes.Transaction(
                    self.session, self.temporary, branches=dict(self.branches)
                )
                writes.apply(pending, shared)
                applied = len(pending)

            yield apply
            self.branches |= shared.branches if shared else {}
            del self._pending[:applied]

    def flush(self) -> None:
        """Apply the pending writes in one transaction. On a database worker.

        RowMissing, RunInProgress; after any error nothing is written.
        """
        if not self._pending:
            return
        try:
            self._apply()
        except writes.RowMissing:
            if not self.follow_owner():
                raise
            self._apply()

    @again_after_deadlock
    def _apply(self) -> None:
        with self.writing() as apply, transaction.atomic():
            apply()

    def follow_owner(self) -> bool:
        """Whether the session of a visitor has become a user's since it was last asked: somebody
        has logged in while an answer is written, which goes on as theirs. No query for a user."""
        session = self.session
        if session.visitor_id is None or session.pk is None:
            return False
        row = Session.objects.select_related("user").filter(pk=session.pk).first()
        if row is None or row.user_id is None:
            return False
        session.visitor, session.user = None, row.user
        session.auth_hash, session.status = row.auth_hash, row.status
        return True

    def __bool__(self) -> bool:
        """Whether anything is pending."""
        return bool(self._pending)
