"""A Redis that takes what it is sent and says nothing: listeners here wait for it once."""

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
