"""The site's tools in an agent's hands: offered by right, asked about first, put on record."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from agents import FunctionTool
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from chatkit.store import Store
from chatkit.types import ThreadItemDoneEvent, ThreadMetadata

from ...models import ToolCall
from ...toolbox import Source, Tool, ToolContext, ToolError, all_tools
from ..runs.context import ChatContext
from ..runs.process import current
from . import confirmation, tool_calls

logger = logging.getLogger("chatkit.tools")

LONGEST_ANSWER = 20_000  # characters of a tool's answer that the model is told


@dataclass
class AnswerState:
    """The answer that is being given: what tools need beside their arguments."""

    context: ChatContext
    thread: ThreadMetadata
    store: Store[ChatContext]
    emit: Any  # async (event) -> None
    sources: list[Source] = field(default_factory=list)
    _usable: set[str] | None = None

    async def may_use(self, tool: Tool) -> bool:
        """Whether the tool is offered: asked once an answer, and again when it is called."""
        if self._usable is None:
            tools = list(all_tools().values())
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


# Tasks that the agents start inherit it, so that exported code needs to pass nothing on.
current_answer: ContextVar[AnswerState | None] = ContextVar("chatkit_current_answer", default=None)


def site_tools(*names: str) -> list[Any]:
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
    model = arguments_of(tool)

    async def invoke(_context: Any, arguments: str) -> str:
        answer = current_answer.get()
        if answer is None:
            raise RuntimeError(f"The tool {tool.name!r} was called outside of an answer.")
        return await call(answer, tool, arguments)

    async def is_enabled(_context: Any, _agent: Any) -> bool:
        answer = current_answer.get()
        return answer is not None and await answer.may_use(tool)

    return FunctionTool(
        name=tool.name,
        description=tool.description,
        params_json_schema=_schema(model),
        on_invoke_tool=invoke,
        strict_json_schema=False,  # its rules have no optional arguments
        is_enabled=is_enabled,
    )


@cache
def arguments_of(tool: Tool) -> type[BaseModel]:
    """The tool's arguments, as its signature has them without the context."""
    hints = get_type_hints(tool.function, include_extras=True)
    parameters = list(inspect.signature(tool.function).parameters.values())[1:]
    fields: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ValueError(f"The tool {tool.name!r} can't take *args or **kwargs.")
        required = parameter.default is parameter.empty
        hint = _described(hints.get(parameter.name, str))
        fields[parameter.name] = (hint, ... if required else parameter.default)
    return create_model(tool.name, __config__=ConfigDict(extra="forbid"), **fields)


def _described(hint: Any) -> Any:
    """`Annotated[int, "What it is."]` as pydantic has it, so that apps need not import it."""
    if get_origin(hint) is not Annotated:
        return hint
    kind, *details = get_args(hint)
    fields = [Field(description=one) if isinstance(one, str) else one for one in details]
    return Annotated[kind, *fields]


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    schema.pop("title", None)
    for entry in schema.get("properties", {}).values():
        entry.pop("title", None)
    return {"properties": {}} | schema


# -- calling -----------------------------------------------------------------------------


async def call(answer: AnswerState, tool: Tool, arguments: str) -> str:
    """Do what the model asks for, or ask the user first. What the model is told of it."""
    try:
        parsed = arguments_of(tool).model_validate_json(arguments or "{}")
    except ValidationError as error:
        return _unfit(error)
    given = _plain(parsed)
    user = await current().database.run(tool_calls.acting_user, answer.context)
    allowed = await answer.context.database(tool_calls.may_use, user, tool)
    if not allowed:
        row = await _record(answer, tool, given, tool_calls.Status.REFUSED)
        await _end(answer, row, tool_calls.Status.REFUSED, "permission")
        return "The user may not do that: they lack the permission."
    if tool.confirm:
        return await _ask(answer, tool, parsed, user)
    row = await _record(answer, tool, given, tool_calls.Status.RUNNING)
    _done, value = await run(answer, tool, parsed, user, row)
    return as_text(value)[:LONGEST_ANSWER]


