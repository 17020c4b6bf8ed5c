"""Files over HTTP: taken in one step or in two, and sent to their owner.

An upload comes with the client secret or to a signed address. A file is read with its owner's
login, with the client secret, or at a signed address that is good for minutes. Whatever is not the
asking person's is not found.
"""

from __future__ import annotations

import logging
from typing import IO, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from ... import access, downloads, limits, sessions
from ...api import api_view
from ...attachments import files, images, intake, links
from ...attachments.later import later
from ...attachments.room import room
from ...deadlocks import again_after_deadlock
from ...exceptions import ApiError
from ...models import Attachment, Session, new_attachment_id
from ...visitors import asking
from ..door import check_answers, identify, secret_of
from ..runs.process import in_database
from . import receiving

logger = logging.getLogger("chatkit.attachments")
# Nothing of a file runs here, whatever a browser takes it for.
POLICY = "default-src 'none'; style-src 'none'; sandbox"


@api_view("POST")
def upload(request: HttpRequest) -> HttpResponseBase:
    """A file in one step: a form with the part `file`. Answers the attachment of the protocol."""
    session, allowed = in_database(identify, secret_of(request))
    _check_taken(session, allowed)
    limits.check(request, "upload", session.person_pk, session.workflow_id)
    with room.entered(session.person_pk), receiving.form(request) as sent:
        checked = _checked(session, sent.file, sent.name, sent.mime_type)
        row = Attachment(
            id=new_attachment_id(), workflow_id=session.workflow_id, **session.owned_by
        )
        answer = _described(request, row, checked)
        _store(row, checked, insert=True)
    return answer


@api_view("GET", "PUT")
def attachment(request: HttpRequest, attachment_id: str) -> HttpResponseBase:
    """PUT: the bytes of a file that `attachments.create` has announced. GET: the file."""
    if request.method == "PUT":
        return _put(request, attachment_id)
    return _get(request, attachment_id)


# -- taking --------------------------------------------------------------------------------


def _put(request: HttpRequest, attachment_id: str) -> HttpResponseBase:
    # The secret first: it is renewed, and an address that was made with an earlier one is not.
    token = request.GET.get(links.PARAMETER)
    if token and "Authorization" not in request.headers:
        session_id = links.unsign(token, attachment_id, links.UPLOAD)
        session, allowed = in_database(_of_session, session_id)
    else:
        session, allowed = in_database(identify, secret_of(request))
    _check_taken(session, allowed)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    row = in_database(_announced, session, attachment_id)
    with room.entered(session.person_pk), receiving.body(request) as held:
        try:
            checked = _checked(session, held, row.name, row.mime_type)
        except ApiError as error:
            if error.status < 429:  # the file's own fault: it won't be taken later either
                in_database(_forget, row.pk)
            raise
        answer = _described(request, row, checked)
        _store(row, checked, insert=False)
    return answer


def _forget(attachment_id: str) -> None:
    """Unless another upload to the same address has come meanwhile."""
    Attachment.objects.filter(pk=attachment_id, file="").delete()


def _checked(session: Session, file: IO[bytes], name: str, mime_type: str) -> intake.Checked:
    size = file.seek(0, 2)
    in_database(intake.check_day, session.person, size)
    checked = intake.check(file, name, mime_type)
    if checked.size > size:  # a picture that was written anew
        try:
            in_database(intake.check_day, session.person, checked.size)
        except BaseException:
            checked.file.close()
            raise
    return checked


def _announced(session: Session, attachment_id: str) -> Attachment:
    row = Attachment.objects.for_session(session).filter(pk=attachment_id).first()
    if row is None:
        raise ApiError("not_found")
    if row.file:
        raise ApiError("invalid_request", _("This file has arrived already."))
    return row


def _check_taken(session: Session, allowed: bool) -> None:
    """ApiError unless the session's workflow takes files by our store."""
    server = check_answers(session, allowed)
    intake.check_enabled()
    if session.user_id is None:  # no files of strangers
        raise ApiError("not_enabled")
    from .store import DjangoAttachmentStore

    if not isinstance(server.attachment_store, DjangoAttachmentStore):
        raise ApiError("not_enabled")


