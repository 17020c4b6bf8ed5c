"""DjangoStore against the suite, and what is its own: times, bad rows, few queries."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatkit.models import Session, Thread, ThreadItem
from chatkit.selfhosted.runs.context import ChatContext, work_of
from chatkit.selfhosted.runs.database import DatabaseWorkers
from chatkit.selfhosted.store import DjangoStore
from chatkit.types import WidgetItem
from chatkit.widgets import Card, ListView, Text

from .protocol import session_of
from .store_suite import NOW, StoreSuite, answer, thread


@pytest.fixture(autouse=True)
def in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Database jobs run in the test's own thread and transaction."""

    async def run(self: Any, function: Any, *args: Any) -> Any:
        return function(*args)

    monkeypatch.setattr(DatabaseWorkers, "run", run)


def context_of(session: Session) -> ChatContext:
    return ChatContext(session=session, language="en", time_zone=datetime.UTC)


def finish(coroutine: Any) -> Any:
    """The result of a coroutine that, as patched, waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")


def run_and_flush(
    store: DjangoStore, context: ChatContext, name: str, *args: Any, **options: Any
) -> Any:
    async def go() -> Any:
        result = await getattr(store, name)(*args, context=context, **options)
        await store.flush(context)
        return result

    return finish(go())


@pytest.mark.django_db
class TestDjangoStore(StoreSuite):
    @pytest.fixture(autouse=True)
    def _set_up(self, user: Any, other: Any) -> None:
        self.store = DjangoStore()
        self.session = session_of(user, "wf_1")
        self.other = session_of(other, "wf_1")
        self.second_workflow = session_of(user, "wf_2")

    def call(self, name: str, *args: Any, context: Any = None, **kwargs: Any) -> Any:
        context = context or context_of(self.session)
        return run_and_flush(self.store, context, name, *args, **kwargs)

    def other_context(self) -> ChatContext:
        return context_of(self.other)


@pytest.mark.django_db
class TestDjangoStoreAgainstTheSameUsersOtherWorkflow(TestDjangoStore):
    def other_context(self) -> ChatContext:
        return context_of(self.second_workflow)


@pytest.mark.django_db
class TestRows:
    @pytest.fixture(autouse=True)
    def _set_up(self, user: Any) -> None:
        self.store = DjangoStore()
        self.session = session_of(user, "wf_1")

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return run_and_flush(self.store, context_of(self.session), name, *args, **kwargs)

    def test_times_are_aware_in_rows_and_naive_in_the_sdk(self) -> None:
        self.call("save_thread", thread("thr_1"))
        self.call("add_thread_item", "thr_1", answer("msg_1"))
        row = ThreadItem.objects.get()
        assert row.created_at == NOW.astimezone()
        assert datetime.datetime.fromisoformat(row.payload["created_at"]) == NOW.astimezone()
        assert Thread.objects.get().created_at == NOW.astimezone()
        assert self.call("load_item", "thr_1", "msg_1").created_at == NOW
        assert self.call("load_thread", "thr_1").created_at == NOW

    def test_text_that_postgresql_refuses_is_cleaned(self) -> None:
        self.call("save_thread", thread("thr_1", title="a\x00b"))
        self.call("add_thread_item", "thr_1", answer("msg_1", "c\x00d \ud83d"))
        assert self.call("load_thread", "thr_1").title == "ab"
        assert self.call("load_item", "thr_1", "msg_1").content[0].text == "cd ?"

    def test_a_row_that_cannot_be_read_hides_and_breaks_nothing(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.call("save_thread", thread("thr_1"))
        row = Thread.objects.get()
        row.items.create(item_id="x", type="novel", payload={"type": "novel", "secret": 1})
        self.call("add_thread_item", "thr_1", answer("msg_1"))
        page = self.call("load_thread_items", "thr_1", None, 20, "asc")
        assert [item.type for item in page.data] == ["hidden_context_item", "assistant_message"]
        assert "can't be read" in caplog.text
        assert "secret" not in caplog.text

    def test_a_long_title_is_cut(self) -> None:
        self.call("save_thread", thread("thr_1", title="x" * 500))
        assert len(Thread.objects.get().title) == 200

    def test_a_kind_that_only_a_newer_sdk_has_gets_an_id(self) -> None:
        kind: Any = "hologram"
        made = self.store.generate_item_id(kind, thread("thr_1"), context_of(self.session))
        assert made.startswith("itm_")

    def test_only_what_changed_is_written(self) -> None:
        self.call("save_thread", thread("thr_1", title="old"))
        context = context_of(self.session)
        loaded = run_and_flush(self.store, context, "load_thread", "thr_1")
        Thread.objects.update(title="renamed meanwhile")
        loaded.metadata["step"] = 1
        run_and_flush(self.store, context, "save_thread", loaded)
        row = Thread.objects.get()
        assert (row.title, row.metadata) == ("renamed meanwhile", {"step": 1})

    def test_what_is_called_without_the_engine_is_written_at_once(self) -> None:
        self.call("save_thread", thread("thr_1"))
        context = context_of(self.session)
        finish(self.store.add_thread_item("thr_1", answer("msg_1"), context))
        assert self.call("load_item", "thr_1", "msg_1").id == "msg_1"

    @pytest.mark.parametrize("widget", [Card(children=[Text(value="a")]), ListView(children=[])])
    def test_a_widget_is_again_the_class_that_it_was(self, widget: Any) -> None:
        self.call("save_thread", thread("thr_1"))
        item = WidgetItem(id="msg_1", thread_id="thr_1", created_at=NOW, widget=widget)
        self.call("add_thread_item", "thr_1", item)
        loaded = self.call("load_item", "thr_1", "msg_1")
        assert type(loaded.widget) is type(widget)
        assert loaded == item

    def test_two_halves_of_a_character_are_one(self) -> None:
        self.call("save_thread", thread("thr_1"))
        self.call("add_thread_item", "thr_1", answer("msg_1", "\ud83d" + "\ude00 \ud83d"))
        assert self.call("load_item", "thr_1", "msg_1").content[0].text == "\U0001f600 ?"

    def test_an_answer_is_few_statements_and_the_first_one_writes(self) -> None:
        self.call("save_thread", thread("thr_1"))
        context = context_of(self.session)

        finish(self.store.load_thread("thr_1", context))

        async def go() -> None:
            with work_of(context).collected():  # as the engine does
                for number in range(50):
                    await self.store.add_thread_item("thr_1", answer(f"msg_{number}"), context)
                await self.store.flush(context)

        with CaptureQueriesContext(
            connection,
        ) as queries:
            finish(go())
        statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"].upper()]
        assert len(statements) == 2
        assert statements[0].startswith("UPDATE")

    @pytest.mark.parametrize("size", [30, 2_000])
    def test_reading_a_page_costs_the_same_in_a_long_thread(self, size: int) -> None:
        self.call("save_thread", thread("thr_1"))
        row = Thread.objects.get()
        payload = answer("x").model_dump(mode="json")
        ThreadItem.objects.bulk_create(
            ThreadItem(
                item_id=f"m{n}",
                thread=row,
                type="assistant_message",
                payload=payload | {"id": f"m{n}"},
            )
            for n in range(size)
        )
        with CaptureQueriesContext(connection) as queries:
            page = self.call("load_thread_items", "thr_1", f"m{size - 5}", 20, "desc")
        assert len(queries) == 2
        assert [item.id for item in page.data][:2] == [f"m{size - 6}", f"m{size - 7}"]
