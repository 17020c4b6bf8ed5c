"""Visitors in the admin, in exports and in the console; and budgets for them."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from chatkit.contrib.console import daily, period
from chatkit.contrib.console.models import Budget, MonthPerson, Question, Reading
from chatkit.models import Run, Session, Thread, Visitor
from chatkit.testing import Chat
from chatkit.visitors.merging import merge
from tests.people import browser

from .people import Visit, come


@pytest.fixture
def root(admin: Any) -> Client:
    return browser(admin)


@pytest.fixture
def both(visit: Visit, logged_in: Client) -> Visit:
    """A visitor and a user have asked."""
    Chat(logged_in).ask("Where is my order?")
    return visit


class TestAdmin:
    @pytest.mark.parametrize("name", ["session", "thread", "run"])
    def test_lists_and_their_filter(self, both: Visit, root: Client, name: str) -> None:
        url, called = f"/admin/chatkit/{name}/", both.row.get_username()
        whole = root.get(url).content.decode()
        assert called in whole
        assert "ada" in whole
        for value, count in (("users", 1), ("visitors", 1), ("", 2)):
            page = root.get(url, {"person": value} if value else {})
            assert page.context["cl"].result_count == count
        assert root.get(url, {"q": both.row.pk}).context["cl"].result_count == 1

    def test_the_filter_is_there_where_there_are_visitors(
        self, logged_in: Client, root: Client, workflow_id: str
    ) -> None:
        Chat(logged_in).ask("Where is my order?")
        assert "person=visitors" not in root.get("/admin/chatkit/thread/").content.decode()

    def test_pages_of_rows(self, both: Visit, root: Client) -> None:
        called = both.row.get_username()
        rows: dict[str, Any] = {"visitor": both.row}
        rows |= {"session": Session.objects.get(visitor=both.row)}
        rows |= {"run": Run.objects.get(visitor=both.row)}
        for name, row in rows.items():
            page = root.get(f"/admin/chatkit/{name}/{quote(row.pk)}/change/")
            assert page.status_code == 200
            assert called in page.content.decode() or row.pk in page.content.decode()

    def test_visitors(self, both: Visit, root: Client, user: Any) -> None:
        page = root.get("/admin/chatkit/visitor/").content.decode()
        assert both.row.get_username() in page
        assert f"?q={both.row.pk}" in page
        for secret in (both.row.key_hash, both.cookie):
            assert secret not in page
            assert (
                secret
                not in root.get(
                    f"/admin/chatkit/visitor/{quote(both.row.pk)}/change/"
                ).content.decode()
            )

    @pytest.mark.parametrize("name", ["session", "run"])
    def test_exports(self, both: Visit, root: Client, name: str) -> None:
        rows = Session.objects.all() if name == "session" else Run.objects.all()
        response = root.post(
            f"/admin/chatkit/{name}/",
            {"action": "export_csv", "_selected_action": [row.pk for row in rows]},
        )
        text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        found = {one["user"]: one for one in csv.DictReader(io.StringIO(text))}
        theirs = found[both.row.get_username()]
        assert (theirs["user_id"], theirs["visitor_id"]) == ("", both.row.pk)
        assert found["ada"]["visitor_id"] == ""

    def test_a_conversation_that_is_opened_is_logged(self, visit: Visit, root: Client) -> None:
        thread = Thread.objects.get()
        root.post(f"/admin/chatkit/thread/{quote(thread.pk)}/open/")
        page = root.get(f"/admin/chatkit/thread/{quote(thread.pk)}/change/")
        assert "Where is my order?" in page.content.decode()
        assert visit.row.get_username() in page.content.decode()
        assert Reading.objects.get(action="opened").person is None


class TestConsole:
    def test_people_and_their_conversations(self, both: Visit, root: Client) -> None:
        called = both.row.get_username()
        path = "/apps/chatkit/console/conversations/"
        assert called in root.get(path).content.decode()
        for person, shown in ((called, True), ("visitors", True), ("ada", False)):
            page = root.get(path, {"person": person}).content.decode()
            assert (both.chat.thread_id in page) is shown, person
            answers = root.get(path, {"person": person, "list": "answers"}).content.decode()
            assert (f">{called}<" in answers) is shown
        one = root.get(f"{path}{both.chat.thread_id}/")
        assert called in one.content.decode()

    @pytest.mark.parametrize("page", ["", "usage/", "quality/", "tools/", "audit/", "unanswered/"])
    def test_every_page_is_there(self, both: Visit, root: Client, page: str) -> None:
        assert root.get(f"/apps/chatkit/console/{page}").status_code == 200

    def test_an_open_question_of_a_visitor(self, visit: Visit, root: Client) -> None:
        visit.chat.ask("xyzzy plugh qwertz")
        run = Run.objects.latest("created_at")
        Run.objects.filter(pk=run.pk).update(outcome="not_found")
        assert root.get("/apps/chatkit/console/unanswered/").status_code == 200
        assert Question.objects.get(run=run).user is None

    def test_who_logs_in_later_is_still_one_of_those_who_asked(
        self, visit: Visit, root: Client, user: Any
    ) -> None:
        visit.chat.ask("xyzzy plugh qwertz")
        Run.objects.update(outcome="not_found")
        assert root.get("/apps/chatkit/console/unanswered/").status_code == 200
        assert merge(visit.row, user)
        assert {question.user for question in Question.objects.all()} == {user}

    @pytest.mark.parametrize("made_up_again", [False, True])
    def test_what_days_have_kept_of_them_is_the_users_after_a_login(
        self, visit: Visit, user: Any, made_up_again: bool
    ) -> None:
        asked_at = timezone.now() - 40 * period.DAY
        Visitor.objects.update(created_at=asked_at - datetime.timedelta(seconds=1))
        Run.objects.update(created_at=asked_at, tokens_in=5000)
        call_command("chatkit_rollup", verbosity=0)
        assert merge(visit.row, user)
        if made_up_again:
            call_command("chatkit_rollup", verbosity=0)
        long = period.Period(period.OWN, period.today() - 70 * period.DAY, period.today())
        assert {key: sum_.answers for key, sum_ in daily.people(long).items()} == {(user.pk,): 1}
        Thread.objects.all().delete()
        for _time in range(2):
            told = daily.people(long)
            counts = {key: (sum_.answers, sum_.tokens_in) for key, sum_ in told.items()}
            assert {key: count for key, count in counts.items() if any(count)} == {
                (None,): (1, 5000)
            }
            call_command("chatkit_rollup", verbosity=0)
        assert not MonthPerson.objects.filter(answers__lt=0).exists()


class TestBudget:
    def budget(self, **more: Any) -> Budget:
        return Budget.objects.create(amount=1, unit="messages", span="day", **more)

    def test_for_all_visitors(self, open_site: str, logged_in: Client) -> None:
        self.budget(visitors=True)
        assert Visit().chat.ask("Where is my order?").status_code == 200
        refused = Visit().chat.ask("Where is my order?")
        assert refused.response.json()["error"]["code"] == "budget_reached"
        assert Chat(logged_in).ask("Where is my order?").status_code == 200

    def test_for_each(self, open_site: str) -> None:
        self.budget(visitors=True, each_person=True)
        one = Visit()
        asked = [who.chat.ask("Where is my order?").status_code for who in (one, Visit(), one)]
        assert asked == [200, 200, 429]

    def test_what_was_asked_before_it_was_made_counts(self, both: Visit) -> None:
        self.budget(visitors=True)
        assert come_is_refused()

    def test_one_that_everybody_shares_counts_them(self, open_site: str, logged_in: Client) -> None:
        self.budget()
        assert Chat(logged_in).ask("Where is my order?").status_code == 200
        assert come_is_refused()

    def test_one_that_each_person_has(self, both: Visit) -> None:
        """What each of them has asked before is counted by key: no two people share one."""
        self.budget(each_person=True)
        assert both.chat.ask("Where is my order?").status_code == 429
        assert come()

    def test_no_user_and_no_group(self, user: Any) -> None:
        with pytest.raises(ValidationError):
            Budget(amount=1, user=user, visitors=True).full_clean()

    def test_in_words(self, db: None) -> None:
        assert str(self.budget(visitors=True)) == "Visitors: 1 message a day"


def come_is_refused() -> bool:
    return Visit().chat.ask("Where is my order?").status_code == 429
