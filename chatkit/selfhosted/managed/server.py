"""ManagedAgentServer: an agent that OpenAI hosts answers, through its Agents API.

    CHATKIT = {"WORKFLOWS": {"wf_…": "openai-agent:AGENT_ID"}}

OpenAI runs the model and the agent's own tools; this site keeps the conversations, answers the
agent's function calls by its tools, and asks before anything is changed.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from functools import cache
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.types import (
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
)

from ...fields import JsonObject
from ...models import ToolCall
from ...toolbox import all_tools
from ..assistant import confirmation, decisions, tools
from ..assistant.errors import OURS
from ..assistant.history import HistoryConverter
from ..assistant.introduction import introduce
from ..assistant.messages import say
from ..assistant.tools import AnswerState
from ..attachments.contents import IMAGE
from ..engine import DjangoChatKitServer
from ..runs.context import ChatContext, work_of
from ..runs.process import current
from . import approvals, asking, events, faults, memory
from .client import Sessions, get_client
from .faults import EmptyAnswer, Refusal, SessionOver
from .following import Following
from .turn import Turn, make_idle

logger = logging.getLogger("chatkit.agents")
Status = ToolCall.Status


class ManagedAgentServer(DjangoChatKitServer):
    """A ChatKit server whose answers an agent at OpenAI gives. The attributes are what to override.

    agent_id      the agent's id at OpenAI
    tools         tools of this site that a session offers beside what the agent has: names; None:
                  all of them. Functions that the agent declares itself need not be named
    environment   where the agent runs commands, as the API has it; by default nowhere
    vault_ids     vaults at OpenAI with what its MCP servers need
    spend_limit   US cents that one session may cost; None: what the account allows
    """

    agent_id: str = ""
    tools: tuple[str, ...] | None = ()
    environment: Mapping[str, Any] = {"type": "none"}
    vault_ids: tuple[str, ...] = ()
    spend_limit: int | None = None
    history_tokens: int = 8_000  # that a new session is told of a conversation
    attachment_links: bool = False
    timeout: tuple[float, float] = (5.0, 60.0)  # seconds: to connect, without a byte
    retries: int = 2
    converter: HistoryConverter = HistoryConverter()

    def prepare(self) -> None:
        all_tools()

    # -- what assistants may override ------------------------------------------------------

    def introduction(self, context: ChatContext) -> str:
        """What a new session is told of who asks."""
        return introduce(context)

    def refusal(self, context: ChatContext) -> str:
        """What the user reads where OpenAI's safety systems refuse the question."""
        return _("I can’t help with that here. Please ask me something else.")

    def takes(self) -> tuple[str, ...]:
        """What of files is given to the agent as it is; of others their words."""
        return (IMAGE,)

    # -- answering -------------------------------------------------------------------------

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        told = self._answer(thread, input_user_message, context)
        async with aclosing(self._guarded(told, thread, context)) as events_of_answer:
            async for event in events_of_answer:
                yield event

    def action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """The buttons of a card. An override calls `super()` for other actions."""
        if action.type in approvals.ACTIONS:
            return self._guarded(self._decide(thread, action, sender, context), thread, context)
        if action.type not in confirmation.ACTIONS:
            return super().action(thread, action, sender, context)
        return decisions.decide(self._state(thread, context, _drop), action, sender)

    def _state(self, thread: ThreadMetadata, context: ChatContext, emit: Any) -> AnswerState:
        return AnswerState(context, thread, self.store, emit)

    async def _guarded(
        self, told: AsyncGenerator[ThreadStreamEvent], thread: ThreadMetadata, context: ChatContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """The same events; a failure in words, its cause on the run's record."""
        try:
            async with aclosing(told):
                async for event in told:
                    yield event
        except Refusal:
            context.report_outcome("refused")
            for event in say(thread, self.refusal(context), self.store, context):
                yield event
        except OURS:
            raise
        except Exception as error:
            raise _failed(error, context) from error

    async def _answer(
        self, thread: ThreadMetadata, question: UserMessageItem | None, context: ChatContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        if question is None:
            raise EmptyAnswer  # an agent has no tools in the browser that this could answer
        sessions = self._sessions()
        known = await current().database.run(
            memory.find, context, thread.id, self.agent_id, question.id
        )
        if known.id:
            try:
                if await make_idle(sessions, known.id) and known.turn_id:
                    await self._count_left(sessions, known, thread, context)
            except SessionOver:
                await current().database.run(memory.give_up, known.id)
                known = memory.Known()
        turn = self._turn(sessions, thread, context, known)
        if known.id:
            asked = await asking.question_event(self, question, context, known.decided)
            turn.submit(asked, context.run_id or uuid4().hex)
        else:
            body = await asking.new_session(self, sessions, thread, question, context)
            turn.create(body)
        async with aclosing(self._follow(turn, sessions, thread, context, question.id)) as told:
            async for event in told:
                yield event

    async def _count_left(
        self, sessions: Sessions, known: memory.Known, thread: ThreadMetadata, context: ChatContext
    ) -> None:
        """What a turn has used that waited for a decision until its user asked something else.
        The question is asked whether or not it can be known."""
        try:
            turn = await sessions.turn(known.id, known.turn_id)
            # Another one was cancelled, of which the session's record does not know.
            if events.text(turn, "status") != "cancelled":
                return
            asked = await current().database.run(memory.waiting, thread.id, context)
            if asked:
                await current().database.run(memory.count, asked, turn)
        except Exception as error:
            logger.warning("What an agent has used is not known: %s", type(error).__name__)

    async def _decide(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatContext,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Tell OpenAI what its user has decided, and how the turn goes on."""
        approved = action.type == approvals.APPROVE
        answer = self._state(thread, context, _drop)
        row, held = await decisions.take(answer, action, sender, approved)
        if row is None or sender is None:
            raise CustomStreamError(_("This has been decided already."))
        if row.status == Status.EXPIRED:
            yield _replaced(sender, Status.EXPIRED)
            return
        try:
            sessions = self._sessions()
            session_id = events.text(held, "session_id")
            turn = self._turn(
                sessions,
                thread,
                context,
                memory.Known(session_id),
                events.text(held, "turn_id"),
            )
            stream = await sessions.stream(session_id)
            try:
                decision = approvals.decision(held or {}, approved=approved)
                await sessions.submit(session_id, decision, row.pk)
            except BaseException:
                await stream.close()
                raise
        except faults.GONE:
            await tools.end(row, Status.EXPIRED, "")
            yield _replaced(sender, Status.EXPIRED)
            return
        except BaseException as error:
            tools.stop(row)
            if not isinstance(error, GeneratorExit):
                yield _replaced(sender, Status.FAILED)
            raise
        if approved:
            await tools.end(row, Status.DONE, "")
        yield _replaced(sender, Status.RUNNING if approved else Status.CANCELLED)
        turn.go_on(stream)
        async with aclosing(self._follow(turn, sessions, thread, context)) as told:
            async for event in told:
                yield event

    # -- the parts of it ---------------------------------------------------------------------

    def _follow(
        self,
        turn: Turn,
        sessions: Sessions,
        thread: ThreadMetadata,
        context: ChatContext,
        question_id: str = "",
    ) -> AsyncGenerator[ThreadStreamEvent]:
        following = Following(
            turn,
            sessions,
            thread,
            context,
            self.store,
            question_id=question_id,
            with_files=self.environment.get("type") != "none",
        )
        return following.events()

    def _sessions(self) -> Sessions:
        return Sessions(get_client(self.timeout, self.retries))

    def _turn(
        self,
        sessions: Sessions,
        thread: ThreadMetadata,
        context: ChatContext,
        known: memory.Known,
        turn_id: str = "",
    ) -> Turn:
        async def made(session_id: str) -> None:
            if work_of(context).trial:
                return
            try:
                await tools.settled(
                    current().database.submit(
                        memory.keep, context, thread.id, self.agent_id, session_id
                    )
                )
            except Exception:
                logger.exception("The id of an agent's session could not be kept: %s", session_id)

        async def spent(turn: JsonObject) -> None:
            work = work_of(context)
            if work.trial:  # which has no record: who asks on trial counts it
                used = memory.usage_of(turn)
                context.report_usage(
                    tokens_in=used.tokens_in,
                    tokens_cached=used.tokens_cached,
                    tokens_out=used.tokens_out,
                )
            else:
                await current().database.run(memory.count, context.run_id, turn, work.run)

        return Turn(
            sessions,
            context.run_id,
            made,
            spent,
            session_id=known.id,
            turn_id=turn_id,
            before=known.turn_id,
        )


@cache
def server_of(agent_id: str) -> type[ManagedAgentServer]:
    """The server class of `"openai-agent:AGENT_ID"`."""
    return type("ManagedAgentServer", (ManagedAgentServer,), {"agent_id": agent_id})


async def _drop(event: ThreadStreamEvent) -> None:
    """Of a confirmed tool only the answer is shown."""


def _replaced(sender: WidgetItem, status: str) -> ThreadItemReplacedEvent:
    return ThreadItemReplacedEvent(item=confirmation.decided(sender, status))


def _failed(error: Exception, context: ChatContext) -> CustomStreamError:
    failure = faults.explain(error)
    run_id = context.run_id or "-"
    run = work_of(context).run
    if run is not None:
        run.error = failure.record
    logger.log(
        logging.WARNING if failure.known else logging.ERROR,
        "run %s: %s upstream_status=%s upstream_request=%s, request=%s",
        run_id,
        failure.record,
        failure.status or "-",
        failure.request_id or "-",
        context.request_id,
        exc_info=None if failure.known else error,
    )
    return CustomStreamError(failure.message, allow_retry=True)
