"""Deletes sessions of agents at OpenAI once their conversations are gone.

Whatever deletes a conversation leaves the rows of its sessions without it: those are worked off
here, soon after and at each pruning. Where OpenAI fails, the row says why, and it is tried again.
"""

from __future__ import annotations

import datetime
import logging
import threading
from urllib.parse import quote

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_delete
from django.utils import timezone

from .. import retention, workflows
from ..attachments.later import later
from ..models import AgentSession, Thread

logger = logging.getLogger("chatkit.hosted")
AT_ONCE = 50
# After a failure, doubled with each.
PAUSE = datetime.timedelta(minutes=1)
LONGEST_PAUSE = datetime.timedelta(days=1)
BETA = "agents=v1"
GONE = 404
_working = threading.Lock()
_scheduled = threading.Event()


def waiting() -> QuerySet[AgentSession]:
    """Sessions that are to be deleted at OpenAI."""
    return AgentSession.objects.filter(thread=None)


def due() -> QuerySet[AgentSession]:
    """Those of them whose time has come."""
    return waiting().filter(Q(try_after=None) | Q(try_after__lte=timezone.now()))


def delete_waiting(rows: QuerySet[AgentSession] | None = None) -> int:
    """Delete these sessions at OpenAI, all that wait without `rows`. How many are gone.

    A failure is kept on the row. After one that the next call would meet as well, such as no key,
    the rest is left for later.
    """
    from . import causes, transport  # `requests` is only needed here

    deleted, tried = 0, set[str]()
    rows = waiting() if rows is None else rows
    while chosen := list(rows.exclude(pk__in=tried).order_by("created_at")[:AT_ONCE]):
        for row in chosen:
            tried.add(row.pk)
            try:
                path = f"/agents/sessions/{quote(row.pk, safe='')}"
                transport.call("DELETE", path, beta=BETA)
            except causes.UpstreamError as error:
                if error.status != GONE:
                    _keep(row, causes.of_agents(error.cause).sentence)
                    logger.warning(
                        "an agent's session could not be deleted at OpenAI: %s "
                        "upstream_status=%s upstream_request=%s",
                        error.code,
                        error.status or "-",
                        error.request_id or "-",
                    )
                    if error.status is None or error.status in (401, 403, 429):
                        return deleted
                    continue
            AgentSession.objects.filter(pk=row.pk).delete()
            deleted += 1
    return deleted


def find_agent(agent_id: str) -> str:
    """The name of an agent at OpenAI, else its id; UpstreamError where the key can't reach it."""
    from . import causes, transport

    try:
        answer = transport.call("GET", f"/agents/{quote(agent_id, safe='')}", beta=BETA)
    except causes.UpstreamError as error:
        cause = causes.of_agents(error.cause)
        raise causes.UpstreamError(cause, error.status, error.request_id) from None
    name = answer.data.get("name")
    return name[:80] if isinstance(name, str) and name.isprintable() else agent_id


def _keep(row: AgentSession, sentence: str) -> None:
    pause = min(PAUSE * 2 ** min(row.tries, 20), LONGEST_PAUSE)
    AgentSession.objects.filter(pk=row.pk).update(
        tries=row.tries + 1, error=sentence, try_after=timezone.now() + pause
    )


def delete_soon() -> None:
    """Delete what is due, after the transaction and on another thread."""
    if not _scheduled.is_set():
        _scheduled.set()
        later(_delete_due)


def _delete_due() -> None:
    _scheduled.clear()
    if _working.acquire(blocking=False):  # else another thread is at it
        try:
            delete_waiting(due())
        finally:
            _working.release()


def _on_deleted(sender: object, **kwargs: object) -> None:
    # Where no agent answers any more, what is left waits for the next pruning.
    if workflows.has_agents():
        transaction.on_commit(delete_soon)


def connect_signals() -> None:
    post_delete.connect(_on_deleted, sender=Thread, dispatch_uid="chatkit.agent_sessions")
    retention.register("agent sessions", waiting, delete_waiting)
