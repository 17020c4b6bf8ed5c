"""The chat page as people use it: asking, citations, the panel, versions of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .axe import violations
from .chat import PAGE, Chat
from .conftest import PHONE, Watch
from .pages import wait_until
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

QUESTION = "How do I return goods?"
ANSWER = "Open the invoice and choose More > Return."


class TestStart:
    def test_it_greets_me_and_its_prompts_ask(self, page: Any) -> None:
        page.goto(PAGE.rstrip("/"))
        chat = Chat(page).ready()
        assert page.url.endswith(PAGE)
        expect(chat.element).to_contain_text("Hi Ada, what can I help you with?")
        expect(chat.element).not_to_contain_text("¿Cómo hago una devolución?")
        chat.element.get_by_role("button", name=QUESTION, exact=True).click()
        expect(chat.element).to_contain_text(ANSWER)

    def test_in_spanish(self, open_page: Callable[..., Any], server: Server) -> None:
        chat = Chat(open_page(server, PHONE, locale="es-MX")).open()
        expect(chat.element).to_contain_text("Hola, Ada. ¿En qué puedo ayudarte?")
        chat.element.get_by_role("button", name="¿Cómo hago una devolución?").click()
        expect(chat.element).to_contain_text("Abre la factura y elige Más > Devolución.")
        expect(chat.open_panel()).to_contain_text("Tu sesión")


class TestMenus:
    def test_a_template_whose_field_names_an_article(self, page: Any) -> None:
        chat = Chat(page).open()
        field = chat.element.locator("textarea.input")
        options = chat.element.get_by_role("option")
        field.press_sequentially("/ask")
        expect(options).to_contain_text(["Ask an article"])
        with page.expect_response("**/api/chatkit/templates/*/used") as used:
            field.press("Enter")
        assert used.value.status == 200
        field.press_sequentially("@returns")  # in place of the field
        expect(options).to_have_count(1)
        field.press("Enter")
        expect(field).to_have_value("What does Returns and credit notes say?")
        field.press("Enter")
        chat.element.locator("[data-copy]").first.wait_for()
        expect(chat.element).to_contain_text("Returns and credit notes (Help articles)")
        tag = chat.element.locator(".user [part=tag]")  # what is offered next may be named alike
        expect(tag).to_have_text("Returns and credit notes")
        tag.hover()
        expect(chat.element.get_by_role("tooltip")).to_contain_text("Help articles")


class TestAsking:
    def test_a_source_opens_over_the_chat_with_its_passage_marked(self, screen: Any) -> None:
        chat = Chat(screen).open().ask(QUESTION)
        assert ANSWER in chat.said
        source = chat.element.locator("[part=citation]").first
        source.click()
        drawer = chat.page.get_by_role("dialog", name="Returns and credit notes")
        expect(drawer).to_contain_text(ANSWER)
        marked = "[...CSS.highlights.get('chatkit-passage')][0]"
        wait_until(chat.page, "CSS.highlights.has('chatkit-passage')")
        assert "Open the invoice" in chat.page.evaluate(f"{marked}.toString()")
        # Where it is once it has come to rest.
        drawer.evaluate("one => Promise.all(one.getAnimations().map(({ finished }) => finished))")
        place = chat.page.evaluate(f"{marked}.getClientRects()[0].toJSON()")
        box = drawer.bounding_box()
        assert box["y"] < place["y"] < box["y"] + box["height"]
        if chat.phone:  # a sheet from below
            assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
            assert box["y"] > 100
        expect(drawer.get_by_role("link", name="Open the whole page")).to_have_attribute(
            "href", re.compile(r"/help/returns/#.")
        )
        assert violations(chat.page) == []
        chat.page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
        expect(source).to_be_focused()
        assert not chat.page.evaluate("CSS.highlights.has('chatkit-passage')")
        address = source.get_attribute("href")
        assert "/apps/chatkit/help/returns/#" in address
        chat.page.goto(address)
        expect(chat.page.locator("h1", has_text="Returns and credit notes")).to_be_visible()
        expect(chat.page.locator(f"[id='{address.partition('#')[2]}']")).to_be_in_viewport()

    def test_a_source_that_can_not_be_had_is_said(self, phone: Any, watch: Watch) -> None:
        watch.expect("ERR_FAILED")
        chat = Chat(phone).open().ask(QUESTION)
        phone.route("**/help/returns/", lambda route: route.abort())
        chat.element.locator("[part=citation]").first.click()
        drawer = phone.locator("[data-ck-source]")
        expect(drawer.get_by_role("alert")).to_contain_text("Check your connection")
        phone.mouse.click(200, 60)
        expect(drawer).to_be_hidden()

    def test_in_its_language_or_it_asks_back_with_topics_that_answer(self, phone: Any) -> None:
        chat = Chat(phone).open().ask("¿Cómo hago una devolución?")
        assert "Abre la factura y elige Más > Devolución." in chat.said
        chat.ask("How do I delete a customer?")
        assert "Did you mean one of these?" in chat.said
        topics = chat.element.get_by_role("button", name="Manage your customers")
        answers = chat.element.locator("[data-copy]").count()
        topics.click()
        chat.element.locator("[data-copy]").nth(answers).wait_for()
        heading = chat.element.get_by_role("heading", name="Manage your customers › ")
        expect(heading.first).to_be_visible()

    def test_the_editors_are_told_what_was_not_found(self, page: Any) -> None:
        chat = Chat(page).open().ask("What is the capital of France?")
        assert "The help articles don’t answer that." in chat.said
        tell = chat.element.get_by_role("button", name="Tell the editors")
        tell.click()
        thanks = chat.element.get_by_text("The editors will see what you asked")
        expect(thanks).to_be_visible()
        expect(tell).to_have_count(0)
        page.reload()
        expect(thanks).to_be_visible()

    def test_an_article_leads_back_with_a_question(self, page: Any) -> None:
        page.goto("/apps/chatkit/help/returns/")
        page.get_by_role("link", name="Ask the assistant about this").click()
        chat = Chat(page).ready()
        expect(chat.composer).to_have_value("Tell me about “Returns and credit notes”")
        assert "ask=" not in page.url
        expect(chat.element).to_contain_text("Hi Ada")

    def test_the_next_question_is_queued_and_asked(self, page: Any) -> None:
        chat = Chat(page).open()
        expect(chat.composer).to_be_focused()  # which opens no keyboard here
        chat.composer.fill(QUESTION)
        chat.composer.press("Enter")
        chat.composer.fill("How do I create an order?")
        chat.composer.press("Enter")
        expect(chat.element.locator("[part=thread]")).to_contain_text("New order")
        expect(chat.element.locator(".user")).to_have_count(2)
        chat.composer.press("ArrowUp")
        expect(chat.composer).to_have_value("How do I create an order?")


class TestPanel:
    def test_tells_the_session(self, page: Any, server: Server) -> None:
        chat = Chat(page).open()
        expect(page.locator("[data-ck-side-body] [data-ck-text=status]")).to_have_text("Connected")
        start, _, end = chat.fact("session").partition("…")
        [(found,)] = server.rows(
            "SELECT count(*) FROM chatkit_session WHERE session_id LIKE ? AND status = 'active'",
            f"{start}%{end}",
        )
        assert found == 1
        before = chat.fact("expires")
        assert before.startswith(("in 10:", "in 9:"))
        expires = page.locator("[data-ck-side-body] [data-ck-text=expires]")
        expect(expires).not_to_have_text(before)

    @pytest.mark.parametrize("locale", ["en-US", "es-ES", "ar-EG"])
    def test_its_buttons_stand_in_one_row(
        self, open_page: Callable[..., Any], server: Server, locale: str
    ) -> None:
        size = {"viewport": {"width": 1920, "height": 1080}}
        Chat(page := open_page(server, size, locale=locale)).open("?thread=new")
        buttons = page.locator("[data-ck-side-body] .ck-actions .ck-btn:visible")
        expect(buttons).to_have_count(2)
        assert len({button.bounding_box()["y"] for button in buttons.all()}) == 1

    def test_ends_the_session_and_keeps_the_conversation(
        self, phone: Any, server: Server, watch: Watch
    ) -> None:
        chat = Chat(phone).open().ask(QUESTION)
        watch.expect("status of 500")
        phone.route("**/cancel", lambda route: route.fulfill(status=500, json={}))
        chat.press("End session")
        expect(phone.locator("[data-ck-text=note]")).to_have_text(
            "The session could not be ended. Please try again."
        )
        expect(chat.open_panel().get_by_role("button", name="End session")).to_be_enabled()
        phone.unroute("**/cancel")
        start, _, end = chat.fact("session").partition("…")
        chat.press("End session")
        chat.state("ended")
        expect(chat.drawer).to_be_hidden()
        assert server.rows(
            "SELECT status FROM chatkit_session WHERE session_id LIKE ?", f"{start}%{end}"
        ) == [("cancelled",)]
        phone.get_by_role("button", name="Start a new session").click()
        expect(chat.ready().element).to_contain_text(ANSWER)


class TestVersions:
    """`threadItemActions: {versions, edit, followUps}`, which are on in the chat page."""

    def test_an_answer_again_a_question_anew_and_what_is_next(self, page: Any) -> None:
        chat = Chat(page).open().ask(QUESTION)
        element = chat.element
        count = element.locator(".versions .count")
        follow_ups = element.locator("[data-follow-up]")
        expect(element.locator("[part=workflow]")).to_contain_text("Searched the help articles")
        follow_ups.first.wait_for()
        element.get_by_role("button", name="Answer again").click()
        expect(count).to_contain_text("2/2")
        element.get_by_role("button", name="Earlier version").click()
        expect(count).to_contain_text("Version 1 of 2")
        expect(element.get_by_role("button", name="Earlier version")).to_be_focused()
        page.reload()
        expect(count).to_contain_text("1/2")
        expect(element.locator("[part=workflow]")).to_contain_text("Searched the help articles")
        element.locator(".user").hover()
        element.get_by_role("button", name="Edit and ask again").click()
        expect(chat.composer).to_have_value(QUESTION)
        expect(chat.composer).to_be_focused()
        page.keyboard.press("Escape")
        expect(chat.composer).to_have_value("")
        page.keyboard.press("Enter")
        expect(element.locator("[part=editing]")).to_be_visible()
        chat.composer.fill("Thanks!")
        chat.composer.press("Enter")
        expect(element.locator(".user .versions")).to_contain_text("2/2")
        thread = element.locator("[part=thread]")
        expect(thread).not_to_contain_text(ANSWER)
        element.get_by_role("button", name="Earlier version").click()
        expect(thread).to_contain_text(ANSWER)
        follow_ups.first.click()
        expect(element.locator(".user")).to_have_count(2)
