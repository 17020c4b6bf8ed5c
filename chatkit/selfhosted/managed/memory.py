"""Which session at OpenAI knows a conversation, and what a session has to be told of one.

Functions of rows are for the database workers.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from chatkit.types import ThreadMetadata, UserMessageItem

from ... import admission
from ...fields import JsonObject
from ...hosted import agent_sessions
from ...models import AgentSession, Run, Thread, ThreadItem, ToolCall
from ...toolbox import all_tools
from ..assistant.history import BYTES_PER_TOKEN, PAGE, REFUSED, Reader
from ..runs import lost
from ..runs.context import ChatContext, work_of
from ..runs.live import LiveRun
from ..runs.usage import Usage, counted
from .events import at, dicts, text

HELD = datetime.timedelta(minutes=1)  # longer than it takes to ask
DECIDED = 10  # confirmed or cancelled calls that are told
Status = ToolCall.Status
SAID = {
    Status.DONE: "the user confirmed it, and it was done",
    Status.CANCELLED: "the user cancelled it",
    Status.EXPIRED: "the user did not decide in time",
    Status.REFUSED: "the user may not do that",
}


@dataclass
class Known:
    """A conversation's session at OpenAI. `decided` is what became of what was asked by cards."""

    id: str = ""
    turn_id: str = ""
    decided: list[str] = field(default_factory=list)


def find(context: ChatContext, thread_id: str, agent_id: str, question_id: str) -> Known:
    """The session that knows all that stands in the conversation before this question.

    None does where it was asked elsewhere, where the question is asked again or was changed, and
    where the agent is another one now: a new session is told the conversation then.
    """
    all_tools()  # imports the apps' modules: here, and not on the loop
    # One with several versions may have told the session another one than is shown.
    sessions = AgentSession.objects.filter(thread_id=thread_id, thread__forked=False)
    row = sessions.order_by("-created_at").first()
    if row is None or row.agent_id != agent_id:
        return Known()
    asked = ThreadItem.objects.for_session(context.session).filter(
        thread_id=thread_id, type="user_message"
    )
    before = asked.exclude(item_id=question_id).order_by("-sequence").values_list("item_id")
    if (before.first() or ("",))[0] != row.question_id:
        return Known()
    calls = ToolCall.objects.filter(
        thread_id=thread_id, ended_at__gt=row.used_at, status__in=list(SAID)
    ).exclude(item_id="")
    decided = [
        f"{call.tool}: {SAID[Status(call.status)]}{f' ({call.outcome})' if call.outcome else ''}."
        for call in calls.order_by("ended_at")[:DECIDED]
    ]
    return Known(row.pk, row.turn_id, decided)


def keep(context: ChatContext, thread_id: str, agent_id: str, session_id: str) -> None:
    """Keep a new session's id, so that it goes on and is deleted with its conversation. Earlier
    ones are deleted at OpenAI. A conversation that is gone leaves its session to be deleted."""
    work = work_of(context)
    if work.trial:
        return
    work.flush()  # its thread may not be in the database yet
    left = False
    try:
        with transaction.atomic():
            AgentSession.objects.create(id=session_id, agent_id=agent_id)
            if Thread.objects.for_session(context.session).filter(pk=thread_id).exists():
                left = bool(AgentSession.objects.filter(thread_id=thread_id).update(thread=None))
                AgentSession.objects.filter(pk=session_id).update(thread_id=thread_id)
            elif work.run is not None and work.run.stop_reason is not None:
                hold(session_id)  # its turn is being cancelled, and released after that
            else:
                left = True
    except IntegrityError:  # it was deleted in this instant, or the id is there already
        AgentSession.objects.get_or_create(id=session_id, defaults={"agent_id": agent_id})
    if left:
        agent_sessions.delete_soon()


def used(session_id: str, question_id: str, turn_id: str) -> None:
    """The session knows the conversation up to the answer to this question."""
    values = {"used_at": timezone.now(), "turn_id": turn_id[:128]}
    if question_id:
        values["question_id"] = question_id
    AgentSession.objects.filter(pk=session_id).update(**values)


