"""What an agent is told: a new session, or a question to one that there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import uuid4

from chatkit.types import ThreadMetadata, UserMessageItem

from ...fields import JsonObject
from ...toolbox import tell_missing, tools_of
from ..assistant import tool_calls, tools
from ..assistant.history import Reader, read_files
from ..runs.context import ChatContext
from ..runs.process import current
from . import events, memory
from .client import Sessions

INPUT = "agent.session.input.message"


class Asker(Reader, Protocol):
    """What of a server decides what its agent is told."""

    agent_id: str
    tools: tuple[str, ...] | None
    environment: Mapping[str, Any]
    vault_ids: tuple[str, ...]
    spend_limit: int | None

    def introduction(self, context: ChatContext) -> str: ...


async def question_event(
    server: Asker, question: UserMessageItem, context: ChatContext, before: list[str]
) -> JsonObject:
    """A question to a session that knows the conversation, after what else is to be told."""
    return {"type": INPUT, "input": [await _message(server, question, context, before)]}


async def new_session(
    server: Asker,
    sessions: Sessions,
    thread: ThreadMetadata,
    question: UserMessageItem,
    context: ChatContext,
) -> JsonObject:
    """The body that makes a session and asks the question."""
    told = await memory.told(server, thread, question, context)
    introduction = server.introduction(context)
    before = [one for one in (introduction and f"[{introduction}]", told) if one]
    body: JsonObject = {
        "agent_id": server.agent_id,
        "environment": dict(server.environment),
        "input": [await _message(server, question, context, before)],
        # By which it is found again where its id does not come.
        "metadata": {"run": context.run_id or uuid4().hex},
    }
    if server.vault_ids:
        body["vault_ids"] = list(server.vault_ids)
    if server.spend_limit is not None:  # not in every version of the package
        body["extra_body"] = {"spend_control": {"limit": server.spend_limit}}
    if server.tools != ():
        offered = await current().database.run(_offered, server.tools, context)
        theirs = events.dicts(await sessions.agent(server.agent_id), "tools")
        names = {events.text(tool, "name") for tool in theirs}
        ours = [tool for tool in offered if tool["name"] not in names]
        body["agent"] = {"tools": [*theirs, *ours]}
    return body


async def _message(
    server: Asker, question: UserMessageItem, context: ChatContext, before: list[str]
) -> JsonObject:
    await read_files(server, [question], context)
    entries = await server.converter.to_agent_input([question])
    first = [{"type": "input_text", "text": text} for text in before]
    content = [*first, *memory.parts_of(entries)]
    return {"type": "message", "role": "user", "content": content}


def _offered(names: tuple[str, ...] | None, context: ChatContext) -> list[JsonObject]:
    """The site's tools that a session offers to who asks, as the API declares functions."""
    known = tools_of(context.workflow_id)
    tell_missing(f"The server of the workflow {context.workflow_id!r}", names or ())
    chosen = [known[name] for name in (known if names is None else names) if name in known]
    usable = tool_calls.usable(context, chosen)
    return [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tools.schema_of(tool),
        }
        for tool in chosen
        if tool.name in usable
    ]
