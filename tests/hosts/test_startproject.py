"""`django-admin startproject`, and the README's five steps: the page stands on its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from ..tools.served import Served
from . import readme, story
from .conftest import NewEnvironment, Serve
from .project import Project

PASSWORD = "choose-your-own"


@pytest.fixture(scope="module")
def project(new_environment: NewEnvironment) -> Project:
    project = Project.made_by(
        new_environment(semantic=True), "django-admin", "startproject", "shop"
    )
    readme.follow(project, login_url=True)
    # All that is left: Django's cache in the process, which is enough for one.
    said = project.manage("check", "--deploy", "--tag", "chatkit")
    assert set(re.findall(r"chatkit\.\w+", said)) == {"chatkit.W042"}
    project.superuser(PASSWORD, username="ada", email="ada@example.com")
    return project


@pytest.fixture(scope="module")
def site(project: Project, serve: Serve) -> Served:
    return serve(project)


@pytest.mark.browser
def test_story(site: Served, open_page: Callable[..., Any]) -> None:
    page = open_page(site, user="")
    page.goto("/apps/chatkit/")
    story.log_in(page, "ada", PASSWORD)
    story.chat(page)
    story.look_around(page, "startproject")
    story.assert_fits_a_phone(page)
    story.admin(page)
