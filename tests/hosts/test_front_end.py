"""Two assistants, for staff and for customers, and front ends on another origin and on the site's
that log in by a token: docs/howto/staff-and-customers.md and docs/howto/tokens.md, done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings

from ..tools.served import Served
from . import elsewhere, readme, story
from .conftest import NewEnvironment, Serve
from .project import Project

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

PASSWORD = "choose-your-own"
GUIDE = Path(settings.BASE_DIR, "docs/howto/staff-and-customers.md").read_text("utf-8")
HANDBOOK = "# Shifts\n\nThe late shift begins at 14:00. Ask Bob for a swap.\n"
# A token and the cookie of a login for each.
LOG_IN = """
from django.contrib.auth.models import User
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken
for name in ("ada", "bob"):
    client, user = Client(), User.objects.get(username=name)
    client.force_login(user)
    print(AccessToken.for_user(user), client.cookies["sessionid"].value)
"""


def code(text: str, file: str, part: str = "") -> str:
    """The guide's one block for this file, with `part` in it."""
    found = re.findall(rf"```python\n# {re.escape(file)}\n((?s:.*?))```", text)
    (block,) = (block for block in found if part in block)
    return str(block)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def front(pages: dict[str, str]) -> Iterator[str]:
    with elsewhere.served(pages) as address:
        yield address


@pytest.fixture(scope="module")
def project(new_environment: NewEnvironment, front: str) -> Project:
    environment = new_environment("djangorestframework-simplejwt", "whitenoise")
    project = Project.made_by(environment, "django-admin", "startproject", "shop")
    readme.follow(project, login_url=True, commands=False)
    project.write("handbook/en/shifts.md", HANDBOOK)
    project.write("shop/access.py", code(GUIDE, "shop/access.py"))
    project.write("shop/chat.py", code(elsewhere.TEXT, "shop/chat.py", "def by_jwt"))
    (tokens,) = re.findall(r'"AUTHENTICATE": "shop.chat.by_jwt",', elsewhere.TEXT)
    project.append(
        project.settings,
        code(GUIDE, "settings.py", "WORKFLOWS")
        + f'CHATKIT |= {{{tokens} "ALLOWED_ORIGINS": [{front!r}]}}\n'
        + 'INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework"]\n'
        + 'MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")\n'
        + 'STATIC_ROOT = BASE_DIR / "static"\n'
        # As most servers of static files are: the guide says that they need not allow it.
        + "WHITENOISE_ALLOW_ALL_ORIGINS = False\n",
    )
    readme.run_commands(project, tables="plain")
    project.manage("collectstatic", "--noinput")
    return project


@pytest.fixture(scope="module")
def site(project: Project, serve: Serve) -> Served:
    return serve(project, static=False)


@pytest.mark.browser
def test_story(
    project: Project,
    site: Served,
    front: str,
    pages: dict[str, str],
    open_page: Callable[..., Any],
    watch: Any,
) -> None:
    ada, ada_cookie, bob, bob_cookie = project.shell(
        project.create_user(PASSWORD, username="bob", is_staff=True, is_superuser=True)
        + project.create_user(PASSWORD, username="ada")
        + LOG_IN
    ).split()
    assert session(site, bob, "staff").status_code == 200
    assert session(site, ada, "support").status_code == 200
    assert session(site, ada, "staff").json()["error"]["code"] == "forbidden"
    pages["/"] = elsewhere.page(site.url, ada)
    watch.expect(f"outside: {front}/", f"({front}/favicon.ico)")
    page = open_page(site, user="")
    page.goto(front)
    ask_and_follow_the_source(page, site)
    story.look(page, "front-end")
    story.assert_fits_a_phone(page)
    page = open_page(site, user="")
    page.route(
        "**/front/",
        lambda route: route.fulfill(body=elsewhere.own_page(ada), content_type="text/html"),
    )
    page.goto("/front/")
    ask_and_follow_the_source(page, site)
    assert page.context.cookies() == []
    each_has_their_own_assistant(open_page, site, {"ada": ada_cookie, "bob": bob_cookie})


def session(site: Served, token: str, workflow_id: str) -> requests.Response:
    return requests.post(
        f"{site.url}/api/chatkit/session",
        json={"workflowId": workflow_id},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )


def ask_and_follow_the_source(page: Any, site: Served) -> None:
    """To the article in another tab, without a login at the site."""
    chat = page.locator("openai-chatkit")
    chat.locator("textarea").fill(story.QUESTION)
    chat.locator("textarea").press("Enter")
    expect(chat).to_contain_text(story.ANSWER)
    link = chat.locator("[part=citation]").first
    expect(link).to_have_attribute("href", re.compile(f"^({site.url})?/apps/chatkit/help/returns/"))
    with page.context.expect_page() as opened:
        link.click()
    article = opened.value
    expect(article.get_by_role("heading", name="Returns")).to_be_visible()
    expect(article.get_by_text(story.ANSWER)).to_be_visible()
    assert "token=" in article.url
    story.look(article, "front-end-article")
    article.close()


def each_has_their_own_assistant(
    open_page: Callable[..., Any], site: Served, cookies: dict[str, str]
) -> None:
    for name, title, other in (("ada", "Help", 0), ("bob", "Handbook", 1)):
        page = open_page(site, user="")
        cookie = {"name": "sessionid", "value": cookies[name], "url": site.url}
        page.context.add_cookies([cookie])
        page.goto("/apps/chatkit/")
        expect(page).to_have_title(title)
        expect(page.get_by_role("link", name="Help", exact=True)).to_have_count(other)
        story.look(page, f"two-assistants-{name}")
