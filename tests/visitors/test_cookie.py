"""The cookie: when it is set, how it is changed, and whom it lets in."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from chatkit.models import Session, Thread, Visitor
from chatkit.sessions.turns import turns
from chatkit.testing import Chat
from chatkit.visitors import cookie

from .people import Visit, ask_session, come

AN_HOUR = datetime.timedelta(hours=1)


def later(visit: Visit, by: datetime.timedelta) -> None:
    """As if that time had passed for the row."""
    row = visit.row
    Visitor.objects.filter(pk=row.pk).update(
        renewed_at=row.renewed_at - by, seen_at=row.seen_at - by
    )


class TestNone:
    @pytest.mark.parametrize(
        "path",
        ["/apps/chatkit/", "/apps/chatkit/help/", "/api/chatkit/launcher", "/apps/chatkit/mine/"],
    )
    def test_no_cookie_and_no_row_before_the_first_message(
        self, open_site: str, path: str, settings: Any
    ) -> None:
        # The demo site's own bar has forms; this is what we set.
        settings.CHATKIT = settings.CHATKIT | {"BASE_TEMPLATE": None}
        client = Client()
        response = client.get(path)
        assert response.status_code in (200, 302)
        assert not client.cookies
        assert not Visitor.objects.exists()
        assert not Session.objects.exists()

    def test_no_visitors_by_default(self, db: None, workflow_id: str) -> None:
        client = Client()
        assert ask_session(client, workflow_id).status_code == 401
        assert client.get("/apps/chatkit/").status_code == 302
        assert not client.cookies
        assert not Visitor.objects.exists()


class TestCookie:
    def test_what_it_is(self, visit: Visit) -> None:
        morsel = visit.client.cookies[cookie.NAME]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
        assert morsel["path"] == "/"
        assert morsel["max-age"] == 30 * 24 * 3600
        assert not morsel["secure"]
        secret = visit.cookie.split(".")[1].split(":")[0]
        assert secret not in str(Visitor.objects.values().get())

    def test_secure_over_https(self, open_site: str) -> None:
        client = Client()
        response = client.post(
            "/api/chatkit/session",
            {"workflowId": open_site},
            content_type="application/json",
            secure=True,
        )
        assert response.cookies[cookie.NAME]["secure"]

    def test_the_same_person_again(self, visit: Visit) -> None:
        again = Chat(visit.client)
        again.ask("Where is my order?")
        assert Visitor.objects.count() == 1
        assert Thread.objects.filter(visitor=visit.row).count() == 2

    @pytest.mark.parametrize("spoil", ["", "x", "vis_1.secret:1:x", "\x00", "ä" * 400])
    def test_one_that_is_not_ours_is_none(self, open_site: str, spoil: str) -> None:
        client = Client()
        client.cookies[cookie.NAME] = spoil
        assert ask_session(client, open_site).status_code == 200
        assert Visitor.objects.count() == 1

    def test_the_key_alone_opens_nothing(self, visit: Visit, open_site: str) -> None:
        forged = signing.TimestampSigner(salt=cookie.SALT).sign(f"{visit.row.pk}.guess")
        thief = visit.with_cookie(forged)
        thief.session(open_site)
        assert thief.row != Visitor.objects.get(pk=visit.chat.thread_id and owner(visit))

    def test_one_that_is_too_old_is_none(self, visit: Visit, open_site: str, settings: Any) -> None:
        signer = signing.TimestampSigner(salt=cookie.SALT)
        value = signer.unsign(visit.cookie)
        with pytest.MonkeyPatch.context() as patch:
            past = str(signing.b62_encode(int(timezone.now().timestamp()) - 31 * 24 * 3600))
            patch.setattr(signing.TimestampSigner, "timestamp", lambda self: past)
            old = signer.sign(value)
        other = visit.with_cookie(old)
        other.session(open_site)
        assert other.cookie.partition(".")[0] != owner(visit)


def owner(visit: Visit) -> str:
    return str(Thread.objects.get(pk=visit.chat.thread_id).visitor_id)


class TestRotation:
    def test_a_new_one_after_an_hour(self, visit: Visit, open_site: str) -> None:
        first = visit.cookie
        visit.session(open_site)
        assert visit.cookie == first
        later(visit, AN_HOUR)
        visit.session(open_site)
        assert visit.cookie != first
        assert owner(visit) == visit.row.pk

    def test_one_that_never_arrived_locks_nobody_out(self, visit: Visit, open_site: str) -> None:
        later(visit, AN_HOUR)
        kept = visit.cookie
        visit.session(open_site)
        lost = visit.with_cookie(kept)
        assert lost.session(open_site).status_code == 200
        assert lost.row.pk == owner(visit)

    def test_two_tabs_at_once(self, visit: Visit, open_site: str) -> None:
        later(visit, AN_HOUR)
        former = visit.with_cookie(visit.cookie)
        visit.session(open_site)  # is given a new one
        visit.session(open_site)  # brings it
        assert former.session(open_site).status_code == 200
        assert former.row.pk == owner(visit)

    def test_two_tabs_in_the_same_moment(self, visit: Visit, open_site: str) -> None:
        """One of them is given a new one, whichever answer comes last."""
        later(visit, AN_HOUR)
        first, second = visit.row, visit.row
        secret = cookie.renewed(first)
        assert secret
        assert cookie.renewed(second) is None
        visit.session(open_site)  # brings the one that it had
        assert visit.row.pk == first.pk

    def test_of_a_stolen_one_nobody_has_use_for_long(
        self, visit: Visit, open_site: str, caplog: Any
    ) -> None:
        thief = visit.with_cookie(visit.cookie)
        later(visit, AN_HOUR)
        visit.session(open_site)
        visit.session(open_site)
        later(visit, datetime.timedelta(minutes=2))
        theirs = owner(visit)
        thief.session(open_site)
        assert thief.cookie.partition(".")[0] != theirs
        assert "was copied" in caplog.text
        # Who of the two is the thief can't be told: the other is somebody new, too.
        visit.session(open_site)
        assert visit.cookie.partition(".")[0] != theirs
        live = Session.objects.filter(visitor_id=theirs, status=Session.Status.ACTIVE)
        assert not live.exists()


class TestOtherSites:
    """A page of another site can't act with the cookie."""

    def post(self, visit: Visit, workflow_id: str, **headers: str) -> int:
        client = Client(enforce_csrf_checks=True)
        client.cookies = visit.client.cookies
        return int(ask_session(client, workflow_id, headers=headers).status_code)

    def test_its_requests_are_refused(self, visit: Visit, open_site: str) -> None:
        own = {"Origin": "http://testserver"}
        assert self.post(visit, open_site, **own) == 200
        assert self.post(visit, open_site, **{"Sec-Fetch-Site": "same-origin"}) == 200
        assert self.post(visit, open_site, Origin="https://evil.example") == 403
        assert self.post(visit, open_site, Origin="null") == 403
        assert self.post(visit, open_site, **own, **{"Sec-Fetch-Site": "cross-site"}) == 403
        assert self.post(visit, open_site, **{"Sec-Fetch-Site": "cross-site"}) == 403
        assert self.post(visit, open_site) == 403  # says nothing, and has no token

    def test_neither_is_a_first_message_sent_for_somebody(self, open_site: str) -> None:
        client = Client(enforce_csrf_checks=True)
        response = ask_session(client, open_site, headers={"Origin": "https://evil.example"})
        assert response.json()["error"]["code"] == "csrf_failed"
        assert not Visitor.objects.exists()

    def test_only_a_visitors_page_that_somebody_has_logged_in_at_is_told_so(
        self, open_site: str, user: Any
    ) -> None:
        client = Client(enforce_csrf_checks=True)

        def refused(**more: Any) -> dict[str, str]:
            error: dict[str, str] = ask_session(client, open_site, **more).json()["error"]
            assert error["code"] == "csrf_failed"
            return error

        headers = {"Origin": "https://evil.example"}
        assert "logged_in" not in refused(visitor=True, headers=headers)
        client.force_login(user)
        assert refused(visitor=True)["logged_in"] == "true"
        assert "logged_in" not in refused(visitor=False)


