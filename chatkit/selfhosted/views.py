"""The ChatKit protocol over HTTP: requests are verified, checked and passed to the engine.

The user is that of the Bearer secret's session. The login cookie, which may be another user's, is
never read. `protocol`, `engine` and `records` load the SDK, so they are imported by the first
request that needs them.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from django.conf import settings
from django.db import Error
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.urls import get_script_prefix, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .. import access, admission, conf, limits, sessions, visitors, voice
from ..api import KIB, api_view, check_json_type, read_body
from ..exceptions import ApiError
from ..fields import is_unfit
from ..models import Attachment, Run, Session, Thread
from ..values import header_name
from .door import check_answers, identify, secret_of
from .runs import lifecycle, recovery, taking, writes
from .runs.context import ChatContext, work_of
from .runs.followed import follow
from .runs.inside_transaction import TransactionProcess, process_of_request
from .runs.process import current, in_database
from .runs.streams import STREAM_HEADERS, STREAM_TYPE, check_count, stream

if TYPE_CHECKING:
    from chatkit.types import ChatKitReq, NonStreamingReq, StreamingReq

    from .engine import DjangoChatKitServer

logger = logging.getLogger("chatkit.endpoint")

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

BODY_LIMIT = 1024 * KIB
LARGE = 64 * KIB
RUN_HEADER = "X-ChatKit-Run"
STATUS_HEADER = "X-ChatKit-Run-Status"
# Rates of RATE_LIMITS by request: "message" for all that stream, "request" for the rest.
LIMITED = {"attachments.create": "upload", "input.transcribe": "transcribe"}
Found = tuple[Thread, Run | None]
# What a stranger may not send: files, and recordings that somebody pays for.
LOGINS_ONLY = {"attachments.create", "input.transcribe"}
# A larger body may only carry a recording. Those who parse it first would read any.
RECORDING = re.compile(rb'"type"\s*:\s*"input\.transcribe"')
FEW = 100  # values in the body of a recording
REQUEST_ID = re.compile(r"[\w.:=+/-]{1,64}", re.ASCII)


@api_view("POST")
def endpoint(request: HttpRequest) -> HttpResponseBase:
    """One request of the ChatKit protocol: JSON, or a stream of events."""
    secret = secret_of(request)
    session_id = sessions.unsign(secret)
    try:
        body = _read(request)
        if len(body) > LARGE:  # what takes long to read is read for those alone who may chat
            check_answers(*in_database(identify, secret))
        parsed = _parse(body)
    except ApiError:
        session, allowed = in_database(identify, secret)
        check_answers(session, allowed)  # its error comes first: the user may not chat at all
        limits.check(request, "request", session.person_pk, session.workflow_id)
        raise

    from . import protocol

    if not protocol.is_streaming_req(parsed):
        asks = parsed.type in admission.AT_ONCE
        session, allowed, _found = in_database(_admit, session_id, None, asks)
        server = check_answers(session, allowed)
        protocol.check_enabled(parsed, server)
        protocol.check_uploads(parsed)
        if session.user_id is None and parsed.type in LOGINS_ONLY:
            raise ApiError("not_enabled")
        limits.check(
            request, LIMITED.get(parsed.type, "request"), session.person_pk, session.workflow_id
        )
        return _answer_json(request, session, server, parsed)
    thread_id = getattr(parsed.params, "thread_id", None)
    asks = parsed.type not in admission.GOING_ON
    session, allowed, found = _looked_up(request, _admit, session_id, thread_id, asks)
    server = check_answers(session, allowed)
    protocol.check_enabled(parsed, server)
    protocol.check_uploads(parsed)
    limits.check(request, "message", session.person_pk, session.workflow_id)
    if session.user_id is None and asks:
        _limit_visitor(request, session)
    key = _key(request)
    again = _looked_up(request, lifecycle.repeated, session, key) if key is not None else None
    if again is not None:
        # Another request with a key that was used already is none to be carried out: with the key
        # the database would not take its run, without it a repeat of it would be asked once more.
        if again.kind != parsed.type or thread_id not in (None, again.thread_id):
            raise ApiError("invalid_request")
        return _listen_again(request, session, again)
    if thread_id is not None and found is None:
        raise ApiError("not_found")
    return _answer_stream(request, session, server, parsed, found, key)


@api_view("GET")
def run_events(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """The events of a run after number N (`?after=N`, 0 where absent), then live to its end."""
    session, allowed = in_database(identify, secret_of(request))
    check_answers(session, allowed)
    text = request.GET.get("after", "0")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ApiError("invalid_request")
    run = _looked_up(request, _own_run, session, run_id)
    return _listen(request, session, run, int(text))


@api_view("POST")
def stop_run(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """End a run; what was said stays. Answers `{"run_id", "status"}`."""
    session, allowed = in_database(identify, secret_of(request))
    check_answers(session, allowed)
    run = _looked_up(request, _own_run, session, run_id)
    if run.live is not None:
        lifecycle.stop(run, wait=1.0)
        run = _looked_up(request, _own_run, session, run_id)
    return JsonResponse({"run_id": run.pk, "status": run.status}, headers={RUN_HEADER: run.pk})


# -- authentication ----------------------------------------------------------------------


def _admit(
    session_id: str, thread_id: str | None, asks: bool = False
) -> tuple[Session, bool, Found | None]:
    """The session, whether its user may still use the workflow, and the thread with its live
    run. In one job, since each one takes time. ApiError where something is asked of an assistant
    that is closed."""
    session = sessions.load(session_id)
    allowed = access.allowed(session.person, session.workflow_id)
    if allowed and asks:
        admission.check_open(session.person, session.workflow_id)
    if thread_id is None or not allowed:
        return session, allowed, None
    try:
        return session, allowed, lifecycle.find(session, thread_id)
    except ApiError:
        return session, allowed, None


def _looked_up(request: HttpRequest, function: Callable[[*Ts], T], *args: *Ts) -> T:
    """What a job in the database finds that ends a run whose process is gone: the note below its
    answer is in the language of who looks."""
    language = _language(request)

    def job() -> T:
        with translation.override(language):
            return function(*args)

    return in_database(job)


def _limit_visitor(request: HttpRequest, session: Session) -> None:
    policy = visitors.policy_of(session.workflow_id)
    if policy is None:  # switched off just now
        raise ApiError("forbidden")
    limits.check_visitor(request, session.person_pk, session.workflow_id, policy)


def _read(request: HttpRequest) -> bytes:
    body = read_body(request, voice.body_bytes())
    if len(body) > BODY_LIMIT and not _is_recording(body):
        raise ApiError("too_large")
    check_json_type(request)
    return body


def _is_recording(body: bytes) -> bool:
    """Whether this looks like one: a single long text, so that reading it makes few values."""
    values = sum(map(body.count, (b",", b"{", b"[")))
    return values <= FEW and RECORDING.search(body[:KIB] + body[-KIB:]) is not None


def _parse(body: bytes) -> ChatKitReq:
    from . import protocol

    parsed = protocol.parse(body)
    # What looked like a recording may have been the text of another request.
    if len(body) > BODY_LIMIT and parsed.type != "input.transcribe":
        raise ApiError("too_large")
    return parsed


def _own_run(session: Session, run_id: str) -> Run:
    run = Run.objects.for_session(session).filter(pk=run_id).first()
    if run is None:
        raise ApiError("not_found")
    if run.live is not None and recovery.is_dead(run):
        recovery.recover(run)
        run.refresh_from_db()
    return run


def _is_sent(session: Session, attachment_id: str) -> bool:
    """Whether a message has this file of theirs."""
    own = Attachment.objects.for_session(session).filter(pk=attachment_id)
    found = own.values_list("thread", flat=True)[:1]
    if not found:
        raise ApiError("not_found")
    return found[0] is not None


def _key(request: HttpRequest) -> str | None:
    """The client's own key for this request; None where there is none that is fit."""
    given = request.headers.get("Idempotency-Key", "")
    return given if REQUEST_ID.fullmatch(given) else None


