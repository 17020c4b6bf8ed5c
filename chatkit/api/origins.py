"""Front ends on other origins: those that CHATKIT["ALLOWED_ORIGINS"] lists may call our API, with
the headers that a conversation needs, and without cookies.

The rules are those of the Fetch standard: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from .. import conf

# What our own script sends, beside what every page may send.
SENT = "Authorization, Content-Type, Idempotency-Key"
# What it reads: the run to resume or to stop, when to try again, the name of a file.
READ = "X-ChatKit-Run, X-ChatKit-Run-Status, Retry-After, Date, Content-Disposition"
SECONDS = "600"  # that a browser need not ask again


def is_allowed(request: HttpRequest) -> bool:
    """Whether the page that asks is on a listed origin."""
    return request.headers.get("Origin", "") in conf.get("ALLOWED_ORIGINS")


def preflight(request: HttpRequest, methods: Iterable[str]) -> HttpResponse | None:
    """The answer to a browser that asks what it may send; None for any other request, and for an
    origin that is not listed."""
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not asks or not is_allowed(request):
        return None
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = SENT
    response["Access-Control-Max-Age"] = SECONDS
    return response


def headers(origin: str) -> dict[str, str]:
    """What lets a page of this origin read a response. Nothing where the site lists none."""
    listed = conf.get("ALLOWED_ORIGINS")
    if not listed:
        return {}
    if origin not in listed:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": READ,
    }


def allow(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let a listed origin read the response."""
    for name, value in headers(request.headers.get("Origin", "")).items():
        if name == "Vary":
            patch_vary_headers(response, [value])
        else:
            response[name] = value
