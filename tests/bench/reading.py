"""How quickly a long conversation opens, is read back to its beginning and scrolls, and how the
chat page comes up in a browser that has nothing of it yet. Medians, in milliseconds.

    python -m tests.bench.reading                # of the scripts that are built
    python -m tests.bench.reading /tmp/other     # and of other ones, built by `build.mjs --out`
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from playwright.sync_api import sync_playwright

from ..browser.conftest import ARGUMENTS, DESKTOP, Watch, login
from ..browser.element import handler
from ..browser.element.conftest import chat_opener
from ..browser.element.standin import Address, Standin
from ..browser.profiles import Profiles
from ..tools import chromium
from ..tools.shared import VARIABLE

ITEMS = 1000
TIMES = 5
WIDTHS = ((390, 844), (768, 1024), (1280, 800))
OPEN = """async (id) => {
  const begun = performance.now();
  await chat.setThreadId(id);
  await chat.updateComplete;
  chat.shadowRoot.querySelector(".log").getBoundingClientRect();
  return performance.now() - begun;
}"""
BACK = """async () => {
  const begun = performance.now();
  for (let button; (button = chat.shadowRoot.querySelector("[data-earlier]")); ) {
    button.click();
    const count = () => chat.shadowRoot.querySelectorAll("article").length;
    const before = count();
    while (count() === before) await new Promise((done) => setTimeout(done));
    await chat.updateComplete;
  }
  chat.shadowRoot.querySelector(".log").getBoundingClientRect();
  return performance.now() - begun;
}"""
# The longest and the usual time between two frames while one scrolls over all of it.
SCROLL = """async () => {
  const node = chat.shadowRoot.querySelector("[data-scroller]");
  const frames = [];
  const step = node.scrollHeight / 120;
  let last = await new Promise(requestAnimationFrame);
  for (let at = 0; at < 120; at++) {
    node.scrollTop = at * step;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  frames.sort((one, other) => one - other);
  return [frames[60], frames.at(-1)];
}"""
ARRIVAL = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
window.usable = new Promise((done) => {
  const look = () => {
    const field = document.querySelector("openai-chatkit")?.shadowRoot?.querySelector("textarea");
    if (field && !field.disabled && field.getBoundingClientRect().height) done(performance.now());
    else requestAnimationFrame(look);
  };
  look();
});
"""


def thread() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for number in range(ITEMS // 2):
        at = "2026-11-22T10:00:00"
        asked = [{"type": "input_text", "text": f"Question {number}"}]
        text = f"Answer **{number}**.\n\n- one\n- two\n"
        said = [{"type": "output_text", "text": text, "annotations": []}]
        items += [
            {"id": f"u{number}", "type": "user_message", "created_at": at, "content": asked},
            {"id": f"a{number}", "type": "assistant_message", "created_at": at, "content": said},
        ]
    return items


def long_thread(profiles: Profiles, built: Path) -> None:
    handler.BUILT = built
    found: dict[str, list[float]] = {name: [] for name in ("open", "back", "frame", "longest")}
    for _time in range(TIMES):
        with Address() as address, chat_opener(profiles, Standin(address), Watch()) as open_chat:
            chat = open_chat()
            thread_id = chat.standin.add_thread(thread())
            found["open"].append(chat.page.evaluate(OPEN, thread_id))
            found["back"].append(chat.page.evaluate(BACK))
            assert chat.element.locator("article").count() == ITEMS
            usual, longest = chat.page.evaluate(SCROLL)
            found["frame"].append(usual)
            found["longest"].append(longest)
    told = ", ".join(f"{name} {statistics.median(all_):.0f}" for name, all_ in found.items())
    print(f"{ITEMS} items, {built}: {told}")


def arrival(browser: Any) -> None:
    from ..browser.servers import Server

    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault(VARIABLE, folder)  # ours, so that no process that ends removes it
        with Server(Path(folder)) as server:
            _arrivals(browser, server)


def _arrivals(browser: Any, server: Any) -> None:
    context = browser.new_context(base_url=server.url, **DESKTOP)
    login(context.new_page(), "ada")
    cookies = context.cookies()
    context.close()
    for width, height in WIDTHS:
        usable, shifts = [], []
        for _time in range(TIMES):
            context = browser.new_context(
                base_url=server.url, viewport={"width": width, "height": height}
            )
            context.add_cookies(cookies)
            context.add_init_script(ARRIVAL)
            page = context.new_page()
            page.goto("/apps/chatkit/")
            usable.append(page.evaluate("window.usable"))
            page.wait_for_load_state("networkidle")
            shifts.append(page.evaluate("window.shifts"))
            context.close()
        print(
            f"chat page, {width} wide: usable after {statistics.median(usable):.0f}, "
            f"layout shift {max(shifts):.4f}"
        )


def main(others: list[str]) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.executable(), args=ARGUMENTS)
        profiles = Profiles(browser)
        for built in [handler.BUILT, *map(Path, others)]:
            long_thread(profiles, built)
        arrival(browser)
        browser.close()


if __name__ == "__main__":
    import django

    django.setup()
    main(sys.argv[1:])
