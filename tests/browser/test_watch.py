"""What counts as a page's error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from .pages import Watch

SITE = "http://127.0.0.1:1"
REFUSED = "Failed to load resource: the server responded with a status of"


class Page:
    """Hands what is said to those who listen."""

    def __init__(self) -> None:
        self.listeners: dict[str, Any] = {}

    def on(self, event: str, listener: Any) -> None:
        self.listeners[event] = listener


@pytest.mark.parametrize(
    ("text", "url", "counts"),
    [
        (f"{REFUSED} 404 (Not Found)", f"{SITE}/favicon.ico", False),
        (f"{REFUSED} 500 (Internal Server Error)", f"{SITE}/favicon.ico", True),
        (f"{REFUSED} 404 (Not Found)", f"{SITE}/static/favicon.ico", True),
        (f"{REFUSED} 404 (Not Found)", "http://elsewhere/favicon.ico", True),
        ("TypeError: nothing", f"{SITE}/favicon.ico", True),
    ],
)
def test_an_icon_that_a_site_lacks_is_no_error_of_the_page(
    text: str, url: str, counts: bool
) -> None:
    page, watch = Page(), Watch()
    watch.follow(page, SITE)
    page.listeners["console"](SimpleNamespace(type="error", text=text, location={"url": url}))
    assert bool(watch.problems) is counts
