"""The site's Content-Security-Policy: Django's own from 6.0 on, django-csp before."""

from __future__ import annotations

from collections.abc import Callable

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
