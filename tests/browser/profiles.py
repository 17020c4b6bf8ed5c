"""Profiles that tests use one after the other: a window of Chromium costs a second to open.

What a test leaves behind is taken away: cookies and storage, other windows, routes, scripts and
listeners. A profile of which that can't be said is closed, and the next test has a new one. The
cache stays, as at a person who comes back: all that our sites let a browser keep is the same for
everybody and for each test, and it costs a third of opening a page to read it again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error

EMPTY = "/empty-page-between-tests"
KEPT = 4  # unused ones; each has a process of its own
# What a test does to a page or its profile that is not undone here.
BOTH = (
    "set_extra_http_headers",
    "set_default_timeout",
    "set_default_navigation_timeout",
    "expose_function",
    "expose_binding",
)
OF_PAGE = ("emulate_media", "once", *BOTH)
OF_CONTEXT = (
    "add_init_script",
    "grant_permissions",
    "new_cdp_session",
    "on",
    "once",
    "set_geolocation",
    "set_offline",
    *BOTH,
)
# A clock that was installed stays, too.
OWN_CLOCK = "String(Date.now).includes('[native code]')"


class Profile:
    """A context of the browser and its page at one site."""

    def __init__(self, context: Any, url: str, key: str) -> None:
        self.context = context
        self.page = context.new_page()
        self.site = url
        self.key = key
        self._size = self.page.viewport_size
        self._changed = False
        self._scripts: list[Any] = []
        self._listeners: list[tuple[str, Callable[..., Any]]] = []
        self._protocol = context.new_cdp_session(self.page)
        self.page.on("request", self._asked)
        for target, methods in ((self.page, OF_PAGE), (context, OF_CONTEXT)):
            for method in methods:
                self._follow(target, method, self._change)
        self._follow(self.page, "add_init_script", lambda made, _: self._scripts.append(made))
        self._follow(self.page, "on", lambda _, given: self._listeners.append(given))

    def _follow(self, target: Any, method: str, hear: Callable[[Any, Any], None]) -> None:
        original = getattr(target, method)

        def followed(*args: Any, **options: Any) -> Any:
            made = original(*args, **options)
            hear(made, args)
            return made

        setattr(target, method, followed)

    def _change(self, *_: Any) -> None:
        self._changed = True

    def _asked(self, request: Any) -> None:
        """A page or a frame of another site may keep something, too."""
        here = request.url.startswith((f"{self.site}/", "data:", "blob:", "about:"))
        if request.is_navigation_request() and not here:
            self._changed = True

    def close(self) -> None:
        self.context.close()

    def emptied(self) -> bool:
        """Whether it is as new, and may be used again."""
        try:
            return not self._changed and self._empty() and not self._changed
        except Error:
            return False

    def _empty(self) -> bool:
        page, context = self.page, self.context
        for other in context.pages:
            if other is not page:
                other.close()
        page.evaluate("0")  # until the page has said all that it has to say
        for event, listener in self._listeners:
            page.remove_listener(event, listener)
        for script in self._scripts:
            script.close()
        self._listeners.clear()
        self._scripts.clear()
        page.unroute_all()
        context.unroute_all()
        # Another site, or none, would end the process that draws the page, and begin another.
        page.route(self.site + EMPTY, lambda route: route.fulfill(body=""))
        page.goto(self.site + EMPTY)
        page.unroute_all()
        page.evaluate("sessionStorage.clear()")  # the only storage that is the window's
        if page.viewport_size != self._size:
            page.set_viewport_size(self._size)
        context.clear_cookies()
        everything = {"origin": self.site, "storageTypes": "all"}
        self._protocol.send("Storage.clearDataForOrigin", everything)
        return bool(page.evaluate(OWN_CLOCK))


class Profiles:
    """All of a browser."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._unused: deque[Profile] = deque()

    def take(self, url: str, prepare: Callable[[Any], None], **options: Any) -> Profile:
        """One at that site, with Playwright's options for contexts; `prepare(context)` is done to
        a new one."""
        key = json.dumps([url, options], sort_keys=True, default=repr)
        found = next((profile for profile in self._unused if profile.key == key), None)
        if found:
            self._unused.remove(found)
            return found
        context = self._browser.new_context(base_url=url, **options)
        prepare(context)
        return Profile(context, url, key)

    def give_back(self, profile: Profile, *, again: bool = True) -> None:
        """It is kept for the next test unless it is not to be used `again`."""
        if not (again and profile.emptied()):
            profile.close()
            return
        self._unused.append(profile)
        if len(self._unused) > KEPT:
            self._unused.popleft().close()

    def close(self) -> None:
        for profile in self._unused:
            profile.close()
        self._unused.clear()
