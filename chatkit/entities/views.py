"""What the "@" menu asks: things that can be named, and what is known of one."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language

from .. import limits
from ..api import api_view
from ..exceptions import ApiError
from ..fields import JsonObject
from ..models import Session
from ..sessions.bearer import session_of
from .naming import Gone, Named, find, look_up
from .registry import EntityContext


@api_view("GET")
def entities(request: HttpRequest) -> JsonResponse:
    """`{"entities": [{"id", "title", "group", "icon", "interactive", "data"}]}` for `?q=WORDS`."""
    session = session_of(request)
    limits.check(request, "entities", session.person_pk, session.workflow_id)
    found = find(context_of(session), request.GET.get("q", ""))
    return JsonResponse({"entities": [one.as_json() for one in found]})


@api_view("GET")
def preview(request: HttpRequest, entity_id: str) -> JsonResponse:
    """`{"preview"}`, a widget with the facts of one; `not_found` where it is gone or not theirs."""
    session = session_of(request)
    limits.check(request, "entities", session.person_pk, session.workflow_id)
    try:
        named = look_up(context_of(session), entity_id)
    except Gone:
        named = None
    if named is None:
        raise ApiError("not_found")
    return JsonResponse({"preview": widget_of(named)})


def context_of(session: Session, language: str = "") -> EntityContext:
    language = language or get_language() or settings.LANGUAGE_CODE
    return EntityContext(session.person, session.workflow_id, language)


def widget_of(named: Named) -> JsonObject:
    """A small card's content: the name, its kind, and the facts."""
    rows: list[JsonObject] = [
        {
            "type": "Row",
            "gap": 2,
            "align": "start",
            "children": [
                {"type": "Caption", "value": label},
                {"type": "Text", "value": value, "size": "sm"},
            ],
        }
        for label, value in list(named.facts.items())[:8]
    ]
    head: list[JsonObject] = [
        {"type": "Title", "value": named.title, "size": "sm"},
        {"type": "Caption", "value": named.group},
    ]
    return {"type": "Basic", "gap": 1, "children": [*head, *rows]}
