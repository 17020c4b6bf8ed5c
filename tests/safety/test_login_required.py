"""A site that asks for a login everywhere, by Django's own middleware: our addresses that are for
more people than that stay open, since each of them looks who asks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client

from tests.selfhosted.protocol import ask, secret_of
from tests.visitors import people

from . import walk
from .addresses import ADDRESSES

OURS = {
    route: row for route, row in ADDRESSES.items() if route.startswith(("api/", "apps/chatkit/"))
}
# For who is logged in alone: a stranger is led to the login before anything else is looked at.
FOR_USERS = (
    "apps/chatkit/console/",
    "apps/chatkit/playground/",
    "apps/chatkit/shared/",
    "apps/chatkit/mine/shares/",
    "apps/chatkit/help/<slug:slug>/helpful/",
)
APP = "https://app.example.com"


def by_header(request: HttpRequest) -> Any:
    kind, _space, name = request.headers.get("Authorization", "").partition(" ")
    return get_user_model().objects.filter(username=name).first() if kind == "Token" else None


@pytest.fixture(autouse=True)
def _everywhere(settings: Any, db: None) -> None:
    middleware = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]


def path_of(route: str) -> str:
    parts = {part: "1" for match in walk.PART.findall(route) for part in match}
    return walk.path_of(route, parts | {"slug": "getting-started"})


@pytest.mark.parametrize("route", OURS)
def test_a_stranger_is_told_what_they_are_told_without_it(route: str) -> None:
    for method, statuses in OURS[route].items():
        ask_for = Client().get if method == "GET" else Client().post
        answer = ask_for(path_of(route))
        usual = statuses.split()[0]
        expected = "302" if route.startswith(FOR_USERS) else usual
        assert str(answer.status_code) == expected, method
        if expected == "302":
            # What a form has posted to the chat page is kept, and the page leads to the login.
            posted = (route, method) == ("apps/chatkit/", "POST")
            leads_to = "/apps/chatkit/" if posted else "/accounts/login/"
            assert answer.headers["Location"].startswith(leads_to)


def test_a_token_starts_a_session_and_its_secret_asks(
    settings: Any, user: Any, workflow_id: str
) -> None:
    settings.CHATKIT = settings.CHATKIT | {
        "AUTHENTICATE": f"{__name__}.by_header",
        "METRICS_TOKEN": "t0ken",
    }
    client = Client(enforce_csrf_checks=True)
    headers = {"Authorization": "Token ada"}
    started = people.ask_session(client, workflow_id, headers=headers)
    assert started.status_code == 200
    bearer = {"Authorization": f"Bearer {started.json()['client_secret']}"}
    body = json.dumps(ask("threads.list", limit=1))
    answer = client.post("/api/chatkit", body, content_type="application/json", headers=bearer)
    assert answer.status_code == 200
    assert client.get("/api/chatkit/threads", headers=bearer).status_code == 200
    figures = client.get("/api/chatkit/metrics", headers={"Authorization": "Bearer t0ken"})
    assert figures.status_code == 200


def test_another_origin_may_ask_what_it_may_send(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"ALLOWED_ORIGINS": [APP]}
    headers = {"Origin": APP, "Access-Control-Request-Method": "POST"}
    assert Client().options("/api/chatkit/session", headers=headers).status_code == 204


def test_a_signed_address_of_an_article_needs_no_login(user: Any, workflow_id: str) -> None:
    headers = {"Authorization": f"Bearer {secret_of(user, workflow_id)}"}
    cited = "/api/chatkit/article?url=/apps/chatkit/help/payments/"
    told = Client().get(cited, headers=headers).json()
    assert Client().get(told["url"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_visitors_chat_and_see_their_own(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": True}
    for page in ("", "help/", "help/getting-started/"):
        assert Client().get(f"/apps/chatkit/{page}").status_code == 200
    visit = people.come()
    for page in ("mine/", "mine/download/", "mine/delete/"):
        assert visit.client.get(f"/apps/chatkit/{page}").status_code == 200
    assert visit.client.post("/apps/chatkit/mine/delete/").status_code == 200
