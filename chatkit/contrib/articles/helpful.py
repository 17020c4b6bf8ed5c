"""Was this helpful? Asked below each article, answered once by each person, who may change it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http import HttpResponseRedirect as Redirect
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from ... import access
from ...knowledge import Article as Shown
from ...knowledge import get_knowledge
from ...personal_data import RecordKind
from .models import Article, Vote

ANSWERS = {"yes": True, "no": False}
# Of a person's data: exported, and erased with the rest.
VOTES = RecordKind(
    "article_votes",
    lambda user: Vote.objects.filter(user_id=user.pk),
    ("slug", "language", "helpful", "created_at"),
)


def question(request: HttpRequest, article: Shown) -> SafeString:
    """The question with its two buttons, and what this person answered; "" where the site leaves
    out our addresses."""
    if not request.user.is_authenticated:  # a visitor: one vote of each person
        return SafeString("")
    try:
        url = reverse("chatkit_articles:helpful", args=[article.slug])
    except NoReverseMatch:
        return SafeString("")
    said = Vote.objects.filter(
        slug=article.slug, language=article.language, user=request.user.pk
    ).first()
    context = {"url": url, "said": None if said is None else said.helpful, "answered": bool(said)}
    return render_to_string("chatkit_articles/helpful.html", context, request)


@require_POST
@login_required
@csrf_protect
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """POST helpful=yes|no: what this person says of the article that they see at that address."""
    if not access.may_chat(request.user):
        raise PermissionDenied
    article = get_knowledge().article(slug, get_language() or "en")
    if article is None:
        raise Http404("There is no help article of this name.")
    helpful = ANSWERS.get(request.POST.get("helpful", ""))
    if helpful is None:
        return HttpResponseBadRequest("helpful: yes or no")
    user: Any = request.user
    Vote.objects.update_or_create(
        slug=article.slug,
        language=article.language,
        user=user,
        defaults={"helpful": helpful},
    )
    return Redirect(reverse("chatkit:help-article", args=[article.slug]) + "#helpful")


def counted(articles: QuerySet[Article]) -> QuerySet[Article]:
    """The articles with `helpful_votes` and `other_votes`, of all languages; None for none."""
    return articles.annotate(helpful_votes=_votes(True), other_votes=_votes(False))


def _votes(helpful: bool) -> Subquery:
    votes = Vote.objects.filter(slug=OuterRef("slug"), helpful=helpful).order_by()
    counts = votes.values("slug").annotate(count=Count("pk")).values("count")
    return Subquery(counts, output_field=IntegerField())
