"""One log of who read or exported whose conversation, and who changed what."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from chatkit.contrib.articles import editing
from chatkit.contrib.articles.editing import Content
from chatkit.contrib.articles.models import ArticleText, Phrasing
from chatkit.contrib.console import evaluations, quality
from chatkit.contrib.console.audit.words import MODELS
from chatkit.contrib.console.evaluations.models import EvaluationQuestion, EvaluationSet
from chatkit.contrib.console.models import Budget, Change, QuestionGroup, Reading
from chatkit.models import StarterPrompt, Thread
from chatkit.signals import conversations_read
from tests.people import browser, permit

from .test_overview import rows
from .traffic import DAY, asked

URL = "/apps/chatkit/console/audit/"
CONSOLE = "/apps/chatkit/console/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def root(admin: Any) -> Client:
    return browser(admin)


@pytest.fixture
def thread(user: Any) -> Thread:
    return asked(user, "canary question", "canary answer").thread


def page_of(client: Client, url: str = URL, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def log(client: Client, **query: str) -> list[list[str]]:
    """The lines without their time."""
    return [line[1:] for line in rows(page_of(client, **query))]


def csv(client: Client, url: str, table: str) -> str:
    response: Any = client.get(url, {"csv": table})
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


class TestReadings:
    def test_who_opened_whose_conversation_in_the_console_and_the_admin(
        self, console: Client, reader: Any, root: Client, thread: Thread
    ) -> None:
        console.get(f"{CONSOLE}conversations/{thread.pk}/")
        assert log(console) == []
        console.post(f"{CONSOLE}conversations/{thread.pk}/open/")
        root.post(f"/admin/chatkit/thread/{quote(thread.pk)}/open/")
        assert log(console) == [
            ["root", "Opened", thread.pk, "ada"],
            ["oona", "Opened", thread.pk, "ada"],
        ]
        assert f'conversations/{thread.pk}/"' in page_of(console)

    def test_who_searched(self, console: Client, reader: Any, thread: Thread) -> None:
        console.post(f"{CONSOLE}conversations/search/", {"words": "canary"})
        assert log(console) == [["oona", "Searched", "What was said in conversations", "–"]]

    def test_who_took_words_away(
        self, console: Client, operator: Any, user: Any, thread: Thread
    ) -> None:
        asked(user, "canary in vain", outcome="not_found")
        quality.add_by_operator(asked(user, "canary mended"), operator)
        wanted = (
            ("conversations/", "conversations"),
            ("unanswered/", "unanswered"),
            ("quality/", "reviews"),
        )
        for path, table in wanted:
            assert "canary" not in csv(console, f"{CONSOLE}{path}", table)
        assert log(console, kind="exported") == []
        permit(operator, "chatkit.read_conversation")
        for path, table in wanted:
            assert "canary" in csv(console, f"{CONSOLE}{path}", table)
        assert csv(console, f"{CONSOLE}usage/", "days")
        assert log(console, kind="exported") == [
            ["oona", "Exported", "Answers to review", "–"],
            ["oona", "Exported", "Unanswered questions", "–"],
            ["oona", "Exported", "Conversations", "–"],
        ]

    def test_records_and_all_that_is_kept_of_a_person(
        self, console: Client, root: Client, logged_in: Client, user: Any, thread: Thread
    ) -> None:
        data = {"action": "export_csv", "_selected_action": [thread.runs.get().pk]}
        root.post("/admin/chatkit/run/", data)
        call_command("chatkit_export", user="ada", stdout=io.StringIO())
        logged_in.get("/apps/chatkit/mine/download/")
        assert log(console)[1:] == [
            ["A command on the server", "Exported", "All that is kept of a person", "ada"],
            ["root", "Exported", "Runs, without words", "–"],
        ]

    def test_a_receiver_that_fails_is_logged_and_changes_nothing_else(
        self, root: Client, thread: Thread, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(**kwargs: Any) -> None:
            raise OSError("full")

        conversations_read.connect(fail)
        try:
            page = f"/admin/chatkit/thread/{quote(thread.pk)}/"
            assert root.post(f"{page}open/").status_code == 302
            assert "canary answer" in page_of(root, f"{page}change/")
            assert root.post(f"{CONSOLE}conversations/{thread.pk}/open/").status_code == 302
            search = root.post(f"{CONSOLE}conversations/search/", {"words": "canary"})
            assert thread.pk in page_of(root, search["Location"])
            assert "canary" in csv(root, f"{CONSOLE}conversations/", "conversations")
            data = {"action": "export_csv", "_selected_action": [thread.runs.get().pk]}
            assert root.post("/admin/chatkit/run/", data).status_code == 200
        finally:
            conversations_read.disconnect(fail)
        told = [record for record in caplog.records if record.name == "django.dispatch"]
        assert len(told) == 5
        assert len(log(root)) == 5  # by the receiver of our own

    def test_evaluation_sets_as_files(self, console: Client, operator: Any, tmp_path: Path) -> None:
        made = EvaluationSet.objects.create(name="orders")
        EvaluationQuestion.objects.create(evaluation_set=made, question="canary", key="k")
        url = f"{CONSOLE}quality/evaluations/{made.pk}/file/"
        assert console.get(url).status_code == 404
        target = tmp_path / "none" / "orders.json"
        with pytest.raises(CommandError):
            call_command("chatkit_evaluate", "orders", export=str(target))
        assert log(console) == []
        permit(operator, "chatkit.read_conversation")
        assert "canary" in console.get(url).content.decode()
        target.parent.mkdir()
        call_command("chatkit_evaluate", "orders", export=str(target), stdout=io.StringIO())
        assert "canary" in target.read_text()
        assert log(console, kind="exported") == [
            ["A command on the server", "Exported", "Evaluation sets", "–"],
            ["oona", "Exported", "Evaluation sets", "–"],
        ]

    def test_it_outlives_the_conversation_and_the_people(
        self, console: Client, admin: Any, root: Client, user: Any, thread: Thread
    ) -> None:
        root.post(f"/admin/chatkit/thread/{quote(thread.pk)}/open/")
        admin.delete()
        user.delete()
        assert log(console) == [["root", "Opened", thread.pk, "–"]]
        assert f"conversations/{thread.pk}/" not in page_of(console)


class TestChanges:
    def test_who_changed_budgets_switch_prompts_and_articles(
        self, console: Client, root: Client, admin: Any
    ) -> None:
        given = {"amount": "5", "unit": "messages", "span": "day", "active": "on"}
        assert root.post("/admin/chatkit_console/budget/add/", given).status_code == 302
        root.post("/admin/chatkit_console/switch/add/", {"offline": "on"})
        prompt = {"label": "Orders", "prompt": "How?", "order": "3", "active": "on"}
        root.post("/admin/chatkit/starterprompt/add/", prompt)
        pk = StarterPrompt.objects.get().pk
        url = f"/admin/chatkit/starterprompt/{pk}/change/"
        root.post(url, prompt | {"prompt": "x" * 500})
        root.post(f"/admin/chatkit/starterprompt/{pk}/delete/", {"post": "yes"})
        article = editing.create_article("Paying", user=admin)
        text = editing.create_text(article, "en", Content.of("Paying", "Like this."), admin)
        editing.take_step(text, "published", admin)
        root.post(f"/admin/chatkit_articles/article/{article.pk}/delete/", {"post": "yes"})
        found = [line[:3] for line in log(console)]
        assert found == [
            ["root", "Deleted", "paying Articles"],
            ["root", "Deleted", "Orders Starter prompts"],
            ["root", "Changed", f"Orders Starter prompts · prompt: How? → {'x' * 79}…"],
            ["root", "Added", "Orders Starter prompts"],
            ["root", "Added", "Whole site Offline switch"],
            ["root", "Added", "Everybody: 5 messages a day Budgets"],
        ]

    def test_steps_of_articles(self, console: Client, operator: Any, admin: Any) -> None:
        article = editing.create_article("Paying", user=admin)
        text = editing.create_text(article, "en", Content.of("Paying", "Like this."), admin)
        editing.take_step(text, "published", admin)
        assert log(console) == [
            ["root", "Published", "Paying Articles · en · version 2", "–"],
            ["root", "Saved", "Paying Articles · en · version 1", "–"],
        ]
        history = f"/admin/chatkit_articles/articletext/{text.pk}/history/"
        assert history not in page_of(console)
        permit(operator, "chatkit_articles.view_article")
        assert history in page_of(console)

    def test_a_draft_made_of_a_question_is_named_by_its_number(
        self, console: Client, operator: Any, root: Client, user: Any
    ) -> None:
        asked(user, "canary question", outcome="not_found")
        root.get(f"{CONSOLE}unanswered/")
        group = QuestionGroup.objects.get()
        page = f"{CONSOLE}unanswered/{group.pk}/"
        root.post(f"{page}mark/", {"act": "write", "title": "canary question"})
        text = ArticleText.objects.select_related("article").get()
        assert (text.title, text.article.slug) == ("canary question", "canary-question")
        drafted = "status: Open → Being written, article: – → …"
        assert [line[:3] for line in log(console)] == [
            ["root", "Changed", f"#{group.pk} Unanswered questions · {drafted}"],
            ["root", "Saved", f"#{text.article_id} Articles · en · version 1"],
        ]
        for url in (page, f"{CONSOLE}unanswered/?status=drafted"):
            assert "canary" not in page_of(console, url)
        assert "canary-question" in page_of(root, page)
        assert log(root)[1][2] == "canary question Articles · en · version 1"
        number = f"#{text.article_id} Articles"
        texts, articles = "/admin/chatkit_articles/articletext/", "/admin/chatkit_articles/article/"
        root.post(f"{articles}{text.article_id}/change/", {"order": "4"})
        root.post(f"{texts}{text.pk}/delete/", {"post": "yes"})
        root.post(f"{articles}{text.article_id}/delete/", {"post": "yes"})
        assert [line[1:3] for line in log(console)][:3] == [
            ["Deleted", number],
            ["Deleted", number],
            ["Changed", f"{number} · place in the list: – → 4"],
        ]
        kept = json.dumps(list(Change.objects.values("name", "before", "after")))
        assert "canary" not in kept

    def test_reviews_sets_and_phrasings_without_their_words(
        self, console: Client, root: Client, admin: Any, user: Any
    ) -> None:
        asked(user, "canary question?", outcome="not_found")
        run = asked(user, "canary question?", outcome="not_found")
        at = f"{CONSOLE}quality/"
        root.post(f"{at}add/", {"run": run.pk})
        url = f"{at}reviews/{run.pk}/mark/"
        root.post(url, {"status": "mended", "assigned_to": "", "notes": "canary", "seen": ""})
        root.post(f"{at}collect/", {"run": run.pk, "set": "orders"})
        made, question = EvaluationSet.objects.get(), EvaluationQuestion.objects.get()
        changed = {"question": "canary", "language": "en", "outcome": "refused"}
        root.post(f"{at}evaluations/{made.pk}/questions/{question.pk}/change/", changed)
        root.post(f"{at}evaluations/{made.pk}/change/", {"act": "bar", "bar": "90"})
        file = io.BytesIO(evaluations.dump(made).replace("canary", "canaries").encode())
        root.post(f"{at}evaluations/take-in/", {"file": file})
        root.post(f"{at}evaluations/{made.pk}/change/", {"act": "delete", "sure": "1"})
        console.get(f"{CONSOLE}unanswered/")
        article = editing.create_article("Paying", user=admin)
        text = editing.create_text(article, "en", Content.of("Paying", "Like this."), admin)
        editing.take_step(text, "published", admin)
        group = QuestionGroup.objects.get()
        mark = f"{CONSOLE}unanswered/{group.pk}/mark/"
        root.post(mark, {"act": "answered", "article": "paying"})
        root.post(mark, {"act": "dismiss"})
        phrasing = f"/admin/chatkit_articles/phrasing/{Phrasing.objects.get().pk}/"
        new = {"text": "canary two", "language": "en", "slug": "paying"}
        root.post(f"{phrasing}change/", new)
        root.post(f"{phrasing}delete/", {"post": "yes"})
        root.post(f"/admin/chatkit_articles/article/{article.pk}/change/", {"order": "4"})
        root.post(f"/admin/chatkit_articles/articletext/{text.pk}/delete/", {"post": "yes"})
        set_, one = "Evaluation sets", f"orders #{question.pk} Evaluation sets"
        unanswered = f"#{group.pk} Unanswered questions"
        review, status = f"{run.pk} Answers to review", "status: "
        by = "Answered by an article"
        answered = f" · {status}{by}"
        found = [line[1:3] for line in log(console, person="root")]
        assert found == [
            ["Deleted", "Paying Articles"],
            ["Changed", "paying Articles · place in the list: – → 4"],
            ["Deleted", "paying Phrasings"],
            ["Changed", "paying Phrasings · question: other words"],
            ["Changed", f"{unanswered}{answered} → Not for us, article: paying → –"],
            ["Changed", f"{unanswered} · {status}Open → {by}, article: – → paying"],
            ["Added", "paying Phrasings"],
            ["Deleted", f"orders {set_}"],
            ["Changed", f"orders {set_} · bar: 0.9 → –, changed questions: – → 1"],
            ["Changed", f"orders {set_} · bar: – → 0.9"],
            ["Changed", f"{one} · question: other words, outcome: Answered → Refused"],
            ["Added", one],
            ["Added", f"orders {set_}"],
            ["Changed", f"{review} · {status}Open → Mended, assigned to: root → –, notes: – → …"],
            ["Added", review],
        ]  # fmt: skip
        for kind, lines in (("review", 2), ("evaluationset", 6), ("phrasing", 3)):
            assert len(log(console, kind=kind)) == lines
        assert "canary" not in page_of(console) + csv(console, URL, "audit")
        assert f'quality/reviews/{run.pk}/"' in page_of(console)
        assert f'unanswered/{group.pk}/"' in page_of(console)

    def test_commands_are_told_too(self, console: Client, tmp_path: Path) -> None:
        made = {"format": "chatkit-evaluation/1", "name": "orders"}
        made["questions"] = [{"question": "canary?", "outcome": "answered"}]  # type: ignore[assignment]
        (tmp_path / "orders.json").write_text(json.dumps(made), "utf-8")
        evaluations.take_in(evaluations.load((tmp_path / "orders.json").read_bytes()))
        assert log(console) == [["A command on the server", "Added", "orders Evaluation sets", "–"]]

    def test_who_may_do_what(self, console: Client, root: Client) -> None:
        given = {"name": "Editors", "permissions": [str(Permission.objects.first().pk)]}
        assert root.post("/admin/auth/group/add/", given).status_code == 302
        group = Group.objects.get()
        root.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Editors"})
        root.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
        assert log(console, kind="access") == [
            ["root", "Deleted", "Editors Users and groups", "–"],
            ["root", "Changed", "Editors Users and groups · Changed Permissions.", "–"],
            ["root", "Added", "Editors Users and groups", "–"],
        ]
        assert len(log(console)) == 3

    def test_what_can_not_be_logged_is_not_done(
        self, root: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(**kwargs: Any) -> None:
            raise OSError("full")

        monkeypatch.setattr(Change.objects, "create", fail)
        with pytest.raises(OSError, match="full"):
            root.post("/admin/chatkit_console/switch/add/", {"offline": "on"})
        prompt = {"label": "Orders", "prompt": "How?", "order": "3", "active": "on"}
        with pytest.raises(OSError, match="full"):
            root.post("/admin/chatkit/starterprompt/add/", prompt)
        assert not StarterPrompt.objects.exists()


class TestFilters:
    @pytest.fixture
    def lines(self, user: Any, other: Any, admin: Any) -> None:
        now = timezone.now()
        reading: Any = {"user": admin, "user_name": "root"}
        Reading.objects.create(**reading, action="opened", thread_id="thr_1", person=user, at=now)
        Reading.objects.create(**reading, action="exported", what="data", person=other, at=now)
        Reading.objects.create(user_name="gone", action="searched", at=now - 20 * DAY)
        Change.objects.create(user=other, user_name="bob", action="added", kind="budget", at=now)

    def test_by_person_kind_and_period(self, console: Client, lines: None) -> None:
        assert [line[0] for line in log(console)] == ["root", "root", "bob"]
        assert [line[0] for line in log(console, person="bob")] == ["root", "bob"]
        assert [line[3] for line in log(console, person="ada")] == ["ada"]
        assert [line[1] for line in log(console, kind="budget")] == ["Added"]
        assert [line[1] for line in log(console, kind="exported", person="root")] == ["Exported"]
        assert [line[0] for line in log(console, person="gone", period="30d")] == ["gone"]
        assert log(console, person="nobody") == []

    def test_broken_ones_count_for_nothing(self, console: Client, lines: None) -> None:
        for after in ("x", "2026-11-28T10:00:00+00:00~x~1", "~~", f"{timezone.now()}~1~{'9' * 30}"):
            page = page_of(console, kind="secrets", after=after, period="own")
            assert len(rows(page)) == 3, after
            assert "That period has no first or no last day" in page

    def test_pages_have_each_line_once(
        self, console: Client, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chatkit.contrib.console.audit.entries.PAGE", 2)
        now = timezone.now()
        for nth in range(3):
            at = now - datetime.timedelta(minutes=nth // 2)
            Reading.objects.create(user_name=f"r{nth}", action="opened", at=at)
            Change.objects.create(user_name=f"c{nth}", action="added", kind="budget", at=at)
        url, seen = URL, []
        while url:
            page = page_of(console, url)
            seen += [line[1] for line in rows(page)]
            head, found, _rest = page.partition('" rel="next">')
            url = head.rpartition('href="')[2] if found else ""
        assert seen == ["r1", "r0", "c1", "c0", "r2", "c2"]
        lines = csv(console, URL, "audit").splitlines()
        assert [line.split(",")[1] for line in lines[1:]] == seen

    def test_queries_do_not_grow(
        self, console: Client, admin: Any, lines: None, connection_queries: Callable[[Any], int]
    ) -> None:
        first = connection_queries(lambda: page_of(console, person="root"))
        for nth in range(12):
            thread = asked(admin).thread
            Reading.objects.create(user=admin, person=admin, action="opened", thread_id=thread.pk)
            Budget.objects.create(amount=nth, unit="messages", span="day")
            Change.objects.create(user=admin, user_name="root", action="added", kind="budget")
        assert connection_queries(lambda: page_of(console, person="root")) == first


def test_no_words_of_conversations_are_in_it(
    console: Client, reader: Any, root: Client, thread: Thread
) -> None:
    console.post(f"{CONSOLE}conversations/{thread.pk}/open/")
    console.post(f"{CONSOLE}conversations/search/", {"words": "canary"})
    csv(console, f"{CONSOLE}conversations/", "conversations")
    assert len(log(console)) == 3
    assert "canary" not in page_of(console) + csv(console, URL, "audit")


def test_the_documents_name_all_that_is_told() -> None:
    named = {
        "budget": "a budget",
        "switch": "a switch",
        "starterprompt": "a starter prompt",
        "messagetemplate": "a message template",
        "article": "an article",
        "articletext": "an article's text",
        "phrasing": "a phrasing",
        "questiongroup": "the mark of unanswered questions",
        "review": "a review",
        "evaluationset": "an evaluation set",
        "evaluationquestion": "or a question of one",
        "share": "a shared link",
    }
    assert set(named) == set(MODELS)
    page = (Path(settings.BASE_DIR) / "docs" / "reference" / "signals.md").read_text("utf-8")
    (line,) = [line for line in page.splitlines() if line.startswith("| `row_changed`")]
    assert [words for words in named.values() if words not in line] == []


def test_nothing_can_be_changed_there(console: Client, root: Client) -> None:
    for client in (console, root):
        for send in (client.post, client.put, client.delete, client.patch):
            assert send(URL).status_code == 405
