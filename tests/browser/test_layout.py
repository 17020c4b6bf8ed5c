"""Room for the messages in short windows, nothing that jumps while the page loads, and old style
sheets around the chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .chat import Chat
from .conftest import PHONE, Watch
from .pages import wait_until
from .servers import Server
from .test_states import QUESTION

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
BOXES = """() => {
  const { shadowRoot } = document.querySelector("openai-chatkit");
  const box = (name) => {
    const found = shadowRoot.querySelector(name)?.getBoundingClientRect();
    return found ? [found.top, found.bottom] : null;
  };
  return Object.fromEntries(
    ["[data-scroller]", ".stage", ".greeting", "textarea"].map((name) => [name, box(name)]));
}"""


def window(width: int, height: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": height}}


class TestShortWindows:
    """320 x 256 is a desktop's 1280 x 1024 at 400 %."""

    def test_the_greeting_can_be_reached_and_messages_and_composer_are_both_in_sight(
        self, open_page: Callable[..., Any], server: Server
    ) -> None:
        chat = Chat(page := open_page(server, window(320, 256))).open()
        for width, height in ((320, 256), (640, 200)):
            page.set_viewport_size({"width": width, "height": height})
            chat.element.locator(".stage").evaluate("stage => stage.scrollTo(0, 0)")
            boxes = page.evaluate(BOXES)
            assert boxes[".greeting"][0] >= boxes[".stage"][0]
        page.set_viewport_size({"width": 320, "height": 256})
        chat.ask(QUESTION)
        for width, height, least in ((320, 256, 130), (640, 200, 90), (844, 390, 200)):
            page.set_viewport_size({"width": width, "height": height})
            boxes = page.evaluate(BOXES)
            top, bottom = boxes["[data-scroller]"]
            assert bottom - top >= least
            assert boxes["textarea"][1] <= height
            assert page.evaluate("document.documentElement.scrollHeight") == height

    def test_a_state_and_its_button(
        self, open_page: Callable[..., Any], server: Server, watch: Watch
    ) -> None:
        watch.expect("ERR_FAILED")
        page = open_page(server, window(320, 256))
        page.route("**/api/chatkit/session", lambda route: route.abort())
        page.goto("/apps/chatkit/")
        Chat(page).state("error")
        title, bar = (page.locator(f".ck-{name}") for name in ("state-title", "bar"))
        assert title.bounding_box()["y"] >= bar.bounding_box()["y"] + bar.bounding_box()["height"]
        page.unroute("**/api/chatkit/session")
        page.get_by_role("button", name="Try again").click()
        Chat(page).ready()

    def test_a_short_box_in_a_tall_window(self, page: Any) -> None:
        page.goto("/form/")
        Chat(page).ready()
        page.locator(".chatkit-container").evaluate("box => { box.style.height = '180px'; }")
        chat = Chat(page).ask(QUESTION)
        top, bottom = chat.page.evaluate(BOXES)["[data-scroller]"]
        assert bottom - top >= 80


class TestKeyboard:
    """On a phone, as Chromium has it: the page asks that the keyboard takes its room away."""

    def test_the_end_of_the_conversation_stays_above_it(self, phone: Any) -> None:
        chat = Chat(phone).open().ask(QUESTION)
        end = chat.element.locator("[data-follow-up]").last
        end.wait_for()
        screen = phone.context.new_cdp_session(phone)
        size = {"width": 390, "deviceScaleFactor": 2, "mobile": True}
        chat.composer.tap()
        for height in (508, 250, 844):  # the keyboard, it and its suggestions on their side, none
            screen.send("Emulation.setDeviceMetricsOverride", {**size, "height": height})
            wait_until(phone, f"visualViewport.height === {height}")
            composer = chat.element.locator("[part=composer]").bounding_box()
            assert height - 60 < composer["y"] + composer["height"] <= height
            expect(chat.element.locator("[part=header]")).to_be_in_viewport(ratio=1)
            expect(end).to_be_in_viewport(ratio=1)
            expect(chat.composer).to_be_focused()
            assert phone.evaluate("[document.scrollingElement.scrollHeight, scrollY]") == [
                height,
                0,
            ]


class TestShifts:
    @pytest.mark.parametrize(
        "size",
        [window(320, 256), window(390, 844), PHONE, window(768, 1024), window(1280, 800)],
        ids=["320", "390", "phone", "768", "1280"],
    )
    def test_nothing_jumps(
        self, open_page: Callable[..., Any], server: Server, size: dict[str, Any]
    ) -> None:
        page = open_page(server, size)
        page.add_init_script(SHIFTS)
        chat = Chat(page).open().ask(QUESTION)
        assert chat.page.evaluate("window.shifts") < 0.02


class TestQuestions:
    def test_the_pencil_under_one_takes_no_row(self, page: Any) -> None:
        chat = Chat(page).open().ask(QUESTION)
        question = chat.element.locator(".user")
        pencil = question.locator("[data-edit]")
        pencil.wait_for()
        bubble = question.locator(".bubble").bounding_box()
        answer = chat.element.locator(".log > .user + *").bounding_box()
        between = answer["y"] - bubble["y"] - bubble["height"]
        assert between <= 20
        expect(pencil).to_have_css("opacity", "0")
        question.hover()
        expect(pencil).to_have_css("opacity", "1")
        assert pencil.bounding_box()["height"] <= between + 4
        # What is said of its time stands beside it.
        time, edit = question.locator("time").bounding_box(), pencil.bounding_box()
        assert time["x"] + time["width"] <= edit["x"]


class TestOldStyleSheets:
    """`html { font-size: 62.5% }` and `* { box-sizing: content-box }`."""

    def test_text_and_boxes_keep_their_size(
        self, open_page: Callable[..., Any], server: Server, watch: Watch
    ) -> None:
        watch.expect("ERR_FAILED")
        page = open_page(server, window(390, 844))
        page.route("**/api/chatkit/session", lambda route: route.abort())
        page.goto("/old/")
        Chat(page).state("error")
        sizes = page.evaluate(
            """() => [".ck-state-title", ".ck-state-text", ".ck-btn"].map((name) =>
                 parseFloat(getComputedStyle(document.querySelector(name)).fontSize))"""
        )
        assert sizes == [18, 14, 14]
        assert page.evaluate("document.documentElement.scrollWidth") == 390