def test_who_is_deleted_is_forgotten(visit: Visit, open_site: str) -> None:
    first = visit.row.pk
    visit.row.delete()
    visit.client.get("/apps/chatkit/")
    assert visit.cookie == ""
    fresh = come()
    assert fresh.row.pk != first


class TestAUsersPage:
    """Whose login has ended is no visitor: what they ask stays where it was."""

    def test_makes_no_visitor(self, open_site: str) -> None:
        client = Client()
        refused = ask_session(client, open_site, visitor=False)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "not_authenticated"
        assert not Visitor.objects.exists()
        assert not client.cookies
        assert ask_session(client, open_site, visitor=True).json()["visitor"] is True

    def test_goes_on_while_they_are_logged_in(self, open_site: str, logged_in: Client) -> None:
        assert ask_session(logged_in, open_site, visitor=False).json()["visitor"] is False

    def test_says_so_in_one_word(self, open_site: str) -> None:
        assert ask_session(Client(), open_site, visitor="no").status_code == 400


def test_who_gets_no_session_gets_no_row(
    open_site: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHATKIT = settings.CHATKIT | {"DATABASE_WAIT": 1}
    with monkeypatch.context() as patched:
        patched.setattr(turns, "longest_wait", lambda: 2.0)
        assert ask_session(Client(), open_site).status_code == 503
    assert not Visitor.objects.exists()
    assert ask_session(Client(), open_site).status_code == 200
