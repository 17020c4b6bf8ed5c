"""Listening again, and runs whose process is gone."""

from __future__ import annotations

import asyncio
import datetime
import threading
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from chatkit.models import Run, RunEvent, Thread, ThreadItem, ToolCall
from chatkit.selfhosted.runs import (
    database,
    heartbeat,
    lifecycle,
    listening,
    owner,
    process,
    recovery,
)
from chatkit.selfhosted.runs.followed import follow
from chatkit.selfhosted.runs.live import StopReason

from ..protocol import Caller, add, ask, create, events, numbers, text_of, types, until
from ..streams import item_types, open_stream


class TestListening:
    def test_everything_again_with_numbers(self, ada: Caller) -> None:
        response = ada.post(create("drip 5"))
        first = b"".join(response.streaming_content)
        run_id = response["X-ChatKit-Run"]
        again = ada.events(run_id)
        assert again["X-ChatKit-Run-Status"] == "completed"
        data = b"".join(again.streaming_content)
        assert events(data) == events(first)
        assert numbers(data) == list(range(1, len(events(first)) + 1))

    @pytest.mark.parametrize("after", [1, 4, 7])
    def test_the_rest_after_a_number(self, ada: Caller, after: int) -> None:
        response = ada.post(create("drip 5"))
        first = events(b"".join(response.streaming_content))
        data = b"".join(ada.events(response["X-ChatKit-Run"], after).streaming_content)
        assert events(data) == first[after:]
        assert numbers(data)[0] == after + 1

    def test_live_run_is_joined_and_followed_to_its_end(self, ada: Caller) -> None:
        run_id, _thread_id, stream = open_stream(ada, create("drip 40"))
        seen = next(stream)
        stream.close()
        after = len(events(seen))
        joined = ada.events(run_id, after)
        assert joined["X-ChatKit-Run-Status"] == "running"
        rest = b"".join(joined.streaming_content)
        assert text_of(events(seen) + events(rest)).split() == [str(n) for n in range(1, 41)]

    def test_rows_alone_tell_the_same(self, ada: Caller, monkeypatch: Any) -> None:
        # As another process sees it, while the run lives here.
        run_id, _thread_id, stream = open_stream(ada, create("drip 60"))
        next(stream)
        monkeypatch.setattr(recovery, "is_dead", lambda run: False)
        data = b"".join(listening.listen(follow(process.current(), run_id, "en"), 0, numbered=True))
        assert text_of(events(data)).split() == [str(n) for n in range(1, 61)]
        found = numbers(data)
        assert found == list(range(1, len(found) + 1))
        assert found[-1] == len(events(data))

    def test_long_after_the_end_the_stream_is_empty(self, ada: Caller) -> None:
        response = ada.post(create("say 1"))
        b"".join(response.streaming_content)
        Run.objects.update(ended_at=timezone.now() - datetime.timedelta(seconds=61))
        recovery.sweep()
        assert not RunEvent.objects.exists()
        late = ada.events(response["X-ChatKit-Run"])
        assert (late.status_code, b"".join(late.streaming_content)) == (200, b"")
        assert late["X-ChatKit-Run-Status"] == "completed"

    def test_frames_of_a_run_just_ended_are_kept(self, ada: Caller) -> None:
        response = ada.post(create("say 1"))
        b"".join(response.streaming_content)
        recovery.sweep()
        assert b"".join(ada.events(response["X-ChatKit-Run"]).streaming_content)

    def test_reading_the_thread_names_its_live_run(self, ada: Caller) -> None:
        run_id, thread_id, stream = open_stream(ada, create("wait"))
        next(stream)
        request = ask("threads.get_by_id", thread_id=thread_id)
        assert ada.post(request)["X-ChatKit-Run"] == run_id
        ada.stop(run_id)
        assert "X-ChatKit-Run" not in ada.post(request)

    def test_silent_stream_gets_comments(self, ada: Caller, monkeypatch: Any) -> None:
        monkeypatch.setattr(listening, "THREADED_KEEP_ALIVE", 0.05)
        run_id, _thread_id, stream = open_stream(ada, create("wait"))
        until(lambda: next(stream) == b": hb\n\n")
        ada.stop(run_id)
        rest = b"".join(stream)
        assert events(rest)
        replay = b"".join(ada.events(run_id).streaming_content)
        assert numbers(replay) == list(range(1, len(events(replay)) + 1))  # comments have none

    def test_a_stream_on_another_loop_is_woken_and_gets_comments(
        self, ada: Caller, monkeypatch: Any
    ) -> None:
        """Under a server that knows no lifespan the runs have a loop of their own."""
        monkeypatch.setattr(listening, "ASYNC_KEEP_ALIVE", 0.05)
        run_id, _thread_id, _stream = open_stream(ada, create("say 2 wait"))
        run = process.current().runs[run_id]

        async def listen() -> bytes:
            data = b""
            async for chunk in listening.alisten(run, 0, numbered=True):
                if chunk == listening.KEEP_ALIVE and not data.endswith(listening.KEEP_ALIVE):
                    process.current().call_soon(run.cancel, StopReason.STOPPED)
                data += chunk
            return data

        data = asyncio.run(listen())
        assert listening.KEEP_ALIVE in data
        assert numbers(data) == list(range(1, len(run.frames) + 1))
        assert types(events(data))[-2:] == ["thread.item.done"] * 2


