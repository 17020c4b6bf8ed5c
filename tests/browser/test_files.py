"""A file on the chat page, with the site's own server: attached, answered from, and there after a
reload."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..attachments import samples
from .chat import Chat
from .pages import Watch

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

LEASE = b"# Lease\n\n## Keeping animals\n\nBudgerigars may be kept without asking.\n"


def test_attached_answered_from_and_kept(
    page: Any, watch: Watch, screenshots: Callable[[Any, str], Path]
) -> None:
    chat = Chat(page).open()
    chat.element.locator("input[type=file]").set_input_files(
        [
            {"name": "lease.md", "mimeType": "text/markdown", "buffer": LEASE},
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": samples.photo()},
        ]
    )
    expect(chat.element.locator("footer .attachment")).to_have_count(2)
    expect(chat.element.locator("footer .attachment[aria-busy]")).to_have_count(0)
    screenshots(page, "attached")
    chat.ask("May I keep budgerigars?")
    assert "Budgerigars may be kept without asking." in chat.said
    picture = chat.element.locator(".user .attachment img")
    width = "(image) => image.complete && image.naturalWidth"
    for address in ("blob:", "http"):
        expect(picture).to_be_visible()
        assert picture.get_attribute("src").startswith(address)
        picture.evaluate("async (image) => image.decode()")
        assert picture.evaluate(width) == 20  # as it was held
        page.reload()
        chat.ready()
    expect(chat.element.locator(".user .attachment")).to_have_count(2)
    link = chat.element.locator("a[href*='/attachments/']").first
    with page.expect_download() as saved:
        page.evaluate("(href) => { location.href = href; }", link.get_attribute("href"))
    assert saved.value.suggested_filename == "lease.md"
    # And by its own button in the conversation, which a picture needs not.
    expect(chat.element.locator("[part=download-button]")).to_have_count(1)
    save = chat.element.get_by_role("button", name="Download lease.md")
    with page.expect_download() as saved:
        save.click()
    assert saved.value.suggested_filename == "lease.md"
    assert Path(saved.value.path()).read_bytes() == LEASE
    watch.expect("status of 404")
    page.route("**/attachments/*", lambda route: route.fulfill(status=404, json={}))
    save.click()
    expect(chat.element.get_by_role("alert")).to_contain_text("lease.md is not there any more.")
