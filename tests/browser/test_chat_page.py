"""The chat page as people use it: asking, citations, reloads, new chats, drafts, the phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .axe import violations
from .chat import PAGE, Chat
from .conftest import DESKTOP, PHONE, Starter, Watch, login
from .pages import wait_until
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

QUESTION = "How do I return goods?"
ANSWER = "Open the invoice and choose More > Return."


@pytest.fixture
def chat(screen: Any) -> Chat:
    """The chat, open, on a desktop's and on a phone's screen in turn."""
    return Chat(screen).open()


class TestStart:
    def test_the_greeting_knows_my_name(self, chat: Chat) -> None:
        expect(chat.element).to_contain_text("Hi Ada, what can I help you with?")

    def test_starter_prompts_of_my_language_ask(self, chat: Chat) -> None:
        expect(chat.element).not_to_contain_text("¿Cómo hago una devolución?")
        chat.element.get_by_role("button", name=QUESTION, exact=True).click()
        expect(chat.element).to_contain_text(ANSWER)

    def test_in_spanish(self, open_page: Callable[..., Any], server: Server) -> None:
        chat = Chat(open_page(server, PHONE, locale="es-MX")).open()
        expect(chat.element).to_contain_text("Hola, Ada. ¿En qué puedo ayudarte?")
        chat.element.get_by_role("button", name="¿Cómo hago una devolución?").click()
        expect(chat.element).to_contain_text("Abre la factura y elige Más > Devolución.")
        expect(chat.open_panel()).to_contain_text("Tu sesión")

    def test_without_the_slash_it_redirects(self, page: Any) -> None:
        page.goto(PAGE.rstrip("/"))
        Chat(page).ready()
        assert page.url.endswith(PAGE)


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
        chat.element.get_by_role("button", name="Returns and credit notes", exact=True).hover()
        expect(chat.element.get_by_role("tooltip")).to_contain_text("Help articles")


class TestAsking:
    def test_the_answer_cites_the_article_that_opens(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        assert ANSWER in chat.said
        link = chat.element.get_by_role("link").first
        address = link.get_attribute("href")
        assert address
        assert "/apps/chatkit/help/returns/#" in address
        chat.page.goto(address)
        expect(chat.page.locator("h1", has_text="Returns and credit notes")).to_be_visible()
        expect(chat.page.locator(f"[id='{address.partition('#')[2]}']")).to_be_in_viewport()

    def test_a_source_opens_over_the_chat_with_its_passage_marked(self, chat: Chat) -> None:
        chat.ask(QUESTION)
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

    def test_a_source_that_can_not_be_had_is_said(self, phone: Any, watch: Watch) -> None:
        watch.expect("ERR_FAILED")
        chat = Chat(phone).open().ask(QUESTION)
        phone.route("**/help/returns/", lambda route: route.abort())
        chat.element.locator("[part=citation]").first.click()
        drawer = phone.locator("[data-ck-source]")
        expect(drawer.get_by_role("alert")).to_contain_text("Check your connection")
        phone.mouse.click(200, 60)
        expect(drawer).to_be_hidden()

    def test_a_spanish_question_is_answered_in_spanish(self, chat: Chat) -> None:
        chat.ask("¿Cómo hago una devolución?")
        assert "Abre la factura y elige Más > Devolución." in chat.said

    def test_it_asks_back_with_topics_that_answer(self, chat: Chat) -> None:
        chat.ask("How do I delete a customer?")
        assert "Did you mean one of these?" in chat.said
        topics = chat.element.get_by_role("button", name="Manage your customers")
        answers = chat.element.locator("[data-copy]").count()
        topics.click()
        chat.element.locator("[data-copy]").nth(answers).wait_for()
        heading = chat.element.get_by_role("heading", name="Manage your customers › ")
        expect(heading.first).to_be_visible()

    def test_the_editors_are_told_what_was_not_found(self, chat: Chat) -> None:
        chat.ask("What is the capital of France?")
        assert "The help articles don’t answer that." in chat.said
        tell = chat.element.get_by_role("button", name="Tell the editors")
        tell.click()
        thanks = chat.element.get_by_text("The editors will see what you asked")
        expect(thanks).to_be_visible()
        expect(tell).to_have_count(0)
        chat.page.reload()
        expect(thanks).to_be_visible()

    def test_an_article_leads_back_with_a_question(self, screen: Any) -> None:
        screen.goto("/apps/chatkit/help/returns/")
        screen.get_by_role("link", name="Ask the assistant about this").click()
        chat = Chat(screen).ready()
        expect(chat.composer).to_have_value("Tell me about “Returns and credit notes”")
        assert "ask=" not in screen.url
        expect(chat.element).to_contain_text("Hi Ada")


class TestComingBack:
    def test_a_reload_keeps_my_conversation(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        thread = chat.thread
        assert thread.startswith("thr_")
        chat.page.reload()
        expect(chat.ready().element).to_contain_text(ANSWER)
        assert chat.thread == thread

    def test_so_does_coming_by_the_menu(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        thread = chat.thread
        chat.page.goto("/")
        chat.open()
        expect(chat.element).to_contain_text(ANSWER)
        assert chat.thread == thread

    def test_new_chat_starts_another(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        first = chat.thread
        chat.press("New chat")
        expect(chat.element).to_contain_text("Hi Ada")
        expect(chat.drawer).to_be_hidden()
        assert chat.thread == ""
        chat.page.reload()
        expect(chat.ready().element).to_contain_text("Hi Ada")
        chat.ask("How do I create an order?")
        assert chat.thread not in ("", first)
        chat.open(f"?thread={first}")
        expect(chat.element).to_contain_text(ANSWER)

    def test_the_start_screen_leads_on_with_what_was_left(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        first = chat.thread
        chat.press("New chat")
        chat.ask("How do I create an order?")
        second = chat.thread
        chat.press("New chat")
        chat.element.get_by_role("button", name="Continue:").click()
        expect(chat.element).to_contain_text("New order")
        assert chat.thread == second
        chat.page.evaluate("sessionStorage.clear()")
        chat.open()
        assert chat.thread == ""
        chat.element.get_by_role("button", name="Continue:").click()
        expect(chat.element).to_contain_text("New order")
        assert chat.thread == second != first

    def test_a_thread_that_is_gone_is_said_and_a_new_one_opened(self, chat: Chat) -> None:
        chat.open("?thread=thr_of_nobody")
        banner = chat.page.locator(".ck-banner")
        expect(banner).to_contain_text("That conversation does not exist any more")
        expect(chat.element).to_contain_text("Hi Ada")
        assert chat.thread == ""
        banner.get_by_role("button", name="Close").click()
        expect(banner).to_have_count(0)

    def test_the_draft_survives_a_reload(self, chat: Chat) -> None:
        chat.composer.fill("half a quest")
        chat.page.reload()
        expect(chat.ready().composer).to_have_value("half a quest")

    def test_a_question_survives_an_error(self, chat: Chat, watch: Watch) -> None:
        watch.expect("status of 500")
        error = {"error": {"code": "server_error", "message": "Something went wrong."}}
        chat.page.route("**/api/chatkit", lambda route: route.fulfill(status=500, json=error))
        chat.composer.fill(QUESTION)
        chat.composer.press("Enter")
        expect(chat.element).to_contain_text("Something went wrong.")
        chat.page.reload()
        asked = chat.ready().element.locator(".user")
        expect(asked).to_contain_text(QUESTION)
        expect(asked).to_contain_text("No answer")
        chat.page.unroute("**/api/chatkit")
        asked.get_by_role("button", name="Try again").click()
        expect(chat.element).to_contain_text(ANSWER)

    def test_the_next_person_at_this_screen_sees_nothing_of_it(self, own_screen: Any) -> None:
        chat = Chat(own_screen).open()
        chat.ask(QUESTION)
        chat.composer.fill("between Ada and the site")
        log_out(chat.page)
        chat.page.wait_for_function("!JSON.stringify(sessionStorage).includes('chatkit:')")
        login(chat.page, "bob")
        chat.open()
        expect(chat.element).to_contain_text("Hi Bob")
        expect(chat.composer).to_have_value("")
        kept = chat.page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
        assert "between Ada" not in kept
        assert "thr_" not in kept

    def test_back_after_logging_out_shows_no_conversation(self, own_screen: Any) -> None:
        chat = Chat(own_screen).open()
        chat.ask(QUESTION)
        log_out(chat.page)
        chat.page.go_back()
        chat.page.wait_for_url("**/accounts/login/**")
        assert ANSWER not in chat.page.content()

    def test_a_page_out_of_the_browsers_cache_is_read_again(self, chat: Chat) -> None:
        chat.page.evaluate("window.old = true")
        again = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
        with chat.page.expect_event("load"):
            chat.page.evaluate(again)
        chat.ready()
        assert chat.page.evaluate("window.old") is None


class TestLayout:
    def test_the_whole_conversation_is_printed(self, chat: Chat) -> None:
        for _ in range(3):
            chat.ask(QUESTION)
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

    def test_the_page_never_scrolls_and_the_last_message_is_in_sight(self, chat: Chat) -> None:
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

    def test_the_details_button_opens_them_on_a_phone(self, phone: Any) -> None:
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
        phone.keyboard.press("Escape")
        expect(chat.drawer).to_be_hidden()
        expect(chat.info).to_be_focused()

    def test_a_tap_beside_the_drawer_closes_it(self, phone: Any) -> None:
        chat = Chat(phone).open()
        chat.info.click()
        expect(chat.drawer).to_be_visible()
        phone.mouse.click(10, 400)
        expect(chat.drawer).to_be_hidden()

    def test_a_wider_screen_brings_them_back_beside_the_chat(self, phone: Any) -> None:
        chat = Chat(phone).open()
        chat.info.click()
        expect(chat.drawer).to_be_visible()
        phone.set_viewport_size({"width": 1280, "height": 800})
        expect(chat.drawer).to_be_hidden()
        expect(phone.locator("[data-ck-side] [data-ck-side-body]")).to_be_visible()

    def test_targets_are_large_enough_to_touch(self, phone: Any) -> None:
        chat = Chat(phone).open()
        for button in [chat.info, *chat.open_panel().get_by_role("button").all()]:
            box = button.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44


class TestKeyboard:
    def test_one_may_write_at_once_where_that_opens_no_keyboard(self, chat: Chat) -> None:
        if chat.phone:
            assert chat.page.evaluate("document.activeElement === document.body")
        else:
            expect(chat.composer).to_be_focused()

    def test_a_skip_link_leads_to_the_message_field(self, phone: Any) -> None:
        chat = Chat(phone).open()
        for name in ("Skip to content", "Skip to the message field"):
            link = phone.get_by_role("link", name=name)
            link.focus()
            expect(link).to_be_in_viewport(ratio=1)
            phone.keyboard.press("Enter")
            expect(chat.composer).to_be_focused()

    def test_the_next_question_is_queued_and_asked(self, page: Any) -> None:
        chat = Chat(page).open()
        chat.composer.fill(QUESTION)
        chat.composer.press("Enter")
        chat.composer.fill("How do I create an order?")
        chat.composer.press("Enter")
        expect(chat.element.locator("[part=thread]")).to_contain_text("New order")
        expect(chat.element.locator(".user")).to_have_count(2)
        chat.composer.press("ArrowUp")
        expect(chat.composer).to_have_value("How do I create an order?")


class TestPanel:
    def test_tells_the_session(self, chat: Chat, server: Server) -> None:
        chat.open_panel()
        expect(chat.page.locator("[data-ck-side-body] [data-ck-text=status]")).to_have_text(
            "Connected"
        )
        start, _, end = chat.fact("session").partition("…")
        [(found,)] = server.rows(
            "SELECT count(*) FROM chatkit_session WHERE session_id LIKE ? AND status = 'active'",
            f"{start}%{end}",
        )
        assert found == 1
        before = chat.fact("expires")
        assert before.startswith(("in 10:", "in 9:"))
        expect(chat.page.locator("[data-ck-side-body] [data-ck-text=expires]")).not_to_have_text(
            before
        )

    @pytest.mark.parametrize("locale", ["en-US", "es-ES", "ar-EG"])
    def test_its_buttons_stand_in_one_row(
        self, open_page: Callable[..., Any], server: Server, locale: str
    ) -> None:
        size = {"viewport": {"width": 1920, "height": 1080}}
        Chat(page := open_page(server, size, locale=locale)).open("?thread=new")
        buttons = page.locator("[data-ck-side-body] .ck-actions .ck-btn:visible")
        expect(buttons).to_have_count(2)
        assert len({button.bounding_box()["y"] for button in buttons.all()}) == 1

    def test_ends_the_session_and_keeps_the_conversation(self, chat: Chat, server: Server) -> None:
        chat.ask(QUESTION)
        chat.open_panel()
        start, _, end = chat.fact("session").partition("…")
        chat.press("End session")
        chat.state("ended")
        expect(chat.drawer).to_be_hidden()
        assert server.rows(
            "SELECT status FROM chatkit_session WHERE session_id LIKE ?", f"{start}%{end}"
        ) == [("cancelled",)]
        chat.page.get_by_role("button", name="Start a new session").click()
        expect(chat.ready().element).to_contain_text(ANSWER)

    def test_says_so_if_the_session_cannot_be_ended(self, chat: Chat, watch: Watch) -> None:
        watch.expect("status of 500")
        chat.page.route("**/cancel", lambda route: route.fulfill(status=500, json={}))
        chat.press("End session")
        expect(chat.page.locator("[data-ck-text=note]")).to_have_text(
            "The session could not be ended. Please try again."
        )
        expect(chat.open_panel().get_by_role("button", name="End session")).to_be_enabled()


class TestOtherHosts:
    def test_it_stands_alone_where_the_site_names_no_template(
        self, start_server: Starter, open_page: Callable[..., Any]
    ) -> None:
        server = start_server(chatkit={"BASE_TEMPLATE": None}, semantic=False)
        for size in (DESKTOP, PHONE):
            chat = Chat(open_page(server, size)).open().ask(QUESTION)
            assert ANSWER in chat.said
            expect(chat.composer).to_be_in_viewport(ratio=1)
            overflow = "document.scrollingElement.scrollHeight - innerHeight"
            assert chat.page.evaluate(overflow) == 0


def log_out(page: Any) -> None:
    page.goto("/")
    page.evaluate(
        """() => {
          const form = document.querySelector('form[action*="logout"]');
          form.submit();
        }"""
    )
    page.wait_for_url("**/accounts/log**")


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
