"""Setup: the order of starter prompts, the offline switch, and what the doctor finds."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import checks
from django.core.checks import Error, Warning
from django.test import Client

from chatkit import diagnosis
from chatkit.contrib.console.models import Change, Switch
from chatkit.models import StarterPrompt
from tests.people import permit

URL = "/apps/chatkit/console/setup/"
SORT = f"{URL}prompts/"
pytestmark = pytest.mark.django_db


def page_of(client: Client, **query: Any) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def preview(page: str) -> list[str]:
    """The prompts that the preview shows."""
    part = page.partition("data-ckc-preview")[2].partition("</ul>")[0]
    shown = re.findall(r"<li[^>]*?( hidden)?><span[^>]*>(.*?)</span>", part)
    return [label for hidden, label in shown if not hidden]


def listed(page: str) -> list[str]:
    return re.findall(r'data-label="(.*?)"', page)


def prompt(label: str, order: int, **values: Any) -> StarterPrompt:
    return StarterPrompt.objects.create(label=label, prompt=f"{label}?", order=order, **values)


@pytest.fixture
def group() -> Group:
    return Group.objects.create(name="Sales")


@pytest.fixture
def rows(group: Group) -> dict[str, StarterPrompt]:
    found = [
        prompt("A", 1),
        prompt("Es", 1, language="es"),
        prompt("B", 2, language="en"),
        prompt("Sales", 3, group=group),
        prompt("Off", 4, active=False),
        prompt("C", 5),
    ]
    return {row.label: row for row in found}


@pytest.fixture
def sorter(console: Client, operator: Any) -> Client:
    permit(operator, "chatkit.change_starterprompt")
    return console


class TestPrompts:
    def test_as_readers_of_a_language_and_a_group_see_them(
        self, console: Client, rows: dict[str, StarterPrompt], group: Group
    ) -> None:
        page = page_of(console)
        assert (listed(page), preview(page)) == (["A", "B", "Off", "C"], ["A", "B", "C"])
        page = page_of(console, language="es")
        assert (listed(page), preview(page)) == (["A", "Es", "Off", "C"], ["A", "Es", "C"])
        page = page_of(console, language="en", group=group.pk)
        assert preview(page) == ["A", "B", "Sales", "C"]
        assert preview(page_of(console, language="xx", group="999")) == ["A", "B", "C"]
        assert preview(page_of(console, language="<b>", group="x")) == ["A", "B", "C"]

    def test_the_chat_draws_the_preview_in_the_readers_language(
        self, console: Client, rows: dict[str, StarterPrompt]
    ) -> None:
        StarterPrompt.objects.filter(label="A").update(icon="book-open")
        page = page_of(console, language="es")
        given = page.partition("data-ckc-start>")[2].partition("</div>")[0]
        assert 'data-text="A" data-prompt="A?" data-icon="book-open"' in given
        options = json.loads(given.partition('json">')[2].partition("</script>")[0])
        assert options["locale"] == "es"
        assert options["startScreen"]["greeting"].startswith("Hola")
        assert (options["header"], options["history"]) == ({"enabled": False},) * 2
        assert "chatkit/chatkit.js" in page

    def test_without_a_workflow_the_list_is_what_is_shown(
        self, console: Client, rows: dict[str, StarterPrompt], settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {}}
        page = page_of(console)
        assert preview(page) == ["A", "B", "C"]
        assert "chatkit/chatkit.js" not in page

    def test_the_chat_shows_the_same(
        self, logged_in: Client, user: Any, rows: dict[str, StarterPrompt], group: Group
    ) -> None:
        def shown() -> list[str]:
            start = logged_in.get("/apps/chatkit/").context["config"]["options"]["startScreen"]
            return [one["label"] for one in start["prompts"]]

        assert shown() == ["A", "B", "C"]
        user.groups.add(group)
        assert shown() == ["A", "B", "Sales", "C"]

    def test_there_are_none(self, console: Client) -> None:
        page = page_of(console)
        assert "the chat offers those of its assistant’s settings" in page
        general, *articles = preview(page)
        assert general == "What can you help me with?"
        assert articles[0] == "Getting started with MSeller"

    def order(self) -> list[str]:
        return list(StarterPrompt.objects.values_list("label", flat=True))

    def send(
        self, client: Client, rows: dict[str, StarterPrompt], seen: str, wanted: str, **more: Any
    ) -> Any:
        headers = {"accept": "application/json"} if more.pop("script", True) else {}
        keys = {name: [rows[label].pk for label in text.split()] for name, text in
                (("seen", seen), ("wanted", wanted))}  # fmt: skip
        data = {"seen": " ".join(map(str, keys["seen"])), "id": keys["wanted"], "language": "en"}
        return client.post(SORT, data | more, headers=headers)

    def test_those_of_others_stay_where_they_are(
        self, sorter: Client, rows: dict[str, StarterPrompt], operator: Any
    ) -> None:
        response = self.send(sorter, rows, "A B Off C", "C B A Off")
        keys = [rows[label].pk for label in ("C", "B", "A", "Off")]
        assert response.json() == {"seen": " ".join(map(str, keys))}
        assert self.order() == ["C", "Es", "B", "Sales", "A", "Off"]
        change = Change.objects.get()
        assert (change.user, change.kind) == (operator, "starterprompt")
        assert (change.before, change.after) == (
            {"order": ["A", "B", "Off", "C"]},
            {"order": ["C", "B", "A", "Off"]},
        )
        log = unescape(sorter.get("/apps/chatkit/console/audit/").content.decode())
        assert "order: A, B, Off, C → C, B, A, Off" in log

    def test_a_button_without_a_script(
        self, sorter: Client, rows: dict[str, StarterPrompt]
    ) -> None:
        move = f"{rows['C'].pk}:up"
        response = self.send(sorter, rows, "A B Off C", "A B Off C", move=move, script=False)
        assert response["Location"] == f"{URL}?language=en#ckc-prompt-{rows['C'].pk}"
        assert listed(page_of(sorter)) == ["A", "B", "C", "Off"]

    @pytest.mark.parametrize("move", ["", "x", "9999:up", "{A}:up", "{C}:down", "{A}:away"])
    def test_moves_that_are_none(
        self, sorter: Client, rows: dict[str, StarterPrompt], move: str
    ) -> None:
        move = move.format(A=rows["A"].pk, C=rows["C"].pk)
        response = self.send(sorter, rows, "A B Off C", "A B Off C", move=move, script=False)
        assert response.status_code == 302
        assert listed(page_of(sorter)) == ["A", "B", "Off", "C"]
        assert not Change.objects.exists()

    @pytest.mark.parametrize(
        ("seen", "wanted"),
        [
            ("B A Off C", "C B A Off"),  # sorted by somebody else
            ("A B C", "C B A"),  # one came
            ("A B Off C Es", "Es C B A Off"),  # one went
            ("A B Off C", "A B Off"),
            ("A B Off C", "A A B C"),
        ],
    )
    def test_two_at_once(
        self, sorter: Client, rows: dict[str, StarterPrompt], seen: str, wanted: str
    ) -> None:
        before = self.order()
        response = self.send(sorter, rows, seen, wanted)
        assert response.status_code == 409
        assert "changed meanwhile" in response.json()["message"]
        response = self.send(sorter, rows, seen, wanted, script=False)
        assert response["Location"] == f"{URL}?language=en&changed=1#ckc-prompts"
        assert self.order() == before

    def test_who_may_not_sort_has_no_buttons(
        self, console: Client, rows: dict[str, StarterPrompt]
    ) -> None:
        assert 'name="move"' not in page_of(console)
        assert self.send(console, rows, "A B Off C", "C B A Off").status_code == 404
        assert listed(page_of(console)) == ["A", "B", "Off", "C"]


class TestSwitch:
    @pytest.fixture
    def boss(self, console: Client, operator: Any) -> Client:
        permit(operator, "chatkit_console.change_switch")
        return console

    def turn(self, client: Client, to: str, **values: str) -> Any:
        return client.post(f"{URL}switch/", {"to": to, "workflow": "", **values})

    def test_off_and_on_again(
        self, boss: Client, logged_in: Client, operator: Any, workflow_id: str
    ) -> None:
        assert "The assistant takes questions." in page_of(boss)
        response = self.turn(boss, "offline", notice=" Back at\0 nine. ")
        assert response["Location"] == f"{URL}#ckc-switch"
        assert "Offline: Whole site" in page_of(boss)
        assert "Back at nine." in logged_in.get("/apps/chatkit/").content.decode()
        self.turn(boss, "online")
        assert logged_in.get("/apps/chatkit/").status_code == 200
        assert Switch.objects.get().notice == "Back at nine."
        found = Change.objects.order_by("pk").values_list("user_id", "action", "kind")
        assert list(found) == [
            (operator.pk, "added", "switch"),
            (operator.pk, "changed", "switch"),
        ]

    def test_one_workflow_alone(self, boss: Client, workflow_id: str) -> None:
        self.turn(boss, "offline", workflow=workflow_id)
        assert f"Offline: {workflow_id}" in page_of(boss)
        self.turn(boss, "offline", workflow=workflow_id, notice="x" * 600)
        assert len(Switch.objects.get().notice) == 500

    def test_turning_it_twice_is_one_change(self, boss: Client) -> None:
        for _time in range(2):
            self.turn(boss, "offline")
        assert Change.objects.count() == 1

    @pytest.mark.parametrize("values", [{"to": "x"}, {"to": "offline", "workflow": "wf_none"}])
    def test_what_can_not_be_turned(self, boss: Client, values: dict[str, str]) -> None:
        assert self.turn(boss, **values).status_code == 404
        assert not Switch.objects.exists()

    def test_who_may_not(self, console: Client) -> None:
        Switch.objects.create()
        assert "switch/" not in page_of(console)
        assert self.turn(console, "online").status_code == 404
        assert Switch.objects.get().offline


class TestDoctor:
    def test_faults_with_their_mend_and_kept_for_the_next(
        self, console: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = [
            Warning("The cache is <slow>.", hint="See https://example.com/cache.", id="x.W001"),
            Error("Nobody answers.", hint="Name a server.", id="x.E001"),
        ]
        monkeypatch.setattr(checks, "run_checks", lambda **kwargs: found)
        assert "Nobody has looked today." in page_of(console)
        response = console.post(f"{URL}look/")
        assert response.status_code == 200
        for page in (unescape(response.content.decode()), page_of(console)):
            part = page.partition('id="ckc-doctor"')[2]
            told = [" ".join(re.sub("<.*?>", " ", line).split()) for line in
                    re.findall(r'<li class="ckc-finding.*?</li>', part, re.S)]  # fmt: skip
            assert told[0] == "Fault x.E001 Nobody answers. How to mend it: Name a server."
            assert told[1].startswith("Warning x.W001 The cache is")
            assert '<a href="https://example.com/cache"' in part
            assert "Faults: 1. Warnings: " in part

    def test_a_server_that_can_not_be_loaded(self, console: Client, settings: Any) -> None:
        broken = {"WORKFLOWS": {"wf_1": "tests.nowhere.Server"}}
        settings.CHATKIT = settings.CHATKIT | broken
        page = unescape(console.post(f"{URL}look/").content.decode())
        assert "tests.nowhere.Server can't be loaded: " in page
        assert "Correct the class, or its name" in page

    def test_a_line_that_is_about_the_one_before_stands_with_it(
        self, console: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        monkeypatch.setattr(checks, "run_checks", lambda **kwargs: [])
        page = unescape(console.post(f"{URL}look/").content.decode())
        page = " ".join(re.sub("<.*?>", " ", page).split())
        told = "rate limits count in the cache 'default': LocMemCache How to mend it: each process"
        assert told in page

    def test_all_is_well(self, console: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(diagnosis, "findings", list)
        assert "Nothing is wrong. Looked on " in console.post(f"{URL}look/").content.decode()


def test_queries_do_not_grow(
    console: Client, group: Group, connection_queries: Any, rows: dict[str, StarterPrompt]
) -> None:
    first = connection_queries(lambda: page_of(console, group=group.pk))
    for nth in range(9):
        prompt(f"P{nth}", nth)
        Switch.objects.create(workflow_id=f"wf_{nth}")
        Group.objects.create(name=f"G{nth}")
    assert connection_queries(lambda: page_of(console, group=group.pk)) == first
