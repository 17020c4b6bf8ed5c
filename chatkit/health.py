"""Whether this process can chat: four parts, each looked at cheaply, none asked upstream.

The view answers load balancers and monitors, so it tells strangers one word a part and nothing
else. What lies behind a word goes to the log, and to `chatkit_doctor`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, JsonResponse

from . import conf, workflows
from .api import api_view
from .knowledge import get_knowledge
from .models import Run
from .selfhosted.runs.process import in_database

logger = logging.getLogger("chatkit.health")

OK = "ok"
UNUSED = "unused"  # nothing to look at, and nothing missing
FAILED = "failed"
MISSING = "missing"
CACHE_KEY = "chatkit.health"
CACHE_SECONDS = 5
LOG_SECONDS = 60.0

_last_logged: dict[str, float] = {}


@api_view("GET", "HEAD")
def health(request: HttpRequest) -> JsonResponse:
    """`{"status", "database", "cache", "articles", "assistants"}`, each one word; 200 or 503."""
    parts = {name: state(name) for name in PARTS}
    well = all(each in (OK, UNUSED) for each in parts.values())
    return JsonResponse({"status": OK if well else FAILED, **parts}, status=200 if well else 503)


def state(name: str) -> str:
    """The state of a part of PARTS: "ok", "unused", "missing" or "failed". Never raises."""
    try:
        found = PARTS[name]()
    except Exception as error:  # whatever a database, a cache or a site's own class raises
        _warn(name, error)
        return FAILED
    _last_logged.pop(name, None)
    return found


def _warn(name: str, error: Exception) -> None:
    """Once a minute, however often somebody asks."""
    now = time.monotonic()
    if now - _last_logged.get(name, float("-inf")) >= LOG_SECONDS:
        _last_logged[name] = now
        logger.warning("Health: %s failed.", name, exc_info=error)


def _database() -> str:
    """One row of a table of ours: also a database that was never migrated is noticed."""
    in_database(lambda: list(Run.objects.order_by().values_list("pk")[:1]))
    return OK


def _cache() -> str:
    """Written and read, since some clients take writes to a dead server without a word."""
    cache = caches[getattr(settings, "RATELIMIT_USE_CACHE", "default")]
    cache.set(CACHE_KEY, 1, CACHE_SECONDS)
    return OK if cache.get(CACHE_KEY) == 1 else MISSING


def _articles() -> str:
    """Costs a listing of the folder; files are read only when they have changed."""
    if not conf.get("KNOWLEDGE_DIR"):
        return UNUSED
    return OK if get_knowledge().articles("en") else MISSING


def _assistants() -> str:
    """Every workflow's answerer is there. The first call loads the SDK, which takes seconds."""
    table = workflows.table()
    if not table:
        return MISSING
    for workflow in table.values():
        if not workflow.hosted:
            from .selfhosted.engine import get_server

            get_server(workflow)
        elif not conf.get("OPENAI_API_KEY").strip():
            return MISSING
    return OK


PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "cache": _cache,
    "articles": _articles,
    "assistants": _assistants,
}
