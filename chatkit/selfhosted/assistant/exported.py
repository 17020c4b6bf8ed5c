"""Code exported from Agent Builder, as it is: an Agent, or a `run_workflow` function."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, get_type_hints

from agents import Agent, TResponseInputItem
from agents.result import RunResultBase
from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel

from chatkit.agents import AgentContext

from ..runs.context import ChatContext

Answerer = Agent[Any] | Callable[..., object]
# Keys under which exported code returns its text.
TEXT_KEYS = ("output_text", "output", "message", "text", "response")


def load(path: object, what: str) -> object:
    """The object at "package.module:name" or "package.module.name"; other objects as they are.

    ImproperlyConfigured where there is none; `what` says which attribute names it.
    """
    if not isinstance(path, str):
        return path
    module_name, colon, name = path.partition(":")
    if not colon:
        module_name, _, name = path.rpartition(".")
    try:
        found: object = import_module(module_name)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise ImproperlyConfigured(f"{what} = {path!r} can't be loaded: {error}") from error
    return found


def check(found: object, what: str) -> Answerer:
    """ImproperlyConfigured unless it is an Agent or a function."""
    if isinstance(found, Agent) or callable(found):
        return found
    raise ImproperlyConfigured(f"{what} is {found!r}, neither an Agent nor a function.")


async def call(
    function: Callable[..., object],
    text: str,
    history: list[TResponseInputItem],
    context: AgentContext[ChatContext],
) -> object:
    """Call an exported `run_workflow(workflow_input)` with the user's text.

    Its first argument is made as its annotation says (a model with `input_as_text`, a dict or
    a str). Arguments named `history` or `conversation_history` and `context` get the
    conversation so far and the AgentContext.
    """
    parameters = inspect.signature(function).parameters
    extra: dict[str, object] = {}
    for name, value in (
        ("history", history),
        ("conversation_history", history),
        ("context", context),
    ):
        if name in parameters:
            extra[name] = value
    first = next((name for name in parameters if name not in extra), None)
    args = [] if first is None else [_input(function, first, text)]
    result = function(*args, **extra)
    return await result if inspect.isawaitable(result) else result


def _input(function: Callable[..., object], first: str, text: str) -> object:
    wanted = get_type_hints(function).get(first)
    if wanted is None:
        wanted = getattr(sys.modules.get(function.__module__), "WorkflowInput", dict)
    if wanted is str:
        return text
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return wanted.model_validate({"input_as_text": text})
    return {"input_as_text": text}


def text_of(result: object) -> str:
    """The text for the user in the result of a workflow; "" where there is none."""
    if isinstance(result, RunResultBase):
        result = result.final_output
    if isinstance(result, BaseModel):
        result = result.model_dump(mode="json")
    if isinstance(result, dict):
        for key in TEXT_KEYS:
            value = result.get(key)
            if isinstance(value, str) and value.strip():
                return value
            if isinstance(value, dict) and value:
                return text_of(value)
        if refused(result) or not result:
            return ""
        return f"```json\n{json.dumps(result, ensure_ascii=False, indent=2, default=str)}\n```"
    return "" if result is None else str(result)


def refused(result: object) -> bool:
    """Whether the result is that of exported guardrails, one of which has failed."""
    if not isinstance(result, dict):
        return False
    return any(isinstance(entry, dict) and entry.get("failed") is True for entry in result.values())
