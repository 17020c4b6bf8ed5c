"""An old version and a new one side by side: tables first, then one host after the other, while
people ask."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

from . import across
from .client import Reading, always, counted
from .cluster import Cluster
from .network import ROOT

# The commit before the newest migration, unless this names another.
OLD = os.environ.get("CLUSTER_OLD", "")
MIGRATIONS = ("chatkit/migrations", "chatkit/contrib/*/migrations")


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def old_commit() -> str:
    """ "" where there is no history here."""
    newest = git("log", "-1", "--format=%H", "--diff-filter=A", "--", *MIGRATIONS)
    return git("rev-parse", "--verify", OLD or f"{newest}^") if OLD or newest else ""


def checked_out(commit: str, folder: Path) -> Path:
    """The code of that commit, with this suite's settings and people."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    shutil.rmtree(folder / "tests" / "cluster", ignore_errors=True)
    shutil.copytree(ROOT / "tests" / "cluster", folder / "tests" / "cluster")
    return folder


class Askers:
    """People who ask and read short answers, one after the other, until they are told to end."""

    def __init__(self, cluster: Cluster, count: int) -> None:
        self.cluster = cluster
        self.done: list[Reading] = []
        self.over = False
        self.tasks = [asyncio.create_task(self._ask(number)) for number in range(count)]

    async def _ask(self, number: int) -> None:
        thread = ""
        while not self.over:
            reading = Reading("count 20 every 50 ms", self.cluster.people[number], thread=thread)
            await reading.read(lambda: self.cluster.front)
            self.done.append(reading)
            thread = reading.thread if len(self.done) % 3 else ""  # some go on

    async def end(self) -> Counter[str]:
        """What they saw."""
        self.over = True
        await asyncio.gather(*self.tasks)
        seen: Counter[str] = Counter()
        for one in self.done:
            whole = counted(one.shown) == 20 and not (one.wrong or one.told or one.refused)
            seen[
                "well" if whole and not one.broken else f"{one.refused}{one.told}{one.broken}"
            ] += 1
        return seen


async def rollout(cluster: Cluster, old: str) -> str:
    """From the old version to this one, without an error that somebody sees."""
    askers = Askers(cluster, 12)
    await asyncio.sleep(1)
    began = time.monotonic()
    await asyncio.to_thread(cluster.manage, "migrate", "--verbosity", "0")
    migrated = time.monotonic() - began
    await asyncio.sleep(2)  # the old code with the new tables
    await asyncio.to_thread(cluster.replace, cluster.a)
    side = await side_by_side(cluster)
    await asyncio.to_thread(cluster.replace, cluster.b)
    took = time.monotonic() - began
    seen = await askers.end()
    assert set(seen) == {"well"}, seen
    return (
        f"from {old[:7]} in {took:.0f} s, migrations {migrated:.1f} s: {seen['well']} answers, no "
        f"error; side by side {side}"
    )


async def side_by_side(cluster: Cluster) -> str:
    """What one version has begun, the other reads, goes on with and stops."""
    new, old = cluster.a.door, cluster.b.door
    for here, there in ((new, old), (old, new)):
        reading = Reading("count 40 every 50 ms", cluster.people[20])
        await reading.once(here, until=8)
        await reading.read(always(there))
        assert (counted(reading.shown), reading.wrong) == (40, []), reading
        more = Reading("count 5 every 0 ms", reading.secret, thread=reading.thread)
        await more.read(always(there))
        assert counted(more.shown) == 5, more
        stopped = Reading("count 400 every 50 ms", reading.secret)
        await stopped.once(here, until=8)
        await across.stopped(cluster, there, stopped)
    return "each reads, goes on with and stops what the other has begun"
