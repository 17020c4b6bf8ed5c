"""The list of conversations and the search in them, by their addresses; on each database."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatkit import retention
from chatkit.models import Attachment, Run, Session, Thread, ThreadItem, said_in
from chatkit.selfhosted.messages import send_message
from chatkit.selfhosted.runs import recovery
from chatkit.threads import newest
from tests.selfhosted.protocol import Caller, add, ask, create, thread_id_of

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/api/chatkit/threads"


def get(caller: Caller, path: str = "", status: int = 200, **query: str) -> Any:
    headers = {"Authorization": f"Bearer {caller.secret}"}
    response = caller.client.get(f"{LIST}{path}", query, headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def act(caller: Caller, action: Any, *ids: Any, status: int = 200) -> Any:
    response = caller.client.post(
        LIST,
        json.dumps({"action": action, "ids": list(ids)}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.secret}"},
    )
    assert response.status_code == status, response.content
    return response.json()


def begun(caller: Caller, text: str = "hello") -> str:
    return thread_id_of(caller.stream(create(text)))


def ids(answer: Any, key: str = "data") -> list[str]:
    return [row["id"] for row in answer[key]]


def found(caller: Caller, search: str) -> list[str]:
    return [hit["thread"]["id"] for hit in get(caller, "/search", q=search)["data"]]


def question(thread: Thread, text: str, number: int = 0) -> ThreadItem:
    """A row that says this, for `bulk_create`."""
    said = {"content": [{"text": text}]}
    return ThreadItem(thread=thread, item_id=f"msg_{number}", type="user_message", payload=said)


def marked(hit: Any, key: str = "passage") -> str:
    return "".join(f"[{part['text']}]" if part.get("hit") else part["text"] for part in hit[key])


def past(caller: Caller, thread_id: str, **ago: float) -> None:
    Thread.objects.filter(pk=thread_id).update(
        updated_at=timezone.now() - datetime.timedelta(**ago)
    )


class TestList:
    def test_by_last_use_with_the_last_line(self, ada: Caller) -> None:
        first, second = begun(ada, "one"), begun(ada, "two")
        assert ids(get(ada)) == [second, first]
        ada.stream(add(first, "say 3"))
        rows = get(ada)["data"]
        assert [row["id"] for row in rows] == [first, second]
        assert [row["line"] for row in rows] == ["1 2 3", "two"]
        assert rows[0]["answering"] is False
        assert rows[0]["place"] == "list"
        assert rows[0]["updated_at"].endswith("+00:00")

    def test_lines_are_looked_up_where_they_are_missing(self, ada: Caller, user: Any) -> None:
        first = begun(ada, "say 3")
        Thread.objects.create(user=user, workflow_id=Thread.objects.get().workflow_id)
        Thread.objects.update(last_line=None)
        assert [row["line"] for row in get(ada)["data"]] == ["", "1 2 3"]
        send_message(Thread.objects.get(pk=first), "**News** for you")
        assert get(ada)["data"][0]["line"] == "News for you"

    def test_what_is_said_meanwhile_is_not_written_over(
        self, ada: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        thread_id = begun(ada, "say 3")
        Thread.objects.update(last_line=None)

        def said_later(*item: Any) -> str:
            send_message(Thread.objects.get(pk=thread_id), "News")
            return said_in(*item)

        monkeypatch.setattr("chatkit.threads.listing.said_in", said_later)
        get(ada)
        assert Thread.objects.get(pk=thread_id).last_line == "News"

    def test_pages(self, ada: Caller, user: Any, workflow_id: str) -> None:
        at = timezone.now()
        made = Thread.objects.bulk_create(
            Thread(
                id=f"thr_{number:03}",
                user=user,
                workflow_id=workflow_id,
                # Some at the same moment, across the edge of a page too.
                updated_at=at - datetime.timedelta(seconds=number // 4),
                last_line="",
            )
            for number in range(120)
        )
        seen: list[str] = []
        after, pages = "", 0
        while True:
            answer = get(ada, after=after)
            seen += ids(answer)
            pages += 1
            if not answer["has_more"]:
                break
            after = answer["after"]
        expected = sorted(made, key=lambda row: (row.updated_at, row.pk), reverse=True)
        assert seen == [row.pk for row in expected]
        assert pages == 3
        with CaptureQueriesContext(
            connection,
        ) as few:
            get(ada)
        Thread.objects.filter(pk__gte="thr_010").delete()
        with CaptureQueriesContext(connection) as fewer:
            get(ada)
        assert len(few) == len(fewer) <= 7

    @pytest.mark.parametrize("after", ["x", "2026-01-01~thr_1", "0001-01-01T00:00:00+00:00~x", "~"])
    def test_no_such_place(self, ada: Caller, after: str) -> None:
        assert get(ada, status=400, after=after)["error"]["code"] == "invalid_request"

    def test_pin_and_archive(self, ada: Caller) -> None:
        one, two, three = (begun(ada, text) for text in ("one", "two", "three"))
        act(ada, "pin", one)
        act(ada, "archive", two)
        answer = get(ada)
        assert (ids(answer, "pinned"), ids(answer)) == ([one], [three])
        assert answer["pinned"][0]["place"] == "pinned"
        archived = get(ada, archived="1")
        assert ids(archived) == [two]
        assert "pinned" not in archived
        # Out of a stock client's list, too; it opens by its id.
        stock = [row["id"] for row in ada.json(ask("threads.list"))["data"]]
        assert sorted(stock) == sorted([one, three])
        assert ada.json(ask("threads.get_by_id", thread_id=two))["id"] == two
        assert act(ada, "unarchive", two)["ids"] == [two]
        act(ada, "unpin", one)
        assert (ids(get(ada)), ids(get(ada), "pinned")) == ([three, two, one], [])

    def test_who_goes_on_in_an_archived_one_has_it_back(self, ada: Caller) -> None:
        one = begun(ada)
        act(ada, "archive", one)
        ada.stream(add(one, "and more"))
        assert ids(get(ada)) == [one]
        act(ada, "pin", one)
        ada.stream(add(one, "and more"))
        assert ids(get(ada), "pinned") == [one]

    def test_only_so_many_pins(self, ada: Caller, user: Any, workflow_id: str) -> None:
        rows = [Thread(user=user, workflow_id=workflow_id, place=0) for _ in range(50)]
        Thread.objects.bulk_create(rows)
        one = begun(ada)
        message = act(ada, "pin", one, status=400)["error"]["message"]
        assert "50" in message
        assert Thread.objects.get(pk=one).place == Thread.Place.LIST

    def test_one_more_that_comes_back_is_in_the_list(
        self, ada: Caller, user: Any, workflow_id: str
    ) -> None:
        rows = [Thread(user=user, workflow_id=workflow_id, place=0) for _ in range(49)]
        Thread.objects.bulk_create(rows)
        one, two = begun(ada), begun(ada)
        act(ada, "pin", one)
        act(ada, "delete", one)
        act(ada, "pin", two)
        act(ada, "restore", one)
        assert len(ids(get(ada), "pinned")) == 51

    @pytest.mark.parametrize(
        ("action", "asked"),
        [
            ("burn", ["x"]),
            ("pin", []),
            ("pin", "thr_1"),
            ("pin", [1]),
            (["pin"], ["x"]),
            ("pin", ["x"] * 101),
        ],
    )
    def test_what_is_no_request(self, ada: Caller, action: Any, asked: Any) -> None:
        response = ada.client.post(
            LIST,
            json.dumps({"action": action, "ids": asked}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {ada.secret}"},
        )
        assert response.status_code == 400

    @pytest.mark.parametrize(
        "action", ["pin", "unpin", "archive", "unarchive", "delete", "restore"]
    )
    def test_others_are_not_there(self, ada: Caller, bob: Caller, action: str) -> None:
        his = begun(bob)
        if action == "restore":
            act(bob, "delete", his)
        before = Thread.objects.values().get()
        act(ada, action, his, status=404)
        assert Thread.objects.values().get() == before
        assert ids(get(ada)) == []
        # Of several, those that are one's own.
        mine = begun(ada)
        if action == "restore":
            act(ada, "delete", mine)
        assert act(ada, action, his, mine)["ids"] == [mine]

    def test_another_workflow_has_a_list_of_its_own(self, ada: Caller) -> None:
        one = begun(ada, "secretword")
        Thread.objects.update(workflow_id="another")
        assert ids(get(ada)) == []
        assert found(ada, "secretword") == []
        act(ada, "pin", one, status=404)

    def test_answering(self, ada: Caller, user: Any) -> None:
        one, two = begun(ada), begun(ada)
        heard = timezone.now()
        run = Run.objects.filter(thread=one).get()
        Run.objects.filter(pk=run.pk).update(live=one, status="running", heartbeat_at=heard)
        rows = {row["id"]: row["answering"] for row in get(ada)["data"]}
        assert rows == {one: True, two: False}
        told = get(ada, "/now")
        assert told["answering"] == [one]
        assert told["used_at"] == get(ada)["data"][0]["updated_at"]
        # One whose process is gone is answering no more.
        Run.objects.update(heartbeat_at=heard - datetime.timedelta(minutes=2))
        assert get(ada, "/now")["answering"] == []

    def test_needs_a_secret(self, client: Any) -> None:
        for path in ("", "/search", "/now"):
            assert client.get(LIST + path).status_code == 401
        assert client.post(LIST, {}, content_type="application/json").status_code == 401

    def test_rates(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"search": "1/h", "request": "2/h"}}
        get(ada, "/search", q="x")
        get(ada, "/search", status=429, q="x")
        get(ada)
        get(ada, "/now")
        act(ada, "pin", "x", status=429)


class TestDelete:
    def test_hidden_at_once_and_back_again(self, ada: Caller, user: Any, client: Any) -> None:
        one, two = begun(ada, "secretword"), begun(ada)
        act(ada, "pin", one)
        assert act(ada, "delete", one)["undo_seconds"] == 10
        assert ids(get(ada), "pinned") == []
        assert found(ada, "secretword") == []
        assert [row["id"] for row in ada.json(ask("threads.list"))["data"]] == [two]
        assert ada.post(ask("threads.get_by_id", thread_id=one)).status_code == 404
        assert ada.post(ask("items.list", thread_id=one)).status_code == 404
        assert ada.post(add(one, "more")).status_code == 404
        client.force_login(user)
        assert one not in client.get("/").content.decode()
        act(ada, "pin", one, status=404)
        act(ada, "delete", one, status=404)
        assert act(ada, "restore", one)["ids"] == [one]
        assert ids(get(ada), "pinned") == [one]
        assert found(ada, "secretword") == [one]

    def test_gone_for_good_with_its_files(self, ada: Caller, user: Any, workflow_id: str) -> None:
        one, two = begun(ada), begun(ada)
        file = Attachment(user=user, workflow_id=workflow_id, thread_id=one, name="a.txt")
        file.file.save("a.txt", ContentFile(b"kept"))
        storage, path = file.file.storage, str(file.file.name)
        ada.client.force_login(user)
        address = f"/api/chatkit/attachments/{file.pk}"
        got: Any = ada.client.get(address)
        assert b"".join(got.streaming_content) == b"kept"
        act(ada, "delete", one)
        assert ada.client.get(address).status_code == 404
        assert storage.exists(path)
        late = timezone.now() - datetime.timedelta(seconds=16)
        Thread.objects.filter(pk=one).update(deleted_at=late)
        act(ada, "restore", one, status=404)  # too late, and that request has swept it
        assert list(Thread.objects.values_list("pk", flat=True)) == [two]
        assert not storage.exists(path)

    @pytest.mark.parametrize("sweep", [recovery.sweep, retention.rows.delete_left_over])
    def test_without_its_tab(self, ada: Caller, sweep: Any) -> None:
        one, two = begun(ada), begun(ada)
        act(ada, "delete", one, two)
        late = timezone.now() - datetime.timedelta(seconds=16)
        Thread.objects.filter(pk=one).update(deleted_at=late)
        sweep()
        assert list(Thread.objects.values_list("pk", flat=True)) == [two]

    def test_a_stock_client_deletes_at_once(self, ada: Caller) -> None:
        one = begun(ada)
        ada.json(ask("threads.delete", thread_id=one))
        assert not Thread.objects.exists()

    def test_an_answer_goes_on_until_it_is_gone(self, ada: Caller, workflow_id: str) -> None:
        from chatkit.selfhosted.runs.unit_of_work import UnitOfWork
        from chatkit.selfhosted.runs.writes import RowMissing, SaveItem

        one = begun(ada)
        act(ada, "delete", one)
        session = Session.objects.first()
        assert session is not None
        work = UnitOfWork(session)
        payload = {"content": [{"type": "output_text", "text": "late words"}]}
        row = ThreadItem(item_id="msg_late", thread_id=one, type="assistant_message")
        row.payload = payload
        work.add(SaveItem(one, row))
        work.flush()
        act(ada, "restore", one)
        assert found(ada, "late words") == [one]
        Thread.objects.all().delete()
        work.add(SaveItem(one, row))
        with pytest.raises(RowMissing):
            work.flush()

    def test_staff_see_that_it_is_being_deleted(self, ada: Caller, admin_client: Any) -> None:
        one, two = begun(ada), begun(ada)
        act(ada, "delete", one)
        assert "Deleting" in admin_client.get("/admin/chatkit/thread/").content.decode()
        console = admin_client.get("/apps/chatkit/console/conversations/").content.decode()
        assert (one in console, two in console) == (False, True)
        page = f"/apps/chatkit/console/conversations/{one}/"
        assert admin_client.get(page).status_code == 404


class TestSearch:
    def test_finds_questions_answers_and_titles(self, ada: Caller) -> None:
        one = begun(ada, "How do I refund an invoice to Łódź?")
        two = begun(ada, "注文をキャンセルしたい")
        three = begun(ada, "Die Straße ist gesperrt")
        ada.json(ask("threads.update", thread_id=three, title="Über ＡＢＣ"))
        for search, hit in (
            ("REFUND invoice", one),
            ("lodz", one),
            ("invoi", one),
            ("キャンセル", two),
            ("strasse", three),
            ("uber abc", three),
        ):
            assert found(ada, search) == [hit], search
        assert found(ada, "refund absent") == []
        assert found(ada, "!?") == []

    def test_the_hit_names_the_message(self, ada: Caller) -> None:
        one = begun(ada, "first question")
        ada.stream(add(one, "then about **refunds** again"))
        (hit,) = get(ada, "/search", q="refunds")["data"]
        item = ThreadItem.objects.filter(thread=one, type="user_message").latest("pk")
        assert hit["item_id"] == item.item_id
        assert marked(hit) == "then about [refunds] again"
        assert hit["thread"]["id"] == one
        ada.json(ask("threads.update", thread_id=one, title="My holidays"))
        (hit,) = get(ada, "/search", q="holid")["data"]
        assert (hit["item_id"], hit["passage"]) == (None, [])
        assert marked(hit, "title") == "My [holid]ays"

    def test_is_current(self, ada: Caller) -> None:
        """What is changed or deleted in any way is found as it is now."""
        one = begun(ada, "secretword")
        ada.json(ask("threads.update", thread_id=one, title="A title"))
        item = ThreadItem.objects.filter(thread=one, type="user_message").get()
        item.payload = {"content": [{"text": "another"}]}
        item.words = None
        item.save()
        assert found(ada, "secretword") == []
        assert found(ada, "another") == [one]
        item.delete()
        assert found(ada, "another") == []

    def test_of_nobody_else(self, ada: Caller, bob: Caller) -> None:
        begun(bob, "secretword")
        assert found(ada, "secretword") == []
        assert len(found(bob, "secretword")) == 1

    def test_not_in_temporary_ones(self, ada: Caller) -> None:
        wanted = {"metadata": {"chatkit.temporary": True}}
        one = thread_id_of(ada.stream(create("secretword") | wanted))
        ada.stream(add(one, "secretword again"))
        assert found(ada, "secretword") == []
        assert ids(get(ada)) == []
        assert Thread.objects.get().last_line is None
        assert set(ThreadItem.objects.values_list("words", flat=True)) == {""}
        act(ada, "delete", one, status=404)

    def test_not_what_another_version_has_replaced(self, ada: Caller) -> None:
        one = begun(ada, "secretword")
        ada.json(ask("threads.update", thread_id=one, title="A title"))
        ThreadItem.objects.update(superseded=True)
        assert found(ada, "secretword") == []

    def test_archived_ones_too(self, ada: Caller) -> None:
        one = begun(ada, "secretword")
        act(ada, "archive", one)
        assert found(ada, "secretword") == [one]

    def test_pages_show_each_conversation_once(
        self, ada: Caller, user: Any, workflow_id: str
    ) -> None:
        threads = [Thread(user=user, workflow_id=workflow_id, last_line="") for _ in range(30)]
        Thread.objects.bulk_create(threads)
        ThreadItem.objects.bulk_create(
            question(thread, f"secretword {number}", number)
            for number in range(2)
            for thread in threads
        )
        with CaptureQueriesContext(connection) as many:
            first = get(ada, "/search", q="secretword")
        assert [hit["thread"]["id"] for hit in first["data"]] == [
            thread.pk for thread in reversed(threads[10:])
        ]
        assert {hit["item_id"] for hit in first["data"]} == {"msg_1"}
        second = get(ada, "/search", q="secretword", after=first["after"])
        assert [hit["thread"]["id"] for hit in second["data"]][:10] == [
            thread.pk for thread in reversed(threads[:10])
        ]
        with CaptureQueriesContext(connection) as few:
            get(ada, "/search", q="secretword 1")
        # PostgreSQL is also told how to look, in a transaction of its own.
        assert len(many) == len(few) <= (11 if connection.vendor == "postgresql" else 7)

    # MariaDB's index is asked last: where neither the person has few messages nor the newest do.
    @pytest.mark.parametrize(
        "ways", [{}, {"AT_ONCE": 7}, {"FEW": 0}, {"FEW": 0, "NEWEST": 0}], ids=str
    )
    def test_each_way_finds_the_same(
        self,
        ada: Caller,
        user: Any,
        other: Any,
        workflow_id: str,
        monkeypatch: pytest.MonkeyPatch,
        ways: dict[str, int],
    ) -> None:
        for name, value in ways.items():
            monkeypatch.setattr(newest, name, value)
        mine, hers = (
            [Thread(user=owner, workflow_id=workflow_id, last_line="") for _ in range(25)]
            for owner in (user, other)
        )
        Thread.objects.bulk_create([*mine, *hers])
        ThreadItem.objects.bulk_create(
            question(thread, f"secretword {word}", number)
            for number in range(5)
            for word, threads in (("mine", mine), ("hers", hers))
            for thread in threads
        )
        Thread.objects.filter(pk=mine[3].pk).update(deleted_at=timezone.now())
        first = get(ada, "/search", q="secretword min")
        second = get(ada, "/search", q="secretword min", after=first["after"])
        expected = [thread.pk for thread in reversed(mine) if thread is not mine[3]]
        shown = [hit["thread"]["id"] for hit in first["data"] + second["data"]]
        assert shown[: len(expected)] == expected
        assert {hit["item_id"] for hit in first["data"]} == {"msg_4"}
        assert found(ada, "secretword hers") == []

    @pytest.mark.skipif(connection.vendor != "mysql", reason="only MariaDB asks its index last")
    def test_a_word_of_many_messages_does_not_ask_the_index(
        self, ada: Caller, user: Any, workflow_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        threads = [Thread(user=user, workflow_id=workflow_id, last_line="") for _ in range(120)]
        Thread.objects.bulk_create(threads)
        ThreadItem.objects.bulk_create(question(thread, "secretword") for thread in threads)
        for few in (newest.FEW, 0):
            monkeypatch.setattr(newest, "FEW", few)
            with CaptureQueriesContext(connection) as queries:
                assert len(found(ada, "secretword")) == 20
            assert not [query for query in queries if "MATCH" in query["sql"]]

    def test_what_is_not_shown_ends_no_page(
        self, ada: Caller, user: Any, workflow_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(newest, "MORE", 5)
        old, new = (Thread(user=user, workflow_id=workflow_id, last_line="") for _ in range(2))
        Thread.objects.bulk_create([old, new])
        ThreadItem.objects.bulk_create(
            question(thread, "secretword", number)
            for number, thread in enumerate([old, *[new] * 7])
        )
        Thread.objects.filter(pk=new.pk).update(deleted_at=timezone.now())
        assert found(ada, "secretword") == [old.pk]

    @pytest.mark.parametrize("query", [{"q": "x" * 201}, {"q": "xy", "after": "-1"}])
    def test_bounds(self, ada: Caller, query: dict[str, str]) -> None:
        get(ada, "/search", status=400, **query)

    def test_the_command_fills_in_what_is_missing(self, ada: Caller, capsys: Any) -> None:
        one = begun(ada, "secretword")
        Thread.objects.update(title_words=None)
        ThreadItem.objects.update(words=None)
        assert found(ada, "secretword") == []
        call_command("chatkit_index")
        assert "Filled in: 3" in capsys.readouterr().out
        assert found(ada, "secretword") == [one]
        call_command("chatkit_index")
        assert "Filled in: 0" in capsys.readouterr().out
