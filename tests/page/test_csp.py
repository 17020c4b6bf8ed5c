"""What the chat's pages need is added to the site's policy, whoever writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client

from chatkit.page.csp import opened

PAGE = "/apps/chatkit/"
OURS = "chatkit.page.csp.page_sources"
CDN = "https://cdn.platform.openai.com"
HEADER = "Content-Security-Policy"
POLICY = {"default-src": ["'self'"], "script-src": ["'self'"]}
DJANGOS = "django.middleware.csp.ContentSecurityPolicyMiddleware"
OF_PACKAGE = "csp.middleware.CSPMiddleware"


def own_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """As a site writes one that has neither."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response[HEADER] = response[f"{HEADER}-Report-Only"] = "script-src 'self'"
        return response

    return middleware


@pytest.fixture
def with_policy(settings: Any) -> Callable[[str], None]:
    """The site with the policy of this middleware, and a workflow that OpenAI answers."""

    def use(middleware: str) -> None:
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": "openai"}, "OPENAI_API_KEY": "sk-1"}
        settings.SECURE_CSP = POLICY
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": POLICY}
        kept = [path for path in settings.MIDDLEWARE if "csp" not in path]
        settings.MIDDLEWARE = [OURS, middleware, *kept]

    return use


def directives(response: Any, header: str = HEADER) -> dict[str, list[str]]:
    parts = [part.split() for part in response[header].split(";")]
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize(
    "middleware",
    [
        OF_PACKAGE,
        f"{__name__}.own_policy",
        pytest.param(
            DJANGOS, marks=pytest.mark.skipif(django.VERSION < (6, 0), reason="new in Django 6.0")
        ),
    ],
)
def test_openais_script_is_let_into_the_chat_page(
    with_policy: Callable[[str], None], logged_in: Client, middleware: str
) -> None:
    with_policy(middleware)
    assert directives(logged_in.get(PAGE))["script-src"] == ["'self'", CDN]
    assert directives(logged_in.get("/"))["script-src"] == ["'self'", CDN]  # it has the launcher
    other = directives(logged_in.get("/apps/chatkit/mine/download/"))
    assert other["script-src"] == ["'self'"]


def test_what_is_missing_falls_back_with_all_that_it_had(
    with_policy: Callable[[str], None], logged_in: Client
) -> None:
    with_policy(OF_PACKAGE)
    found = directives(logged_in.get(PAGE))
    assert found["frame-src"] == ["'self'", CDN]
    assert found["connect-src"] == ["'self'", CDN, "https://api.openai.com"]
    assert found["default-src"] == ["'self'"]


def test_a_report_alone(with_policy: Callable[[str], None], logged_in: Client) -> None:
    """Nothing is reported of what is meant to be there."""
    with_policy(f"{__name__}.own_policy")
    response = logged_in.get(PAGE)
    assert CDN in directives(response, f"{HEADER}-Report-Only")["script-src"]


@pytest.mark.django_db(transaction=True)
def test_under_asgi(with_policy: Callable[[str], None], user: Any) -> None:
    with_policy(OF_PACKAGE)
    client = AsyncClient()
    client.force_login(user)
    assert CDN in directives(async_to_sync(client.get)(PAGE))["script-src"]


def test_our_script_needs_nothing(
    with_policy: Callable[[str], None], settings: Any, logged_in: Client
) -> None:
    with_policy(OF_PACKAGE)
    settings.CHATKIT = {"WORKFLOWS": {"wf_1": "chatkit.selfhosted.helpdesk.HelpDeskServer"}}
    assert "openai" not in logged_in.get(PAGE)[HEADER]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("default-src 'none'", f"default-src 'none'; script-src {CDN}"),
        ("img-src 'self'", "img-src 'self'"),  # which limits no script
        ("script-src *", "script-src *"),
        ("script-src https:", "script-src https:"),
        ("script-src *.openai.com", "script-src *.openai.com"),
        ("script-src https://*.platform.openai.com", "script-src https://*.platform.openai.com"),
        ("script-src http:", f"script-src http: {CDN}"),
        ("Script-Src 'NONE'; sandbox", f"script-src {CDN}; sandbox"),
        ("script-src a; script-src-elem b", f"script-src a {CDN}; script-src-elem b {CDN}"),
        ("script-src-elem 'self'", f"script-src-elem 'self' {CDN}"),
        ("script-src 'self'; script-src *", f"script-src 'self' {CDN}"),
        ("script-src a, script-src b", f"script-src a {CDN}, script-src b {CDN}"),
        ("", ""),
    ],
)
def test_policies(policy: str, expected: str) -> None:
    assert opened(policy, {"script-src": [CDN]}) == expected


def test_frames_and_their_parents() -> None:
    policy = "child-src a.example; default-src 'self'"
    assert opened(policy, {"frame-src": [CDN]}).endswith(f"frame-src a.example {CDN}")
