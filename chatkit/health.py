"""Whether this process can serve the chat: four parts, each checked without a call to OpenAI. And
whether it answers at all.

The view is for load balancers and monitors and needs no login, so it tells one word for each part
and nothing else. Details are in the log, and `chatkit_doctor` shows them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.http import HttpRequest, JsonResponse

from . import conf, workflows
from .api import api_view
from .knowledge import folders, knowledge_of
from .knowledge.sources import registered
from .models import Run, StarterPrompt
from .selfhosted.runs.process import in_database

logger = logging.getLogger("chatkit.health")

OK = "ok"
UNUSED = "unused"  # not configured, which is no fault
FAILED = "failed"
DEGRADED = "degraded"
# Without the cache calls are not counted, and without articles answers know less. But every process
# would say so at once, and a balancer take the whole site away.
SPARED = {"cache", "articles"}
WRITE_SECONDS = 10.0  # between writes, however often strangers ask
MISSING = "missing"
CACHE_KEY = "chatkit.health"
CACHE_SECONDS = 5
LOG_SECONDS = 60.0

_written_at = float("-inf")
_last_logged: dict[str, float] = {}


@api_view("GET", "HEAD")
def health(request: HttpRequest) -> JsonResponse:
    """`{"status", "database", "cache", "articles", "assistants"}`, each one word.

    503 where nobody can chat here; a part without which people still can is 200, "degraded".
    """
    parts = {name: state(name) for name in PARTS}
    bad = {name for name, found in parts.items() if found not in (OK, UNUSED)}
    stops = {name for name in bad - SPARED if parts[name] != DEGRADED}
    status = FAILED if stops else DEGRADED if bad else OK
    return JsonResponse({"status": status, **parts}, status=503 if status == FAILED else 200)


@api_view("GET", "HEAD")
def live(request: HttpRequest) -> JsonResponse:
    """`{"status": "ok"}`, whatever is wrong elsewhere: for what ends and restarts a process, which
    would help nobody where a database or a cache is away."""
    return JsonResponse({"status": OK})


def state(name: str) -> str:
    """The state of a part of PARTS: "ok", "unused", "degraded", "missing" or "failed". Never
    raises."""
    try:
        found = PARTS[name]()
    except Exception as error:  # whatever a database, a cache or a site's own class raises
        _warn(name, error)
        return FAILED
    if found != DEGRADED:
        _last_logged.pop(name, None)
    return found


def _warn(name: str, error: Exception) -> None:
    """At most once a minute."""
    now = time.monotonic()
    if now - _last_logged.get(name, float("-inf")) >= LOG_SECONDS:
        _last_logged[name] = now
        logger.warning("Health: %s failed.", name, exc_info=error)


def _database() -> str:
    """Reads a row of one of our tables, so that an unmigrated database is noticed, too."""
    global _written_at
    in_database(lambda: list(Run.objects.order_by().values_list("pk")[:1]))
    if time.monotonic() - _written_at > WRITE_SECONDS:
        in_database(_write)
        _written_at = time.monotonic()
    return OK


def _write() -> None:
    """A full disk can be read. Nobody ever sees the row."""
    with transaction.atomic():
        StarterPrompt.objects.create(label="health", prompt="health", active=False).delete()


def _cache() -> str:
    """Writes and reads, since some clients report no error for writes to a server that is down."""
    cache = caches[getattr(settings, "RATELIMIT_USE_CACHE", "default")]
    cache.set(CACHE_KEY, 1, CACHE_SECONDS)
    return OK if cache.get(CACHE_KEY) == 1 else MISSING


def _articles() -> str:
    """Lists the folder and asks the sources; what has not changed is not read again."""
    if not folders() and not registered():
        return UNUSED
    known = {knowledge_of(one) for one in ("", *workflows.table())}  # most share the site's
    if any(one.articles("en") for one in known):
        return OK
    return MISSING if folders() else UNUSED


def _assistants() -> str:
    """Every workflow's answerer is there, or only some are. The first call loads the SDK, which
    takes seconds."""
    table = workflows.table()
    there, fault = 0, None
    for workflow in table.values():
        try:
            there += _answers(workflow)
        except Exception as error:  # a class of the site's own may fail in any way
            fault = error
    if fault is not None:
        if not there:
            raise fault
        _warn("assistants", fault)
    if not there:
        return MISSING
    return OK if there == len(table) else DEGRADED


def _answers(workflow: workflows.Workflow) -> bool:
    """Whether this one's answerer is there; raises where it can't be made."""
    if workflow.hosted:
        return bool(conf.get("OPENAI_API_KEY").strip())
    from .selfhosted.engine import get_server

    get_server(workflow)
    return True


PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "cache": _cache,
    "articles": _articles,
    "assistants": _assistants,
}
