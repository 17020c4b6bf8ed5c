"""`{% chatkit %}` in any template, and the data that it hands to the page script."""

from __future__ import annotations

import datetime
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import override_settings

from chatkit.page import embed as embedding
from chatkit.page.embed import embed

HOSTED = {"WORKFLOWS": {"wf_1": "openai"}, "OPENAI_API_KEY": "sk-canary-key"}


def nobody(user: Any, workflow_id: str) -> bool:
    return False


def render(request: HttpRequest, tag: str = "{% chatkit %}", **context: Any) -> str:
    template = Template("{% load chatkit %}" + tag)
    return str(template.render(Context({"request": request} | context)))


def configs(html: str) -> list[dict[str, Any]]:
    pattern = r'<script type="application/json">(.*?)</script>'
    return [json.loads(found) for found in re.findall(pattern, html, re.DOTALL)]


class Page(HTMLParser):
    """Collects (tag, attributes) of each element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


class TestMarkup:
    def test_a_container_around_the_element_and_both_scripts(self, request_: HttpRequest) -> None:
        page = Page(render(request_))
        assert page.all("div")[0]["class"] == "chatkit-container"
        assert len(page.all("openai-chatkit")) == 1
        sources = [script.get("src") for script in page.all("script") if "src" in script]
        assert sources == ["/static/chatkit/chatkit.js", "/static/chatkit/page.js"]

    def test_a_class_of_the_site(self, request_: HttpRequest) -> None:
        page = Page(render(request_, '{% chatkit class="custom-chatkit wide" %}'))
        assert page.all("div")[0]["class"] == "chatkit-container custom-chatkit wide"

    def test_no_inline_script_or_style(self, request_: HttpRequest) -> None:
        page = Page(render(request_))
        assert not page.all("style")
        for tag, attributes in page.elements:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            if tag == "script" and "src" not in attributes:
                assert attributes["type"] == "application/json"

    def test_says_what_is_missing_where_scripts_do_not_run(self, request_: HttpRequest) -> None:
        html = render(request_)
        assert "needs JavaScript" in html[html.index("<noscript>") : html.index("</noscript>")]

    def test_several_on_one_page_keep_their_own_data(self, request_: HttpRequest) -> None:
        html = render(request_, '{% chatkit user_id="1" %}<hr>{% chatkit user_id="2" %}')
        assert [config["labels"]["userId"] for config in configs(html)] == ["1", "2"]
        ids = [attributes["id"] for _, attributes in Page(html).elements if "id" in attributes]
        assert len(ids) == len(set(ids))

    def test_hostile_arguments_are_escaped(self, request_: HttpRequest) -> None:
        evil = '"></div></script><script>alert(1)</script>'
        html = render(request_, "{% chatkit user_id=evil device_id=evil class=evil %}", evil=evil)
        assert "<script>alert" not in html
        [config] = configs(html)
        assert config["labels"] == {"userId": evil, "deviceId": evil}

    def test_openais_script_for_a_hosted_workflow(self, request_: HttpRequest) -> None:
        with override_settings(CHATKIT=HOSTED):
            html = render(request_)
        assert 'src="https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"' in html
        assert "sk-canary-key" not in html

    def test_an_unknown_argument_is_named(self, request_: HttpRequest) -> None:
        with pytest.raises(TemplateSyntaxError, match="has no argument clas:"):
            render(request_, '{% chatkit clas="x" %}')

    def test_a_template_without_the_request_says_so(self) -> None:
        with pytest.raises(ImproperlyConfigured, match="needs the request"):
            Template("{% load chatkit %}{% chatkit %}").render(Context())


class Hashed(StaticFilesStorage):
    """Names as a storage gives them that puts a hash into each."""

    def url(self, name: str | None) -> str:
        stem, dot, suffix = str(name).rpartition(".")
        if "chunk-pt" in stem:
            raise ValueError("Missing staticfiles manifest entry")
        return f"https://cdn.example.com/{stem}.0123abcd{dot}{suffix}"


class TestStaticFiles:
    """Each address that the browser gets is one that the static files' storage gave."""

    @pytest.fixture
    def hashed(self, settings: Any) -> None:
        backend = {"BACKEND": f"{__name__}.Hashed"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}

    def parts(self, html: str) -> dict[str, str]:
        [script] = [each for each in Page(html).all("script") if "data-chatkit-script" in each]
        return dict(json.loads(script.get("data-chatkit-parts") or "null") or {})

    @pytest.mark.parametrize("tag", ["{% chatkit %}", "{% chatkit_script %}"])
    def test_the_script_is_told_where_its_parts_are(
        self, request_: HttpRequest, hashed: None, tag: str
    ) -> None:
        html = render(request_, tag)
        assert 'src="https://cdn.example.com/chatkit/chatkit.0123abcd.js"' in html
        parts = self.parts(html)
        kinds = {name.split("-")[1] for name in parts}
        assert kinds >= {"highlight", "maths", "icons", "es", "ar"}
        assert "pt" not in kinds  # was not collected: looked for beside the script
        for name, address in parts.items():
            assert address == f"{name[:-3]}.0123abcd.js"  # counted from the script's own

    def test_of_parts_beside_the_script_nothing_is_told(self, request_: HttpRequest) -> None:
        assert "data-chatkit-parts" not in render(request_)

    def test_no_address_without_its_hash(self, request_: HttpRequest, hashed: None) -> None:
        html = render(request_, "{% chatkit %}{% chatkit_menu %}{% chatkit_icon 'x' %}")
        assert "chatkit/menu." in html
        assert "/static/chatkit" not in html.replace('data-image-paths="/static/', "")
        assert "<use" not in html

    def test_a_script_of_the_sites_own_choice_looks_beside_itself(
        self, request_: HttpRequest, settings: Any
    ) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "SCRIPT_URL": "/mine/chatkit.js"}
        assert self.parts(render(request_)) == {}

    def test_a_nonce(self, request_: HttpRequest) -> None:
        html = render(request_, "{% chatkit_script nonce=nonce %}", nonce='a"b')
        assert ' nonce="a&quot;b"' in html
        assert "nonce" not in render(request_, "{% chatkit_script %}")

    def test_what_is_said_where_no_script_comes(self, request_: HttpRequest) -> None:
        html = render(request_)
        said = html[html.index("data-ck-stalled") : html.index("<noscript>")]
        assert "The chat could not be loaded" in said


