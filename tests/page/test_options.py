"""What the element gets: language, greeting, prompts, script, and the hosts of its script."""

from __future__ import annotations

import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings
from django.utils import timezone
from django.utils.translation import override

from chatkit.models import StarterPrompt, Thread
from chatkit.page import options
from chatkit.workflows import Workflow

HOSTED = Workflow("wf_1", "openai")
PLACES = {"archived": Thread.Place.ARCHIVE, "pinned": Thread.Place.PINNED}
OWN = Workflow("wf_2", "chatkit.selfhosted.helpdesk.HelpDeskServer")


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en", "en"),
        ("en-gb", "en"),
        ("es", "es"),
        ("es-es", "es"),
        ("es-mx", "es-419"),
        ("pt-br", "pt-BR"),
        ("pt", "pt"),
        ("fr-ca", "fr-CA"),
        ("no", "nb"),
        ("nb", "nb"),
        ("zh-hans", "zh-CN"),
        ("zh-hant", "zh-TW"),
        ("de", "de"),
    ],
)
def test_locale(language: str, locale: str) -> None:
    with override(language):
        assert options.locale() == locale


class TestGreeting:
    @pytest.mark.parametrize(
        ("first_name", "username", "greeting"),
        [
            ("Ada", "ada", "Hi Ada, what can I help you with?"),
            ("", "grace", "Hi Grace, what can I help you with?"),
            ("", "grace@example.com", "What can I help you with?"),
            ("  Ada \n King ", "ada", "Hi Ada King, what can I help you with?"),
            ("A" * 150, "ada", f"Hi {'A' * 40}, what can I help you with?"),
        ],
    )
    def test_names(self, first_name: str, username: str, greeting: str) -> None:
        user = SimpleNamespace(get_short_name=lambda: first_name, get_username=lambda: username)
        assert options.greeting(user) == greeting

    def test_a_user_model_without_names(self) -> None:
        assert options.greeting(object()) == "What can I help you with?"

    def test_nobody(self) -> None:
        assert options.greeting(AnonymousUser()) == "What can I help you with?"

    def test_in_spanish(self, user: Any) -> None:
        with override("es"):
            assert "Ada" in options.greeting(user)
            assert options.greeting(user) != "Hi Ada, what can I help you with?"


@pytest.mark.django_db
class TestPrompts:
    def test_the_first_articles_where_there_are_no_rows(
        self, settings: Any, tmp_path: Path
    ) -> None:
        (tmp_path / "en").mkdir()
        for slug, title in (("a", "Returns"), ("b", "Where is my order?"), ("c", "C"), ("d", "D")):
            (tmp_path / "en" / f"{slug}.md").write_text(f"# {title}\n\nSome words.\n")
        settings.CHATKIT = settings.CHATKIT | {"KNOWLEDGE_DIR": tmp_path}
        first, returns, order, third = options.prompts("en")
        assert first["label"] == first["prompt"] == "What can you help me with?"
        assert (returns["label"], returns["prompt"]) == ("Returns", "Tell me about “Returns”")
        assert order["prompt"] == "Where is my order?"
        assert third["label"] == "C"
        with override("es"):
            assert options.prompts()[0] != first

    def test_one_of_ours_where_there_are_no_articles(self, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"KNOWLEDGE_DIR": None}
        assert [prompt["label"] for prompt in options.prompts("en")] == [
            "What can you help me with?"
        ]

    def test_rows_of_the_language_and_of_none_in_their_order(self) -> None:
        for order, (label, language, active) in enumerate(
            [("C", "es", True), ("A", "en", True), ("B", "", True), ("D", "en", False)]
        ):
            StarterPrompt.objects.create(
                label=label, prompt=f"{label}?", language=language, order=9 - order, active=active
            )
        assert options.prompts("en") == [
            {"label": "B", "prompt": "B?"},
            {"label": "A", "prompt": "A?"},
        ]
        assert [prompt["label"] for prompt in options.prompts("es-mx")] == ["B", "C"]

    def test_an_icon(self) -> None:
        StarterPrompt.objects.create(label="A", prompt="A?", icon="lightbulb")
        assert options.prompts("en") == [{"label": "A", "prompt": "A?", "icon": "lightbulb"}]

    def test_at_most_six(self) -> None:
        StarterPrompt.objects.bulk_create(
            StarterPrompt(label=str(number), prompt="?", order=number) for number in range(9)
        )
        assert [prompt["label"] for prompt in options.prompts("en")] == list("012345")

    def test_one_query(self, django_assert_num_queries: Any) -> None:
        StarterPrompt.objects.create(label="A", prompt="A?")
        with django_assert_num_queries(1):
            options.prompts("en")


