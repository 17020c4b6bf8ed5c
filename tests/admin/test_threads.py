"""The admin's conversations: the list, the transcript, and who may read it."""

from __future__ import annotations

import datetime
import logging
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chatkit import conf
from chatkit.models import Attachment, Feedback, Run, Thread, ThreadItem
from chatkit.transcripts import markdown

from .people import staff

pytestmark = pytest.mark.django_db

LIST = "/admin/chatkit/thread/"
ODD_PAYLOADS: list[Any] = [
    [],
    "words",
    {},
    {"content": "not a list"},
    {"content": [None, 3, {"text": None}]},
    {"content": [{"text": "x", "annotations": [{"source": 3}, {"source": {"url": 5}}]}]},
    {"widget": [[[[]]]]},
    {"workflow": {"tasks": [{"title": 3}], "summary": []}},
    {"inputs": [{"answer": {"values": 3}}], "image": 3, "task": [], "status": {}},
]
START = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


def at(seconds: float) -> datetime.datetime:
    return START + datetime.timedelta(seconds=seconds)


def make_thread(user: Any, title: str = "Where is my order?", **fields: Any) -> Thread:
    return Thread.objects.create(
        user=user, workflow_id=fields.pop("workflow_id", "wf_1"), title=title, **fields
    )


def add(
    thread: Thread, type: str, when: float = 0, item_id: str = "", **payload: Any
) -> ThreadItem:
    item_id = item_id or f"itm_{thread.items.count()}"
    whole = {"id": item_id, "thread_id": thread.pk, "type": type, **payload}
    return ThreadItem.objects.create(
        thread=thread, item_id=item_id, type=type, payload=whole, created_at=at(when)
    )


def ask(thread: Thread, text: str, when: float = 0, **fields: Any) -> ThreadItem:
    content = [{"type": "input_text", "text": text}]
    return add(thread, "user_message", when, content=content, **fields)


def answer(thread: Thread, text: str, when: float = 1, **fields: Any) -> ThreadItem:
    annotations = fields.pop("annotations", [])
    content = [{"type": "output_text", "text": text, "annotations": annotations}]
    return add(thread, "assistant_message", when, content=content, **fields)


@pytest.fixture
def viewer(db: None) -> Client:
    """May see that conversations exist, not what is said in them."""
    return staff("view_thread")


@pytest.fixture
def reader(db: None) -> Client:
    return staff("view_thread", "read_conversation")


def url_of(thread: Thread, **query: Any) -> str:
    url = reverse("admin:chatkit_thread_change", args=[quote(thread.pk)])
    return f"{url}?{urlencode(query)}" if query else url


def page_of(client: Client, thread: Thread, **query: Any) -> str:
    response = client.get(url_of(thread, **query))
    assert response.status_code == 200
    return str(response.content.decode())