class TestIcon:
    def test_is_in_the_page(self, request_: HttpRequest) -> None:
        [svg] = Page(render(request_, "{% chatkit_icon 'plus' %}")).all("svg")
        assert (svg["class"], svg["aria-hidden"]) == ("ck-icon", "true")
        assert len(Page(render(request_, "{% chatkit_icon 'plus' %}")).all("path")) == 2

    def test_of_an_unknown_or_hostile_name(self, request_: HttpRequest) -> None:
        page = Page(render(request_, "{% chatkit_icon evil %}", evil='"><script>'))
        assert [tag for tag, _ in page.elements] == ["svg"]


class TestConfig:
    def test_labels_and_workflow(self, request_: HttpRequest) -> None:
        with override_settings(CHATKIT={"WORKFLOWS": {"wf_1": "a.B", "wf_2": "a.B"}}):
            [config] = configs(
                render(
                    request_,
                    '{% chatkit workflow_id="wf_2" user_id=number device_id="kiosk" %}',
                    number=17,
                )
            )
        assert config["workflow"] == {"id": "wf_2", "hosted": False}
        assert config["labels"] == {"userId": "17", "deviceId": "kiosk"}
        assert config["blocked"] == ""
        assert config["page"] is False

    def test_the_first_workflow_is_the_default(self, request_: HttpRequest) -> None:
        with override_settings(CHATKIT={"WORKFLOWS": {"wf_1": "a.B", "wf_2": "a.B"}}):
            assert embed(request_)["config"]["workflow"]["id"] == "wf_1"

    def test_a_missing_variable_is_no_label(self, request_: HttpRequest) -> None:
        [config] = configs(render(request_, "{% chatkit user_id=no.such %}"))
        assert config["labels"]["userId"] == ""

    def test_long_labels_are_cut_to_what_the_session_takes(self, request_: HttpRequest) -> None:
        config = embed(request_, user_id="u" * 200)["config"]
        assert config["labels"]["userId"] == "u" * 128

    def test_addresses_follow_the_sites_prefix(self, request_: HttpRequest) -> None:
        with override_settings(ROOT_URLCONF="tests.prefixed_urls"):
            urls = embed(request_)["config"]["urls"]
        assert urls["session"].endswith("/api/chatkit/session")
        assert urls["session"] != "/api/chatkit/session"
        assert urls["cancel"].endswith("/session/SESSION_ID/cancel")
        assert urls["stop"].endswith("/runs/RUN_ID/stop")

    def test_tells_users_apart_and_nothing_else(self, request_: HttpRequest, other: Any) -> None:
        first = embed(request_)["config"]["user"]
        assert first == embed(request_)["config"]["user"]
        request_.user = other
        assert embed(request_)["config"]["user"] != first
        request_.user = AnonymousUser()
        assert embed(request_)["config"]["user"] == ""

    def test_texts_are_those_that_the_script_reads(self, request_: HttpRequest) -> None:
        root = Path(apps.get_app_config("chatkit").path)
        with open(f"{root}/frontend/src/page/config.ts", encoding="utf-8") as file:
            body = file.read().split("interface Texts {")[1].split("}")[0]
        assert set(embed(request_)["config"]["texts"]) == set(re.findall(r"(\w+): string", body))


