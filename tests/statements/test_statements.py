"""Statements whose SQL is made once do what Django's own do."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, QuerySet
from django.db.models.signals import post_save
from django.db.models.sql import compiler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chatkit.contrib.console import switch
from chatkit.contrib.console.budgets import standing
from chatkit.models import Feedback, Run, Session, Thread, ThreadItem, Visitor
from chatkit.selfhosted.runs import naming, writes
from chatkit.selfhosted.runs.database import DatabaseNow
from chatkit.sessions import service
from chatkit.statements import Select, Update, insert, insert_all
from mseller import demo_users, login_sessions

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana")


@pytest.fixture
def thread(ana: User) -> Thread:
    return Thread.objects.create(user=ana, workflow_id="wf", metadata={"a": [1, "ñ"]})


@contextmanager
def no_new_sql() -> Iterator[None]:
    """While it is open, Django may make no SQL."""

    def as_sql(*args: object, **options: object) -> Any:
        raise AssertionError("SQL was made anew")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("SQLCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"):
            patch.setattr(getattr(compiler, name), "as_sql", as_sql)
        yield


class TestSelect:
    def test_rows_are_those_of_the_query(self, ana: User, thread: Thread) -> None:
        other = Thread.objects.create(user=ana, workflow_id="wf", title="Other")
        query = Select(
            lambda pk, workflow: Thread.objects.select_related("user").filter(
                pk=pk, workflow_id=workflow
            )
        )
        assert query("none", "wf") == []
        with no_new_sql():
            [first], [second] = query(thread.pk, "wf"), query(other.pk, "wf")
            assert query(other.pk, "else") == []
            assert (first.user, second.title) == (ana, "Other")  # no query for the user
        assert first == thread
        assert first.metadata == {"a": [1, "ñ"]}
        assert first.created_at == thread.created_at

    def test_values_of_any_number(self, ana: User) -> None:
        for title in ("a", "b", "c"):
            Thread.objects.create(user=ana, workflow_id="wf", title=title)
        query = Select(
            lambda *titles: (
                Thread.objects.filter(title__in=titles)
                .order_by("title")
                .values_list("title", flat=True)
            )
        )
        assert (query("a", "c"), query("b")) == (["a", "c"], ["b"])
        with no_new_sql():
            assert (query("c", "b"), query("a")) == (["b", "c"], ["a"])

    def test_what_can_not_be_kept_is_asked_all_the_same(self, thread: Thread) -> None:
        query = Select(lambda pk: Thread.objects.filter(pk=pk))
        assert query(uuid.uuid4()) == []
        assert query.kept(uuid.uuid4()) is None
        starts = Select(lambda start: Thread.objects.filter(pk__startswith=start))
        assert starts.kept("thr") is None  # the database gets another value than this
        assert starts(thread.pk[:8]) == [thread]

    def test_numbers_in_columns_of_every_size(self, ana: User, thread: Thread) -> None:
        user = Select(lambda pk: User.objects.filter(pk=pk))
        assert user.kept(ana.pk) is not None  # four bytes on some databases
        assert (user(ana.pk), user(ana.pk + 1)) == ([ana], [])
        place = Select(lambda place: Thread.objects.filter(place=place))  # two bytes
        assert (place(1), place(2)) == ([thread], [])
        moved = Update(lambda place: Thread.objects.filter(place=place))
        assert (moved({"branch": 1}, 2), moved({"branch": 1}, 1)) == (0, 1)

    def test_percent_signs_are_no_places(self, ana: User) -> None:
        made = Thread.objects.create(user=ana, workflow_id="wf", title="100 %s of it")
        query = Select(lambda title: Thread.objects.filter(title=title))
        assert (query("100 %s of it"), query("%")) == ([made], [])

    def test_what_is_more_than_rows_is_left_to_django(self, ana: User, thread: Thread) -> None:
        def mine(pk: str) -> QuerySet[Thread]:
            return Thread.objects.filter(pk=pk)

        ThreadItem.objects.create(thread=thread, item_id="a", type="x", payload={})
        prefetched = Select(lambda pk: mine(pk).prefetch_related("items"))
        counted: Select[Any] = Select(lambda pk: mine(pk).annotate(many=Count("items")))
        pairs: Select[Any] = Select(lambda pk: mine(pk).values_list("pk", "title"))
        nested = Select(lambda pk: ThreadItem.objects.select_related("thread__user").filter(pk=pk))
        assert {each.kept("thr") for each in (prefetched, counted, pairs)} == {None}
        assert nested.kept(1) is None
        [found] = prefetched(thread.pk)
        with CaptureQueriesContext(connection) as queries:
            assert len(found.items.all()) == 1
        assert not queries.captured_queries
        assert [each.many for each in counted(thread.pk)] == [1]
        assert pairs(thread.pk) == [(thread.pk, "")]

    def test_an_owner_that_is_none(self, ana: User) -> None:
        visitor = Visitor.objects.create()
        theirs = Thread.objects.create(visitor=visitor, workflow_id="wf")
        query = Select(lambda pk: Thread.objects.select_related("user", "visitor").filter(pk=pk))
        assert query.kept("thr") is not None
        [found] = query(theirs.pk)
        with CaptureQueriesContext(connection) as queries:
            assert (found.user, found.visitor) == (None, visitor)
        assert not queries.captured_queries


class TestUpdate:
    def test_it_changes_those_rows_alone(self, ana: User, thread: Thread) -> None:
        other = Thread.objects.create(user=ana, workflow_id="wf", last_line="Other")
        change = Update(lambda pk: Thread.objects.filter(pk=pk))
        columns: dict[str, Any] = {"metadata": {"b": 1}, "last_line": None, "place": 2}
        assert change(columns, "none") == 0
        with no_new_sql():
            assert change(columns, thread.pk) == 1
        thread.refresh_from_db()
        assert (thread.metadata, thread.last_line, thread.place) == ({"b": 1}, None, 2)
        other.refresh_from_db()
        assert other.last_line == "Other"

    def test_null_and_expressions_have_sql_of_their_own(self, ana: User, thread: Thread) -> None:
        long_ago = timezone.now() - datetime.timedelta(days=9)
        change = Update(lambda pk: Thread.objects.filter(pk=pk))
        for columns in (
            {"last_line": "word", "updated_at": long_ago},
            {"last_line": None, "updated_at": DatabaseNow()},
            {"last_line": "word", "branch": F("branch") + 3},
        ):
            assert change(columns, thread.pk) == 1
        thread.refresh_from_db()
        assert (thread.last_line, thread.branch) == ("word", 3)
        assert thread.updated_at > long_ago

    def test_an_expression_with_values_of_its_own_may_stand_first(self, thread: Thread) -> None:
        change = Update(lambda pk: Thread.objects.filter(pk=pk))
        for line in ("one", "two"):
            assert change({"branch": F("branch") + 3, "last_line": line}, thread.pk) == 1
        thread.refresh_from_db()
        assert (thread.last_line, thread.branch) == ("two", 6)


class TestInsert:
    def test_a_row_gets_its_number_where_it_is_to_have_it(self, ana: User) -> None:
        def made() -> Session:
            return Session(user=ana, workflow_id="wf", issuer=Session.Issuer.SELF)

        insert(made(), numbered=True)
        row, other = made(), made()
        with no_new_sql():
            insert(row, numbered=True)
            insert(other, numbered=True)
        assert row.pk
        assert other.pk == row.pk + 1
        assert not row._state.adding
        found = Session.objects.get(pk=row.pk)
        assert (found.user, found.created_at) == (ana, row.created_at)

    def test_values_are_kept_as_django_keeps_them(self, ana: User) -> None:
        """Those that Django would prepare, such as a choice, and those that it would not."""

        def made(**columns: Any) -> Thread:
            return Thread(user_id=ana.pk, workflow_id="wf", **columns)

        for columns in (
            {"title": "text", "temporary": True, "place": Thread.Place.ARCHIVE, "branch": 3},
            {"title": gettext_lazy("Title"), "temporary": False, "place": 2, "last_line": None},
            {"title": "12", "temporary": 1, "branch": "4"},
        ):
            ours, its = made(**columns), made(**columns)
            insert(ours)
            its.save(force_insert=True)
            ours.refresh_from_db()
            its.refresh_from_db()
            for name in ("title", "temporary", "place", "branch", "last_line", "title_words"):
                assert getattr(ours, name) == getattr(its, name), name

    def test_a_row_is_what_save_would_have_made(self, ana: User) -> None:
        def made(title: str) -> Thread:
            return Thread(user=ana, workflow_id="wf", title=title, metadata={"a": None})

        insert(made("First words"))
        row = made("Second words")
        with no_new_sql():
            insert(row)
        made("Third words").save(force_insert=True)
        rows = list(Thread.objects.order_by("title").values())
        apart = {"id", "title", "title_words", "created_at", "updated_at"}
        first, second, third = (
            {name: value for name, value in one.items() if name not in apart}
            for one in (rows[0], rows[1], rows[2])
        )
        assert first == second == third
        assert rows[1]["title_words"] == rows[2]["title_words"].replace("third", "second")
        row.title = "Changed"
        row.save()  # it knows that it is there
        assert Thread.objects.count() == 3

    def test_the_database_refuses_as_ever(self, ana: User, thread: Thread) -> None:
        def run() -> Run:
            return Run(
                thread=thread,
                user=ana,
                kind="x",
                live=thread.pk,
                heartbeat_at=DatabaseNow(),
            )

        insert(run())
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(run())
        found = Run.objects.get()
        assert found.heartbeat_at is not None
        assert abs(found.heartbeat_at - timezone.now()) < datetime.timedelta(minutes=5)

    def test_receivers_hear_of_it(self, ana: User) -> None:
        heard = []

        def receiver(instance: Thread, created: bool, **kwargs: object) -> None:
            heard.append((instance.pk, created))

        post_save.connect(receiver, sender=Thread)
        try:
            row = Thread(user=ana, workflow_id="wf")
            insert(row)
        finally:
            post_save.disconnect(receiver, sender=Thread)
        assert heard == [(row.pk, True)]
        assert Thread.objects.get() == row

    def test_rows_that_exist_are_changed(self, thread: Thread) -> None:
        def item(name: str, said: str) -> ThreadItem:
            return ThreadItem(thread=thread, item_id=name, type="x", payload={"said": said})

        unique, update = ["thread", "item_id"], ["type", "payload", "words"]
        insert_all(ThreadItem, [], unique, update)
        insert_all(ThreadItem, [item("a", "1")], unique, update)
        insert_all(ThreadItem, [item("a", "2")], unique, update)
        insert_all(ThreadItem, [item("b", "3"), item("a", "4")], unique, update)
        insert_all(ThreadItem, [item("b", "5"), item("c", "6")], unique, update)
        said = ThreadItem.objects.order_by("sequence").values_list("item_id", "payload")
        assert [(name, payload["said"]) for name, payload in said] == [
            ("a", "4"),
            ("b", "5"),
            ("c", "6"),
        ]


def test_each_uniqueness_has_its_own(ana: User, thread: Thread) -> None:
    """Votes are unique by their user, or by their visitor: SQL of the one is not the other's."""
    visitor = Visitor.objects.create()
    theirs = Thread.objects.create(visitor=visitor, workflow_id="wf")
    update = ["kind", "created_at"]
    for _again in range(2):
        row = Feedback(thread=theirs, item_id="a", visitor=visitor, kind="positive")
        insert_all(Feedback, [row], ["thread", "item_id", "visitor"], update)
    for kind in ("positive", "negative"):
        row = Feedback(thread=thread, item_id="a", user=ana, kind=kind)
        insert_all(Feedback, [row], ["thread", "item_id", "user"], update)
    assert sorted(Feedback.objects.values_list("kind", flat=True)) == ["negative", "positive"]