class TestDeadRuns:
    @pytest.fixture
    def dead(self, ada: Caller, monkeypatch: Any) -> tuple[str, str]:
        """A run as a killed process leaves it: some frames stored, nobody there."""
        with monkeypatch.context() as patch:
            patch.setattr(heartbeat, "BEAT_SECONDS", 0.05)  # until frames are stored
            run_id, thread_id, _stream = open_stream(ada, create("drip 1000"))
            until(lambda: RunEvent.objects.count() >= 2)
            patch.setattr(lifecycle, "_begin_finish", lambda *args: None)
            process.close()  # the loop is gone in the middle of the answer
        Run.objects.update(owner=f"{owner._host()}|999999999|1")
        return run_id, thread_id

    def test_read_of_the_thread_folds_what_was_shown(
        self, ada: Caller, dead: tuple[str, str]
    ) -> None:
        run_id, thread_id = dead
        shown = text_of(events(b"".join(recovery.read_frames(run_id, 0))))
        assert shown
        response = ada.post(ask("threads.get_by_id", thread_id=thread_id))
        assert "X-ChatKit-Run" not in response
        items = response.json()["items"]["data"]
        assert [item["type"] for item in items] == ["user_message", "assistant_message", "task"]
        assert items[1]["content"][0]["text"] == shown
        run = Run.objects.get()
        assert (run.status, run.outcome, run.live) == ("interrupted", "interrupted", None)
        again = ada.json(ask("threads.get_by_id", thread_id=thread_id))["items"]["data"]
        assert again == items

    @pytest.mark.parametrize("request_", ["read", "ask", "events"])
    def test_the_note_is_in_the_language_of_who_looks(
        self, ada: Caller, dead: tuple[str, str], request_: str
    ) -> None:
        spanish = {"Accept-Language": "es"}
        if request_ == "read":
            ada.json(ask("threads.get_by_id", thread_id=dead[1]), **spanish)
        elif request_ == "ask":
            ada.stream(add(dead[1], "say 2"), **spanish)
        else:
            ada.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
            b"".join(ada.events(dead[0]).streaming_content)
        note = ThreadItem.objects.get(type="task").payload
        assert note["task"]["title"] == "La respuesta se interrumpió."

    def test_who_listens_already_finds_it_in_theirs(self, dead: tuple[str, str]) -> None:
        follow(process.current(), dead[0], "es")
        until(lambda: Run.objects.get().live is None)
        note = ThreadItem.objects.get(type="task").payload
        assert note["task"]["title"] == "La respuesta se interrumpió."

    def test_the_thread_was_used_then(self, dead: tuple[str, str]) -> None:
        """Who keeps its words, as the console's search does, looks at it again."""
        before = timezone.now()
        Thread.objects.update(updated_at=before - datetime.timedelta(hours=1))
        recovery.recover(Run.objects.get(pk=dead[0]))
        assert Thread.objects.get(pk=dead[1]).updated_at >= before

    def test_a_tool_that_was_being_used_is_not_left_running(
        self, ada: Caller, dead: tuple[str, str], user: Any
    ) -> None:
        """Whether it was done nobody knows: the record says that its process is gone."""
        for status in ("running", "waiting"):
            ToolCall.objects.create(thread_id=dead[1], user=user, tool="note", status=status)
        ada.json(ask("threads.get_by_id", thread_id=dead[1]))
        found = set(ToolCall.objects.values_list("status", "outcome"))
        assert found == {("failed", "process gone"), ("waiting", "")}

    def test_next_message_is_answered(self, ada: Caller, dead: tuple[str, str]) -> None:
        assert text_of(ada.stream(add(dead[1], "say 2"))) == "1 2 "

    def test_retry_works(self, ada: Caller, dead: tuple[str, str]) -> None:
        item_id = ThreadItem.objects.get(type="user_message").item_id
        ThreadItem.objects.filter(item_id=item_id).update()
        payload = ThreadItem.objects.get(item_id=item_id).payload
        payload["content"][0]["text"] = "say 2"
        ThreadItem.objects.filter(item_id=item_id).update(payload=payload)
        request = ask("threads.retry_after_item", thread_id=dead[1], item_id=item_id)
        assert text_of(ada.stream(request)) == "1 2 "
        assert item_types(dead[1]) == ["user_message", "assistant_message"]

    def test_listener_gets_what_there_was_and_an_end(
        self, ada: Caller, dead: tuple[str, str]
    ) -> None:
        response = ada.events(dead[0])
        assert response["X-ChatKit-Run-Status"] == "interrupted"
        assert text_of(events(b"".join(response.streaming_content)))

    def test_silence_on_another_host_is_death(self, dead: tuple[str, str]) -> None:
        Run.objects.update(owner="elsewhere|1|1", heartbeat_at=timezone.now())
        assert not recovery.is_dead(Run.objects.get())
        Run.objects.update(heartbeat_at=timezone.now() - datetime.timedelta(seconds=11))
        recovery.recover_all()
        assert Run.objects.get().status == "interrupted"

    def test_one_that_was_only_slow_leaves_no_second_note(
        self, ada: Caller, monkeypatch: Any
    ) -> None:
        """Another process took the run for dead, and then its own goes on."""
        monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.05)
        run_id, thread_id, stream = open_stream(ada, create("say 2 wait"))
        live = process.current().runs[run_id]
        until(lambda: live.saved >= 4)
        recovery.recover(Run.objects.get(pk=run_id))
        until(lambda: live.done)
        assert events(b"".join(stream))
        assert item_types(thread_id) == ["user_message", "assistant_message", "task"]
        assert Run.objects.get(pk=run_id).status == "interrupted"

    def test_process_that_ended_is_gone_and_this_one_is_not(self) -> None:
        mine = process.current().owner
        assert owner.is_gone(mine) is False
        assert owner.is_gone(mine.rpartition("|")[0] + "|1") is True
        assert owner.is_gone("elsewhere|1|1") is None


