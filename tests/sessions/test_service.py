"""Our own sessions: the secret, its end by every road, and refresh."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model, logout
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatkit import sessions
from chatkit.exceptions import ApiError
from chatkit.models import Run, Session, Thread

URL = "/api/chatkit/session"
Status = Session.Status


def start(client: Client, workflow_id: str, **body: Any) -> dict[str, Any]:
    response = client.post(
        URL, {"workflowId": workflow_id, **body}, content_type="application/json"
    )
    assert response.status_code == 200, response.content
    return dict(response.json())


@pytest.fixture
def secret(logged_in: Client, workflow_id: str) -> str:
    return str(start(logged_in, workflow_id)["client_secret"])


def refused(secret: str) -> str:
    with pytest.raises(ApiError) as raised:
        sessions.verify(secret)
    return raised.value.code


class TestSecret:
    def test_first_part_is_the_path_of_the_endpoint(self, secret: str) -> None:
        part = secret.removeprefix("ck_").partition(".")[0]
        path = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        assert path == reverse("chatkit:endpoint") == "/api/chatkit"

    def test_path_follows_a_prefix(self, settings: Any) -> None:
        settings.ROOT_URLCONF = "tests.prefixed_urls"
        part = sessions.sign("sess_1").removeprefix("ck_").partition(".")[0]
        assert base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) == b"/shop/api/chatkit"

    def test_is_stored_nowhere(self, secret: str) -> None:
        row = Session.objects.values().get()
        assert not [
            value for value in row.values() if str(value) in secret and len(str(value)) > 40
        ]
        assert secret.rpartition(":")[2] not in str(row)

    def test_is_verified(self, secret: str, user: Any) -> None:
        assert sessions.verify(secret).user == user

    def test_costs_one_query(self, secret: str, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            assert sessions.verify(secret).user.username == "ada"

    @pytest.mark.parametrize(
        "change",
        [
            lambda secret: "",
            lambda secret: "ck_",
            lambda secret: secret.removeprefix("ck_"),
            lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "B"),
            lambda secret: secret.rpartition(":")[0],
            lambda secret: secret.replace("sess_", "sess_0"),
            lambda secret: "ck_" + "L2V2aWw" + secret[secret.index(".") :],
            lambda secret: "ck_é:é",
            lambda secret: "ck_" + signing.Signer(salt="chatkit.download").sign("x.sess_1"),
            lambda secret: "ek_" + secret[3:],
        ],
    )
    def test_forged_costs_no_query(
        self, secret: str, change: Any, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(0):
            assert refused(change(secret)) == "not_authenticated"

    def test_unknown_session(self, db: None) -> None:
        assert refused(sessions.sign("sess_unknown")) == "session_expired"

    def test_secret_key_fallbacks(self, secret: str, settings: Any) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 10
        assert sessions.verify(secret)

    def test_secret_key_replaced(self, secret: str, settings: Any) -> None:
        settings.SECRET_KEY = "another" * 10
        assert refused(secret) == "not_authenticated"

    def test_session_of_openai_is_never_accepted(self, secret: str) -> None:
        Session.objects.update(issuer=Session.Issuer.OPENAI)
        assert refused(secret) == "session_expired"

    def test_repr_hides_it(self, secret: str) -> None:
        assert secret not in repr(sessions.Issued(secret, "sess_1", 1))


class TestEnd:
    def test_expired(self, secret: str, settings: Any) -> None:
        Session.objects.update(expires_at=timezone.now())
        assert refused(secret) == "session_expired"
        assert Session.objects.get().current_status == Status.EXPIRED

    def test_lasts_as_long_as_said(
        self, logged_in: Client, workflow_id: str, settings: Any
    ) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "SESSION_SECONDS": 7}
        before = timezone.now()
        start(logged_in, workflow_id)
        row = Session.objects.get()
        assert row.expires_at
        left = row.expires_at - before
        assert datetime.timedelta(seconds=7) <= left < datetime.timedelta(seconds=12)

    def test_cancelled(self, secret: str, admin_client: Client) -> None:
        session_id = Session.objects.get().session_id
        admin_client.post(f"{URL}/{session_id}/cancel")
        assert refused(secret) == "session_expired"

    def test_logout(self, secret: str, logged_in: Client) -> None:
        logged_in.post(reverse("logout"))
        assert refused(secret) == "session_expired"
        assert Session.objects.get().status == Status.CANCELLED

    def test_logout_ends_what_was_refreshed_too(
        self, secret: str, logged_in: Client, workflow_id: str
    ) -> None:
        """An answer that it began may still be written, and ends with it."""
        first = Session.objects.get()
        start(logged_in, workflow_id, sessionId=first.session_id)
        first.refresh_from_db()
        assert (first.status, sessions.is_revoked(first)) == (Status.REFRESHED, False)
        logged_in.post(reverse("logout"))
        first.refresh_from_db()
        assert (first.status, sessions.is_revoked(first)) == (Status.CANCELLED, True)

    def test_so_does_an_admin_who_ends_what_came_after(
        self, secret: str, logged_in: Client, workflow_id: str
    ) -> None:
        first = Session.objects.get()
        start(logged_in, workflow_id, sessionId=first.session_id)
        second = Session.objects.exclude(pk=first.pk).get()
        start(logged_in, workflow_id, sessionId=second.session_id)
        others = Session.objects.create(
            user=first.user, workflow_id=workflow_id, issuer=first.issuer, status=Status.REFRESHED,
            auth_hash=first.auth_hash, expires_at=first.expires_at,
        )  # fmt: skip
        sessions.cancel(Session.objects.order_by("-pk").exclude(pk=others.pk)[0])
        for row in (first, second, others):
            row.refresh_from_db()
        assert sessions.is_revoked(first)
        assert sessions.is_revoked(second)
        assert not sessions.is_revoked(others)

    def test_logout_ends_an_answer_whose_session_ran_out(
        self, secret: str, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        first = Session.objects.get()
        Session.objects.update(expires_at=timezone.now())
        thread = Thread.objects.create(user=user, workflow_id=workflow_id)
        Run.objects.create(thread=thread, user=user, session=first, live=thread.pk, kind="x")
        logged_in.post(reverse("logout"))
        first.refresh_from_db()
        assert sessions.is_revoked(first)

    def test_logout_leaves_other_users_alone(
        self, secret: str, other: Any, workflow_id: str
    ) -> None:
        client = Client()
        client.force_login(other)
        start(client, workflow_id)
        client.post(reverse("logout"))
        assert sessions.verify(secret)

    def test_logout_leaves_what_is_over(self, secret: str, logged_in: Client) -> None:
        Session.objects.update(expires_at=timezone.now())
        logged_in.post(reverse("logout"))
        assert Session.objects.get().current_status == Status.EXPIRED

    def test_logout_of_a_stranger(self, client: Client, secret: str) -> None:
        client.post(reverse("logout"))
        assert sessions.verify(secret)

    def test_password_change(self, secret: str, user: Any) -> None:
        user.set_password("another")
        user.save()
        assert refused(secret) == "session_expired"
        assert Session.objects.get().status == Status.CANCELLED

    def test_password_change_without_signal(self, secret: str, user: Any) -> None:
        user.set_password("another")
        get_user_model().objects.filter(pk=user.pk).update(password=user.password)
        assert refused(secret) == "session_expired"

    def test_new_session_after_password_change(
        self, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        user.set_password("another")
        user.save()
        logged_in.force_login(user)
        assert sessions.verify(start(logged_in, workflow_id)["client_secret"])

    def test_deactivated(self, secret: str, user: Any) -> None:
        user.is_active = False
        user.save()
        assert refused(secret) == "session_expired"
        assert Session.objects.get().status == Status.CANCELLED

    def test_deactivated_without_signal(self, secret: str, user: Any) -> None:
        get_user_model().objects.filter(pk=user.pk).update(is_active=False)
        assert refused(secret) == "session_expired"

    def test_other_changes_of_the_user_end_nothing(
        self, secret: str, user: Any, django_assert_num_queries: Any
    ) -> None:
        user.first_name = "Augusta"
        user.save()
        with django_assert_num_queries(1):
            user.save(update_fields=["last_login"])
        assert sessions.verify(secret)

    def test_deleted_user(self, secret: str, user: Any) -> None:
        user.delete()
        assert refused(secret) == "session_expired"

    def test_one_who_deletes_their_own_account(self, secret: str, user: Any, rf: Any) -> None:
        """As many sites do it: the account first, the login then."""
        request = rf.post("/")
        request.user, request.session = user, SessionStore()
        user.delete()
        logout(request)
        assert refused(secret) == "session_expired"

    def test_cancel_leaves_what_is_over(self, secret: str) -> None:
        Session.objects.update(expires_at=timezone.now())
        row = Session.objects.get()
        sessions.cancel(row)
        assert Session.objects.get().current_status == Status.EXPIRED

    def test_cancel_of_a_failed_attempt(self, user: Any, workflow_id: str) -> None:
        row = Session.objects.create(user=user, workflow_id=workflow_id, status=Status.FAILED)
        sessions.cancel(row)
        assert Session.objects.get().status == Status.FAILED


class TestRefresh:
    def test_links_the_rows(self, logged_in: Client, workflow_id: str) -> None:
        old = start(logged_in, workflow_id)
        new = start(logged_in, workflow_id, sessionId=old["session_id"])
        assert refused(old["client_secret"]) == "session_expired"
        row = sessions.verify(new["client_secret"])
        assert row.refreshed_from.session_id == old["session_id"]
        assert row.refreshed_from.status == Status.REFRESHED

    def test_of_an_expired_one(self, logged_in: Client, workflow_id: str) -> None:
        """A page that slept past the end: the new record is linked to the old."""
        old = start(logged_in, workflow_id)
        Session.objects.update(expires_at=timezone.now())
        new = start(logged_in, workflow_id, sessionId=old["session_id"])
        row = sessions.verify(new["client_secret"])
        assert row.refreshed_from.session_id == old["session_id"]

    def test_of_a_cancelled_one_stays_cancelled(self, logged_in: Client, workflow_id: str) -> None:
        old = start(logged_in, workflow_id)
        logged_in.post(f"{URL}/{old['session_id']}/cancel")
        start(logged_in, workflow_id, sessionId=old["session_id"])
        assert Session.objects.get(session_id=old["session_id"]).status == Status.CANCELLED

    def test_says_what_had_become_of_the_old_one(self, logged_in: Client, workflow_id: str) -> None:
        def became(session: str, **change: Any) -> str:
            Session.objects.filter(session_id=session).update(**change)
            return str(start(logged_in, workflow_id, sessionId=session)["replaced"])

        def fresh() -> str:
            return str(start(logged_in, workflow_id)["session_id"])

        assert became(fresh()) == "active"
        assert became(fresh(), status=Status.CANCELLED) == "cancelled"
        assert became(fresh(), expires_at=timezone.now()) == "expired"
        assert became("sess_nobody") == ""

    def test_of_another_users_is_ignored(self, secret: str, other: Any, workflow_id: str) -> None:
        foreign = sessions.verify(secret)
        client = Client()
        client.force_login(other)
        start(client, workflow_id, sessionId=foreign.session_id)
        assert Session.objects.get(user=other).refreshed_from is None
        assert sessions.verify(secret)

    def test_of_another_workflow_is_ignored(
        self, logged_in: Client, workflow_id: str, settings: Any
    ) -> None:
        table = {**settings.CHATKIT["WORKFLOWS"], "wf_two": "x.Y"}
        settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": table}
        old = start(logged_in, workflow_id)
        start(logged_in, "wf_two", sessionId=old["session_id"])
        assert sessions.verify(old["client_secret"])

    @pytest.mark.parametrize("session_id", ["", "sess_unknown", "'; --"])
    def test_of_nothing(self, logged_in: Client, workflow_id: str, session_id: str) -> None:
        start(logged_in, workflow_id, sessionId=session_id)
        assert Session.objects.get().refreshed_from is None


class TestUserKey:
    def test_is_the_users_and_the_pages(
        self, logged_in: Client, other: Any, user: Any, workflow_id: str
    ) -> None:
        key = start(logged_in, workflow_id)["user_key"]
        assert key == start(logged_in, workflow_id)["user_key"] == sessions.user_key(user)
        assert f'"user": "{key}"' in logged_in.get("/apps/chatkit/").content.decode()
        logged_in.force_login(other)
        assert start(logged_in, workflow_id)["user_key"] not in (key, "")

    def test_says_nothing_of_the_user(self, user: Any, settings: Any) -> None:
        key = sessions.user_key(user)
        assert len(key) == 16
        assert user.get_username() not in key
        settings.SECRET_KEY = "another-" + "k" * 50
        assert sessions.user_key(user) != key


def test_signal(logged_in: Client, workflow_id: str, user: Any) -> None:
    seen: list[tuple[Any, Any]] = []

    def receive(sender: Any, session: Any, request: Any, **kwargs: Any) -> None:
        seen.append((session.session_id, request.user))

    sessions.session_created.connect(receive)
    try:
        created = start(logged_in, workflow_id)
    finally:
        sessions.session_created.disconnect(receive)
    assert seen == [(created["session_id"], user)]
