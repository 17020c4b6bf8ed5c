"""The chat page's layout on a desktop and on a phone: its bar, menu, panel, and the keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from .chat import Chat
from .test_states import QUESTION

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser


class TestBoth:
    def test_nothing_scrolls_but_the_messages_and_all_of_them_are_printed(
        self, screen: Any
    ) -> None:
        chat = Chat(screen).open()

        def fits() -> None:
            assert chat.page.evaluate(
                "[document.scrollingElement.scrollHeight - innerHeight,"
                " document.scrollingElement.scrollWidth - innerWidth]"
            ) == [0, 0]
            expect(chat.composer).to_be_in_viewport(ratio=1)
            box, composer = chat.element.bounding_box(), chat.composer.bounding_box()
            assert box
            assert composer
            # At the bottom of a conversation, whatever stands above it; in the middle before.
            below = box["y"] + box["height"] - composer["y"] - composer["height"]
            assert below < 90 if chat.thread else 0.3 < below / box["height"] < 0.7
            if chat.phone:
                assert (box["x"], box["y"], box["width"]) == (0, 0, 390)
                assert box["y"] + box["height"] == 844

        fits()
        for question in (QUESTION, "How do I create an order?", "How do I register a payment?"):
            chat.ask(question)
            fits()
        expect(chat.element.locator("[data-copy]").last).to_be_in_viewport(ratio=1)
        chat.page.emulate_media(media="print")
        cut = chat.element.evaluate(
            """element => {
              const { bottom } = element.shadowRoot.querySelector(".log").getBoundingClientRect();
              const boxes = [element, ...element.shadowRoot.querySelectorAll("section, .scroller")];
              for (let box = element; box; box = box.parentElement) boxes.push(box);
              return boxes.filter((box) => getComputedStyle(box).overflowY !== "visible"
                && box.getBoundingClientRect().bottom < bottom - 1).map(({className}) => className);
            }"""
        )
        assert cut == []
        expect(chat.page.get_by_role("heading", level=1)).to_be_visible()
        expect(chat.page.get_by_role("banner").get_by_role("button")).to_have_count(0)
        pages = chat.page.pdf(format="A5").count(b"/Type /Page\n")
        assert pages > 1
        chat.page.emulate_media(media="null")


class TestDesktop:
    def test_the_menu_is_a_rail_with_words_on_demand(self, page: Any) -> None:
        Chat(page).open()
        rail = page.locator("#menu")
        assert rail.bounding_box()["width"] == 64
        entry = rail.get_by_role("link", name="Help")
        words = entry.locator("span")
        shown = "words => getComputedStyle(words).clipPath === 'none'"
        assert not words.evaluate(shown)
        entry.hover()
        assert words.evaluate(shown)
        box = words.bounding_box()
        assert box["x"] >= 60
        on_top = "([x, y]) => document.elementFromPoint(x, y).closest('.topbar, main') === null"
        words.evaluate("words => { words.style.pointerEvents = 'auto' }")
        assert page.evaluate(on_top, [box["x"] + 5, box["y"] + 5])
        entry.click()
        page.wait_for_url("**/help/")
        assert rail.bounding_box()["width"] == 260

    def test_cards_and_panel_stand_beside_the_start_screen_alone(self, page: Any) -> None:
        chat = Chat(page).open()
        panel = page.get_by_role("complementary", name="About this chat")
        expect(chat.info).to_be_hidden()
        expect(panel.get_by_role("heading")).to_have_text(
            ["Your session", "What it can do", "How your data is treated", "What it cannot do"]
        )
        start, beside = chat.element.bounding_box(), panel.bounding_box()
        assert start["x"] + start["width"] <= beside["x"]
        chat.ask(QUESTION)
        expect(panel).to_be_hidden()
        assert chat.element.bounding_box()["width"] == 1280 - 64
        column = chat.element.locator("[part=log]").bounding_box()
        assert column["width"] <= 760
        page.reload()
        chat.ready()
        expect(panel).to_be_hidden()
        chat.info.click()
        expect(chat.drawer).to_be_visible()
        chat.press("New chat")
        expect(chat.drawer).to_be_hidden()
        expect(panel).to_be_visible()


class TestPhone:
    def test_one_bar_on_a_phone(self, phone: Any) -> None:
        chat = Chat(phone).open().ask(QUESTION)
        bar = chat.element.locator("[part=header]").bounding_box()
        assert (bar["y"], bar["height"]) == (0, 53)  # with its line
        buttons = [
            phone.get_by_role("button", name="Open menu"),
            chat.element.locator("[part=title]"),
            *chat.element.locator("[data-history], [data-new]").all(),
            chat.info,
        ]
        end = 0.0
        for button in buttons:
            box = button.bounding_box()
            assert end <= box["x"] < 390
            assert abs(box["y"] + box["height"] / 2 - 26) < 3
            end = box["x"] + box["width"]
        assert phone.locator("h1").text_content() == "Chat assistant"

    def test_skip_links_lead_to_the_message_field(self, phone: Any) -> None:
        chat = Chat(phone).open()
        # A field that has the focus would open the keyboard.
        assert phone.evaluate("document.activeElement === document.body")
        for name in ("Skip to content", "Skip to the message field"):
            link = phone.get_by_role("link", name=name)
            link.focus()
            expect(link).to_be_in_viewport(ratio=1)
            phone.keyboard.press("Enter")
            expect(chat.composer).to_be_focused()

    def test_what_the_top_bar_had_is_in_the_menu_there(self, phone: Any) -> None:
        chat = Chat(phone).open()
        phone.get_by_role("button", name="Open menu").click()
        menu = phone.get_by_role("dialog", name="Main menu")
        menu.locator("summary[aria-label='Colour scheme']").click()
        menu.get_by_role("button", name="Dark").click()
        expect(phone.locator("html")).to_have_attribute("data-theme", "dark")
        for key in ("Tab", "Shift+Tab"):
            for _ in range(10):
                phone.keyboard.press(key)
                assert phone.evaluate("document.activeElement.closest('#menu') !== null")
        phone.keyboard.press("Escape")
        phone.set_viewport_size({"width": 1280, "height": 800})
        expect(phone.locator(".topbar summary[aria-label='Colour scheme']")).to_be_visible()
        chat.ready()

    def test_the_details_open_in_a_drawer(self, phone: Any) -> None:
        chat = Chat(phone).open()
        expect(phone.locator("[data-ck-side]")).to_be_hidden()
        chat.info.focus()
        phone.keyboard.press("Enter")
        expect(phone.get_by_role("dialog", name="About this chat")).to_be_visible()
        expect(chat.drawer.get_by_role("heading", name="What it can do")).to_be_visible()
        inside = "document.querySelector('[data-ck-drawer]').contains(document.activeElement)"
        for _ in range(8):
            assert phone.evaluate(f"{inside} || document.activeElement === document.body")
            phone.keyboard.press("Tab")
        for button in [chat.info, *chat.open_panel().get_by_role("button").all()]:
            box = button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44
        phone.keyboard.press("Escape")
        expect(chat.drawer).to_be_hidden()
        expect(chat.info).to_be_focused()
        chat.info.click()
        expect(chat.drawer).to_be_visible()
        phone.mouse.click(10, 400)  # beside it
        expect(chat.drawer).to_be_hidden()
        # A wider screen has them beside the chat again.
        chat.info.click()
        expect(chat.drawer).to_be_visible()
        phone.set_viewport_size({"width": 1280, "height": 800})
        expect(chat.drawer).to_be_hidden()
        expect(phone.locator("[data-ck-side] [data-ck-side-body]")).to_be_visible()