class TestShutdown:
    def test_runs_are_kept_as_interrupted(self, ada: Caller) -> None:
        _run_id, thread_id, stream = open_stream(ada, create("say 2 wait"))
        until(lambda: b"text_delta" in next(stream))
        lifecycle.stop_all(5)
        run = Run.objects.get()
        assert (run.status, run.live) == ("interrupted", None)
        assert item_types(thread_id) == ["user_message", "assistant_message", "task"]
        assert events(b"".join(stream))[-1]["type"] == "error"

    def test_what_nobody_here_has_cancelled_is_interrupted(self, ada: Caller) -> None:
        _run_id, thread_id, stream = open_stream(ada, create("say 2 cancelled"))
        assert events(b"".join(stream))[-1]["type"] == "error"
        assert Run.objects.get().status == "interrupted"
        assert item_types(thread_id) == ["user_message", "assistant_message", "task"]

    def test_a_server_s_loop_that_has_gone_is_not_used(self, ada: Caller) -> None:
        process.close()
        with asyncio.Runner() as server:

            async def serve() -> None:
                process.serve_on(asyncio.get_running_loop())
                assert process.current().loop is asyncio.get_running_loop()

            server.run(serve())
        found = ada.stream(create("say 2"))  # the server was forced to end, this process was not
        assert text_of(found) == "1 2 "


class TestDatabaseWorkers:
    def test_a_connection_that_fails_to_close_ends_no_thread(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        failed = threading.Event()

        def fail() -> None:
            failed.set()
            raise RuntimeError("gone already")

        monkeypatch.setattr(database, "IDLE_SECONDS", 0.01)
        monkeypatch.setattr(connections, "close_all", fail)
        workers = database.DatabaseWorkers(1)
        assert workers.submit(int).result(5) == 0
        assert failed.wait(5)
        until(lambda: "could not be closed" in caplog.text)
        assert workers.submit(int, "7").result(5) == 7
        monkeypatch.undo()
        workers.close()
