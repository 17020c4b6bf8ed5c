"""Stop, deletion and files: what of a session stays at OpenAI, and what of it is kept here."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from chatkit import personal_data, retention, workflows
from chatkit.attachments.later import finish
from chatkit.contrib.console.models import Budget, Spent
from chatkit.hosted import agent_sessions, causes
from chatkit.models import AgentSession, Attachment, Run, Thread, ThreadItem
from chatkit.selfhosted.runs.process import current
from chatkit.selfhosted.trial import Trial
from tests.selfhosted.protocol import Caller, add, ask, create, text_of, thread_id_of, until
from tests.tools.aside import aside

from .servers import OfferingServer
from .stand_in import AgentsApi, approve, begin, say, wait
from .test_answers import items


def begun(ada: Caller, api: AgentsApi) -> str:
    api.turns = [[say("One.")], [say("Two.")]]
    return thread_id_of(ada.stream(create("First")))


class TestStop:
    def test_cancels_at_openai(self, ada: Caller, api: AgentsApi) -> None:
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        gate = threading.Event()
        api.turns = [[begin("Hello, "), wait(gate)], [say("Two.")]]

        def stop() -> None:
            run = until(lambda: Run.objects.filter(status="running").first())
            until(lambda: b"Hello" in b"".join(current().runs[run.pk].frames))
            assert ada.stop(run.pk).status_code == 200

        pressed = aside(stop)
        found = ada.stream(create("Hi"))
        pressed.join(10)
        until(lambda: api.inputs("cancel"))
        (session,) = api.sessions.values()
        until(lambda: session.turns[0]["status"] == "cancelled")
        # What it has used until then is known later.
        until(lambda: Run.objects.get().tokens_out == 200)
        used = (Run.objects.get().tokens_in or 0) + 200
        until(lambda: Spent.objects.get().tokens == used)
        assert Run.objects.get().status == "stopped"
        row = ThreadItem.objects.get(type="assistant_message")
        assert row.payload["content"][0]["text"] == "Hello, "
        # The session goes on with the next question.
        until(lambda: AgentSession.objects.exclude(question_id="").exists())
        assert text_of(ada.stream(add(thread_id_of(found), "Go on"))) == "Two."
        assert len(api.sessions) == 1

    def test_by_deleting_its_conversation_counts_too(self, ada: Caller, api: AgentsApi) -> None:
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day", each_person=True)
        api.turns = [[begin("Hello, "), wait(threading.Event())]]
        response = ada.post(create("Hi"))
        run = until(lambda: Run.objects.filter(status="running").first())
        until(lambda: b"Hello" in b"".join(current().runs[run.pk].frames))
        ada.json(ask("threads.delete", thread_id=run.thread_id))
        b"".join(response.streaming_content)
        until(lambda: Spent.objects.get().tokens == 1200)
        assert not Run.objects.exists()
        until(lambda: api.deleted)

    @pytest.mark.parametrize("deleted", [False, True])
    def test_before_there_is_a_session(self, ada: Caller, api: AgentsApi, deleted: bool) -> None:
        """The session that comes late is cancelled, counted, kept and deleted like any other."""
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        gate, planned = threading.Event(), api.planned

        def held(method: str, path: str) -> Any:
            if method == "POST" and path == "/agents/sessions":
                gate.wait(5)
            return planned(method, path)

        api.planned = held  # type: ignore[method-assign]
        api.turns = [[begin("Hello"), wait(threading.Event())]]

        def stop() -> None:
            run = until(lambda: Run.objects.filter(status="running").first())
            until(lambda: api.calls)
            ada.stop(run.pk)
            until(lambda: Run.objects.filter(status="stopped"))
            if deleted:
                Thread.objects.all().delete()
            gate.set()

        aside(stop)
        found = ada.stream(create("Hi"))
        until(lambda: api.inputs("cancel"))
        if not deleted:
            assert AgentSession.objects.get().thread_id == thread_id_of(found)
            until(lambda: Run.objects.get().tokens_out == 200)
        until(lambda: Spent.objects.get().tokens == 1200)
        if deleted:
            until(lambda: api.deleted)

    def test_before_the_question_has_left(self, ada: Caller, api: AgentsApi) -> None:
        """The agent was never asked it: with the next question it is told."""
        thread = begun(ada, api)
        gate, planned = threading.Event(), api.planned

        def is_opened(method: str, path: str) -> bool:
            return method == "GET" and path.endswith("/events")

        def held(method: str, path: str) -> Any:
            if is_opened(method, path):
                gate.wait(10)
            return planned(method, path)

        api.planned = held  # type: ignore[method-assign]

        def stop() -> None:
            run = until(lambda: Run.objects.filter(status="running").first())
            until(lambda: any(is_opened(call.method, call.path) for call in api.calls))
            ada.stop(run.pk)

        pressed = aside(stop)
        ada.stream(add(thread, "Second"))
        pressed.join(10)
        until(lambda: api.inputs("cancel"))
        gate.set()
        assert not any("Second" in told for told in api.told())
        assert text_of(ada.stream(add(thread, "Third"))) == "Two."
        told = api.told()[-1]
        assert "Second" in told
        assert told.endswith("Third")


class TestDeletion:
    def test_with_its_conversation(self, ada: Caller, api: AgentsApi) -> None:
        thread = begun(ada, api)
        ada.json(ask("threads.delete", thread_id=thread))
        until(lambda: api.deleted)
        assert finish()
        assert not AgentSession.objects.exists()
        call = next(call for call in api.calls if call.method == "DELETE")
        assert call.headers["openai-beta"] == "agents=v1"

    def test_of_a_server_class(self, ada: Caller, api: AgentsApi, use: Any) -> None:
        use(f"{OfferingServer.__module__}.{OfferingServer.__name__}")
        thread = begun(ada, api)
        ada.json(ask("threads.delete", thread_id=thread))
        until(lambda: api.deleted)
        assert finish()
        assert not AgentSession.objects.exists()

    def test_a_fault_is_kept_and_tried_again(
        self, ada: Caller, api: AgentsApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        api.fault("DELETE", "", status=403)
        thread = begun(ada, api)
        Thread.objects.filter(pk=thread).delete()
        assert finish()
        row = AgentSession.objects.get()
        assert (row.thread_id, row.tries, row.error) == (None, 1, causes.NO_AGENTS.sentence)
        assert row.try_after is not None
        assert row.try_after is not None
        assert row.try_after > timezone.now()
        assert "canary" not in caplog.text
        assert not agent_sessions.due().exists()
        out = StringIO()
        call_command("chatkit_prune", "--days", "300", stdout=out)
        assert "1 agent sessions" in out.getvalue()
        assert api.deleted == [row.pk]
        assert not AgentSession.objects.exists()

    def test_gone_already(self, ada: Caller, api: AgentsApi) -> None:
        thread = begun(ada, api)
        api.sessions.clear()
        Thread.objects.filter(pk=thread).delete()
        assert finish()
        assert not AgentSession.objects.exists()

    def test_of_many_with_one_that_fails(self, ada: Caller, api: AgentsApi) -> None:
        AgentSession.objects.bulk_create(
            AgentSession(id=f"sess_x{number}", agent_id="a") for number in range(3)
        )
        api.fault("DELETE", "sess_x1", status=400)
        assert agent_sessions.delete_waiting() == 2
        assert AgentSession.objects.get().pk == "sess_x1"

    def test_by_chatkit_erase(self, ada: Caller, api: AgentsApi, user: Any) -> None:
        begun(ada, api)
        assert personal_data.counts(user)["agent_sessions"] == 1
        out = StringIO()
        call_command("chatkit_erase", "--user", user.username, "--yes", stdout=out)
        assert finish()
        assert len(api.deleted) == 1
        assert not AgentSession.objects.exists()

    def test_by_chatkit_erase_while_openai_fails(
        self, ada: Caller, api: AgentsApi, user: Any, use: Any
    ) -> None:
        begun(ada, api)
        use(OPENAI_API_KEY="")
        out = StringIO()
        call_command("chatkit_erase", "--user", user.username, "--yes", stdout=out)
        assert finish()
        assert "1 more could not be deleted there (OPENAI_API_KEY is not set.)" in out.getvalue()

    def test_export(self, ada: Caller, api: AgentsApi, user: Any) -> None:
        thread = begun(ada, api)
        out = StringIO()
        call_command("chatkit_export", "--user", user.username, stdout=out)
        (kept,) = json.loads(out.getvalue())["agent_sessions"]
        assert kept["thread_id"] == thread
        # The key of the session at OpenAI is the site's alone.
        assert AgentSession.objects.get().pk not in out.getvalue()

    def test_costs_no_more_where_no_agent_answers(
        self,
        db: None,
        user: Any,
        workflow_id: str,
        django_assert_num_queries: Callable[..., Any],
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(agent_sessions, "later", lambda *args: pytest.fail("for nothing"))
        Thread.objects.create(user=user, workflow_id=workflow_id)
        retention.delete_threads(Thread.objects.all())


def published(api: AgentsApi, *paths: str) -> Callable[[Any], None]:
    """The step of a turn that publishes these files."""

    def publish(playing: Any) -> None:
        for number, path in enumerate(paths):
            playing.session.artifacts.append(
                {
                    "id": f"art_{number}",
                    "object": "agent.session.artifact",
                    "created_at": 1,
                    "environment_id": "env_1",
                    "path": path,
                    "session_id": playing.session.id,
                    "size_bytes": 10**9 if "large" in path else 8,
                    "turn_id": playing.turn["id"],
                }
            )
            api.files[f"art_{number}"] = b"a,b\n1,2\n"

    return publish


class TestFiles:
    def test_are_kept_here(
        self, ada: Caller, api: AgentsApi, use: Any, user: Any, other: Any, settings: Any
    ) -> None:
        use("tests.selfhosted.managed.servers.FilesServer")
        evil = "a](javascript:alert(1))[b.csv"

        publish = published(api, "/out/list.csv", f"/out/{evil}", "/out/large.csv")
        api.turns = [[publish, say("Here it is.")]]
        found = ada.stream(create("Make a list"))
        (session,) = api.sessions.values()
        assert session.body["environment"] == {"type": "openai_hosted"}
        assert session.body["spend_control"] == {"limit": 50}
        _answer, message = items(found, "assistant_message")
        words = message["content"][0]["text"]
        rows = {row.name: row for row in Attachment.objects.all()}
        assert len(rows) == 2
        row = rows["list.csv"]
        assert f"[list\\.csv](/api/chatkit/attachments/{row.pk})" in words
        assert "](javascript" not in words
        mine, theirs = Client(), Client()
        mine.force_login(user)
        theirs.force_login(other)
        got: Any = mine.get(f"/api/chatkit/attachments/{row.pk}")
        assert b"".join(got.streaming_content) == b"a,b\n1,2\n"
        assert theirs.get(f"/api/chatkit/attachments/{row.pk}").status_code == 404
        # They are none that the person has sent.
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"max_per_day": 10}}
        for data, status in ((b"123456", 200), (b"12345", 429)):
            file = SimpleUploadedFile("a.txt", data, "text/plain")
            secret = {"Authorization": f"Bearer {ada.secret}"}
            sent = ada.client.post("/api/chatkit/attachments", {"file": file}, headers=secret)
            assert sent.status_code == status, sent.content

    def test_one_that_fails_leaves_out_none_of_the_others(
        self, ada: Caller, api: AgentsApi, use: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        use("tests.selfhosted.managed.servers.FilesServer")
        publish = published(api, *(f"/out/{number}.csv" for number in range(7)))

        def lose(playing: Any) -> None:
            del api.files["art_1"]

        api.turns = [[publish, say("Here they are."), lose]]
        found = ada.stream(create("Make lists"))
        _answer, message = items(found, "assistant_message")
        words = message["content"][0]["text"]
        rows = Attachment.objects.all()
        assert sorted(row.name for row in rows) == ["0.csv", "2.csv", "3.csv", "4.csv"]
        for row in rows:
            assert row.thread_id
            assert f"/{row.pk})" in words
        assert "A file of an agent was left out: NotFoundError." in caplog.text
        assert "An agent has published 7 files, of which 5 are looked at." in caplog.text

    def test_of_a_person(self, ada: Caller, api: AgentsApi, user: Any, workflow_id: str) -> None:
        """Their words are told, in the question."""
        row = Attachment.objects.create(
            user=user, workflow_id=workflow_id, name="a.txt", mime_type="text/plain", size=5,
            payload={"type": "file", "id": "x", "name": "a.txt", "mime_type": "text/plain"},
        )  # fmt: skip
        api.turns = [[say("I see.")]]
        ada.stream(create("What is this?", attachments=[row.pk]))
        assert '"a.txt"' in api.told()[-1]


def test_on_trial_nothing_stays(use: Any, api: AgentsApi, user: Any, workflow_id: str) -> None:
    use()
    api.turns = [[say("Hi.")]]
    answer = Trial(workflows.get(workflow_id), user).ask("Hello?", "en")
    assert (answer.text, answer.model, answer.tokens_out) == ("Hi.", "gpt-6-mini", 200)
    until(lambda: api.deleted)
    assert not AgentSession.objects.exists()


@pytest.mark.parametrize("waits", ["for time", "for its user"])
def test_on_trial_what_was_used_is_told_of_a_turn_that_does_not_end(
    use: Any, api: AgentsApi, user: Any, workflow_id: str, waits: str
) -> None:
    use(RUN_TIMEOUT=1)
    step = wait(threading.Event()) if waits == "for time" else approve("shop", "refund", {})
    api.turns = [[begin("Hello"), step]]
    answer = Trial(workflows.get(workflow_id), user).ask("Hello?", "en")
    assert (answer.model, answer.tokens_in, answer.tokens_out) == ("gpt-6-mini", 1000, 200)
    assert answer.error == ("timeout" if waits == "for time" else "")
    assert api.deleted
    assert not Run.objects.exists()
