"""A wrapper for Django's ASGI application: starts and ends runs, and limits request bodies.

application = with_runs(get_asgi_application())
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack, suppress
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.urls import NoReverseMatch, URLResolver, get_resolver, get_script_prefix, reverse
from django.utils.translation import get_language_from_path, override

from . import conf, voice, workflows
from .exceptions import ApiError

logger = logging.getLogger("chatkit.asgi")

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ATTACHMENTS = "/attachments"  # below the endpoint
SHUTDOWN_SECONDS = 5.0
KIB = 1024
MIB = 1024 * KIB
STRANGERS_BODY = 16 * KIB  # of requests without a client secret, such as those for a session
BODY_SECONDS = 30.0
UPLOAD_SECONDS = 600.0
DROPPED_BYTES = 16 * MIB  # of a body that is refused; proxies refuse larger ones themselves
DROPPED_SECONDS = 2.0


class _Refused(Exception):
    """Raised into an application that goes on reading a body which was refused."""


def with_runs(application: Application) -> Application:
    """`application` with ASGI's lifespan, and a limit on the bodies sent to our addresses.

    At start the servers of the workflows and their SDK are loaded, so that the first question
    does not wait for them. When the process is told to end, answers that are being written get
    three more seconds; what is not complete then is stored and marked as interrupted, and its
    readers are told.

    A body with more bytes than the view accepts is answered 413 before Django stores it, a
    stranger's past 16 KiB; one that does not arrive in time is answered 408. Requests to other
    addresses of the site pass unchanged.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            with ExitStack() as signals:
                await _lifespan(receive, send, signals)
        elif scope["type"] == "http" and (below := _below_endpoint(scope)) is not None:
            await _http(application, scope, receive, send, below)
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
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(finish)
            await send({"type": "lifespan.shutdown.complete"})
            return


def serve_runs() -> None:
    """What `with_runs` does at the start and the end of a process, for one that serves WSGI with
    threads: in gunicorn's `post_worker_init`, when its own signal handlers are set."""
    from .selfhosted.runs import shutdown

    shutdown.end_runs_at_signals()
    prepare()


def prepare() -> None:
    """Load what the first answer needs. Never raises: requests report what can't be loaded."""
    own = [workflow for workflow in workflows.table().values() if not workflow.hosted]
    if own:
        _recover()
    for workflow in own:
        try:
            from .selfhosted.engine import get_server, request_adapter

            request_adapter()
            get_server(workflow).prepare()
        except Exception:
            logger.exception("Workflow %s can't be answered.", workflow.id)


def _recover() -> None:
    """End the runs that an earlier process left unfinished, and delete the frames it left."""
    from django.db import connections

    from .selfhosted.runs.recovery import sweep_all

    try:
        sweep_all()
    except Exception:  # the database may be down, or not migrated yet
        logger.warning("Unfinished runs could not be looked up.", exc_info=True)
    finally:
        connections.close_all()


def finish() -> None:
    """End this process's runs and store their text."""
    from .selfhosted.runs import process
    from .selfhosted.runs.lifecycle import stop_all

    stop_all(SHUTDOWN_SECONDS)
    process.close()  # the server's event loop ends next: no run may start on it any more


# The endpoint's address, by the site's URLs and the language: to look it up costs more than all
# else that is done here, for each request to the site.
_endpoints: WeakKeyDictionary[URLResolver, dict[str, str | None]] = WeakKeyDictionary()


def _below_endpoint(scope: Scope) -> str | None:
    """What follows the endpoint's address in this one ("" for the endpoint itself), wherever the
    site includes it; None for addresses that are not ours."""
    site = settings.FORCE_SCRIPT_NAME or scope.get("root_path", "")
    path = f"/{scope['path'].removeprefix(site.rstrip('/')).lstrip('/')}"
    language = settings.LANGUAGE_CODE
    if is_language_prefix_patterns_used(settings.ROOT_URLCONF)[0]:
        # The address depends on the language, which no middleware has set yet.
        language = get_language_from_path(path) or language
    known = _endpoints.setdefault(get_resolver(), {})
    if language not in known:
        known[language] = _endpoint(language)
    endpoint = known[language]
    if endpoint is None:
        return None
    if path == endpoint:
        return ""
    return path.removeprefix(endpoint) if path.startswith(f"{endpoint}/") else None


def _endpoint(language: str) -> str | None:
    """The endpoint's address below the site's own; None where the site does not include it."""
    try:
        with override(language):
            address = reverse("chatkit:endpoint")
    except NoReverseMatch:
        return None
    return f"/{address.removeprefix(get_script_prefix())}"


def _is_upload(scope: Scope, below: str) -> bool:
    at_address = below == ATTACHMENTS or below.startswith(f"{ATTACHMENTS}/")
    return at_address and scope.get("method") in ("POST", "PUT")