def test_who_listens_to_statements_hears_of_kept_ones(ana: User, thread: Thread) -> None:
    titles: Select[Any] = Select(
        lambda pk: Thread.objects.filter(pk=pk).values_list("title", flat=True)
    )
    change = Update(lambda pk: Thread.objects.filter(pk=pk))
    heard: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append(sql.split()[0])
        return execute(sql, params, many, context)

    def all_three() -> None:
        change({"title": "100 %"}, thread.pk)
        assert titles(thread.pk) == ["100 %"]
        insert(Thread(user=ana, workflow_id="wf"))

    all_three()
    with connection.execute_wrapper(listen):
        all_three()
    with CaptureQueriesContext(connection) as queries:
        all_three()
    told = [query["sql"].split()[0] for query in queries.captured_queries]
    assert heard == told == ["UPDATE", "SELECT", "INSERT"]


def test_who_takes_the_place_of_the_cursor_gets_them(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Select(lambda pk: Thread.objects.filter(pk=pk))
    assert query(thread.pk) == [thread]
    heard: list[str] = []
    cursor = connection.cursor

    def listened() -> Any:
        heard.append("cursor")
        return cursor()

    monkeypatch.setattr(connection, "cursor", listened)
    assert query(thread.pk) == [thread]
    assert heard == ["cursor"]


def test_who_may_use_no_database_gets_none(thread: Thread, django_db_blocker: Any) -> None:
    query = Select(lambda pk: Thread.objects.filter(pk=pk))
    assert query(thread.pk) == [thread]
    with django_db_blocker.block(), pytest.raises(RuntimeError, match="not allowed"):
        query(thread.pk)


def test_a_transaction_that_is_broken_takes_none(thread: Thread) -> None:
    query = Select(lambda pk: Thread.objects.filter(pk=pk))
    assert query(thread.pk) == [thread]
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            query(thread.pk)


def test_the_hot_ones_are_kept() -> None:
    """What each session and each answer asks: on whichever database this runs."""
    assert service._by_id.kept("sess_1") is not None
    assert demo_users._by_pk.kept(1) is not None
    assert login_sessions._by_key.kept("key") is not None
    assert switch._offline.kept("wf") is not None
    assert standing._any_budget.kept() is not None
    updates: list[tuple[Update, tuple[object, ...], str]] = [(writes._running, ("run_1",), "error")]
    for column, pk in (("user_id", 1), ("visitor_id", "vis_1")):
        assert naming._latest_titles[column].kept(pk, "wf", "thr_1") is not None
        updates += [
            (writes._own[Thread, column], ("thr_1", pk, "wf"), "workflow_id"),
            (naming._titled_by_question[column], (pk, "wf", "thr_1"), "workflow_id"),
        ]
    for update, values, name in updates:
        assert update({name: "x"}, *values) == 0
        with no_new_sql():
            assert update({name: "y"}, *values) == 0
    for session in (
        Session(user_id=1, workflow_id="wf"),
        Session(visitor_id="vis_1", workflow_id="wf"),
    ):
        assert writes.update_own(Thread, "thr_1", session, {"title": "x"}) == 0