class TestBlocked:
    @pytest.mark.parametrize(
        ("workflow_id", "settings", "blocked"),
        [
            ("", {"WORKFLOWS": {}}, "not_configured"),
            ("wf_nope", {"WORKFLOWS": {"wf_1": "a.B"}}, "unknown_workflow"),
            (
                "",
                {"WORKFLOWS": {"wf_1": "a.B"}, "ACCESS": "tests.page.test_tag.nobody"},
                "forbidden",
            ),
        ],
    )
    def test_why(
        self, request_: HttpRequest, workflow_id: str, settings: Any, blocked: str
    ) -> None:
        with override_settings(CHATKIT=settings):
            context = embed(request_, workflow_id=workflow_id)
        assert context["config"]["blocked"] == blocked
        assert context["script_url"] == ""

    def test_nobody_is_logged_in(self, request_: HttpRequest) -> None:
        request_.user = AnonymousUser()
        html = render(request_)
        assert configs(html)[0]["blocked"] == "logged_out"
        assert "<openai-chatkit" not in html
        assert "data-chatkit-script" not in html


class TestCsrf:
    def test_names_the_cookie_and_makes_django_set_it(self, request_: HttpRequest) -> None:
        csrf = embed(request_)["config"]["csrf"]
        assert csrf == {"header": "X-CSRFTOKEN", "cookie": "csrftoken", "token": ""}
        assert request_.META["CSRF_COOKIE_NEEDS_UPDATE"]

    @pytest.mark.parametrize("setting", ["CSRF_COOKIE_HTTPONLY", "CSRF_USE_SESSIONS"])
    def test_carries_the_token_where_the_cookie_cannot_be_read(
        self, request_: HttpRequest, setting: str
    ) -> None:
        with override_settings(**{setting: True}):
            csrf = embed(request_)["config"]["csrf"]
        assert csrf["cookie"] == ""
        assert len(csrf["token"]) == 64

    def test_names_of_the_settings(self, request_: HttpRequest) -> None:
        with override_settings(CSRF_COOKIE_NAME="mine", CSRF_HEADER_NAME="HTTP_X_MY_TOKEN"):
            csrf = embed(request_)["config"]["csrf"]
        assert (csrf["cookie"], csrf["header"]) == ("mine", "X-MY-TOKEN")


class TestSunset:
    def test_is_told_with_a_hosted_workflow_alone(self, request_: HttpRequest) -> None:
        assert embed(request_)["config"]["sunset"] is None
        with override_settings(CHATKIT=HOSTED):
            sunset = embed(request_)["config"]["sunset"]
        day = datetime.datetime.fromtimestamp(sunset["from"] / 1000, datetime.UTC)
        assert day == datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC)
        assert "Nov. 30, 2026" in sunset["text"]
        assert "not published" in sunset["text"]

    def test_the_clock_is_the_servers(
        self, request_: HttpRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        moment = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
        monkeypatch.setattr(embedding, "now", lambda: moment)
        assert embed(request_)["config"]["now"] == int(moment.timestamp() * 1000)


class TestScript:
    @pytest.mark.parametrize(
        ("settings", "ours", "form"),
        [
            ({"WORKFLOWS": {"wf_1": "a.B"}}, True, "secret"),
            ({"WORKFLOWS": {"wf_1": "openai"}}, False, "secret"),
            (
                {
                    "WORKFLOWS": {"wf_1": "a.B"},
                    "SCRIPT_URL": "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js",
                },
                False,
                "url",
            ),
            ({"WORKFLOWS": {"wf_1": "a.B"}, "SCRIPT_URL": "/static/mine.js"}, True, "secret"),
        ],
    )
    def test_form(self, request_: HttpRequest, settings: Any, ours: bool, form: str) -> None:
        with override_settings(CHATKIT=settings | {"DOMAIN_KEY": "dk_1"}):
            script = embed(request_)["config"]["script"]
        assert (script["ours"], script["form"]) == (ours, form)
        assert script["domainKey"] == "dk_1"
        assert script["seconds"] == 10
