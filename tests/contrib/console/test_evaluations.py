"""Evaluation sets: collected, kept as files, asked without a trace, and compared."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from chatkit.contrib.console.evaluations import running, tasks
from chatkit.contrib.console.models import (
    Budget,
    Evaluation,
    EvaluationQuestion,
    EvaluationResult,
    EvaluationSet,
    Spent,
)
from chatkit.managers import PROCESS_GONE
from chatkit.models import Run, Session, Thread, ToolCall
from chatkit.signals import run_finished
from tests.people import permit

from .test_overview import rows
from .traffic import asked

pytestmark = pytest.mark.django_db
URL = "/apps/chatkit/console/quality/evaluations/"
HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"
FILE: dict[str, Any] = {
    "format": "chatkit-evaluation/1",
    "name": "orders",
    "bar": 0.5,
    "questions": [
        {"question": "How do I add a customer?", "language": "en", "article": "customers"},
        {"question": "Thanks a lot!", "language": "en", "outcome": "answered"},
    ],
}

TOLD = """\
  passed  How do I add a customer?
  passed  Thanks a lot!
orders #1: 2 of 2 answered as expected (100%).
"""


def changed(**values: Any) -> dict[str, Any]:
    return FILE | values


def question(**values: Any) -> dict[str, Any]:
    return changed(questions=[{"question": "Q?", "article": "a"} | values])


@pytest.fixture(autouse=True)
def _help_desk(settings: Any, workflow_id: str) -> None:
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: HELP_DESK}}


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """A file of a set; its path."""

    def write(**values: Any) -> str:
        path = tmp_path / "orders.json"
        path.write_text(json.dumps(changed(**values)))
        return str(path)

    return write


@pytest.fixture
def editor(console: Client, reader: Any) -> Client:
    """The browser of somebody who may read and change sets."""
    permit(reader, "chatkit_console.change_evaluationset")
    return console


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a thread or a worker does otherwise."""
    monkeypatch.setattr(tasks, "start", lambda run, user: tasks.evaluate.call(run.pk, str(user.pk)))


def evaluate(*args: str, **options: Any) -> tuple[int, str]:
    """The command's exit status and what it says."""
    out = io.StringIO()
    try:
        call_command("chatkit_evaluate", *args, stdout=out, stderr=out, **options)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


