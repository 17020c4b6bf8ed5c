"""The review queue: what comes in, who sees its words, and what operators do with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatkit import personal_data
from chatkit.contrib.console.models import Review
from chatkit.models import Feedback, Run
from chatkit.signals import editors_told, feedback_given

from .test_overview import rows
from .traffic import DAY, asked

pytestmark = pytest.mark.django_db
URL = "/apps/chatkit/console/quality/"
CANARY = "canary"
LOOKED = re.compile(r"editors_told_at. IS NOT NULL")


@pytest.fixture
def editor(console: Client, reader: Any) -> Client:
    """The browser of somebody who may read and mark."""
    reader.user_permissions.add(Permission.objects.get(codename="change_review"))
    return console


def vote(run: Run, kind: str = "negative", **why: str) -> Feedback:
    """A reader's vote on the run's answer, as the chat takes it."""
    row, _made = Feedback.objects.update_or_create(
        thread=run.thread,
        item_id=f"assi_{run.pk[-12:]}",
        user=run.user,
        defaults={"kind": kind, "reason": "", "comment": ""} | why,
    )
    feedback_given.send(sender=Feedback, feedback=row, user=run.user)
    return row


def queue(client: Client, **query: str) -> list[list[str]]:
    """The lines of the queue."""
    response = client.get(URL, query)
    assert response.status_code == 200
    html = response.content.decode()
    return rows(html.partition('id="ckc-reasons"')[0])


def review_url(run: Run, act: str = "") -> str:
    return f"{URL}reviews/{run.pk}/{act}"


def save(client: Client, run: Run, **values: str) -> Any:
    given = {"status": "open", "assigned_to": "", "notes": "", "seen": ""} | values
    return client.post(review_url(run, "mark/"), given)


def seen(client: Client, run: Run) -> str:
    """What a form of this page says of the state that it was made from."""
    page = client.get(review_url(run)).content.decode()
    (value,) = re.findall(r'name="seen" value="(.*?)"', page)
    return str(value)


class TestQueue:
    def test_thumbs_down_comes_in_with_its_reason(self, editor: Client, user: Any) -> None:
        run = asked(user, "Why 5 %?")
        asked(user, "And this is fine")
        vote(run)
        vote(run, reason="outdated")
        ((_time, person, question, reason, outcome, assigned),) = queue(editor)
        assert (person, question, outcome, assigned) == ("ada", "Why 5 %?", "Answered", "–")
        assert reason.split() == ["Outdated", "Thumbs", "down"]

    def test_history_is_looked_through_once(self, editor: Client, user: Any) -> None:
        """And not at each visit, as long as nobody has voted."""
        asked(user, "Why 5 %?")
        looked = []
        for _visit in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert queue(editor) == []
            looked.append(any(LOOKED.search(query["sql"]) for query in queries))
        assert looked == [True, False]

    def test_what_was_reported_comes_in(self, editor: Client, user: Any) -> None:
        run = asked(user, "Bitcoin?", outcome="not_found")
        editors_told.send(sender=Run, run=run)
        assert queue(editor)[0][3] == "Told the editors"

    def test_an_operator_brings_in_any_answer(self, editor: Client, user: Any, reader: Any) -> None:
        run = asked(user, "Hm?")
        page = editor.get(f"/apps/chatkit/console/conversations/{run.thread_id}/")
        assert f'value="{run.pk}"' in page.content.decode()
        response = editor.post(f"{URL}add/", {"run": run.pk})
        assert (response.status_code, response["Location"]) == (302, review_url(run))
        assert queue(editor)[0][5] == "oona"
        page = editor.get(f"/apps/chatkit/console/conversations/{run.thread_id}/")
        assert review_url(run) in page.content.decode()
        save(editor, run, status="dismissed")
        editor.post(f"{URL}add/", {"run": run.pk})
        assert Review.objects.get().status == "open"

    def test_another_mind_takes_it_back_unless_somebody_has_begun(
        self, editor: Client, user: Any
    ) -> None:
        first, second = asked(user, "One"), asked(user, "Two")
        vote(first)
        vote(second)
        save(editor, second, notes="Asked the tax office.")
        vote(first, "positive")
        vote(second, "positive")
        assert [row[2] for row in queue(editor)] == ["Two"]

    def test_what_is_closed_stays_closed(self, editor: Client, user: Any) -> None:
        run = asked(user)
        vote(run)
        save(editor, run, status="mended")
        vote(run, reason="wrong")
        assert queue(editor) == []
        assert len(queue(editor, status="mended")) == 1

    def test_votes_of_before_come_in_once(self, editor: Client, user: Any) -> None:
        old = asked(user, "Old", down=True, at=None)
        asked(user, "Older", outcome="not_found", editors_told_at=old.created_at)
        assert sorted(row[2] for row in queue(editor)) == ["Old", "Older"]
        asked(user, "Unheard", down=True)
        call_command("chatkit_rollup", verbosity=0)
        call_command("chatkit_rollup", verbosity=0)
        assert sorted(row[2] for row in queue(editor)) == ["Old", "Older", "Unheard"]

    def test_it_goes_with_its_conversation(self, user: Any) -> None:
        vote(asked(user))
        personal_data.erase(user)
        assert not Review.objects.exists()


class TestFilters:
    @pytest.fixture(autouse=True)
    def _answers(self, user: Any, reader: Any) -> None:
        for reason in ("wrong", "wrong", "outdated", ""):
            vote(asked(user, f"Q {reason}"), reason=reason)
        Review.objects.filter(reason="outdated").update(assigned_to=reader)

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({}, 4),
            ({"reason": "wrong"}, 2),
            ({"reason": "none"}, 1),
            ({"whose": "mine"}, 1),
            ({"whose": "nobody", "reason": "wrong"}, 2),
            ({"status": "dismissed"}, 0),
            ({"status": "no", "reason": "x" * 99, "whose": "me", "after": "~"}, 4),
            ({"period": "own", "from": "2000-01-01", "to": "2000-01-02"}, 0),
            ({"period": "nonsense"}, 4),
        ],
    )
    def test_filters(self, console: Client, query: dict[str, str], count: int) -> None:
        assert len(queue(console, **query)) == count

    def test_reasons_are_counted(self, console: Client) -> None:
        html = console.get(URL).content.decode().partition('id="ckc-reasons"')[2]
        counted = {row[0]: row[1:] for row in rows(html)}
        assert counted == {
            "Wrong": ["2", "2", "0", "0"],
            "Outdated": ["1", "1", "0", "0"],
            "Without a reason": ["1", "1", "0", "0"],
        }

    def test_csv_is_safe_for_a_spreadsheet(self, console: Client, user: Any) -> None:
        vote(asked(user, "=1+1"))
        response: Any = console.get(URL, {"csv": "reviews"})
        text = b"".join(response.streaming_content).decode()
        assert "'=1+1" in text
        assert text.count("\r\n") == 6


class TestReview:
    def test_words_only_for_who_may_read_them(
        self, console: Client, operator: Any, user: Any
    ) -> None:
        operator.user_permissions.add(Permission.objects.get(codename="change_review"))
        run = asked(user, CANARY, CANARY)
        vote(run, reason="wrong", comment=CANARY)
        Review.objects.update(notes=CANARY)
        for url in (URL, review_url(run), f"{URL}?csv=reviews"):
            response: Any = console.get(url)
            content = b"".join(response) if response.streaming else response.content
            assert response.status_code == 200
            assert CANARY.encode() not in content
        assert save(console, run, status="mended", notes="").status_code == 302
        assert Review.objects.get().notes == CANARY  # who can't see them does not empty them

    def test_comment_is_shown_once_the_conversation_is_opened(
        self, editor: Client, user: Any
    ) -> None:
        run = asked(user, "Why?")
        vote(run, reason="wrong", comment=CANARY)
        other = asked(user, "Next?", thread=run.thread, at=run.created_at + DAY / 24)
        vote(other, comment="of another answer")
        assert CANARY not in editor.get(review_url(run)).content.decode()
        editor.post(f"/apps/chatkit/console/conversations/{run.thread_id}/open/")
        page = editor.get(review_url(run)).content.decode()
        assert CANARY in page
        assert "of another answer" not in page
        transcript = editor.get(f"/apps/chatkit/console/conversations/{run.thread_id}/")
        assert CANARY in transcript.content.decode()

    def test_is_marked_assigned_and_noted(self, editor: Client, reader: Any, user: Any) -> None:
        run = asked(user)
        vote(run)
        response = save(
            editor, run, status="mended", assigned_to=str(reader.pk), notes=" Mended\r\nit. "
        )
        assert response.status_code == 302
        row = Review.objects.get()
        assert (row.status, row.assigned_to, row.notes) == ("mended", reader, "Mended\nit.")
        assert (row.marked_by, row.marked_at is not None) == (reader, True)
        page = editor.get(review_url(run)).content.decode()
        assert "Mended\nit." in page

    def test_of_two_at_once_the_second_is_told(self, editor: Client, user: Any) -> None:
        run = asked(user)
        vote(run)
        save(editor, run, status="mended", notes="First.")
        response = save(editor, run, status="dismissed", notes="Second.")
        assert response.status_code == 409
        assert "Somebody has changed this meanwhile" in response.content.decode()
        assert (Review.objects.get().status, Review.objects.get().notes) == ("mended", "First.")

    @pytest.mark.parametrize("closed", [False, True])
    def test_so_is_who_has_it_open_while_it_is_brought_in(
        self, editor: Client, reader: Any, user: Any, closed: bool
    ) -> None:
        run = asked(user)
        vote(run)
        if closed:
            save(editor, run, status="mended")
        form = seen(editor, run)
        editor.post(f"{URL}add/", {"run": run.pk})
        assert save(editor, run, status="dismissed", seen=form).status_code == 409
        row = Review.objects.get()
        assert (row.status, row.assigned_to, row.marked_by) == ("open", reader, reader)
        form = seen(editor, run)
        editor.post(f"{URL}add/", {"run": run.pk})  # once more, which changes nothing
        assert save(editor, run, status="dismissed", seen=form).status_code == 302

    @pytest.mark.parametrize(
        "values", [{"status": "done"}, {"assigned_to": "999999"}, {"assigned_to": "x"}]
    )
    def test_unfit_mark_is_not_found(
        self, editor: Client, user: Any, values: dict[str, str]
    ) -> None:
        run = asked(user)
        vote(run)
        assert save(editor, run, **values).status_code == 404

    def test_marking_needs_the_permission(self, console: Client, reader: Any, user: Any) -> None:
        run = asked(user)
        vote(run)
        assert save(console, run, status="mended").status_code == 404
        assert console.post(f"{URL}add/", {"run": run.pk}).status_code == 404
        assert "<textarea" not in console.get(review_url(run)).content.decode()

    def test_an_answer_that_is_not_in_the_queue(self, editor: Client, user: Any) -> None:
        assert editor.get(review_url(asked(user))).status_code == 404
        assert editor.post(f"{URL}add/", {"run": "run_none"}).status_code == 404


def test_queries_are_constant(
    editor: Client, user: Any, connection_queries: Callable[[Callable[[], object]], int]
) -> None:
    runs = [asked(user, f"Q{number}") for number in range(6)]
    for run in runs[:2]:
        vote(run)
    editor.get(URL)
    few = connection_queries(lambda: editor.get(URL))
    page = connection_queries(lambda: editor.get(review_url(runs[0])))
    for run in runs[2:]:
        vote(run, reason="wrong", comment="x")
    assert connection_queries(lambda: editor.get(URL)) == few
    assert connection_queries(lambda: editor.get(review_url(runs[5]))) <= page + 1
