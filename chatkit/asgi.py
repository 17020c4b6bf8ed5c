"""Around Django's ASGI application: the runs' start and orderly end, and a limit on bodies.

application = with_runs(get_asgi_application())
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import get_language_from_path, override

from . import conf, workflows
from .exceptions import ApiError

logger = logging.getLogger("chatkit.asgi")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

SHUTDOWN_SECONDS = 5.0
MIB = 1024 * 1024


class _TooLarge(Exception):
    """More bytes came than any view here takes."""


def with_runs(application: Application, *, max_body: int | None = None) -> Application:
    """`application` with ASGI's lifespan, and no stranger's body without end.

    At start the answerers and their SDK are loaded, so that nobody waits for it. Told to end,
    the process gives answers that are being written three seconds; then, or when the server
    ends before, they are kept and marked as interrupted, and their readers told.
    A body of more bytes than any of our views takes is answered 413 before Django stores it:
    on our own addresses, or with `max_body` (bytes) on all.
    """

    async def wrapped(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            with ExitStack() as signals:
                await _lifespan(receive, send, signals)
        elif scope["type"] == "http":
            await _http(application, scope, receive, send, _limit(scope, max_body))
        else:
            await application(scope, receive, send)

    wrapped.ends_chatkit_runs = True  # type: ignore[attr-defined]  # for check --deploy
    return wrapped


async def _lifespan(receive: Receive, send: Send, signals: ExitStack) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            from .selfhosted.runs import process, shutdown

            loop = asyncio.get_running_loop()
            signals.enter_context(shutdown.ends_runs(loop))
            process.serve_on(loop)
            await asyncio.to_thread(prepare)
            # What is loaded by now stays: looking through it for garbage again and again costs
            # a tenth of the time of an answer.
            gc.collect()
            gc.freeze()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(finish)
            await send({"type": "lifespan.shutdown.complete"})
            return


def prepare() -> None:
    """Load what the first answer would otherwise wait for. Never fails: a request tells then."""
    own = [workflow for workflow in workflows.table().values() if not workflow.hosted]
    if own:
        _recover()
    for workflow in own:
        try:
            from .knowledge import get_knowledge
            from .selfhosted.engine import get_server, request_adapter

            request_adapter()
            get_server(workflow)
            get_knowledge().search("")
        except Exception:
            logger.exception("Workflow %s can't be answered.", workflow.id)


def _recover() -> None:
    """See to answers that an earlier process left unfinished."""
    from django.db import connections

    from .selfhosted.runs.recovery import recover_all

    try:
        recover_all()
    except Exception:  # the database may be down, or not migrated yet
        logger.warning("Unfinished answers could not be looked for.", exc_info=True)
    finally:
        connections.close_all()


def finish() -> None:
    """End this process's runs, keeping what they have said."""
    from .selfhosted.runs import process
    from .selfhosted.runs.lifecycle import stop_all

    stop_all(SHUTDOWN_SECONDS)
    process.close()  # the server's loop ends next: nothing may begin there any more


def _limit(scope: Any, max_body: int | None) -> int | None:
    """How many bytes a request to this address may have; None where that is not our matter."""
    own: int = max(MIB, conf.get("ATTACHMENTS").get("max_size", 0) + MIB)
    if max_body is not None:
        return max(own, max_body)
    return own if _is_ours(scope) else None


def _is_ours(scope: Any) -> bool:
    """Whether the endpoint or something below it is asked, whichever way the site includes it."""
    site = settings.FORCE_SCRIPT_NAME or scope.get("root_path", "")
    path = f"/{scope['path'].removeprefix(site.rstrip('/')).lstrip('/')}"
    # Under i18n_patterns an address depends on the language, which no middleware has set yet.
    language = get_language_from_path(path) or settings.LANGUAGE_CODE
    try:
        with override(language):
            address = reverse("chatkit:endpoint")
    except NoReverseMatch:
        return False
    endpoint = f"/{address.removeprefix(get_script_prefix())}"
    return path == endpoint or path.startswith(f"{endpoint}/")


async def _http(
    application: Application, scope: Any, receive: Receive, send: Send, limit: int | None
) -> None:
    if limit is not None and _declared(scope) > limit:
        await _refuse(send)
        return
    received = 0
    answered = False

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        if limit is not None and message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooLarge
        return message

    async def watched(message: Message) -> None:
        nonlocal answered
        answered = True
        await send(message)

    try:
        await application(scope, counted, watched)
    except _TooLarge:
        if not answered:
            await _refuse(send)
    except asyncio.CancelledError:
        # The server's time to end is up, and this stream is still open: its run is kept by
        # `finish`. Raised on, the server would log a traceback for every open stream.
        if not answered:
            raise


def _declared(scope: Any) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send) -> None:
    error = ApiError("too_large")
    body = json.dumps({"error": {"code": error.code, "message": str(error.message)}}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