class TestCommand:
    def test_what_an_answer_has_used_whose_time_was_up_counts(
        self, written: Any, settings: Any, workflow_id: str
    ) -> None:
        late = "tests.contrib.console.answerers.LateServer"
        settings.CHATKIT |= {"WORKFLOWS": {workflow_id: late}, "RUN_TIMEOUT": 1}
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        evaluate(written(questions=FILE["questions"][:1]))
        assert EvaluationResult.objects.get().error == "timeout"
        assert (Evaluation.objects.get().tokens_out, Spent.objects.get().tokens) == (100, 100)

    def test_set_is_taken_in_asked_and_told(self, written: Any) -> None:
        assert evaluate(written(), verbosity=2) == (0, TOLD)
        first = Evaluation.objects.get()
        assert (first.status, first.asked, first.passed) == ("done", 2, 2)
        result = first.results.get(article="customers")
        assert (result.got_outcome, result.got_articles) == ("answered", ["customers"])
        assert "customer" in result.got_text

    def test_nothing_of_it_is_kept_elsewhere(self, written: Any) -> None:
        heard: list[Any] = []

        def receiver(**kwargs: Any) -> None:
            heard.append(kwargs)

        run_finished.connect(receiver)
        try:
            evaluate(written())
        finally:
            run_finished.disconnect(receiver)
        rows = [model.objects.count() for model in (Thread, Run, Session, ToolCall)]
        assert (rows, heard) == ([0, 0, 0, 0], [])

    def test_under_the_bar_the_exit_status_is_1(self, written: Any) -> None:
        nobody = {"question": "How do I add a customer?", "language": "en", "phrase": "unicorn"}
        path = written(questions=[*FILE["questions"], nobody | {"language": "es"}], bar=0.9)
        code, told = evaluate(path)
        assert (code, "Under the bar of 90%." in told) == (1, True)
        assert evaluate("orders", bar=0.6)[0] == 0
        assert evaluate(written(bar=None))[0] == 0

    def test_it_tells_what_changed_since_the_last_one(self, written: Any) -> None:
        evaluate(written(), label="v1")
        expectation = {"question": "how do I  add a CUSTOMER?", "language": "en", "phrase": "xyz"}
        new = {"question": "Hello!", "outcome": "answered"}
        code, told = evaluate(written(questions=[expectation, new], bar=0))
        assert code == 0
        assert told.splitlines()[:4] == [
            "Against v1: 2 of 2 then.",
            "- how do I  add a CUSTOMER? (answered, customers -> answered, customers)",
            "* Hello! (clarified)",
            "x Thanks a lot! (not asked any more)",
        ]
        _code, told = evaluate(written())
        assert told.splitlines()[1].startswith("+ How do I add a customer?")
        _code, told = evaluate("orders", against="v1")
        assert told.splitlines()[0] == "Against v1: 2 of 2 then."
        assert len(told.splitlines()) == 2  # nothing has changed since then
        _code, told = evaluate("orders", against="2")
        assert told.splitlines()[0] == "Against #2: 0 of 2 then."

    @pytest.mark.parametrize(
        ("args", "options", "says"),
        [
            (["nothing"], {}, "There is no evaluation set 'nothing'."),
            (["/none/x.json"], {}, "/none/x.json: No such file or directory"),
            (["orders"], {"against": "v9"}, "No evaluation 'v9' of this set"),
            (["orders"], {"bar": 2.0}, "--bar must be between 0 and 1."),
            (["orders"], {"user": "nobody-known"}, "There is no user 'nobody-known'."),
            (["orders"], {"export": "/none/x.json"}, "/none/x.json: No such file or directory"),
        ],
    )
    def test_what_can_t_be_done_is_said(
        self, written: Any, args: list[str], options: Any, says: str
    ) -> None:
        evaluate(written())
        code, told = evaluate(*args, **options)
        assert (code, says in told) == (2, True)
        assert Evaluation.objects.count() == 1

    def test_a_set_goes_to_a_file_and_back_as_it_was(self, written: Any, tmp_path: Path) -> None:
        evaluate(written())
        target = tmp_path / "again.json"
        assert evaluate("orders", export=str(target))[0] == 0
        assert json.loads(target.read_text()) == changed(workflow="")

    def test_one_at_a_time(self, written: Any) -> None:
        evaluate(written())
        run = running.begin(EvaluationSet.objects.get())
        assert evaluate("orders") == (2, "This set is being asked already.")
        # Its process is gone: half an hour later it holds nobody up.
        Evaluation.objects.filter(pk=run.pk).update(beat_at=run.beat_at - 2 * running.STALE)
        assert evaluate("orders")[0] == 0
        run.refresh_from_db()
        assert (run.status, run.error) == ("broken", PROCESS_GONE)


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"\xff", "not JSON"),
            (b"{", "not JSON"),
            (b"[" * 100_000, "not JSON"),
            (b" " * 2_200_000, "larger than 2 MB"),
            ([], "no “format”"),
            (changed(format="x"), "no “format”"),
            (changed(name="a b"), "The name may have"),
            (changed(name="x" * 65), "The name may have"),
            (changed(name=5), "The name may have"),
            (changed(workflow="wf_none"), "no such workflow"),
            (changed(bar=90), "from 0 to 1"),
            (changed(bar=True), "from 0 to 1"),
            (changed(questions=[]), "no questions"),
            (changed(questions={"a": 1}), "no questions"),
            (changed(questions=[{"question": "Q?", "article": "a"}] * 2001), "2000 questions"),
            (changed(questions=["Q?"]), "Question 1 is no object"),
            (question(question=""), "no “question”"),
            (question(question="x" * 2001), "“question” is no text of at most 2000"),
            (question(question="a\0"), "“question” is no text"),
            (question(phrase="\ud800"), "“phrase” is no text"),
            (question(phrase=None), "“phrase” is no text"),
            (question(article=""), "expects nothing"),
            (question(outcome="good"), "no such outcome"),
        ],
    )
    def test_one_that_is_none_says_why(self, editor: Client, content: Any, says: str) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        response = editor.post(f"{URL}take-in/", {"file": SimpleUploadedFile("a.json", data)})
        assert (response.status_code, says in response.content.decode()) == (400, True)
        assert not EvaluationSet.objects.exists()

    def test_links_of_the_page_that_says_why_lead_to_the_list(self, editor: Client) -> None:
        EvaluationSet.objects.create(name="orders")
        page = editor.post(f"{URL}take-in/?period=30d").content.decode()
        (link,) = re.findall(r'href="([^"]*csv=[^"]*)"', page)
        assert link == f"{URL}?period=30d&amp;csv=sets"
        taken: Any = editor.get(html.unescape(link))
        assert b"orders" in b"".join(taken.streaming_content)

    def test_one_comes_in_and_goes_out(self, editor: Client) -> None:
        upload = SimpleUploadedFile("a.json", json.dumps(FILE).encode())
        response = editor.post(f"{URL}take-in/", {"file": upload})
        made = EvaluationSet.objects.get()
        assert response["Location"] == f"{URL}{made.pk}/"
        response = editor.get(f"{URL}{made.pk}/file/")
        assert json.loads(response.content) == changed(workflow="")
        assert "attachment" in response["Content-Disposition"]
        assert editor.post(f"{URL}take-in/").status_code == 400