async def run(
    answer: AnswerState, tool: Tool, parsed: BaseModel, user: Any, row: ToolCall
) -> tuple[bool, Any]:
    """Run a recorded call and record its end: (True, its answer) or (False, why not)."""
    try:
        value = await _execute(answer, tool.function, tool, parsed, user)
        text = as_text(value)
    except ToolError as error:
        await _end(answer, row, tool_calls.Status.FAILED, str(error))
        return False, str(error)
    except asyncio.CancelledError:
        # Whether it was done nobody knows; the thread that does it goes on.
        current().database.submit(tool_calls.end, row.pk, tool_calls.Status.FAILED, "stopped")
        raise
    except Exception as error:
        logger.exception("The tool %s failed: call %s", tool.name, row.pk)
        await _end(answer, row, tool_calls.Status.FAILED, type(error).__name__)
        if isinstance(error, TimeoutError):
            return False, _("That took too long; it may or may not have been done.")
        return False, _("That did not work.")
    await _end(answer, row, tool_calls.Status.DONE, text)
    return True, value


async def describe(answer: AnswerState, tool: Tool, parsed: BaseModel, user: Any) -> str:
    """What a call will do, in the words of the tool. ToolError where it would fail anyway."""
    if not callable(tool.confirm):
        return ""
    return str(await _execute(answer, tool.confirm, tool, parsed, user))


async def _execute(
    answer: AnswerState, function: Any, tool: Tool, parsed: BaseModel, user: Any
) -> Any:
    context = answer.context
    given = {name: getattr(parsed, name) for name in type(parsed).model_fields}
    told = answer.tool_context(user)

    def job() -> Any:
        return tool_calls.in_language(context, function, told, **given)

    async with asyncio.timeout(tool.timeout):
        if inspect.iscoroutinefunction(function):
            return await function(told, **given)
        return await answer.context.database(job)


async def _ask(answer: AnswerState, tool: Tool, parsed: BaseModel, user: Any) -> str:
    try:
        text = await describe(answer, tool, parsed, user)
    except ToolError as error:
        row = await _record(answer, tool, _plain(parsed), tool_calls.Status.FAILED)
        await _end(answer, row, tool_calls.Status.FAILED, str(error))
        return str(error)
    item_id = answer.store.generate_item_id("message", answer.thread, answer.context)
    row = await _record(
        answer,
        tool,
        _plain(parsed),
        tool_calls.Status.WAITING,
        held=_plain(parsed),
        item_id=item_id,
    )
    item = confirmation.card(answer.thread.id, item_id, row, tool, text)
    await answer.emit(ThreadItemDoneEvent(item=item))
    return (
        "Not done yet: the user sees a card with the buttons Confirm and Cancel, and it is done "
        "only if they confirm. Say no more than that they should decide; do not call it again."
    )


async def _record(
    answer: AnswerState, tool: Tool, given: dict[str, Any], status: str, **fields: Any
) -> ToolCall:
    def job() -> ToolCall:
        return tool_calls.record(answer.context, answer.thread.id, tool, given, status, **fields)

    return await current().database.run(job)


async def _end(answer: AnswerState, row: ToolCall, status: str, outcome: str) -> None:
    await current().database.run(tool_calls.end, row.pk, status, outcome)


def _plain(parsed: BaseModel) -> dict[str, Any]:
    return parsed.model_dump(mode="json")


def as_text(value: Any) -> str:
    """A tool's answer as the model reads it."""
    if isinstance(value, str):
        return value
    if value is None:
        return "Done."
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _unfit(error: ValidationError) -> str:
    problems = (
        f"{'.'.join(map(str, entry['loc'])) or 'arguments'}: {entry['msg']}"
        for entry in error.errors(include_url=False, include_input=False, include_context=False)
    )
    return "The arguments do not fit: " + "; ".join(problems)
