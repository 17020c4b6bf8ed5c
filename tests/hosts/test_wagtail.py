"""Wagtail: the chat page in the site's base template, and its entry in the menu of editors."""

from __future__ import annotations

import re
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
# Which entries of the menu a user gets, in Spanish.
MENU = """
from django.contrib.auth.models import Permission, User
from django.test import RequestFactory
from django.utils.translation import override
from wagtail.admin.menu import admin_menu

def menu(user):
    request = RequestFactory().get("/admin/")
    request.user = user
    return [item.label for item in admin_menu.menu_items_for_request(request)]

editor = User(username="editor", is_staff=True)
editor.save()
with override("es"):
    print(menu(editor), menu(User(is_active=False)), menu(User.objects.get(username="ada")))
"""


class WagtailProject(Project):
    """`wagtail start` divides the settings."""

    @property
    def settings(self) -> str:
        return f"{self.name}/settings/base.py"


@pytest.fixture(scope="module")
def project(new_environment: NewEnvironment) -> Project:
    environment = new_environment("wagtail")
    project = WagtailProject.made_by(environment, "wagtail", "start", "mysite")
    project.write(project.asgi, howto.block("Wagtail", "application ="))
    project.append(project.settings, howto.line("Wagtail", "LOGIN_URL"))
    readme.follow(project, base_template=howto.base_template("Wagtail"), tables="more")
    bar = "{% wagtailuserbar %}"
    (without,) = re.findall(rf"^.*{bar}.*$", howto.TEXT, re.M)
    project.replace("mysite/templates/base.html", bar, without)
    assert_the_menu_shows_what_a_user_may_see(project)
    return project


@pytest.fixture(scope="module")
def site(project: Project, serve: Serve) -> Served:
    return serve(project)


@pytest.mark.browser
def test_story(site: Served, open_page: Callable[..., Any], watch: Any) -> None:
    watch.expect("releases.wagtail.org", "gravatar.com")  # Wagtail asks for news and portraits
    page = open_page(site, user="")
    page.context.route(re.compile("^https:"), lambda route: route.abort())
    page.goto("/apps/chatkit/")
    story.log_in(page, "ada", PASSWORD)
    page.wait_for_url("**/apps/chatkit/")
    story.chat(page)
    expect(page).to_have_title("Chat assistant")
    story.look_around(page, "wagtail")
    story.assert_fits_a_phone(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/admin/")
    menu = page.get_by_role("navigation").first
    menu.get_by_role("link", name="Chat assistant").click()
    page.wait_for_url("**/apps/chatkit/")
    page.goto("/admin/")
    menu.get_by_role("button", name="Administration").click()
    menu.get_by_role("link", name="Conversations").click()
    page.wait_for_url("**/django-admin/chatkit/thread/")
    story.admin(page, "/django-admin/")


def assert_the_menu_shows_what_a_user_may_see(project: Project) -> None:
    """Makes the chief, too."""
    made = project.create_user(PASSWORD, username="ada", is_staff=True, is_superuser=True)
    editor, nobody, chief = re.findall(r"\[.*?\]", project.shell(f"{made}\n{MENU}"))
    assert "Asistente de chat" in editor
    assert "Administración" not in editor
    assert "Asistente de chat" not in nobody
    assert "Administración" in chief
