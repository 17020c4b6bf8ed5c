"""The states of the pages around the chat, and of the launcher on them."""

from __future__ import annotations

import re

from ..chat import Chat
from .states import Visit, state


@state(user="few")
def home(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("chatkit-launcher .open").wait_for()


@state(user="none")
def home_empty(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("chatkit-launcher .open").wait_for()


@state(user="root")
def home_staff(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("chatkit-launcher .open").wait_for()


@state(widths=("390", "768"))
def menu(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("#menu-button").click()
    visit.page.locator("#menu").wait_for()


@state()
def launcher_open(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("chatkit-launcher .open").click()
    Chat(visit.page).ready()


@state()
def launcher_answered(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("chatkit-launcher .open").click()
    chat = Chat(visit.page).ready()
    chat.begin_anew() if chat.element.locator("[data-new]").count() else None
    chat.ask(visit.question)


@state()
def launcher_list(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("chatkit-launcher .open").click()
    chat = Chat(visit.page).ready()
    chat.element.locator("[data-history]").click()
    chat.element.locator("[data-thread]").first.wait_for()


@state()
def launcher_unread(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.locator("chatkit-launcher .open").click()
    chat = Chat(visit.page).ready()
    chat.begin_anew() if chat.element.locator("[data-new]").count() else None
    chat.composer.fill(visit.question)
    chat.composer.press("Enter")
    chat.element.locator(".user").first.wait_for()
    visit.page.evaluate("ChatKitLauncher.close()")
    visit.page.locator("chatkit-launcher .dot").wait_for()


@state()
def help_index(visit: Visit) -> None:
    visit.page.goto("/apps/chatkit/help/")


@state()
def help_article(visit: Visit) -> None:
    visit.page.goto("/apps/chatkit/help/returns/")


@state()
def mine(visit: Visit) -> None:
    visit.page.goto("/apps/chatkit/mine/")


@state(user="")
def login(visit: Visit) -> None:
    visit.page.goto("/accounts/login/")


@state(user="")
def login_wrong(visit: Visit) -> None:
    visit.page.goto("/accounts/login/")
    visit.page.fill("[name=username]", "nobody")
    visit.page.fill("[name=password]", "wrong-password")
    visit.page.locator("[name=password] ~ button, .reveal, [data-reveal]").first.click()
    visit.page.get_by_role("textbox").nth(1).press("Enter")
    visit.page.wait_for_load_state()


@state(user="", complaints=("429",))
def login_limited(visit: Visit) -> None:
    visit.page.goto("/accounts/login/")
    for _ in range(5):
        visit.page.fill("[name=username]", "guessed")
        visit.page.fill("[name=password]", "a-guess")
        visit.page.press("[name=password]", "Enter")
        visit.page.wait_for_load_state()


@state(user="")
def password_reset(visit: Visit) -> None:
    visit.page.goto("/accounts/password_reset/")


@state(user="")
def password_reset_done(visit: Visit) -> None:
    visit.page.goto("/accounts/password_reset/")
    visit.page.fill("[name=email]", "nobody@example.com")
    visit.page.press("[name=email]", "Enter")
    visit.page.wait_for_url(re.compile("done"))


@state(user="")
def password_reset_bad_link(visit: Visit) -> None:
    visit.page.goto("/accounts/password_reset/MQ/bad-token/")


@state(user="")
def password_reset_complete(visit: Visit) -> None:
    visit.page.goto("/accounts/password_reset/complete/")


@state(user="few")
def password_change(visit: Visit) -> None:
    visit.page.goto("/accounts/password_change/")


@state(complaints=("404",))
def not_found(visit: Visit) -> None:
    visit.page.goto("/nowhere/")
