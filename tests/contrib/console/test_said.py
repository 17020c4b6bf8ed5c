"""The search in what was said: with kept words and without, on any database."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatkit.contrib.console import listing
from chatkit.contrib.console.said import find, index, words
from chatkit.contrib.console.said.models import Said
from chatkit.models import Thread, ThreadItem

from .test_overview import rows
from .traffic import DAY, asked

URL = "/apps/chatkit/console/conversations/"
Search = Callable[..., list[str]]


@pytest.fixture
def search(console: Client, reader: Any) -> Search:
    """The first questions of what is found, on the page that is asked for."""

    def found(text: str, **query: str) -> list[str]:
        console.post(f"{URL}search/", {"words": text})
        body = console.get(URL, {"search": "1", "period": "30d"} | query).content.decode()
        return [row[2] for row in rows(body)]

    return found


@pytest.fixture(params=["read", "kept", "looked at"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Has conversations found by their messages, by an index where there is one, and by rows."""
    if request.param == "looked at":
        monkeypatch.setattr(find, "has_index", lambda: False)
    monkeypatch.setattr(find, "NEWEST", 0)

    def keep() -> None:
        if request.param != "read":
            monkeypatch.setattr(index, "MARGIN", datetime.timedelta(0))
            # One that is newer than all the others, which are so found by what is kept of them.
            last = Thread.objects.latest("updated_at")
            at = timezone.now()
            Thread.objects.create(
                user=last.user, workflow_id="wf_1", title="zzz", created_at=at, updated_at=at
            )
            call_command("chatkit_rollup", verbosity=0)
            monkeypatch.setattr(find, "said_in", lambda threads: {one.pk: [] for one in threads})

    return keep


FOUND = [
    ("invoice", "Where is my INVOICE?"),
    ("where invoice", "Where is my invoice?"),
    ("invoice where", "Where is my invoice?"),
    ("invoi", "Where is my invoice?"),
    ("facturacion", "¿Cómo funciona la facturación?"),
    ("FACTURACIÓN", "como va la facturacion"),
    ("nino", "el niño pequen\u0303o"),
    ("Straße", "die STRASSE"),
    ("احمد", "أين طلب أحمد؟"),
    ("أحمد", "اين طلب احمد"),
    ("مدرسه", "المدرسة مدرسة"),
    ("طلبي", "أين طَلَبي؟"),
    ("مبنى", "مبني"),
    ("١٢٣", "order 123"),
    ("東京", "明日東京に行く"),
    ("京", "明日東京に行く"),
    ("cdn.example.com", "see https://cdn.example.com/x?y=1"),
    ("ada@example.com", "mail ADA@example.com, please"),
    ("pre-order", "a pre-order"),
    ("100%_", "It costs 100 %"),
    ("o'clock's", "at 3 o'clock's end"),
    ("\\'", "Where is my invoice?"),
    ("x" * 150, "x" * 3000),
]
NOT_FOUND = [
    ("invoice bitcoin", "Where is my invoice?"),
    ("voice", "Where is my invoice?"),
    ("in", "Where is my invoice?"),
    ("京東", "明日東京に行く"),
    ("input_text", "Where is my invoice?"),
    ("%", "100 %"),
    ("_", "a_b"),
]


class TestWords:
    @pytest.mark.parametrize(("text", "said"), FOUND)
    def test_words_are_found_however_they_are_typed(self, text: str, said: str) -> None:
        assert bool(words.wanted(text)) == (text != "\\'")
        assert find._has(set(words.words_of(said)), words.wanted(text))

    def test_they_are_found_in_any_way_of_looking(
        self, user: Any, kept: Callable[[], None]
    ) -> None:
        def search(text: str) -> list[str]:
            threads = Thread.objects.order_by("-updated_at", "-pk")
            return [thread.title for thread in find.found_page(threads, text, "").threads]

        at = timezone.now() - DAY
        for number, (_text, said) in enumerate(FOUND):
            asked(user, f"{number}:", said, at=at)
        kept()
        for number, (text, _said) in enumerate(FOUND):
            questions = search(text)
            assert (f"{number}:" in questions) == (text != "\\'"), text
        for text, said in NOT_FOUND:
            places = {f"{n}:" for n, (_text, one) in enumerate(FOUND) if one == said}
            assert places.isdisjoint(search(text)), text


