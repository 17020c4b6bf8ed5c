"""The site's Content-Security-Policy: Django's own from 6.0 on, django-csp before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django
from django.http import HttpRequest, HttpResponse

BUILT_IN = django.VERSION >= (6, 0)
MIDDLEWARE = (
    "django.middleware.csp.ContentSecurityPolicyMiddleware"
    if BUILT_IN
    else "csp.middleware.CSPMiddleware"
)
SELF = "'self'"
PERMISSIONS = "microphone=(self), camera=(), geolocation=(), payment=(), usb=()"
POLICY: dict[str, list[str]] = {
    "default-src": ["'none'"],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "media-src": [SELF, "blob:"],
    "manifest-src": [SELF],
    "base-uri": ["'none'"],
    "form-action": [SELF],
    "frame-ancestors": ["'none'"],
}


def settings() -> dict[str, object]:
    """The settings for the middleware that is in use."""
    if BUILT_IN:
        return {"SECURE_CSP": POLICY}
    return {"CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY}}


def permissions_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what a page may ask the browser for. The microphone, for the chat's dictation;
    no frame and no other origin may have even that."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS
        return response

    return middleware


def page_sources(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: add the sources in `chatkit_csp` to the policy of a response.

    While OpenAI's script is in use, the chat page names OpenAI's hosts there, at its response, and
    the tag of the launcher at its request: `{"script-src": [...], ...}`. Stands inside (after) the
    policy's own middleware.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        extra: dict[str, list[str]] = {}
        for named in (request, response):
            for name, sources in getattr(named, "chatkit_csp", {}).items():
                known = extra.setdefault(name, [])
                known += [source for source in sources if source not in known]
        return _opened(request, response, extra) if extra else response

    return middleware


def _opened(
    request: HttpRequest, response: HttpResponse, extra: dict[str, list[str]]
) -> HttpResponse:
    policy = {name: list(sources) for name, sources in POLICY.items()}
    for name, sources in extra.items():
        kept = [source for source in policy.get(name, []) if source != "'none'"]
        policy[name] = kept + sources
    decorator: Any
    if BUILT_IN:
        from django.views.decorators.csp import csp_override

        decorator = csp_override(policy)
    else:
        from csp.decorators import csp_replace

        decorator = csp_replace(policy)
    result: HttpResponse = decorator(lambda request: response)(request)
    return result