class TestBrokenOff:
    def test_an_assistant_that_fails_again_and_again_ends_it(
        self, written: Any, settings: Any, workflow_id: str
    ) -> None:
        path = written(
            questions=[{"question": f"say {n}", "outcome": "answered"} for n in (1, 2, 3)], bar=0.1
        )
        servers = {workflow_id: "tests.selfhosted.servers.ScriptedServer"}
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": servers}
        assert evaluate(path)[0] == 0
        fail = [{"question": f"fail {n}", "outcome": "answered"} for n in range(5)]
        code, told = evaluate(written(questions=fail))
        assert (code, told.splitlines()[-1]) == (
            2,
            "orders #2 was broken off after 3 of 5 questions: RuntimeError.",
        )
        run = Evaluation.objects.get(number=2)
        assert (run.status, run.passed) == ("broken", 0)
        assert [one.got_outcome for one in run.results.all()] == ["failed"] * 3
        # What comes later is compared with the last one that came to its end.
        _code, told = evaluate(path)
        assert told.splitlines()[0] == "Against #1: 3 of 3 then."

    def test_a_single_failure_counts_and_the_rest_is_asked(
        self, written: Any, settings: Any, workflow_id: str
    ) -> None:
        servers = {workflow_id: "tests.selfhosted.servers.ScriptedServer"}
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": servers}
        texts = ("say 1", "fail 1", "say 2")
        asked = [{"question": text, "outcome": "answered"} for text in texts]
        code, told = evaluate(written(questions=asked))
        assert (code, "2 of 3 answered as expected" in told) == (0, True)
        assert EvaluationResult.objects.get(passed=False).error == "RuntimeError"

    def test_a_workflow_that_openai_hosts_can_t_be_asked(
        self, written: Any, settings: Any, workflow_id: str
    ) -> None:
        path = written()
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: "openai"}}
        code, told = evaluate(path)
        assert (code, "broken off after 0 of 2" in told) == (2, True)


