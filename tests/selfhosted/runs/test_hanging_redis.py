"""A Redis that takes what it is sent and says nothing: listeners here wait for it once, and when it
is back, what it was not sent meanwhile is no load that it can't bear."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chatkit.models import Session
from chatkit.selfhosted.runs import redis_streams
from chatkit.selfhosted.runs.live import LiveRun
from chatkit.selfhosted.runs.process import Process
from chatkit.selfhosted.runs.unit_of_work import UnitOfWork


class Hanging:
    """The client of one, as far as frames are sent by it."""

    def pipeline(self, **_options: Any) -> Hanging:
        return self

    async def __aenter__(self) -> Hanging:
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Nothing to give back."""

    def xadd(self, *_entry: Any, **_options: Any) -> None:
        """Sent with the others."""

    expire = xadd

    async def execute(self) -> None:
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        """Nothing to close."""


@pytest.fixture
def hanging(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHATKIT = settings.CHATKIT | {"STREAMS": "redis://192.0.2.1/0"}
    monkeypatch.setattr(redis_streams, "_client", Hanging)
    monkeypatch.setattr(redis_streams, "SEND_SECONDS", 0.05)
    monkeypatch.setattr(redis_streams, "REST", 0.05)


@pytest.mark.usefixtures("hanging")
def test_the_last_frames_and_the_end_are_shown_all_the_same() -> None:
    async def listen() -> tuple[list[bytes], bool]:
        process = Process(loop=asyncio.get_running_loop())
        assert process.streams is not None
        live = LiveRun(process, "run_1", UnitOfWork(Session()), "threads.create", "en")
        sending = asyncio.create_task(process.streams._send_all())
        await asyncio.sleep(0)
        live.append(b"data: {}\n\n")
        live.close()  # it writes no more
        try:
            found = await live.anext(0, 20)
        finally:
            sending.cancel()
        return found.frames, found.over

    assert asyncio.run(listen()) == ([b"data: {}\n\n"], True)


class Slow(Hanging):
    """One that hangs at first, and then takes its time for each byte."""

    hangs = True
    sent: list[tuple[str, dict[str, Any]]]  # entries that it has taken, by the keys

    def __init__(self) -> None:
        self.waiting: list[tuple[str, dict[str, Any]]] = []

    def xadd(self, key: str, entry: dict[str, Any], **_options: Any) -> None:
        self.waiting.append((key, entry))

    async def execute(self) -> None:
        waiting, self.waiting = self.waiting, []
        if self.hangs:
            await asyncio.Event().wait()
        await asyncio.sleep(sum(len(entry["data"]) for _key, entry in waiting) / 1_000_000_000)
        await asyncio.sleep(len(waiting) / 10_000)
        self.sent += waiting


@pytest.mark.usefixtures("hanging")
def test_what_ended_meanwhile_is_not_sent_and_the_rest_in_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_streams, "_client", Slow)
    monkeypatch.setattr(Slow, "sent", [], raising=False)
    monkeypatch.setattr(Slow, "hangs", True)
    monkeypatch.setattr(redis_streams, "MOST_BYTES", 1000)
    frame = b"data: {}\n\n"

    async def go_through_it() -> None:
        process = Process(loop=asyncio.get_running_loop())
        assert process.streams is not None

        def begin(number: int) -> LiveRun:
            work = UnitOfWork(Session())
            return LiveRun(process, f"run_{number}", work, "threads.create", "en")

        def say(live: LiveRun, frames: int) -> None:
            for _number in range(frames):
                live.append(frame)

        sending = asyncio.create_task(process.streams._send_all())
        ended = [begin(number) for number in range(3000)]
        unstored, long, *others = going_on = [begin(number) for number in range(3000, 3400)]
        for live in (*ended, *going_on):
            say(live, 1)
        say(long, 999)
        for live in (*ended, unstored):
            live.close()
        process.unstored[unstored.id] = unstored
        try:
            for live in (*ended, *going_on):  # those who listen here have all
                found = await live.anext(0, 20)
                assert found.frames == list(live.frames)
                assert found.over == live.done
            Slow.hangs = False
            async with asyncio.timeout(20):
                while process.streams._unsent:
                    await asyncio.sleep(0.01)
                long.append(frame)
                long.close()
                while not (await long.anext(1000, 20)).over:
                    """Woken by what was sent before."""
        finally:
            sending.cancel()
        taken: dict[str, list[dict[str, Any]]] = {}
        for key, entry in Slow.sent:
            taken.setdefault(key, []).append(entry)
        # The database alone may not have it all.
        assert [entry["over"] for entry in taken.pop(redis_streams.key_of(unstored.id))] == [1]
        entries = taken.pop(redis_streams.key_of(long.id))
        assert len(entries) > 2
        number = 1
        for entry in entries:
            assert entry["n"] == number
            number += entry["data"].count(frame)
        assert number == 1002
        assert [entry["over"] for entry in entries] == [0] * (len(entries) - 1) + [1]
        assert taken == {
            redis_streams.key_of(live.id): [{"n": 1, "data": frame, "over": 0}] for live in others
        }

    asyncio.run(go_through_it())


@pytest.mark.usefixtures("hanging")
def test_who_follows_a_run_of_another_process_waits_for_it_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never(*_entry: Any, **_options: Any) -> None:
        await asyncio.Event().wait()

    async def follow() -> None:
        process = Process(loop=asyncio.get_running_loop())
        assert process.streams is not None
        await asyncio.wait_for(process.streams.look_anew(), 20)

    monkeypatch.setattr(Hanging, "xadd", never)
    asyncio.run(follow())


def test_an_answer_that_came_while_the_process_had_no_time_is_read() -> None:
    async def late() -> str:
        loop = asyncio.get_running_loop()
        answer = loop.create_future()

        async def wait() -> str:
            return str(await answer)

        waiting = asyncio.create_task(redis_streams.within(0.05, wait()))
        await asyncio.sleep(0)
        # Both are due when the loop comes to look again, and the time is looked at first.
        loop.call_later(0.06, answer.set_result, "an answer")
        until = loop.time() + 0.1
        while loop.time() < until:
            """Other work of this process."""
        return await waiting

    assert asyncio.run(late()) == "an answer"


def test_without_an_answer_it_is_cancelled_and_over_by_then() -> None:
    given_back: list[str] = []

    async def hold() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_back.append("what it held")

    async def ask() -> list[str]:
        with pytest.raises(TimeoutError):
            await redis_streams.within(0.02, hold())
        return [*given_back]

    assert asyncio.run(ask()) == ["what it held"]
