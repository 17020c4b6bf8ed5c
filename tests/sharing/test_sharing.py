"""Links to conversations: who makes them, who reads by them, and when they lead nowhere."""

from __future__ import annotations

import datetime
import json
import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatkit.contrib.console.models import Reading
from chatkit.models import Branch, Share, Thread, ThreadItem
from tests.selfhosted.protocol import Caller

from .conftest import said

pytestmark = pytest.mark.django_db(transaction=True)


def only_eve(user: Any, thread: Thread) -> bool:
    return bool(user.username == "eve")


def call(caller: Caller, path: str, method: str = "post", status: int = 200) -> Any:
    headers = {"Authorization": f"Bearer {caller.secret}"}
    response = getattr(caller.client, method)(f"/api/chatkit/{path}", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def made(caller: Caller, thread: Thread, status: int = 200) -> Any:
    return call(caller, f"threads/{thread.pk}/shares", status=status)


def page(person: Any, link: Any, status: int = 200, **extra: Any) -> str:
    client = Client()
    if person:
        client.force_login(person)
    url = link["url"] if isinstance(link, dict) else link
    response = client.get(url, **extra)
    assert response.status_code == status
    if status == 200:
        assert response["Referrer-Policy"] == "strict-origin"
        assert "no-store" in response["Cache-Control"]
    return response.content.decode()


class TestReading:
    def test_an_answer_without_a_word_is_not_shown_as_it_is_stored(
        self, ada: Caller, other: Any, thread: Thread
    ) -> None:
        said(thread, "assistant_message", "")
        html = page(other, made(ada, thread))
        assert "annotations" not in html
        assert "input_text" not in html
        assert "<pre" not in html

    def test_who_has_the_link_and_may_chat_reads_what_was_said(
        self, ada: Caller, other: Any, thread: Thread
    ) -> None:
        link = made(ada, thread)
        html = page(other, link)
        assert "Where is it?" in html
        assert "<strong>bold</strong>" in html
        assert "Refunds &lt;b&gt;" in html
        for hidden in (
            "secret-of",
            "<script>alert",
            "<img src=x",
            '="javascript:',
            "er:77",
        ):
            assert hidden not in html
        assert "Contoso" in html

    def test_what_is_said_later_is_not_in_it(self, ada: Caller, other: Any, thread: Thread) -> None:
        link = made(ada, thread)
        said(thread, "user_message", "a later secret")
        assert "a later secret" not in page(other, link)

    def test_the_course_stays_that_was_shown(self, ada: Caller, other: Any, thread: Thread) -> None:
        said(thread, "user_message", "the first way")
        Branch.objects.create(thread=thread, number=0, parent=None)
        first = made(ada, thread)
        after = thread.items.order_by("sequence")[3].sequence
        Branch.objects.create(thread=thread, number=1, parent=0, after=after)
        thread.items.filter(sequence__gt=after).update(superseded=True)
        Thread.objects.filter(pk=thread.pk).update(branch=1, forked=True)
        said(thread, "user_message", "the second way")
        thread.items.filter(sequence__gt=after, superseded=False).update(branch=1)
        second = page(other, made(ada, Thread.objects.get(pk=thread.pk)))
        for html in (page(other, first), second):
            assert "Where is it?" in html
        assert "the first way" in page(other, first)
        assert "the second way" not in page(other, first)
        assert "the second way" in second
        assert "the first way" not in second

    def test_nothing_of_other_conversations(
        self, ada: Caller, user: Any, other: Any, thread: Thread
    ) -> None:
        link = made(ada, thread)
        second = Thread.objects.create(user=user, workflow_id=thread.workflow_id, title="Private")
        said(second, "user_message", "of another conversation")
        for after in ("0", "-1", "999999", "x", "9" * 30):
            assert "of another" not in page(other, f"{link['url']}?after={after}")

    def test_long_ones_come_in_pages_at_the_same_cost(
        self, ada: Caller, other: Any, thread: Thread
    ) -> None:
        payload = {"content": [{"type": "output_text", "text": "more"}]}
        rows = [
            ThreadItem(thread=thread, item_id=f"x{n}", type="assistant_message", payload=payload)
            for n in range(400)
        ]
        short = made(ada, thread)
        ThreadItem.objects.bulk_create(rows)
        long = made(ada, thread)
        with CaptureQueriesContext(
            connection,
        ) as few:
            page(other, short)
        with CaptureQueriesContext(connection) as many:
            html = page(other, long)
        assert len(many) == len(few)
        assert html.count("ck-shared-entry--") == 300
        [after] = [part.split('"')[0] for part in html.split("?after=")[1:]]
        assert page(other, f"{long['url']}?after={after}").count("ck-shared-entry--") == 102

    def test_each_opening_is_logged_and_counted(
        self, ada: Caller, user: Any, other: Any, thread: Thread
    ) -> None:
        link = made(ada, thread)
        page(other, link)
        page(user, link)
        read = Reading.objects.order_by("pk").values_list("user", "action", "person", "thread_id")
        assert list(read) == [
            (other.pk, "opened", user.pk, thread.pk),
            (user.pk, "opened", user.pk, thread.pk),
        ]
        [told] = call(ada, f"threads/{thread.pk}/shares", "get")["shares"]
        assert told["opened"] == 2
        assert "url" not in told

    def test_what_a_browser_fetches_by_itself_is_no_reading(
        self, ada: Caller, other: Any, thread: Thread
    ) -> None:
        link = made(ada, thread)
        page(other, link, 404, headers={"Sec-Fetch-Dest": "image"})
        assert Reading.objects.count() == 0


class TestNowhere:
    def test_a_stranger_is_asked_to_log_in(self, ada: Caller, thread: Thread) -> None:
        page(None, made(ada, thread), 302)

    @pytest.mark.parametrize("token", ["x", "0" * 43, "%00", "..%2f..", "🙂"])
    def test_a_guess(self, ada: Caller, other: Any, thread: Thread, token: str) -> None:
        link = made(ada, thread)
        page(other, link["url"].rsplit("/", 2)[0] + f"/{token}/", 404)

    def test_the_link_is_kept_by_nobody(self, ada: Caller, thread: Thread) -> None:
        token = made(ada, thread)["url"].rsplit("/", 2)[1]
        assert token not in json.dumps(list(Share.objects.values()), default=str)

    @pytest.mark.parametrize(
        ("method", "kept_out", "status"),
        [
            ("get", {"Sec-Fetch-Dest": "image"}, 404),
            ("put", {}, 403),  # without Django's token: Django itself refuses it
            ("options", {}, 405),
        ],
    )
    def test_a_link_that_works_is_in_no_log(
        self,
        ada: Caller,
        other: Any,
        thread: Thread,
        caplog: pytest.LogCaptureFixture,
        method: str,
        kept_out: dict[str, str],
        status: int,
    ) -> None:
        url = made(ada, thread)["url"]
        token = url.rsplit("/", 2)[1]
        client = Client(enforce_csrf_checks=True)
        client.force_login(other)
        assert getattr(client, method)(url, headers=kept_out).status_code == status
        assert "/apps/chatkit/shared/[hidden]/" in caplog.text
        # As a server logs who is asked to log in, and Django's own for development.
        login = f"/login/?next=/apps/chatkit/shared/{token}/"
        logging.getLogger("uvicorn.access").warning('%s - "%s %s"', "192.0.2.1", "GET", login)
        logging.getLogger("django.server").warning('"%s" %s', f"GET {url} HTTP/1.1", 200)
        assert caplog.text.count("[hidden]") >= 3
        assert token not in caplog.text
        page(other, url)

    def test_head_is_answered_as_get_is(self, ada: Caller, other: Any, thread: Thread) -> None:
        client = Client()
        client.force_login(other)
        response = client.head(made(ada, thread)["url"])
        assert (response.status_code, response.content) == (200, b"")

    def test_one_that_has_expired(self, ada: Caller, other: Any, thread: Thread) -> None:
        link = made(ada, thread)
        Share.objects.update(expires_at=timezone.now())
        page(other, link, 404)
        assert call(ada, f"threads/{thread.pk}/shares", "get")["shares"] == []

    def test_one_that_was_taken_back(
        self, ada: Caller, bob: Caller, user: Any, other: Any, thread: Thread
    ) -> None:
        link = made(ada, thread)
        call(bob, f"shares/{link['id']}/revoke", status=404)
        for none in ("none", "-1", "9" * 30):
            assert "error" in call(ada, f"shares/{none}/revoke", status=404)
        page(other, link)
        call(ada, f"shares/{link['id']}/revoke")
        page(other, link, 404)
        page(user, link, 404)

    def test_one_that_was_taken_back_on_the_page_of_mine(
        self, ada: Caller, user: Any, other: Any, thread: Thread
    ) -> None:
        link = made(ada, thread)
        address = f"/apps/chatkit/mine/shares/{link['id']}/revoke/"
        client = Client()
        client.force_login(other)
        assert client.post(address).status_code == 404
        client.force_login(user)
        assert address in client.get("/apps/chatkit/mine/").content.decode()
        assert client.post(address).status_code == 302
        page(other, link, 404)
        assert address not in client.get("/apps/chatkit/mine/").content.decode()
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(user)
        assert strict.post(address).status_code == 403

    @pytest.mark.parametrize("change", [{"deleted_at": timezone.now()}, {"temporary": True}])
    def test_of_a_conversation_that_is_hidden(
        self, ada: Caller, other: Any, thread: Thread, change: Any
    ) -> None:
        link = made(ada, thread)
        Thread.objects.filter(pk=thread.pk).update(**change)
        page(other, link, 404)
        made(ada, thread, 404 if "deleted_at" in change else 400)

    def test_of_a_person_who_is_gone(
        self, ada: Caller, user: Any, other: Any, thread: Thread
    ) -> None:
        link = made(ada, thread)
        get_user_model().objects.filter(pk=user.pk).update(is_active=False)
        page(other, link, 404)
        user.delete()
        assert Share.objects.count() == 0

    def test_where_access_or_the_sites_rule_says_no(
        self, ada: Caller, user: Any, other: Any, thread: Thread, settings: Any
    ) -> None:
        link = made(ada, thread)
        settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.sharing.test_sharing.only_eve"}
        page(other, link, 404)
        rule = {"seconds": 3600, "readers": "tests.sharing.test_sharing.only_eve"}
        settings.CHATKIT = settings.CHATKIT | {
            "ACCESS": "chatkit.access.active_users",
            "SHARING": rule,
        }
        page(other, link, 404)
        page(user, link)  # its own person
        page(get_user_model().objects.create_user("eve", password="pw"), link)

    def test_without_the_permission(
        self, ada: Caller, other: Any, thread: Thread, settings: Any
    ) -> None:
        link = made(ada, thread)
        needed = {"seconds": 3600, "permission": "chatkit.read_conversation"}
        settings.CHATKIT = settings.CHATKIT | {"SHARING": needed}
        page(other, link, 404)
        other.user_permissions.add(Permission.objects.get(codename="read_conversation"))
        page(other, link)

    def test_where_it_is_off(self, ada: Caller, other: Any, thread: Thread, settings: Any) -> None:
        link = made(ada, thread)
        settings.CHATKIT = settings.CHATKIT | {"SHARING": None}
        page(other, link, 404)
        made(ada, thread, 400)
        call(ada, f"shares/{link['id']}/revoke")


class TestMaking:
    def test_of_another_persons_conversation(self, bob: Caller, thread: Thread) -> None:
        made(bob, thread, 404)
        call(bob, f"threads/{thread.pk}/shares", "get", 404)

    def test_a_superuser_makes_none_of_it_either(self, thread: Thread, workflow_id: str) -> None:
        from tests.selfhosted.protocol import secret_of

        root = get_user_model().objects.create_superuser("root", password="pw")
        made(Caller(secret_of(root, workflow_id)), thread, 404)

    def test_only_so_many(self, ada: Caller, thread: Thread) -> None:
        for _time in range(20):
            made(ada, thread)
        assert "too many links" in made(ada, thread, 400)["error"]["message"]

    def test_of_nothing(self, ada: Caller, user: Any, sharing: None, workflow_id: str) -> None:
        made(ada, Thread.objects.create(user=user, workflow_id=workflow_id), 400)

    def test_old_ones_are_deleted(self, ada: Caller, thread: Thread) -> None:
        over, taken_back, lately, works = (made(ada, thread)["id"] for _time in range(4))
        call(ada, f"shares/{taken_back}/revoke")
        call(ada, f"shares/{lately}/revoke")
        old = timezone.now() - datetime.timedelta(days=31)
        Share.objects.filter(pk=over).update(expires_at=old)
        Share.objects.filter(pk=taken_back).update(revoked_at=old)
        call_command("chatkit_prune", days=10_000, verbosity=0)
        assert set(Share.objects.values_list("pk", flat=True)) == {lately, works}
