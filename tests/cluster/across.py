"""What is begun on one host and done on the other. Each asserts, and returns its line."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import Counter
from typing import Any

from .client import Address, Reading, ask, call, counted, kept, message
from .cluster import BUDGET, Cluster
from .names import MESSAGES

RACES = 10
AT_ONCE = 20
STOPPED_SECONDS = 20.0  # on a machine that is busy


async def _begun(cluster: Cluster, question: str, frames: int = 6, person: int = 0) -> Reading:
    """An answer of which some is there, begun on the first host; its connection is closed."""
    reading = Reading(question, cluster.people[person])
    reading.began = time.monotonic()
    await reading.once(cluster.a.door, until=frames)
    assert reading.run, reading.refused
    return reading


async def reload(cluster: Cluster) -> str:
    """Read on the other host, after a reload there, and how far it is behind."""
    times: dict[str, dict[str, float]] = {"a": {}, "b": {}}

    def noting(side: str) -> Any:
        def note(reading: Reading) -> None:
            times[side].setdefault(reading.shown, time.monotonic())

        return note

    here = Reading("count 150 every 40 ms", cluster.people[0], on_text=noting("a"))
    own = asyncio.create_task(here.read(lambda: cluster.a.door))
    while not here.run or here.frames < 6:
        await asyncio.sleep(0.02)
    there = Reading("", here.secret, run=here.run, on_text=noting("b"))
    after = Reading("", here.secret, run=here.run, frames=4)
    await asyncio.gather(there.read(lambda: cluster.b.door), after.read(lambda: cluster.b.door))
    await own
    for reading in (here, there, after):
        assert [reading.wrong, reading.told] == [[], ""], reading
    assert counted(here.shown) == counted(there.shown) == 150, (here, there)
    assert here.shown.endswith(after.shown)
    both = [text for text in times["a"] if text in times["b"]][40:]
    behind = sorted(times["b"][text] - times["a"][text] for text in both)
    p50, p95 = statistics.median(behind), behind[int(len(behind) * 0.95)]
    assert p50 < 0.25, "by way of Redis it is there at once"
    return f"150 words whole and once on both; behind p50 {p50 * 1000:.0f}, p95 {p95 * 1000:.0f} ms"


async def stopped(cluster: Cluster, door: Address, reading: Reading) -> None:
    """Stop it by this host; returns once its record says so."""
    path = f"/api/chatkit/runs/{reading.run}/stop"
    status, body = await ask(door, reading.secret, "POST", path)
    assert status == 200, body
    deadline = time.monotonic() + STOPPED_SECONDS
    query = "SELECT status FROM chatkit_run WHERE id = %s"
    while await asyncio.to_thread(cluster.rows, query, reading.run) != [("stopped",)]:
        assert time.monotonic() < deadline, "it was not stopped"
        await asyncio.sleep(0.02)


async def stop(cluster: Cluster) -> str:
    """A stop on the other host ends the answer."""
    took = []
    for _ in range(5):
        reading = await _begun(cluster, "count 400 every 50 ms")
        began = time.monotonic()
        await stopped(cluster, cluster.b.door, reading)
        took.append(time.monotonic() - began)
        answer = await kept(cluster.b.door, reading.secret, reading.thread)
        assert answer is not None
        assert 1 <= counted(answer[0]) < 400
    return f"5 of 5 ended as stopped, in {statistics.median(took):.2f} s, {max(took):.2f} at most"


async def race(cluster: Cluster) -> str:
    """Both hosts begin an answer in one conversation at once: one of them may."""
    answers: Counter[str] = Counter()
    for number in range(RACES):
        secret = cluster.people[1 + number]
        first = await Reading("count 2 every 0 ms", secret).read(lambda: cluster.a.door)
        readings = [
            Reading("count 30 every 50 ms", secret, thread=first.thread) for _ in range(AT_ONCE)
        ]
        await asyncio.gather(*(one.read(cluster.next_door) for one in readings))
        won = [one for one in readings if not one.refused]
        assert [counted(one.shown) for one in won] == [30], [one.refused for one in readings]
        answers.update(str(one.refused[0]) for one in readings if one.refused)
        ((runs,),) = cluster.rows(
            "SELECT count(*) FROM chatkit_run WHERE thread_id = %s", first.thread
        )
        assert runs == 2, runs
    assert set(answers) == {"409"}, answers
    return f"{RACES} races of {AT_ONCE}: one answer each, {answers['409']} times 409"


async def _let_in(cluster: Cluster, secret: str, count: int, code: str) -> int:
    """How many of these questions, sent at once to both hosts, are answered; the rest gets this
    code."""

    async def one() -> tuple[int, bytes]:
        value = {"type": "threads.create", "params": {"input": message("count 3 every 0 ms")}}
        return await ask(cluster.next_door(), secret, "POST", "/api/chatkit", value)

    found = await asyncio.gather(*(one() for _ in range(count)))
    for status, body in found:
        assert status == 200 or code.encode() in body, (status, body)
    return sum(status == 200 for status, _body in found)


async def limits(cluster: Cluster) -> str:
    """A rate and a budget, each used up from both hosts at once."""
    rate = await _let_in(cluster, cluster.limited, 3 * MESSAGES, "rate_limited")
    assert rate == MESSAGES, rate
    budget = await _let_in(cluster, cluster.on_budget, 2 * BUDGET, "budget_reached")
    assert budget == BUDGET, budget
    query = "SELECT messages, tokens FROM chatkit_console_spent"
    ((messages, tokens),) = cluster.rows(query)
    assert (messages, tokens) == (BUDGET, BUDGET * 103), (messages, tokens)
    return f"{rate} of {3 * MESSAGES} by a rate, {budget} of {2 * BUDGET} by a budget: exact"


async def files(cluster: Cluster) -> str:
    """A file that was sent to one host is read on the other."""
    secret, data = cluster.people[2], b"Our hours are nine to five. " * 500
    boundary = "cluster"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    ).encode()
    body += data + f"\r\n--{boundary}--\r\n".encode()
    status, answer = await ask(
        cluster.a.door, secret, "POST", "/api/chatkit/attachments", body,
        Content_Type=f"multipart/form-data; boundary={boundary}",
    )  # fmt: skip
    assert status == 200, answer
    address = f"/api/chatkit/attachments/{json.loads(answer)['id']}"
    for door in (cluster.b.door, cluster.front):
        assert await ask(door, secret, "GET", address) == (200, data)
    status, _answer = await call(cluster.b.door, secret, "threads.list", limit=5)
    assert status == 200
    return f"{len(data):,} bytes, the same on the other host"
