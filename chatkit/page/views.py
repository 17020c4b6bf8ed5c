"""The chat page and the help articles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from .. import access, conf, workflows
from ..api import NEVER_CACHED
from ..cards import cards
from ..knowledge import Article, Knowledge, knowledge_of
from ..knowledge.language import direction, name, primary
from ..knowledge.sources import registered
from ..managers import is_visitor
from ..models import Thread
from ..sessions import user_key
from ..visitors import longest_days, person_of
from ..workflows import Workflow
from . import asked, options, theme
from .article_links import PARAMETER, signed_article
from .below import below
from .embed import embed
from .readers import for_readers

PLAIN_BASE = "chatkit/standalone.html"
QUESTION = 300  # characters that a link may put into the composer


@login_not_required  # the page itself says who needs one
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def chat(request: HttpRequest) -> HttpResponse:
    """The chat page; a form's question is kept for it, also of somebody whose login has ended."""
    return asked.posted(request) if request.method == "POST" else _chat(request)


@for_readers
def _chat(request: HttpRequest) -> HttpResponse:
    """The page itself.

    `?workflow=ID` picks the assistant (404 where there is none of that id), `?thread=ID` opens
    that conversation, `?ask=TEXT` puts a question into the composer without sending it: a link
    is not its reader's word. A form of the site that posts `ask` is, and so that one is sent.
    """
    person = person_of(request)
    workflow = access.requested(request, person)
    if workflow is None and request.GET.get("workflow"):
        raise Http404("There is no workflow of this id.")
    if not access.allowed(person, workflow.id if workflow else ""):
        return refused(request, person)
    thread, notice = _thread(request, workflow)
    login_url = redirect_to_login(_address(request, workflow)).url
    elsewhere = bool(notice) and is_visitor(person)
    if elsewhere:  # the same for one that there never was: whose it is, or whether, is not told
        notice = _("That conversation is not open here. If it is in your account, please log in.")
    question = asked.taken(request) if request.method == "GET" else ""
    context = embed(
        request,
        workflow_id=workflow.id if workflow else "",
        thread=None if question else thread,
        ask=question or request.GET.get("ask", "").replace("\x00", "")[:QUESTION],
        send=bool(question),
        notice=notice,
        login=login_url if elsewhere else "",
        page=True,
    )
    if question and context["config"]["blocked"]:
        # Until it can be asked.
        asked.keep(request, request.GET.get("workflow", ""), question, user_key(person))
    context |= base_context(workflow) | {
        "title": options.title(workflow),
        "workflows": choices(request, workflow),
        "cards": cards(request, workflow),
        "answered_by": answered_by(workflow),
        "details": conf.get("SESSION_DETAILS"),
    }
    # One cookie is good for all assistants, so that the longest time holds for each.
    context["visitor_days"] = longest_days() if workflow and is_visitor(person) else None
    context["login_url"] = login_url
    parts = ("details", "cards", "workflows", "visitor_days")
    context["about"] = any(context[part] for part in parts)
    # Beside the start screen stands what explains the chat; a running one has its width.
    context["begins"] = context["about"] and thread is None and not question
    status = 503 if context["config"]["blocked"] == "offline" else 200
    response = render(request, "chatkit/page.html", context, status=status)
    # Not `no-cache`: after log-out the back button must not show the page.
    response["Cache-Control"] = NEVER_CACHED
    # For the site's own Content-Security-Policy: what this page needs beyond 'self'.
    response.chatkit_csp = options.csp_sources(workflow)  # type: ignore[attr-defined]
    return response


def refused(request: HttpRequest, person: object) -> HttpResponse:
    """What an assistant is closed to: a visitor may be let in by a login."""
    if is_visitor(person):
        return redirect_to_login(request.get_full_path())
    raise PermissionDenied


def _address(request: HttpRequest, workflow: Workflow | None) -> str:
    """This page, with its assistant: who has logged in may have another one first."""
    query = request.GET.copy()
    if workflow is not None and len(workflows.table()) > 1:
        query["workflow"] = workflow.id
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _thread(request: HttpRequest, workflow: Workflow | None) -> tuple[str | None, str]:
    """The thread to open, and a sentence where the one asked for is gone.

    OpenAI keeps the threads of a hosted workflow, so those can't be looked up here.
    """
    wanted = request.GET.get("thread", "")
    if not re.fullmatch(r"[\w-]{1,64}", wanted) or workflow is None:
        return None, ""
    if workflow.hosted:
        return wanted, ""
    own = Thread.objects.for_owner(person_of(request)).filter(
        workflow_id=workflow.id, pk=wanted, deleted_at=None
    )
    if own.exists():
        return wanted, ""
    return None, _("That conversation does not exist any more, so here is a new one.")


