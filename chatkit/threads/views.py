"""The list's requests, of who brings a client secret."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from .. import limits
from ..api import KIB, api_view, check_json_type, parse_object, read_body
from ..models import Session
from ..retention import deleted
from ..sessions.bearer import session_of
from . import changes, listing, search, versions

BODY_LIMIT = 16 * KIB


@api_view("GET", "POST")
def threads(request: HttpRequest) -> JsonResponse:
    """GET: a page of the list, with `?archived=1` of the archived ones. POST: `{"action", "ids"}`,
    answered by the ids of those that changed; for a deletion also by how long it can be undone."""
    session = _asked(request)
    if request.method == "GET":
        archived = request.GET.get("archived") == "1"
        return JsonResponse(listing.page(session, request.GET.get("after", ""), archived=archived))
    check_json_type(request)
    body = parse_object(read_body(request, BODY_LIMIT))
    action = body.get("action")
    found = changes.change(session, action, body.get("ids"))
    undo = {"undo_seconds": deleted.UNDO_SECONDS} if action == "delete" else {}
    return JsonResponse({"ids": found, **undo})


@api_view("GET")
def searched(request: HttpRequest) -> JsonResponse:
    """A page of what `?q=WORDS` finds."""
    session = session_of(request)
    limits.check(request, "search", session.person_pk, session.workflow_id)
    query, after = request.GET.get("q", ""), request.GET.get("after", "")
    return JsonResponse(search.page(session, query, after))


@api_view("GET")
def versions_of(request: HttpRequest, thread_id: str) -> JsonResponse:
    """The places of a conversation that have several versions, and the reader's votes."""
    return JsonResponse(versions.versions(_asked(request), thread_id))


@api_view("POST")
def switch_version(request: HttpRequest, thread_id: str, item_id: str) -> JsonResponse:
    """Show the version that an item belongs to; answers what `versions_of` does."""
    session = _asked(request)
    versions.switch(session, thread_id, item_id)
    return JsonResponse(versions.versions(session, thread_id))


@api_view("GET")
def now(request: HttpRequest) -> JsonResponse:
    """Which conversations are answering, and when one was last used."""
    return JsonResponse(listing.now(_asked(request)))


def _asked(request: HttpRequest) -> Session:
    session = session_of(request)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    deleted.delete_due(session)
    return session