class TestElementOptions:
    @pytest.fixture
    def made(self, user: Any) -> dict[str, Any]:
        request = RequestFactory().get("/")
        request.user = user
        with override_settings(CHATKIT={"THEME": {"density": "compact"}, "TITLE": "Ask us"}):
            return options.element_options(request, OWN)

    def test_carries_the_theme_and_title_of_the_settings(self, made: dict[str, Any]) -> None:
        assert made["theme"] == {"density": "compact"}
        assert made["frameTitle"] == "Ask us"

    def test_options_of_the_settings_win_part_by_part(self, user: Any) -> None:
        request = RequestFactory().get("/")
        request.user = user
        own = {"composer": {"placeholder": "Ask us"}, "startScreen": {"prompts": []}}
        with override_settings(CHATKIT={"OPTIONS": own | {"locale": "ar"}}):
            made = options.element_options(request, OWN)
        assert made["composer"]["placeholder"] == "Ask us"
        assert made["composer"]["attachments"]["enabled"] is True
        assert made["startScreen"]["prompts"] == []
        assert made["startScreen"]["greeting"] == "Hi Ada, what can I help you with?"
        assert made["locale"] == "ar"

    def test_switches_on_what_the_site_answers(self, made: dict[str, Any]) -> None:
        ours = dict.fromkeys(("readAloud", "versions", "edit", "followUps"), True)
        assert made["threadItemActions"] == {"feedback": True, "retry": True} | ours
        shown = {"enabled": True, "showDelete": True, "showRename": True}
        assert made["history"] == shown | {"temporary": True}
        assert made["startScreen"]["greeting"] == "Hi Ada, what can I help you with?"
        assert made["composer"]["placeholder"]
        assert made["disclaimer"]["text"]

    def test_the_page_has_a_start_screen_of_its_own(self, user: Any, other: Any) -> None:
        request = RequestFactory().get("/")
        request.user = user
        made = options.element_options(request, OWN, page=True)
        assert made["shortcuts"] is True
        assert made["startScreen"]["composer"] == "middle"
        assert made["startScreen"]["last"] is None
        now = timezone.now()
        threads = Thread.objects.bulk_create(
            Thread(
                user=other if title == "foreign" else user,
                workflow_id="wf_gone" if title == "elsewhere" else OWN.id,
                title=title,
                updated_at=now - datetime.timedelta(hours=hours),
                temporary=title == "temporary",
                deleted_at=now if title == "deleted" else None,
                place=PLACES.get(title, Thread.Place.LIST),
            )
            for hours, title in enumerate(
                ["foreign", "elsewhere", "temporary", "deleted", "archived", "pinned", "older"]
            )
        )
        made = options.element_options(request, OWN, page=True)
        assert made["startScreen"]["last"] == {"id": threads[5].id, "title": "pinned"}

    def test_scripts_of_others_get_none_of_it(self, user: Any) -> None:
        request = RequestFactory().get("/")
        request.user = user
        with override_settings(CHATKIT={"SCRIPT_URL": options.OPENAI_SCRIPT}):
            made = options.element_options(request, OWN, page=True)
        assert "shortcuts" not in made
        assert set(made["startScreen"]) == {"greeting", "prompts"}

    @pytest.mark.parametrize("workflow", [HOSTED, OWN])
    def test_openais_script_gets_no_option_that_is_ours_alone(
        self, user: Any, workflow: Workflow
    ) -> None:
        """Also where the settings have some, which are for all workflows."""
        request = RequestFactory().get("/")
        request.user = user
        given = {
            "shortcuts": True,
            "history": {"list": "beside", "temporary": True, "showRename": False},
            "startScreen": {"composer": "middle", "greeting": "Hello"},
            "threadItemActions": {"edit": True, "readAloud": True, "retry": False},
            "threadActions": {"print": True},
        }
        chatkit = {"OPTIONS": given, "SCRIPT_URL": options.OPENAI_SCRIPT}
        with override_settings(CHATKIT=chatkit):
            made = options.element_options(request, workflow)
        assert not {"shortcuts", "threadActions"} & set(made)
        assert made["history"] == {"enabled": True, "showDelete": True, "showRename": False}
        assert set(made["startScreen"]) == {"greeting", "prompts"}
        assert made["threadItemActions"] == {"feedback": True, "retry": False}

    def test_holds_nothing_but_options_of_the_element(self, made: dict[str, Any]) -> None:
        known = "locale theme frameTitle initialThread header history startScreen composer"
        ours = {"threadActions"}
        assert set(made) <= {*known.split(), "threadItemActions", "disclaimer", "thread", *ours}


