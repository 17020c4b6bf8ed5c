"""Who has a token instead of a login cookie, and pages of other origins."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from chatkit.models import Session
from tests.selfhosted.protocol import Caller, ask

SESSION = "/api/chatkit/session"
APP = "https://app.example.com"
SEEN: list[HttpRequest] = []


def by_header(request: HttpRequest) -> Any:
    """`Authorization: Token NAME`, as a site's own function may read it."""
    SEEN.append(request)
    kind, _space, name = request.headers.get("Authorization", "").partition(" ")
    return get_user_model().objects.filter(username=name).first() if kind == "Token" else None


def for_a_minute(request: HttpRequest) -> Any:
    return by_header(request), timezone.now() + datetime.timedelta(minutes=1)


def until_1970(request: HttpRequest) -> Any:
    return by_header(request), 60


def by_cookie(request: HttpRequest) -> Any:
    """A function that would read what a browser sends by itself."""
    name = request.COOKIES.get("jwt") or request.headers.get("Cookie", "").partition("jwt=")[2]
    return get_user_model().objects.filter(username=name).first()


@pytest.fixture
def tokens(settings: Any, workflow_id: str) -> Any:
    SEEN.clear()
    settings.CHATKIT = settings.CHATKIT | {
        "AUTHENTICATE": f"{__name__}.by_header",
        "ALLOWED_ORIGINS": [APP],
    }
    return settings


def post(client: Client, **headers: str) -> Any:
    body = {"workflowId": site.WORKFLOW_ID}
    return client.post(SESSION, body, content_type="application/json", headers=headers)


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


class TestToken:
    def test_gives_a_session_of_its_user(self, tokens: Any, stranger: Client, user: Any) -> None:
        answer = post(stranger, Authorization="Token ada")
        assert answer.status_code == 200
        assert Session.objects.get().user == user
        secret = answer.json()["client_secret"]
        assert Caller(secret).post(ask("threads.list", limit=1)).status_code == 200

    def test_is_told_by_the_secret(self, tokens: Any, stranger: Client, user: Any) -> None:
        """By it the element knows that the site's pages ask this person for a login."""
        told = post(stranger, Authorization="Token ada").json()
        assert told["client_secret"].split(".")[1] == "token"
        body = {"workflowId": site.WORKFLOW_ID, "resumes": told["session_id"]}
        headers = {"Authorization": "Token ada"}
        again = stranger.post(SESSION, body, content_type="application/json", headers=headers)
        assert again.json()["session_id"] == told["session_id"]
        assert again.json()["client_secret"] == told["client_secret"]
        client = Client()
        client.force_login(user)
        assert "token" not in post(client).json()["client_secret"].split(".")

    @pytest.mark.parametrize("header", ["Token nobody", "Bearer ada", ""])
    def test_a_strangers_gives_none(
        self, tokens: Any, stranger: Client, user: Any, header: str
    ) -> None:
        answer = post(stranger, Authorization=header)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")

    def test_of_somebody_deactivated(self, tokens: Any, stranger: Client, user: Any) -> None:
        get_user_model().objects.update(is_active=False)
        assert post(stranger, Authorization="Token ada").status_code == 401

    def test_a_login_cookie_goes_first_and_needs_its_csrf_token(
        self, tokens: Any, user: Any, other: Any
    ) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        answer = post(client, Authorization="Token bob")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf_failed")
        assert not SEEN

    def test_cookies_are_no_tokens(self, tokens: Any, stranger: Client, user: Any) -> None:
        tokens.CHATKIT = tokens.CHATKIT | {"AUTHENTICATE": f"{__name__}.by_cookie"}
        stranger.cookies["jwt"] = "ada"
        assert post(stranger).status_code == 401

    def test_ends_its_session(self, tokens: Any, stranger: Client, user: Any) -> None:
        tokens.CHATKIT = tokens.CHATKIT | {"AUTHENTICATE": f"{__name__}.for_a_minute"}
        left = post(stranger, Authorization="Token ada").json()["expires_in"]
        assert 50 <= left <= 60
        tokens.CHATKIT = tokens.CHATKIT | {"AUTHENTICATE": f"{__name__}.until_1970"}
        assert post(stranger, Authorization="Token ada").status_code == 401

    def test_ends_the_session_too(self, tokens: Any, stranger: Client, user: Any) -> None:
        session_id = post(stranger, Authorization="Token ada").json()["session_id"]
        address = f"{SESSION}/{session_id}/cancel"
        assert stranger.post(address).status_code == 401
        answer = stranger.post(address, headers={"Authorization": "Token ada"})
        assert answer.json() == {"session_id": session_id, "status": "cancelled"}

    @pytest.mark.django_db
    def test_without_the_setting_it_is_nothing(self, stranger: Client, user: Any) -> None:
        assert post(stranger, Authorization="Token ada").status_code == 401


class TestOrigins:
    ASKS = {"Origin": APP, "Access-Control-Request-Method": "POST"}

    @pytest.mark.parametrize(
        "address",
        [
            *(SESSION, "/api/chatkit", "/api/chatkit/runs/run_1/events"),
            *("/api/chatkit/runs/run_1/stop", "/api/chatkit/attachments", "/api/chatkit/entities"),
        ],
    )
    def test_a_listed_one_may_send_what_a_conversation_needs(
        self, tokens: Any, client: Client, address: str
    ) -> None:
        answer = client.options(address, headers=self.ASKS)
        assert answer.status_code == 204
        assert answer["Access-Control-Allow-Origin"] == APP
        sent = answer["Access-Control-Allow-Headers"].split(", ")
        assert sent == ["Authorization", "Content-Type", "Idempotency-Key"]
        assert "Origin" in answer["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer

    def test_and_read_what_it_resumes_by(self, tokens: Any, stranger: Client, user: Any) -> None:
        answer = post(stranger, Authorization="Token ada", Origin=APP)
        assert answer["Access-Control-Allow-Origin"] == APP
        assert "X-ChatKit-Run" in answer["Access-Control-Expose-Headers"]
        refused = post(stranger, Origin=APP)
        assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (401, APP)

    @pytest.mark.parametrize("origin", ["https://evil.example", f"{APP}.evil.example", "null"])
    def test_another_may_not(self, tokens: Any, stranger: Client, user: Any, origin: str) -> None:
        answer = client_options(stranger, origin)
        assert answer.status_code == 405
        assert "Access-Control-Allow-Origin" not in answer
        answer = post(stranger, Authorization="Token ada", Origin=origin)
        assert "Access-Control-Allow-Origin" not in answer
        assert "Origin" in answer["Vary"]

    @pytest.mark.django_db
    def test_without_the_setting_no_header_is_sent(self, client: Client) -> None:
        answer = client_options(client, APP)
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert "Origin" not in answer.get("Vary", "")


def client_options(client: Client, origin: str) -> Any:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return client.options(SESSION, headers=asks)


class TestDescription:
    def test_anybody_may_read_it(self, db: None, client: Client) -> None:
        answer = client.get("/api/chatkit/openapi.json")
        assert answer.json()["openapi"].startswith("3.1")
        assert answer.json()["servers"] == [{"url": "/"}]
        assert "/api/chatkit" in answer.json()["paths"]

    @pytest.mark.urls("tests.prefixed_urls")
    def test_it_says_where_the_addresses_begin(self, db: None, client: Client) -> None:
        from django.urls import reverse

        address = reverse("chatkit:openapi")
        prefix = address.removesuffix("/api/chatkit/openapi.json")
        assert prefix
        assert client.get(address).json()["servers"] == [{"url": prefix}]
