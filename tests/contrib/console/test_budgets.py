"""Budgets: who is stopped, when, by which words, and that many questions at once keep to them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from chatkit import personal_data, retention
from chatkit.contrib.console import evaluations, period
from chatkit.contrib.console.models import Budget, EvaluationSet, Spent
from chatkit.models import Run, Thread

from ...selfhosted.protocol import Caller, add, create, secret_of, thread_id_of, until
from ...selfhosted.protocol import ask as ask_for
from ...tools.small_site import SmallSite
from .answerers import GO_ON
from .traffic import DAY, asked

pytestmark = pytest.mark.django_db(transaction=True)
PRICES = {"m1": {"input": 1, "output": 10}}


@pytest.fixture(autouse=True)
def spending(settings: Any, workflow_id: str) -> None:
    GO_ON.set()
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {
            workflow_id: "tests.contrib.console.answerers.SpendingServer",
            "wf_2": "tests.contrib.console.answerers.SpendingServer",
        },
        "RATE_LIMITS": {"message": "1000/m"},
        "PRICES": PRICES,
    }


@pytest.fixture
def ada(user: Any, workflow_id: str) -> Caller:
    return Caller(secret_of(user, workflow_id))


@pytest.fixture
def bob(other: Any, workflow_id: str) -> Caller:
    return Caller(secret_of(other, workflow_id))


def budget(amount: float, unit: str = "messages", span: str = "day", **values: Any) -> Budget:
    return Budget.objects.create(amount=Decimal(str(amount)), unit=unit, span=span, **values)


def ask(caller: Caller, question: str = "use 100") -> int:
    """The status of an answer, which is read to its end."""
    response = caller.post(create(question))
    if response.status_code == 200:
        b"".join(response.streaming_content)
    return int(response.status_code)


def notices(caller: Caller, question: str = "use 100", **headers: str) -> list[str]:
    found = caller.stream(create(question), **headers)
    return [event["message"] for event in found if event["type"] == "notice"]


class TestMessages:
    def test_what_is_over_the_budget_is_refused_with_the_time_when_it_resets(
        self, ada: Caller
    ) -> None:
        budget(2, each_person=True)
        assert [ask(ada), ask(ada)] == [200, 200]
        response = ada.post(create("use 100"))
        assert response.status_code == 429
        error = response.json()["error"]
        assert error["code"] == "budget_reached"
        assert error["message"].startswith("You have used up today's 2 messages. You can ask again")
        midnight = period.midnight(period.today() + period.DAY)
        seconds = (midnight - timezone.now()).total_seconds()
        assert abs(int(response["Retry-After"]) - seconds) < 5
        assert Run.objects.count() == 2

    def test_in_the_readers_language(self, ada: Caller) -> None:
        budget(1, each_person=True)
        ask(ada)
        told = ada.post(create("use 1"), **{"Accept-Language": "es"}).json()["error"]["message"]
        assert told.startswith("Has usado")

    def test_a_question_in_a_conversation_counts_too(self, ada: Caller) -> None:
        budget(2)
        thread_id = thread_id_of(ada.stream(create("use 1")))
        ada.stream(add(thread_id, "use 1"))
        assert ada.post(add(thread_id, "use 1")).status_code == 429

    def test_one_that_is_refused_for_another_reason_does_not(self, ada: Caller) -> None:
        budget(5)
        thread_id = thread_id_of(ada.stream(create("use 1")))
        ada.post(add("thr_nowhere", "use 1"))
        GO_ON.clear()
        first = ada.post(add(thread_id, "use 1"))
        assert ada.post(add(thread_id, "use 1")).status_code == 409
        GO_ON.set()
        b"".join(first.streaming_content)
        assert Spent.objects.get().messages == 2

    def test_nor_does_one_about_what_is_not_there(self, ada: Caller) -> None:
        budget(5)
        thread_id = thread_id_of(ada.stream(create("use 1")))
        action = {"type": "chatkit.ask", "payload": {"text": "use 1"}}
        nowhere = {"thread_id": thread_id, "item_id": "itm_nowhere"}
        for request in (
            ask_for("threads.retry_after_item", **nowhere),
            ask_for("threads.custom_action", **nowhere, action=action),
            add(thread_id, "use 1") | {"metadata": {"chatkit.edit": "itm_nowhere"}},
        ):
            assert ada.post(request).status_code == 404
        assert Spent.objects.get().messages == 1
        assert Run.objects.count() == 1

    def test_from_eighty_percent_on_the_answer_says_so(self, ada: Caller) -> None:
        budget(5, each_person=True)
        found = [notices(ada) for _ in range(5)]
        assert found[:3] == [[], [], []]
        assert found[3][0].startswith("You have used 80 % of today's 5 messages.")
        assert found[4][0].startswith("You have used 100 %")

    def test_what_all_share_tells_no_figures(self, ada: Caller, bob: Caller) -> None:
        budget(1)
        assert notices(ada)[0].startswith("100 % of all that may be asked here today is used")
        told = bob.post(create("use 1")).json()["error"]["message"]
        assert told.startswith("All that may be asked here today is used up.")


class TestTokensAndMoney:
    def test_tokens_are_counted_at_the_end(self, ada: Caller) -> None:
        budget(250, "tokens")
        assert [ask(ada) for _ in range(4)] == [200, 200, 200, 429]
        assert Spent.objects.get().tokens == 300

    def test_money_by_the_prices(self, ada: Caller) -> None:
        budget(0.02, "money", "month")
        assert [ask(ada, "use 1000"), ask(ada, "use 1000"), ask(ada)] == [200, 200, 429]
        assert Spent.objects.get().money == Decimal("0.02")

    def test_a_model_without_a_price_counts_no_zero(self, ada: Caller) -> None:
        budget(1, "money")
        ask(ada, "use 1000 of m2")
        spent = Spent.objects.get()
        assert (spent.money, spent.unpriced, spent.tokens) == (Decimal(0), 1, 1000)

    def test_the_price_of_a_model_is_that_of_its_versions(self, ada: Caller) -> None:
        budget(1, "money")
        ask(ada, "use 1000 of m1-2026-01-31")
        assert Spent.objects.get().money == Decimal("0.01")


class TestWhom:
    def test_each_person_has_an_own_one(self, ada: Caller, bob: Caller) -> None:
        budget(1, each_person=True)
        assert [ask(ada), ask(ada), ask(bob), ask(bob)] == [200, 429, 200, 429]

    def test_one_person(self, ada: Caller, bob: Caller, user: Any) -> None:
        budget(1, user=user)
        assert [ask(ada), ask(ada), ask(bob), ask(bob)] == [200, 429, 200, 200]

    def test_a_group(self, ada: Caller, bob: Caller, user: Any, admin: Any) -> None:
        sales = Group.objects.create(name="Sales")
        user.groups.add(sales)
        admin.groups.add(sales)
        budget(1, group=sales)
        assert [ask(ada), ask(bob), ask(bob)] == [200, 200, 200]
        assert ask(Caller(secret_of(admin, Run.objects.first().thread.workflow_id))) == 429

    def test_a_workflow(self, ada: Caller, user: Any, workflow_id: str) -> None:
        budget(1, workflow_id=workflow_id)
        other = Caller(secret_of(user, "wf_2"))
        assert [ask(ada), ask(ada), ask(other), ask(other)] == [200, 429, 200, 200]

    def test_the_strictest_wins_and_the_latest_reset_is_told(self, ada: Caller) -> None:
        budget(1, each_person=True)
        budget(1, span="month")
        ask(ada)
        response = ada.post(create("use 1"))
        assert "this month" in response.json()["error"]["message"]


class TestEvaluations:
    @pytest.fixture
    def four(self) -> EvaluationSet:
        """Four questions, whose answers use 100 tokens each."""
        asked = [{"question": f"use 100 of m1 {n}", "outcome": "answered"} for n in range(4)]
        file = {"format": "chatkit-evaluation/1", "name": "four", "questions": asked}
        return evaluations.take_in(evaluations.load(json.dumps(file).encode()))

    def test_they_count_for_what_all_share_and_stop_at_its_end(
        self, four: EvaluationSet, ada: Caller, user: Any, workflow_id: str
    ) -> None:
        tokens = budget(250, "tokens")
        money = budget(1, "money", workflow_id=workflow_id, span="month")
        others = [budget(1, each_person=True), budget(1, user=user), budget(1, workflow_id="wf_2")]
        done = evaluations.carry_out(evaluations.begin(four), user)
        assert (done.status, done.error, done.asked) == ("broken", "budget_reached", 3)
        assert done.tokens_out == 300
        spent = {row.budget_id: row for row in Spent.objects.all()}
        assert (spent[tokens.pk].messages, spent[tokens.pk].tokens) == (3, 300)
        assert spent[money.pk].money == Decimal("0.003")
        assert not {one.pk for one in others} & set(spent)
        assert ask(ada) == 429

    def test_a_budget_that_is_made_later_has_them_too(
        self, four: EvaluationSet, ada: Caller
    ) -> None:
        assert evaluations.carry_out(evaluations.begin(four)).status == "done"
        shared, own = budget(1000, "tokens"), budget(1000, "tokens", each_person=True)
        assert ask(ada) == 200
        used = dict(Spent.objects.values_list("budget_id", "tokens"))
        assert used == {shared.pk: 500, own.pk: 100}


class TestAtOnce:
    """Ten real requests in ten threads, all let in before the first answer ends."""

    def at_once(self, user: Any, workflow_id: str) -> list[int]:
        callers = [Caller(secret_of(user, workflow_id)) for _ in range(10)]

        def post(caller: Caller) -> Any:
            try:
                return caller.post(create("use 100"))
            finally:
                connection.close()

        GO_ON.clear()
        try:
            with ThreadPoolExecutor(10) as pool:
                responses = list(pool.map(post, callers))
        finally:
            GO_ON.set()
        for response in responses:
            if response.status_code == 200:
                b"".join(response.streaming_content)
        until(lambda: not Run.objects.filter(status="running").exists())
        return sorted(response.status_code for response in responses)

    @pytest.mark.parametrize("known", [True, False])
    def test_messages_are_exact(self, user: Any, workflow_id: str, known: bool) -> None:
        limit = budget(4)
        if known:
            ask(Caller(secret_of(user, workflow_id)))
            Budget.objects.filter(pk=limit.pk).update(amount=5)
        assert self.at_once(user, workflow_id) == [200] * 4 + [429] * 6
        assert Spent.objects.get().messages == (5 if known else 4)
        assert Run.objects.count() == (5 if known else 4)

    def test_tokens_overshoot_by_one_answer_each(self, user: Any, workflow_id: str) -> None:
        budget(150, "tokens")
        assert self.at_once(user, workflow_id) == [200] * 10
        assert Spent.objects.get().tokens == 1000
        assert ask(Caller(secret_of(user, workflow_id))) == 429


class TestChanges:
    def test_a_new_one_counts_what_was_asked_before(self, ada: Caller, user: Any) -> None:
        ask(ada, "use 70")
        asked(user, at=timezone.now() - 400 * DAY)
        budget(2, each_person=True)
        assert [ask(ada), ask(ada)] == [200, 429]
        assert (Spent.objects.get().messages, Spent.objects.get().tokens) == (2, 170)

    def test_so_from_the_figures_of_days_that_are_over(
        self, ada: Caller, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        noon = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: noon)
        asked(user, at=noon - DAY, model="m1", tokens_in=0, tokens_out=1000)
        asked(user, at=noon - 2 * DAY, model="m9", tokens_in=5)
        asked(user, at=noon - 30 * DAY)
        call_command("chatkit_rollup", verbosity=0)
        from chatkit.contrib.console.budgets import standing

        budget(9, span="month", user=user)
        (found,) = standing.standings(user, "wf_1")
        spent = standing.used_before(found)
        assert (spent.messages, spent.tokens, spent.unpriced) == (2, 1005, 1)
        assert spent.money == Decimal("0.01")

    @pytest.mark.parametrize("kept", [False, True])
    def test_what_used_no_tokens_needs_no_price_as_on_the_page(
        self, user: Any, admin_client: Any, monkeypatch: pytest.MonkeyPatch, kept: bool
    ) -> None:
        noon = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: noon)
        asked(user, at=noon - DAY, model="m9", tokens_in=5)
        asked(user, at=noon - 2 * DAY, model="m9", outcome="failed")
        asked(user, at=noon - 3 * DAY, model="m9", outcome="failed", tokens_in=0, tokens_out=0)
        if kept:
            call_command("chatkit_rollup", verbosity=0)
        from chatkit.contrib.console.budgets import standing

        budget(9, "money", span="month")
        spent = standing.used_before(standing.standings(user, "wf_1")[0])
        assert (spent.messages, spent.tokens, spent.unpriced) == (3, 5, 1)
        page = admin_client.get("/apps/chatkit/console/usage/?csv=models")
        (_head, line) = b"".join(page.streaming_content).decode().splitlines()
        assert line == "m9,3,5,0,0,,1"

    def test_one_that_is_raised_lets_in_at_once(self, ada: Caller) -> None:
        limit = budget(1)
        assert [ask(ada), ask(ada)] == [200, 429]
        Budget.objects.filter(pk=limit.pk).update(amount=2)
        assert [ask(ada), ask(ada)] == [200, 429]
        Budget.objects.filter(pk=limit.pk).update(active=False)
        assert ask(ada) == 200

    def test_lowered_while_an_answer_is_written_it_stops_the_next_one(self, ada: Caller) -> None:
        limit = budget(1000, "tokens")
        GO_ON.clear()
        response = ada.post(create("use 100"))
        Budget.objects.filter(pk=limit.pk).update(amount=50)
        GO_ON.set()
        assert b"thread.item.done" in b"".join(response.streaming_content)
        assert Spent.objects.get().tokens == 100
        assert ask(ada) == 429

    def test_one_about_others_is_counted_anew(self, ada: Caller, bob: Caller, other: Any) -> None:
        limit = budget(1)
        assert [ask(ada), ask(bob)] == [200, 429]
        limit.user = other
        limit.save()
        assert [ask(ada), ask(bob), ask(bob)] == [200, 200, 429]

    def test_switched_on_again_it_knows_what_was_asked_meanwhile(self, ada: Caller) -> None:
        limit = budget(2)
        for active, status in ((True, 200), (False, 200), (True, 429)):
            limit.active = active
            limit.save()
            assert ask(ada) == status

    @pytest.mark.parametrize("unit", ["tokens", "messages"])
    @pytest.mark.parametrize("how", ["moved", "switched off", "deleted", "of a month"])
    def test_changed_while_a_question_is_let_in(
        self, ada: Caller, user: Any, monkeypatch: pytest.MonkeyPatch, unit: str, how: str
    ) -> None:
        from chatkit import admission
        from chatkit.contrib.console.budgets.standing import standings

        kept, limit = budget(1000, unit), budget(1000, unit)
        assert ask(ada) == 200

        def change() -> None:
            changed = Budget.objects.get(pk=limit.pk)
            if how == "deleted":
                changed.delete()
                return
            name, value = {
                "moved": ("workflow_id", "wf_2"),
                "switched off": ("active", False),
                "of a month": ("span", "month"),
            }[how]
            setattr(changed, name, value)
            changed.save()

        changes: list[Callable[[], Any]] = [change]

        def read_before(*args: Any) -> Any:
            """As where somebody else's change is stored between this and the counting."""
            found = standings(*args)
            if changes:
                changes.pop()()
            return found

        monkeypatch.setattr("chatkit.contrib.console.budgets.gate.standings", read_before)
        assert ask(ada) == 200
        messages = dict(Spent.objects.values_list("budget_id", "messages"))
        assert messages == {kept.pk: 2} | ({limit.pk: 2} if how == "of a month" else {})
        run = Run.objects.order_by("created_at").last()
        going_on = "threads.add_client_tool_output"
        changes.append(kept.delete)
        question = admission.Question(user, run.thread.workflow_id, going_on, run.pk)
        with transaction.atomic():
            admission.admit(question)
        assert not Spent.objects.filter(budget=kept.pk).exists()

    def test_deleted_while_an_answer_is_written_it_is_gone(self, ada: Caller) -> None:
        limit = budget(1)
        GO_ON.clear()
        response = ada.post(create("use 100"))
        limit.delete()
        GO_ON.set()
        b"".join(response.streaming_content)
        assert ask(ada) == 200

    def test_who_deletes_the_own_conversations_gains_nothing(self, ada: Caller, user: Any) -> None:
        budget(1, each_person=True)
        ask(ada)
        personal_data.erase(user)
        assert not Run.objects.exists()
        assert Spent.objects.get().messages == 1

    def test_nor_does_who_deletes_one_while_its_answer_is_written(self, ada: Caller) -> None:
        budget(150, unit="tokens", each_person=True)
        for _answer in range(2):
            GO_ON.clear()
            response = ada.post(create("use 100"))
            Thread.objects.all().delete()
            GO_ON.set()
            b"".join(response.streaming_content)
        until(lambda: Spent.objects.get().tokens == 200)
        assert not Run.objects.exists()
        assert ask(ada) != 200

    def test_what_is_over_is_erased_and_exported_until_then(self, ada: Caller, user: Any) -> None:
        budget(5, each_person=True)
        ask(ada)
        now = Spent.objects.get()
        yesterday = now.begins - period.DAY
        for holder in (now.holder, "another"):
            Spent.objects.create(budget=now.budget, holder=holder, begins=yesterday, messages=3)
        exported = json.loads("".join(personal_data.export(user)))["budget_use"]
        assert sorted(row["messages"] for row in exported) == [1, 3]
        assert personal_data.erase(user)["budget_use"] == 1
        left = Spent.objects.values_list("holder", "begins")
        assert set(left) == {(now.holder, now.begins), ("another", yesterday)}

    def test_periods_that_are_over_are_pruned(self, user: Any) -> None:
        daily, monthly = budget(5), budget(5, span="month")
        month = period.today().replace(day=1)
        last = (month - period.DAY).replace(day=1)
        before = (last - period.DAY).replace(day=1)
        for limit, begins in (
            (daily, period.today()),
            (daily, period.today() - 9 * period.DAY),
            (monthly, month),
            (monthly, before),
        ):
            Spent.objects.create(budget=limit, begins=begins)
        retention.delete_rows(retention.left_over["budget periods"]())
        left = Spent.objects.values_list("budget", "begins")
        assert set(left) == {(daily.pk, period.today()), (monthly.pk, month)}

    def test_a_day_begins_anew_at_midnight_of_the_site(
        self, ada: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        budget(1)
        assert [ask(ada), ask(ada)] == [200, 429]
        tomorrow = period.today() + period.DAY
        monkeypatch.setattr("chatkit.contrib.console.budgets.standing.today", lambda: tomorrow)
        assert [ask(ada), ask(ada)] == [200, 429]


class TestCost:
    def test_one_query_where_no_budget_is_another_and_an_update_of_each_where_some_are(
        self, user: Any, workflow_id: str, django_assert_num_queries: Any
    ) -> None:
        from chatkit import admission

        run = asked(user, workflow_id=workflow_id)
        question = admission.Question(user, workflow_id, run.kind, run.pk)
        with django_assert_num_queries(1):
            admission.admit(question)
        budget(10)
        budget(1000, "tokens", each_person=True)
        admission.admit(question)
        with django_assert_num_queries(4):
            admission.admit(question)


PEOPLE = """
from django.contrib.auth.models import AbstractUser
from django.db import models


class Person(AbstractUser):
    id = models.CharField(primary_key=True, max_length=64)
"""
SETTINGS = """
INSTALLED_APPS += ["people", "django.contrib.admin", "django.contrib.messages",
                   "chatkit.contrib.console"]
AUTH_USER_MODEL = "people.Person"
"""
PROGRAM = """
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from chatkit.contrib.console.models import Budget
from chatkit.testing import Chat
from people.models import Person

chat = Chat(Person.objects.create(id="vis_ada", username="ada"))
statuses = [chat.ask("How can I return something?").status_code]
Budget.objects.create(amount=2, each_person=True)
statuses += [chat.ask("How can I return something?").status_code for _ in range(2)]
print(*statuses)
"""


@pytest.mark.slow
def test_a_users_key_may_begin_as_those_of_visitors_do(tmp_path: Path) -> None:
    """What they have used before there was a budget is counted as theirs."""
    site = SmallSite(tmp_path, SETTINGS)
    site.write("people/__init__.py", "")
    site.write("people/models.py", PEOPLE)
    assert site.run(PROGRAM) == "200 200 429"
