"""Passwords can't be guessed for long, and nobody is kept out by the guesses of others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from mseller import logins

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CHANGE = "/accounts/password_change/"
RESET = "/accounts/password_reset/"


@pytest.fixture(autouse=True)
def _rates(settings: Any) -> None:
    settings.LOGIN_RATE, settings.LOGIN_RATE_NAME = "3/5m", "5/5m"
    settings.LOGIN_RATE_ADDRESS = "7/5m"


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No window ends within a test: each has just begun, whenever the test runs."""
    monkeypatch.setattr("django_ratelimit.core.time.time", lambda: 1_800_000_000.0)


def attempt(
    name: str = "ada", password: str = "wrong", at: str = "192.0.2.1", **headers: str
) -> HttpResponse:
    data = {"username": name, "password": password}
    response: Any = Client(REMOTE_ADDR=at).post(LOGIN, data, headers=headers)
    return response


def statuses(count: int, **given: str) -> list[int]:
    return [attempt(**given).status_code for _ in range(count)]


class TestOneNameFromOneAddress:
    def test_guesses_are_refused_with_the_time(self, user: Any) -> None:
        assert statuses(4) == [200, 200, 200, 429]
        response = attempt()
        page = response.content.decode()
        assert re.search(r"Too many attempts\. Try again in \d minutes?\.", page)
        assert 0 < int(response["Retry-After"]) <= 301

    def test_the_right_password_is_not_looked_at_either(self, user: Any) -> None:
        statuses(3)
        assert attempt(password="pw-ada").status_code == 429

    def test_a_name_that_nobody_has_is_refused_alike(self, user: Any) -> None:
        assert statuses(4, name="nobody") == [200, 200, 200, 429]

    def test_another_way_to_write_it_is_the_same_name(self, user: Any) -> None:
        assert statuses(2) == [200, 200]
        assert [attempt("ADA").status_code, attempt("Ada").status_code] == [200, 429]

    def test_its_owner_elsewhere_is_not_kept_out(self, user: Any) -> None:
        statuses(30)
        assert attempt(password="pw-ada", at="192.0.2.2").status_code == 302

    def test_in_the_reader_s_language(self, user: Any) -> None:
        statuses(3)
        page = attempt(**{"accept-language": "es"}).content.decode()
        assert "Demasiados intentos. Vuelve a probar en" in page

    def test_an_empty_form_does_not_count(self, user: Any) -> None:
        assert statuses(5, password="") == [200] * 5
        assert attempt(password="pw-ada").status_code == 302


def test_one_address_with_many_names() -> None:
    tried = [attempt(f"name{number}").status_code for number in range(8)]
    assert tried == [200] * 7 + [429]
    assert attempt("name9", at="192.0.2.2").status_code == 200


def test_one_name_from_many_addresses(user: Any) -> None:
    tried = [attempt(at=f"192.0.2.{number}").status_code for number in range(6)]
    assert tried == [200] * 5 + [429]
    assert attempt("bob", at="192.0.2.0").status_code == 200


def test_the_next_window_lets_in_again(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses(4)
    later = 1_800_000_000.0 + 301
    monkeypatch.setattr("django_ratelimit.core.time.time", lambda: later)
    assert attempt(password="pw-ada").status_code == 302


def test_the_admin_has_no_other_login(client: Client, admin: Any) -> None:
    data = {"username": "root", "password": "pw-root"}
    assert client.post("/admin/login/", data)["Location"].startswith(LOGIN)
    assert client.get("/admin/").status_code == 302


def test_limits_can_be_switched_off(user: Any, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    assert statuses(5) == [200] * 5


class TestPasswordChange:
    FORM = {"new_password1": "c0rrect-horse", "new_password2": "c0rrect-horse"}

    def test_the_old_password_can_not_be_guessed(self, logged_in: Client, user: Any) -> None:
        for expected in (200, 200, 200, 429):
            response = logged_in.post(CHANGE, {**self.FORM, "old_password": "wrong"})
            assert response.status_code == expected
        response = logged_in.post(CHANGE, {**self.FORM, "old_password": "pw-ada"})
        assert response.status_code == 429
        user.refresh_from_db()
        assert user.check_password("pw-ada")

    def test_the_admin_has_no_other_page_for_it(self, admin: Any, client: Client) -> None:
        client.force_login(admin)
        assert client.get("/admin/password_change/")["Location"] == CHANGE
        assert client.post("/admin/password_change/", {})["Location"] == CHANGE


class TestForgottenPassword:
    def ask(self, email: str = "ada@example.com", at: str = "192.0.2.1") -> HttpResponse:
        response: Any = Client(REMOTE_ADDR=at).post(RESET, {"email": email})
        return response

    @pytest.fixture
    def ada(self, user: Any) -> Any:
        user.email = "ada@example.com"
        user.save()
        return user

    def test_the_link_in_the_mail_leads_to_a_new_password(
        self, ada: Any, client: Client, mailoutbox: list[Any]
    ) -> None:
        assert RESET in client.get(LOGIN).content.decode()
        assert self.ask()["Location"] == f"{RESET}done/"
        [mail] = mailoutbox
        assert (mail.to, mail.subject) == (["ada@example.com"], "MSeller: a new password")
        link = re.search(r"http://testserver(/\S+)", mail.body)
        assert link
        page = client.get(link[1], follow=True)
        assert 'autocomplete="new-password"' in page.content.decode()
        new = {"new_password1": "c0rrect-horse", "new_password2": "c0rrect-horse"}
        done = client.post(page.redirect_chain[-1][0], new, follow=True)
        assert "Log in with your new password." in done.content.decode()
        assert attempt(password="c0rrect-horse").status_code == 302
        again = client.get(link[1], follow=True)
        assert "This link is no longer valid" in again.content.decode()

    def test_an_address_that_nobody_has_is_answered_alike(
        self, ada: Any, mailoutbox: list[Any]
    ) -> None:
        assert self.ask("nobody@example.com")["Location"] == self.ask()["Location"]
        assert len(mailoutbox) == 1

    def test_nobody_s_letter_box_is_filled(
        self, ada: Any, settings: Any, mailoutbox: list[Any]
    ) -> None:
        settings.RESET_RATE, settings.RESET_RATE_ADDRESS = "2/h", "4/h"
        tried = [self.ask(at=f"192.0.2.{number}") for number in range(3)]
        assert [response.status_code for response in tried] == [302, 302, 429]
        assert re.search(r"Try again in \d+ minutes\.", tried[-1].content.decode())
        assert len(mailoutbox) == 2
        others = [
            self.ask(f"name{number}@example.com", at="192.0.2.9").status_code for number in range(5)
        ]
        assert others == [302] * 4 + [429]

    def test_who_is_logged_in_changes_it(self, logged_in: Client) -> None:
        assert logged_in.get(RESET)["Location"] == CHANGE

    def test_a_site_without_mail_has_no_such_page(self, client: Client, settings: Any) -> None:
        settings.PASSWORD_RESET = False
        assert client.get(RESET).status_code == 404
        assert RESET not in client.get(LOGIN).content.decode()


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff", "2001:db8::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_address(rf: RequestFactory, given: str, counted: str) -> None:
    assert logins.address(rf.get("/", REMOTE_ADDR=given)) == counted
