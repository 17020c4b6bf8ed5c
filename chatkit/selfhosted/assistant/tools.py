"""The site's tools for agents: offered by permission, confirmed where they ask for it, recorded."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import agents
from agents import FunctionTool
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from chatkit.agents import AgentContext
from chatkit.store import Store
from chatkit.types import ThreadItemDoneEvent, ThreadMetadata, ThreadStreamEvent

from ... import telemetry
from ...fields import JsonObject
from ...managers import ToolCallQuerySet
from ...models import ToolCall, new_tool_call_id
from ...toolbox import Source, Tool, ToolContext, ToolError, all_tools, tools_of
from ..records import clean, clean_text
from ..runs.context import ChatContext
from ..runs.process import current
from . import confirmation, steps, tool_calls
from .outcomes import Observed

logger = logging.getLogger("chatkit.tools")

T = TypeVar("T")
Status = ToolCall.Status
WAITS = ToolCallQuerySet.WAITS
FEW = 5  # of the places in arguments that do not fit, the model is told so many
LONGEST_ARGUMENTS = 100_000  # characters; each of their parts that does not fit is described
LONGEST_ANSWER = 20_000  # characters of a tool's answer that the model is told


@dataclass
class AnswerState:
    """The answer that is being given, as far as tools need it."""

    context: ChatContext
    thread: ThreadMetadata
    store: Store[ChatContext]
    emit: Callable[[ThreadStreamEvent], Awaitable[None]]
    sources: list[Source] = field(default_factory=list)
    agent: AgentContext[ChatContext] | None = None  # None: what a card has confirmed
    observed: Observed = field(init=False)
    _usable: set[str] | None = None

    def __post_init__(self) -> None:
        self.observed = Observed(self.context)

    async def may_use(self, tool: Tool) -> bool:
        """Whether the tool is offered: looked up once for each answer, and again for each call."""
        if self._usable is None:
            tools = list(tools_of(self.context.session.workflow_id).values())
            self._usable = await self.context.database(tool_calls.usable, self.context, tools)
        return tool.name in self._usable

    def tool_context(self, user: Any) -> ToolContext:
        return ToolContext(
            user=user,
            session=self.context.session,
            thread_id=self.thread.id,
            language=self.context.language,
            sources=self.sources,
        )


# Tasks that agents start inherit it, so that exported code need not pass it on.
current_answer: contextvars.ContextVar[AnswerState | None] = contextvars.ContextVar(
    "chatkit_current_answer", default=None
)


def observed_now() -> Observed | None:
    """What is observed of the answer that is being given; None outside of one."""
    answer = current_answer.get()
    return answer.observed if answer is not None else None


def site_tools(*names: str) -> list[agents.Tool]:
    """Tools of the installed apps for an Agent's `tools`: all, or those named.

    Each user is offered those they have the permissions for. ValueError for an unknown name.
    """
    known = all_tools()
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(f"No app declares a tool {missing[0]!r}; there are: {', '.join(known)}.")
    return [as_function_tool(known[name]) for name in names or known]


def as_function_tool(tool: Tool) -> FunctionTool:
    """A tool for the Agents SDK."""

    async def invoke(_context: object, arguments: str) -> str:
        answer = current_answer.get()
        if answer is None:
            raise RuntimeError(f"The tool {tool.name!r} was called outside of an answer.")
        return await call(answer, tool, arguments)

    async def is_enabled(_context: object, _agent: object) -> bool:
        answer = current_answer.get()
        return answer is not None and await answer.may_use(tool)

    return FunctionTool(
        name=tool.name,
        description=tool.description,
        params_json_schema=schema_of(tool),
        on_invoke_tool=invoke,
        strict_json_schema=False,  # strict schemas have no optional arguments
        is_enabled=is_enabled,
    )


@cache
def arguments_of(tool: Tool) -> type[BaseModel]:
    """The tool's arguments, as its signature has them without the context."""
    hints = get_type_hints(tool.function, include_extras=True)
    parameters = list(inspect.signature(tool.function).parameters.values())[1:]
    fields: JsonObject = {}
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ValueError(f"The tool {tool.name!r} can't take *args or **kwargs.")
        required = parameter.default is parameter.empty
        hint = _described(hints.get(parameter.name, str))
        fields[parameter.name] = (hint, ... if required else parameter.default)
    return create_model(
        # JSON has no infinity and no NaN.
        tool.name,
        __config__=ConfigDict(extra="forbid", allow_inf_nan=False),
        **fields,
    )