def _limits(scope: Scope, below: str, declared: int) -> tuple[int, float]:
    """How many bytes a body may have here, and how many seconds it may take to arrive."""
    upload = _is_upload(scope, below)
    # A small body may be anybody's: then its secret is looked at by the view alone.
    small = not upload and 0 < declared <= STRANGERS_BODY
    if small or below == "/session" or not _has_secret(scope, below):
        return STRANGERS_BODY, BODY_SECONDS
    if upload:
        return MIB + int(conf.get("ATTACHMENTS")["max_size"]), UPLOAD_SECONDS
    return voice.body_bytes(), BODY_SECONDS


def _has_secret(scope: Scope, below: str) -> bool:
    """Whether the request carries a client secret of ours, or comes to a signed address for an
    upload. Asks no database."""
    return bool(_session_of(scope, below))


def _session_of(scope: Scope, below: str) -> str:
    """The id of the session that the request names, "" where it names none."""
    from .attachments import links  # late: sites import this module before Django is set up
    from .sessions import tokens

    # Too many parameters are suspicious, outside Django's own handling of that.
    with suppress(ApiError, SuspiciousOperation):
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _space, secret = value.decode("latin-1").partition(" ")
                return tokens.unsign(secret.strip()) if scheme.lower() == "bearer" else ""
        if not _is_upload(scope, below):
            return ""
        query = QueryDict(scope.get("query_string", b""))
        if links.PARAMETER in query:
            attachment_id = below.removeprefix(ATTACHMENTS).removeprefix("/")
            return links.unsign(query[links.PARAMETER], attachment_id, links.UPLOAD)
    return ""


async def _http(
    application: Application, scope: Scope, receive: Receive, send: Send, below: str
) -> None:
    declared = _declared(scope)
    limit, seconds = _limits(scope, below, declared)
    if declared > limit:
        await _let_arrive(receive)
        await _refuse(scope, send, ApiError("too_large"))
        return
    if _is_upload(scope, below):
        from .attachments.room import bodies

        # Django keeps a whole body in a file before a view may refuse it.
        try:
            with bodies.entered(_session_of(scope, below)):
                await _counted(application, scope, receive, send, limit, seconds)
        except ApiError as error:
            await _let_arrive(receive)
            await _refuse(scope, send, error)
        return
    await _counted(application, scope, receive, send, limit, seconds)


async def _counted(
    application: Application,
    scope: Scope,
    receive: Receive,
    send: Send,
    limit: int,
    seconds: float,
) -> None:
    """Serve a request whose body may have so many bytes, and take so long to arrive."""
    received = 0
    complete = False
    refused: ApiError | None = None
    answered = False
    deadline = asyncio.get_running_loop().time() + seconds

    async def counted() -> Message:
        nonlocal received, complete, refused
        if refused is not None:
            raise _Refused
        if complete:
            return await receive()  # whether the client is still there
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            refused = ApiError("too_slow")
        else:
            received += len(message.get("body", b""))
            complete = not message.get("more_body")
            if received > limit:
                refused = ApiError("too_large")
        # As if the client had gone: Django then closes the file that it has written to.
        return {"type": "http.disconnect"} if refused is not None else message

    async def watched(message: Message) -> None:
        nonlocal answered
        answered = True
        await send(message)

    with suppress(_Refused):
        try:
            await application(scope, counted, watched)
        except asyncio.CancelledError:
            # The server shuts down while this stream is open, and `finish` stores its run. If
            # this were raised, the server would log a traceback for every open stream.
            if not answered:
                raise
        except OSError as error:
            from .attachments.disk import is_fault

            # The file in which Django keeps a body before any view has it found no room.
            if answered or not is_fault(error):
                raise
            logger.exception("There is no room for a body.")
            refused = ApiError("files_unavailable")
            if not complete:
                await _let_arrive(receive)
    if refused is not None and not answered:
        await _refuse(scope, send, refused)


async def _let_arrive(receive: Receive) -> None:
    """Read a body that is too large, and drop it. A client or a proxy that is still sending when
    the connection is closed does not read the answer."""
    dropped = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DROPPED_SECONDS):
            while dropped < DROPPED_BYTES:
                message = await receive()
                dropped += len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(scope: Scope, send: Send, error: ApiError) -> None:
    from .api import origins  # late, as above

    origin = next((value for name, value in scope["headers"] if name == b"origin"), b"")
    more = error.headers | origins.headers(origin.decode("latin-1"))
    body = json.dumps({"error": {"code": error.code, "message": str(error.message)}}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"private, no-store"),
        (b"connection", b"close"),
        *((name.lower().encode(), value.encode()) for name, value in more.items()),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
