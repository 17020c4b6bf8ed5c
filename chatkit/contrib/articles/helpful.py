"""Was this helpful? Asked below each article, answered once by each person, who may change it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http import HttpResponseRedirect as Redirect
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from ...knowledge import Article as Shown
from ...personal_data import RecordKind
from .models import LONGEST_SLUG, Article, Vote

ANSWERS = {"yes": True, "no": False}
# Of a person's data: exported, and erased with the rest.
VOTES = RecordKind(
    "article_votes",
    lambda user: Vote.objects.filter(user_id=user.pk),
    ("slug", "language", "workflow_id", "helpful", "created_at"),
)


def question(request: HttpRequest, article: Shown) -> SafeString:
    """The question with its two buttons, and what this person answered; "" where the site leaves
    out our addresses."""
    if not request.user.is_authenticated:  # a visitor: one vote of each person
        return SafeString("")
    if not is_countable(article):
        return SafeString("")
    try:
        url = reverse("chatkit_articles:helpful", args=[article.slug])
    except NoReverseMatch:
        return SafeString("")
    said = Vote.objects.filter(**_place(article), user=request.user.pk).first()
    url += _query(request)
    context = {"url": url, "said": None if said is None else said.helpful, "answered": bool(said)}
    return render_to_string("chatkit_articles/helpful.html", context, request)


@require_POST
@login_required
@csrf_protect
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """POST helpful=yes|no: what this person says of the article that they see at that address, of
    the workflow that `?workflow=ID` and in the language that `?language=CODE` names, as the page
    does."""
    from ...page.views import knowledge_for  # the app is made ready before the pages are

    knowledge = knowledge_for(request, of_site=True)
    if isinstance(knowledge, HttpResponse):
        return knowledge
    wanted = request.GET.get("language", "")
    article = knowledge.article(slug, get_language() or "en", wanted)
    if article is None or not is_countable(article):
        raise Http404("There is no help article of this name.")
    helpful = ANSWERS.get(request.POST.get("helpful", ""))
    if helpful is None:
        return HttpResponseBadRequest("helpful: yes or no")
    user: Any = request.user
    # Counted at the time of the vote that stands, as a vote on an answer is.
    said = {"helpful": helpful, "created_at": timezone.now()}
    Vote.objects.update_or_create(**_place(article), user=user, defaults=said)
    page = reverse("chatkit:help-article", args=[article.slug])
    return Redirect(f"{page}{_query(request)}#helpful")


def is_countable(article: Shown) -> bool:
    """A file may have a longer name than a vote."""
    return len(article.slug) <= LONGEST_SLUG


def _place(article: Shown) -> dict[str, Any]:
    """Which article it is: a workflow's own may have the slug of one of the site's."""
    own = article.sections[0].workflow_id if article.sections else ""
    return {"slug": article.slug, "language": article.language, "workflow_id": own}


def _query(request: HttpRequest) -> str:
    """What keeps an address within the workflow whose articles are read, and in that language."""
    named = {name: request.GET.get(name) for name in ("workflow", "language")}
    query = urlencode({name: value for name, value in named.items() if value})
    return f"?{query}" if query else ""


def counted(articles: QuerySet[Article]) -> QuerySet[Article]:
    """The articles with `helpful_votes` and `other_votes`, of all languages; None for none."""
    return articles.annotate(helpful_votes=_votes(True), other_votes=_votes(False))


def _votes(helpful: bool) -> Subquery:
    # Not of what a workflow has of its own: those are files.
    votes = Vote.objects.filter(slug=OuterRef("slug"), workflow_id="", helpful=helpful).order_by()
    counts = votes.values("slug").annotate(count=Count("pk")).values("count")
    return Subquery(counts, output_field=IntegerField())
