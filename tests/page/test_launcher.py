"""`{% chatkit_launcher %}`: who gets the button, what the page pays for it, and what it opens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve
from django.utils import translation

from chatkit.models import Run, Session, Thread

from .test_tag import Page

pytestmark = pytest.mark.django_db
URL = "/api/chatkit/launcher"
HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"


def only_second(user: Any, workflow_id: str) -> bool:
    return workflow_id == "second"


def nobody(user: Any, workflow_id: str) -> bool:
    return False


def render(request: HttpRequest, tag: str = "{% chatkit_launcher %}", **context: Any) -> str:
    template = Template("{% load i18n chatkit %}" + tag)
    return str(template.render(Context({"request": request} | context)))


def button(request: HttpRequest, *tag: str, **context: Any) -> dict[str, str | None]:
    [found] = Page(render(request, *tag, **context)).all("chatkit-launcher")
    return found


class TestWhoGetsIt:
    def test_who_is_logged_in_and_may_chat(self, request_: HttpRequest) -> None:
        page = Page(render(request_))
        [element] = page.all("chatkit-launcher")
        assert "hidden" in element  # until its script draws it
        [script] = page.all("script")
        assert script == {"src": "/static/chatkit/launcher.js", "defer": None}

    def test_nothing_for_a_stranger(self, request_: HttpRequest) -> None:
        request_.user = AnonymousUser()
        assert render(request_) == ""

    def test_nothing_for_whom_access_refuses(self, request_: HttpRequest, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ACCESS": f"{__name__}.nobody"}
        assert render(request_) == ""

    def test_nothing_where_nobody_answers(self, request_: HttpRequest, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {}}
        assert render(request_) == ""
        assert render(request_, '{% chatkit_launcher workflow_id="none" %}') == ""

    def test_nothing_on_the_chat_page(self, request_: HttpRequest, logged_in: Client) -> None:
        assert b"<chatkit-launcher" in logged_in.get("/").content
        assert b"<chatkit-launcher" not in logged_in.get("/apps/chatkit/").content
        request_.resolver_match = resolve("/apps/chatkit/")
        assert render(request_) == ""

    def test_nothing_on_a_page_without_middleware(self) -> None:
        assert render(RequestFactory().get("/")) == ""

    def test_the_first_assistant_that_the_person_may_use(
        self, request_: HttpRequest, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {"first": HELP_DESK, "second": HELP_DESK},
            "ACCESS": f"{__name__}.only_second",
        }
        assert button(request_)["data-workflow"] == "second"
        assert render(request_, '{% chatkit_launcher workflow_id="first" %}') == ""


class TestPrice:
    def test_no_query(self, request_: HttpRequest, django_assert_num_queries: Any) -> None:
        render(request_)
        with django_assert_num_queries(0):
            render(request_)

    def test_no_session_and_no_cookie(self, logged_in: Client) -> None:
        response = logged_in.get("/")
        assert b"<chatkit-launcher" in response.content
        assert not Session.objects.exists()

    def test_no_inline_script_or_style(self, request_: HttpRequest) -> None:
        page = Page(render(request_, '{% chatkit_launcher color="red" %}'))
        assert not page.all("style")
        for _, attributes in page.elements:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]


class TestArguments:
    def test_the_tags_win_over_the_settings(self, request_: HttpRequest, settings: Any) -> None:
        given = {"position": "start", "label": "Ask the shop", "greeting": "Hello!"}
        settings.CHATKIT = settings.CHATKIT | {"LAUNCHER": given}
        element = button(request_, '{% chatkit_launcher label="Ask us" color="#0a7d55" %}')
        assert element["data-position"] == "start"
        assert element["data-color"] == "#0a7d55"
        assert element["data-greeting"] == "Hello!"
        assert json.loads(element["data-texts"] or "")["label"] == "Ask us"

    def test_in_the_readers_language(self, request_: HttpRequest) -> None:
        with translation.override("es"):
            element = button(request_)
        assert element["data-language"] == "es"
        assert json.loads(element["data-texts"] or "")["close"] == "Cerrar"

    @pytest.mark.parametrize(
        ("icon", "shown"),
        [
            ("life-buoy", 'data-icon="life-buoy"'),
            ("no-such-icon", 'data-icon="message-circle"'),
            ("/static/logo.png", '<img src="/static/logo.png" alt="">'),
            ("https://cdn.example.com/a.svg", '<img src="https://cdn.example.com/a.svg" alt="">'),
            ("javascript:alert(1)", 'data-icon="message-circle"'),
        ],
    )
    def test_icons(self, request_: HttpRequest, icon: str, shown: str) -> None:
        assert shown in render(request_, "{% chatkit_launcher icon=icon %}", icon=icon)

    def test_hostile_arguments_are_escaped(self, request_: HttpRequest) -> None:
        evil = '"></chatkit-launcher><script>alert(1)</script>'
        tag = "{% chatkit_launcher label=evil greeting=evil color=evil class=evil icon=evil %}"
        html = render(request_, tag, evil=evil)
        assert "<script>alert" not in html
        assert Page(html).all("chatkit-launcher")[0]["data-greeting"] == evil

    def test_an_unknown_one_is_named(self, request_: HttpRequest) -> None:
        with pytest.raises(TemplateSyntaxError, match="has no argument colour:"):
            render(request_, '{% chatkit_launcher colour="red" %}')

    def test_a_template_without_the_request_says_so(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="needs the request"):
            Template("{% load chatkit %}{% chatkit_launcher %}").render(Context())

    def test_the_id_stands_for_all_of_it(self, request_: HttpRequest, other: Any) -> None:
        """Turbo and htmx keep an element of the same id over pages."""
        first = button(request_)["id"]
        assert button(request_)["id"] == first
        assert button(request_, '{% chatkit_launcher label="Ask" %}')["id"] != first
        with translation.override("es"):
            assert button(request_)["id"] != first
        request_.user = other
        assert button(request_)["id"] != first


class TestContents:
    def test_what_the_tag_would_have_rendered(self, logged_in: Client, workflow_id: str) -> None:
        response = logged_in.get(URL, {"workflow": workflow_id})
        assert response["Cache-Control"] == "private, no-store"
        told = response.json()
        assert told["config"]["workflow"] == {"id": workflow_id, "hosted": False}
        assert told["config"]["blocked"] == ""
        assert told["ours"]
        assert told["script"] == "/static/chatkit/chatkit.js"
        assert told["page_script"] == "/static/chatkit/page.js"
        assert told["style"] == "/static/chatkit/container.css"
        assert "csrftoken" in response.cookies
        assert not Session.objects.exists()

    def test_why_there_is_no_chat(self, client: Client, workflow_id: str) -> None:
        told = client.get(URL, {"workflow": workflow_id}).json()
        assert told["config"]["blocked"] == "logged_out"
        assert told["script"] == ""
        assert told["config"]["user"] == ""

    def test_in_the_language_of_the_page(self, logged_in: Client, workflow_id: str) -> None:
        ask = {"workflow": workflow_id, "language": "es"}
        assert logged_in.get(URL, ask).json()["config"]["options"]["locale"].startswith("es")
        ask["language"] = "../../etc"
        assert logged_in.get(URL, ask).json()["config"]["options"]["locale"] == "en"

    def test_ones_own_conversation_only(
        self, logged_in: Client, user: Any, other: Any, workflow_id: str
    ) -> None:
        mine = Thread.objects.create(user=user, workflow_id=workflow_id)
        others = Thread.objects.create(user=other, workflow_id=workflow_id)
        elsewhere = Thread.objects.create(user=user, workflow_id="another")
        for thread, opened in ((mine, mine.pk), (others, None), (elsewhere, None)):
            ask = {"workflow": workflow_id, "thread": thread.pk}
            assert logged_in.get(URL, ask).json()["config"]["thread"] == opened

    def test_of_a_hosted_workflow(self, logged_in: Client) -> None:
        hosted = {"WORKFLOWS": {"wf_1": "openai"}, "OPENAI_API_KEY": "sk-canary-key"}
        with override_settings(CHATKIT=hosted):
            response = logged_in.get(URL, {"workflow": "wf_1", "thread": "cthr_1"})
        assert response.json()["ours"] is False
        assert response.json()["config"]["thread"] == "cthr_1"  # OpenAI knows it
        assert b"sk-canary-key" not in response.content


class TestState:
    def test_whether_an_answer_is_being_written(
        self, logged_in: Client, user: Any, workflow_id: str, django_assert_num_queries: Any
    ) -> None:
        thread = Thread.objects.create(user=user, workflow_id=workflow_id)
        run = Run.objects.create(thread=thread, user=user, live=thread.pk)
        url = f"{URL}/{thread.pk}"
        with django_assert_num_queries(3):  # login session, user, and one of ours
            assert logged_in.get(url).json() == {"running": True}
        Run.objects.filter(pk=run.pk).update(live=None, status=Run.Status.COMPLETED)
        assert logged_in.get(url).json() == {"running": False}

    def test_not_of_others(
        self, logged_in: Client, client: Client, other: Any, workflow_id: str
    ) -> None:
        thread = Thread.objects.create(user=other, workflow_id=workflow_id)
        assert logged_in.get(f"{URL}/{thread.pk}").status_code == 404
        assert logged_in.get(f"{URL}/thr_none").status_code == 404
        assert Client().get(f"{URL}/{thread.pk}").status_code == 401
