"""What one protocol request brings with it: the SDK's `context` argument everywhere."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ...models import Session
from .process import current

if TYPE_CHECKING:
    from chatkit.types import ThreadMetadata, ThreadStreamEvent

    from .live import LiveRun
    from .unit_of_work import Write

T = TypeVar("T")


@dataclass(eq=False)
class ChatContext:
    """The acting user's session and what hangs on it.

    Nothing of the HTTP request is here: a run outlives it. Runs on the event loop, so the ORM
    may be reached through `database` only.
    """

    session: Session  # its user is loaded
    language: str
    time_zone: datetime.tzinfo
    request_id: str = ""
    script_prefix: str = "/"

    # The thread that the view has loaded already, so that the store need not.
    thread: ThreadMetadata | None = None
    run: LiveRun | None = None
    # Threads' columns by id, as last loaded or saved: only what changes is written, so that a
    # user's new title survives a run that knows the old one.
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Writes of the store that are not in the database yet, and the lock of who writes them.
    writes: list[Write] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    minted: set[str] = field(default_factory=set)  # ids of threads that have no row yet
    # Events that a run sends after the SDK has been cancelled.
    parting: list[ThreadStreamEvent] = field(default_factory=list)

    @property
    def user(self) -> Any:
        return self.session.user

    @property
    def workflow_id(self) -> str:
        return self.session.workflow_id

    async def database(self, function: Callable[..., T], *args: Any) -> T:
        """Await `function(*args)`, which may use the ORM, on a database thread."""
        return await current().database.run(function, *args)

    async def has_perm(self, permission: str) -> bool:
        """Whether the acting user has a Django permission (`app.codename`)."""
        return bool(await self.database(self.user.has_perm, permission))

    def report_usage(
        self,
        *,
        model: str = "",
        tokens_in: int | None = None,
        tokens_cached: int | None = None,
        tokens_out: int | None = None,
    ) -> None:
        """Note on the run's record what the answer took; counts of several calls add up."""
        if self.run is not None:
            self.run.usage.add(model, tokens_in, tokens_cached, tokens_out)
