"""The admin's records in a real Chromium: found through the menu, filtered, and read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DESKTOP, PHONE, Starter, Watch
from .servers import Server

pytestmark = pytest.mark.browser

HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"
QUESTION = "How do I cancel an order?"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
# A chat front end in small: a session for each workflow, and a question to the first.
CHAT = """
async ([ours, hosted, question]) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const open = (workflowId) => fetch("/api/chatkit/session", {
    method: "POST",
    headers: {"Content-Type": "application/json", "X-CSRFToken": token},
    body: JSON.stringify({workflowId, userId: "crm-4711"}),
  });
  const {client_secret} = await (await open(ours)).json();
  const input = {content: [{type: "input_text", text: question}], attachments: [],
    inference_options: {}};
  const answer = await fetch("/api/chatkit", {
    method: "POST",
    headers: {"Content-Type": "application/json", Authorization: `Bearer ${client_secret}`},
    body: JSON.stringify({type: "threads.create", params: {input}}),
  });
  const words = await answer.text();
  return [answer.status, words.includes("thread.item.done"), (await open(hosted)).status];
}
"""


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    """A site with a workflow of its own, and one of OpenAI's for which no key is set."""
    return start_server(
        chatkit={"WORKFLOWS": {"wf_help": HELP_DESK, "wf_hosted": "openai"}, "OPENAI_API_KEY": ""},
    )


@pytest.fixture
def records(site: Server, open_page: Callable[..., Any], watch: Watch) -> Server:
    """The site once Ada has asked a question, and failed to reach the hosted workflow."""
    watch.expect("500 (Internal Server Error)")
    if not site.rows("SELECT 1 FROM chatkit_session WHERE status = 'failed'"):
        page = open_page(site, user="ada")
        page.goto("/")
        assert page.evaluate(CHAT, ["wf_help", "wf_hosted", QUESTION]) == [200, True, 500]
    return site


@pytest.fixture(params=list(SIZES))
def admin_page(request: Any, records: Server, open_page: Callable[..., Any]) -> Any:
    return open_page(records, SIZES[request.param], user="root")


def choose(page: Any, name: str) -> None:
    """Choose an entry of the site's menu, which is a drawer on a phone."""
    page.goto("/")
    button = page.locator("#menu-button")
    if button.is_visible():
        button.click()
    page.get_by_role("link", name=name, exact=True).click()


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_failed_session_is_found_and_explained(admin_page: Any) -> None:
    page = admin_page
    choose(page, "Session records")
    page.wait_for_url("**/admin/chatkit/session/")
    assert page.locator("h1").filter(has_text="Session records").count() == 1
    assert (
        page.get_by_text("OpenAI shuts Agent Builder down")
        .or_(page.get_by_text("OpenAI announced the end of Agent Builder"))
        .is_visible()
    )
    assert fits(page)
    rows = page.locator("#result_list tbody tr")
    everything = rows.count()
    page.locator("#changelist-filter").get_by_role("link", name="Failed", exact=True).click()
    page.wait_for_url(re.compile("status=failed"))
    assert 0 < rows.count() < everything
    assert rows.first.get_by_text("not_configured").is_visible()
    rows.first.locator("th a").click()
    page.wait_for_url(re.compile(r"/session/\d+/change/"))
    assert page.get_by_text("OPENAI_API_KEY is not set.", exact=True).is_visible()
    assert page.get_by_text("Set CHATKIT['OPENAI_API_KEY']").is_visible()
    assert page.get_by_text("crm-4711").is_visible()
    assert page.locator("[name=_save]").count() == 0
    assert fits(page)


def test_dates_narrow_the_list(records: Server, open_page: Callable[..., Any]) -> None:
    page = open_page(records, user="root")
    page.goto("/admin/chatkit/session/?status=failed")
    page.get_by_label("To", exact=True).fill("2001-02-03")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(re.compile("created_at__to=2001-02-03"))
    assert "status=failed" in page.url
    assert page.locator("#result_list tbody tr").count() == 0
    assert page.get_by_label("To", exact=True).input_value() == "2001-02-03"


def test_transcript_is_read(admin_page: Any, records: Server) -> None:
    page = admin_page
    choose(page, "Conversations")
    page.wait_for_url("**/admin/chatkit/thread/")
    assert fits(page)
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url(re.compile("/thread/.+/change/"))
    entries = page.locator(".chatkit-entry")
    opening = page.get_by_role("button", name="Open the conversation")
    if opening.count():  # else it is open since the same login's test on the other screen
        opening.click()
    page.get_by_text("You opened this conversation").wait_for()
    assert entries.first.get_by_role("heading", name="User").is_visible()
    assert entries.first.get_by_text(QUESTION).is_visible()
    answer = page.locator(".chatkit-entry--assistant").first
    assert answer.get_by_role("heading", name="Sources").is_visible()
    assert page.get_by_text("Run: Completed").is_visible()
    assert fits(page)
    readings = records.rows("SELECT object_repr, change_message FROM django_admin_log")
    assert any(name.startswith("thr_") and "Opened" in said for name, said in readings)


def test_menu_entry_needs_the_permission(
    records: Server, open_page: Callable[..., Any], watch: Watch
) -> None:
    watch.expect("403 (Forbidden)")
    page = open_page(records, user="ada")
    page.goto("/")
    assert page.get_by_role("link", name="Chat assistant").count()
    assert page.get_by_role("link", name="Session records").count() == 0
    assert page.goto("/admin/chatkit/session/").status == 403


@pytest.mark.parametrize("width", [768, 1024])
def test_a_list_has_room_beside_the_menu_on_a_tablet(
    records: Server, open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(records, {"viewport": {"width": width, "height": 900}}, user="root")
    page.goto("/admin/chatkit/session/")
    menu = page.locator("#nav-sidebar").bounding_box()
    table = page.locator("#changelist .results").bounding_box()
    assert table["width"] > width - menu["width"] - 100
    assert page.locator("#searchbar").bounding_box()["width"] > 100
