"""A host that is awkward in every way at once, see `office.py`: the page in its base template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..browser.chat import Chat, replied
from ..tools.served import Served
from . import office, readme, story
from .conftest import NewEnvironment, Serve
from .project import Project

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

PASSWORD = "choose-your-own"
PERSON, CHIEF = "ada@example.com", "root@example.com"
ADDRESS = "/app/en/assistant/apps/chatkit/"


@pytest.fixture(scope="module")
def project(new_environment: NewEnvironment) -> Project:
    project = office.made(new_environment(*office.PACKAGES))
    readme.follow(project, base_template="base.html", prefix="assistant/", commands=False)
    project.append(project.settings, office.SLOW_SETTINGS)
    project.manage("makemigrations", "people")
    readme.run_commands(project)
    project.manage("collectstatic", "--noinput")
    project.shell(
        project.create_user(PASSWORD, email=CHIEF, is_staff=True, is_superuser=True)
        + project.create_user(PASSWORD, email=PERSON, first_name="Ada")
    )
    return project


@pytest.fixture(scope="module")
def site(project: Project, serve: Serve) -> Served:
    return serve(project, prefix="/app/", static=False)


@pytest.mark.browser
def test_story(site: Served, open_page: Callable[..., Any]) -> None:
    page = open_page(site, user="")
    page.goto(ADDRESS)
    story.log_in(page, PERSON, PASSWORD)
    page.wait_for_url(f"**{ADDRESS}")
    chat = story.chat(page, ADDRESS)
    story.look_around(page, "office")
    story.assert_fits_a_phone(page)
    the_choice_of_assistants_stands_apart(chat)
    expect(page.locator("body > footer")).to_have_text("Office, 12 Main Street")
    assert page.reload().headers["content-encoding"] == "gzip"
    stop_a_slow_answer(chat)
    ask_in_spanish(chat)
    page = open_page(site, user="")
    page.goto("/app/en/admin/")
    story.log_in(page, CHIEF, PASSWORD)
    story.admin(page, "/app/en/admin/")


def the_choice_of_assistants_stands_apart(chat: Chat) -> None:
    """From its heading, and each high enough for a thumb."""
    panel = chat.open_panel()
    icon = panel.locator(".ck-card-icon").first.bounding_box()
    choice = panel.locator(".ck-choices-list a").first.bounding_box()
    assert choice["y"] - icon["y"] - icon["height"] >= 12
    assert choice["height"] >= 44
    chat.page.keyboard.press("Escape")


def stop_a_slow_answer(chat: Chat) -> None:
    """Its first sentence is there while the rest is still awaited; the stop finds its run."""
    chat.page.goto(f"{ADDRESS}?workflow=slow")
    chat.ready()
    chat.composer.fill(story.QUESTION)
    chat.composer.press("Enter")
    expect(chat.element).to_contain_text(story.ANSWER)
    chat.element.locator("[part=stop-button]").click()
    expect(chat.element.get_by_text("Stopped", exact=True)).to_be_visible()
    expect(chat.element).to_contain_text(story.ANSWER)


def ask_in_spanish(chat: Chat) -> None:
    """The page, its calls and its sources are those of the language in the address."""
    chat.page.goto(ADDRESS.replace("/en/", "/es/"))
    chat.ready().begin_anew()
    expect(chat.element).to_contain_text("Hola, Ada.")
    with replied(chat.page, r"/app/es/assistant/api/chatkit$"):
        chat.ask("¿Cuántos días tengo para devolver algo?")
    assert "Puedes devolver cualquier cosa en 30 días." in chat.said
    source = chat.element.get_by_role("link").first.get_attribute("href")
    assert "/app/es/assistant/apps/chatkit/help/returns/" in str(source)
