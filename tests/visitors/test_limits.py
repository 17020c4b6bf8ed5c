"""What strangers can cost: each message is counted for the visitor, the address and all."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client, RequestFactory

from chatkit import limits
from chatkit.models import Visitor

from .people import Visit, ask_session, come


def statuses(settings: Any, policy: dict[str, Any], visits: list[Visit]) -> list[int]:
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": policy}
    return [visit.chat.ask("Where is my order?").status_code for visit in visits]


class TestMessages:
    def test_of_one_visitor(self, open_site: str, settings: Any) -> None:
        one = Visit()
        assert statuses(settings, {"messages": "2/h"}, [one, one, one, Visit()]) == [
            *(200, 200, 429, 200)
        ]

    def test_what_a_visitor_is_told_of_a_day(self, open_site: str, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"VISITORS": {"messages": "1/d"}}
        one = Visit()
        one.chat.ask("Where is my order?")
        refused = one.chat.ask("Where is my order?")
        soon = int(refused.response["Retry-After"]) <= limits.MOMENT
        assert ("Please wait a moment." in refused.error) is soon
        assert ("You can go on in " in refused.error) is not soon

    def test_of_one_address(self, open_site: str, settings: Any) -> None:
        assert statuses(settings, {"address": "2/h"}, [Visit(), Visit(), Visit()]) == [
            200,
            200,
            429,
        ]
        settings.RATELIMIT_IP_META_KEY = "HTTP_X_REAL_IP"
        other = Visit(Client(headers={"X-Real-IP": "198.51.100.7"}))
        assert other.chat.ask("Where is my order?").status_code == 200

    def test_of_all_together(self, open_site: str, settings: Any) -> None:
        settings.RATELIMIT_IP_META_KEY = "HTTP_X_REAL_IP"
        visits = [Visit(Client(headers={"X-Real-IP": f"198.51.100.{n}"})) for n in range(3)]
        assert statuses(settings, {"total": "2/h"}, visits) == [200, 200, 429]

    def test_users_are_not_counted_among_them(
        self, visit: Visit, logged_in: Client, settings: Any
    ) -> None:
        from chatkit.testing import Chat

        settings.CHATKIT = settings.CHATKIT | {"VISITORS": {"total": "1/d", "address": "1/d"}}
        asked = [visit.chat.ask("Where is my order?").status_code for _ in range(2)]
        assert asked == [200, 429]
        assert Chat(logged_in).ask("Where is my order?").status_code == 200


def test_a_thousand_cookies_from_one_address(open_site: str, settings: Any) -> None:
    """Who throws the cookie away again and again is soon told to wait, and leaves no rows."""
    found = [ask_session(Client(), open_site) for _ in range(25)]
    assert [one.status_code for one in found] == [200] * 20 + [429] * 5
    assert int(found[-1]["Retry-After"]) > 0
    assert Visitor.objects.count() == 20
    assert "chatkit_visitor" not in found[-1].cookies


def test_a_thousand_cookies_ask_no_more_than_one(open_site: str, settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": {"address": "3/h"}}
    asked = [Visit().chat.ask("Where is my order?").status_code for _ in range(6)]
    assert asked == [200] * 3 + [429] * 3


class TestAddress:
    @pytest.mark.parametrize(
        ("given", "counted"),
        [
            ("198.51.100.7", "198.51.100.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("", ""),
            ("unix:", ""),
            ("198.51.100.7, 10.0.0.1", ""),
        ],
    )
    def test_what_counts(self, given: str, counted: str) -> None:
        request = RequestFactory().get("/", REMOTE_ADDR=given)
        assert limits.address_of(request) == counted

    def test_of_the_sites_own(self, settings: Any) -> None:
        settings.RATELIMIT_IP_META_KEY = "tests.visitors.test_limits.address"
        assert limits.address_of(RequestFactory().get("/")) == "198.51.100.9"

    def test_what_nobody_knows_switches_no_limit_off(self, open_site: str, settings: Any) -> None:
        settings.RATELIMIT_IP_META_KEY = "HTTP_X_REAL_IP"  # which no proxy has set
        settings.CHATKIT = settings.CHATKIT | {"VISITORS": {"newcomers": "1/h"}}
        assert [ask_session(Client(), open_site).status_code for _ in range(2)] == [200, 429]


def address(request: Any) -> str:
    return "198.51.100.9"


def test_files_and_recordings_are_refused(visit: Visit) -> None:
    params = {"name": "a.txt", "size": 3, "mime_type": "text/plain"}
    assert visit.chat.send("attachments.create", **params).status_code == 400
    secret = {"Authorization": f"Bearer {visit.chat._client_secret()}"}
    assert visit.client.post("/api/chatkit/attachments", headers=secret).status_code == 400


class TestSwitchedOff:
    def test_a_session_of_before_is_refused(self, visit: Visit, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"VISITORS": False}
        reply = visit.chat.ask("Where is my order?")
        assert reply.response.json()["error"]["code"] == "forbidden"
        assert visit.client.get("/apps/chatkit/").status_code == 302

    def test_one_workflow_of_two(self, settings: Any, workflow_id: str, db: None) -> None:
        desk = "chatkit.selfhosted.helpdesk.HelpDeskServer"
        settings.CHATKIT = settings.CHATKIT | {
            "VISITORS": True,
            "WORKFLOWS": {"staff": {"server": desk, "visitors": False}, "open": desk},
        }
        assert ask_session(Client(), "staff").status_code == 401
        assert ask_session(Client(), "open").status_code == 200
        page = Client().get("/apps/chatkit/")
        assert page.context["config"]["workflow"]["id"] == "open"
        assert Client().get("/apps/chatkit/?workflow=staff").status_code == 302

    def test_none_where_openai_answers(self, settings: Any, db: None) -> None:
        settings.CHATKIT = settings.CHATKIT | {"VISITORS": True, "WORKFLOWS": {"wf": "openai"}}
        assert ask_session(Client(), "wf").status_code == 401


def test_access_is_asked_with_the_visitor(open_site: str, settings: Any) -> None:
    asked.clear()
    settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.visitors.test_limits.rule"}
    visit = come()
    assert {type(person) for person in asked} == {Visitor}
    assert asked[0].pk == ""
    assert asked[-1].pk == visit.row.pk


@pytest.mark.parametrize("name", ["by_email", "looked_up", "listed"])
def test_a_rule_that_fails_refuses(open_site: str, settings: Any, caplog: Any, name: str) -> None:
    settings.CHATKIT = settings.CHATKIT | {"ACCESS": f"tests.visitors.test_limits.{name}"}
    assert ask_session(Client(), open_site).status_code == 401
    assert Client().get("/accounts/login/").status_code == 200
    assert Client().get("/apps/chatkit/").status_code == 302
    assert "can't be asked about visitors" in caplog.text


def test_a_rule_that_refuses_by_an_error(open_site: str, settings: Any, caplog: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.visitors.test_limits.denied"}
    assert Client().get("/apps/chatkit/").status_code == 302
    assert "can't be asked" not in caplog.text


def test_a_rule_whose_database_is_away_is_no_refusal(open_site: str, settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.visitors.test_limits.away"}
    client = Client(raise_request_exception=False)
    assert ask_session(client, open_site).status_code == 500


asked: list[Any] = []


def rule(person: Any, workflow_id: str) -> bool:
    asked.append(person)
    return bool(getattr(person, "is_visitor", False))


def by_email(user: Any, workflow_id: str) -> bool:
    return bool(user.email.endswith("@example.com"))


def looked_up(user: Any, workflow_id: str) -> bool:
    return bool(get_user_model().objects.get(username=user.get_username()).is_active)


def listed(user: Any, workflow_id: str) -> bool:
    return {"ada": True}[user.get_username()]


def denied(user: Any, workflow_id: str) -> bool:
    raise PermissionDenied


def away(user: Any, workflow_id: str) -> bool:
    raise OperationalError
