"""Reads protocol requests, by the SDK's types and by limits that they lack."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from pydantic import ValidationError
from pydantic_core import from_json

from chatkit.types import (
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    ChatKitReq,
    InputTranscribeReq,
    ThreadsCustomActionReq,
    ThreadsSyncCustomActionReq,
    is_streaming_req,
)

from .. import conf, voice
from ..attachments import intake
from ..exceptions import ApiError
from .engine import DjangoChatKitServer, request_adapter
from .ids import ID_LENGTH
from .records import TITLE_LENGTH

MAX_LIMIT = 100
MAX_ENTRIES = 1000
ONE_ID = ("thread_id", "item_id", "attachment_id", "after")

__all__ = ["check_enabled", "check_uploads", "is_streaming_req", "parse"]


def parse(body: bytes) -> ChatKitReq:
    """The request in a body; ApiError `invalid_json` or `invalid_request` otherwise."""
    value = _value(body)
    _check_lists(value)
    try:
        request: ChatKitReq = request_adapter().validate_json(body)
    except ValidationError:
        # Its text holds the user's input: neither sent nor logged.
        raise ApiError("invalid_request") from None
    if b"\\u0000" in body and any("\x00" in text for text in _texts(value)):
        raise ApiError("invalid_request")
    _check_limits(request)
    return request


def _value(body: bytes) -> object:
    try:
        return from_json(body)
    except (ValueError, RecursionError):
        raise ApiError("invalid_json") from None


def _check_lists(request: object) -> None:
    """ApiError for more entries in lists than any request of ours has.

    Each entry that does not fit is described by pydantic, all at once: those of one MiB took six
    seconds, in which no other thread had a turn, and half a GiB.
    """
    params = request.get("params") if isinstance(request, dict) else None
    given = params.get("input") if isinstance(params, dict) else None
    lists = [params.get("item_ids")] if isinstance(params, dict) else []
    if isinstance(given, dict):
        lists += [given.get(name) for name in ("content", "attachments", "answers")]
        answers = given.get("answers")
        if isinstance(answers, dict):
            lists += [one.get("values") for one in answers.values() if isinstance(one, dict)]
    if sum(len(one) for one in lists if isinstance(one, list | dict)) > MAX_ENTRIES:
        raise ApiError("invalid_request")


def _texts(value: object) -> Iterator[str]:
    """All texts of a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def check_uploads(request: ChatKitReq) -> None:
    """Check an upload, or the attachments of a message, against ATTACHMENTS.

    ApiError `too_large`, `unsupported_media_type`, `invalid_request`.
    """
    allowed = conf.get("ATTACHMENTS")
    if isinstance(request, AttachmentsCreateReq):
        intake.check_size(request.params.size)
        intake.check_claim(request.params.name, request.params.mime_type)
    message = getattr(request.params, "input", None)
    if len(getattr(message, "attachments", [])) > allowed["max_count"]:
        raise ApiError("invalid_request", _("That is more files than one message may have."))


def _check_limits(request: ChatKitReq) -> None:
    params = request.params
    ids = [getattr(params, name, None) for name in ONE_ID]
    ids += getattr(params, "item_ids", [])
    message = getattr(params, "input", None)
    ids += getattr(message, "attachments", [])
    ids += [part.id for part in getattr(message, "content", []) if part.type == "input_tag"]
    ids += getattr(message, "answers", {})
    limit = getattr(params, "limit", None)
    title = getattr(params, "title", "")
    action = getattr(params, "action", None)
    if (
        any(one is not None and not _is_id(one) for one in ids)
        or len(ids) > MAX_LIMIT + len(ONE_ID)
        or not (limit is None or 1 <= limit <= MAX_LIMIT)
        or len(title) > TITLE_LENGTH
        # Where it is missing, the SDK's default is a type variable.
        or not (action is None or isinstance(action.type, str))
    ):
        raise ApiError("invalid_request")


def _is_id(given: str) -> bool:
    """Printable, too: the SDK logs the id of what it did not find."""
    return 0 < len(given) <= ID_LENGTH and given.isprintable()


def check_enabled(request: ChatKitReq, server: DjangoChatKitServer) -> None:
    """ApiError `not_enabled` for a request that this server does not support."""
    base = DjangoChatKitServer
    kind = type(server)
    if isinstance(request, AttachmentsCreateReq | AttachmentsDeleteReq):
        enabled = server.attachment_store is not None and conf.get("ATTACHMENTS")["enabled"]
    elif isinstance(request, InputTranscribeReq):
        enabled = kind.transcribe is not base.transcribe or voice.enabled()
    elif isinstance(request, ThreadsSyncCustomActionReq):
        enabled = kind.sync_action is not base.sync_action
    elif isinstance(request, ThreadsCustomActionReq):
        return  # an unknown action is answered in the stream
    else:
        return
    if not enabled:
        raise ApiError("not_enabled")
