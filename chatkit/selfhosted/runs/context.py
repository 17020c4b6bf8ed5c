"""The context of one protocol request: what the SDK passes on as `context`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, TypeVarTuple

from ... import access
from ...models import Session
from .outcomes import checked
from .process import current
from .unit_of_work import UnitOfWork
from .usage import counted

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(eq=False)
class ChatContext:
    """Who asks, and what an assistant may need of the request.

    Without the request itself, since a run lasts longer. Assistants run on the event loop, so
    that they may use the ORM only through `database`.
    """

    session: Session  # its owner is loaded
    language: str
    time_zone: datetime.tzinfo
    request_id: str = ""
    script_prefix: str = "/"
    # Where this site has files, with its host; "" outside of a request.
    attachments_url: str = ""
    # Headers of the request, by lower-case name: those that CHATKIT["CONTEXT_HEADERS"] allows.
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._work = UnitOfWork(self.session)

    @property
    def user(self) -> Any:
        """The user who asks, or the visitor (`chatkit.models.Visitor`)."""
        return self.session.person

    @property
    def workflow_id(self) -> str:
        return self.session.workflow_id

    @property
    def run_id(self) -> str:
        """The id of the run that answers; "" for a request that is answered at once."""
        return self._work.run.id if self._work.run is not None else ""

    async def database(self, function: Callable[[*Ts], T], *args: *Ts) -> T:
        """Await `function(*args)`, which may use the ORM and may take long, on one of the
        assistants' workers."""
        return await current().assistants.run(function, *args)

    async def has_perm(self, permission: str) -> bool:
        """Whether the acting user has a Django permission (`app.codename`)."""
        return bool(await self.database(access.has_perm, self.user, permission))

    def report_usage(
        self,
        *,
        model: str = "",
        tokens_in: int | None = None,
        tokens_cached: int | None = None,
        tokens_out: int | None = None,
    ) -> None:
        """Add to the tokens on the run's record; counts of several calls add up, and what is no
        number of tokens is passed over. Its model is the last one that wrote the answer, not one
        that is asked afterwards, such as for a title."""
        run = self._work.run
        if run is not None:
            named = run.usage.model if run.answered is not None else ""
            run.usage.add(named or model, tokens_in, tokens_cached, tokens_out)
        else:
            self._work.spent.append(
                (counted(tokens_in), counted(tokens_cached), counted(tokens_out))
            )

    def suggest_title(self, *titles: str) -> None:
        """Name the conversation by what its answer is about, the best first: the first of them
        that none of this person's other conversations has. It takes the place of the question,
        which is the title until then, and never of a title that the person gave."""
        self._work.titles = [title for title in titles if title.strip()]

    def report_outcome(
        self,
        outcome: str,
        *,
        searched: Iterable[Mapping[str, Any]] = (),
        cited: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Say what became of the question: "answered", "clarified" (asked back), "not_found",
        "refused" or "handed_over"; ValueError for anything else.

        `searched` has entries such as `{"query": "cancel an order", "language": "en"}`, `cited`
        such as `{"article": "orders", "section": "Cancel an order", "language": "en", "url":
        "/…"}`. The latest outcome counts and the lists grow, up to 10 and 20 entries. It is
        stored with the run's end; a run that does not finish has the outcome of its status.
        """
        checked(outcome)
        if self._work.run is not None:
            self._work.run.report.add(outcome, searched, cited)


def work_of(context: ChatContext) -> UnitOfWork:
    """The engine's own state of this request. Not for assistants."""
    return context._work