class TestCollect:
    def collect(self, client: Client, run: Run, name: str = "orders") -> Any:
        return client.post("/apps/chatkit/console/quality/collect/", {"run": run.pk, "set": name})

    def test_one_click_takes_a_question_with_what_it_found(
        self, editor: Client, user: Any, workflow_id: str
    ) -> None:
        run = asked(
            user, "How do I add one?", cited=[{"article": "customers"}], workflow_id=workflow_id
        )
        page = editor.get(f"/apps/chatkit/console/conversations/{run.thread_id}/")
        assert 'form="ckc-collect"' in page.content.decode()
        response = self.collect(editor, run)
        one = EvaluationQuestion.objects.get()
        assert response["Location"] == f"{URL}{one.evaluation_set_id}/questions/{one.pk}/"
        assert (one.question, one.language) == ("How do I add one?", "en")
        assert (one.article, one.outcome) == ("customers", "answered")
        self.collect(editor, run)
        assert EvaluationQuestion.objects.count() == 1
        run.thread.delete()
        assert EvaluationQuestion.objects.count() == 1

    def test_of_what_was_not_found_an_answer_is_expected(self, editor: Client, user: Any) -> None:
        self.collect(editor, asked(user, "Bitcoin?", outcome="not_found"))
        one = EvaluationQuestion.objects.get()
        assert (one.article, one.outcome) == ("", "answered")

    def test_who_may_not(self, console: Client, reader: Any, user: Any) -> None:
        run = asked(user)
        assert self.collect(console, run).status_code == 404
        permit(reader, "chatkit_console.change_evaluationset")
        assert self.collect(console, run, "no name").status_code == 404
        assert self.collect(console, run).status_code == 302


