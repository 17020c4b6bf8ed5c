"""Conversations: found, filtered, paged, searched, read; words only for those who may."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatkit.contrib.console import listing
from chatkit.models import Feedback, Thread, ToolCall

from .test_overview import rows
from .traffic import DAY, asked

URL = "/apps/chatkit/console/conversations/"
CANARY = "canary"


@pytest.fixture
def reading(console: Client, reader: Any) -> Client:
    """The browser of somebody who may read conversations."""
    return console


def found(client: Client, **query: str) -> list[list[str]]:
    response = client.get(URL, query)
    assert response.status_code == 200
    return rows(response.content.decode())


class TestList:
    def test_one_takes_one_search_to_see_why_it_failed(
        self, reading: Client, user: Any, other: Any
    ) -> None:
        at = timezone.now().replace(hour=10, minute=32) - DAY
        asked(other, at=at)
        run = asked(user, "Where is my order?", at=at, outcome="failed", error="APITimeoutError")
        (row,) = found(reading, person="ada")
        assert row[1:] == [
            "ada",
            "Where is my order?",
            "Failed The model did not answer in time · 1 question",
            "–",
        ]
        assert "10:32" in row[0]
        page = reading.get(f"{URL}{run.thread_id}/").content.decode()
        assert "Failed: The model did not answer in time after 2.0 s" in page

    def test_the_question_of_an_answer_that_is_being_written(
        self, reading: Client, user: Any
    ) -> None:
        """Also west of Greenwich, by the clock of the database."""
        asked(user, "Where is my order?", status="running", outcome="")
        zone = connection.vendor == "mysql"
        with connection.cursor() as cursor:
            if zone:
                cursor.execute("SET time_zone = '-08:00'")
            try:
                (row,) = found(reading, list="answers")
            finally:
                if zone:
                    cursor.execute("SET time_zone = DEFAULT")
        assert "Where is my order?" in row

    def test_people_are_found_by_name_and_address(
        self, console: Client, user: Any, other: Any
    ) -> None:
        for person in (user, other):
            asked(person)
        assert [row[1] for row in found(console, person="bob")] == ["bob"]
        assert [row[1] for row in found(console, person="ADA@EX")] == ["ada"]
        assert len(found(console, person="example.com")) == 2
        assert found(console, person="nobody") == []

    def test_a_login_name_means_nobody_else(
        self, console: Client, user: Any, django_user_model: Any
    ) -> None:
        asked(django_user_model.objects.create_user("adam"))
        asked(user)
        assert [row[1] for row in found(console, person="ada")] == ["ada"]

    def test_filters_meet(self, console: Client, user: Any, other: Any) -> None:
        asked(user, outcome="failed", error="StreamCut")
        asked(user, down=True)
        asked(other, outcome="failed", error="timeout")
        assert len(found(console, outcome="failures")) == 2
        assert len(found(console, outcome="failures", person="ada")) == 1
        assert len(found(console, outcome="failures", cause="cut")) == 1
        assert len(found(console, outcome="failures", cause="none")) == 0
        assert len(found(console, feedback="negative")) == 1
        assert len(found(console, feedback="positive")) == 0
        assert len(found(console, list="answers")) == 3
        assert len(found(console, workflow="wf_2")) == 0

    @pytest.mark.parametrize(
        "query",
        [
            {"outcome": "marvellous"},
            {"feedback": "5"},
            {"after": "x~y"},
            {"after": "9999-99-99~z"},
            {"after": "2026-01-01~z", "list": "answers"},
            {"after": "0001-01-01T00:00:00+00:00~z"},
            {"search": "1"},
            {"person": "\ud7ff" * 400},
        ],
    )
    def test_what_is_not_known_is_as_if_it_were_not_there(
        self, console: Client, user: Any, query: dict[str, str]
    ) -> None:
        asked(user)
        assert len(found(console, **query)) == (0 if "person" in query else 1)

    def test_a_period_has_what_went_on_in_it(self, console: Client, user: Any) -> None:
        long_ago = asked(user, at=timezone.now() - 20 * DAY)
        assert found(console) == []
        assert len(found(console, period="30d")) == 1
        Thread.objects.filter(pk=long_ago.thread_id).update(updated_at=timezone.now())
        assert len(found(console)) == 1
        day = (timezone.localtime() - 10 * DAY).date().isoformat()
        assert len(found(console, period="own", **{"from": day, "to": day})) == 1

    @pytest.mark.parametrize("query", [{}, {"list": "answers"}])
    def test_pages_lose_none_and_repeat_none(
        self, console: Client, user: Any, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
    ) -> None:
        monkeypatch.setattr(listing, "PAGE", 3)
        at = timezone.now()
        for number in range(8):  # some at the same time
            asked(user, at=at - datetime.timedelta(seconds=number // 2))
        seen: list[str] = []
        url = URL + ("?list=answers" if query else "")
        for _page in range(3):
            context = console.get(url).context
            seen += [row[0].url for row in context["table"].rows]
            url = context["more_url"]
        assert url == ""
        assert len(seen) == len(set(seen)) == 8

    def test_pages_of_votes_are_in_the_order_of_the_answers(
        self, console: Client, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However late a vote came: the page begins with the latest votes, and looks on."""
        monkeypatch.setattr(listing, "PAGE", 2)
        at = timezone.now() - DAY
        late = [0, 9, 1, 20, 3, 15, 0, 8, 2, 19, 4, 11, 0, 7]  # hours after the answer
        runs = [
            asked(user, at=at - datetime.timedelta(hours=hours // 2), down=True)
            for hours in range(len(late))  # some at the same time
        ]
        for run, hours in zip(runs, late, strict=True):
            voted_at = run.created_at + datetime.timedelta(hours=hours)
            Feedback.objects.filter(thread=run.thread).update(created_at=voted_at)
        wanted = [run.pk for run in sorted(runs, key=lambda run: (run.created_at, run.pk))][::-1]
        seen: list[str] = []
        url = URL + "?feedback=negative"
        while url:
            context = console.get(url).context
            seen += [row[0].url.partition("#run-")[2] for row in context["table"].rows]
            url = context["more_url"]
        assert seen == wanted

    @pytest.mark.parametrize("name", ["conversations", "questions"])
    def test_csv_has_the_rows_of_all_pages(
        self, console: Client, user: Any, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setattr(listing, "PAGE", 3)
        for _number in range(8):
            asked(user)
        query = {"csv": name} | ({"list": "answers"} if name == "questions" else {})
        body = b"".join(console.get(URL, query)).decode()
        head, *lines = body.splitlines()
        assert head == "\ufefftime,person,outcome,feedback"
        assert len(lines) == 8
        assert all(",ada,Answered," in line for line in lines)

    def test_queries_do_not_grow(
        self, reading: Client, user: Any, django_assert_max_num_queries: Any
    ) -> None:
        def count(**query: str) -> int:
            with django_assert_max_num_queries(30) as found:
                reading.get(URL, query)
            return len(found)

        thread = asked(user, down=True).thread
        kinds: list[dict[str, str]] = [{}, {"list": "answers"}, {"feedback": "negative"}]
        first = [count(**query) for query in kinds]
        for number in range(12):
            asked(user, down=True)
            asked(user, thread=thread, question=f"{number}?")
        assert [count(**query) for query in kinds] == first


class TestWords:
    """What was said is told to those who may read conversations, and to nobody else."""

    @pytest.fixture
    def thread(self, user: Any) -> Thread:
        run = asked(user, f"{CANARY} question", f"{CANARY} answer", outcome="not_found")
        ToolCall.objects.create(
            thread=run.thread, run=run, user=user, tool="find_customers", status="failed",
            arguments={"name": CANARY}, outcome=CANARY,
        )  # fmt: skip
        return run.thread

    def urls(self, thread: Thread) -> list[str]:
        queries = ("", "?list=answers", "?outcome=not_found", "?csv=conversations")
        return [*(f"{URL}{query}" for query in queries), f"{URL}{thread.pk}/"]

    def test_others_see_none(self, console: Client, thread: Thread) -> None:
        for url in self.urls(thread):
            response = console.get(url)
            body = b"".join(response) if response.streaming else response.content
            assert response.status_code == 200
            assert CANARY.encode() not in body, url
        assert console.post(f"{URL}{thread.pk}/open/").status_code == 404
        assert console.post(f"{URL}search/", {"words": CANARY}).status_code == 404
        assert not LogEntry.objects.exists()

    def test_readers_open_a_conversation_and_that_is_logged(
        self, reading: Client, thread: Thread, reader: Any
    ) -> None:
        url = f"{URL}{thread.pk}/"
        assert f"{CANARY} answer" not in reading.get(url).content.decode()
        assert not LogEntry.objects.exists()
        response = reading.post(f"{url}open/?item=assi_1&period=30d")
        assert response["Location"] == f"{url}?period=30d&item=assi_1#item-assi_1"
        assert f"{CANARY} answer" in reading.get(url).content.decode()
        (entry,) = LogEntry.objects.all()
        assert (entry.user, entry.object_id) == (reader, thread.pk)
        assert entry.change_message == "Opened the conversation to read it: 2 items."

    def test_what_was_said_can_be_searched_and_that_is_logged(
        self, reading: Client, thread: Thread, other: Any, reader: Any
    ) -> None:
        asked(other, "Something else")
        response = reading.post(f"{URL}search/?period=30d", {"words": "  canary\x00 ANSWER "})
        assert response["Location"] == f"{URL}?period=30d&search=1"
        assert [row[1] for row in found(reading, search="1")] == ["ada"]
        assert found(reading, search="1", person="bob") == []
        (entry,) = LogEntry.objects.all()
        assert (entry.user, entry.change_message) == (
            reader,
            "Searched the text of conversations.",
        )

    def test_both_forms_stay_with_the_workflow(self, reading: Client, user: Any) -> None:
        for workflow_id in ("wf_1", "wf_2"):
            asked(user, f"{CANARY} of {workflow_id}", workflow_id=workflow_id)
        page = reading.get(URL, {"workflow": "wf_2"}).content.decode()
        forms = [part.partition("</form>")[0] for part in page.split("<form")]
        forms = [form for form in forms if 'name="person"' in form]
        kept = '<input type="hidden" name="workflow" value="wf_2">'
        assert [kept in form for form in forms] == [True, True]
        sent = {"words": CANARY, "workflow": "wf_2"}
        to = reading.post(f"{URL}search/", sent)["Location"]
        assert [row[2] for row in rows(reading.get(to).content.decode())] == [f"{CANARY} of wf_2"]
        to = reading.post(f"{URL}search/", sent | {"words": "", "workflow": "x" * 999})["Location"]
        assert to == f"{URL}?workflow={'x' * 128}"
        assert 'name="workflow"' not in reading.get(URL).content.decode()

    @pytest.mark.parametrize("words", ["Überweisung", "فاتورة", "100%_", 'say "yes"', "content"])
    def test_any_words_are_found_as_they_were_said(
        self, reading: Client, user: Any, words: str
    ) -> None:
        asked(user, "Nothing", f"It has {words} in it")
        asked(user, "Nothing", "of that kind")
        reading.post(f"{URL}search/", {"words": words})
        assert len(found(reading, search="1")) == 1

    def test_nothing_is_no_search(self, reading: Client) -> None:
        assert reading.post(f"{URL}search/", {"words": " \n "})["Location"] == URL
        assert not LogEntry.objects.exists()

    def test_a_search_takes_a_token(self, reader: Any) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(reader)
        assert strict.post(f"{URL}search/", {"words": "x"}).status_code == 403

    def test_one_that_is_not_there_is_a_404(self, reading: Client) -> None:
        assert reading.get(f"{URL}thr_none/").status_code == 404
        assert reading.post(f"{URL}thr_none/open/").status_code == 404


class TestTranscript:
    def test_each_question_has_under_it_what_became_of_it(self, reading: Client, user: Any) -> None:
        run = asked(user, "First?", first_token_ms=1234)
        later = run.created_at + datetime.timedelta(minutes=1)
        ToolCall.objects.create(
            thread=run.thread, run=run, user=user, tool="find_customers", status="done"
        )
        ToolCall.objects.create(
            thread=run.thread, run=run, user=user, tool="shut_down", status="refused"
        )
        asked(
            user, "Second?", "", at=later, thread=run.thread, outcome="failed",
            error="RateLimitError 429", searched=[],
        )  # fmt: skip
        lines = reading.get(f"{URL}{run.thread_id}/").context["lines"]
        assert [line.entry.type if line.entry else "strip" for line in lines] == [
            "user_message",
            "strip",
            "assistant_message",
            "user_message",
            "strip",
        ]
        assert [[step.text for step in line.strip.steps] for line in lines if line.strip] == [
            [
                "1.2 s to first word",
                "searched the articles",
                "Find customers",
                "Shut down: Refused",
                "Answered after 2.0 s",
            ],
            ["Failed: The model’s limits were reached after 2.0 s"],
        ]

    def test_feedback_stands_at_its_answer(self, reading: Client, user: Any) -> None:
        run = asked(user, down=True)
        (entry,) = (
            line.entry
            for line in reading.get(f"{URL}{run.thread_id}/").context["lines"]
            if line.entry and line.entry.feedback
        )
        assert entry.type == "assistant_message"
        assert entry.feedback[0].kind == Feedback.Kind.NEGATIVE

    def test_a_run_without_a_question_stands_first(self, reading: Client, user: Any) -> None:
        run = asked(user, "?")
        run.thread.items.filter(type="user_message").delete()
        lines = reading.get(f"{URL}{run.thread_id}/").context["lines"]
        assert lines[0].strip.run == run

    def test_the_admin_and_the_console_lead_to_each_other(
        self, client: Client, admin: Any, user: Any
    ) -> None:
        client.force_login(admin)
        run = asked(user)
        # The admin writes ids in its own way: of some it would take the beginning for a sign.
        url, rows_url = (
            f"{URL}{run.thread_id}/",
            f"/admin/chatkit/thread/{quote(run.thread_id)}/change/",
        )
        assert rows_url in client.get(url).content.decode()
        assert url in client.get(rows_url).content.decode()
