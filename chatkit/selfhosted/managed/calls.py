"""Answers an agent's function calls by this site's tools, with the rights of who asks."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from uuid import uuid4

import openai

from ...fields import JsonObject
from ...hosted import causes
from ...toolbox import tools_of
from ..assistant import tools
from ..assistant.outcomes import NAME as REPORT
from ..assistant.outcomes import read_outcome
from . import events
from .faults import AgentFault

logger = logging.getLogger("chatkit.agents")

# An event of a call may come before the API takes its result.
RACE = (0.1, 0.3, 0.6, None)
MOST = 100  # calls of one answer; the next ones are refused, so that the agent may come to an end


class Calls:
    """The function calls of one answer. They run beside each other and beside the stream."""

    def __init__(
        self,
        answer: tools.AnswerState,
        submit: Callable[[JsonObject, str], Awaitable[None]],
        over: Callable[[Exception | None], None],
    ) -> None:
        """`over` is called after each, with the failure of a result that could not be sent."""
        self._answer = answer
        self._submit = submit
        self._over = over
        self._taken: set[tuple[str, str]] = set()
        self._running: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> bool:
        return bool(self._running)

    def take(self, call: JsonObject) -> None:
        """Answer a call, as an item or as a required action has it, unless that is done already."""
        turn_id, call_id = events.text(call, "turn_id"), events.text(call, "call_id")
        key = (turn_id, call_id)
        if not call_id or key in self._taken:
            return
        if len(self._taken) >= 2 * MOST:
            asyncio.get_running_loop().call_soon(self._over, AgentFault(causes.AGENT_FAILED))
            return
        self._taken.add(key)
        task = asyncio.create_task(
            self._run(turn_id, call_id, call, refused=len(self._taken) > MOST)
        )
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def cancel(self) -> None:
        for task in self._running:
            task.cancel()

    async def _run(self, turn_id: str, call_id: str, call: JsonObject, *, refused: bool) -> None:
        failure: Exception | None = None
        result: JsonObject = {
            "type": "agent.session.input.tool_result",
            "turn_id": turn_id,
            "call_id": call_id,
        }
        try:
            if refused:
                result |= {"success": False, "error": "Too many calls in one answer."}
            else:
                result |= await self._result(events.text(call, "name"), _arguments(call))
            await self._send(result, call_id)
        except Exception as error:
            failure = error
        # After this task is no longer counted as running.
        asyncio.get_running_loop().call_soon(self._over, failure)

    async def _result(self, name: str, arguments: str) -> JsonObject:
        tool = tools_of(self._answer.context.workflow_id).get(name)
        if name == REPORT and tool is None:
            return {"success": True, "output": self._report(arguments)}
        if tool is None:
            logger.warning("An agent called a function that no app declares: %r.", name[:64])
            return {"success": False, "error": "This site has no function of that name."}
        try:
            said = await tools.call(self._answer, tool, arguments)
        except Exception:
            logger.exception("The function %s of an agent failed.", tool.name)
            return {"success": False, "error": "The function failed."}
        return {"success": True, "output": said}

    def _report(self, arguments: str) -> str:
        outcome = read_outcome(arguments)
        if not outcome:
            return "Not noted."
        self._answer.context.report_outcome(outcome)
        self._answer.observed.reported = True
        return "Noted."

    async def _send(self, result: JsonObject, call_id: str) -> None:
        """Send a result. One that comes too late is dropped: the stream tells how it goes on."""
        key = uuid4().hex
        for pause in RACE:
            try:
                await self._submit(result, key)
                return
            except openai.BadRequestError as error:
                if pause is None or not _is_race(error, call_id):
                    logger.warning("OpenAI did not take the result of a function: 400.")
                    return
                await asyncio.sleep(pause)
            except (openai.NotFoundError, openai.ConflictError) as error:
                logger.warning("OpenAI did not take a function's result: %s.", error.status_code)
                return


def _arguments(call: JsonObject) -> str:
    given = call.get("arguments")
    if isinstance(given, str):
        return given
    return json.dumps(given) if given is not None else "{}"


def _is_race(error: openai.BadRequestError, call_id: str) -> bool:
    body = error.body if isinstance(error.body, dict) else {}
    return body.get("message") == f"Unknown pending tool call: {call_id}"
