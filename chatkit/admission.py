"""Whether the assistant takes questions now: other apps may have a say, such as one with budgets.

# myapp/apps.py
class ShopConfig(AppConfig):
    def ready(self):
        from chatkit import admission
        from .gates import OPENING_HOURS

        admission.register(OPENING_HOURS)

Where no app has registered a gate, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from .exceptions import ApiError

# Requests that go on with an answer which was let in already.
GOING_ON = {"threads.add_client_tool_output", "threads.add_structured_input"}
# Requests that are answered at once and that ask something of the assistant all the same.
AT_ONCE = {"threads.sync_custom_action", "input.transcribe", "attachments.create"}

Notice = str | Promise


@dataclass(frozen=True)
class Question:
    """A request that asks the assistant. `kind` is its type in the protocol; its run has a row."""

    user: Any
    workflow_id: str
    kind: str
    run_id: str

    @property
    def goes_on(self) -> bool:
        """Whether it belongs to an answer that was let in before."""
        return self.kind in GOING_ON


class Gate:
    """Subclass it, and register an instance of your module in `AppConfig.ready()`, which Django
    may call again.

    All are called on a thread that may use the database. A sentence is shown to the person:
    translated, and lazily so, since another thread may show it.
    """

    def check_open(self, user: Any, workflow_id: str) -> None:
        """ApiError where the assistant is closed to this person: asked for the page, for a
        session, and for each request that asks the assistant. What runs already goes on."""

    def admit(self, question: Question) -> Iterable[Notice]:
        """ApiError where this question is not taken; otherwise sentences that are shown with its
        answer.

        Called in the transaction that stores the question and begins its run, before the
        assistant is asked: what is written here is undone where the question is refused.
        """
        return ()

    def count(self, run: Any) -> None:
        """An answer that used tokens has ended: called in the transaction that stores its end. The
        run of one whose conversation was deleted meanwhile has no row any more."""

    def count_more(self, run: Any) -> None:
        """An answer that was counted has used more afterwards, such as for what may be asked next:
        `run` has the tokens to add. It may have no row any more, either."""
        self.count(run)


_gates: list[Gate] = []


def register(gate: Gate) -> None:
    """Ask this gate from now on; once, however often it is registered."""
    if gate not in _gates:
        _gates.append(gate)


def unregister(gate: Gate) -> None:
    """Ask this gate no more."""
    _gates.remove(gate)


def is_used() -> bool:
    """Whether there is anything to ask."""
    return bool(_gates)


def check_open(user: Any, workflow_id: str) -> None:
    """ApiError where the assistant is closed to this person."""
    for gate in _gates:
        gate.check_open(user, workflow_id)


def closed(user: Any, workflow_id: str) -> ApiError | None:
    """Why the assistant is closed to this person; None where it is open."""
    try:
        check_open(user, workflow_id)
    except ApiError as error:
        return error
    return None


def count(run_id: str, more: Mapping[str, int] | None = None) -> None:
    """Tell of an answer that has ended, with what its run has used; or, of one that was told of,
    what it has used `more`, by the names of the run's columns."""
    from .models import Run

    run = Run.objects.select_related("thread", "user").filter(pk=run_id).first() if _gates else None
    if run is not None:
        count_lost(run, more)


def count_lost(run: Any, more: Mapping[str, int] | None = None) -> None:
    """The same of a run that was deleted meanwhile, and has no row any more."""
    for name, value in (more or {}).items():
        setattr(run, name, value)
    for gate in _gates:
        (gate.count if more is None else gate.count_more)(run)


def admit(question: Question) -> list[Notice]:
    """Let a question in; ApiError where a gate refuses it."""
    return [notice for gate in _gates for notice in gate.admit(question)]