class TestLate:
    """What happens to a conversation after its words were kept."""

    @pytest.fixture
    def thread(self, user: Any, monkeypatch: pytest.MonkeyPatch) -> Thread:
        monkeypatch.setattr(index, "MARGIN", datetime.timedelta(0))
        thread = asked(user, "First", "apple", at=timezone.now() - DAY).thread
        asked(user, "Last", "pear")
        call_command("chatkit_rollup", verbosity=0)
        return thread

    def used(self, thread: Thread) -> None:
        thread.updated_at = timezone.now()
        thread.save(update_fields=["updated_at"])

    @pytest.mark.parametrize("rolled_up", [False, True])
    def test_what_is_said_later_is_found_at_once(
        self, search: Search, user: Any, thread: Thread, rolled_up: bool
    ) -> None:
        assert search("cherry") == []
        asked(user, "More", "cherry", thread=thread)
        self.used(thread)
        if rolled_up:
            call_command("chatkit_rollup", verbosity=0)
        assert search("cherry") == search("apple cherry") == ["First"]

    @pytest.mark.parametrize("rolled_up", [False, True])
    def test_what_is_taken_away_is_gone(
        self, search: Search, thread: Thread, rolled_up: bool
    ) -> None:
        assert search("apple") == ["First"]
        thread.items.filter(type="assistant_message").delete()
        self.used(thread)
        if rolled_up:
            call_command("chatkit_rollup", verbosity=0)
            assert Said.objects.get(pk=thread.pk).words == " first "
        assert search("apple") == []

    def test_a_deleted_conversation_takes_its_words_along(
        self, search: Search, thread: Thread
    ) -> None:
        thread.delete()
        assert search("apple") == []
        assert not Said.objects.filter(words__contains="apple").exists()

    def test_a_deleted_person_too(self, thread: Thread) -> None:
        thread.user.delete()
        assert not Said.objects.exists()

    def test_what_came_from_elsewhere_with_an_old_date_is_found_after_the_roll_up(
        self, search: Search, user: Any, thread: Thread
    ) -> None:
        asked(user, "Imported", "apple", at=timezone.now() - 9 * DAY)
        call_command("chatkit_rollup", verbosity=0)
        assert search("apple") == ["First", "Imported"]

    def test_what_is_kept_of_another_state_does_not_count(
        self, search: Search, thread: Thread
    ) -> None:
        thread.items.filter(type="assistant_message").delete()
        Thread.objects.filter(pk=thread.pk).update(updated_at=timezone.now() - 2 * DAY)
        assert search("apple") == []
        assert Said.objects.get(pk=thread.pk).words == " first apple "

    def test_a_roll_up_reads_only_what_is_due(
        self, thread: Thread, connection_queries: Callable[[Callable[[], object]], int]
    ) -> None:
        assert index.catch_up() == 0
        self.used(thread)
        assert index.catch_up() == 1

    def test_one_that_is_deleted_while_it_is_read_does_no_harm(
        self, thread: Thread, search: Search, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Said.objects.all().delete()
        whole = index.said_in

        def deleting(threads: list[Thread]) -> Any:
            found = whole(threads)
            ThreadItem.objects.filter(thread=thread).delete()
            thread.runs.all().delete()
            Thread.objects.filter(pk=thread.pk).delete()
            return found

        with monkeypatch.context() as patch, connection.constraint_checks_disabled():
            patch.setattr(index, "said_in", deleting)
            index.catch_up()
        Said.objects.filter(pk=thread.pk).delete()
        index.catch_up()
        assert search("pear") == ["Last"]

    def test_of_very_long_conversations_the_rest_is_left_out(
        self, user: Any, thread: Thread, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(index, "MOST_LETTERS", 12)
        asked(thread.user, "apple blackberry cherry", thread=thread)
        self.used(thread)
        index.catch_up()
        assert Said.objects.get(pk=thread.pk).words == " first apple "


class TestPages:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(listing, "PAGE", 3)

    @pytest.mark.slow
    @pytest.mark.parametrize(("read", "looked_at"), [(500, 20_000), (2, 2), (1, 5)])
    def test_pages_lose_none_and_repeat_none(
        self, console: Client, reader: Any, user: Any, kept: Callable[[], None],
        monkeypatch: pytest.MonkeyPatch, read: int, looked_at: int,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(find, "READ", read)
        monkeypatch.setattr(find, "LOOKED_AT", looked_at)
        at = timezone.now() - DAY
        for number in range(16):  # some at the same time
            words = "apple" if number % 2 else "pear"
            asked(user, f"{number}", words, at=at - datetime.timedelta(seconds=number // 4))
        kept()
        asked(user, "new", "apple")  # since then, where something is kept
        console.post(f"{URL}search/", {"words": "apple"})
        monkeypatch.setattr(find, "said_in", index.said_in)
        seen: list[str] = []
        url = f"{URL}?search=1"
        for _page in range(20):
            response = console.get(url)
            seen += [row[2] for row in rows(response.content.decode())]
            url = response.context["more_url"]
            if not url:
                break
        assert seen[0] == "new"
        assert [int(number) // 4 for number in seen[1:]] == [0, 0, 1, 1, 2, 2, 3, 3]
        assert set(seen[1:]) == {str(number) for number in range(1, 16, 2)}

    def test_a_page_that_broke_off_says_how_far_it_came(
        self, console: Client, reader: Any, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(find, "READ", 2)
        at = timezone.now() - DAY
        for number in range(4):
            asked(user, f"{number}", "pear", at=at - datetime.timedelta(hours=number))
        console.post(f"{URL}search/", {"words": "apple"})
        body = console.get(f"{URL}?search=1").content.decode()
        assert "This page was searched back to" in body
        assert "“Older” searches on." in body

    def test_csv_has_what_was_found_on_all_pages(
        self, console: Client, reader: Any, user: Any, kept: Callable[[], None]
    ) -> None:
        for number in range(8):
            asked(user, f"{number}", "apple" if number % 2 else "pear", at=timezone.now() - DAY)
        kept()
        console.post(f"{URL}search/", {"words": "apple"})
        response = console.get(f"{URL}?search=1&csv=conversations")
        body = b"".join(response).decode()
        assert len(body.splitlines()) == 1 + 4

    def test_queries_do_not_grow(
        self, console: Client, reader: Any, user: Any, kept: Callable[[], None],
        connection_queries: Callable[[Callable[[], object]], int],
    ) -> None:  # fmt: skip
        def count() -> int:
            return connection_queries(lambda: console.get(f"{URL}?search=1"))

        for _number in range(4):
            asked(user, "?", "apple", at=timezone.now() - DAY)
        kept()
        console.post(f"{URL}search/", {"words": "apple"})
        first = count()
        for _number in range(10):
            asked(user, "?", "apple", at=timezone.now() - DAY)
        index.catch_up()
        assert count() == first
