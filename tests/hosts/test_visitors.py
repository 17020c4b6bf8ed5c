"""A shop that takes visitors, as docs/howto/visitors.md says: they chat before they log in, and
find it in their account afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..browser.chat import Chat
from ..tools.served import Served
from . import readme, story
from .conftest import NewEnvironment, Serve
from .project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "choose-your-own"
CONSENT = "By writing you agree to our terms."


@pytest.fixture(scope="module")
def site(new_environment: NewEnvironment, serve: Serve) -> Served:
    project = Project.made_by(
        new_environment("whitenoise"), "django-admin", "startproject", "visited"
    )
    readme.follow(project, login_url=True, commands=False)
    project.append(project.settings, f'CHATKIT["VISITORS"] = {{"consent": {CONSENT!r}}}\n')
    readme.run_commands(project, tables="plain")
    project.shell(project.create_user(PASSWORD, username="ada", is_staff=True, is_superuser=True))
    return serve(project)


def test_story(site: Served, open_page: Callable[..., Any]) -> None:
    page = open_page(site, user="")
    page.goto("/apps/chatkit/")
    story.expect(page.get_by_text(CONSENT)).to_be_visible()
    assert page.context.cookies() == []
    story.chat(page)
    assert {cookie["name"] for cookie in page.context.cookies()} == {"chatkit_visitor"}
    story.look_around(page, "visitors")
    story.assert_fits_a_phone(page)
    page.goto("/admin/login/")
    story.log_in(page, "ada", PASSWORD)
    page.wait_for_url("**/admin/")
    page.goto("/apps/chatkit/")
    chat = Chat(page).ready()
    chat.show_list()
    story.expect(chat.element.locator("[data-thread]").first).to_contain_text(story.TITLE)
    assert "chatkit_visitor" not in {cookie["name"] for cookie in page.context.cookies()}
    story.admin(page)
