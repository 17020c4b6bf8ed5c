"""Pages of an empty profile each, and what their browser complains of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .profiles import Profile, Profiles

PATIENCE = 15_000  # milliseconds
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
REPORTS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
# A Chromium with a window asks every site for an icon, as people's do; a site may have none.
NOT_FOUND = "Failed to load resource: the server responded with a status of 404"


@dataclass
class Watch:
    """What went wrong in the browser. `expect` names a part of a message that may."""

    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *parts: str) -> None:
        self.expected += parts

    @property
    def problems(self) -> list[str]:
        return [text for text in self.found if not any(part in text for part in self.expected)]

    def follow(self, page: Any, url: str) -> None:
        """Hear of the page's errors, and of its requests to hosts other than that of `url`."""
        page.on("pageerror", lambda error: self.found.append(f"page error: {error}"))
        page.on("console", lambda line: self._heard(line, url))
        page.on("request", lambda request: self._asked(request, url))

    def _heard(self, line: Any, url: str) -> None:
        asked = line.location.get("url", "")
        if line.type == "error" and not (asked == f"{url}/favicon.ico" and NOT_FOUND in line.text):
            self.found.append(f"console: {line.text} ({asked})")

    def _asked(self, request: Any, url: str) -> None:
        if not request.url.startswith((f"{url}/", "data:", "blob:")):
            self.found.append(f"outside: {request.url}")


def wait_until(page: Any, condition: str) -> None:
    """Wait for a condition in the page (wait_for_function() needs eval, which the CSP forbids)."""
    page.evaluate(
        "() => new Promise((done, failed) => {"
        " const over = setTimeout(() => failed(new Error('not within 10 s')), 10000);"
        f" const look = () => {condition} ? (clearTimeout(over), done())"
        " : requestAnimationFrame(look); look(); })"
    )


@contextmanager
def page_opener(
    profiles: Profiles, watch: Watch, failed: Callable[[], bool] = lambda: False
) -> Iterator[Callable[..., Any]]:
    """Gives `new_page(url, size)`: a page of an empty profile at that site, its complaints watched.

    Further options are those of Playwright's contexts. What `failed` is used no more. On phones
    things move; all else keeps still, since motions take a fifth of the time.
    """
    opened: list[Profile] = []

    def new_page(url: str, size: dict[str, Any] = DESKTOP, **options: Any) -> Any:
        motion = "no-preference" if size.get("is_mobile") else "reduce"
        chosen = {"locale": "en-US", "reduced_motion": motion} | size | options
        profile = profiles.take(url, _prepare, **chosen)
        opened.append(profile)
        watch.follow(profile.page, url)
        return profile.page

    yield new_page
    for profile in opened:
        profiles.give_back(profile, again=not failed())


def _prepare(context: Any) -> None:
    context.set_default_timeout(PATIENCE)
    context.add_init_script(REPORTS)