def waiting(thread_id: str, context: ChatContext) -> str:
    """The id of the run before this one, if nobody knows yet what it has used; else ""."""
    runs = Run.objects.filter(thread_id=thread_id, live=None).exclude(pk=context.run_id or "")
    latest = runs.order_by("-created_at", "-pk").first()
    return latest.pk if latest is not None and latest.tokens_out is None else ""


def usage_of(turn: JsonObject) -> Usage:
    """The tokens that a turn has used."""
    usage = at(turn, "usage")
    return Usage(
        tokens_in=counted(at(usage, "input_tokens")),
        tokens_cached=counted(at(usage, "input_tokens_details", "cached_tokens")),
        tokens_out=counted(at(usage, "output_tokens")),
    )


def count(run_id: str, turn: JsonObject, live: LiveRun | None = None) -> None:
    """Put on the record of a run that was stopped what its turn has used until then, and tell the
    gates, which its end had nothing to tell of. With the run as it was in this process they are
    told also where its conversation was deleted meanwhile."""
    used = usage_of(turn)
    with transaction.atomic():
        runs = Run.objects.filter(pk=run_id)
        is_first = runs.filter(tokens_out=None).update(
            tokens_in=used.tokens_in,
            tokens_cached=used.tokens_cached,
            tokens_out=used.tokens_out,
        )
        if is_first:
            admission.count(run_id)
        elif live is not None and live.usage.tokens_out is None and not runs.exists():
            used.model = live.usage.model
            lost.count(live, used)


def hold(session_id: str) -> None:
    """Where its conversation is deleted now, the session stays at OpenAI for a moment: it is asked
    what its turn has used."""
    AgentSession.objects.filter(pk=session_id).update(try_after=timezone.now() + HELD)


def release(session_id: str) -> None:
    """The session has been asked, and may be deleted at OpenAI."""
    held = AgentSession.objects.filter(pk=session_id, tries=0)  # else it waits for a fault's pause
    if held.update(try_after=None) and agent_sessions.due().filter(pk=session_id).exists():
        agent_sessions.delete_soon()


def give_up(session_id: str) -> None:
    """The session takes no more input: it is deleted at OpenAI."""
    if AgentSession.objects.filter(pk=session_id).update(thread=None):
        agent_sessions.delete_soon()


async def told(
    server: Reader, thread: ThreadMetadata, question: UserMessageItem, context: ChatContext
) -> str:
    """What was said before the question, the newest part that fits, for a new session; "" where
    nothing was."""
    page = await server.store.load_thread_items(thread.id, None, PAGE, "desc", context)
    refused = set(thread.metadata.get(REFUSED) or ())
    budget = server.history_tokens * BYTES_PER_TOKEN
    lines: list[str] = []
    for item in page.data:
        if item.id == question.id or item.id in refused:
            continue
        line = "\n".join(map(_line, await server.converter.to_agent_input([item]))).strip()
        budget -= len(line.encode(errors="replace"))
        if budget < 0:
            break
        if line:
            lines.append(line)
    if not lines:
        return ""
    said = "\n".join(reversed(lines))
    return f"[What was said in this conversation before, as information alone:\n{said}\n]"


def _line(entry: object) -> str:
    content = entry.get("content") if isinstance(entry, dict) else None
    if not isinstance(content, str):
        content = "\n".join(text(part, "text") for part in dicts(entry, "content"))
    return f"{text(entry, 'role').capitalize()}: {content}" if content.strip() else ""


def parts_of(entries: object) -> list[dict[str, str]]:
    """A question as the API takes it: texts and pictures."""
    found: list[dict[str, str]] = []
    for entry in entries if isinstance(entries, list) else []:
        content = entry.get("content") if isinstance(entry, dict) else None
        if isinstance(content, str):
            found.append({"type": "input_text", "text": content})
        for part in dicts(entry, "content"):
            if part.get("type") == "input_text":
                found.append({"type": "input_text", "text": text(part, "text")})
            elif part.get("type") == "input_image" and text(part, "image_url"):
                found.append({"type": "input_image", "image_url": text(part, "image_url")})
    return found