class TestScript:
    def test_openais_for_a_hosted_workflow(self) -> None:
        assert options.script_url(HOSTED) == (
            "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"
        )

    def test_ours_otherwise(self) -> None:
        assert options.script_url(OWN) == "/static/chatkit/chatkit.js"

    @pytest.mark.parametrize("workflow", [HOSTED, OWN])
    def test_the_settings_before_both(self, workflow: Workflow) -> None:
        with override_settings(CHATKIT={"SCRIPT_URL": "https://cdn.example.com/c.js"}):
            assert options.script_url(workflow) == "https://cdn.example.com/c.js"

    def test_the_form_of_api_follows_script_and_answerer(self) -> None:
        assert options.api_form(HOSTED) == "secret"
        assert options.api_form(OWN) == "secret"
        with override_settings(CHATKIT={"SCRIPT_URL": options.OPENAI_SCRIPT}):
            assert options.api_form(OWN) == "url"
            assert options.api_form(HOSTED) == "secret"


class TestSources:
    def test_our_script_needs_none(self) -> None:
        assert options.csp_sources(OWN) == {}
        assert options.csp_sources(None) == {}

    def test_a_hosted_workflow_needs_openais(self) -> None:
        sources = options.csp_sources(HOSTED)
        assert sources["script-src"] == ["https://cdn.platform.openai.com"]
        assert sources["frame-src"] == ["https://cdn.platform.openai.com"]
        assert "https://api.openai.com" in sources["connect-src"]

    def test_openais_script_before_our_server_needs_the_same(self) -> None:
        with override_settings(CHATKIT={"SCRIPT_URL": options.OPENAI_SCRIPT}):
            assert options.csp_sources(OWN) == options.csp_sources(HOSTED)

    def test_a_script_of_another_host_needs_that_host_alone(self) -> None:
        with override_settings(CHATKIT={"SCRIPT_URL": "https://cdn.example.com/a/c.js?v=1"}):
            assert options.csp_sources(OWN) == {"script-src": ["https://cdn.example.com"]}

    def test_a_script_of_this_site_needs_none(self) -> None:
        with override_settings(CHATKIT={"SCRIPT_URL": "/static/mine.js"}):
            assert options.csp_sources(OWN) == {}

    @override_settings(STATIC_URL="https://cdn.example.com/static/")
    def test_static_files_of_another_origin_need_it(self) -> None:
        cdn = {
            "script-src": ["https://cdn.example.com"],
            "style-src": ["https://cdn.example.com"],
        }
        assert options.csp_sources(OWN) == options.csp_sources(None) == cdn
        assert len(options.csp_sources(HOSTED)["script-src"]) == 2

    def test_asking_twice_changes_nothing(self) -> None:
        with override_settings(CHATKIT={"SCRIPT_URL": "https://cdn.example.com/c.js"}):
            options.csp_sources(HOSTED)
            assert len(options.csp_sources(HOSTED)["script-src"]) == 2