def _described(hint: Any) -> Any:
    """`Annotated[int, "What it is."]` as pydantic has it, so that apps need not import it."""
    if get_origin(hint) is not Annotated:
        return hint
    kind, *details = get_args(hint)
    fields = [Field(description=one) if isinstance(one, str) else one for one in details]
    return Annotated[kind, *fields]


def schema_of(tool: Tool) -> JsonObject:
    """The JSON schema of its arguments."""
    schema = arguments_of(tool).model_json_schema()
    schema.pop("title", None)
    for entry in schema.get("properties", {}).values():
        entry.pop("title", None)
    return {"properties": {}} | schema


# -- calling -----------------------------------------------------------------------------


async def call(answer: AnswerState, tool: Tool, arguments: str) -> str:
    """Run the tool, or ask the user first. Returns what the model is told."""
    if len(arguments) > LONGEST_ARGUMENTS:
        row = await _record(answer, tool, {})
        return await end(row, Status.UNFIT, "The arguments are too long.")
    try:
        parsed = arguments_of(tool).model_validate_json(arguments or "{}")
    except ValidationError as error:
        row = await _record(answer, tool, tool_calls.readable(arguments))
        return await end(row, Status.UNFIT, unfit(error))
    row = await _record(answer, tool, plain(parsed))
    try:
        user = await current().database.run(tool_calls.acting_user, answer.context)
        if not await answer.context.database(tool_calls.may_use, user, tool):
            await end(row, Status.REFUSED, "permission")
            return "The user may not do that: they lack the permission."
        if tool.confirm:
            return await _ask(answer, tool, parsed, user, row)
    except asyncio.CancelledError as error:
        if _is_stop():
            stop(row)
            raise
        return await _failed(row, tool, error)
    except Exception as error:
        return await _failed(row, tool, error)
    _done, value = await run(answer, tool, parsed, user, row)
    return as_text(value)[:LONGEST_ANSWER]


async def run(
    answer: AnswerState, tool: Tool, parsed: BaseModel, user: Any, row: ToolCall
) -> tuple[bool, object]:
    """Run a recorded call and record its end: (True, its answer) or (False, why not)."""
    told = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool.name}
    with telemetry.span("chatkit.tool", told) as span:
        done, value = await _run(answer, tool, parsed, user, row)
        if span is not None and not done:
            span.fail("failed")
    return done, value


async def _run(
    answer: AnswerState, tool: Tool, parsed: BaseModel, user: Any, row: ToolCall
) -> tuple[bool, object]:
    told = answer.tool_context(user)
    step = await steps.begin(answer, tool)
    told.tell = step.tell if step is not None else None
    done = False
    try:
        value = await _execute(answer, tool.function, tool, parsed, told)
        text = as_text(value)
        done = True
    except asyncio.CancelledError as error:
        if _is_stop():
            # It may still be done: its worker goes on.
            stop(row)
            raise
        return False, await _failed(row, tool, error)
    except Exception as error:
        return False, await _failed(row, tool, error)
    finally:
        if step is not None:
            await step.end(told.summary if done else _("did not work"), done)
    await end(row, Status.DONE, text)
    return True, value


