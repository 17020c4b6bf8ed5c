"""Two workflows on one site, each with settings of its own, for people who may use one or both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.template import RequestContext, Template
from django.test import Client, RequestFactory

from chatkit.checks.answerers import check_knowledge
from chatkit.checks.values import check_access, check_cards, check_values
from chatkit.models import StarterPrompt
from chatkit.testing import ask
from tests.page.rendered import config
from tests.people import browser, staff

HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"
PAGE = "/apps/chatkit/"
HERE = "tests.selfhosted.test_staff_and_customers"


def staff_only(user: Any, workflow_id: str) -> bool:
    return bool(user.is_staff)


def everyone(user: Any, workflow_id: str) -> bool:
    return True


def nobody(user: Any, workflow_id: str) -> bool:
    return False


@pytest.fixture
def two(settings: Any, tmp_path: Path, transactional_db: None) -> dict[str, Any]:
    """The handbook for staff stands first, the help for everybody second."""
    for name, title, text in (
        ("handbook", "Closing the till", "The till is closed at nine by two people."),
        ("help", "Opening hours", "The shop is open until eight in the evening."),
    ):
        (tmp_path / name / "en").mkdir(parents=True)
        (tmp_path / name / "en" / "till.md").write_text(f"# {title}\n\n{text}\n")
    settings.CHATKIT = settings.CHATKIT | {
        "KNOWLEDGE_DIR": str(tmp_path / "help"),
        "TITLE": "The shop",
        "WORKFLOWS": {
            "staff": {
                "server": HELP_DESK,
                "title": "Handbook",
                "knowledge": str(tmp_path / "handbook"),
                "access": f"{HERE}.staff_only",
                "cards": [{"title": "For us", "body": "Ask what you like.", "icon": "info"}],
                "prompts": [{"label": "The till", "prompt": "How is the till closed?"}],
                "theme": {"density": "compact"},
                "limits": {"message": "2/h"},
            },
            "support": {"server": HELP_DESK, "access": f"{HERE}.everyone"},
        },
    }
    found: dict[str, Any] = settings.CHATKIT
    return found


@pytest.fixture
def clerk(transactional_db: None) -> Client:
    return browser(staff("clerk"))


class TestWhichOneOpens:
    def test_the_first_that_a_person_may_use(
        self, two: None, clerk: Client, logged_in: Client
    ) -> None:
        assert config(clerk.get(PAGE))["workflow"]["id"] == "staff"
        assert config(logged_in.get(PAGE))["workflow"]["id"] == "support"
        assert logged_in.get(f"{PAGE}?workflow=staff").status_code == 403

    def test_who_may_use_several_chooses(self, two: None, clerk: Client, logged_in: Client) -> None:
        html = clerk.get(f"{PAGE}?workflow=support").content.decode()
        assert '<a href="/apps/chatkit/?workflow=staff" dir="auto">Handbook</a>' in html
        current = '<a href="/apps/chatkit/?workflow=support" aria-current="page" dir="auto">'
        assert current in html
        assert "?workflow=" not in logged_in.get(PAGE).content.decode()

    def test_the_menu_has_it_for_who_may_use_any(
        self, two: dict[str, Any], logged_in: Client, settings: Any
    ) -> None:
        assert 'href="/apps/chatkit/"' in logged_in.get("/").content.decode()
        two["WORKFLOWS"]["support"]["access"] = f"{HERE}.nobody"
        settings.CHATKIT = dict(two)
        assert 'href="/apps/chatkit/"' not in logged_in.get("/").content.decode()
        assert logged_in.get(PAGE).status_code == 403

    def test_the_tag_too(self, two: None, user: Any) -> None:
        request = RequestFactory().get("/")
        request.user = user
        html = Template("{% load chatkit %}{% chatkit %}").render(RequestContext(request, {}))
        assert '"id": "support"' in html


class TestItsOwn:
    def test_title_theme_prompts_and_cards(
        self, two: None, clerk: Client, logged_in: Client
    ) -> None:
        own, sites = clerk.get(PAGE), logged_in.get(PAGE)
        assert "<title>Handbook ·" in own.content.decode()
        assert "<title>The shop ·" in sites.content.decode()
        assert config(own)["options"]["theme"] == {"density": "compact"}
        assert config(sites)["options"]["theme"] == {}
        prompts = config(own)["options"]["startScreen"]["prompts"]
        assert prompts == [{"label": "The till", "prompt": "How is the till closed?"}]
        assert "For us" in own.content.decode()
        assert "For us" not in sites.content.decode()

    def test_prompts_of_the_admin_are_for_one_or_for_all(self, two: None, clerk: Client) -> None:
        for label, workflow_id in (("A", ""), ("B", "staff"), ("C", "support")):
            StarterPrompt.objects.create(label=label, prompt=label, workflow_id=workflow_id)

        def labels(workflow_id: str) -> list[str]:
            options = config(clerk.get(f"{PAGE}?workflow={workflow_id}"))["options"]
            return [prompt["label"] for prompt in options["startScreen"]["prompts"]]

        assert labels("staff") == ["A", "B"]
        assert labels("support") == ["A", "C"]

    def test_articles(self, two: None, clerk: Client, logged_in: Client) -> None:
        reply = ask(clerk, "When is the till closed?", "staff")
        assert "closed at nine" in reply.text
        url = reply.sources[0]["url"]
        assert url.startswith("/apps/chatkit/help/till/?workflow=staff")
        assert "Closing the till" in clerk.get(url.partition("#")[0]).content.decode()
        assert logged_in.get(url.partition("#")[0]).status_code == 403
        # An article of the same name is the one of whom one may ask.
        assert "Opening hours" in logged_in.get("/apps/chatkit/help/till/").content.decode()
        reply = ask(logged_in, "When is the till closed?", "support")
        assert "nine" not in reply.text
        assert "nine" in clerk.get("/apps/chatkit/help/?q=till+closed").content.decode()
        assert "nine" not in logged_in.get("/apps/chatkit/help/?q=till+closed").content.decode()

    def test_who_has_both_reads_what_was_cited(self, two: None, clerk: Client) -> None:
        reply = ask(clerk, "When is the shop open?", "support")
        page = clerk.get(reply.sources[0]["url"].partition("#")[0]).content.decode()
        assert "Opening hours" in page
        found = clerk.get("/apps/chatkit/help/?workflow=support&q=shop+open").content.decode()
        (link,) = re.findall(r'<h3><a href="([^"]+)"', found)
        assert "Opening hours" in clerk.get(link).content.decode()

    def test_the_page_of_an_article_keeps_to_its_assistant(self, two: None, clerk: Client) -> None:
        page = clerk.get("/apps/chatkit/help/till/?workflow=staff").content.decode()
        assert page.count('href="/apps/chatkit/help/?workflow=staff"') == 2
        assert re.search(r'href="/apps/chatkit/\?ask=[^"]+&amp;workflow=staff"', page)

    def test_who_logs_in_comes_back_to_the_assistant(
        self, two: dict[str, Any], settings: Any
    ) -> None:
        two["WORKFLOWS"]["support"]["visitors"] = True
        settings.CHATKIT = dict(two)
        login = Client().get(PAGE, {"thread": "thr_1"}).context["login_url"]
        assert parse_qs(urlsplit(login).query)["next"] == [
            "/apps/chatkit/?thread=thr_1&workflow=support"
        ]

    def test_limits(self, two: None, clerk: Client) -> None:
        codes = [ask(clerk, "Till?", "staff").status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        assert ask(clerk, "Hours?", "support").status_code == 200

    def test_a_refused_one_mints_no_session(self, two: None, logged_in: Client) -> None:
        response = logged_in.post(
            "/api/chatkit/session", {"workflowId": "staff"}, content_type="application/json"
        )
        assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")


class TestChecks:
    @pytest.mark.parametrize(
        "part",
        [
            {"server": ""},
            {"title": 3},
            {"knowledge": 3},
            {"prompts": [{"label": "A"}]},
            {"theme": {"colour": {}}},
            {"access": ""},
            {"limits": {"message": "often"}},
            {"tools": "search_articles"},
            {"colour": "red"},
        ],
    )
    def test_a_wrong_part_is_told(self, settings: Any, part: dict[str, Any]) -> None:
        settings.CHATKIT = {"WORKFLOWS": {"wf": {"server": "a.B"} | part}}
        assert [message.id for message in check_values()] == ["chatkit.E001"]

    def test_what_its_parts_name_is_looked_at(self, settings: Any, tmp_path: Path) -> None:
        entry = {
            "server": HELP_DESK,
            "access": "nowhere.rule",
            "cards": [{"title": "A"}],
            "knowledge": str(tmp_path / "none"),
        }
        settings.CHATKIT = {"WORKFLOWS": {"wf": entry}}
        for check, id in ((check_access, "E003"), (check_cards, "E004"), (check_knowledge, "E016")):
            (message, *_more) = check()
            assert message.id == f"chatkit.{id}"
            assert "['WORKFLOWS']['wf']" in message.msg

    def test_the_doctor_reads_them(self, two: None, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("chatkit_doctor")
        said = capsys.readouterr().out
        assert f"staff: this site, {HELP_DESK}" in said