# -- answers -----------------------------------------------------------------------------


def _answer_json(
    request: HttpRequest, session: Session, server: DjangoChatKitServer, parsed: NonStreamingReq
) -> HttpResponseBase:
    headers = {}
    thread_id = getattr(parsed.params, "thread_id", "")
    if parsed.type == "threads.delete":
        lifecycle.prepare_delete(session, thread_id)
    elif parsed.type == "threads.sync_custom_action":
        _check_open(_looked_up(request, lifecycle.find, session, thread_id)[0])
    elif parsed.type == "attachments.delete":
        # The site's own store is asked first, and need not know whose the file is.
        if in_database(_is_sent, session, parsed.params.attachment_id):
            # Taken off what is being written, as where a sent question is edited: the message
            # that has it keeps it, and the client needs to know of nothing that went wrong.
            return HttpResponse(b"{}", content_type="application/json")
    elif parsed.type in ("threads.get_by_id", "items.list"):
        run = _looked_up(request, lifecycle.live_run, session, thread_id)
        if run is not None:
            headers[RUN_HEADER] = run.pk
    context = context_of(request, session)
    try:
        with process_of_request() as process:
            data = process.wait_for(_localised(server, parsed, context), conf.get("RUN_TIMEOUT"))
    except Exception as error:
        raise _as_api_error(error, context.request_id) from None
    return HttpResponse(data, content_type="application/json", headers=headers)


async def _localised(
    server: DjangoChatKitServer, parsed: NonStreamingReq, context: ChatContext
) -> bytes:
    with translation.override(context.language), timezone.override(context.time_zone):
        return await server.answer(parsed, context)