def choices(request: HttpRequest, workflow: Workflow | None) -> list[dict[str, object]]:
    """The assistants between which this person may choose: `{"title", "url", "current"}` each;
    empty where there is no choice."""
    if len(workflows.table()) < 2:
        return []
    found = [
        {
            "title": one.title,
            "url": f"{request.path}?{urlencode({'workflow': one.id})}",
            "current": one == workflow,
        }
        for one in access.workflows_for(person_of(request))
    ]
    return found if len(found) > 1 else []


def answered_by(workflow: Workflow | None) -> str:
    """Who answers, in a word or two."""
    if workflow is None:
        return "–"
    return "OpenAI" if workflow.hosted or workflow.is_agent else _("This site")


def base_context(workflow: Workflow | None = None) -> dict[str, object]:
    """The context of every page of ours: the template that it extends, and its theme."""
    return {"base_template": conf.get("BASE_TEMPLATE") or PLAIN_BASE} | theme.context(workflow)


@login_not_required  # its signed address needs none
@require_safe
@never_cache
def help_article(request: HttpRequest, slug: str) -> HttpResponse:
    """One help article: by the login, or at a signed address that says who reads."""
    if PARAMETER not in request.GET or access.is_active(request.user):
        return _help_article(request, slug)
    article = signed_article(request, slug)
    response = (
        show_article(request, article, alone=True)
        if article
        else render(
            request,
            "chatkit/article_ended.html",
            base_context() | {"base_template": PLAIN_BASE},
            status=403,
        )
    )
    # The address is the key.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@for_readers
def _help_article(request: HttpRequest, slug: str) -> HttpResponse:
    """One help article, in the language of `?language=CODE`, else in the reader's where there is
    one; otherwise the page says so.

    Where it is not published, and with `?draft` where it is, those who may edit it see it as it is
    to be.
    """
    knowledge = knowledge_for(request, of_site=True)
    if isinstance(knowledge, HttpResponse):
        return knowledge
    language = get_language() or "en"
    wanted = request.GET.get("language", "")
    article = None if "draft" in request.GET else knowledge.article(slug, language, wanted)
    if article is None:
        draft = _preview(request, slug, wanted or language)
        if draft is None:
            raise Http404("There is no help article of this name.")
        return show_article(request, draft, draft=True)
    own = knowledge.article(slug, language)
    return show_article(
        request, article, chosen=own is not None and own.language != article.language
    )


def knowledge_for(request: HttpRequest, *, of_site: bool = False) -> Knowledge | HttpResponse:
    """What the help pages show: the articles of the workflow that `?workflow=ID` names, else of the
    first that this person may use; `of_site`, of the first without articles of its own, if there is
    one. Http404 where there is none, PermissionDenied; the way to the login for a visitor, whom
    that may let in."""
    person = person_of(request)
    workflow = access.requested(request, person)
    if of_site and not request.GET.get("workflow"):
        # Articles of a workflow's own are linked with its id.
        usable = access.workflows_for(person)
        workflow = next((one for one in usable if "knowledge" not in one.own), workflow)
    if workflow is None and request.GET.get("workflow"):
        raise Http404("There is no workflow of this id.")
    if not access.allowed(person, workflow.id if workflow else ""):
        return refused(request, person)
    return knowledge_of(workflow.id if workflow else "")


def show_article(
    request: HttpRequest,
    article: Article,
    *,
    draft: bool = False,
    notes: Sequence[str] = (),
    alone: bool = False,
    chosen: bool = False,
) -> HttpResponse:
    """The page of an article. A draft's says that it is one; `notes` stand above it. `alone`, it
    has nothing about it that asks for a login. `chosen`, there is one in the reader's language,
    and the address has led to another."""
    from ..knowledge.html import render_article  # the Markdown parser is only needed here

    written = ""
    if article.language != primary(get_language() or "en") and not (draft or chosen):
        written = name(article.language)
    context = base_context() | {
        "article": article,
        "draft": draft,
        "notes": notes,
        "direction": direction(article.language),
        "written_in": written,
        "body": render_article(article),
        "page_name": options.title(),
        "title": article.title,
        "below": [] if draft or alone else below(request, article),
        "question": options.about(article.title),
        "workflow": request.GET.get("workflow", ""),
        "alone": alone,
    }
    if alone:
        context["base_template"] = PLAIN_BASE
    return render(request, "chatkit/article.html", context)


def _preview(request: HttpRequest, slug: str, language: str) -> Article | None:
    """An article that readers do not see yet."""
    found = (source.preview(slug, primary(language), request.user) for source in registered())
    return next(filter(None, found), None)
