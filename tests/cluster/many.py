"""Many answers at once, some of which are read on the other host, too."""

from __future__ import annotations

import asyncio
import os
import statistics
import time

from .client import Reading, always, counted
from .cluster import Cluster
from .failing import SILENT, outcomes, some

LIVE = int(os.environ.get("CLUSTER_LIVE", "500"))
FOLLOWED = 50
WORDS, QUESTION = 40, "count 40 every 1000 ms"
PAUSE = 0.04  # seconds between two questions: the first answer takes longer than to ask all
CAUGHT_UP = 3.0  # seconds after its first word, in which a reader who comes late reads the rest
MEASURED = 24  # words of each that are compared: all are live so long


class Times:
    """When each text was there, by reading."""

    def __init__(self) -> None:
        self.of: dict[int, dict[str, float]] = {}

    def note(self, reading: Reading) -> None:
        self.of.setdefault(id(reading), {}).setdefault(reading.shown, time.monotonic())

    def behind(self, one: Reading, other: Reading) -> list[float]:
        """Seconds that the other was behind, once it had what was there before it came."""
        first, second = self.of[id(one)], self.of[id(other)]
        came = min(second.values()) + CAUGHT_UP
        both = [second[text] - at for text, at in first.items() if text in second and at > came]
        return both[:MEASURED]


async def live(cluster: Cluster) -> str:
    """How far readers on the other host are behind."""
    times = Times()
    readings, tasks = [], []
    for number in range(LIVE):
        door = cluster.nodes[number % 2].door
        secret = cluster.people[number % 30]
        readings.append(Reading(QUESTION, secret, silence=SILENT, on_text=times.note))
        tasks.append(asyncio.create_task(readings[-1].read(always(door))))
        await asyncio.sleep(PAUSE)
    await some(readings, 2)
    followed = readings[-2 * FOLLOWED :: 2]  # the youngest of the first host
    others = [Reading("", one.secret, run=one.run, on_text=times.note) for one in followed]
    await asyncio.gather(*(one.read(lambda: cluster.b.door) for one in others), *tasks)
    found = await outcomes(cluster, readings)
    assert found == {"completed": LIVE}, found
    assert [counted(one.shown) for one in (*readings, *others)] == [WORDS] * (LIVE + FOLLOWED)
    behind = sorted(
        seconds
        for one, other in zip(followed, others, strict=True)
        for seconds in times.behind(one, other)
    )
    p50, p95 = statistics.median(behind), behind[int(len(behind) * 0.95)]
    assert p50 < 0.25, "by way of Redis it is there at once"
    return (
        f"{LIVE} answers live, a word a second each; {len(behind)} words read on the other "
        f"host, too: behind p50 {p50 * 1000:.0f}, p95 {p95 * 1000:.0f} ms"
    )
