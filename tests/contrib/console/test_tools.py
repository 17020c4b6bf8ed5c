"""What the assistant called: counts by tool and day, the calls behind them, and waiting cards."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatkit.models import Run, ToolCall, Visitor

from .test_overview import figure, rows
from .traffic import DAY, asked

URL = "/apps/chatkit/console/tools/"
CALLS = f"{URL}calls/"
pytestmark = pytest.mark.django_db


def call(run: Run, tool: str = "find_customers", status: str = "done", **values: Any) -> ToolCall:
    given = {"thread": run.thread, "user": run.user, "created_at": run.created_at} | values
    return ToolCall.objects.create(run=run, tool=tool, status=status, **given)


@pytest.fixture
def run(user: Any) -> Run:
    return asked(user)


def page_of(client: Client, url: str = URL, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def lines(page: str, table: str) -> list[list[str]]:
    return rows(page.partition(f'id="ckc-table-{table}"')[2].partition("</table>")[0])


class TestCounts:
    def test_every_number_leads_to_its_calls(self, console: Client, run: Run, other: Any) -> None:
        for status in ("done", "done", "failed", "refused", "unfit", "cancelled", "running"):
            call(run, status=status)
        call(asked(other), "ring_up")
        call(run, created_at=run.created_at - 8 * DAY)
        call(run, created_at=run.created_at - 20 * DAY)
        page = page_of(console)
        by_tool = lines(page, "tools")
        assert by_tool == [
            ["Find customers find_customers", "7", "1", "2", "1", "1", "1", "1", "0", "1"],
            ["Ring up ring_up", "1", "0", "1", "0", "0", "0", "0", "0", "0"],
        ]
        for label, count in (("Calls", "8"), ("Failed", "1"), ("Refused", "1")):
            shown, url = figure(page, label)
            assert (shown, len(lines(page_of(console, url), "calls"))) == (count, int(count))
        assert lines(page_of(console, CALLS, tool="ring_up"), "calls")[0][1:3] == [
            "bob",
            "Ring up ring_up",
        ]
        assert lines(page, "days")[-1][1:] == ["3", "1", "1", "1", "2"]

    def test_a_card_whose_hour_is_over_has_expired(self, console: Client, run: Run) -> None:
        now = timezone.now()
        call(run, status="waiting", created_at=now - datetime.timedelta(hours=2))
        call(run, status="waiting", created_at=now)
        page = page_of(console, period="7d")
        assert lines(page, "tools")[0][-2:] == ["1", "1"]
        assert figure(page, "Cards waiting")[0] == "1"
        assert len(lines(page, "waiting")) == 1
        assert f'conversations/{run.thread_id}/#run-{run.pk}"' in page
        assert len(lines(page_of(console, CALLS, status="expired"), "calls")) == 1
        assert len(lines(page_of(console, CALLS, status="waiting"), "calls")) == 1

    def test_a_card_of_a_visitor_has_their_name(self, console: Client, run: Run) -> None:
        visitor = Visitor.objects.create()
        asked_by: Any = {"user": None, "visitor": visitor}
        call(run, status="waiting", created_at=timezone.now(), **asked_by)
        ((_since, person, *_rest),) = lines(page_of(console), "waiting")
        assert person == visitor.get_username() != ""

    def test_nothing_was_called(self, console: Client) -> None:
        page = page_of(console)
        assert "No tool was called in this period." in page
        assert "Nothing waits for anybody’s confirmation." in page

    def test_queries_do_not_grow(
        self, console: Client, user: Any, connection_queries: Callable[[Any], int]
    ) -> None:
        def page() -> None:
            page_of(console, period="30d")
            page_of(console, CALLS, period="30d")

        call(asked(user))
        first = connection_queries(page)
        for nth in range(12):
            call(asked(user), f"tool_{nth}", created_at=timezone.now() - nth * DAY)
            call(asked(user), status="waiting")
        assert connection_queries(page) == first


class TestCalls:
    def test_filters_that_are_not_known_count_for_nothing(self, console: Client, run: Run) -> None:
        call(run)
        page = page_of(console, CALLS, status="<b>", after="yesterday~", period="nonsense")
        assert len(lines(page, "calls")) == 1
        assert "There is no such period" in page
        assert "There is no such call" in page_of(console, CALLS, tool="none", person="nobody")

    def test_pages(self, console: Client, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chatkit.contrib.console.listing.PAGE", 2)
        for nth in range(3):
            call(run, f"tool_{nth}", created_at=run.created_at - datetime.timedelta(seconds=nth))
        page = page_of(console, CALLS)
        assert [line[2] for line in lines(page, "calls")] == ["Tool 0 tool_0", "Tool 1 tool_1"]
        older = page.partition(' rel="next">Older')[0].rpartition('href="')[2].rstrip('"')
        assert [line[2] for line in lines(page_of(console, older), "calls")] == ["Tool 2 tool_2"]

    def test_as_csv(self, console: Client, run: Run) -> None:
        call(run, "=cmd", arguments={"name": "canary"}, outcome="canary")
        response: Any = console.get(CALLS, {"csv": "calls"})
        head, line = b"".join(response.streaming_content).decode().split("\r\n")[:2]
        assert head == "\ufefftime,person,tool,status,ended"
        assert line.split(",")[1:4] == ["ada", "'=cmd", "done"]

    def test_what_was_said_stays_in_the_admin(self, console: Client, run: Run) -> None:
        call(run, arguments={"name": "canary"}, outcome="canary", held={"name": "canary"})
        call(run, status="waiting", arguments={"name": "canary"}, held={"name": "canary"})
        assert "canary" not in page_of(console) + page_of(console, CALLS)
