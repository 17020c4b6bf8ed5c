"""A login that is guessed at, and one that was forgotten, as people go through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from mseller import mail

from .axe import needs_axe, violations
from .conftest import PHONE, Starter, Watch
from .servers import Server

pytestmark = [pytest.mark.browser, needs_axe]
MAIL = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("letters")


@pytest.fixture(scope="module")
def site(start_server: Starter, letters: Path) -> Server:
    sent = mail.settings({"EMAIL_BACKEND": MAIL, "EMAIL_FILE_PATH": str(letters)})
    server = start_server(settings={"LOGIN_RATE": "4/d", "PASSWORD_RESET": True, **sent})
    server.write("UPDATE auth_user SET email = 'ada@example.com' WHERE username = 'ada'")
    return server


def log_in(page: Any, name: str, password: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


def test_guesses_are_refused_and_said_so(
    site: Server, open_page: Callable[..., Any], watch: Watch
) -> None:
    watch.expect("status of 429")
    page = open_page(site, PHONE, user="")
    page.goto("/accounts/login/")
    for _ in range(4):
        log_in(page, "bob", "a-guess")
        expect(page.get_by_role("alert")).to_contain_text("correct username and password")
    log_in(page, "bob", "pw-bob")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("Too many attempts.*minutes?"))
    expect(page.locator("[name=username]")).to_have_value("bob")
    assert violations(page) == []


def test_a_forgotten_password_is_replaced(
    site: Server, open_page: Callable[..., Any], letters: Path
) -> None:
    page = open_page(site, PHONE, user="")
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgotten password?").click()
    page.fill("[name=email]", "ada@example.com")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    [letter] = letters.iterdir()
    [path] = re.findall(r"http://[^/\s]+(/\S+)", letter.read_text())
    page.goto(path)
    assert violations(page) == []
    for number in (1, 2):
        page.fill(f"[name=new_password{number}]", "c0rrect-horse")
    page.get_by_role("button", name="Change password").click()
    page.get_by_role("link", name="Log in").click()
    log_in(page, "ada", "c0rrect-horse")
    expect(page).to_have_url(f"{site.url}/")
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is no longer valid")
