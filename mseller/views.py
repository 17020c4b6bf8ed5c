"""The site's own pages: home, errors, and the two files that browsers and robots ask for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chatkit import access, workflows
from chatkit.models import Run, Session, Thread, ThreadItem

from .context_processors import chosen_theme
from .logins import LimitedPasswordChangeForm, refused

RECENT = 5
# The outcomes of runs that show their reader something to come back to.
ANSWERS = (
    Run.Outcome.ANSWERED,
    Run.Outcome.CLARIFIED,
    Run.Outcome.HANDED_OVER,
    Run.Outcome.UNKNOWN,  # from before outcomes were kept
)


@dataclass(frozen=True)
class Figure:
    """One number of the home page. `tone` is a colour of the tokens: primary, info, error …"""

    label: str
    value: int
    icon: str
    tone: str
    url: str = ""


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The user's own figures and last answers; for staff, the day's sessions and failures too."""
    user = request.user
    assert isinstance(user, User)  # login_required
    workflow = workflows.default()
    may_chat = access.allowed(user, workflow.id if workflow else "")
    return render(
        request,
        "home.html",
        {
            "figures": own_figures(user),
            "answers": last_answers(user) if may_chat else [],
            "staff_figures": staff_figures(user),
            "may_chat": may_chat,
            "hosted": bool(workflow and workflow.hosted),
        },
    )


def own_figures(user: User) -> list[Figure]:
    """Conversations in all, questions and answers of the last 7 days."""
    since = timezone.now() - datetime.timedelta(days=7)
    conversations = Thread.objects.for_user(user).filter(
        workflow_id__in=workflows.table(), temporary=False
    )
    questions = ThreadItem.objects.for_user(user).filter(type="user_message", created_at__gte=since)
    answers = Run.objects.filter(user=user, outcome=Run.Outcome.ANSWERED, created_at__gte=since)
    return [
        Figure(_("Conversations"), conversations.count(), "messages-square", "primary"),
        Figure(_("Questions, last 7 days"), questions.count(), "message-circle", "info"),
        Figure(_("Answers, last 7 days"), answers.count(), "circle-check", "success"),
    ]


def last_answers(user: User) -> list[dict[str, object]]:
    """The threads answered last, newest first: `{"title", "answered_at", "url"}` each."""
    threads = (
        Thread.objects.for_user(user)
        .filter(workflow_id__in=workflows.table(), runs__outcome__in=ANSWERS, temporary=False)
        .values("id", "title", "workflow_id")
        .annotate(answered_at=Max("runs__created_at"))
        .order_by("-answered_at", "-id")[:RECENT]
    )
    default = workflows.default()
    return [
        {
            "title": thread["title"],
            "answered_at": thread["answered_at"],
            "url": chat_url(thread["id"], thread["workflow_id"], default.id if default else ""),
        }
        for thread in threads
    ]


def chat_url(thread_id: str, workflow_id: str, default_workflow: str) -> str:
    """The chat page with this thread open; it names the workflow where that is not the default."""
    query = {"thread": thread_id}
    if workflow_id != default_workflow:
        query["workflow"] = workflow_id
    return f"{reverse('chatkit:page')}?{urlencode(query)}"


def staff_figures(user: User) -> list[Figure]:
    """Today's sessions, failed ones and failed answers, as far as `user` may see those records."""
    if not user.is_staff:
        return []
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    figures = []
    if user.has_perm("chatkit.view_session"):
        url = reverse("admin:chatkit_session_changelist")
        counts = Session.objects.filter(created_at__gte=today).aggregate(
            all=Count("pk"), failed=Count("pk", filter=Q(status=Session.Status.FAILED))
        )
        figures += [
            Figure(_("Sessions today"), counts["all"], "activity", "info", url),
            failures(_("Failed sessions today"), counts["failed"], url),
        ]
    if user.has_perm("chatkit.view_run"):
        url = reverse("admin:chatkit_run_changelist")
        failed = Run.objects.filter(created_at__gte=today, status=Run.Status.FAILED).count()
        figures.append(failures(_("Failed answers today"), failed, url))
    return figures


def failures(label: str, count: int, url: str) -> Figure:
    if count:
        return Figure(label, count, "triangle-alert", "error", url)
    return Figure(label, count, "shield-check", "success", url)


def admin_login(request: HttpRequest) -> HttpResponse:
    """Redirect to the site's login. A logged-in user who comes here may not use the admin: 403."""
    if request.user.is_authenticated and not admin.site.has_permission(request):
        raise PermissionDenied
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect_to_login(target if safe else reverse("admin:index"))


class PasswordChangeView(auth.PasswordChangeView):
    form_class = LimitedPasswordChangeForm

    def get_form(self, form_class: Any = None) -> Any:
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)


@require_safe
def logged_out(request: HttpRequest) -> HttpResponse:
    """The page after log-out: an address of its own, so that a reload does not post again."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("home"))
    return render(request, "registration/logged_out.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is out of date: says so, and leads back to where it stands."""
    only_post = (reverse("logout"), reverse("set_language"))
    back = reverse("home") if request.path in only_post else request.path
    return render(request, "403_csrf.html", {"back": back}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, of which the commonest cause is a host name outside ALLOWED_HOSTS."""
    return plain_error(request, "400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: uses no database, session or context processor, since any of them may have failed."""
    return plain_error(request, "500.html", 500)


def plain_error(request: HttpRequest, template: str, status: int) -> HttpResponse:
    body = loader.get_template(template).render({"theme": chosen_theme(request)})
    return HttpResponse(body, status=status)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name no icon, such as a file shown by the browser."""
    return HttpResponseRedirect(static("mseller/favicon.svg"))


@require_safe
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines out: every page needs a login."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
