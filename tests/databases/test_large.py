"""A large store: 100,000 conversations, and one of 10,000 items. Pages cost the same queries."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from chatkit.models import Session, Thread, ThreadItem

THREADS = 100_000
ITEMS = 10_000
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
pytestmark = pytest.mark.database


@pytest.fixture
def large(user: Any, other: Any, workflow_id: str) -> Thread:
    """Half of the threads are this user's. The thread of many items is the newest of them."""
    second = datetime.timedelta(seconds=1)
    for start in range(0, THREADS, 5000):
        Thread.objects.bulk_create(
            Thread(
                id=f"thr_{number:032x}",
                user=(user, other)[number % 2],
                workflow_id=workflow_id,
                created_at=START + number * second,
                updated_at=START + number * second,
            )
            for number in range(start, start + 5000)
        )
    thread = Thread.objects.get(pk=f"thr_{THREADS - 2:032x}")
    for start in range(0, ITEMS, 2500):
        ThreadItem.objects.bulk_create(
            ThreadItem(
                thread=thread,
                item_id=f"msg_{number}",
                type="assistant_message",
                payload={
                    "id": f"msg_{number}",
                    "thread_id": thread.pk,
                    "created_at": START.isoformat(),
                    "type": "assistant_message",
                    "content": [{"type": "output_text", "text": "text", "annotations": []}],
                },
            )
            for number in range(start, start + 2500)
        )
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute("ANALYZE TABLE chatkit_thread, chatkit_threaditem")
            cursor.fetchall()
        else:
            cursor.execute("ANALYZE")
    return thread


def plan(rows: Any) -> str:
    """The database's plan for a query, as text."""
    options = {"format": "JSON"} if connection.vendor == "mysql" else {}
    return str(rows.explain(**options))


# ANALYZE TABLE of MariaDB commits: a transaction around the test would leave its rows behind.
@pytest.mark.django_db(transaction=True)
def test_pages_of_a_large_store(
    large: Thread,
    user: Any,
    admin: Any,
    client: Client,
    workflow_id: str,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    from chatkit.selfhosted import context as contexts
    from chatkit.selfhosted.orm import DjangoStore

    session = Session(user=user, workflow_id=workflow_id)
    context: Any = contexts.ChatContext(session=session, language="en", time_zone=datetime.UTC)

    async def in_place(function: Any, *args: Any) -> Any:
        return function(*args)

    object.__setattr__(context, "database", in_place)

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
    with django_assert_num_queries(2):
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

    client.force_login(admin)
    with django_assert_max_num_queries(20):
        assert client.get("/admin/chatkit/thread/").status_code == 200


def items_sequence(thread: Thread) -> int:
    return ThreadItem.objects.get(thread=thread, item_id="msg_9900").sequence
