"""Articles in the admin, in a real Chromium: written, previewed, published, and asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from ..contrib.articles.papers import docx, words
from .axe import needs_axe, violations
from .chat import Chat
from .conftest import DESKTOP, PHONE, Starter, Watch
from .servers import Server
from .test_admin import fits

pytestmark = pytest.mark.browser

LIST = "/admin/chatkit_articles/article/"
UNANSWERED = "/apps/chatkit/console/unanswered/"
ANSWERED = [
    "How do I create an order?",
    "How do I cancel an order?",
    "How do I return goods?",
    "How do I issue an invoice?",
    "How do I add a customer?",
    "How do I record a payment?",
    "How do I change my password?",
]
IN_VAIN = ["What is the weather tomorrow?", "Who won the football match?", "Can you bake a cake?"]
DOCUMENTS = "/admin/chatkit_articles/document/"
# Of Django's own list: its search field, and its "Show all".
DJANGOS = ("label-title-only", "link-in-text-block")
HOSTILE = """## Charge it

Hold the **button**.

<script>alert(1)</script> [x](javascript:alert(1))
"""


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    return start_server()


def begin(page: Any, title: str, body: str) -> None:
    """A new article, and its editor."""
    page.goto(f"{LIST}add/")
    page.get_by_label("Title:").fill(title)
    page.get_by_label("Text:").fill(body)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/articletext/*/change/")


def save_and_stay(page: Any) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()


def test_written_previewed_published_and_asked(site: Server, open_page: Callable[..., Any]) -> None:
    name = "Hoverboards"
    page = open_page(site, PHONE, user="root")
    begin(page, name, HOSTILE)
    page.get_by_role("button", name="Show as readers see it").click()
    preview = page.get_by_role("article", name="Preview")
    preview.get_by_role("heading", name="Charge it").wait_for()
    assert preview.locator("script, a").count() == 0
    told = page.get_by_role("status").get_by_role("listitem")
    assert "HTML does nothing here" in told.nth(0).inner_text()
    assert "can’t be followed" in told.nth(1).inner_text()
    # It follows what is written.
    page.get_by_label("Text:").fill("## Charge it\n\nHold the lever.")
    preview.get_by_text("Hold the lever.").wait_for()
    told.first.wait_for(state="detached")
    assert fits(page)
    page.get_by_role("button", name="Publish").click()
    page.get_by_text(f"“{name}” is published.").wait_for()
    chat = Chat(page).open().ask(f"How do I charge {name.lower()}?")
    assert "Hold the lever." in chat.said


def test_without_a_script_the_preview_is_a_page(
    site: Server, open_page: Callable[..., Any]
) -> None:
    page = open_page(site, user="root", java_script_enabled=False)
    begin(page, "Ornithopters", "## Flap\n\nFlap both wings.")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Show as readers see it").click()
    expect(opened.value.get_by_role("heading", name="Ornithopters")).to_be_visible()
    expect(opened.value.get_by_text("This is a preview.")).to_be_visible()
    opened.value.close()


@needs_axe
def test_two_editors(site: Server, open_page: Callable[..., Any]) -> None:
    first = open_page(site, user="root")
    begin(first, "Gliders", "Run downhill.")
    second = open_page(site, user="root")
    second.goto(first.url)
    first.get_by_label("Text:").fill("Run downhill fast.")
    save_and_stay(first)
    second.get_by_label("Text:").fill("Run downhill.\n\nWith a friend.")
    save_and_stay(second)
    changed = second.get_by_role("region", name="What was changed meanwhile")
    assert changed.locator("ins").first.inner_text().strip() == "fast"
    assert second.get_by_label("Text:").input_value().endswith("With a friend.")
    assert violations(second) == []
    save_and_stay(second)
    second.get_by_role("link", name="History").click()
    second.get_by_role("button", name="Show the differences").click()
    added = second.get_by_role("region", name="Differences").locator("ins")
    expect(added.filter(has_text="With a friend.")).not_to_have_count(0)
    second.get_by_role("button", name="Bring back – 2").click()
    second.wait_for_url("**/change/")
    assert second.get_by_label("Text:").input_value() == "Run downhill fast."


@needs_axe
@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(DESKTOP, "light", "en"), (PHONE, "dark", "ar")],
    ids=["desktop-light-en", "phone-dark-ar"],
)
def test_axe_finds_nothing(
    site: Server,
    open_page: Callable[..., Any],
    watch: Watch,
    size: Any,
    scheme: str,
    language: str,
) -> None:
    author = open_page(site, user="root")
    begin(author, f"Balloons {scheme} {size['viewport']['width']}", HOSTILE)
    author.get_by_label("Text:").fill("Fill it with hot air.")
    save_and_stay(author)
    editor = author.url.partition("/admin/")[2]
    page = open_page(site, size, user="root", color_scheme=scheme, locale=language)
    history = editor.replace("/change/", "/history/")
    pages = [
        LIST,
        f"/admin/{editor}",
        f"/admin/{history}?from=1&to=2",
        f"/admin/{history}?from=1&to=2&view=unified",
        f"{LIST}add/",
    ]
    found = {}
    for address in pages:
        page.goto(address)
        if address.endswith(editor):
            page.locator("[data-chatkit-show]").click()
            page.locator("[data-chatkit-shown]").wait_for()
        found[address] = [one for one in violations(page) if not one.startswith(DJANGOS)]
        assert fits(page), address
    page.goto(f"/admin/{editor}")
    page.locator(".chatkit-state a").first.click()
    found["article"] = violations(page)
    assert found == {name: [] for name in found}


def test_documents_are_dropped_and_chosen(
    site: Server, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    good = tmp_path / "kites.txt"
    good.write_text("Fly a kite\n\nRun against the wind.")
    empty = tmp_path / "empty.txt"
    empty.touch()
    macro = tmp_path / "macro.docx"
    macro.write_bytes(docx(words("x"), more={"word/vbaProject.bin": b"x"}))
    page = open_page(site, user="root")
    page.goto(f"{DOCUMENTS}add/")
    expect(page.get_by_role("heading", name="Make drafts of documents")).to_be_visible()
    field = page.get_by_label("Files:")
    drop(page, field, [good])
    assert field.evaluate("field => [...field.files].map(({name}) => name)") == ["kites.txt"]
    assert fits(page)
    field.set_input_files([good, empty, macro])
    page.get_by_role("button", name="Make drafts").click()
    page.wait_for_url(f"**{DOCUMENTS}")
    expect(page.get_by_text("3 documents were uploaded.")).to_be_visible()
    row = page.get_by_role("row")
    expect(row.filter(has_text="empty.txt")).to_contain_text("The file is empty.")
    # The list asks for itself again while something is being read.
    expect(row.filter(has_text="macro.docx")).to_contain_text("The document holds a macro.")
    expect(row.filter(has_text="kites.txt").get_by_role("link", name="Draft")).to_be_visible()
    shown = "UPDATE chatkit_articles_document SET state = ?, done = ?, pages = 3 WHERE name = ?"
    site.write(shown, "reading", 1, "kites.txt")
    page.reload()
    bar = row.filter(has_text="kites.txt").get_by_role("progressbar")
    expect(row.filter(has_text="kites.txt")).to_contain_text("Page 1 of 3")
    site.write(shown, "reading", 2, "kites.txt")
    expect(bar).to_have_attribute("value", "2")
    site.write(shown, "done", 3, "kites.txt")
    row.filter(has_text="kites.txt").get_by_role("link", name="Draft").click()
    assert "Run against the wind." in page.get_by_label("Text:").input_value()


def test_what_was_asked_in_vain_is_answered_once_an_article_is_written(
    site: Server, open_page: Callable[..., Any]
) -> None:
    chat = Chat(open_page(site, user="bob")).open()
    for question in (*ANSWERED, *IN_VAIN):
        chat.ask(question)
    page = open_page(site, user="root")
    page.goto(UNANSWERED)
    listed = page.locator("tbody tr a").all_inner_texts()
    assert set(IN_VAIN) <= set(listed)
    assert not set(ANSWERED) & set(listed)
    page.get_by_role("link", name=IN_VAIN[0]).click()
    question = page.url
    page.get_by_role("button", name="Write an article").click()
    field = page.get_by_label("Text:")
    assert IN_VAIN[0] in field.input_value() + page.get_by_label("Title:").input_value()
    field.fill("## The weather tomorrow\n\nThe forecast for tomorrow is on the **Visits** page.")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("is published.").wait_for()
    page.goto(question)
    page.get_by_role("link", name="Ask again").click()
    expect(page.get_by_text("The search answers 1 of 1 wording now.")).to_be_visible()
    chat.begin_anew()
    chat.ask(IN_VAIN[0])
    assert "is on the Visits page" in chat.said
    assert chat.element.locator(".sources").inner_text() == "1 source"


def drop(page: Any, field: Any, files: list[Path]) -> None:
    """Drop files on a field as from a folder of the desktop."""
    box = field.bounding_box()
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "data": data, **at})
    browser.detach()
