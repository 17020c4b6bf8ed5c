"""A host's own tests with a browser: Django's live server, a script that answers, page helpers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chatkit.testing import ChatPage, Fail, Hold, Script, Source

from ..testing.test_documented import BLOCK, PAGE
from .pages import Watch, page_opener
from .profiles import Profiles

pytestmark = pytest.mark.browser


class WebDriver:
    """What of Selenium's driver the helpers use, done by the same browser."""

    def __init__(self, page: Any) -> None:
        self.get = page.goto
        self.execute_script = lambda script, argument: page.evaluate(
            f"(given) => (function () {{ {script} }})(given)", argument
        )


def documented(*fixtures: Any) -> None:
    """The test of the page on tests, as a host has it."""
    (example,) = [block for name, block in BLOCK.findall(PAGE) if name == "shop/test_browser.py"]
    names: dict[str, Any] = {}
    exec(compile(example, "shop/test_browser.py", "exec"), names)
    names["test_returns"](*fixtures)


def log_in(live_server: Any, cookie: str, page: Any) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


def answer_in_turn(script: Script) -> None:
    script.answer("Within **30 days**.", Source("Returns", url="/help/returns"))
    script.answer("One, ", Hold(), "two.")
    script.answer(Fail("We are closed."))


def test_the_page_is_driven_and_answered_by_a_script(
    live_server: Any,
    client: Any,
    user: Any,
    profiles: Profiles,
    watch: Watch,
    chatkit_script: Script,
) -> None:
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    with page_opener(profiles, watch) as new_page:
        page = new_page(live_server.url)
        documented(live_server, page, partial(log_in, live_server, cookie), chatkit_script)
        # It goes on with the conversation that the tab had open, once that is there.
        chatkit_script.answer("Still.")
        assert ChatPage(page, live_server.url).open().ask("Really?") == "Still."
        page.evaluate("sessionStorage.clear()")
        chatkit_script.asked.clear()
        answer_in_turn(chatkit_script)
        chat = ChatPage(page, live_server.url).open()
        assert chat.ask("How long?") == "Within 30 days."
        assert (chat.questions, chat.error) == (["How long?"], "")
        assert "Within 30 days." in chat.said
        chat.send("Count")
        assert "two" not in chat.said
        chatkit_script.go()
        assert chat.wait_for_answer() == "One, two."
        assert chat.ask("Open?") == ""
        assert chat.error == "We are closed."
        chatkit_script.answer("And again.")
        driver = ChatPage(WebDriver(page), live_server.url, timeout=5)
        assert driver.press("Dismiss").ask("Again?") == "And again."
        assert driver.answers == ["Within 30 days.", "One, two.", "And again."]
        driver.timeout = 0
        with pytest.raises(TimeoutError, match="There is no button 'Nowhere'"):
            driver.press("Nowhere")
        page.goto("about:blank")
    assert chatkit_script.asked == ["How long?", "Count", "Open?", "Again?"]
