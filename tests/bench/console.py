"""Every page of the console with a million runs: how long it takes, and how many queries.

DATABASE_URL=postgres://… make bench ARGS="console [--runs 1000000] [--seed] [--only TEXT]"

With --seed it makes the tables and the runs first, which takes a quarter of an hour: give it a
database of its own. Each page is asked for fifteen times (--times), and its least and its usual
time are told: on a machine that does other things too, the least is nearest to what the page takes.
`work` is the processor time of the page and of PostgreSQL for it, which others do not lengthen
much. The exit status is 1 where the least is more than 300 ms.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

LIMIT = 300  # ms
TIMES = 15
CONSOLE = "/apps/chatkit/console/"
QUERIES = (
    "", "?period=today", "?period=30d", "?{half}", "?{year}",
    "unanswered/", "unanswered/?period=30d", "unanswered/?{year}",
    "unanswered/{group}/", "unanswered/{group}/?again=1",
    "conversations/", "conversations/?{year}", "conversations/?list=answers&period=30d",
    "conversations/?outcome=failures&period=30d", "conversations/?outcome=failures&cause=slow",
    "conversations/?outcome=not_found&{year}", "conversations/?outcome=refused&{year}",
    "conversations/?feedback=negative", "conversations/?feedback=negative&period=30d",
    "conversations/?person=seed-1", "conversations/?person=seed-1&{year}",
    "conversations/?person=seed-1&outcome=not_found&period=30d",
    "conversations/?person=seed&{year}", "conversations/?{year}&after={last}",
    "conversations/?list=answers&{year}&after={last_run}",
    "conversations/?outcome=failures&{year}&after={last_run}",
    "conversations/{thread}/",
    "usage/", "usage/?period=30d", "usage/?{year}",
)  # fmt: skip
# One in some conversations, one in very many, several, a beginning, and one that nobody said.
SEARCHES = ("chocolate", "menu", "print invoice order", "bitco", "xylophone")
PERIODS = ("", "&period=30d", "&{year}")
ELSEWHERE = ("/apps/chatkit/help/", "/apps/chatkit/help/?q=order", "/admin/chatkit/run/")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", action="store_true")
    parser.add_argument("--only", default="", help="pages that have this in their name")
    parser.add_argument("--times", type=int, default=TIMES, help="after a first one")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.browser.server_settings")
    os.environ.setdefault("SECRET_KEY", "k" * 60)
    os.environ |= {"DEBUG": "off", "HTTPS": "off", "ALLOWED_HOSTS": "testserver"}
    import django

    django.setup()
    if options.seed:
        seed(options.runs)
    as_served()
    client, places = visitor()
    slow = False
    print(f"{'least':>6} {'usual':>6} {'work':>6} {'queries':>8}  page")
    for name, words, path in asked_for():
        if options.only not in name:
            continue
        if words:
            client.post(f"{CONSOLE}conversations/search/", {"words": words})
        times, work, queries = measured(client, path.format(**places), options.times)
        slow |= min(times) > LIMIT
        shown = f"{min(times):6.0f} {statistics.median(times):6.0f} {work:6.0f} {queries:8}"
        print(f"{shown}  {name}", flush=True)
    return 1 if slow else 0


def as_served() -> None:
    """Look for garbage as often as a process of the site does."""
    from mseller.handler import GARBAGE

    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def asked_for() -> Iterator[tuple[str, str, str]]:
    """What is measured: its name, the words that are searched for before it, and its address."""
    for query in paths():
        yield query or "(overview)", "", CONSOLE + query
    for words in SEARCHES:
        for period in PERIODS:
            path = f"conversations/?search=1{period}"
            yield f"{path} “{words}”", words, CONSOLE + path
    for path in ELSEWHERE:
        yield path, "", path


def paths() -> list[str]:
    """The pages that are named above, and the first page of every other tab."""
    from chatkit.contrib.console.registry import pages

    tabs = {address.route for page in pages() for address in page.addresses[:1]}
    known = {query.partition("?")[0] for query in QUERIES}
    return [*QUERIES, *sorted(tabs - known)]


def seed(runs: int) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    call_command("chatkit_seed", runs=runs, days=180, people=2000, yes=True)
    print(f"Seeded in {time.monotonic() - began:.0f} s.")
    began = time.monotonic()
    call_command("chatkit_rollup")
    print(f"Rolled up in {time.monotonic() - began:.0f} s.")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def visitor() -> tuple[Any, dict[str, str]]:
    """The browser of somebody who may see and read everything, and what the addresses name."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from chatkit.contrib.console.models import QuestionGroup
    from chatkit.models import Run, Thread

    users = get_user_model()._default_manager
    user, _made = users.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client()
    client.force_login(user)
    group = QuestionGroup.objects.order_by("pk").first()
    run = Run.objects.order_by("-created_at").first()
    thread = Thread.objects.order_by("updated_at", "pk")[100]
    earliest = Run.objects.order_by("created_at", "pk")[100]
    assert run is not None
    return client, {
        "group": str(group.pk if group else 0),
        "thread": run.thread_id,
        "last": f"{thread.updated_at.isoformat()}~{thread.pk}".replace("+", "%2B"),
        "last_run": f"{earliest.created_at.isoformat()}~{earliest.pk}".replace("+", "%2B"),
        "half": days(180),
        "year": days(366),
    }


def days(count: int) -> str:
    from chatkit.contrib.console.period import DAY, today

    return f"period=own&from={today() - DAY * (count - 1)}&to={today()}"


def measured(client: Any, path: str, often: int) -> tuple[list[float], float, int]:
    """How long the page took each time, in ms, and the processor time that it took on average,
    after a first time that counts its queries."""
    from django.db import connection

    asked = []

    def count(execute: Any, *details: Any) -> Any:
        asked.append(details[0])
        return execute(*details)

    with connection.execute_wrapper(count):
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    times = []
    before = worked()
    for _time in range(often):
        began = time.perf_counter()
        client.get(path)
        times.append(1000 * (time.perf_counter() - began))
    return times, 1000 * (worked() - before) / often, len(asked)


def worked() -> float:
    """The processor time of this process in seconds, with that of PostgreSQL's process for this
    connection where it is on this machine."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")  # that it is one process
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            spent += sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    return spent


if __name__ == "__main__":
    sys.exit(main())
