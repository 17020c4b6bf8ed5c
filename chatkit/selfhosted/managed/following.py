"""Tells a turn as it comes: its items, the site's tools, the cards that ask, and its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from uuid import uuid4

from chatkit.store import Store, StoreItemType
from chatkit.types import ThreadMetadata, ThreadStreamEvent

from ...fields import JsonObject
from ...hosted import causes
from ..assistant.messages import say
from ..assistant.tools import AnswerState
from ..runs.context import ChatContext, work_of
from ..runs.process import current
from . import approvals, events, faults, files, memory
from .calls import Calls
from .client import Sessions
from .faults import AgentFault, EmptyAnswer, Refusal
from .telling import Telling
from .turn import Turn

logger = logging.getLogger("chatkit.agents")


class Following:
    """One turn, from where it is now until it ends or waits for a decision.

    `question_id` is that of the question it answers, "" where it goes on after a decision;
    `with_files` says whether the agent may have published some.
    """

    def __init__(
        self,
        turn: Turn,
        sessions: Sessions,
        thread: ThreadMetadata,
        context: ChatContext,
        store: Store[ChatContext],
        *,
        question_id: str,
        with_files: bool,
    ) -> None:
        def new_id(kind: StoreItemType) -> str:
            return store.generate_item_id(kind, thread, context)

        self.turn = turn
        self.sessions = sessions
        self.question_id = question_id
        self.with_files = with_files
        self.answer = AnswerState(context, thread, store, self._emit)
        self.telling = Telling(thread.id, new_id, self.answer.sources)
        self.calls = Calls(self.answer, self._submit, self._answered)
        self._asked: set[str] = set()  # ids of requests of which the cards are shown
        self._shown = False  # something else than words
        self._completed = False
        self._code = ""  # of an error that came before the end
        self._failure: Exception | None = None

    async def events(self) -> AsyncGenerator[ThreadStreamEvent]:
        try:
            while (entry := await self.turn.next()) is not None:
                for event in await self._take(entry):
                    yield event
                if self._asked and not self.calls.pending:
                    break
            for event in await self._end():
                yield event
        except BaseException as error:
            if isinstance(error, Refusal):
                for event in self.telling.withdraw():
                    yield event
            self._leave(error)
            raise
        self._leave(None)

    # -- what comes ----------------------------------------------------------------------

    async def _take(self, entry: JsonObject | ThreadStreamEvent) -> list[ThreadStreamEvent]:
        if not isinstance(entry, dict):  # a tool's, such as its card
            self._shown = True
            return [*self.telling.steps.close(), entry]
        kind = events.text(entry, "type")
        self._count(entry, kind)
        if kind == events.REQUIRES_ACTION:
            found: list[ThreadStreamEvent] = []
            for action in events.dicts(entry, "session", "required_actions"):
                found += await self._act(action)
            return found
        if kind == events.ERROR:
            self._code = events.text(entry, "error", "code") or self._code
        elif kind == events.CUT:
            self.telling.interrupted()
        elif kind in (events.FAILED, events.BUDGET):
            cause = causes.AGENT_BUDGET if kind == events.BUDGET else causes.AGENT_FAILED
            self._failure = self._failure or AgentFault(cause)
        elif kind in events.TURN_ENDS:
            self._ended(entry, kind)
        else:
            if _is_call(entry, kind):
                self.calls.take(entry["item"])
            if self.turn.is_shown(entry):
                return self._seen(self.telling.take(entry))
        return []

    def _seen(self, told: list[ThreadStreamEvent]) -> list[ThreadStreamEvent]:
        for event in told:
            self.answer.observed.see(event)
        return told

    def _ended(self, entry: JsonObject, kind: str) -> None:
        if not self.turn.is_shown(entry):
            return
        self._completed = kind == events.TURN_COMPLETED
        if kind == events.TURN_FAILED:
            self._failure = faults.of_turn(entry, self._code)
        elif kind == events.TURN_CANCELLED:
            self._failure = AgentFault(causes.AGENT_CANCELLED)

    async def _act(self, action: JsonObject) -> list[ThreadStreamEvent]:
        """Do what the turn waits for, or show the card that asks its user."""
        kind = events.text(action, "type")
        if approvals.is_question(action):
            request_id = events.text(action, "request_id")
            if request_id in self._asked:
                return []
            self._asked.add(request_id)
            turn = self.turn
            card = await approvals.ask(self.answer, action, turn.session_id, turn.turn_id)
            return [*self.telling.steps.close(), card]
        if kind == "function_call":
            self.calls.take(action)
        elif (declined := approvals.declined(action)) is not None:
            await self._submit(declined, uuid4().hex)
        elif kind == "environment_connection":
            raise AgentFault(causes.AGENT_ENVIRONMENT)
        else:
            events.tell_unknown("required action", kind)
            raise AgentFault(causes.AGENT_VERSION)
        return []

    def _count(self, entry: JsonObject, kind: str) -> None:
        """Put the model and the tokens on the run's record."""
        context = self.answer.context
        if model := events.text(entry, "session", "agent", "model"):
            context.report_usage(model=model)
        if kind not in events.TURN_ENDS or not self.turn.is_shown(entry):
            return
        usage = events.at(entry, "usage") or events.at(entry, "turn", "usage")
        context.report_usage(
            tokens_in=events.number(usage, "input_tokens"),
            tokens_cached=events.number(usage, "input_tokens_details", "cached_tokens"),
            tokens_out=events.number(usage, "output_tokens"),
        )

    # -- the end -------------------------------------------------------------------------

    async def _end(self) -> list[ThreadStreamEvent]:
        if self._failure is not None:
            raise self._failure
        found = self._seen(self.telling.close())
        if self._completed and self.with_files:
            found += await self._files()
        if not (self.telling.said or self._shown or self._asked):
            raise EmptyAnswer
        self.answer.observed.report(self.answer.sources)
        return found

    async def _files(self) -> list[ThreadStreamEvent]:
        """A message with the files that the turn has published. The answer stands without them."""
        answer, turn = self.answer, self.turn
        try:
            kept = await files.fetch(
                self.sessions, turn.session_id, turn.turn_id, answer.thread.id, answer.context
            )
        except Exception as error:
            logger.warning("The files of an agent can't be fetched: %s", type(error).__name__)
            return []
        if not kept:
            return []
        self._shown = True
        return say(answer.thread, files.listed(kept), answer.store, answer.context)

    def _leave(self, error: BaseException | None) -> None:
        """Cancel at OpenAI what is not over, and keep how far the session knows the conversation,
        without waiting for either. After a failure it may not know it: another one is made then.
        On trial the session is deleted."""
        self.calls.cancel()
        work, turn, database = work_of(self.answer.context), self.turn, current().database
        # On trial nobody will decide what is asked by a card.
        if turn.ended or (error is None and not work.trial):
            turn.leave()
        else:
            cleaning = turn.abandon()
            if not work.trial:
                database.submit(memory.hold, turn.session_id)
                # Of one that has come late, too.
                cleaning.add_done_callback(
                    lambda _: database.submit(memory.release, turn.session_id)
                )
        if work.trial:
            # Its answer ends after that, so that it is known what it has used.
            deleting = turn.delete()
            work.ends.append(lambda: asyncio.shield(deleting))
        # Without a turn the question may never have left: then a new session is told it.
        elif turn.session_id and turn.turn_id and _is_kept(error):
            database.submit(memory.used, turn.session_id, self.question_id, turn.turn_id)

    # -- for the tools -------------------------------------------------------------------

    async def _emit(self, event: ThreadStreamEvent) -> None:
        self.turn.put(event)

    async def _submit(self, event: JsonObject, key: str) -> None:
        await self.sessions.submit(self.turn.session_id, event, key)

    def _answered(self, failure: Exception | None) -> None:
        if failure is None:
            self.turn.put({"type": events.ANSWERED})
        else:
            self.turn.fail(failure)


def _is_kept(error: BaseException | None) -> bool:
    """Whether an answer that ends so stays in the conversation."""
    return error is None or isinstance(error, asyncio.CancelledError | GeneratorExit)


def _is_call(entry: JsonObject, kind: str) -> bool:
    if events.text(entry, "item", "type") != "function_call":
        return False
    open_still = events.text(entry, "item", "status") == "in_progress"
    return kind == events.ITEM_ADDED or (kind == events.ITEM_READ and open_still)
