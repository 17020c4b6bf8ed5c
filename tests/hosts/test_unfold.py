"""django-unfold: our admin pages are its own, and its sidebar leads to the chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..tools.served import Served
from . import howto, readme, story
from .conftest import NewEnvironment, Serve
from .project import Project

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

PASSWORD = "choose-your-own"
PROMPT = "chatkit/starterprompt"
# What unfold is known by: its select has a class of its own, and Django's has none.
UNFOLD_SELECT = "select[name=language].appearance-none"


@pytest.fixture(scope="module")
def project(new_environment: NewEnvironment) -> Project:
    environment = new_environment("django-unfold")
    project = Project.made_by(environment, "django-admin", "startproject", "shop")
    project.replace(project.settings, "INSTALLED_APPS = [", 'INSTALLED_APPS = [\n    "unfold",')
    project.append(project.settings, howto.block("django-unfold", "UNFOLD ="))
    readme.follow(project, login_url=True, tables="plain")
    assert_all_is_unfolds(project)
    return project


@pytest.fixture(scope="module")
def site(project: Project, serve: Serve) -> Served:
    return serve(project)


@pytest.mark.browser
def test_story(site: Served, open_page: Callable[..., Any]) -> None:
    page = open_page(site, user="")
    page.goto("/admin/")
    story.log_in(page, "ada", PASSWORD)
    sidebar = page.locator("#nav-sidebar-apps")
    sidebar.get_by_role("link", name="Chat assistant").click()
    page.wait_for_url("**/apps/chatkit/")
    story.chat(page)
    story.look(page, "unfold")
    story.assert_fits_a_phone(page)
    story.admin(page)
    page.goto("/admin/chatkit/thread/")
    expect(sidebar.locator("a.active")).to_contain_text("Conversations")
    read_in_both_schemes(page)
    filter_by_date(page)
    page.goto(f"/admin/{PROMPT}/add/")
    expect(page.locator(UNFOLD_SELECT)).to_be_visible()


def assert_all_is_unfolds(project: Project) -> None:
    """Each admin class of ours is one of unfold's. Makes the chief, too."""
    said = project.shell(
        project.create_user(PASSWORD, username="ada", is_staff=True, is_superuser=True)
        + "from django.contrib import admin; from unfold.admin import ModelAdmin;"
        "ours = [a for m, a in admin.site._registry.items() if m._meta.app_label == 'chatkit'];"
        "print(len(ours) > 5, [a for a in ours if not isinstance(a, ModelAdmin)])"
    )
    assert said.split() == ["True", "[]"]


def read_in_both_schemes(page: Any) -> None:
    """The transcript stands in unfold's colours, also where they are dark."""
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("button", name="Open the conversation").click()
    answer = page.locator(".chatkit-entry--assistant")
    expect(answer).to_contain_text(story.ANSWER)
    heading = answer.get_by_role("heading", name="Assistant")
    light = heading.evaluate("element => getComputedStyle(element).color")
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(heading).not_to_have_css("color", light)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 800})


def filter_by_date(page: Any) -> None:
    """unfold keeps filters in a drawer; ours has a form of its own there."""
    page.goto("/admin/chatkit/session/")
    page.locator("#changelist a", has_text="Filters").click()
    form = page.locator(".chatkit-date-range")
    form.locator("[type=date]").last.fill("2001-02-03")
    form.locator("[type=submit]").click()
    page.wait_for_url("**created_at__to=2001-02-03*")
    expect(page.get_by_text("No results found")).to_be_visible()
