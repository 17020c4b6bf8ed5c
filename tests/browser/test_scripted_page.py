"""A host's own tests with a browser: Django's live server, a script that answers, page helpers."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.testing import ChatPage, Fail, Hold, Script, Source

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


def test_the_page_is_driven_and_answered_by_a_script(
    live_server: Any,
    client: Any,
    user: Any,
    profiles: Profiles,
    watch: Watch,
    chatkit_script: Script,
) -> None:
    client.force_login(user)
    login = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    chatkit_script.answer("Within **30 days**.", Source("Returns", url="/help/returns"))
    chatkit_script.answer("One, ", Hold(), "two.")
    chatkit_script.answer(Fail("We are closed."))
    with page_opener(profiles, watch) as new_page:
        page = new_page(live_server.url)
        page.context.add_cookies([login | {"url": live_server.url}])
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
