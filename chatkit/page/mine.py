"""A person's own conversations: downloaded and deleted by themselves.

Whoever can log in may do both, also where ACCESS lets them chat no more: it is their data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from .. import downloads, limits, personal_data, workflows
from ..attachments.files import FilesRemain
from ..exceptions import ApiError
from ..managers import is_visitor
from ..models import Session, Share, Visitor
from ..signals import conversations_read
from ..visitors import forget, person_of
from .readers import for_known
from .views import base_context

logger = logging.getLogger("chatkit.personal_data")
SHARES = 200  # links that are listed


@require_safe
@for_known
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What is kept, as numbers, and what one may do about it."""
    return _page(request, "chatkit/mine.html")


@require_safe
@for_known
@never_cache
def download(request: HttpRequest) -> HttpResponseBase:
    """All that is kept about this person as JSON; with `?as=text` the conversations to read, with
    `?as=files` the files as a ZIP."""
    user = person_of(request)
    try:
        limits.check(request, "download", user.pk)
    except ApiError as error:
        response = _page(request, "chatkit/mine.html", problem=error.message, status=error.status)
        for name, value in error.headers.items():
            response[name] = value
        return response
    wanted = request.GET.get("as")
    readable = wanted == "text"
    form = {"text": "text", "files": "files"}.get(wanted or "", "JSON")
    logger.info("personal data downloaded as %s by user=%s", form, user.pk)
    conversations_read.send_robust(
        None, user=user, action="exported", thread=None, person=user, what="data"
    )
    day = downloads.today()
    if wanted == "files":
        headers = {"Content-Disposition": f'attachment; filename="files-{day}.zip"'}
        return downloads.sent(
            request, _filled(personal_data.files(user)), "application/zip", headers
        )
    pieces = (
        personal_data.readable(user, _("You"), _("Assistant"))
        if readable
        else personal_data.export(user)
    )
    name = f"conversations-{day}.{'txt' if readable else 'json'}"
    kind = "text/plain" if readable else "application/json"
    return downloads.download(request, downloads.joined(pieces), name, kind)


@require_http_methods(["GET", "HEAD", "POST"])
@for_known
@never_cache
@csrf_protect
@transaction.non_atomic_requests
def delete(request: HttpRequest) -> HttpResponse:
    """Asks first; POST deletes. Running answers end with their conversations."""
    if request.method != "POST":
        return _page(request, "chatkit/mine_delete.html")
    user = person_of(request)
    try:
        erased = personal_data.erase(user)
    except FilesRemain:
        logger.exception("The files of user=%s could not be deleted.", user.pk)
        problem = _("Some files could not be deleted. Try again later; the rest is gone then, too.")
        return _page(request, "chatkit/mine_delete.html", problem=problem, status=503)
    logger.info(
        "personal data deleted by user=%s: %s conversations, %s items",
        user.pk,
        erased["threads"],
        erased["items"],
    )
    if is_visitor(user):
        return _gone(request, user, erased["threads"])
    return _page(request, "chatkit/mine.html", deleted=erased["threads"])


def _gone(request: HttpRequest, visitor: Visitor, threads: int) -> HttpResponse:
    """The visitor is nobody any more, without a row and without a cookie."""
    visitor.delete()
    response = _page(request, "chatkit/mine.html", deleted=threads, gone=True)
    forget(request)
    return response


def _page(
    request: HttpRequest,
    template: str,
    *,
    problem: object = "",
    deleted: int | None = None,
    gone: bool = False,
    status: int = 200,
) -> HttpResponse:
    user = person_of(request)
    counts = personal_data.counts(user)
    context = base_context() | {
        "title": _("My conversations"),
        "counts": counts,
        "votes": counts["feedback"] + counts.get("article_votes", 0),
        "hosted": _uses_openai(user),
        "shares": _shares(user),
        "problem": problem,
        "deleted": deleted,
        "gone": gone,
        "visitor": is_visitor(user),
    }
    return render(request, template, context, status=status)


def _shares(user: Any) -> list[Share]:
    """The links of this person's that work, the latest first."""
    own = Share.objects.for_owner(user).working()
    return list(own.select_related("thread")[:SHARES])


def _uses_openai(user: Any) -> bool:
    """Whether OpenAI keeps, or may keep, conversations of this person."""
    return not is_visitor(user) and (
        any(workflow.hosted for workflow in workflows.table().values())
        or Session.objects.for_owner(user).filter(issuer=Session.Issuer.OPENAI).exists()
    )


def _filled(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Without empty pieces, which would end the download."""
    return filter(None, pieces)
