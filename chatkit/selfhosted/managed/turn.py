"""Follows one turn of an agent's session, from its input to its end.

A task of its own reads the stream, so that a tool that takes long holds nothing up. The API's
events are live and have no cursor: where the stream is cut, it is opened again and what the turn
has made meanwhile is read from its items.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import uuid4

import openai

from chatkit.types import ThreadStreamEvent

from ...fields import JsonObject
from ...hosted import causes
from . import events
from .client import Events, Sessions
from .faults import BROKEN, TRANSIENT, AgentFault, SessionOver, StreamCut

logger = logging.getLogger("chatkit.agents")

PAUSES = (0.2, 1.0, 2.0, 4.0, 8.0)  # seconds before the stream is opened again
IDLE_SECONDS = 3.0  # that a session may take to be idle once its turn is over
COUNT_PAUSES = (1.0, 3.0, 6.0)  # seconds before it is asked what a cancelled turn has used
SETTLE_SECONDS = 10.0  # that a turn may take to end once it was cancelled
CLEANING_SECONDS = 30.0
RECENT = 1024  # events of which the ids are kept: one may be delivered twice
CUT = (openai.APIConnectionError, StreamCut, *BROKEN)
# Tasks that go on after their answer. Kept here: the loop has only weak references.
_tasks: set[asyncio.Task[None]] = set()


Entry = JsonObject | ThreadStreamEvent


class Turn:
    """Begin it by `create` or `submit`. `made(session_id)` is awaited once a new session stands,
    `spent(turn)` once a turn that was cancelled has ended."""

    def __init__(
        self,
        sessions: Sessions,
        run_id: str,
        made: Callable[[str], Awaitable[None]],
        spent: Callable[[JsonObject], Awaitable[None]],
        *,
        session_id: str = "",
        turn_id: str = "",
        before: str = "",
    ) -> None:
        self.session_id = session_id
        self.turn_id = turn_id
        self.over = False
        self._before = before  # the turn before this one
        self._sessions = sessions
        self._run_id = run_id
        self._made = made
        self._spent = spent
        self._new = not session_id
        self._ended = False  # the turn is over; the session may not be idle yet
        self._read: asyncio.Queue[Entry | Exception | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._cleaning: asyncio.Task[None] | None = None
        self._left = False  # nobody reads any more
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._known = 0  # events of this stream that this version knows

    # -- the reader's side ---------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to cancel."""
        return self.over or self._ended

    def create(self, body: JsonObject) -> None:
        """Begin with a new session."""
        self._begin(lambda: self._sessions.create(body))

    def submit(self, event: JsonObject, key: str) -> None:
        """Begin with an input to the session that there is."""
        self._begin(lambda: self._submitted(event, key))

    def go_on(self, stream: Events) -> None:
        """Go on where the turn has waited for its user: the stream is open, the input sent."""
        self._begin(lambda: _there(stream))

    async def next(self) -> Entry | None:
        """The next event; None at the end. Raises why the turn can't be followed."""
        entry = await self._read.get()
        if isinstance(entry, Exception):
            raise entry
        return entry

    def put(self, entry: Entry) -> None:
        """Add an event of this site's own, such as a tool's."""
        self._read.put_nowait(entry)

    def fail(self, error: Exception) -> None:
        """End with this error: an input could not be sent."""
        self._read.put_nowait(error)

    def leave(self) -> None:
        """Stop reading. The turn goes on, or waits for its user."""
        self._left = True
        if self._task is not None:
            self._task.cancel()

    def abandon(self) -> asyncio.Task[None]:
        """Stop reading, cancel the turn at OpenAI, and ask what it has used: without waiting for
        it. The task is done after that."""
        self._left = True
        self._cleaning = _started(self._clean_up())
        return self._cleaning

    def delete(self) -> asyncio.Task[None]:
        """Delete the session at OpenAI: nothing of it is to be kept. Where the turn is cancelled,
        once it is known what it has used."""
        return _started(self._delete())

    async def _delete(self) -> None:
        if self._cleaning is not None:
            await self._cleaning
        if self.session_id:
            await _deleted(self._sessions, self.session_id)

    async def _clean_up(self) -> None:
        try:
            async with asyncio.timeout(CLEANING_SECONDS):
                if self.session_id:
                    self.leave()
                elif self._task is not None:
                    await self._task  # until the session that is being made has an id
                if self.session_id:
                    await cancel(self._sessions, self.session_id)
                    await self._count_cancelled()
        except Exception as error:
            logger.warning("A turn could not be cancelled at OpenAI: %s", type(error).__name__)

    async def _count_cancelled(self) -> None:
        """What was spent until then is known once the turn has ended, after the run."""
        for pause in COUNT_PAUSES:
            await asyncio.sleep(pause)
            if not self.turn_id:
                await self._find_turn()
            if not self.turn_id:
                return
            turn = await self._sessions.turn(self.session_id, self.turn_id)
            if events.text(turn, "status") in ("completed", "failed", "cancelled"):
                await self._spent(turn)
                return

    # -- the task that reads the stream --------------------------------------------------

    def _begin(self, begin: Callable[[], Awaitable[Events]]) -> None:
        self._task = _started(self._run(begin))

    async def _run(self, begin: Callable[[], Awaitable[Events]]) -> None:
        try:
            await self._follow(await begin())
            self._read.put_nowait(None)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._read.put_nowait(error)

    async def _submitted(self, event: JsonObject, key: str) -> Events:
        # The stream first: it has no past.
        stream = await self._sessions.stream(self.session_id)
        try:
            await self._sessions.submit(self.session_id, event, key)
        except BaseException:
            await stream.close()
            raise
        return stream

    async def _follow(self, stream: Events) -> None:
        cuts = 0
        while True:
            self._known = 0
            try:
                await self._read_to_end(stream)
                cut: Exception = StreamCut()
            except CUT as error:
                cut = error
            finally:
                await stream.close()
            if self.over or self._ended or self._done_for():
                return
            cuts = 0 if self._known else cuts
            self._read.put_nowait({"type": events.CUT})
            stream = await self._come_back(cut, cuts)
            if self.ended:
                await stream.close()
                return
            cuts += 1

    def _done_for(self) -> bool:
        """Whether nobody reads and the session, if there is one, has been kept."""
        return self._left and bool(self.session_id)

    async def _read_to_end(self, stream: Events) -> None:
        while True:
            try:
                patience = IDLE_SECONDS if self._ended else None
                event = await asyncio.wait_for(anext(stream), patience)
            except (StopAsyncIteration, TimeoutError):
                return
            await self._see(event)
            if self.over or self._done_for():
                return
            # What has come already is read without a pause: others have their turn, too.
            await asyncio.sleep(0)

    async def _see(self, event: JsonObject) -> None:
        kind, event_id = events.text(event, "type"), events.text(event, "event_id")
        if event_id:
            if event_id in self._recent:
                return
            self._recent.append(event_id)
        if kind not in events.KNOWN:
            events.tell_unknown("event", kind)
            return
        self._known += 1
        if kind == events.CREATED and not self.session_id:
            await self._keep(events.text(event, "session", "id"))
        elif kind == events.TURN_CREATED:
            root = not events.text(event, "turn", "subagent_id")
            if root and not self.turn_id:
                self.turn_id = events.text(event, "turn_id") or events.text(event, "turn", "id")
        elif kind in events.TURN_ENDS:
            self._begun(event)
            self._ended = self._ended or self._is_ours(event)
        elif kind == events.IDLE:
            self.over = self.over or self._ended
        elif kind in (events.FAILED, events.BUDGET):
            self.over = True
        else:
            self._begun(event)
        self._read.put_nowait(event)

    def _begun(self, event: JsonObject) -> None:
        """A turn of which the beginning was not seen."""
        turn_id = events.text(event, "turn_id")
        if turn_id and not self.turn_id and turn_id != self._before:
            self.turn_id = turn_id

    def _is_ours(self, event: JsonObject) -> bool:
        turn_id = events.text(event, "turn_id") or events.text(event, "turn", "id")
        return bool(self.turn_id) and turn_id == self.turn_id

    def is_shown(self, event: JsonObject) -> bool:
        """Whether it belongs to this turn, and not to one of the agents that its agent asks."""
        turn_id = events.text(event, "turn_id") or events.text(event, "item", "turn_id")
        return not turn_id or not self.turn_id or turn_id == self.turn_id

    async def _keep(self, session_id: str) -> None:
        if session_id:
            self.session_id = session_id
            if self._new:
                self._new = False
                await self._made(session_id)

    # -- after a cut ---------------------------------------------------------------------

    async def _come_back(self, cut: Exception, cuts: int) -> Events:
        """The stream again, after what the turn has made meanwhile; `over` where it has ended."""
        tried = 0
        while True:
            place = min(cuts + tried, len(PAUSES) - 1)
            await asyncio.sleep(PAUSES[place])
            try:
                if not self.session_id:
                    await self._keep(await self._sessions.find(self._run_id))
                    if not self.session_id:
                        raise cut
                stream = await self._sessions.stream(self.session_id)
                try:
                    await self._catch_up(cut)
                except BaseException:
                    await stream.close()
                    raise
                return stream
            except openai.NotFoundError:
                raise SessionOver from None
            except TRANSIENT as error:
                tried += 1
                if error is cut or tried >= len(PAUSES):
                    raise

    async def _find_turn(self) -> None:
        """The turn of which the beginning was not seen; "" where the input has begun none."""
        turns = await self._sessions.turns(self.session_id)
        roots = [turn for turn in turns if not events.text(turn, "subagent_id")]
        newest = events.text(roots[0], "id") if roots else ""
        self.turn_id = newest if newest != self._before else ""

    async def _catch_up(self, cut: Exception) -> None:
        session = await self._sessions.retrieve(self.session_id)
        if not self.turn_id:
            await self._find_turn()
        turn: JsonObject = {}
        if self.turn_id:
            for item in await self._sessions.items(self.session_id, self.turn_id):
                self._read.put_nowait({"type": events.ITEM_READ, "item": item})
            turn = await self._sessions.turn(self.session_id, self.turn_id)
        status = events.text(session, "status")
        if status == "requires_action":
            self._read.put_nowait({"type": events.REQUIRES_ACTION, "session": session})
        elif status == "in_progress":
            return
        elif status not in ("idle", "failed", "budget_reached"):
            events.tell_unknown("status", status)
            raise AgentFault(causes.AGENT_VERSION)
        else:
            ended = f"{events.SESSION}turn.{events.text(turn, 'status')}"
            if ended in events.TURN_ENDS:
                found: JsonObject = {"type": ended, "turn": turn, "turn_id": self.turn_id}
                self._read.put_nowait(found)
                self.over = True
            if status != "idle":
                kind = events.FAILED if status == "failed" else events.BUDGET
                self._read.put_nowait({"type": kind, "session": session})
                self.over = True
            elif not self.over:
                raise cut  # the input has not begun a turn


