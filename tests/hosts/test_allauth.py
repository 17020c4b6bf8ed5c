"""django-allauth: people sign up and log in by e-mail on its pages, which the chat page joins."""

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

HEADING = "django-allauth"
PASSWORD = "choose-your-own"
PERSON, CHIEF = "ada@example.com", "root@example.com"
# As allauth's quickstart says, for accounts without a user name.
SETTINGS = """
INSTALLED_APPS += ["allauth", "allauth.account"]
MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
LOGOUT_REDIRECT_URL = "account_login"
"""


@pytest.fixture(scope="module")
def project(new_environment: NewEnvironment) -> Project:
    environment = new_environment("django-allauth")
    project = Project.made_by(environment, "django-admin", "startproject", "shop")
    project.append(project.settings, SETTINGS + howto.line(HEADING, "LOGIN_URL"))
    project.replace(project.urls, "import path\n", "import include, path\n")
    project.replace(
        project.urls,
        "urlpatterns = [",
        'urlpatterns = [\n    path("accounts/", include("allauth.urls")),',
    )
    readme.follow(project, base_template=howto.base_template(HEADING), tables="more")
    project.superuser(PASSWORD, username="root", email=CHIEF)
    return project


@pytest.fixture(scope="module")
def site(project: Project, serve: Serve) -> Served:
    return serve(project)


@pytest.mark.browser
def test_story(site: Served, open_page: Callable[..., Any]) -> None:
    page = open_page(site, user="")
    page.goto("/apps/chatkit/")
    page.get_by_role("link", name="sign up", exact=True).click()
    page.fill("[name=email]", PERSON)
    page.fill("[name=password1]", PASSWORD)
    page.press("[name=password1]", "Enter")
    page.wait_for_url("**/apps/chatkit/")
    story.chat(page)
    expect(page).to_have_title("Chat assistant")
    story.look_around(page, "allauth")
    story.assert_fits_a_phone(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Sign Out").click()
    page.get_by_role("button", name="Sign Out").click()
    page.wait_for_url("**/accounts/login/")
    page.goto("/apps/chatkit/")
    page.fill("[name=login]", CHIEF)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/apps/chatkit/")
    story.admin(page)
