"""The states of the chat page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from ..chat import Chat
from ..element.states import LONG_QUESTION
from .states import Visit, state

# The start and the list ------------------------------------------------------------------------


@state()
def start(visit: Visit) -> None:
    visit.new()


@state(user="none")
def start_empty(visit: Visit) -> None:
    visit.new()


@state(user="none")
def list_empty(visit: Visit) -> None:
    visit.list()


@state(user="many")
def list_many(visit: Visit) -> None:
    visit.list()


@state(user="many")
def list_menu(visit: Visit) -> None:
    visit.row_menu(visit.list(), 1)


@state(user="many")
def list_renaming(visit: Visit) -> None:
    found = visit.list()
    visit.row_menu(found, 2)
    found.get_by_role("menuitem").first.click()
    found.locator("[data-editing]").wait_for()


@state(user="many")
def list_archived(visit: Visit) -> None:
    found = visit.list()
    found.locator("[data-archived]").click()
    found.locator("[data-all]").wait_for()
    found.locator("[data-thread]").first.wait_for()


@state(user="many")
def list_selecting(visit: Visit) -> None:
    found = visit.list()
    found.locator("[data-select]").click()
    for number in (0, 2):
        found.get_by_role("checkbox").nth(number).click()


@state(user="many")
def list_undo(visit: Visit) -> None:
    found = visit.list()
    visit.row_menu(found, 4)
    found.get_by_role("menuitem").last.click()
    found.locator("[data-undo]").wait_for()


@state(user="many")
def search_hits(visit: Visit) -> None:
    found = visit.list()
    word = {"en": "invoice", "es": "factura", "ar": "طلب"}[visit.look.language]
    found.locator("[data-search]").fill(word)
    found.locator("mark").first.wait_for()


@state(user="many")
def search_none(visit: Visit) -> None:
    found = visit.list()
    found.locator("[data-search]").fill("xylophone")
    found.locator(".nothing").wait_for()


# An answer ---------------------------------------------------------------------------------------


def sent(visit: Visit, question: str) -> Chat:
    chat = visit.new()
    chat.composer.fill(question)
    chat.composer.press("Enter")
    return chat


@state()
def answering(visit: Visit) -> None:
    chat = sent(visit, "search customers")
    chat.element.locator("[part=progress]").wait_for()
    expect(chat.element.locator("[part=progress]")).to_contain_text("Looking up")


@state()
def answering_long(visit: Visit) -> None:
    visit.page.clock.install()
    chat = sent(visit, "search customers")
    expect(chat.element.locator("[part=progress]")).to_contain_text("Looking up")
    visit.page.clock.run_for(40_000)
    chat.element.locator("[data-waiting]").wait_for()


@state()
def growing(visit: Visit) -> None:
    chat = sent(visit, "grow")
    chat.element.locator(".assistant h3, .assistant h4, .assistant h2").first.wait_for()
    chat.element.locator("[part=pinned-question]").wait_for()


@state()
def queued(visit: Visit) -> None:
    chat = sent(visit, "search customers")
    expect(chat.element.locator("[part=progress]")).to_contain_text("Looking up")
    for question in (visit.question, LONG_QUESTION[:120]):
        chat.composer.fill(question)
        chat.composer.press("Enter")
    expect(chat.element.locator(".queue li")).to_have_count(2)


@state()
def stopped(visit: Visit) -> None:
    chat = sent(visit, "search customers")
    expect(chat.element.locator("[part=progress]")).to_contain_text("Looking up")
    chat.element.locator("[part=stop-button]").click()
    chat.element.locator("[data-stopped], [part=task]").first.wait_for()


@state()
def answered(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[part=follow-ups]").wait_for()


@state()
def sources_open(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[part=follow-ups]").wait_for()
    chat.element.locator("summary").first.click()
    chat.element.locator("summary").last.click()


@state()
def steps(visit: Visit) -> None:
    chat = visit.asked("steps")
    chat.element.locator("[part=workflow] button, [part=workflow] summary").first.click()


@state()
def unknown(visit: Visit) -> None:
    visit.asked("What is the capital of France?")


@state()
def long_answer(visit: Visit) -> None:
    chat = visit.asked("long")
    chat.element.locator("[data-scroller]").evaluate("node => node.scrollTo(0, 700)")
    chat.element.locator("[part=pinned-question]").wait_for()


@state()
def long_question(visit: Visit) -> None:
    chat = visit.asked(LONG_QUESTION)
    chat.element.locator("[data-scroller]").evaluate("node => node.scrollTo(0, 0)")
    chat.element.locator("[part=fold-button]").wait_for()


@state()
def wide_table(visit: Visit) -> None:
    visit.asked("wide").element.locator("[part=table]").wait_for()


@state()
def code(visit: Visit) -> None:
    chat = visit.asked("code")
    chat.element.locator(".hl-keyword").first.wait_for()


@state()
def versions(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[data-again]").last.click()
    chat.element.locator("[part=versions]").wait_for()
    chat.element.locator("[part=stop-button]").wait_for(state="detached")


@state()
def editing(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator(".user").hover()
    chat.element.locator("[data-edit]").click()
    chat.element.locator("[part=editing]").wait_for()


@state()
def bad_answer(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[data-feedback=negative]").click()
    chat.element.locator("[data-reason]").first.wait_for()


@state()
def bad_answer_comment(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[data-feedback=negative]").click()
    chat.element.locator("[data-reason]").first.click()
    chat.element.locator(".why .field").wait_for()


@state()
def source_drawer(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[part=citation]").first.click()
    visit.page.locator("[data-ck-source][open] h2").first.wait_for()
    visit.page.wait_for_timeout(400)


@state(widths=("1280", "1920"))
def shortcuts(visit: Visit) -> None:
    chat = visit.asked()
    visit.page.keyboard.press("Control+/")
    chat.element.get_by_role("dialog").wait_for()


@state()
def details(visit: Visit) -> None:
    visit.asked().open_panel()


@state()
def conversation_menu(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[part=thread-menu-button]").click()
    chat.element.get_by_role("menuitem").first.wait_for()


@state()
def share(visit: Visit) -> None:
    chat = visit.asked()
    chat.element.locator("[part=thread-menu-button]").click()
    chat.element.get_by_role("menuitem").last.click()
    chat.element.locator("dialog .primary").click()
    chat.element.locator("dialog input").wait_for()


@state()
def shared(visit: Visit) -> None:
    share(visit)
    link = visit.page.locator("openai-chatkit dialog input").input_value()
    visit.page.goto(link)


@state()
def printed(visit: Visit) -> None:
    visit.asked(visit.question, "wide")
    visit.page.emulate_media(media="print")


@state()
def attached(visit: Visit) -> None:
    chat = visit.new()
    lease = b"# Lease\n\n## Keeping animals\n\nBudgerigars may be kept without asking.\n"
    chat.element.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "text/markdown", "buffer": lease}
            for name in ("lease.md", "a-very-long-name-of-a-file-that-nobody-would-type-2026.md")
        ]
    )
    expect(chat.element.locator("footer .attachment")).to_have_count(2)
    expect(chat.element.locator("footer .attachment[aria-busy]")).to_have_count(0)


@state()
def attached_sent(visit: Visit) -> None:
    attached(visit)
    Chat(visit.page).ask("May I keep budgerigars?")


@state()
def dictating(visit: Visit) -> None:
    chat = visit.new()
    chat.element.locator("[part=dictate-button]").click()
    chat.element.locator("[part=dictation], .voice, .dictation").first.wait_for()
    visit.page.wait_for_timeout(1500)


# What goes wrong ------------------------------------------------------------------------------


@state()
def offline(visit: Visit) -> None:
    chat = visit.asked()
    visit.page.context.set_offline(True)
    chat.element.locator(".banner").wait_for()
    visit.page.on("close", lambda _: visit.page.context.set_offline(False))


@state()
def failed(visit: Visit) -> None:
    chat = sent(visit, "fail")
    chat.element.get_by_role("alert").wait_for()


@state(complaints=("429",))
def message_limited(visit: Visit) -> None:
    chat = visit.asked()
    body = {"error": {"code": "rate_limited", "message": "You have sent many messages."}}
    answer: dict[str, Any] = {"status": 429, "json": body, "headers": {"Retry-After": "42"}}
    visit.page.route("**/api/chatkit", lambda route: route.fulfill(**answer))
    chat.composer.fill(visit.question)
    chat.composer.press("Enter")
    chat.element.locator("[data-wait]").wait_for()


@state(complaints=("429",))
def session_limited(visit: Visit) -> None:
    visit.refuse(429, "rate_limited", "Slow down.", **{"Retry-After": "75"})
    Chat(visit.page).state("rate-limited")


@state(complaints=("500",))
def session_failed(visit: Visit) -> None:
    visit.refuse(500, "openai_timeout", "The assistant took too long to answer.")
    Chat(visit.page).state("error")


@state(complaints=("401",))
def logged_out(visit: Visit) -> None:
    visit.refuse(401, "not_authenticated", "Please log in.")
    Chat(visit.page).state("logged-out")


@state()
def ended(visit: Visit) -> None:
    chat = visit.new()
    panel = chat.open_panel()
    panel.locator("[data-ck-end]").click()
    chat.state("ended")


@state()
def loading(visit: Visit) -> None:
    visit.page.route("**/static/chatkit/chatkit.js", lambda route: None)
    visit.page.goto("/apps/chatkit/", wait_until="commit")
    Chat(visit.page).state("loading")
