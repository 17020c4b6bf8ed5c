"""The site's own pages: home, errors, and the two files that browsers and robots ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
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
from chatkit.models import Run, Session, Thread
from chatkit.sessions import user_key

from .context_processors import chosen_theme
from .logins import LimitedPasswordChangeForm, LimitedPasswordResetForm, refused

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
    """A question to ask, and the last conversations; for staff, the day's sessions and failures."""
    user = request.user
    assert isinstance(user, User)  # login_required
    workflow = access.workflow_for(user)
    may_chat = access.may_chat(user)
    return render(
        request,
        "home.html",
        {
            "answers": last_answers(user) if may_chat else [],
            "staff_figures": staff_figures(user),
            "may_chat": may_chat,
            "user_key": user_key(user),
            "hosted": bool(workflow and workflow.hosted),
        },
    )


def last_answers(user: User) -> list[dict[str, object]]:
    """The threads answered last, newest first: `{"title", "answered_at", "url"}` each. What is
    archived is put away."""
    threads = (
        Thread.objects.for_user(user)
        .filter(
            workflow_id__in=workflows.table(),
            runs__outcome__in=ANSWERS,
            temporary=False,
            deleted_at=None,
        )
        .exclude(place=Thread.Place.ARCHIVE)
        .values("id", "title", "workflow_id")
        .annotate(answered_at=Max("runs__created_at"))
        .order_by("-answered_at", "-id")[:RECENT]
    )
    default = access.workflow_for(user)
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
    """Today's sessions, failed ones and failed answers, as far as `user` may see those records;
    each leads to the rows that it counts."""
    if not user.is_staff:
        return []
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    day = {"created_at__from": today.date().isoformat()}
    figures = []
    if user.has_perm("chatkit.view_session"):
        url = reverse("admin:chatkit_session_changelist")
        failed_status = {"status": Session.Status.FAILED.value}
        counts = Session.objects.filter(created_at__gte=today).aggregate(
            all=Count("pk"), failed=Count("pk", filter=Q(status=Session.Status.FAILED))
        )
        figures += [
            Figure(_("Sessions today"), counts["all"], "activity", "info", rows(url, day)),
            failures(_("Failed sessions today"), counts["failed"], rows(url, day | failed_status)),
        ]
    if user.has_perm("chatkit.view_run"):
        url = reverse("admin:chatkit_run_changelist")
        failed = Run.objects.filter(created_at__gte=today, status=Run.Status.FAILED).count()
        status = {"status__exact": Run.Status.FAILED.value}
        figures.append(failures(_("Failed answers today"), failed, rows(url, day | status)))
    return figures


def rows(changelist: str, filters: dict[str, str]) -> str:
    return f"{changelist}?{urlencode(filters)}"


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


class LimitedForm:
    """A view whose form counts attempts, and so needs the request."""

    def get_form(self, form_class: Any = None) -> Any:
        form: Any = super().get_form(form_class)  # type: ignore[misc]
        form.request = self.request  # type: ignore[attr-defined]
        return form

    def form_invalid(self, form: Any) -> HttpResponse:
        return refused(super().form_invalid(form), form)  # type: ignore[misc]


class PasswordChangeView(LimitedForm, auth.PasswordChangeView):
    form_class = LimitedPasswordChangeForm


class PasswordResetView(LimitedForm, auth.PasswordResetView):
    """Sends the link. There is no such page where the site sends no mail."""

    form_class = LimitedPasswordResetForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not settings.PASSWORD_RESET:
            raise Http404("This site sends no e-mail.")
        if request.user.is_authenticated:
            return HttpResponseRedirect(reverse("password_change"))
        return super().dispatch(request, *args, **kwargs)


class PasswordResetDoneView(auth.PasswordResetDoneView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"debug_mail": settings.DEBUG}


@require_safe
def logged_out(request: HttpRequest) -> HttpResponse:
    """The page after log-out: an address of its own, so that a reload does not post again."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("home"))
    return render(request, "registration/logged_out.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is out of date: says so, and leads back to where it stands."""
    back = _page_before(request) or (request.path if _can_be_opened(request) else reverse("home"))
    return render(request, "403_csrf.html", {"back": back}, status=403)


def _page_before(request: HttpRequest) -> str:
    """The page of this site that the form was on; "" where the browser does not say."""
    given = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(given, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(given)
    page = urlunsplit(("", "", parts.path, parts.query, ""))
    return page if url_has_allowed_host_and_scheme(page, None) else ""  # not "//elsewhere"


def _can_be_opened(request: HttpRequest) -> bool:
    """Whether the form's own address shows it: many take what is sent, and show nothing."""
    match = request.resolver_match
    shown: Any = getattr(match.func, "view_class", None) if match else None
    return hasattr(shown, "get") and "get" in shown.http_method_names


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
