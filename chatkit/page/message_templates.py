"""Message templates as the page gets them: what the "/" menu offers, and what was used."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest, JsonResponse

from .. import access, limits
from ..api import api_view
from ..exceptions import ApiError
from ..fields import JsonObject
from ..managers import is_visitor
from ..models import MessageTemplate
from ..sessions.bearer import session_of

MOST = 200  # templates of one reader
ON_START = 3  # beside the starter prompts; more make the start screen scroll on a phone


@api_view("GET")
def templates(request: HttpRequest) -> JsonResponse:
    """`{"templates": [{"id", "label", "text", "icon"?}]}` for the session's user, in the language
    of the request."""
    session = session_of(request)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    rows = _of(session.person)[:MOST]
    return JsonResponse({"templates": [_shown(row) for row in rows]})


@api_view("POST")
def used(request: HttpRequest, template_id: str) -> JsonResponse:
    """Count that a template was put into a message. `not_found` for one that the user has not."""
    session = session_of(request)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    if template_id not in {str(row.pk) for row in _of(session.person)}:
        raise ApiError("not_found")
    MessageTemplate.objects.filter(pk=template_id).update(uses=F("uses") + 1)
    return JsonResponse({"id": template_id})


def for_page(user: Any) -> JsonObject:
    """What the page is told at once: whether there are any, and those of the start screen."""
    rows = _of(user)
    start = [row for row in rows if row.start_screen][:ON_START]
    return {"any": bool(rows), "start": [_shown(row) for row in start]}


def _of(user: Any) -> list[MessageTemplate]:
    """The active templates for this user, none for a visitor. One query."""
    if is_visitor(user):
        return []
    rows = MessageTemplate.objects.for_reader(None, access.groups_of(user))
    return [row for row in rows if row.active]


def _shown(row: MessageTemplate) -> dict[str, str]:
    shown = {"id": str(row.pk), "label": row.label, "text": row.text}
    return shown | ({"icon": row.icon} if row.icon else {})
