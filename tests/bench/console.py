"""Every page of the console with a million runs: how long it takes, and how many queries.

DATABASE_URL=postgres://… .venv/bin/python -m tests.bench.console [--runs 1000000] [--seed]

With --seed it makes the tables and the runs first, which takes a quarter of an hour: give it a
database of its own. The exit status is 1 where a page takes more than 300 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from typing import Any

LIMIT = 300  # ms
TIMES = 7
QUERIES = (
    "", "?period=today", "?period=30d",
    "unanswered/", "unanswered/?period=30d", "unanswered/{group}/", "unanswered/{group}/?again=1",
    "conversations/", "conversations/?list=answers&period=30d",
    "conversations/?outcome=failures&period=30d", "conversations/?outcome=failures&cause=slow",
    "conversations/?feedback=negative", "conversations/?feedback=negative&period=30d",
    "conversations/?person=seed-1", "conversations/?person=seed-1&outcome=not_found&period=30d",
    "conversations/?after={after}", "conversations/{thread}/",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.browser.server_settings")
    os.environ.setdefault("SECRET_KEY", "k" * 60)
    os.environ |= {"DEBUG": "off", "HTTPS": "off", "ALLOWED_HOSTS": "testserver"}
    import django

    django.setup()
    if options.seed:
        seed(options.runs)
    client, places = visitor()
    slow = False
    print(f"{'ms':>6} {'worst':>6} {'queries':>8}  page")
    for query in paths():
        path = query.format(**places)
        times, queries = measured(client, f"/apps/chatkit/console/{path}")
        usual = statistics.median(times)
        slow |= usual > LIMIT
        print(f"{usual:6.0f} {max(times):6.0f} {queries:8}  {query or '(overview)'}")
    return 1 if slow else 0


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
    thread = Thread.objects.order_by("-updated_at", "-pk")[500]
    assert group is not None
    assert run is not None
    after = f"{thread.updated_at.isoformat()}~{thread.pk}".replace("+", "%2B")
    return client, {"group": str(group.pk), "thread": run.thread_id, "after": after}


def measured(client: Any, path: str) -> tuple[list[float], int]:
    """How long the page took each time, in ms, after a first time that counts its queries."""
    from django.db import connection

    asked = []

    def count(execute: Any, *details: Any) -> Any:
        asked.append(details[0])
        return execute(*details)

    with connection.execute_wrapper(count):
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    times = []
    for _time in range(TIMES):
        began = time.perf_counter()
        client.get(path)
        times.append(1000 * (time.perf_counter() - began))
    return times, len(asked)


if __name__ == "__main__":
    sys.exit(main())
