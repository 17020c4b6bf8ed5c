"""The versions of a text: who made which, what differs, and bringing one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from .... import access
from ....admin.base import badge, moment
from .. import differences, editing
from ..editing import Conflict, Content
from ..models import ArticleText, Version
from .base import own_name, text_url

if TYPE_CHECKING:
    from .texts import ArticleTextAdmin

PER_PAGE = 50
SIDE, UNIFIED = "side", "unified"


def versions(page: ArticleTextAdmin, request: HttpRequest, text: ArticleText) -> HttpResponse:
    """The list of versions; with `?from=N&to=M`, what differs between two of them, `?view=side`
    or `unified`."""
    found = text.versions.defer("body", "keywords", "file").select_related("user")
    pages = Paginator(found.order_by("-number"), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        **page.admin_site.each_context(request),
        "title": _("Versions of “%(title)s”") % {"title": text.title},
        "subtitle": own_name(text.language),
        "opts": page.opts,
        "object": text,
        "text": text,
        "rows": [row(version, text) for version in shown],
        "pages": shown,
        "media": page.media,
        "may_restore": page.has_change_permission(request, text),
        "edit_url": text_url(text),
        "restore_url": reverse(
            "admin:chatkit_articles_articletext_restore", kwargs={"object_id": text.pk}
        ),
        **difference(request, text),
    }
    request.current_app = page.admin_site.name
    template = page.object_history_template
    return TemplateResponse(request, template, context)


def row(version: Version, text: ArticleText) -> dict[str, Any]:
    return {
        "version": version,
        "when": moment(version.created_at),
        "who": access.login_name(version.user) if version.user else "–",
        "state": badge(version.status, version.get_status_display()),
        "live": version.pk == text.live_id,
        "newest": version.number == text.number,
    }


def difference(request: HttpRequest, text: ArticleText) -> dict[str, Any]:
    """The comparison that the address asks for."""
    asked = [number_of(request.GET.get(name)) for name in ("from", "to")]
    numbers = [number for number in asked if number is not None]
    if len(numbers) < 2:
        return {}
    there = {one.number: one for one in text.versions.filter(number__in=numbers)}
    if any(number not in there for number in numbers):
        raise Http404("There is no such version.")
    before, after = (there[number] for number in numbers)
    view = UNIFIED if request.GET.get("view") == UNIFIED else SIDE
    return {
        "before": before,
        "after": after,
        "view": view,
        "differences": differences.compare(Content.saved(before), Content.saved(after)),
    }


def number_of(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def restore(page: ArticleTextAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """POST number, expected: make an old version the newest."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    text = ArticleText.objects.select_related("article").filter(pk=object_id).first()
    if not page.has_change_permission(request, text):
        raise PermissionDenied
    number, expected = (number_of(request.POST.get(name)) for name in ("number", "expected"))
    version = text.versions.filter(number=number).first() if text and number else None
    if text is None or version is None:
        raise Http404("There is no such version.")
    try:
        editing.bring_back(version, text, request.user, expected=expected)
    except Conflict:
        said = _("This text was changed meanwhile. Look at the newest version first.")
        page.message_user(request, said, messages.ERROR)
        return Redirect(text_url(text, "history"))
    said = _("Version %(number)d is the newest again. Readers see it once it is published.")
    page.message_user(request, said % {"number": version.number}, messages.SUCCESS)
    return Redirect(text_url(text))