def _answer_stream(
    request: HttpRequest,
    session: Session,
    server: DjangoChatKitServer,
    parsed: StreamingReq,
    found: Found | None,
    key: str | None,
) -> HttpResponseBase:
    check_count(current(), session)
    from .records import TEMPORARY, thread_from_row

    context = context_of(request, session)
    work_of(context).temporary = (
        found[0].temporary if found is not None else parsed.metadata.get(TEMPORARY) is True
    )
    if found is not None:
        row, run = found
        if run is not None:
            lifecycle.ensure_free(run)
            # Its end may have changed it.
            row, _free = _looked_up(request, lifecycle.find, session, row.pk)
        _check_open(row)
        work_of(context).loaded = thread_from_row(row)
        work_of(context).title_open = row.titled_by == Thread.TitledBy.QUESTION
    live = lifecycle.start(server, parsed, context, key)
    if live.failure is not None:
        raise _as_api_error(live.failure, context.request_id)
    response = stream(request, live.process, session, live, 0, numbered=False)
    response[RUN_HEADER] = live.id
    return response


def _listen(
    request: HttpRequest, session: Session, run: Run, after: int, *, numbered: bool = True
) -> HttpResponseBase:
    """The frames of a run after number N, then live to its end."""
    check_count(current(), session)
    with process_of_request() as process:
        live = process.runs.get(run.pk)
        source = live or follow(process, run.pk, _language(request))
        if isinstance(process, TransactionProcess):  # where the run has ended
            source.pause(conf.get("RUN_TIMEOUT"))
    response = stream(request, process, session, source, after, numbered=numbered)
    return _described(response, run, live is not None)


def _listen_again(request: HttpRequest, session: Session, run: Run) -> HttpResponseBase:
    """The same from the beginning, for a client that may not know the thread: it is named even
    where the frames are gone."""
    if run.live is not None or in_database(recovery.has_frames, run.pk):
        return _listen(request, session, run, 0, numbered=False)
    from .records import thread_frame

    response = HttpResponse(thread_frame(run.thread), headers=STREAM_HEADERS)
    response["Content-Type"] = STREAM_TYPE
    return _described(response, run, False)


def _described(response: HttpResponseBase, run: Run, live: bool) -> HttpResponseBase:
    response[STATUS_HEADER] = Run.Status.RUNNING if live else run.status
    response[RUN_HEADER] = run.pk
    return response


def is_open(thread: Thread) -> bool:
    """Whether something may still be asked in it."""
    return thread.status.get("type") not in ("locked", "closed")


def _check_open(thread: Thread) -> None:
    if not is_open(thread):
        kind = thread.status["type"]
        raise ApiError(f"thread_{kind}", thread.status.get("reason") or None)


def context_of(request: HttpRequest, session: Session) -> ChatContext:
    """The context of a request of this session."""
    given = request.headers.get("X-Request-ID", "")
    return ChatContext(
        session=session,
        language=_language(request),
        time_zone=timezone.get_current_timezone(),
        request_id=given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex,
        script_prefix=get_script_prefix(),
        attachments_url=request.build_absolute_uri(reverse("chatkit:attachments")),
        headers=_allowed_headers(request),
    )


def _allowed_headers(request: HttpRequest) -> dict[str, str]:
    """The headers that the site lets its assistants see, by lower-case name."""
    return {
        header_name(name): request.headers[name]
        for name in conf.get("CONTEXT_HEADERS")
        if name in request.headers
    }


def _language(request: HttpRequest) -> str:
    """The language of the header, where it names exactly one; else the site's for this request."""
    asked = request.headers.get("Accept-Language", "")
    if asked and "," not in asked:
        try:
            return translation.get_supported_language_variant(asked.partition(";")[0].strip())
        except LookupError:
            pass
    return translation.get_language() or settings.LANGUAGE_CODE


def _as_api_error(error: BaseException, request_id: str) -> ApiError:
    """The error for a failure before the first byte; unexpected ones are logged."""
    from chatkit.store import NotFoundError

    from .store import AttachmentGone

    if isinstance(error, ApiError):
        return error
    if isinstance(error, AttachmentGone):
        return taking.gone(error.attachment_id)
    if isinstance(error, NotFoundError | writes.RowMissing):
        return ApiError("not_found")
    if isinstance(error, writes.RunInProgress):
        return ApiError("run_in_progress")
    if isinstance(error, Error) and is_unfit(error):
        return ApiError(
            "invalid_request", _("This text has characters that this site can’t store.")
        )
    if isinstance(error, ValueError):  # raised by the SDK for a request that does not fit
        return ApiError("invalid_request")
    logger.error("request %s failed", request_id, exc_info=error)
    return ApiError("server_error")
