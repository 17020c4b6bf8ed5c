"""The switch that takes the assistant offline, and what is kept of changes in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from chatkit.contrib.console.models import Budget, Change, Spent, Switch

from ...selfhosted.protocol import Caller, create, secret_of
from .answerers import GO_ON

PAGE = "/apps/chatkit/"
ADMIN = "/admin/chatkit_console/"


@pytest.fixture
def scripted(settings: Any, workflow_id: str) -> str:
    GO_ON.set()
    server = "tests.contrib.console.answerers.SpendingServer"
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: server, "wf_2": server}}
    return workflow_id


@pytest.fixture
def ada(transactional_db: None, user: Any, scripted: str) -> Caller:
    return Caller(secret_of(user, scripted))


@pytest.fixture
def boss(admin: Any) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def start(client: Client, workflow_id: str) -> Any:
    body = {"workflowId": workflow_id}
    return client.post("/api/chatkit/session", body, content_type="application/json")


class TestOffline:
    def test_everything_answers_with_the_notice(
        self, ada: Caller, logged_in: Client, workflow_id: str
    ) -> None:
        Switch.objects.create(notice="Back at nine.")
        told = {"code": "offline", "message": "Back at nine."}
        for response in (ada.post(create("use 1")), start(logged_in, workflow_id)):
            assert (response.status_code, response.json()["error"]) == (503, told)
        page = logged_in.get(PAGE)
        assert page.status_code == 503
        assert "Back at nine." in page.content.decode()

    def test_without_a_notice_there_is_a_sentence(self, ada: Caller) -> None:
        Switch.objects.create(notice="  ")
        message = ada.post(create("use 1")).json()["error"]["message"]
        assert message == "The assistant is switched off for now. Please try again later."

    def test_one_workflow_alone(self, ada: Caller, user: Any, workflow_id: str) -> None:
        Switch.objects.create(workflow_id="wf_2")
        assert ada.post(create("use 1")).status_code == 200
        assert Caller(secret_of(user, "wf_2")).post(create("use 1")).status_code == 503

    def test_running_answers_go_on_and_it_comes_back_at_once(self, ada: Caller) -> None:
        GO_ON.clear()
        running = ada.post(create("use 1"))
        switch = Switch.objects.create()
        assert ada.post(create("use 1")).status_code == 503
        GO_ON.set()
        assert b"thread.item.done" in b"".join(running.streaming_content)
        Switch.objects.filter(pk=switch.pk).update(offline=False)
        assert ada.post(create("use 1")).status_code == 200

    def test_who_may_goes_on_trying(
        self, ada: Caller, user: Any, logged_in: Client, workflow_id: str
    ) -> None:
        Switch.objects.create()
        user.user_permissions.add(Permission.objects.get(codename="use_offline"))
        assert ada.post(create("use 1")).status_code == 200
        assert start(logged_in, workflow_id).status_code == 200
        assert logged_in.get(PAGE).status_code == 200

    def test_it_costs_one_query(
        self, user: Any, workflow_id: str, django_assert_num_queries: Any
    ) -> None:
        from chatkit import admission

        with django_assert_num_queries(1):
            admission.check_open(user, workflow_id)


@pytest.mark.django_db
class TestChanges:
    def last(self) -> tuple[Any, ...]:
        change = Change.objects.all()[0]
        return change.user_name, change.action, change.kind, change.before, change.after

    def test_a_budget(self, boss: Client, user: Any) -> None:
        form = {"amount": "10", "unit": "messages", "span": "day", "active": "on"}
        boss.post(f"{ADMIN}budget/add/", form | {"user": user.pk})
        budget = Budget.objects.get()
        name, action, kind, before, after = self.last()
        assert (name, action, kind, before) == ("root", "added", "budget", {})
        assert (after["amount"], after["user"]) == ("10.00", "…")
        kept = Change.objects.get()
        assert (kept.name, kept.person) == ("Person: 10 messages a day", user)

        boss.post(f"{ADMIN}budget/{budget.pk}/change/", form | {"user": user.pk, "amount": "20"})
        assert self.last()[1:] == ("changed", "budget", {"amount": "10.00"}, {"amount": "20.00"})

        boss.post(f"{ADMIN}budget/{budget.pk}/change/", form | {"user": user.pk, "amount": "20"})
        assert Change.objects.count() == 2  # nothing was changed

        boss.post(f"{ADMIN}budget/{budget.pk}/delete/", {"post": "yes"})
        assert self.last()[1] == "deleted"
        assert self.last()[3]["amount"] == "20.00"

    def test_the_switch_in_the_list(self, boss: Client) -> None:
        switch = Switch.objects.create(offline=False)
        form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": switch.pk}
        boss.post(f"{ADMIN}switch/", form | {"form-0-offline": "on", "_save": "Save"})
        assert self.last() == (
            "root", "changed", "switch", {"offline": False}, {"offline": True},
        )  # fmt: skip

    def test_many_that_are_deleted_at_once(self, boss: Client) -> None:
        for amount in (1, 2):
            Budget.objects.create(amount=amount)
        form = {"action": "delete_selected", "post": "yes"}
        chosen = list(Budget.objects.values_list("pk", flat=True))
        boss.post(f"{ADMIN}budget/", form | {"_selected_action": chosen})
        assert Change.objects.filter(action="deleted").count() == 2

    def test_they_outlive_who_made_them(self, boss: Client, admin: Any) -> None:
        boss.post(f"{ADMIN}switch/add/", {"offline": "on", "notice": "Soon."})
        admin.delete()
        assert self.last()[0] == "root"

    @pytest.mark.parametrize(
        ("wrong", "word"),
        [
            ({"amount": "0"}, "greater than or equal to 0.01"),
            ({"amount": "-5"}, "greater than or equal to 0.01"),
            ({"amount": "2.5"}, "whole numbers"),
            ({"amount": "1e30"}, "no more than"),
            ({"unit": "apples"}, "valid choice"),
            ({"workflow_id": "wf_unknown"}, "valid choice"),
        ],
    )
    def test_a_broken_budget_gets_a_word(
        self, boss: Client, wrong: dict[str, str], word: str
    ) -> None:
        form = {"amount": "10", "unit": "messages", "span": "day"} | wrong
        page = boss.post(f"{ADMIN}budget/add/", form)
        assert word in page.content.decode()
        assert not Budget.objects.exists()

    def test_whoever_is_gone_takes_the_own_budget_along(self, user: Any) -> None:
        budget = Budget.objects.create(amount=1, user=user)
        Budget.objects.create(amount=1, group=Group.objects.create(name="Sales"))
        Spent.objects.create(budget=budget, begins="2026-11-28")
        user.delete()
        Group.objects.all().delete()
        assert not Budget.objects.exists()
        assert not Spent.objects.exists()
