"""No word makes a page wider than a phone, on whichever page it stands.

HOSTILE_TEXTS=all looks at every record; without it at the first and the last of a kind.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.utils import quote

from ..tools import processor
from .conftest import PHONE, Starter, Watch
from .servers import Server

pytestmark = pytest.mark.browser

CONSOLE = "/apps/chatkit/console/"
#: What is wider than the screen; a phone may also have made the page smaller to show all of it.
WIDE = """() => {
  const scroller = document.querySelector("openai-chatkit")?.shadowRoot
    .querySelector("[data-scroller]");
  const wide = [document.documentElement, scroller]
    .filter((one) => one && one.scrollWidth > one.clientWidth)
    .map((one) => `${one.className || one.localName} ${one.scrollWidth}`);
  return innerWidth > screen.width ? [...wide, `window ${innerWidth}`] : wide;
}"""


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    server = start_server(chatkit={"WORKFLOWS": {"wf_wide": "tests.safety.echo.EchoServer"}})
    server.command("shell", "-v", "0", "-c", "from tests.browser.wide_words import fill; fill()")
    return server


def ids(site: Server, table: str, column: str = "id") -> list[Any]:
    """In the order in which they were made."""
    every = [value for (value,) in site.rows(f"SELECT {column} FROM {table} ORDER BY rowid")]
    return every if os.environ.get("HOSTILE_TEXTS") == "all" else every[:: max(1, len(every) - 1)]


def console_paths(site: Server) -> list[str]:
    groups = ids(site, "chatkit_console_questiongroup")
    of_set = ids(site, "chatkit_console_evaluationset")[0]
    question = ids(site, "chatkit_console_evaluationquestion")[0]
    return [
        "", "unanswered/", "conversations/", "conversations/?list=answers", "usage/", "quality/",
        "quality/evaluations/", f"quality/evaluations/{of_set}/",
        f"quality/evaluations/{of_set}/questions/{question}/", f"quality/evaluations/{of_set}/1/",
        "tools/", "tools/calls/", "audit/", "setup/",
        *(f"unanswered/{pk}/?again=1" for pk in groups),
        *(f"quality/reviews/{pk}/" for pk in ids(site, "chatkit_console_review", "run_id")),
    ]  # fmt: skip


def admin_paths(site: Server) -> list[str]:
    lists = {
        "chatkit": "session thread run toolcall attachment feedback starterprompt",
        "chatkit_articles": "article articletext phrasing",
        "auth": "user",
    }
    paths = [""]
    for app, names in lists.items():
        for name in names.split():
            paths.append(f"{app}/{name}/")
            pks = ids(site, f"{app}_{name}")
            if name in ("thread", "articletext"):
                paths += [f"{app}/{name}/{quote(pk)}/change/" for pk in pks]
            else:
                paths.append(f"{app}/{name}/{quote(pks[0])}/change/")
            if name in ("user", "starterprompt", "article", "phrasing"):  # no record is deleted
                paths.append(f"{app}/{name}/{quote(pks[0])}/delete/")
    return paths


def test_no_page_is_wider_than_a_phone(
    site: Server, open_page: Callable[..., Any], watch: Watch
) -> None:
    watch.expect("404 (Not Found)")  # files that are not there
    found: dict[str, list[str]] = {}

    def look(page: Any, path: str, shown: str = "body") -> None:
        page.goto(path)
        page.locator(shown).first.wait_for()
        if wide := page.evaluate(WIDE):
            found[path] = wide

    ada = open_page(site, PHONE)
    root = open_page(site, PHONE, user="root")
    for one in (ada, root):
        one.set_default_timeout(60_000)
    for thread in ids(site, "chatkit_thread"):
        look(ada, f"/apps/chatkit/?workflow=wf_wide&thread={thread}", "openai-chatkit .assistant")
    for path in ("/", "/apps/chatkit/mine/", "/apps/chatkit/help/"):
        look(ada, path)
    for path in console_paths(site):
        look(root, f"{CONSOLE}{path}")
    for path in admin_paths(site):
        look(root, f"/admin/{path}")
    for thread in ids(site, "chatkit_thread"):
        page = f"/admin/chatkit/thread/{quote(thread)}/change/"
        root.goto(page)
        root.locator(".chatkit-open").click()
        look(root, page, ".chatkit-entry")
        look(root, f"{CONSOLE}conversations/{thread}/", ".ckc-entry")
    assert found == {}


def test_no_page_of_the_site_is_wider_than_a_window_at_400_percent(
    site: Server, open_page: Callable[..., Any]
) -> None:
    page = open_page(site, {"viewport": {"width": 320, "height": 256}})
    found = {}
    for path in ("/", "/apps/chatkit/", "/apps/chatkit/mine/", "/apps/chatkit/help/"):
        page.goto(path)
        page.locator("main").first.wait_for()
        found[path] = page.evaluate(WIDE)
    assert not any(found.values()), found


def test_a_long_word_of_brackets_is_broken_at_once(
    server: Server, open_page: Callable[..., Any]
) -> None:
    """With contextual alternates it takes the browser a minute."""
    page = open_page(server, PHONE)
    page.goto("/")
    began = processor.seconds()
    height = page.evaluate(
        """(word) => {
          const line = document.createElement("p");
          line.style.overflowWrap = "anywhere";
          line.textContent = word;
          document.querySelector("main").append(line);
          return line.getBoundingClientRect().height;
        }""",
        "[" * 5_000 + "](" * 5_000,
    )
    assert height > 1_000
    assert processor.seconds() - began < 10
