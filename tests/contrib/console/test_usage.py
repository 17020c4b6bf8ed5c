"""Usage and cost: who used what, what no price is known of, and how the budgets stand."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from chatkit.admin.recorded import values_of
from chatkit.contrib.console import changes, daily
from chatkit.contrib.console.models import Budget, Spent, Switch
from chatkit.contrib.console.period import midnight, today
from chatkit.models import Run

from .test_overview import figure, rows
from .traffic import DAY, asked

URL = "/apps/chatkit/console/usage/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prices(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {
        "PRICES": {"m1": {"input": 1, "cached": 0.5, "output": 10}},
        "CURRENCY": "EUR",
    }


@pytest.fixture
def traffic(user: Any, other: Any) -> list[Run]:
    now = timezone.now()
    used: Any = {"tokens_in": 1_000_000, "tokens_cached": 400_000, "tokens_out": 200_000}
    return [
        asked(user, model="m1", **used),  # 0.6 + 0.2 + 2
        asked(user, at=now - DAY, model="m1", tokens_in=1_000_000),  # 1
        asked(other, at=now - DAY, model="m9", tokens_in=7, workflow_id="wf_2"),
        asked(other, at=now - 2 * DAY),  # the help desk: no model, no tokens
    ]


def page_of(client: Client, **query: Any) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def csv(client: Client, table: str, **query: Any) -> list[str]:
    response: Any = client.get(URL, {"csv": table, **query})
    return b"".join(response.streaming_content).decode().removeprefix("\ufeff").splitlines()


class TestTables:
    def test_cards(self, console: Client, traffic: list[Run]) -> None:
        page = page_of(console)
        assert figure(page, "Answers")[0] == "4"
        assert figure(page, "Tokens")[0] == "2,200,007"
        assert figure(page, "Cost")[0] == "3.80\N{NO-BREAK SPACE}EUR"

    def test_what_has_no_price_says_so_and_counts_no_zero(
        self, console: Client, traffic: list[Run]
    ) -> None:
        assert "Without 1 answer of a model that has no price: m9" in page_of(console)
        lines = csv(console, "models")
        assert lines[0] == "model,answers,tokens_read,tokens_cached,tokens_written,cost,unpriced"
        assert lines[1:] == ["m1,2,1600000,400000,200000,3.8,0", "m9,1,7,0,0,,1", ",1,0,0,0,0.0,0"]

    @pytest.mark.parametrize("url", [URL, "/apps/chatkit/console/"])
    @pytest.mark.parametrize(
        ("before", "now", "told"),
        [
            (["m1"], ["m1", "m1"], "+100 %"),
            (["m1", "m1"], ["m1"], "−50 %"),
            (["m1"], ["m9"], ""),
            (["m1", "m1"], ["m1", "m9"], ""),
            (["m1", "m9"], ["m1", "m1"], ""),
        ],
    )
    def test_a_cost_that_is_not_known_is_not_compared(
        self, console: Client, user: Any, url: str, before: list[str], now: list[str], told: str
    ) -> None:
        began = timezone.now()
        for at, models in ((began - DAY, before), (began, now)):
            for model in models:
                asked(user, at=at, model=model, tokens_in=1_000_000)
        page = unescape(console.get(url, {"period": "today"}).content.decode())
        card = next(part for part in page.split('class="ckc-card ckc-figure') if ">Cost<" in part)
        changes = re.findall(r'class="ckc-change[^"]*"><bdi>(.*?)</bdi>', card)
        assert changes == [told] * bool(told)

    def test_by_day(self, console: Client, traffic: list[Run]) -> None:
        lines = csv(console, "days")
        assert len(lines) == 8
        assert lines[-1] == f"{today()},1,600000,400000,200000,2.8,0"
        assert lines[-2] == f"{today() - DAY},2,1000007,0,0,1.0,1"

    def test_by_workflow(self, console: Client, traffic: list[Run]) -> None:
        assert [line[:7] for line in csv(console, "workflows")[1:]] == ["wf_1,3,", "wf_2,1,"]

    def test_by_person_with_a_link_to_what_is_counted(
        self, console: Client, traffic: list[Run]
    ) -> None:
        assert [line[:6] for line in csv(console, "people")[1:]] == ["ada,2,", "bob,2,"]
        assert 'href="/apps/chatkit/console/conversations/?person=ada"' in page_of(console)

    def test_by_group(self, console: Client, traffic: list[Run], user: Any, other: Any) -> None:
        sales, support = (Group.objects.create(name=name) for name in ("Sales", "=Support"))
        user.groups.add(sales, support)
        lines = csv(console, "groups")[1:]
        assert lines[0].startswith("'=Support,2,")  # no formula
        assert lines[1].startswith("Sales,2,")
        assert lines[2].startswith(",2,")  # in no group
        assert [line[:4] for line in csv(console, "people", group=sales.pk)[1:]] == ["ada,"]
        assert "By person: Sales" in page_of(console, group=sales.pk)
        assert "By person<" in page_of(console, group="nonsense")

    def test_kept_days_tell_the_same(self, console: Client, traffic: list[Run]) -> None:
        names = ("days", "people", "groups", "workflows", "models")
        live = [csv(console, name) for name in names]
        daily.make_up()
        assert [csv(console, name) for name in names] == live

    def test_queries_do_not_grow(
        self, console: Client, traffic: list[Run], django_user_model: Any, connection_queries: Any
    ) -> None:
        few = connection_queries(lambda: page_of(console, period="30d"))
        group = Group.objects.create(name="Many")
        for number in range(15):
            person = django_user_model.objects.create_user(f"p{number}")
            person.groups.add(group)
            asked(person, model=f"model-{number}", workflow_id=f"wf_{number}", tokens_in=5)
            Budget.objects.create(amount=number + 1, user=person)
        assert connection_queries(lambda: page_of(console, period="30d")) == few

    @pytest.mark.parametrize("query", [{"csv": "nothing"}, {"csv": "days", "group": "\u202e"}])
    def test_broken_addresses(self, console: Client, query: dict[str, str]) -> None:
        assert console.get(URL, query).status_code == (404 if query["csv"] == "nothing" else 200)


class TestLimits:
    def spent(self, budget: Budget, **values: Any) -> None:
        Spent.objects.create(budget=budget, begins=today(), **values)

    def test_none(self, console: Client) -> None:
        page = page_of(console)
        assert "There are no budgets" in page
        assert "ckc-alert" not in page

    def test_from_eighty_percent_on_it_stands_at_the_top(self, console: Client, user: Any) -> None:
        self.spent(Budget.objects.create(amount=10, user=user), messages=8)
        self.spent(Budget.objects.create(amount=10), messages=7)
        page = page_of(console)
        assert "ada: 10 messages a day: 80 % of it is used" in page
        assert "Everybody: 10 messages a day: " not in page
        assert page.count("ckc-alert is-warning") == 1

    def test_one_that_each_person_has(self, console: Client, user: Any, other: Any) -> None:
        each = Budget.objects.create(amount=Decimal("0.5"), unit="money", each_person=True)
        self.spent(each, holder=str(user.pk), money=Decimal("0.6"), unpriced=2)
        self.spent(each, holder=str(other.pk), money=Decimal("0.1"))
        page = page_of(console)
        assert "1 person has used all of it" in page
        (row,) = [line for line in rows(page) if line[0].startswith("Everybody, each person")]
        assert row[1] == "0.6000 EUR By who has used the most"
        assert row[2] == "120 %"

    def test_yesterdays_is_over(self, console: Client) -> None:
        budget = Budget.objects.create(amount=10)
        Spent.objects.create(budget=budget, begins=today() - DAY, messages=10)
        page = page_of(console)
        assert "ckc-alert" not in page
        (row,) = [line for line in rows(page) if line[0].startswith("Everybody")]
        assert row[1:3] == ["0 messages", "0 %"]

    def test_offline(self, console: Client) -> None:
        Switch.objects.create(workflow_id="wf_2")
        Switch.objects.create(offline=False)
        assert "The assistant is offline: wf_2" in page_of(console)
        assert "Whole site" not in page_of(console)

    def test_links_are_for_who_may_follow_them(self, console: Client, operator: Any) -> None:
        Budget.objects.create(amount=10)
        assert "/admin/chatkit_console/" not in page_of(console)
        operator.user_permissions.add(Permission.objects.get(codename="view_budget"))
        assert "/admin/chatkit_console/budget/" in page_of(console)

    def test_changes_tell_from_and_to(self, console: Client, admin: Any) -> None:
        budget = Budget.objects.create(amount=10)
        before = values_of(budget)
        budget.amount = Decimal(20)
        changes.record(admin, budget, before, values_of(budget))
        (row,) = [line for line in rows(page_of(console)) if line[1] == "root"]
        assert row[2:] == ["Changed", "Everybody: 20 messages a day amount: 10 → 20"]


def test_a_month_resets_on_the_first(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatkit.contrib.console.budgets.standing import Standing, first_day

    for day, resets in (("2026-01-31", "2026-02-01"), ("2026-12-01", "2027-01-01")):
        first = first_day("month", datetime.date.fromisoformat(day))
        found = Standing(Budget(amount=1, span="month"), "", first)
        assert found.resets == midnight(datetime.date.fromisoformat(resets))
