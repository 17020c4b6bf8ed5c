"""`make cluster`: the site on two hosts, as they are told about in docs/explanation/scale.md.

CLUSTER_ONLY names steps, CLUSTER_OLD the older version (a commit), CLUSTER_PROCESSES (4) and
CLUSTER_STREAMS (200) say how much. It ends within ten minutes, and with an error where a step has
failed; the others are done all the same. Needs root on Linux, with network namespaces; what else
is not here is left out, with a word.
"""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from ..chaos.own_servers import Postgres, Redis
from . import across, failing, many, network, releasing
from .cluster import PROCESSES, Cluster, pooled, running
from .services import Files, Pooler, Proxy

LONGEST = int(os.environ.get("CLUSTER_SECONDS", "600"))
ONLY = os.environ.get("CLUSTER_ONLY", "").split()
FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
Scenario = Callable[[Cluster], Awaitable[str]]


def say(line: str) -> None:
    print(line, flush=True)


class Steps:
    def __init__(self) -> None:
        self.faults: list[str] = []
        self.left_out: list[str] = []

    def leave_out(self, name: str, why: str) -> None:
        self.left_out.append(f"{name}: left out: {why}")
        say(self.left_out[-1])

    def do(self, name: str, work: Callable[[], str]) -> None:
        if ONLY and name.split(",")[0] not in ONLY:
            return
        began = time.monotonic()
        try:
            say(f"{name}: {work()} ({time.monotonic() - began:.0f} s)")
        except Exception as error:
            self.faults.append(f"{name}: {str(error).splitlines()[:1] or type(error).__name__}")
            say(f"{name}: FAULT\n{traceback.format_exc()}")


def all_steps(steps: Steps, cluster: Cluster, folder: Path, old: str) -> None:
    def on(scenario: Scenario) -> Callable[[], str]:
        return lambda: asyncio.run(scenario(cluster))  # type: ignore[arg-type]

    if old:
        steps.do("rollout", on(functools.partial(releasing.rollout, old=old)))
    steps.do("reload", on(across.reload))
    steps.do("stop", on(across.stop))
    steps.do("race", on(across.race))
    steps.do("limits", on(across.limits))
    if Files.missing():
        steps.leave_out("files", Files.missing())
    else:
        steps.do("files", on(across.files))
    steps.do("many", on(many.live))
    steps.do("redis", on(failing.redis_restarted))
    steps.do("memory", on(failing.redis_full))
    steps.do("database", on(failing.database_restarted))
    steps.do("power", on(failing.power_cut))
    if not FAKETIME:
        steps.leave_out("clocks", "there is no libfaketime")
    else:
        steps.do("clocks", functools.partial(clocks, cluster))
    if Pooler.missing():
        steps.leave_out("pooler", Pooler.missing())
    else:
        steps.do("pooler", functools.partial(pooler, cluster, folder))


def clocks(cluster: Cluster) -> str:
    """The second host's clock is a minute ahead."""
    cluster.b.kill()
    cluster.b.start(
        LD_PRELOAD=str(FAKETIME[0]), FAKETIME="+60s", FAKETIME_DONT_FAKE_MONOTONIC="1",
    )  # fmt: skip
    cluster.b.serves()

    async def all_of_it() -> str:
        found = [await step(cluster) for step in (across.reload, across.stop, across.race)]
        question = "count 120 every 100 ms"
        readings, tasks = failing.begin(cluster, 40, question, cluster.next_door)
        await asyncio.gather(*tasks)
        assert await failing.outcomes(cluster, readings) == {"completed": 40}
        await failing.compare(cluster, cluster.b.door, readings)
        return "; ".join([*found[:2], "40 answers of 12 s on both, none taken for dead"])

    return asyncio.run(all_of_it())


def pooler(cluster: Cluster, folder: Path) -> str:
    """Both hosts by way of PgBouncer in transaction mode."""
    place = folder / "pooler"
    place.mkdir()
    service, url = pooled(place, cluster)
    try:
        for node in cluster.nodes:
            if node.entered is not None:
                node.stop()
        cluster.serve(DATABASE_URL=url)

        async def all_of_it() -> str:
            await across.reload(cluster)
            await across.stop(cluster)
            raced = await across.race(cluster)
            readings, tasks = failing.begin(
                cluster, 60, "count 40 every 50 ms", lambda: cluster.front
            )
            await asyncio.gather(*tasks)
            assert await failing.outcomes(cluster, readings) == {"completed": 60}
            shown, stored = await failing.compare(cluster, cluster.a.door, readings)
            assert shown == stored == 2400
            return raced

        raced = asyncio.run(all_of_it())
        counts = cluster.manage("chatkit_export", "--user", "person1", DATABASE_URL=url)
        assert len(counts) > 1000
        backends = cluster.rows("SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres'")
        return f"{raced}; 60 answers whole; an export; {backends[0][0]} connections at PostgreSQL"
    finally:
        service.stop()


def main() -> int:
    for why in (network.missing(), Postgres.missing(), Redis.missing(), Proxy.missing()):
        if why:
            say(f"Left out, all of it: {why}.")
            return 0
    network.enter("tests.cluster")
    threading.Timer(LONGEST, os._exit, (3,)).start()  # --kill-child ends what is left
    began, steps = time.monotonic(), Steps()
    with tempfile.TemporaryDirectory(prefix="chatkit-cluster-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        old = "" if ONLY and "rollout" not in ONLY else releasing.old_commit()
        if old:
            code = releasing.checked_out(old, folder / "old")
        else:
            code = network.ROOT
            steps.leave_out("rollout", "no older version here")
        with running(folder, code) as cluster:
            say(f"Two hosts of {PROCESSES} processes serve after {time.monotonic() - began:.0f} s.")
            all_steps(steps, cluster, folder, old)
            if steps.faults:
                say(cluster.output())
    ended = ["FAULTS:", *steps.faults] if steps.faults else ["No fault."]
    say("\n".join(["", *steps.left_out, *ended]))
    say(f"{(time.monotonic() - began) / 60:.1f} minutes")
    sys.stdout.flush()
    os._exit(1 if steps.faults else 0)


if __name__ == "__main__":
    sys.exit(main())