def _is_stop() -> bool:
    """Whether the answer was cancelled, and not something that the tool awaited."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


async def describe(answer: AnswerState, tool: Tool, parsed: BaseModel, user: Any) -> str:
    """What a call will do, as the tool describes it. ToolError where it would fail anyway."""
    if not callable(tool.confirm):
        return ""
    told = answer.tool_context(user)
    return str(await _execute(answer, tool.confirm, tool, parsed, told))


async def _execute(
    answer: AnswerState,
    function: Callable[..., object],
    tool: Tool,
    parsed: BaseModel,
    told: ToolContext,
) -> object:
    context = answer.context
    given = {name: getattr(parsed, name) for name in type(parsed).model_fields}

    def job() -> object:
        return tool_calls.in_language(context, function, told, **given)

    done = False
    try:
        async with asyncio.timeout(tool.timeout):
            if not inspect.iscoroutinefunction(function):
                value = await answer.context.database(job)
            else:
                value = await _awaited(function, told, given)
        done = True
        return value
    finally:
        answer.observed.after_tool(told.searches, done=done)


async def _awaited(
    function: Callable[..., Awaitable[object]], told: ToolContext, given: JsonObject
) -> object:
    try:
        return await function(told, **given)
    except SystemExit as error:  # it would end the event loop
        raise RuntimeError("the tool has called sys.exit()") from error


async def _ask(answer: AnswerState, tool: Tool, parsed: BaseModel, user: Any, row: ToolCall) -> str:
    text = await describe(answer, tool, parsed, user)
    item_id = answer.store.generate_item_id("message", answer.thread, answer.context)
    given = plain(parsed)
    item = confirmation.card(answer.thread.id, item_id, row, tool.label, text, tool.mask(given))
    await current().database.run(tool_calls.hold, row.pk, given, item_id)
    # The heartbeat does it as well, but only while there are runs.
    asyncio.get_running_loop().call_later(
        WAITS.total_seconds() + 1, close_left, context=contextvars.Context()
    )
    await answer.emit(ThreadItemDoneEvent(item=item))
    return (
        "Not done yet: the user sees a card with the buttons Confirm and Cancel, and it is done "
        "only if they confirm. Say no more than that they should decide; do not call it again."
    )


def close_left() -> None:
    current().database.submit(ToolCall.objects.close_left)


# -- the record --------------------------------------------------------------------------


async def settled(future: Future[T]) -> T:
    """What a database job returns. A cancellation of the answer does not cancel the job."""
    return await asyncio.shield(asyncio.wrap_future(future))


async def _record(answer: AnswerState, tool: Tool, given: JsonObject) -> ToolCall:
    """Record a call. If the answer is stopped meanwhile, the call is ended once it is recorded."""
    database = current().database
    future = database.submit(
        tool_calls.record, answer.context, answer.thread.id, tool, given, new_tool_call_id()
    )
    try:
        return await settled(future)
    except asyncio.CancelledError:
        database.submit(tool_calls.stop_recorded, future)
        raise


async def end(row: ToolCall, status: str, outcome: str) -> str:
    """Record the outcome of a call, and return it. An answer does not fail because a record
    can't be written: calls that are left open are closed later."""
    try:
        await settled(current().database.submit(tool_calls.end, row.pk, status, outcome))
    except Exception:
        logger.exception("The end of the tool call %s could not be stored.", row.pk)
    return outcome


def stop(row: ToolCall) -> None:
    """Record, without waiting for it, that a call was stopped, unless it has ended."""
    current().database.submit(tool_calls.stop, row.pk)


async def _failed(row: ToolCall, tool: Tool, error: BaseException) -> str:
    """Record a failure. Returns what the model and the user are told."""
    if isinstance(error, ToolError):
        return await end(row, Status.FAILED, clean_text(str(error)))
    logger.error("The tool %s failed: call %s", tool.name, row.pk, exc_info=error)
    await end(row, Status.FAILED, type(error).__name__)
    if isinstance(error, TimeoutError):
        return _("That took too long; it may or may not have been done.")
    return _("That did not work.")


def plain(parsed: BaseModel) -> JsonObject:
    """The arguments as JSON that every database can store."""
    found: JsonObject = clean(parsed.model_dump(mode="json"))
    return found


def as_text(value: object) -> str:
    """A tool's answer as the model reads it."""
    if value is None:
        return "Done."
    if not isinstance(value, str):
        value = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return clean_text(value)


def unfit(error: ValidationError) -> str:
    """What does not fit: the first few places, without the values that were given."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    problems = [f"{_place(entry['loc'])}: {entry['msg'][:200]}" for entry in found[:FEW]]
    if len(found) > FEW:
        problems.append(f"and {len(found) - FEW} more")
    return "The arguments do not fit: " + "; ".join(problems)


def _place(location: tuple[str | int, ...]) -> str:
    return ".".join(map(str, location))[:100] or "arguments"