def _described(request: HttpRequest, row: Attachment, checked: intake.Checked) -> HttpResponse:
    """Put on the row what is known of its file; the answer that tells it."""
    from .. import records
    from .store import described

    url = request.build_absolute_uri(reverse("chatkit:attachments"))
    told = described(row.id, checked.name, checked.mime_type, url)
    for name, value in records.attachment_values(told).items():
        if name != "thread_id":
            setattr(row, name, value)
    row.size = checked.size
    return HttpResponse(records.to_json(told), content_type="application/json")


def _store(row: Attachment, checked: intake.Checked, *, insert: bool) -> None:
    """The file, then its row: without the one the other is not there either."""
    with checked.file:
        files.store_file(row, checked.file)
    try:
        stored = in_database(_saved, row, insert)
    except BaseException:
        files.drop_file(row)
        raise
    if not stored:
        files.drop_file(row)
        raise ApiError("not_found")
    later(files.sweep, in_database)


@again_after_deadlock
@transaction.atomic
def _saved(row: Attachment, insert: bool) -> bool:
    """False where another upload was faster, or the row was deleted meanwhile. ApiError where other
    files of the person have come meanwhile, and this one is too many."""
    intake.check_day_alone(row)
    if insert:
        row.save(force_insert=True)
        return True
    values = {"name", "mime_type", "size", "payload"}
    waiting = Attachment.objects.filter(pk=row.pk, file="")
    columns: Any = {name: getattr(row, name) for name in values}
    return bool(waiting.update(file=row.file.name, **columns))


# -- sending -------------------------------------------------------------------------------


def _get(request: HttpRequest, attachment_id: str) -> HttpResponseBase:
    row = _own(request, attachment_id)
    try:
        file = row.file.storage.open(str(row.file.name))
        file.seek(0)  # some storages fetch a file when it is first used: then an error can be told
    except FileNotFoundError:
        raise ApiError("not_found") from None
    except Exception:
        logger.exception("A file could not be read.")
        raise ApiError("files_unavailable", _("The file can’t be read now.")) from None
    shown = row.mime_type in images.WRITTEN_TYPES
    disposition = content_disposition_header(not shown, row.name)
    headers = {
        "Content-Disposition": disposition or "attachment",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if row.size:
        headers["Content-Length"] = str(row.size)
    return downloads.sent(request, downloads.FilePieces(file), row.mime_type, headers)


def _own(request: HttpRequest, attachment_id: str) -> Attachment:
    """The row of a file that the asking person may read; ApiError otherwise."""
    if token := request.GET.get(links.PARAMETER):
        session_id = links.unsign(token, attachment_id, links.READ)
        session = in_database(_not_revoked, session_id)
    elif "Authorization" in request.headers:
        session, allowed = in_database(identify, secret_of(request))
        if not allowed:
            raise ApiError("forbidden")
    else:
        person = asking(request)
        limits.check(request, "request", person.pk)
        return in_database(_found, attachment_id, person, None)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    return in_database(_found, attachment_id, session, session.workflow_id)


def _found(attachment_id: str, whose: Any, workflow_id: str | None) -> Attachment:
    rows = Attachment.objects.for_owner(whose).filter(pk=attachment_id, thread__deleted_at=None)
    rows = rows.exclude(file="")
    if workflow_id is not None:
        rows = rows.filter(workflow_id=workflow_id)
    row = rows.defer("text", "payload").first()
    if row is None:
        raise ApiError("not_found")
    return row


def _of_session(session_id: str) -> tuple[Session, bool]:
    session = sessions.load(session_id)
    return session, access.allowed(session.person, session.workflow_id)


def _not_revoked(session_id: str) -> Session:
    """The session of a signed address: it may have run out since, but nobody may have ended it."""
    row = Session.objects.select_related("user").filter(session_id=session_id).first()
    if row is None or sessions.is_revoked(row):
        raise ApiError("session_expired")
    return row
