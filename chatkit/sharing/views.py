"""The requests of the menu of a conversation, and the page behind a link."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from .. import access, limits
from ..api import api_view, has_nul
from ..exceptions import ApiError
from ..models import Session, Share, Thread
from ..page.views import base_context
from ..sessions.bearer import session_of
from . import links, rules
from .shown import entries_of

PAGE = 300  # items


@api_view("GET", "POST")
def shares(request: HttpRequest, thread_id: str) -> JsonResponse:
    """GET: the links of a conversation that work, `{"seconds", "shares"}`. POST: another one, whose
    `url` is told this once."""
    session = _asked(request)
    if not rules.seconds():
        raise ApiError("not_enabled")
    thread = Thread.objects.for_session(session).filter(pk=thread_id).first()
    if thread is None:
        raise ApiError("not_found")
    if request.method == "GET":
        found = [_told(share) for share in thread.shares.working()[: links.MOST]]
        return JsonResponse({"seconds": rules.seconds(), "shares": found})
    share, token = links.make(thread)
    address = request.build_absolute_uri(reverse("chatkit:shared", args=[token]))
    return JsonResponse(_told(share) | {"url": address})


@api_view("POST")
def revoke(request: HttpRequest, share_id: str) -> JsonResponse:
    """Take a link back; it leads nowhere from then on."""
    session = _asked(request)
    # Not by the address's own pattern, whose miss is a page and no JSON.
    sound = share_id.isascii() and share_id.isdigit() and len(share_id) < 19
    number = int(share_id) if sound else 0
    if not links.revoke(session, number):
        raise ApiError("not_found")
    return JsonResponse({"id": number})


@require_POST
@login_required
@never_cache
@csrf_protect
def revoke_mine(request: HttpRequest, share_id: int) -> HttpResponse:
    """The same from the page of one's own conversations."""
    if not links.revoke(request.user, share_id):
        raise Http404
    return HttpResponseRedirect(reverse("chatkit:mine") + "#shared")


@require_safe
@login_required
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The conversation behind a link. Whatever keeps somebody out is told as: there is none."""
    # What a text makes a browser fetch, as a picture, is no reading.
    fetched = request.headers.get("Sec-Fetch-Dest", "document") != "document"
    share = None if fetched or has_nul(request) else links.opened(request.user, token)
    if share is None:
        raise Http404
    shown, after = entries_of(share, request.GET.get("after", ""), PAGE)
    thread = share.thread
    context = base_context() | {
        "title": thread.title or _("Conversation"),
        "share": share,
        "person": access.full_name(thread.person),
        "own": thread.belongs_to(request.user),
        "entries": shown,
        "after": after,
        "thread": thread,
    }
    response = render(request, "chatkit/shared.html", context)
    # The address is the key, and told to no other page. The site is: without it the browser names
    # no origin either, and every form of the page is refused.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _asked(request: HttpRequest) -> Session:
    session = session_of(request)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    return session


def _told(share: Share) -> dict[str, Any]:
    return {
        "id": share.pk,
        "created_at": share.created_at.isoformat(),
        "expires_at": share.expires_at.isoformat(),
        "opened": share.opened,
    }
