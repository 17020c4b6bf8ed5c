"""Middleware that puts what a page of the chat needs into the site's Content-Security-Policy.

MIDDLEWARE = [
    # …
    "chatkit.page.csp.page_sources",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",  # or django-csp's, or one of your own
]

It changes the header that the other has written, whoever that is, and so stands before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

HEADERS = ("Content-Security-Policy", "Content-Security-Policy-Report-Only")
NONE = "'none'"
# Directives that hold where one is missing, before `default-src`.
INSTEAD = {"frame-src": ("child-src",), "worker-src": ("child-src", "script-src")}
# Where there is one of these, it holds for <script src> and <link>, and the other does not.
OF_ELEMENTS = {"script-src": "script-src-elem", "style-src": "style-src-elem"}

Sources = dict[str, list[str]]


@sync_and_async_middleware
def page_sources(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Add the sources in `chatkit_csp` to the policy of a response.

    While OpenAI's script is in use, the chat page names OpenAI's hosts there, at its response, and
    the tag of the launcher at its request: `{"script-src": [...], ...}`.
    """
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            return _opened(request, await get_response(request))

        return later

    def at_once(request: HttpRequest) -> HttpResponseBase:
        return _opened(request, get_response(request))

    return at_once


def _opened(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    extra: Sources = {}
    for named in (request, response):
        for name, sources in getattr(named, "chatkit_csp", {}).items():
            extra.setdefault(name, []).extend(sources)
    for header in HEADERS if extra else ():
        if header in response:
            response[header] = opened(str(response[header]), extra)
    return response


def opened(policy: str, extra: Sources) -> str:
    """The policy with these sources, each where the policy would keep it out: what it does not
    limit stays without limits. A header may hold several policies, all of which count."""
    return ", ".join(_one_opened(part, extra) for part in policy.split(","))


def _one_opened(policy: str, extra: Sources) -> str:
    words = [part.split() for part in policy.split(";")]
    directives: Sources = {}
    for name, *sources in filter(None, words):
        directives.setdefault(name.lower(), sources)  # of two of a name the first one counts
    for name, sources in extra.items():
        for directive in _that_hold(name, directives):
            directives[directive] = _with(directives, directive, sources)
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def _that_hold(name: str, directives: Sources) -> list[str]:
    """The directives that have to name the sources: none where nothing limits them."""
    of_elements = OF_ELEMENTS.get(name)
    found = [of_elements] if of_elements in directives else []
    return [*found, name] if _in_force(name, directives) else found


def _in_force(name: str, directives: Sources) -> str:
    """The directive that says what `name` may load, "" where none does."""
    names = (name, *INSTEAD.get(name, ()), "default-src")
    return next((one for one in names if one in directives), "")


def _with(directives: Sources, name: str, sources: list[str]) -> list[str]:
    kept = [one for one in directives[_in_force(name, directives)] if one.lower() != NONE]
    for source in sources:
        if not _allows(kept, source):
            kept.append(source)
    return kept


def _allows(sources: list[str], host: str) -> bool:
    """Whether `https://host` is among them: by its name, or by what stands for many."""
    scheme, _, name = host.lower().partition("://")
    for source in map(str.lower, sources):
        if source in (host.lower(), name, "*", f"{scheme}:"):
            return True
        pattern = source.removeprefix(f"{scheme}://")
        if pattern.startswith("*.") and name.endswith(pattern[1:]):
            return True
    return False
