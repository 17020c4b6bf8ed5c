"""A large store: 100,000 conversations, and one of 10,000 items. Pages cost the same queries."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatkit.models import Session, Thread, ThreadItem
from chatkit.retention import temporary
from chatkit.selfhosted.runs.naming import NameThread
from chatkit.selfhosted.runs.writes import Transaction

from ..tools import many_rows

THREADS = 100_000
ITEMS = 10_000
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
# ANALYZE TABLE of MariaDB commits: a transaction around the test would leave its rows behind.
# Elsewhere that transaction is the fastest way to be rid of them.
COMMITS = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.mysql"
pytestmark = pytest.mark.database


@pytest.fixture
def large(user: Any, other: Any, workflow_id: str) -> Iterator[Thread]:
    """Half of the threads are this user's. The thread of many items is the newest of them."""
    thread_id, moment, item_id, as_json = many_rows.MADE[connection.vendor]
    begin = connection.ops.adapt_datetimefield_value(START)
    many_rows.insert(
        range(THREADS),
        Thread(workflow_id=workflow_id),
        {
            "id": (thread_id, []),
            "user_id": ("CASE n %% 2 WHEN 0 THEN %s ELSE %s END", [user.pk, other.pk]),
            "created_at": (moment, [begin]),
            "updated_at": (moment, [begin]),
        },
    )
    thread = Thread.objects.get(pk=f"thr_{THREADS - 2:032x}")
    text = json.dumps(payload(thread, "msg_"))
    many_rows.insert(
        range(ITEMS),
        ThreadItem(thread=thread, type="assistant_message", created_at=START),
        {
            "item_id": (item_id, []),
            "payload": (as_json.format(f"replace(%s, 'msg_', {item_id})"), [text]),
        },
    )
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute("ANALYZE TABLE chatkit_thread, chatkit_threaditem")
            cursor.fetchall()
        else:
            cursor.execute("ANALYZE")
    yield thread
    if COMMITS:
        # All in one statement each: the test's own flush would look at every row.
        ThreadItem.objects.all()._raw_delete(connection.alias)
        Thread.objects.all()._raw_delete(connection.alias)


def payload(thread: Thread, item_id: str) -> dict[str, Any]:
    return {
        "id": item_id,
        "thread_id": thread.pk,
        "created_at": START.isoformat(),
        "type": "assistant_message",
        "content": [{"type": "output_text", "text": "text", "annotations": []}],
    }


def plan(rows: Any) -> str:
    """The database's plan for a query, as text."""
    options = {"format": "JSON"} if connection.vendor == "mysql" else {}
    return str(rows.explain(**options))


def plans(ask: Callable[[], object]) -> list[str]:
    """The database's plans for what is selected here."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    kind = {"sqlite": "EXPLAIN QUERY PLAN", "mysql": "EXPLAIN FORMAT=JSON"}
    found = []
    for query in asked.captured_queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"{kind.get(connection.vendor, 'EXPLAIN')} {query['sql']}")
                found.append(str(cursor.fetchall()))
    return found


@pytest.mark.django_db(transaction=COMMITS)
def test_pages_of_a_large_store(
    large: Thread,
    user: Any,
    admin: Any,
    client: Client,
    workflow_id: str,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    from chatkit.selfhosted.runs.context import ChatContext
    from chatkit.selfhosted.runs.database import DatabaseWorkers
    from chatkit.selfhosted.store import DjangoStore

    session = Session(user=user, workflow_id=workflow_id)
    context = ChatContext(session=session, language="en", time_zone=datetime.UTC)

    async def in_place(_workers: Any, function: Any, *args: Any) -> Any:
        return function(*args)

    monkeypatch.setattr(DatabaseWorkers, "run", in_place)

    def call(name: str, *args: Any) -> Any:
        coroutine = getattr(DjangoStore(), name)(*args, context=context)
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
        raise AssertionError("it waited")

    with django_assert_num_queries(1):
        first = call("load_threads", 20, None, "desc")
    assert first.data[0].id == large.pk
    with django_assert_num_queries(2):
        second = call("load_threads", 20, first.after, "desc")
    deep = f"thr_{200:032x}"
    with django_assert_num_queries(2):
        last = call("load_threads", 20, deep, "desc")
    assert [row.id for row in last.data] == [f"thr_{n:032x}" for n in range(198, 158, -2)]
    assert second.data[0].id == f"thr_{THREADS - 42:032x}"
    with django_assert_num_queries(6):  # 21 rows at a time, however many there are
        items = call("load_thread_items", large.pk, "msg_5000", 100, "asc")
    assert [item.id for item in items.data] == [f"msg_{n}" for n in range(5001, 5101)]
    with django_assert_num_queries(1):
        assert call("load_item", large.pk, "msg_9999").id == "msg_9999"

    mine = Thread.objects.for_session(session)
    page = mine.order_by("-created_at", "-id")[:21]
    assert "chatkit_thread_owner" in plan(page)
    older = mine.filter(created_at__lte=START + datetime.timedelta(seconds=50_000))
    assert "chatkit_thread_owner" in plan(older.order_by("-created_at", "-id")[:21])
    inside = ThreadItem.objects.for_session(session).filter(thread_id=large.pk)
    found = plan(inside.filter(item_id="msg_9999"))
    assert "chatkit_item_in_thread" in found or "thread_id=? AND item_id=?" in found, found
    cut = ThreadItem.objects.filter(thread_id=large.pk, sequence__gt=items_sequence(large))
    found = plan(cut.order_by("sequence")[:101])
    if connection.vendor == "sqlite":
        assert "SEARCH" in found, found
        assert "SCAN" not in found, found
    else:
        assert any(name in found for name in ("chatkit_item_order", "PRIMARY", "pkey")), found

    # What each new conversation asks, and what is asked several times a minute.
    titled: list[str] = []
    named = NameThread(first.data[1].id, ["A title"], "A question", tell=titled.append)
    assert "chatkit_thread_owner" in plans(lambda: named.apply(Transaction(session)))[0]
    # After ANALYZE, SQLite takes a column's values to be equally many.
    if connection.vendor != "sqlite":
        assert "chatkit_thread_temporary" in plans(temporary.delete_ended)[0]

    client.force_login(admin)
    with django_assert_max_num_queries(20):
        assert client.get("/admin/chatkit/thread/").status_code == 200


def items_sequence(thread: Thread) -> int:
    return ThreadItem.objects.get(thread=thread, item_id="msg_9900").sequence