def opened(client: Client, thread: Thread, **query: Any) -> str:
    """The page after its button was pressed."""
    url = reverse("admin:chatkit_thread_open", args=[quote(thread.pk)])
    response = client.post(f"{url}?{urlencode(query)}", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[0][1] == 302
    return str(response.content.decode())


def transcript(page: str) -> str:
    return page[page.index('class="chatkit-transcript"') :].split("</ol>\n  <nav")[0]


class TestList:
    def test_shows_title_user_and_count(self, root: Client, user: Any) -> None:
        thread = make_thread(user)
        ask(thread, "Hello")
        answer(thread, "Hi")
        row = root.get(LIST).context["cl"].result_list[0]
        page = root.get(LIST).content.decode()
        assert row.item_count == 2
        assert "Where is my order?" in page
        assert "ada" in page

    def test_marks_imported_ones(self, root: Client, user: Any) -> None:
        make_thread(user, source="import", upstream_id="cthr_1")
        assert "Imported from OpenAI" in root.get(LIST).content.decode().split("<tbody>")[1]

    def test_queries_do_not_grow_with_rows(self, root: Client, user: Any) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert root.get(LIST).status_code == 200
            return len(queries)

        ask(make_thread(user), "one")
        few = count()
        for _ in range(30):
            ask(make_thread(user), "more")
        assert count() == few <= 8

    def test_filters(self, root: Client, user: Any) -> None:
        plain = make_thread(user)
        locked = make_thread(user, status={"type": "locked", "reason": "busy"})
        brought = make_thread(user, source="import")
        disliked = make_thread(user)
        item = answer(disliked, "No.")
        run = {"user": user, "kind": "threads.create", "status": "completed"}
        Run.objects.create(thread=disliked, outcome="answered", created_at=at(0), **run)
        Run.objects.create(thread=locked, outcome="not_found", created_at=at(0), **run)
        Run.objects.create(thread=locked, outcome="clarified", created_at=at(1), **run)
        Feedback.objects.create(thread=disliked, item_id=item.item_id, user=user, kind="negative")

        def found(**query: str) -> set[str]:
            response = root.get(f"{LIST}?{urlencode(query)}")
            return {row.pk for row in response.context["cl"].result_list}

        assert found(state="locked") == {locked.pk}
        assert found(source__exact="import") == {brought.pk}
        assert found(feedback="negative") == {disliked.pk}
        assert found(feedback="positive") == set()
        assert found(outcome="answered") == {disliked.pk}
        assert found(outcome="clarified") == found(outcome="not_found") == {locked.pk}
        assert found(outcome="unanswered") == {locked.pk, disliked.pk}
        assert found(outcome="nothing' OR 1=1") == set()
        page = root.get(LIST).content.decode()
        assert page.count("chatkit-status--clarified") == 1  # the latest of two
        assert "chatkit-status--not_found" not in page
        assert plain.pk in found(state="active")

    def test_search(self, root: Client, user: Any, other: Any) -> None:
        mine, theirs = make_thread(user), make_thread(other, "Invoices")

        def found(words: str) -> set[str]:
            return {row.pk for row in root.get(LIST, {"q": words}).context["cl"].result_list}

        assert found("bob") == {theirs.pk}
        assert found(mine.pk) == {mine.pk}
        assert found("Invoices") == {theirs.pk}


class TestWithoutThePermission:
    CANARY = "canary-words-of-a-person"

    @pytest.fixture
    def thread(self, user: Any) -> Thread:
        thread = make_thread(user, self.CANARY, metadata={"note": self.CANARY})
        ask(thread, self.CANARY)
        answer(thread, self.CANARY)
        return thread

    def test_no_word_anywhere(self, viewer: Client, thread: Thread) -> None:
        viewer.get(url_of(thread))
        history = reverse("admin:chatkit_thread_history", args=[quote(thread.pk)])
        for url in (LIST, url_of(thread), history, f"{LIST}?q=ada"):
            response = viewer.get(url)
            assert response.status_code == 200
            assert self.CANARY not in response.content.decode()

    def test_kinds_of_items_are_seen(self, viewer: Client, thread: Thread) -> None:
        page = transcript(page_of(viewer, thread))
        assert page.index("User") < page.index("Assistant")
        assert 'datetime="2026-03-02T09:00:00+00:00"' in page

    def test_no_guessing_by_search_filter_or_lookup(self, viewer: Client, thread: Thread) -> None:
        found = viewer.get(LIST, {"q": self.CANARY}).context["cl"].result_list
        assert not list(found)
        for lookup in ("title__startswith", "title", "metadata__note", "title__regex"):
            assert viewer.get(LIST, {lookup: "canary"}).status_code == 400
        autocomplete = {"app_label": "chatkit", "model_name": "run", "field_name": "thread"}
        response = viewer.get(reverse("admin:autocomplete"), {**autocomplete, "term": ""})
        assert self.CANARY not in response.content.decode()

    def test_it_can_not_be_opened(self, viewer: Client, thread: Thread) -> None:
        assert "formaction" not in page_of(viewer, thread)
        url = reverse("admin:chatkit_thread_open", args=[quote(thread.pk)])
        assert viewer.post(url).status_code == 403
        assert not LogEntry.objects.exists()

    def test_not_even_the_page_without_view(self, thread: Thread) -> None:
        client = staff("read_conversation")
        assert client.get(url_of(thread)).status_code == 403
        url = reverse("admin:chatkit_thread_open", args=[quote(thread.pk)])
        assert client.post(url).status_code == 403
        assert not LogEntry.objects.exists()

    def test_other_lists_name_it_by_id(self, thread: Thread, user: Any) -> None:
        Run.objects.create(thread=thread, user=user, kind="threads.create", status="completed")
        Feedback.objects.create(thread=thread, item_id="itm_1", user=user, kind="positive")
        Attachment.objects.create(
            user=user, workflow_id="wf_1", thread=thread, name="a.txt", mime_type="text/plain"
        )
        client = staff("view_run", "view_feedback", "view_attachment")
        for model in (Run, Feedback, Attachment):
            name = model._meta.model_name
            row = model.objects.get()
            for url in (
                reverse(f"admin:chatkit_{name}_changelist"),
                reverse(f"admin:chatkit_{name}_change", args=[quote(row.pk)]),
            ):
                page = client.get(url).content.decode()
                assert thread.pk[:12] in page
                assert self.CANARY not in page


class TestReading:
    def test_is_kept_with_who_and_which(
        self, reader: Client, user: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        thread = make_thread(user, "canary title")
        ask(thread, "canary question")
        with caplog.at_level(logging.INFO, logger="chatkit.admin"):
            assert "canary question" in opened(reader, thread)
        staff = get_user_model().objects.get(username="staff")
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id, entry.object_repr) == (staff, thread.pk, thread.pk)
        assert entry.get_change_message() == "Opened the conversation to read it: 1 item."
        (record,) = [r for r in caplog.records if r.name == "chatkit.admin"]
        assert f"thread={thread.pk}" in record.getMessage()
        assert f"user={staff.pk}" in record.getMessage()
        assert "canary" not in record.getMessage()
        assert "canary" not in str(entry)

    def test_history_is_in_the_language_of_who_reads_it(self, reader: Client, user: Any) -> None:
        thread = make_thread(user)
        ask(thread, "one")
        ask(thread, "two")
        reader.post(f"{LIST}{quote(thread.pk)}/open/", headers={"Accept-Language": "ar"})
        address = reverse("admin:chatkit_thread_history", args=[quote(thread.pk)])
        for language, words in (
            ("en", "Opened the conversation to read it: 2 items."),
            ("es", "Abrió la conversación para leerla: 2 elementos."),
            ("ar", "فتح المحادثة لقراءتها: عنصران."),
        ):
            page = reader.get(address, headers={"Accept-Language": language})
            assert words in page.content.decode()

    def test_asking_for_the_page_shows_and_logs_nothing(self, reader: Client, user: Any) -> None:
        thread = make_thread(user)
        ask(thread, "canary question")
        url = reverse("admin:chatkit_thread_open", args=[quote(thread.pk)])
        page = page_of(reader, thread, item="itm_0")
        assert f'formaction="{url}?item=itm_0"' in page
        assert "canary question" not in transcript(page)
        assert "canary question" not in reader.get(url, follow=True).content.decode()
        assert not LogEntry.objects.exists()

    def test_a_form_of_another_site_opens_nothing(self, reader: Client, user: Any) -> None:
        thread = make_thread(user)
        forged = Client(enforce_csrf_checks=True)
        forged.cookies = reader.cookies
        url = reverse("admin:chatkit_thread_open", args=[quote(thread.pk)])
        assert forged.post(url).status_code == 403
        assert not LogEntry.objects.exists()

    def test_opened_stays_open_for_a_while_and_is_logged_once(
        self, reader: Client, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        thread, other = make_thread(user), make_thread(user)
        ask(thread, "Hello")
        ask(other, "Elsewhere")
        opened(reader, thread)
        assert "Hello" in transcript(page_of(reader, thread))
        assert "Elsewhere" not in transcript(page_of(reader, other))
        later = time.time() + conf.get("READING_SECONDS") + 1
        monkeypatch.setattr("time.time", lambda: later)
        assert "Hello" not in transcript(page_of(reader, thread))
        assert LogEntry.objects.count() == 1
        opened(reader, thread)
        assert LogEntry.objects.count() == 2

    def test_leads_back_to_the_item(self, reader: Client, user: Any) -> None:
        thread = make_thread(user)
        ask(thread, "Hello")
        url = reverse("admin:chatkit_thread_open", args=[quote(thread.pk)])
        response = reader.post(f"{url}?item=itm_0")
        assert response["Location"] == f"{url_of(thread)}?item=itm_0#item-itm_0"

    def test_the_right_taken_away_closes_it(self, reader: Client, user: Any) -> None:
        thread = make_thread(user)
        ask(thread, "Hello")
        opened(reader, thread)
        staff = get_user_model().objects.get(username="staff")
        staff.user_permissions.remove(Permission.objects.get(codename="read_conversation"))
        assert "Hello" not in transcript(page_of(reader, thread))

    def test_items_in_their_order(self, reader: Client, user: Any) -> None:
        thread = make_thread(user)
        # The SDK's times may be equal or even run backwards: the row's number decides.
        ask(thread, "first", when=5)
        answer(thread, "second", when=5)
        ask(thread, "third", when=4)
        page = transcript(opened(reader, thread))
        assert page.index("first") < page.index("second") < page.index("third")

    def test_unknown_conversation(self, reader: Client) -> None:
        response = reader.get(f"{LIST}thr_none/change/")
        assert response.status_code == 302
        assert not LogEntry.objects.exists()

    def test_never_written(self, root: Client, user: Any) -> None:
        thread = make_thread(user)
        assert root.post(url_of(thread), {"title": "x"}).status_code == 403
        assert root.get(f"{LIST}add/").status_code == 403
        url = reverse("admin:chatkit_thread_delete", args=[quote(thread.pk)])
        assert root.post(url, {"post": "yes"}).status_code == 403
        assert Thread.objects.get().title == "Where is my order?"

    def test_id_that_the_admin_would_unquote(self, reader: Client, user: Any) -> None:
        thread = make_thread(user, id="thr_22aa")
        ask(thread, "Hello")
        assert "Hello" in opened(reader, thread)
        href = reader.get(LIST).content.decode().split("<tbody>")[1].split('href="')[1]
        assert reader.get(href.split('"')[0]).status_code == 200


class TestItems:
    @pytest.fixture
    def thread(self, user: Any) -> Thread:
        return make_thread(user)

    def read(self, client: Client, thread: Thread) -> str:
        return transcript(opened(client, thread))

    def test_user_message(self, reader: Client, thread: Thread) -> None:
        add(
            thread,
            "user_message",
            content=[
                {"type": "input_text", "text": "Show "},
                {"type": "input_tag", "id": "c1", "text": "ACME", "data": {}},
            ],
            quoted_text="said before",
            attachments=[{"name": "bill.pdf", "mime_type": "application/pdf"}],
        )
        page = self.read(reader, thread)
        assert "Show @ACME" in page
        assert "<blockquote" in page
        assert "said before" in page
        assert "bill.pdf · application/pdf" in page

    def test_answer_as_markdown_with_sources(self, reader: Client, thread: Thread) -> None:
        def cite(**source: str) -> dict[str, Any]:
            return {"type": "annotation", "source": source, "index": 3}

        answer(
            thread,
            "# Big\n\n**bold** and [ours](/help/orders/)\n\n| a | b |\n|--|-:|\n| 1 | 2 |",
            annotations=[
                cite(type="url", title="Orders", url="/apps/chatkit/help/orders/#cancel"),
                cite(type="url", title="Orders", url="/apps/chatkit/help/orders/#cancel"),
                cite(type="file", title="Terms", filename="terms.pdf"),
                cite(type="url", title="Bad", url="javascript:alert(1)"),
            ],
        )
        page = self.read(reader, thread)
        assert "<strong>bold</strong>" in page
        assert "<h4>Big</h4>" in page
        assert '<a href="/help/orders/" rel="noopener noreferrer nofollow">ours' in page
        assert '<td class="ck-end">2</td>' in page
        assert page.count(">Orders</a>") == 1
        assert "Terms" in page
        assert "Bad" in page
        assert "javascript:" not in page

    def test_widget_is_summed_up(self, reader: Client, thread: Thread) -> None:
        add(
            thread,
            "widget",
            widget={
                "type": "Card",
                "children": [
                    {"type": "Title", "value": "Order 7"},
                    {"type": "Row", "children": [{"type": "Text", "value": "3 boxes"}]},
                    {"type": "Button", "label": "Confirm", "onClickAction": {"type": "ok"}},
                ],
            },
        )
        page = self.read(reader, thread)
        assert page.index("Card") < page.index("Order 7") < page.index("3 boxes")
        assert page.index("3 boxes") < page.index("Confirm")

    def test_other_kinds(self, reader: Client, thread: Thread) -> None:
        add(
            thread,
            "client_tool_call",
            name="locate",
            status="completed",
            arguments={"q": "Lima"},
            output={"lat": -12},
        )
        add(thread, "generated_image", image={"id": "i", "url": "https://example.com/i.png"})
        add(
            thread,
            "structured_input",
            status="answered",
            inputs=[
                {"id": "q1", "question": "Which size?", "answer": {"values": ["L", "M"]}},
                {"id": "q2", "question": "Which colour?"},
            ],
        )
        add(
            thread,
            "workflow",
            workflow={
                "type": "reasoning",
                "summary": {"title": "Thought"},
                "tasks": [{"type": "thought", "content": "Look it up"}],
            },
        )
        add(thread, "task", task={"type": "custom", "title": "Searched"})
        add(thread, "end_of_turn")
        add(thread, "hidden_context_item", content={"cart": 3})
        add(thread, "sdk_hidden_context", content="clicked")
        page = self.read(reader, thread)
        for words in (
            "locate · completed",
            "Lima",
            "-12",
            "https://example.com/i.png",
            "Which size? → L, M",
            "Which colour? → -",
            "Thought",
            "Look it up",
            "Searched",
            "End of turn",
            "cart",
            "clicked",
        ):
            assert words in page
        assert "<img" not in page

    @pytest.mark.parametrize(
        "type",
        sorted(
            {
                *["user_message", "assistant_message", "widget"],
                "client_tool_call",
                "generated_image",
                "structured_input",
                "workflow",
                "task",
                "hidden_context_item",
                "end_of_turn",
                "a_type_of_tomorrow",
            }
        ),
    )
    def test_odd_payloads_are_shown(self, reader: Client, thread: Thread, type: str) -> None:
        ThreadItem.objects.bulk_create(
            ThreadItem(thread=thread, item_id=f"itm_{number}", type=type, payload=payload)
            for number, payload in enumerate(ODD_PAYLOADS)
        )
        page = self.read(reader, thread)
        for number in range(len(ODD_PAYLOADS)):
            assert f'id="item-itm_{number}"' in page

    def test_unknown_type_is_shown_whole(self, reader: Client, thread: Thread) -> None:
        add(thread, "a_type_of_tomorrow", content={"deep": ["words"]})
        page = self.read(reader, thread)
        assert "a_type_of_tomorrow" in page
        assert "words" in page

    def test_feedback_and_runs_stand_where_they_belong(
        self, reader: Client, thread: Thread, user: Any
    ) -> None:
        ask(thread, "question one", when=0)
        good = answer(thread, "answer one", when=1)
        run = {"thread": thread, "user": user, "kind": "threads.add_user_message"}
        Run.objects.create(
            **run,
            status="completed",
            created_at=at(0),
            ended_at=at(3),
            outcome="not_found",
            duration_ms=3000,
            model="gpt-x",
            tokens_in=10,
            tokens_out=20,
        )
        ask(thread, "question two", when=60)
        Run.objects.create(
            **run, status="failed", created_at=at(60), ended_at=at(61), error="The model is down"
        )
        ask(thread, "question three", when=120)
        Run.objects.create(**run, status="running", created_at=at(120))
        Feedback.objects.create(thread=thread, item_id=good.item_id, user=user, kind="negative")
        page = self.read(reader, thread)
        order = [
            "question one",
            "answer one",
            "Negative",
            "Completed",
            "Outcome: No answer found",
            "3,000 ms",
            "10 tokens in",
            "question two",
            "Failed",
            "The model is down",
            "question three",
            "Running",
        ]
        places = [page.index(words) for words in order]
        assert places == sorted(places)


class TestHostile:
    VECTORS = (
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](//evil.example)",
        '[x](https://a.example/"onmouseover="alert(1))',
        "<svg/onload=alert(1)>",
        "</li></ol><form action=//evil.example>",
        "{{ settings.SECRET_KEY }}",
    )

    @pytest.mark.parametrize("vector", VECTORS)
    def test_is_inert_wherever_it_stands(self, reader: Client, user: Any, vector: str) -> None:
        thread = make_thread(user, vector[:200], metadata={"x": vector})
        ask(thread, vector, item_id=f"itm_{vector}"[:100])
        source = {"type": "url", "title": vector, "url": vector}
        answer(thread, vector, annotations=[{"type": "annotation", "source": source}])
        add(thread, "widget", widget={"type": vector, "value": vector})
        add(thread, vector[:60], words=vector)
        Run.objects.create(
            thread=thread,
            user=user,
            kind=vector[:60],
            status="failed",
            error=vector,
            model=vector,
            ended_at=at(9),
        )
        page = opened(reader, thread)
        lowered = page.lower()
        for mark in (
            "<script>alert",
            "<img src=x",
            "<svg/",
            'href="javascript:',
            'href="data:',
            "<form action=//",
            'href="//',
            '"onmouseover=',
        ):
            assert mark not in lowered
        assert "<img" not in transcript(page)
        assert "tests-only-" not in page
        assert "style=" not in page

    def test_huge_message_is_cut(self, reader: Client, user: Any) -> None:
        thread = make_thread(user)
        ask(thread, "x" * 400_000)
        assert len(opened(reader, thread)) < 100_000

    @pytest.mark.parametrize(
        ("url", "safe"),
        [
            ("https://a.example/", True),
            ("/apps/chatkit/", True),
            ("mailto:a@b.example", True),
            ("//a.example", False),
            ("/\\a.example", False),
            ("JavaScript:alert(1)", False),
            ("data:text/html,x", False),
            ("http://[bad", False),
            ("", False),
        ],
    )
    def test_links(self, url: str, safe: bool) -> None:
        assert markdown.is_safe_url(url) is safe


def make_pages(user: Any, items: int) -> Thread:
    """A conversation of that many items, with a run at every fiftieth."""
    thread = make_thread(user)
    ThreadItem.objects.bulk_create(
        ThreadItem(
            thread=thread,
            item_id=f"itm_{n}",
            type="user_message",
            payload={"content": [{"type": "input_text", "text": f"words-{n}."}]},
            created_at=at(n),
        )
        for n in range(items)
    )
    Run.objects.bulk_create(
        Run(
            thread=thread,
            user=user,
            kind="threads.create",
            status="completed",
            created_at=at(n),
            ended_at=at(n + 0.5),
            model=f"model-{n}.",
        )
        for n in range(0, items, 50)
    )
    return thread


class TestPages:
    @pytest.fixture
    def three(self, user: Any) -> Thread:
        """A conversation of three pages."""
        return make_pages(user, 300)

    def test_long_conversation(self, reader: Client, user: Any) -> None:
        long = make_pages(user, 10_000)
        opened(reader, long)
        with CaptureQueriesContext(connection) as queries:
            page = page_of(reader, long, page=2)
        assert len(queries) <= 12
        assert page.count("chatkit-entry--user") == 100
        assert "words-100." in page
        assert "words-199." in page
        assert "words-99." not in page
        assert "words-200." not in page
        assert [n for n in range(0, 400, 50) if f"model-{n}." in page] == [100, 150]
        assert 'aria-current="page">2<' in page
        assert "Items 101 to 200 of 10000" in page
        assert "10000 items" in LogEntry.objects.get().get_change_message()

    @pytest.mark.parametrize("number", ["x", "0", "-1", "999"])
    def test_odd_page_numbers(self, reader: Client, three: Thread, number: str) -> None:
        assert 'aria-current="page"' in page_of(reader, three, page=number)

    def test_opens_at_an_item(self, reader: Client, three: Thread) -> None:
        page = page_of(reader, three, item="itm_250")
        assert 'aria-current="page">3<' in page
        assert page.count("chatkit-entry--wanted") == 1

    def test_unknown_item_opens_the_first_page(self, reader: Client, three: Thread) -> None:
        assert 'aria-current="page">1<' in page_of(reader, three, item="itm_none")

    def test_empty_conversation(self, reader: Client, user: Any) -> None:
        page = page_of(reader, make_thread(user))
        assert "Nothing has been said here yet." in page
        assert not LogEntry.objects.exists()


def test_feedback_leads_to_its_answer(root: Client, user: Any) -> None:
    thread = make_thread(user)
    item = answer(thread, "An answer", item_id="msg_a b")
    Feedback.objects.create(thread=thread, item_id=item.item_id, user=user, kind="negative")
    page = root.get("/admin/chatkit/feedback/").content.decode()
    href = (
        page.split("?item=")[0].rsplit('"', 1)[1] + "?item=" + page.split("?item=")[1].split('"')[0]
    )
    assert href.endswith("?item=msg_a+b#item-msg_a%20b")
    assert "chatkit-entry--wanted" in root.get(href.split("#")[0]).content.decode()


def test_title_of_nobody_in_str(user: Any) -> None:
    thread = make_thread(user, "a private question", created_at=timezone.now())
    assert str(thread) == thread.pk