def _started(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


async def _there(stream: Events) -> Events:
    return stream


async def _deleted(sessions: Sessions, session_id: str) -> None:
    try:
        await sessions.delete(session_id)
    except Exception as error:
        logger.warning("A trial's session stays at OpenAI: %s", type(error).__name__)


async def cancel(sessions: Sessions, session_id: str) -> None:
    """Cancel what a session is doing. What it refuses has ended by itself."""
    event: JsonObject = {"type": "agent.session.input.cancel"}
    try:
        await sessions.submit(session_id, event, uuid4().hex)
    except (openai.BadRequestError, openai.ConflictError, openai.NotFoundError):
        return


async def make_idle(sessions: Sessions, session_id: str) -> bool:
    """Have a session take an input; whether what it still did for an earlier question had to be
    cancelled.

    SessionOver where it takes none any more.
    """
    deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
    cancelled = False
    while True:
        try:
            session = await sessions.retrieve(session_id)
        except openai.NotFoundError:
            raise SessionOver from None
        status = events.text(session, "status")
        if status == "idle":
            return cancelled
        if status == "budget_reached":
            raise AgentFault(causes.AGENT_BUDGET)
        if status not in ("in_progress", "requires_action"):
            raise SessionOver
        if not cancelled:
            await cancel(sessions, session_id)
            cancelled = True
        elif asyncio.get_running_loop().time() > deadline:
            raise SessionOver
        await asyncio.sleep(0.2)