class TestPages:
    @pytest.fixture
    def set_url(self, written: Any) -> str:
        evaluate(written())
        return f"{URL}{EvaluationSet.objects.get().pk}/"

    def test_a_button_asks_it_and_the_page_tells(
        self, editor: Client, set_url: str, at_once: None
    ) -> None:
        response = editor.post(f"{set_url}run/", {"label": "After the change"})
        assert response["Location"] == f"{set_url}2/"
        html = editor.get(f"{set_url}2/").content.decode()
        assert "2 of 2 answered as expected" in html
        assert "0 questions pass now, 0 fail now" in html
        assert {row[5] for row in rows(html)} == {"As before"}
        assert rows(editor.get(set_url).content.decode())[0][0] == "After the change"
        assert rows(editor.get(URL).content.decode())[0][:4] == ["orders", "2", "100 %", "50 %"]

    def test_while_it_is_asked_the_page_shows_how_far_it_is(
        self, editor: Client, set_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "start", lambda run, user: None)
        editor.post(f"{set_url}run/")
        editor.post(f"{set_url}run/")  # the second of two clicks
        assert Evaluation.objects.count() == 2
        Evaluation.objects.filter(number=2).update(status="running", asked=1)
        html = editor.get(f"{set_url}2/").content.decode()
        assert '<progress max="2" value="1"' in html
        assert "1 of 2 questions asked, 0 as expected" in html
        # Its script asks for more, on this page and on that of the set.
        for shown in (html, editor.get(set_url).content.decode()):
            assert f'data-ckc-progress="{set_url}2/progress/"' in shown
            assert re.search(r'href="[^"]+"[^>]*><svg.+?</svg>Reload</a>', shown)
        progress = editor.get(f"{set_url}2/progress/")
        told = "Running · 1 of 2 questions asked, 0 as expected"
        assert progress.json() == {"asked": 1, "total": 2, "told": told, "over": False}
        assert progress["Cache-Control"] == "private, no-store"
        Evaluation.objects.filter(number=2).update(status="broken", error="APITimeoutError")
        assert editor.get(f"{set_url}2/progress/").json()["over"] is True
        assert "data-ckc-progress" not in editor.get(f"{set_url}2/").content.decode()
        assert "data-ckc-progress" not in editor.get(set_url).content.decode()

    @pytest.mark.parametrize("status", ["waiting", "running"])
    def test_one_whose_process_is_gone_is_broken_off_on_its_page(
        self, editor: Client, set_url: str, status: str
    ) -> None:
        run = running.begin(EvaluationSet.objects.get())
        beat_at = run.beat_at - 2 * running.STALE
        Evaluation.objects.filter(pk=run.pk).update(status=status, beat_at=beat_at)
        html = editor.get(f"{set_url}2/").content.decode()
        assert "Broken off" in html
        assert "Its process ended before it." in html
        assert "data-ckc-progress" not in html
        Evaluation.objects.filter(pk=run.pk).update(status=status)
        assert editor.get(f"{set_url}2/progress/").json()["over"] is True

    @pytest.mark.parametrize("added", [True, False])
    def test_a_set_that_changes_while_it_waits_is_asked_as_it_is_then(
        self, editor: Client, set_url: str, operator: Any, added: bool
    ) -> None:
        run = running.begin(EvaluationSet.objects.get())
        if added:
            given = {"act": "add", "question": "Danke!", "language": "de", "outcome": "answered"}
            editor.post(f"{set_url}change/", given)
        else:
            EvaluationQuestion.objects.all()[1].delete()
        tasks.evaluate.call(run.pk, str(operator.pk))
        count = 3 if added else 1
        html = editor.get(f"{set_url}2/").content.decode()
        assert f"{count} of {count} answered as expected" in html
        assert rows(editor.get(set_url).content.decode())[0][3] == "100 %"

    def test_by_itself_it_is_asked_by_a_task(self, set_url: str, operator: Any) -> None:
        run = running.begin(EvaluationSet.objects.get())
        tasks.evaluate.call(run.pk, str(operator.pk))
        run.refresh_from_db()
        assert run.status == "done"

    def test_one_that_was_broken_off_says_why(self, editor: Client, set_url: str) -> None:
        Evaluation.objects.update(status="broken", error="APITimeoutError", asked=1)
        html = editor.get(f"{set_url}1/").content.decode()
        assert "Broken off: The model did not answer in time" in html

    def test_words_only_for_who_may_read_them(self, console: Client, set_url: str) -> None:
        for url in (URL, set_url, f"{set_url}1/"):
            response = console.get(url)
            assert response.status_code == 200
            assert "add a customer" not in response.content.decode()
        pk = EvaluationQuestion.objects.values_list("pk", flat=True)[0]
        for url in (f"{set_url}file/", f"{set_url}questions/{pk}/"):
            assert console.get(url).status_code == 404
        assert console.post(f"{set_url}run/").status_code == 404

    def test_questions_are_added_changed_and_taken_out(self, editor: Client, set_url: str) -> None:
        new = {"act": "add", "question": "And now?", "article": "orders"}
        assert editor.post(f"{set_url}change/", new).status_code == 302
        one = EvaluationQuestion.objects.get(question="And now?")
        url = f"{set_url}questions/{one.pk}/change/"
        editor.post(url, {"question": "And then?", "phrase": "soon"})
        one.refresh_from_db()
        assert (one.question, one.phrase, one.article) == ("And then?", "soon", "")
        assert editor.post(url, {"question": "Q?", "outcome": "good"}).status_code == 404
        for said, unfit in (
            ("Write a question first.", {"question": " ", "phrase": "maybe"}),
            ("Say what is expected of the answer", {"question": "Nothing expected?"}),
            (
                "The set has this question already.",
                {"question": "thanks a LOT!", "language": "en", "outcome": "answered"},
            ),
        ):
            for address, act in ((url, "save"), (f"{set_url}change/", "add")):
                response = editor.post(address, {**unfit, "act": act})
                html = response.content.decode()
                assert response.status_code == 400
                assert said in html
                assert f"{unfit['question'].strip()}</textarea>" in html  # what was typed stays
                assert f'name="phrase" value="{unfit.get("phrase", "")}"' in html
        assert EvaluationQuestion.objects.count() == 3
        editor.post(url, {"act": "delete"})
        assert EvaluationQuestion.objects.count() == 2

    def test_what_was_written_into_a_question_that_is_gone_is_not_lost(
        self, editor: Client, set_url: str
    ) -> None:
        one = EvaluationQuestion.objects.all()[0]
        url, mine = f"{set_url}questions/{one.pk}/change/", {"question": "Why?", "phrase": "So"}
        one.delete()
        response = editor.post(url, mine)
        html = response.content.decode()
        assert response.status_code == 400
        assert "This question was taken out of the set while you were editing it." in html
        assert "Why?</textarea>" in html
        assert 'name="phrase" value="So"' in html
        assert f'action="{set_url}change/"' in html
        assert 'name="act" value="add"' in html
        assert 'value="delete"' not in html
        assert editor.post(f"{set_url}change/", mine | {"act": "add"}).status_code == 302
        assert EvaluationQuestion.objects.get(question="Why?").phrase == "So"
        # Who wanted it gone has what they wanted.
        assert editor.post(url, {"act": "delete"})["Location"] == set_url

    @pytest.mark.parametrize("act", ["add", "save"])
    def test_nor_with_its_set(self, editor: Client, set_url: str, act: str) -> None:
        one = EvaluationQuestion.objects.all()[0]
        place = "" if act == "add" else f"questions/{one.pk}/"
        EvaluationSet.objects.all().delete()
        mine = {"question": "Why?", "phrase": "So", "act": act}
        response = editor.post(f"{set_url}{place}change/", mine)
        html = response.content.decode()
        assert response.status_code == 400
        assert "This set was deleted while you were editing it." in html
        assert "Why?</textarea>" in html
        assert 'name="act"' not in html
        assert f'<a href="{URL}">' in html
        assert editor.post(f"{set_url}change/", {"act": "delete"})["Location"] == URL

    def test_a_set_without_questions_is_no_file(
        self, editor: Client, set_url: str, tmp_path: Path
    ) -> None:
        assert "As a file" in editor.get(set_url).content.decode()
        EvaluationQuestion.objects.all().delete()
        assert "As a file" not in editor.get(set_url).content.decode()
        assert editor.get(f"{set_url}file/").status_code == 404
        name, target = EvaluationSet.objects.get().name, tmp_path / "set.json"
        with pytest.raises(CommandError, match="has no questions"):
            call_command("chatkit_evaluate", name, export=str(target))
        assert not target.exists()

    def test_the_bar_is_set_and_the_set_deleted(self, editor: Client, set_url: str) -> None:
        editor.post(f"{set_url}change/", {"act": "bar", "bar": "90"})
        assert EvaluationSet.objects.get().bar == 0.9
        for unfit in ("101", "-1", "x", "nan", "inf"):
            response = editor.post(f"{set_url}change/", {"act": "bar", "bar": unfit})
            assert response.status_code == 404, unfit
        editor.post(f"{set_url}change/", {"act": "bar", "bar": ""})
        assert EvaluationSet.objects.get().bar is None
        assert editor.post(f"{set_url}change/", {"act": "delete"}).status_code == 404
        editor.post(f"{set_url}change/", {"act": "delete", "sure": "on"})
        assert not EvaluationSet.objects.exists()

    def test_what_is_not_there(self, editor: Client, set_url: str) -> None:
        for url in (
            f"{URL}99999/",
            f"{set_url}99/",
            f"{set_url}99/progress/",
            f"{set_url}questions/9999/",
        ):
            assert editor.get(url).status_code == 404
        assert editor.get(f"{set_url}1/?against=%00x").status_code == 404
        assert editor.get(f"{set_url}1/?against=nothing").status_code == 200

    @pytest.mark.slow
    def test_queries_are_constant(
        self, editor: Client, set_url: str, written: Any, connection_queries: Any
    ) -> None:
        urls = (URL, set_url, f"{set_url}1/")
        few = [connection_queries(lambda url=url: editor.get(url)) for url in urls]
        more = [{"question": f"Q{n}", "article": "orders"} for n in range(9)]
        evaluate(written(questions=more))
        evaluate(written(name="second", questions=more))
        many = [
            connection_queries(lambda url=url: editor.get(url))
            for url in (*urls[:2], f"{set_url}2/")
        ]
        assert [count <= before + 2 for count, before in zip(many, few, strict=True)] == [True] * 3
