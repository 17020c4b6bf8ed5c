"""The preview of what stands in the editor: made by the code that makes the article's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.translation import gettext as _

from ....knowledge.html import render_article
from ....knowledge.language import direction, primary
from ....page.views import show_article
from ..editing import Content
from ..models import LONGEST_BODY
from ..notes import notes
from ..source import made

if TYPE_CHECKING:
    from .texts import ArticleTextAdmin

LANGUAGES = 16  # characters of a code


def preview(page: ArticleTextAdmin, request: HttpRequest) -> HttpResponse:
    """POST title, body, language: the page as readers would see it; for the editor's script, which
    accepts JSON, `{"html", "direction", "title", "notes"}`. 413 where the text is too long."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_view_permission(request):
        raise PermissionDenied
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    body = request.POST.get("body", "")
    if len(body) > LONGEST_BODY:
        said = _("This text is too long to be shown.")
        if wants_json:
            return JsonResponse({"error": said}, status=413)
        return HttpResponse(said, status=413, content_type="text/plain; charset=utf-8")
    language = primary(request.POST.get("language", ""))[:LANGUAGES] or "en"
    content = Content.of(request.POST.get("title", "")[:200], body)
    article = made(content.title or "–", content.body, "", "preview", language)
    told = notes(content.body, request.get_host())
    if not wants_json:
        return show_article(request, article, draft=True, notes=told)
    return JsonResponse(
        {
            "title": article.title,
            "html": render_article(article),
            "direction": direction(language),
            "notes": told,
        }
    )
