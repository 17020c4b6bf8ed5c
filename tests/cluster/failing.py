"""What the hosts use is taken away under readers, and one of the hosts itself."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import redis

from .client import Address, Reading, counted, kept
from .cluster import Cluster

STREAMS = int(os.environ.get("CLUSTER_STREAMS", "200"))
# Seconds after which these readers take a connection for dead. Less, and those that have not been
# answered yet on a busy machine would ask again and again.
SILENT = 20.0
AWAY_SECONDS = 12.0  # of the database
ENDED = 60.0  # seconds at most until each run has an outcome


def begin(
    cluster: Cluster,
    count: int,
    question: str,
    door: Callable[[], Address],
    silence: float = SILENT,
) -> tuple[list[Reading], list[asyncio.Task[Reading]]]:
    readings = [
        Reading(question, cluster.people[number % 30], silence=silence) for number in range(count)
    ]
    return readings, [asyncio.create_task(reading.read(door)) for reading in readings]


async def some(readings: list[Reading], words: int) -> None:
    """Wait until each has this many words."""
    deadline = time.monotonic() + 120
    while behind := [one for one in readings if len(one.shown.split()) < words]:
        assert not any(one.over for one in behind), [(one.refused, one.told) for one in behind]
        assert time.monotonic() < deadline, f"{len(behind)} have not so many words"
        await asyncio.sleep(0.05)


async def outcomes(cluster: Cluster, readings: list[Reading]) -> Counter[str]:
    """How their runs ended, once all have."""
    query = "SELECT status, outcome, live FROM chatkit_run WHERE id = ANY(%s)"
    ids = [reading.run for reading in readings]
    deadline = time.monotonic() + ENDED
    while True:
        rows = await asyncio.to_thread(cluster.rows, query, ids)
        if len(rows) == len(ids) and all(live is None and outcome for _s, outcome, live in rows):
            return Counter(status for status, _outcome, _live in rows)
        assert time.monotonic() < deadline, Counter(row[:2] for row in rows)
        await asyncio.sleep(0.2)


async def compare(cluster: Cluster, door: Address, readings: list[Reading]) -> tuple[int, int]:
    """The words that were shown, and the words that are kept: no less, and without a hole."""
    shown = stored = 0
    for reading in readings:
        found = await kept(door, reading.secret, reading.thread)
        assert found is not None, reading
        assert not found[1], reading
        assert not reading.wrong, reading.wrong
        saw, has = counted(reading.shown), counted(found[0])
        assert 0 <= saw <= has, (reading.run, reading.shown[-40:], found[0][-40:])
        shown, stored = shown + saw, stored + has
    return shown, stored


async def power_cut(cluster: Cluster) -> str:
    """A host loses its power and its cable under readers."""
    readings, tasks = begin(cluster, STREAMS, "count 40 every 500 ms", lambda: cluster.front)
    await some(readings, 6)
    cluster.b.kill()
    cut = time.monotonic()
    await asyncio.gather(*tasks)
    took = time.monotonic() - cut
    found = await outcomes(cluster, readings)
    settled = time.monotonic() - cut
    shown, stored = await compare(cluster, cluster.a.door, readings)
    dead = [reading for reading in readings if reading.broken]
    assert dead
    assert found["interrupted"] >= 1
    assert set(found) <= {"completed", "interrupted"}, found
    whole = sum(counted(reading.shown) == 40 for reading in readings)
    assert whole == found["completed"], (whole, found)
    # Who was interrupted may ask again, where the first host alone is left.
    again = [Reading("count 2 every 0 ms", one.secret, thread=one.thread) for one in dead[:20]]
    await asyncio.gather(*(one.read(lambda: cluster.front) for one in again))
    assert all(counted(one.shown) == 2 for one in again)
    return (
        f"{len(readings)} readers: {found['completed']} whole, {found['interrupted']} interrupted "
        f"with all that was shown ({shown} words shown, {stored} kept); each reader had its end "
        f"after {took:.0f} s, each run an outcome after {settled:.0f} s"
    )


async def database_restarted(cluster: Cluster) -> str:
    """PostgreSQL is away while answers stream and questions come, for longer than a process may
    be silent before others take it for dead."""
    question = "count 60 every 300 ms"
    readings, tasks = begin(cluster, 40, question, cluster.next_door, 20)
    await some(readings, 6)
    elsewhere = [Reading("", one.secret, run=one.run, silence=20) for one in readings]
    tasks += [asyncio.create_task(one.read(cluster.next_door)) for one in elsewhere]
    await some(elsewhere, 6)
    restart = asyncio.create_task(asyncio.to_thread(_restart, cluster))
    late, more = [], []
    for number in range(30):  # while it is away, and after
        late.append(Reading("count 3 every 10 ms", cluster.people[number], silence=30))
        more.append(asyncio.create_task(late[-1].read(lambda: cluster.front)))
        await asyncio.sleep(AWAY_SECONDS / 25)
    away = await restart
    await asyncio.gather(*tasks, *more)
    found = await outcomes(cluster, readings)
    assert found == {"completed": len(readings)}, found
    shown, stored = await compare(cluster, cluster.a.door, readings)
    assert shown == stored == 60 * len(readings)
    assert [counted(one.shown) for one in elsewhere] == [60] * len(readings)
    answered = [one for one in late if counted(one.shown) == 3]
    at_once = [one for one in answered if not one.refused]
    assert all({*one.refused} <= {500, 503} for one in late), [one.refused for one in late]
    return (
        f"away for {away:.0f} s: {len(readings)} answers read on both hosts, whole and kept; of "
        f"{len(late)} questions meanwhile {len(at_once)} answered, the others refused at once, "
        f"{len(answered) - len(at_once)} of them answered when they were sent again"
    )


def _restart(cluster: Cluster) -> float:
    began = time.monotonic()
    cluster.database.stop("fast")
    time.sleep(AWAY_SECONDS)
    cluster.database.start()
    return time.monotonic() - began


async def redis_restarted(cluster: Cluster) -> str:
    """Redis is killed under readers on both hosts, and comes back empty."""
    readings, tasks = begin(cluster, 30, "count 100 every 100 ms", lambda: cluster.a.door, 20)
    await some(readings, 4)
    others = [Reading("", one.secret, run=one.run, silence=20) for one in readings]
    reading = [asyncio.create_task(one.read(lambda: cluster.b.door)) for one in others]
    await some(others, 15)
    await asyncio.to_thread(cluster.store.kill)
    await asyncio.sleep(3)
    await asyncio.to_thread(cluster.store.start)
    await asyncio.gather(*tasks, *reading)
    found = await outcomes(cluster, readings)
    assert found == {"completed": len(readings)}, found
    for one in (*readings, *others):
        assert (counted(one.shown), one.wrong) == (100, []), (one.wrong, one.shown[-60:])
    return "away for 3 s: 30 answers read on both hosts, each of 100 words once and in order"


def memory(cluster: Cluster) -> int:
    """KiB of all processes of the site."""
    found = 0
    for node in cluster.nodes:
        for pid in node.processes():
            status = Path(f"/proc/{pid}/status").read_text()
            found += int(status.partition("VmRSS:")[2].split()[0])
    return found


async def redis_full(cluster: Cluster) -> str:
    """Redis has no more memory. What the streams take, and that each of their keys ends."""
    url = cluster.environ["CHATKIT_STREAMS"]
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        empty, small = int(client.info("memory")["used_memory"]), memory(cluster)
        readings, tasks = begin(cluster, 100, "count 40 every 400 ms", lambda: cluster.front, 20)
        await some(readings, 20)
        used = int(client.info("memory")["used_memory"]) - empty
        each = (memory(cluster) - small) / len(readings)
        keys = list(client.scan_iter("chatkit:*"))
        assert all(0 < client.ttl(key) <= 120 for key in keys), "a key without an end"
        client.config_set("maxmemory", empty // 2)
        try:
            await asyncio.gather(*tasks)
            found = await outcomes(cluster, readings)
        finally:
            client.config_set("maxmemory", 0)
        shown, stored = await compare(cluster, cluster.a.door, readings)
    assert (found, shown, stored) == ({"completed": 100}, 4000, 4000)
    return (
        f"{used / len(readings) / 1024:.1f} KiB for a stream with 20 words, all {len(keys)} keys "
        f"end within 120 s; the site's processes {each:.0f} KiB more for each; full: 100 of 100 "
        "answers whole"
    )
