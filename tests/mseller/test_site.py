"""The site's shell through its public addresses."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Permission
from django.contrib.messages import SUCCESS
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse
from django.utils import timezone

from chatkit.models import Run, Session, Thread, ThreadItem
from mseller.middleware import NoStoreMiddleware

pytestmark = pytest.mark.django_db

STATIC = Path(settings.BASE_DIR) / "static" / "mseller"


def broken(request: Any) -> HttpResponse:
    raise RuntimeError("a canary that no page may show")


def forbidden(request: Any) -> HttpResponse:
    raise PermissionDenied


def said(request: Any) -> HttpResponse:
    from django.contrib import messages
    from django.shortcuts import redirect

    messages.add_message(request, SUCCESS, "The customer was saved.")
    return redirect("home")


def cacheable(request: Any) -> HttpResponse:
    assert request.user.is_authenticated
    return HttpResponse("x", headers={"Cache-Control": "private, max-age=60"})


async def asynchronous(request: Any) -> HttpResponse:
    user = await request.auser()
    return HttpResponse(str(user))


urlpatterns = [
    path("broken/", broken),
    path("forbidden/", forbidden),
    path("said/", said),
    path("cacheable/", cacheable),
    path("asynchronous/", asynchronous),
    path("", include("mseller.urls")),
]
handler400 = "mseller.views.bad_request"
handler500 = "mseller.views.server_error"


@pytest.fixture
def extra_urls() -> Any:
    """The site with addresses that fail on purpose."""
    with override_settings(ROOT_URLCONF=__name__):
        yield


def text(response: Any) -> str:
    return str(response.content.decode())


def answered(
    user: Any, workflow_id: str, title: str, ago: datetime.timedelta, outcome: str = "answered"
) -> Thread:
    """A thread with one question and one finished answer, `ago` before now."""
    then = timezone.now() - ago
    thread = Thread.objects.create(user=user, workflow_id=workflow_id, title=title)
    ThreadItem.objects.create(
        thread=thread, item_id=f"msg_{title}", type="user_message", payload={}, created_at=then
    )
    ThreadItem.objects.create(
        thread=thread, item_id=f"ans_{title}", type="assistant_message", payload={}, created_at=then
    )
    Run.objects.create(
        thread=thread,
        user=user,
        kind="threads.create",
        status="completed",
        outcome=outcome,
        created_at=then,
    )
    return thread


def figures(response: Any) -> dict[str, int]:
    return {figure.label: figure.value for figure in response.context["staff_figures"]}


class TestLogin:
    def test_a_stranger_is_sent_to_the_login_and_back(self, client: Client, user: Any) -> None:
        asked = client.get("/accounts/password_change/")
        assert asked["Location"] == "/accounts/login/?next=/accounts/password_change/"
        page = client.get(asked["Location"])
        assert '<input type="hidden" name="next" value="/accounts/password_change/">' in text(page)
        done = client.post(
            asked["Location"],
            {"username": "ada", "password": "pw-ada", "next": "/accounts/password_change/"},
        )
        assert done["Location"] == "/accounts/password_change/"

    def test_without_next_it_leads_home(self, client: Client, user: Any) -> None:
        done = client.post("/accounts/login/", {"username": "ada", "password": "pw-ada"})
        assert (done.status_code, done["Location"]) == (302, "/")

    def test_next_on_another_site_is_ignored(self, client: Client, user: Any) -> None:
        done = client.post(
            "/accounts/login/",
            {"username": "ada", "password": "pw-ada", "next": "https://evil.example/"},
        )
        assert done["Location"] == "/"

    def test_a_wrong_password_is_said_and_the_name_kept(self, client: Client, user: Any) -> None:
        page = client.post("/accounts/login/", {"username": "ada", "password": "no"})
        assert page.status_code == 200
        assert 'role="alert"' in text(page)
        assert 'value="ada"' in text(page)

    def test_who_is_logged_in_already_goes_home(self, logged_in: Client) -> None:
        assert logged_in.get("/accounts/login/")["Location"] == "/"

    @pytest.mark.parametrize("debug", [True, False])
    def test_demo_logins_are_shown_in_development_alone(
        self, client: Client, settings: Any, debug: bool
    ) -> None:
        settings.DEBUG = debug
        assert ("demo / demo" in text(client.get("/accounts/login/"))) is debug

    def test_log_out_takes_a_post_and_says_so(self, logged_in: Client) -> None:
        assert logged_in.get("/accounts/logout/").status_code == 405
        page = logged_in.post("/accounts/logout/", follow=True)
        assert page.redirect_chain == [("/accounts/logged_out/", 302)]
        assert "You are logged out" in text(page)
        assert logged_in.get("/").status_code == 302

    def test_log_out_in_the_admin_leads_there_too(self, admin_client: Client) -> None:
        page = admin_client.post("/admin/logout/", follow=True)
        assert page.redirect_chain == [("/accounts/logged_out/", 302)]

    def test_logged_out_page_of_someone_logged_in(self, logged_in: Client) -> None:
        assert logged_in.get("/accounts/logged_out/")["Location"] == "/"

    def test_password_change(self, logged_in: Client, user: Any) -> None:
        form = {"old_password": "pw-ada", "new_password1": "c0rrect-horse"}
        wrong = logged_in.post("/accounts/password_change/", form | {"new_password2": "other"})
        assert 'class="errorlist"' in text(wrong)
        page = logged_in.post(
            "/accounts/password_change/", form | {"new_password2": "c0rrect-horse"}, follow=True
        )
        assert "Password changed" in text(page)
        user.refresh_from_db()
        assert user.check_password("c0rrect-horse")


class TestAdminLogin:
    def test_it_is_the_sites(self, client: Client) -> None:
        response = client.get("/admin/", follow=True)
        assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"

    def test_a_foreign_next_is_dropped(self, client: Client) -> None:
        response = client.get("/admin/login/?next=https://evil.example/")
        assert response["Location"] == "/accounts/login/?next=/admin/"

    def test_an_ordinary_user_is_told_and_not_sent_in_a_circle(self, logged_in: Client) -> None:
        response = logged_in.get("/admin/", follow=True)
        assert response.status_code == 403
        assert "You have no access to this page" in text(response)

    def test_the_admin_wears_the_sites_colours(self, client: Client, admin: Any) -> None:
        client.force_login(admin)
        page = text(client.get("/admin/"))
        assert "mseller/admin.css" in page
        assert '<a href="/"><img' in page


class TestShell:
    def test_menu_of_an_ordinary_user(self, logged_in: Client) -> None:
        page = text(logged_in.get("/"))
        assert re.search(r'href="/"[^>]*aria-current="page"', page)
        assert page.count('aria-current="page"') == 1
        assert reverse("chatkit:page") in page
        assert "Site administration" not in page

    def test_staff_find_the_administration(self, client: Client, admin: Any) -> None:
        client.force_login(admin)
        page = text(client.get("/"))
        assert page.count("Site administration") == 2  # the menu, and the account's menu

    def test_a_stranger_sees_no_menu(self, client: Client) -> None:
        page = text(client.get("/accounts/login/"))
        assert 'class="menu"' not in page
        assert "/accounts/logout/" not in page

    def test_user_menu_names_the_person(self, logged_in: Client) -> None:
        page = text(logged_in.get("/"))
        assert "ada@example.com" in page
        assert 'action="/accounts/logout/"' in page

    @pytest.mark.parametrize(
        ("cookie", "theme"),
        [
            ("light", "light"),
            ("dark", "dark"),
            ("system", "system"),
            ('"><script>', "system"),
            (None, "system"),
        ],
    )
    def test_the_server_writes_the_chosen_theme(
        self, client: Client, cookie: str | None, theme: str
    ) -> None:
        if cookie is not None:
            client.cookies["theme"] = cookie
        assert f'data-theme="{theme}"' in text(client.get("/accounts/login/"))

    def test_language_switch_returns_to_the_page(self, logged_in: Client) -> None:
        page = text(logged_in.get("/accounts/password_change/?a=1"))
        assert '<input type="hidden" name="next" value="/accounts/password_change/?a=1">' in page
        response = logged_in.post(
            reverse("set_language"), {"language": "es", "next": "/accounts/password_change/?a=1"}
        )
        assert response["Location"] == "/accounts/password_change/?a=1"
        page = text(logged_in.get(response["Location"]))
        assert '<html lang="es" dir="ltr"' in page
        assert "Cambiar contraseña" in page

    def test_pages_hold_nothing_that_a_strict_policy_blocks(
        self, client: Client, logged_in: Client, admin: Any
    ) -> None:
        pages = [text(client.get("/accounts/login/"))]
        pages += [text(logged_in.get(url)) for url in ("/", "/accounts/password_change/", "/no")]
        logged_in.force_login(admin)
        pages.append(text(logged_in.get("/")))
        for page in pages:
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
            assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))

    @pytest.mark.usefixtures("extra_urls")
    def test_messages_become_toasts(self, logged_in: Client) -> None:
        page = text(logged_in.get("/said/", follow=True))
        assert re.search(r'<div class="toast is-success" role="status">', page)
        assert "The customer was saved." in page

    def test_names_are_escaped(self, client: Client, user: Any) -> None:
        user.first_name = "<img src=x>"
        user.save()
        client.force_login(user)
        page = text(client.get("/"))
        assert "<img src=x>" not in page
        assert "&lt;img src=x&gt;" in page


class TestHome:
    def test_a_question_is_posted_to_the_chat_page(self, logged_in: Client) -> None:
        page = text(logged_in.get("/"))
        form = page[page.index('class="ask-form"') :].partition("</form>")[0]
        assert f'method="post" action="{reverse("chatkit:page")}"' in form
        assert 'name="ask"' in form
        assert "csrfmiddlewaretoken" in form

    def test_last_answers_newest_first_with_links(
        self, logged_in: Client, user: Any, other: Any, workflow_id: str
    ) -> None:
        threads = [
            answered(user, workflow_id, f"t{number}", datetime.timedelta(hours=number))
            for number in range(7)
        ]
        answered(other, workflow_id, "foreign", datetime.timedelta(0))
        unanswered = Thread.objects.create(user=user, workflow_id=workflow_id, title="unanswered")
        Run.objects.create(
            thread=unanswered, user=user, kind="x", status="failed", outcome="failed"
        )
        answered(user, workflow_id, "in vain", datetime.timedelta(0), outcome="not_found")
        response = logged_in.get("/")
        assert [answer["title"] for answer in response.context["answers"]] == [
            "t0",
            "t1",
            "t2",
            "t3",
            "t4",
        ]
        assert f'href="{reverse("chatkit:page")}?thread={threads[0].id}"' in text(response)

    def test_what_is_archived_is_put_away(
        self, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        for title, place in (("pinned", 0), ("listed", 1), ("archived", 2)):
            thread = answered(user, workflow_id, title, datetime.timedelta(hours=place))
            Thread.objects.filter(pk=thread.pk).update(place=place)
        titles = [answer["title"] for answer in logged_in.get("/").context["answers"]]
        assert titles == ["pinned", "listed"]

    def test_a_thread_answered_twice_is_listed_once(
        self, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        thread = answered(user, workflow_id, "t", datetime.timedelta(hours=1))
        Run.objects.create(
            thread=thread, user=user, kind="x", status="completed", outcome="answered"
        )
        assert len(logged_in.get("/").context["answers"]) == 1

    def test_a_thread_of_another_workflow_names_it(
        self, logged_in: Client, user: Any, workflow_id: str, settings: Any
    ) -> None:
        table = settings.CHATKIT["WORKFLOWS"]
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": table | {"wf_second": table[workflow_id]}
        }
        thread = answered(user, "wf_second", "t", datetime.timedelta(hours=1))
        url = f"{reverse('chatkit:page')}?thread={thread.id}&workflow=wf_second"
        assert logged_in.get("/").context["answers"][0]["url"] == url

    def test_empty(self, logged_in: Client) -> None:
        page = text(logged_in.get("/"))
        assert "No conversations yet" in page
        assert 'class="list"' not in page

    def test_an_untitled_conversation_has_a_name(
        self, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        answered(user, workflow_id, "", datetime.timedelta(hours=1))
        assert "Untitled conversation" in text(logged_in.get("/"))

    def test_who_may_not_chat_is_not_invited(self, logged_in: Client, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.mseller.test_site.nobody"}
        page = text(logged_in.get("/"))
        assert reverse("chatkit:page") not in page
        assert "Ask an administrator for access" in page

    def test_hosted_conversations_are_said_to_be_elsewhere(
        self, logged_in: Client, settings: Any, workflow_id: str
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: "openai"}}
        assert "kept by OpenAI" in text(logged_in.get("/"))

    def test_staff_figures_of_today(self, client: Client, admin: Any, workflow_id: str) -> None:
        yesterday = timezone.now() - datetime.timedelta(days=1)
        for status, created in (
            ("active", timezone.now()),
            ("failed", timezone.now()),
            ("failed", yesterday),
        ):
            Session.objects.create(
                user=admin,
                workflow_id=workflow_id,
                issuer="self",
                status=status,
                created_at=created,
            )
        thread = Thread.objects.create(user=admin, workflow_id=workflow_id)
        Run.objects.create(thread=thread, user=admin, kind="x", status="failed")
        Run.objects.create(
            thread=thread, user=admin, kind="x", status="failed", created_at=yesterday
        )
        client.force_login(admin)
        response = client.get("/")
        assert figures(response) == {
            "Sessions today": 2,
            "Failed sessions today": 1,
            "Failed answers today": 1,
        }
        for figure in response.context["staff_figures"]:
            rows = client.get(figure.url).context["cl"]
            assert rows.result_count == figure.value, figure.label

    def test_staff_see_only_what_they_may(self, client: Client, user: Any) -> None:
        user.is_staff = True
        user.save()
        client.force_login(user)
        assert figures(client.get("/")) == {}
        user.user_permissions.add(
            Permission.objects.get(codename="view_session", content_type__app_label="chatkit")
        )
        assert set(figures(client.get("/"))) == {
            "Sessions today",
            "Failed sessions today",
        }

    def test_queries_do_not_grow_with_rows(
        self, client: Client, admin: Any, workflow_id: str
    ) -> None:
        client.force_login(admin)
        client.get("/")

        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get("/").status_code == 200
            return len(captured)

        answered(admin, workflow_id, "first", datetime.timedelta(hours=1))
        few = queries()
        for number in range(20):
            answered(admin, workflow_id, f"t{number}", datetime.timedelta(hours=number))
            Session.objects.create(user=admin, workflow_id=workflow_id, issuer="self")
        assert queries() == few
        assert few <= 6


def nobody(user: Any, workflow_id: str) -> bool:
    return False


class TestErrors:
    def test_404(self, client: Client, logged_in: Client) -> None:
        for visitor in (client, logged_in):
            response = visitor.get("/nowhere/")
            assert response.status_code == 404
            assert "This page does not exist" in text(response)

    @pytest.mark.usefixtures("extra_urls")
    def test_403(self, logged_in: Client) -> None:
        response = logged_in.get("/forbidden/")
        assert response.status_code == 403
        assert "You have no access to this page" in text(response)

    def test_400_of_an_unknown_host(self, client: Client) -> None:
        response = client.get("/", headers={"host": "evil.example"})
        assert response.status_code == 400
        assert "could not understand this request" in text(response)

    def test_csrf_failure_leads_back_to_the_form(self, user: Any) -> None:
        response = Client(enforce_csrf_checks=True).post("/accounts/login/?next=/x", {})
        assert response.status_code == 403
        assert "This form is out of date" in text(response)
        assert 'href="/accounts/login/"' in text(response)

    def test_csrf_failure_leads_back_to_the_page_that_the_form_was_on(self, user: Any) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        for referer, back in (
            ("http://testserver/apps/chatkit/mine/?page=2#x", "/apps/chatkit/mine/?page=2"),
            ("http://elsewhere.example/apps/", "/"),
            ("http://testserver//elsewhere.example/", "/"),
            ("", "/"),
        ):
            page = text(
                client.post("/apps/chatkit/mine/shares/1/revoke/", headers={"referer": referer})
            )
            assert f'<a class="btn btn-primary" href="{back}">' in page, referer

    def test_csrf_failure_at_log_out_leads_home(self, user: Any) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        page = text(client.post("/accounts/logout/"))
        assert '<a class="btn btn-primary" href="/">' in page


@pytest.mark.usefixtures("extra_urls")
class TestServerError:
    @pytest.fixture
    def failing(self) -> Client:
        return Client(raise_request_exception=False)

    def test_it_tells_what_to_do_and_nothing_else(self, failing: Client) -> None:
        failing.cookies["theme"] = "dark"
        response = failing.get("/broken/")
        assert response.status_code == 500
        page = text(response)
        assert "Something went wrong on our side" in page
        assert 'data-theme="dark"' in page
        assert "canary" not in page

    def test_in_the_visitors_language(self, failing: Client) -> None:
        response = failing.get("/broken/", headers={"accept-language": "es"})
        assert '<html lang="es"' in text(response)
        assert "Algo salió mal" in text(response)

    def test_it_needs_no_database_and_no_manifest(self, failing: Client, settings: Any) -> None:
        settings.STORAGES = settings.STORAGES | {
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
            }
        }
        settings.STATIC_ROOT = "/nonexistent"

        def refuse(*args: Any) -> None:
            raise AssertionError("the 500 page asked the database")

        with connection.execute_wrapper(refuse):
            response = failing.get("/broken/")
        assert response.status_code == 500
        assert "/static/mseller/site.css" in text(response)


class TestNoStore:
    def test_pages_of_a_logged_in_user(self, logged_in: Client) -> None:
        assert logged_in.get("/")["Cache-Control"] == "private, no-store"
        assert logged_in.get("/nowhere/")["Cache-Control"] == "private, no-store"

    def test_a_stranger_may_cache(self, client: Client) -> None:
        assert not client.get("/nowhere/").has_header("Cache-Control")

    @pytest.mark.usefixtures("extra_urls")
    def test_a_view_that_says_how_is_left_alone(self, logged_in: Client) -> None:
        assert logged_in.get("/cacheable/")["Cache-Control"] == "private, max-age=60"

    def test_a_view_that_reads_no_session_costs_no_query(self, logged_in: Client) -> None:
        with CaptureQueriesContext(connection) as captured:
            response = logged_in.get("/robots.txt")
        assert response["Cache-Control"] == "max-age=86400"
        assert len(captured) == 0

    @pytest.mark.usefixtures("extra_urls")
    def test_under_asgi(self, user: Any) -> None:
        client = AsyncClient()
        client.force_login(user)
        response = async_to_sync(client.get)("/asynchronous/")
        assert response["Cache-Control"] == "private, no-store"

    def test_an_asynchronous_chain_is_not_broken(self, user: Any) -> None:
        async def view(request: Any) -> HttpResponse:
            return HttpResponse()

        request = RequestFactory().get("/")
        request.session = SessionStore()
        request.session[SESSION_KEY] = "1"
        middleware = NoStoreMiddleware(view)
        assert (iscoroutinefunction(middleware), middleware.is_async) == (True, True)
        response = async_to_sync(middleware.acall)(request)
        assert response["Cache-Control"] == "private, no-store"


class TestFiles:
    def test_favicon(self, client: Client) -> None:
        response = client.get("/favicon.ico")
        assert response["Location"].startswith("/static/mseller/favicon")

    def test_robots_are_kept_out(self, client: Client) -> None:
        response = client.get("/robots.txt")
        assert response["Content-Type"].startswith("text/plain")
        assert text(response) == "User-agent: *\nDisallow: /\n"

    def test_both_dark_tables_of_the_tokens_are_equal(self) -> None:
        css = (STATIC / "tokens.css").read_text()
        tables = re.findall(r"\{\s*color-scheme: dark;(.*?)\}", css, re.DOTALL)
        of_system, of_user = (re.sub(r"\s+", " ", table).strip() for table in tables)
        assert of_system == of_user

    def test_style_sheets_know_no_left_and_right(self) -> None:
        physical = re.compile(r"(?:margin|padding|border|inset)-(?:left|right)|\b(?:left|right):")
        for sheet in STATIC.glob("*.css"):
            assert not physical.search(sheet.read_text()), sheet.name


def test_icon_is_hidden_from_assistive_technology() -> None:
    from django.template import Context, Template

    html = Template('{% load mseller %}{% icon "house" "icon-sm" %}').render(
        Context({"request": RequestFactory().get("/")})
    )
    assert 'aria-hidden="true"' in html
    assert 'class="icon icon-sm"' in html
    assert 'data-icon="house"' in html
    assert "<path" in html
    assert "<use" not in html


@pytest.mark.parametrize(
    "path",
    [
        "/apps/chatkit/?thread=%00",
        "/apps/chatkit/help/%00/",
        "/admin/chatkit/thread/?q=%00",
        "/admin/chatkit/thread/%00/change/",
        "/admin/auth/user/?username=a%00b",
        "/api/chatkit/nowhere/%00",
        "/accounts/login/?next=%00",
    ],
)
@pytest.mark.django_db
def test_no_address_has_a_nul_character(admin: Any, path: str) -> None:
    """PostgreSQL refuses one with an error, wherever a view looks for it."""
    client = Client()
    client.force_login(admin)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/chatkit/session/%00/cancel"),
        ("POST", "/api/chatkit/runs/%00/stop"),
        ("GET", "/api/chatkit/runs/run_1/events?after=%00"),
        ("GET", "/api/chatkit/runs/run_1/events?%00=1"),
    ],
)
def test_the_api_says_so_in_its_own_form(method: str, path: str) -> None:
    answer = Client().generic(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_the_microphone_is_for_this_site_alone(client: Any) -> None:
    """The chat's dictation asks for it; nothing else is asked for, and no frame may ask."""
    policy = client.get("/accounts/login/")["Permissions-Policy"]
    assert policy.split(", ")[0] == "microphone=(self)"
    assert all(part.endswith("=()") for part in policy.split(", ")[1:])
