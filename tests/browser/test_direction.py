"""The page, its articles and the admin in Arabic: English names and numbers read as they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .bidi import reads_ltr, reads_rtl
from .chat import Chat
from .conftest import DESKTOP, PHONE, Starter, Watch
from .servers import Server

pytestmark = pytest.mark.browser

ARABIC = {"locale": "ar"}
SESSION = "**/api/chatkit/session"
TITLE = "Can I give Lakeside 15%?"
ASK = """
async (question) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const session = await fetch("/api/chatkit/session", {
    method: "POST",
    headers: {"Content-Type": "application/json", "X-CSRFToken": token},
    body: JSON.stringify({workflowId: "wf_help"}),
  });
  const {client_secret} = await session.json();
  const input = {content: [{type: "input_text", text: question}], attachments: [],
    inference_options: {}};
  const answer = await fetch("/api/chatkit", {
    method: "POST",
    headers: {"Content-Type": "application/json", Authorization: `Bearer ${client_secret}`},
    body: JSON.stringify({type: "threads.create", params: {input}}),
  });
  await answer.text();
}
"""


ARTICLE = """# الأوامر مع Lakeside 15%?

شغّل `install --all` ثم --help خلال 1.431 ms، وراجع [example.com/docs/](/docs/).

| الأمر | الوصف |
|---|---|
| `ls -la` | يعرض **C++** كلها |

- React هي مكتبة

English words at last.
"""


@pytest.fixture(scope="module")
def site(start_server: Starter, tmp_path_factory: pytest.TempPathFactory) -> Server:
    articles = tmp_path_factory.mktemp("articles")
    (articles / "ar").mkdir()
    (articles / "ar" / "commands.md").write_text(ARTICLE, "utf-8")
    help_desk = {"wf_help": "chatkit.selfhosted.helpdesk.HelpDeskServer"}
    return start_server(chatkit={"KNOWLEDGE_DIR": str(articles), "WORKFLOWS": help_desk})


@pytest.fixture
def records(site: Server, open_page: Callable[..., Any]) -> Server:
    """The site once Ada has asked a question."""
    if not site.rows("SELECT 1 FROM chatkit_run"):
        page = open_page(site, user="ada")
        page.goto("/")
        page.evaluate(ASK, TITLE)
    return site


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_records(records: Server, open_page: Callable[..., Any], size: dict[str, Any]) -> None:
    page = open_page(records, size, user="root", **ARABIC)
    page.goto("/admin/chatkit/thread/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    title = page.locator("#result_list tbody th").first
    assert reads_ltr(title, TITLE)
    # It begins where the column does.
    cell, words = title.bounding_box(), title.locator("a").bounding_box()
    assert cell["x"] + cell["width"] - words["x"] - words["width"] < 20
    title.locator("a").click()
    page.wait_for_url("**/change/")
    assert reads_ltr(page.locator("#content > h2"), TITLE)
    assert reads_ltr(page.locator(".field-title .readonly"), TITLE)
    opening = page.locator(".chatkit-open")
    if opening.count():
        opening.click()
    asked = page.locator(".chatkit-entry--user .chatkit-text")
    assert reads_ltr(asked, TITLE)
    assert reads_ltr(page.locator(".chatkit-run"), "ms")
    page.goto("/admin/chatkit/run/")
    figure = page.locator(".chatkit-totals dd").last
    assert figure.inner_text().endswith("ms")
    assert reads_ltr(figure, figure.inner_text().strip())


def test_article(site: Server, open_page: Callable[..., Any]) -> None:
    page = open_page(site, user="ada", **ARABIC)
    page.goto("/apps/chatkit/help/commands/")
    article = page.locator(".ck-article")
    parts = ["install --all", "--help", "1.431 ms", "example.com/docs/", "ls -la", "C++", "React"]
    assert [part for part in parts if not reads_ltr(article, part)] == []
    assert reads_rtl(article.locator("li"), "React هي")
    assert reads_ltr(article, "English words at last.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_page(site: Server, open_page: Callable[..., Any], size: dict[str, Any]) -> None:
    page = open_page(site, size, user="ada", **ARABIC)
    page.goto("/apps/chatkit/")
    page.locator(".ck-card-text").evaluate_all(
        "(texts) => texts.forEach((text) => { text.textContent = 'Is it 15%?' })"
    )
    Chat(page).open_panel()
    card = page.locator(".ck-card-text:visible").first
    assert reads_ltr(card, "Is it 15%?")


def test_state(site: Server, open_page: Callable[..., Any], watch: Watch) -> None:
    watch.expect("status of 403")
    page = open_page(site, user="ada", **ARABIC)
    error = {"code": "forbidden", "message": "Not for Lakeside."}
    page.route(SESSION, lambda route: route.fulfill(status=403, json={"error": error}))
    page.goto("/apps/chatkit/")
    page.locator(".ck-state-text").wait_for()
    assert reads_ltr(page.locator(".ck-state-text"), "Not for Lakeside.")
