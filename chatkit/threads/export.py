"""One conversation, taken away by its person as a file."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from .. import downloads, limits, personal_data
from ..api import api_view
from ..exceptions import ApiError
from ..models import Thread
from ..sessions.bearer import session_of
from ..signals import conversations_read
from ..transcripts.as_markdown import as_markdown
from ..visitors import asking

logger = logging.getLogger("chatkit.personal_data")
FORMS = {"markdown": ("md", "text/markdown"), "json": ("json", "application/json")}


@api_view("GET")
def export(request: HttpRequest, thread_id: str) -> HttpResponseBase:
    """`?as=markdown`: to read; `?as=json`: all that is kept of it. By its person's client secret,
    or their login."""
    thread = own(request, thread_id)
    form = request.GET.get("as", "markdown")
    if form not in FORMS:
        raise ApiError("invalid_request")
    ending, content_type = FORMS[form]
    pieces = as_markdown(thread) if form == "markdown" else personal_data.export_thread(thread)
    logger.info("conversation %s exported as %s by user=%s", thread.pk, form, thread.person_pk)
    conversations_read.send_robust(
        Thread,
        user=thread.person,
        action="exported",
        thread=thread,
        person=thread.person,
        what="conversation",
    )
    name = downloads.file_name(thread.title, f"conversation-{downloads.today()}")
    return downloads.download(request, downloads.joined(pieces), f"{name}.{ending}", content_type)


def own(request: HttpRequest, thread_id: str) -> Thread:
    """The conversation of the person who asks; ApiError otherwise."""
    if "Authorization" in request.headers:
        session = session_of(request)
        limits.check(request, "request", session.person_pk, session.workflow_id)
        rows: Any = Thread.objects.for_session(session)
    else:
        person = asking(request)
        limits.check(request, "request", person.pk)
        rows = Thread.objects.for_owner(person).filter(deleted_at=None)
    thread = rows.select_related("user").filter(pk=thread_id).first()
    if thread is None:
        raise ApiError("not_found")
    found: Thread = thread
    return found
