"""What a login makes of a visitor."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model, login
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse

from chatkit import sessions, visitors
from chatkit.exceptions import ApiError
from chatkit.models import (
    Attachment,
    Feedback,
    Run,
    Session,
    Thread,
    ThreadItem,
    ToolCall,
    Visitor,
)
from chatkit.selfhosted.runs.unit_of_work import UnitOfWork
from chatkit.signals import visitor_merged
from chatkit.testing import Chat
from chatkit.visitors.merging import merge

from .people import Visit, vote


def sign_up(request: Any) -> HttpResponse:
    """A sign-up that logs in, as allauth's does."""
    user = get_user_model().objects.create_user("new", "new@example.com", "pw")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse("welcome")


urlpatterns = [path("sign-up/", sign_up), path("", include("mseller.urls"))]


def log_in(visit: Visit, name: str = "ada") -> None:
    form = {"username": name, "password": f"pw-{name}"}
    assert visit.client.post(reverse("login"), form).status_code == 302


class TestLogin:
    def test_all_is_the_accounts(self, visit: Visit, user: Any, workflow_id: str) -> None:
        item = ThreadItem.objects.filter(type="assistant_message").latest("sequence")
        assert vote(visit.chat, visit.chat.thread_id, item.item_id) == 200
        thread = Thread.objects.get()
        both = {"visitor": visit.row, "thread": thread}
        Attachment.objects.create(workflow_id=workflow_id, name="a", mime_type="text/plain", **both)
        ToolCall.objects.create(tool="x", status="done", **both)
        log_in(visit)
        for model in (Session, Thread, Run, Attachment, Feedback, ToolCall):
            assert {row.person for row in model.objects.all()} == {user}, model
        row = Visitor.objects.get()
        assert row.merged_into == user
        assert row.merged_at is not None

    def test_who_one_was_is_in_the_export_and_goes_with_the_rest(
        self, visit: Visit, second: Visit, user: Any
    ) -> None:
        Visitor.objects.filter(pk=visit.row.pk).update(consent="We keep it for a month.")
        log_in(visit)
        response: Any = visit.client.get("/apps/chatkit/mine/download/")
        (row,) = json.loads(b"".join(response.streaming_content))["visitors"]
        assert (row["id"], row["consent"]) == (visit.row.pk, "We keep it for a month.")
        out = StringIO()
        call_command("chatkit_erase", "--user", user.username, "--yes", stdout=out)
        assert "1 visitors" in out.getvalue()
        assert [row.pk for row in Visitor.objects.all()] == [second.row.pk]

    def test_it_is_found_and_listed_then(self, visit: Visit, user: Any) -> None:
        log_in(visit)
        chat = Chat(visit.client)
        listed = chat.send("threads.list").response.json()["data"]
        assert [one["id"] for one in listed] == [visit.chat.thread_id]
        headers = {"Authorization": f"Bearer {chat._client_secret()}"}
        found = visit.client.get("/api/chatkit/threads/search?q=order", headers=headers)
        assert visit.chat.thread_id in found.content.decode()
        page = visit.client.get(f"/apps/chatkit/?thread={visit.chat.thread_id}")
        assert page.context["config"]["thread"] == visit.chat.thread_id

    def test_of_two_visitors_only_the_one_of_this_browser(
        self, visit: Visit, second: Visit, user: Any
    ) -> None:
        log_in(visit)
        assert Thread.objects.get(user=user).pk == visit.chat.thread_id
        assert Thread.objects.get(visitor=second.row).pk == second.chat.thread_id

    @override_settings(ROOT_URLCONF="tests.visitors.test_merging")
    def test_a_sign_up(self, visit: Visit) -> None:
        visit.client.post("/sign-up/")
        assert Thread.objects.get().user.username == "new"

    def test_a_login_of_which_nobody_tells(self, visit: Visit, user: Any, open_site: str) -> None:
        """As by REMOTE_USER in each request, or with the signals off."""
        visit.client.force_login(user)
        assert Thread.objects.get().user is None
        visit.session(open_site)
        assert Thread.objects.get().user == user
        assert visit.cookie == ""

    def test_the_site_is_told(self, visit: Visit, user: Any) -> None:
        told: list[Any] = []

        def note(visitor: Any, user: Any, **kwargs: Any) -> None:
            told.append((visitor.pk, user))

        visitor_merged.connect(note)
        row = visit.row
        log_in(visit)
        visitor_merged.disconnect(note)
        assert told == [(row.pk, user)]

    def test_a_login_never_fails_because_of_it(
        self, visit: Visit, user: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
    ) -> None:
        def fail(*args: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr("chatkit.visitors.merging._merge", fail)
        log_in(visit)
        assert Thread.objects.get().user is None
        assert "could not be given" in caplog.text

    def test_what_failed_is_tried_again(
        self, visit: Visit, user: Any, open_site: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any) -> None:
            raise RuntimeError

        visit.client.force_login(user)
        with monkeypatch.context() as patched:
            patched.setattr("chatkit.visitors.merging._merge", fail)
            assert visit.session(open_site).status_code == 200
        assert visit.cookie != ""
        visit.session(open_site)
        assert Thread.objects.get().user == user
        assert visit.cookie == ""

    def test_pages_know_who_the_user_was(self, visit: Visit, user: Any) -> None:
        before = visit.client.get("/apps/chatkit/").context["config"]
        assert before["was"] == ""
        log_in(visit)
        config = visit.client.get("/apps/chatkit/").context["config"]
        assert config["was"] == before["user"] != config["user"]
        button = visit.client.get("/").content.decode()
        assert f'data-was="{before["user"]}"' in button
        other = Client()
        other.force_login(user)
        assert other.get("/apps/chatkit/").context["config"]["was"] == ""

    def test_all_of_it_or_nothing(
        self, visit: Visit, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr("chatkit.visitors.merging._word_anew", fail)
        row = visit.row
        with pytest.raises(RuntimeError):
            merge(row, user)
        assert Thread.objects.get().person == row
        assert Session.objects.get().person == row
        row.refresh_from_db()
        assert row.is_active

    def test_only_once(self, visit: Visit, user: Any, other: Any) -> None:
        row = visit.row
        assert merge(row, user)
        assert not merge(row, other)
        assert Thread.objects.get().user == user


class TestAfterwards:
    def test_the_cookie_opens_nothing(self, visit: Visit, user: Any, open_site: str) -> None:
        old, key = visit.cookie, visit.row.pk
        log_in(visit)
        thief = visit.with_cookie(old)
        assert thief.session(open_site).status_code == 200
        assert thief.cookie.partition(".")[0] != key
        assert thief.chat.send("threads.list").response.json()["data"] == []

    def test_a_secret_of_before_does_not_open_the_account(
        self, visit: Visit, user: Any, open_site: str
    ) -> None:
        thief = visit.with_cookie(visit.cookie)
        stolen = thief.session(open_site).json()["client_secret"]
        sessions.verify(stolen)
        log_in(visit)
        with pytest.raises(ApiError) as refused:
            sessions.verify(stolen)
        assert refused.value.code == "session_expired"

    def test_the_next_person_at_the_machine_sees_nothing(
        self, visit: Visit, user: Any, open_site: str
    ) -> None:
        log_in(visit)
        visit.client.post(reverse("logout"))
        page = visit.client.get(f"/apps/chatkit/?thread={visit.chat.thread_id}")
        assert page.context["config"]["thread"] is None
        assert page.context["config"]["user"] == ""
        assert page.context["config"]["options"]["startScreen"]["last"] is None
        fresh = Chat(visit.client)
        assert fresh.send("threads.list").response.json()["data"] == []
        assert Thread.objects.get().user == user


class TestRunning:
    """An answer that is being written goes on, as the account's."""

    def work_of(self, visit: Visit) -> UnitOfWork:
        return UnitOfWork(Session.objects.select_related("user").get(visitor=visit.row))

    def test_its_writes_follow(self, visit: Visit, user: Any) -> None:
        from chatkit.selfhosted.runs.writes import SaveItem

        work = self.work_of(visit)
        work.add(
            SaveItem(
                visit.chat.thread_id,
                ThreadItem(item_id="late", type="assistant_message", payload={"content": []}),
            )
        )
        merge(visit.row, user)
        work.flush()
        item = ThreadItem.objects.get(item_id="late")
        assert item.thread.user == user
        assert work.session.person == user

    def test_its_session_is_not_revoked_and_good_for_nothing_else(
        self, visit: Visit, user: Any
    ) -> None:
        merge(visit.row, user)
        session = Session.objects.get()
        assert not sessions.is_revoked(session)
        with pytest.raises(ApiError):
            sessions.load(session.session_id or "")

    def test_one_that_was_deleted_is_not_followed(self, visit: Visit) -> None:
        work = self.work_of(visit)
        visit.row.delete()
        assert not work.follow_owner()


def test_a_request_without_cookies_is_no_matter(user: Any, open_site: str) -> None:
    visitors.merge_cookie(RequestFactory().get("/"), user)
    assert Client().login(username="ada", password="pw-ada")
