"""The list of conversations beside the chat, on the real page."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from ..selfhosted.protocol import until
from .axe import needs_axe, violations
from .chat import Chat
from .conftest import PHONE, Starter
from .servers import Server

pytestmark = [pytest.mark.browser, needs_axe]
WIDE = {"viewport": {"width": 1280, "height": 800}}
WORDS = ["Refunds", "Parcel to Łódź", "Invoices", "Opening hours", "Gift cards"]


@pytest.fixture(scope="module")
def server(start_server: Starter) -> Server:
    limits = {"session": "1000/m", "message": "1000/m", "request": "5000/m", "search": "1000/m"}
    return start_server(chatkit={"RATE_LIMITS": limits})


@pytest.fixture(autouse=True)
def rows(server: Server) -> None:
    """Five conversations of Ada's, a minute apart, the last one of two days ago."""
    kept = ("chatkit_thread", "chatkit_threaditem")
    for table in ("chatkit_runevent", "chatkit_run", *reversed(kept)):
        server.write(f"DELETE FROM {table}")
    if not server.rows("SELECT name FROM sqlite_master WHERE name = 'kept_chatkit_thread'"):
        fill(server, WORDS)
        for table in kept:
            server.write(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
        return
    for table in kept:
        server.write(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def fill(server: Server, titles: list[str], first: int = 0) -> None:
    """Written by the app itself, so that the words are kept, too."""
    script = f"""
import datetime
from django.contrib.auth import get_user_model
from django.utils import timezone
from chatkit import workflows
from chatkit.models import Thread, ThreadItem
user, now = get_user_model().objects.get(username="ada"), timezone.now()
threads, items = [], []
for number, title in enumerate({titles!r}, {first}):
    at = now - datetime.timedelta(minutes=number, days=2 if number > 3 else 0)
    thread = Thread(id=f"thr_{{number:04}}", user=user, workflow_id=workflows.default().id,
        title=title, created_at=at, updated_at=at)
    threads.append(thread)
    answer = f"Press the button for {{title}}."
    for kind, text in (("user", f"About {{title}}?"), ("assistant", answer)):
        part = {{"type": "input_text" if kind == "user" else "output_text", "text": text}}
        id = f"msg_{{number}}_{{kind}}"
        payload = {{"id": id, "thread_id": thread.pk, "created_at": at.isoformat(),
            "type": f"{{kind}}_message", "content": [part], "attachments": [],
            "inference_options": {{}}}}
        items.append(ThreadItem(thread=thread, item_id=id, type=f"{{kind}}_message",
            payload=payload, created_at=at))
Thread.objects.bulk_create(threads)
ThreadItem.objects.bulk_create(items)
"""
    server.command("shell", "-v", "0", "-c", script)


class List:
    """The list of a page, and what one does with it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.chat = Chat(page).open()
        self.element = self.chat.element
        self.list = self.element.locator(".list")
        self.rows = self.list.locator("[data-thread]")
        self.titles = self.list.locator("[data-thread] .name")
        self.search = self.list.locator("[data-search]")

    def row(self, title: str) -> Any:
        return self.rows.filter(has_text=title).first

    def menu(self, title: str, entry: str) -> None:
        self.row(title).hover()
        self.row(title).locator(".more").click()
        self.list.get_by_role("menuitem", name=entry, exact=True).click()

    @property
    def focused(self) -> str:
        return str(
            self.element.evaluate(
                "element => element.shadowRoot.activeElement?.closest('[data-thread]')"
                "?.dataset.thread ?? ''"
            )
        )


@pytest.fixture
def wide(open_page: Any, server: Server) -> List:
    return List(open_page(server, WIDE))


def test_the_start_screen_leads_on_with_the_title_of_the_list_and_past_the_archive(
    wide: List,
) -> None:
    wide.row("Refunds").locator(".open").click()
    wide.chat.press("New chat")
    last = wide.element.get_by_role("button", name="Continue:")
    expect(last).to_contain_text("Refunds")
    wide.menu("Refunds", "Rename")
    wide.list.get_by_role("textbox", name="Title").fill("Money back")
    wide.page.keyboard.press("Enter")
    expect(last).to_contain_text("Money back")
    wide.menu("Money back", "Archive")
    expect(last).to_contain_text(WORDS[1])
    wide.menu(WORDS[1], "Delete")
    expect(last).to_contain_text(WORDS[2])
    wide.list.get_by_role("button", name="Undo").click()
    expect(last).to_contain_text(WORDS[1])


def test_by_last_use_under_its_days(wide: List) -> None:
    expect(wide.titles).to_have_text(WORDS)
    expect(wide.list.locator("h3")).to_have_text(["Today", "Previous 7 days"])
    expect(wide.row("Refunds").locator(".line")).to_have_text("Press the button for Refunds.")
    assert violations(wide.page) == []
    # A new one stands first, with its title and its last line once it is answered.
    wide.chat.ask("How do I create an order?")
    expect(wide.rows).to_have_count(6)
    expect(wide.rows.first).to_have_attribute("data-current", "")
    title = wide.element.locator("[part=title]").inner_text()
    expect(wide.rows.first.locator(".name")).to_have_text(title)
    expect(wide.rows.first.locator(".line")).not_to_be_empty()
    expect(wide.rows.first.locator(".dot")).to_have_count(0)
    wide.row("Invoices").locator(".open").click()
    expect(wide.element.locator(".user .bubble")).to_have_text("About Invoices?")
    expect(wide.row("Invoices")).to_have_attribute("data-current", "")


def test_what_is_asked_four_times_has_four_titles(wide: List) -> None:
    for number in range(1, 5):
        wide.chat.ask("How do I create an order?")
        wide.chat.begin_anew()
        expect(wide.rows).to_have_count(len(WORDS) + number)

    def titles() -> list[str]:
        found: list[str] = wide.titles.all_inner_texts()[:4]
        return found

    until(lambda: len(set(titles())) == 4)  # an answer has its title a little later
    assert all("order" in title.lower() for title in titles()), titles()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_titles_that_differ_by_their_number_alone_show_it(
    server: Server, open_page: Any, locale: str
) -> None:
    long = "Invoices that nobody has paid until the end of the quarter"
    for number, thread in enumerate(("thr_0000", "thr_0001"), 2):
        title = f"{long} ({number})"
        server.write("UPDATE chatkit_thread SET title = ? WHERE id = ?", title, thread)
    wide = List(open_page(server, WIDE, locale=locale))
    expect(wide.titles.nth(1)).to_have_text(f"{long} (3)")
    ends = """name => {
      const walker = document.createTreeWalker(name, NodeFilter.SHOW_TEXT);
      let last;
      while (walker.nextNode()) if (walker.currentNode.data.trim()) last = walker.currentNode;
      const range = document.createRange();
      range.setStart(last, last.data.length - 3);
      range.setEnd(last, last.data.length);
      const [end, box] = [range.getBoundingClientRect(), name.getBoundingClientRect()];
      const row = name.parentElement.getBoundingClientRect();
      return [range.toString(), end.right <= box.right + 1 && end.left >= box.left,
        getComputedStyle(document.documentElement).direction === "rtl"
          ? row.right - box.right : box.left - row.left];
    }"""
    for number in (2, 3):
        name, inside, edge = wide.titles.nth(number - 2).evaluate(ends)
        assert (name, inside) == (f"({number})", True)
        assert edge == pytest.approx(12, abs=1)


def test_by_the_keyboard(wide: List) -> None:
    keys = wide.page.keyboard
    wide.rows.first.wait_for()
    keys.press("Control+k")
    expect(wide.search).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    assert wide.focused == "thr_0001"
    keys.press("F2")
    keys.type("Poland")
    keys.press("Enter")
    expect(wide.titles).to_have_text(["Refunds", "Poland", *WORDS[2:]])
    assert wide.focused == "thr_0001"
    keys.press("F2")
    keys.type("nothing")
    keys.press("Escape")
    expect(wide.titles.nth(1)).to_have_text("Poland")
    keys.press("End")
    assert wide.focused == "thr_0004"
    keys.press("Home")
    keys.press("Delete")
    expect(wide.titles).to_have_text(["Poland", *WORDS[2:]])
    assert wide.focused == "thr_0001"
    keys.press("Shift+F10")
    expect(wide.list.get_by_role("menuitem", name="Rename")).to_be_focused()
    keys.press("Escape")
    assert wide.focused == "thr_0001"
    keys.press("Enter")
    expect(wide.element.locator(".user .bubble")).to_have_text("About Parcel to Łódź?")
    keys.press("Control+/")
    shortcuts = wide.element.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_contain_text("Search conversations")


def test_delete_with_undo_pin_and_archive(wide: List, server: Server) -> None:
    wide.row("Refunds").locator(".open").click()
    expect(wide.element.locator(".user")).to_have_count(1)
    wide.menu("Refunds", "Delete")
    expect(wide.titles).to_have_text(WORDS[1:])
    expect(wide.element.locator(".user")).to_have_count(0)  # it was open
    wide.list.get_by_role("button", name="Undo").click()
    expect(wide.titles).to_have_text(WORDS)
    expect(wide.element.locator(".user .bubble")).to_have_text("About Refunds?")
    wide.menu("Invoices", "Pin")
    expect(wide.list.locator("h3").first).to_have_text("Pinned")
    expect(wide.titles.first).to_have_text("Invoices")
    wide.menu("Refunds", "Archive")
    wide.row("Gift cards").wait_for()
    wide.list.locator("[data-select]").click()
    for title in ("Opening hours", "Gift cards"):
        wide.row(title).get_by_role("checkbox").click()
    expect(wide.list.locator(".count")).to_have_text("2 selected")
    wide.list.get_by_role("button", name="Delete").click()
    expect(wide.titles).to_have_text(["Invoices", "Parcel to Łódź"])
    expect(wide.list.locator(".said")).to_contain_text("2 conversations deleted")
    wide.list.locator("[data-archived]").click()
    expect(wide.titles).to_have_text(["Refunds"])
    wide.menu("Refunds", "Unarchive")
    wide.list.locator("[data-all]").click()
    expect(wide.titles).to_have_text(["Invoices", "Refunds", "Parcel to Łódź"])
    # For good, without this tab's doing.
    server.write("UPDATE chatkit_thread SET deleted_at = '2026-01-01' WHERE deleted_at NOT NULL")
    wide.page.reload()
    wide.rows.first.wait_for()
    assert server.rows("SELECT count(*) FROM chatkit_thread") == [(3,)]


def test_search_opens_at_the_message(wide: List, server: Server) -> None:
    wide.rows.first.wait_for()
    wide.page.keyboard.press("Control+k")
    wide.page.keyboard.type("button for lodz")
    hit = wide.list.locator(".hits [data-thread]")
    expect(hit).to_have_count(1)
    expect(hit.locator(".passage")).to_have_text("Press the button for Parcel to Łódź.")
    expect(hit.locator(".passage mark")).to_have_text(["button", "for", "Łódź"])
    assert violations(wide.page) == []
    hit.locator(".open").click()
    found = wide.element.locator("article[data-found]")
    expect(found).to_contain_text("Press the button for Parcel to Łódź.")
    assert wide.page.evaluate("CSS.highlights.get('chatkit-found').size") == 3
    wide.search.fill("nowhere to be found")
    expect(wide.list.locator(".nothing")).to_have_text("Nothing found")
    wide.search.press("Escape")
    expect(wide.titles).to_have_text(WORDS)


def test_what_a_search_has_found_is_deleted_brought_back_and_renamed(
    wide: List, server: Server
) -> None:
    wide.rows.first.wait_for()
    wide.list.locator("[data-archived]").click()
    expect(wide.rows).to_have_count(0)  # what is found is not among the rows
    wide.search.fill("button for lodz")
    hit = wide.list.locator(".hits [data-thread]")
    hit.locator(".open").focus()
    wide.page.keyboard.press("Delete")
    expect(hit).to_have_count(0)
    deleted = "SELECT count(*) FROM chatkit_thread WHERE deleted_at NOT NULL"
    until(lambda: server.rows(deleted) == [(1,)])
    wide.list.get_by_role("button", name="Undo").click()
    expect(hit).to_have_count(1)
    until(lambda: server.rows(deleted) == [(0,)])
    hit.locator(".open").focus()
    wide.page.keyboard.press("F2")
    wide.page.keyboard.type("Parcels")
    wide.page.keyboard.press("Enter")
    expect(hit.locator(".name")).to_have_text("Parcels")
    until(
        lambda: server.rows("SELECT count(*) FROM chatkit_thread WHERE title = 'Parcels'") == [(1,)]
    )


def test_other_tabs_see_it(wide: List, open_page: Any, server: Server) -> None:
    other_page = wide.page.context.new_page()
    other = List(other_page)
    other.rows.first.wait_for()
    wide.rows.first.wait_for()
    wide.row("Invoices").locator(".open").click()
    expect(wide.element.locator(".user .bubble")).to_have_text("About Invoices?")
    wide.chat.ask("How do I create an order?")
    expect(other.titles.first).to_have_text("Invoices")  # by its last use
    other.menu("Gift cards", "Delete")
    expect(wide.row("Gift cards")).to_have_count(0)
    other_page.close()
    # An answer that is written elsewhere shows by what the server says.
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
    server.write("UPDATE chatkit_run SET live = 'thr_0000', heartbeat_at = ?", now)
    wide.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(wide.row("Refunds").locator(".dot")).to_be_visible()
    server.write("UPDATE chatkit_run SET live = NULL")
    wide.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(wide.row("Refunds").locator(".dot")).to_have_count(0)


def test_a_drawer_on_a_phone(open_page: Any, server: Server) -> None:
    phone = List(open_page(server, PHONE))
    expect(phone.rows).to_have_count(0)
    phone.element.locator("[data-history]").click()
    expect(phone.titles).to_have_text(WORDS)
    expect(phone.search).to_be_focused()
    assert violations(phone.page) == []
    for _ in range(12):
        phone.page.keyboard.press("Shift+Tab")
        inside = "e => !!e.shadowRoot.activeElement?.closest('.list')"
        assert phone.element.evaluate(inside)
    for button in phone.list.locator("button:not(.scrim):visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 40, button.inner_text()
    phone.page.keyboard.press("Escape")
    expect(phone.list.locator(".list-box")).to_be_hidden()
    expect(phone.element.locator("[data-history]")).to_be_focused()
    phone.element.locator("[data-history]").click()
    phone.row("Invoices").locator(".open").click()
    expect(phone.list.locator(".list-box")).to_be_hidden()
    expect(phone.element.locator(".user .bubble")).to_have_text("About Invoices?")


def test_many_are_drawn_as_they_are_seen(wide: List, server: Server) -> None:
    fill(server, [f"Number {number}" for number in range(400)], first=100)
    wide.page.reload()
    wide.rows.first.wait_for()
    scroller = wide.list.locator(".rows")
    for _ in range(30):
        scroller.evaluate("scroller => scroller.scrollTo(0, scroller.scrollHeight)")
        if wide.row("Number 399").count():
            break
        wide.page.wait_for_timeout(50)
    expect(wide.row("Number 399")).to_be_visible()
    assert wide.rows.count() < 60
    wide.row("Number 399").locator(".open").focus()
    wide.page.keyboard.press("Home")
    assert wide.focused == "thr_0000"
    expect(wide.row("Refunds")).to_be_in_viewport()
