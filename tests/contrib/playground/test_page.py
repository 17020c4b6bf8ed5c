"""Who gets the playground, and what it has to begin with."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from chatkit.contrib.playground.checks import check_urls
from tests.people import browser, staff

pytestmark = pytest.mark.django_db

URL = "/apps/chatkit/playground/"


@pytest.fixture
def designer() -> Client:
    return browser(staff("dora", "chatkit.change_starterprompt"))


def config(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


class TestWhoMay:
    def test_strangers_log_in_first(self) -> None:
        assert Client().get(URL).headers["Location"].endswith(f"?next={URL}")

    def test_it_is_not_there_for_people_without_the_permission(self, user: Any) -> None:
        assert browser(user).get(URL).status_code == 404
        assert browser(staff("sam")).get(URL).status_code == 404

    def test_the_menu_leads_there_whoever_may(self, designer: Client) -> None:
        assert f'href="{URL}"' in designer.get("/").content.decode()
        assert f'href="{URL}"' not in browser(staff("sam")).get("/").content.decode()

    def test_it_is_read_only_and_never_kept(self, designer: Client) -> None:
        assert designer.post(URL).status_code == 405
        assert "no-store" in designer.get(URL).headers["Cache-Control"]


class TestPage:
    def test_the_controls_begin_with_the_options_of_the_site(
        self, designer: Client, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "TITLE": "Shop",
            "THEME": {"radius": "sharp", "color": {"accent": {"primary": "#abcdef", "level": 1}}},
            "OPTIONS": {"composer": {"placeholder": "Ask the shop"}},
            "ATTACHMENTS": {"max_count": 2},
        }
        page = designer.get(URL).content.decode()
        assert 'value="sharp" selected' in page
        assert 'value="#abcdef"' in page
        assert 'value="Ask the shop"' in page
        found = config(page)
        assert found["options"]["frameTitle"] == "Shop"
        assert found["site"]["attachments"] == {"max_count": 2}

    @pytest.mark.parametrize(
        ("color", "shown"),
        [("#9AF", "#99aaff"), ("#ABCDEF", "#abcdef"), ("RebeccaPurple", "#9155fd"), (7, "#9155fd")],
    )
    def test_a_colour_control_has_a_value_that_it_can_show(
        self, designer: Client, settings: Any, color: object, shown: str
    ) -> None:
        theme = {"color": {"accent": {"primary": color, "level": 1}}}
        settings.CHATKIT = settings.CHATKIT | {"THEME": theme}
        page = designer.get(URL).content.decode()
        (control,) = re.findall(r'<input[^>]*type="color"[^>]*accent\.primary[^>]*>', page)
        assert f'value="{shown}"' in control
        assert config(page)["options"]["theme"] == theme

    def test_the_policy_is_the_sites(self, designer: Client) -> None:
        policy = designer.get(URL).headers["Content-Security-Policy"]
        said = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert said["script-src"] == said["style-src"] == "'self'"
        assert said["default-src"] == "'none'"
        assert "unsafe" not in policy

    def test_no_secret_of_the_settings_is_told(self, designer: Client, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": "sk-canary"}
        assert "sk-canary" not in designer.get(URL).content.decode()

    def test_another_workflow_is_named_in_the_tag(self, designer: Client, settings: Any) -> None:
        server = "chatkit.selfhosted.helpdesk.HelpDeskServer"
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"one": server, "two": server}}
        found = config(designer.get(f"{URL}?workflow=two").content.decode())
        assert (found["workflow"], found["named"]) == ("two", True)
        assert designer.get(f"{URL}?workflow=three").status_code == 404

    def test_it_tells_what_a_workflow_has_of_its_own(self, designer: Client, settings: Any) -> None:
        server = "chatkit.selfhosted.helpdesk.HelpDeskServer"
        entry = {"server": server, "title": "Orders", "theme": {"radius": "pill"}}
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"one": server, "two": entry}}
        assert config(designer.get(URL).content.decode())["site"]["own"] == []
        found = config(designer.get(f"{URL}?workflow=two").content.decode())
        assert found["site"]["own"] == ["title", "theme"]


class TestCheck:
    def test_the_address_is_missing(self, settings: Any) -> None:
        assert check_urls() == []
        settings.ROOT_URLCONF = "chatkit.urls"
        assert [found.id for found in check_urls()] == ["chatkit_playground.E001"]
