"""The Agents SDK's own settings, which hold for the whole process.

Exported code makes its calls by the SDK's default client and default API, and every run is traced
as the SDK's tracer is told. They come from CHATKIT, are the same for all servers, and are set
once: again only after CHATKIT has changed (in tests), or for another event loop, since a client
belongs to one.
"""

from __future__ import annotations

import asyncio
import weakref
from functools import cache

from agents import (
    set_default_openai_api,
    set_default_openai_client,
    set_tracing_disabled,
    set_tracing_export_api_key,
)
from django.core.signals import setting_changed

from ... import conf
from .client import default_api, get_client

TIMEOUT = (5.0, 60.0)  # seconds: to connect, without a byte
RETRIES = 1

_loop: weakref.ref[asyncio.AbstractEventLoop] | None = None


@cache
def set_tracing() -> None:
    """Let the SDK trace only as CHATKIT["TRACING"] says.

    Otherwise its tracer sends to OpenAI, even where the model is another company's.
    """
    set_tracing_disabled(not conf.get("TRACING"))
    if conf.get("TRACING") and conf.get("OPENAI_API_KEY"):
        set_tracing_export_api_key(conf.get("OPENAI_API_KEY"))


def set_client() -> None:
    """Make our client and API the defaults. On the event loop; KeyMissing without a key."""
    global _loop
    set_tracing()
    loop = asyncio.get_running_loop()
    if _loop is not None and _loop() is loop:
        return
    set_default_openai_client(get_client(TIMEOUT, RETRIES), use_for_tracing=False)
    set_default_openai_api(default_api())
    _loop = weakref.ref(loop)


def _forget(*, setting: str, **kwargs: object) -> None:
    global _loop
    if setting == "CHATKIT":
        set_tracing.cache_clear()
        _loop = None


setting_changed.connect(_forget, dispatch_uid="chatkit.sdk_defaults")
