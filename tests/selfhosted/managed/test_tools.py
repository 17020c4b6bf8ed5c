"""The agent's function calls, answered by the site's tools; its own, approved by their user."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from chatkit.contrib.console.models import Budget, Spent
from chatkit.models import Run, ThreadItem, ToolCall
from chatkit.selfhosted.managed import calls
from mseller.customers.models import Customer, Note
from tests.selfhosted.protocol import Caller, add, ask, create, secret_of, text_of, thread_id_of

from .stand_in import AgentsApi, approve, asks_for, call, cut, mcp, say
from .test_answers import items

NOTE = {"text": "Call back about the offer", "due": "2026-12-01"}


@pytest.fixture
def acme(db: None) -> Customer:
    return Customer.objects.create(name="Acme", email="hi@acme.example")


@pytest.fixture
def clerk(ada: Caller, user: Any) -> Caller:
    names = ("view_customer", "add_note")
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return ada


def results(api: AgentsApi) -> list[dict[str, Any]]:
    return api.inputs("tool_result")


def press(caller: Caller, found: list[dict[str, Any]], button: str) -> list[dict[str, Any]]:
    (card,) = items(found, "widget")
    action = card["widget"][button]["action"]
    request = ask(
        "threads.custom_action", thread_id=card["thread_id"], item_id=card["id"], action=action
    )
    return caller.stream(request)


class TestFunctions:
    def test_too_many_are_refused_so_that_it_ends(
        self, clerk: Caller, api: AgentsApi, acme: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calls, "MOST", 2)
        again = call("find_customers", {"name": "acme"})
        api.turns = [[again, again, again, say("Enough.")]]
        assert text_of(clerk.stream(create("Who is Acme?"))) == "Enough."
        assert [result["success"] for result in results(api)] == [True, True, False]
        assert ToolCall.objects.count() == 2

    def test_one_that_never_ends_is_ended(
        self, clerk: Caller, api: AgentsApi, acme: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calls, "MOST", 2)
        api.turns = [[call("find_customers", {"name": "acme"}) for _ in range(9)]]
        clerk.stream(create("Who is Acme?"))
        run = Run.objects.get()
        assert (run.status, run.live) == ("failed", None)
        assert len(results(api)) == 4

    @pytest.mark.parametrize("announced", [True, False])
    @pytest.mark.parametrize("arguments", [{"name": "acme"}, '{"name": "acme"}'])
    def test_answered_by_a_tool(
        self, clerk: Caller, api: AgentsApi, acme: Customer, announced: bool, arguments: Any
    ) -> None:
        api.turns = [[call("find_customers", arguments, announced=announced), say("Found it.")]]
        found = clerk.stream(create("Who is Acme?"))
        assert text_of(found) == "Found it."
        (result,) = results(api)
        assert result["success"] is True
        assert "hi@acme.example" in result["output"]
        (row,) = ToolCall.objects.all()
        assert (row.tool, row.status) == ("find_customers", "done")
        (workflow,) = items(found, "workflow")
        assert workflow["workflow"]["tasks"][0]["title"] == "Searched customers"

    def test_without_the_permission(self, ada: Caller, api: AgentsApi, acme: Customer) -> None:
        api.turns = [[call("find_customers", {"name": "acme"}), say("I may not.")]]
        assert text_of(ada.stream(create("Who is Acme?"))) == "I may not."
        (result,) = results(api)
        assert "permission" in result["output"]
        assert "acme.example" not in str(api.calls)

    def test_a_function_that_nobody_declares(self, ada: Caller, api: AgentsApi) -> None:
        api.turns = [[call("format_disk", {}), say("I can’t.")]]
        assert text_of(ada.stream(create("Do it"))) == "I can’t."
        (result,) = results(api)
        assert result["success"] is False
        assert not ToolCall.objects.exists()

    def test_cites_the_articles(self, ada: Caller, api: AgentsApi) -> None:
        api.turns = [[call("search_articles", {"question": "cancel order"}), say("So: [1].")]]
        found = ada.stream(create("How do I cancel?"))
        (message,) = items(found, "assistant_message")
        assert message["content"][0]["annotations"]
        assert Run.objects.get().cited

    def test_says_what_became_of_it(self, ada: Caller, api: AgentsApi) -> None:
        api.turns = [[call("report_outcome", {"outcome": "handed_over"}), say("Somebody calls.")]]
        ada.stream(create("Call me"))
        assert Run.objects.get().outcome == "handed_over"

    def test_result_that_comes_too_late(self, clerk: Caller, api: AgentsApi, acme: Any) -> None:
        """The turn has given up the call: its result is refused, and the turn tells the rest."""
        api.fault("POST", "/events", status=409)
        api.turns = [[call("find_customers", {"name": "a"}), say("Never.")]]
        import tests.selfhosted.managed.stand_in as stand_in

        stand_in.WAIT, before = 0.3, stand_in.WAIT
        try:
            found = clerk.stream(create("Who?"))
        finally:
            stand_in.WAIT = before
        assert found[-1]["type"] == "error"
        assert "too long" in found[-1]["message"]
        assert Run.objects.get().error == "OpenAI did not answer in time."

    def test_offered_by_the_site(self, clerk: Caller, api: AgentsApi, use: Any) -> None:
        """A class of the site's names tools that the agent has not declared."""
        use("tests.selfhosted.managed.servers.OfferingServer")
        api.tools = [{"type": "web_search", "context_size": "medium", "mode": "live"}]
        api.turns = [[say("Hi.")]]
        clerk.stream(create("Hi"))
        (session,) = api.sessions.values()
        offered = session.body["agent"]["tools"]
        assert [tool["type"] for tool in offered] == ["web_search", "function"]
        assert offered[1]["name"] == "find_customers"
        assert offered[1]["parameters"]["required"] == ["name"]

    def test_one_that_nobody_declares_is_logged(
        self,
        clerk: Caller,
        api: AgentsApi,
        use: Any,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        from .servers import OfferingServer

        monkeypatch.setattr(OfferingServer, "tools", ("find_customers", "find_orderz"))
        use("tests.selfhosted.managed.servers.OfferingServer")
        api.turns = [[say("Hi.")]]
        clerk.stream(create("Hi"))
        (session,) = api.sessions.values()
        assert "find_orderz" not in str(session.body)
        assert [line for line in caplog.messages if "'find_orderz', which no app declares" in line]


class TestConfirmation:
    def asked(self, clerk: Caller, api: AgentsApi, acme: Customer) -> list[dict[str, Any]]:
        api.turns = [
            [call("add_follow_up_note", NOTE | {"customer": acme.pk}), say("Please decide.")],
            [say("You are welcome.")],
        ]
        found = clerk.stream(create("Add a note"))
        assert not Note.objects.exists()
        assert text_of(found) == "Please decide."
        return found

    def test_confirmed_and_told(self, clerk: Caller, api: AgentsApi, acme: Customer) -> None:
        found = self.asked(clerk, api, acme)
        press(clerk, found, "confirm")
        assert Note.objects.get().text == NOTE["text"]
        clerk.stream(add(thread_id_of(found), "Thanks"))
        assert "add_follow_up_note: the user confirmed it" in api.told()[-1]

    def test_cancelled_and_told(self, clerk: Caller, api: AgentsApi, acme: Customer) -> None:
        found = self.asked(clerk, api, acme)
        press(clerk, found, "cancel")
        assert not Note.objects.exists()
        clerk.stream(add(thread_id_of(found), "Thanks"))
        assert "add_follow_up_note: the user cancelled it" in api.told()[-1]
        # Once is enough.
        api.turns = [[say("Yes?")]]
        clerk.stream(add(thread_id_of(found), "Again"))
        assert api.told()[-1] == "Again"


class TestApproval:
    def asked(self, ada: Caller, api: AgentsApi) -> list[dict[str, Any]]:
        api.turns = [
            [
                approve("github", "create_issue", {"title": "A bug", "token": "geheim"}, "Go on?"),
                say("Done."),
            ]
        ]
        return ada.stream(create("Open an issue"))

    def test_card(self, ada: Caller, api: AgentsApi) -> None:
        found = self.asked(ada, api)
        (card,) = items(found, "widget")
        assert "github: Create issue" in str(card)
        assert "Go on?" in str(card)
        assert "A bug" in str(card)
        assert "geheim" not in str(card)
        assert "geheim" not in str(ToolCall.objects.values())
        (session,) = api.sessions.values()
        assert session.status == "requires_action"
        assert Run.objects.get().status == "completed"

    def test_approved(self, ada: Caller, api: AgentsApi) -> None:
        found = self.asked(ada, api)
        then = press(ada, found, "confirm")
        assert text_of(then) == "Done."
        (given,) = api.inputs("mcp_approval_request_result")
        assert given["response"] == {"decision": "approve", "type": "mcp_tool_call"}
        assert ToolCall.objects.get().status == "done"
        run = Run.objects.latest("created_at")
        assert (run.status, run.tokens_in) == ("completed", 1000)
        # The session knows all of it.
        api.turns = [[say("Yes?")]]
        ada.stream(add(thread_id_of(found), "Again"))
        assert api.told()[-1] == "Again"
        assert len(api.sessions) == 1

    def test_left_undecided(self, ada: Caller, api: AgentsApi) -> None:
        """What its turn has used is known once the next question cancels it."""
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        found = self.asked(ada, api)
        api.turns = [[say("Yes?")]]
        ada.stream(add(thread_id_of(found), "Something else"))
        first, second = Run.objects.order_by("created_at")
        assert (first.tokens_in, second.tokens_in) == (1000, 1000)
        used = sum((run.tokens_in or 0) + (run.tokens_out or 0) for run in (first, second))
        assert Spent.objects.get().tokens == used

    def test_left_undecided_while_openai_fails(self, ada: Caller, api: AgentsApi) -> None:
        """What it has used can't be known then, and the next question is answered."""
        found = self.asked(ada, api)
        api.turns = [[say("Yes?")]]
        (session,) = api.sessions.values()
        api.fault("GET", f"/turns/{session.turns[0]['id']}", status=403, times=9)
        assert text_of(ada.stream(add(thread_id_of(found), "Something else"))) == "Yes?"
        assert Run.objects.order_by("created_at")[0].tokens_in is None

    def test_denied(self, ada: Caller, api: AgentsApi) -> None:
        then = press(ada, self.asked(ada, api), "cancel")
        assert text_of(then) == "Done."
        (given,) = api.inputs("mcp_approval_request_result")
        assert given["response"]["decision"] == "deny"
        assert ToolCall.objects.get().status == "cancelled"

    def test_twice(self, ada: Caller, api: AgentsApi) -> None:
        found = self.asked(ada, api)
        press(ada, found, "confirm")
        assert "decided already" in str(press(ada, found, "confirm"))
        assert len(api.inputs("mcp_approval_request_result")) == 1

    def test_by_another_user(
        self, ada: Caller, api: AgentsApi, other: Any, workflow_id: str
    ) -> None:
        found = self.asked(ada, api)
        (card,) = items(found, "widget")
        request = ask(
            "threads.custom_action",
            thread_id=card["thread_id"],
            item_id=card["id"],
            action=card["widget"]["confirm"]["action"],
        )
        assert Caller(secret_of(other, workflow_id)).post(request).status_code == 404
        assert not api.inputs("mcp_approval_request_result")

    def test_too_late_here(self, ada: Caller, api: AgentsApi) -> None:
        found = self.asked(ada, api)
        ToolCall.objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
        assert "expired" in str(press(ada, found, "confirm"))
        assert not api.inputs("mcp_approval_request_result")

    def test_too_late_at_openai(self, ada: Caller, api: AgentsApi) -> None:
        found = self.asked(ada, api)
        (session,) = api.sessions.values()
        session.required = []
        assert "expired" in str(press(ada, found, "confirm"))
        assert ToolCall.objects.get().status == "expired"

    def test_passed_over(self, ada: Caller, api: AgentsApi) -> None:
        """Who asks something else has decided: the turn that waits is cancelled."""
        found = self.asked(ada, api)
        api.turns = [[say("Sure.")]]
        assert text_of(ada.stream(add(thread_id_of(found), "Something else"))) == "Sure."
        assert len(api.inputs("cancel")) == len(api.sessions) == 1

    def test_a_site_in_its_browser(self, ada: Caller, api: AgentsApi) -> None:
        request = {"type": "browser_origin_access", "origin": "https://shop.example", "reason": "."}
        action = {"type": "computer_use_approval_request", "request_id": "r1", "request": request}
        api.turns = [[asks_for(action), say("I looked.")]]
        found = ada.stream(create("Look"))
        assert "https://shop.example" in str(items(found, "widget"))
        assert text_of(press(ada, found, "confirm")) == "I looked."
        (given,) = api.inputs("computer_use_approval_request_result")
        assert given["response"] == {"decision": "approve", "type": "browser_origin_access"}

    def test_a_login_elsewhere_is_declined(self, ada: Caller, api: AgentsApi) -> None:
        request = {"type": "browser_authentication", "fields": [], "options": []}
        action = {"type": "computer_use_approval_request", "request_id": "r1", "request": request}
        api.turns = [[asks_for(action), say("I can’t log in.")]]
        found = ada.stream(create("Log in there"))
        assert not items(found, "widget")
        assert text_of(found) == "I can’t log in."
        (given,) = api.inputs("computer_use_approval_request_result")
        assert given["response"] == {"action": "cancel", "type": "browser_authentication"}

    def test_after_a_cut(self, ada: Caller, api: AgentsApi) -> None:
        """The question is asked once."""
        api.turns = [[mcp("a", "b"), cut(), approve("github", "x", {}), say("Done.")]]
        found = ada.stream(create("Go"))
        assert len(items(found, "widget")) == 1
        assert text_of(press(ada, found, "confirm")) == "Done."
        assert ThreadItem.objects.filter(type="widget").count() == 1
