"""Quick, and quick for long: sizes, large threads, long answers, many threads."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import expect

from .events import says
from .standin import BUILT
from .states import MARKDOWN

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("script", "kilobytes"), [("chatkit.js", 75), ("launcher.js", 8)])
def test_the_scripts_are_small(script, kilobytes):
    size = len(gzip.compress((BUILT / script).read_bytes(), 9))
    assert size <= kilobytes * 1024, size


def test_a_thread_of_a_thousand_items_opens_in_under_a_second(chat):
    items = []
    for number in range(500):
        items += [
            {
                "id": f"u{number}",
                "type": "user_message",
                "content": [{"type": "input_text", "text": f"Q {number}"}],
            },
            list(says(f"Answer **{number}**.\n\n- one\n- two\n", f"a{number}"))[-1]["item"],
        ]
    thread_id = chat.standin.add_thread(items, "Long")
    client = chat.page.context.new_cdp_session(chat.page)
    client.send("Performance.enable", {"timeDomain": "threadTicks"})

    def cpu():
        metrics = client.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration")

    begun = cpu()
    took = chat.page.evaluate(
        """async (id) => {
          const begun = performance.now();
          await chat.setThreadId(id);
          await chat.updateComplete;
          chat.shadowRoot.querySelector(".log").getBoundingClientRect();
          return performance.now() - begun;
        }""",
        thread_id,
    )
    expect(chat.answers.last).to_contain_text("Answer 499.")
    expect(chat.answers.last).to_be_in_viewport()
    # The processor time of the page; the time on the clock depends on what else the machine does.
    assert cpu() - begun < 1
    assert took < 5000
    before = chat.element.locator("article").first.get_attribute("data-id")
    chat.button("Show earlier messages").click()
    expect(chat.element.locator("article")).to_have_count(200)
    top = chat.element.locator(f"[data-id={before}]").bounding_box()["y"]
    assert 0 < top < 800


@pytest.mark.parametrize("kind", ["paragraphs", "code", "list", "table"])
def test_a_long_answer_does_not_slow_down(open_chat, kind):
    """The work of a delta near the end of 400 kB is that of one near the beginning."""
    chat = open_chat()
    beginning = {"code": "```text\n", "table": "| a | b |\n|---|---|\n"}.get(kind, "")
    line = {
        "paragraphs": "Some **bold** words and `code` in a paragraph of a usual length.\n\n",
        "code": "const value = compute(value, 42); // and a comment that goes on\n",
        "list": "- An item with **bold** words and some more of them\n",
        "table": "| some words in a cell | and some others in this one |\n",
    }[kind]
    slow = chat.page.evaluate(
        """async ([beginning, line]) => {
          const item = {id: "m", type: "assistant_message", content: [],
            created_at: "2026-11-22T10:00:00"};
          const { conversation } = chat;
          const { thread } = conversation;
          thread.id = "thr";
          thread.apply({type: "thread.item.added", item});
          const delta = (delta) => thread.apply({type: "thread.item.updated", item_id: "m",
            update: {type: "assistant_message.content_part.text_delta", content_index: 0, delta}});
          delta(beginning);
          chat.changed();
          await chat.updateComplete;
          const { parts: [part] } = thread.entry("m");
          const times = [];
          const original = window.requestAnimationFrame;
          let frame = null;
          window.requestAnimationFrame = (callback) => { frame = callback; return 1; };
          for (let at = 0; at < 6000; at++) {
            const begun = performance.now();
            delta(line.slice(0, 20));
            frame?.();
            frame = null;
            delta(line.slice(20));
            frame?.();
            frame = null;
            times.push(performance.now() - begun);
          }
          window.requestAnimationFrame = original;
          const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
          return [median(times.slice(300, 1300)), median(times.slice(-1000)), part.text.length];
        }""",
        [beginning, line],
    )
    early, late, length = slow
    assert length > 300_000
    assert late < early * 2 + 0.15, (early, late)


def test_memory_stays_flat_over_many_threads(chat):
    ids = [
        chat.standin.add_thread([list(says(MARKDOWN * 2, f"m{n}"))[-1]["item"]], f"T{n}")
        for n in range(10)
    ]
    script = """async ([ids, rounds]) => {
      for (let round = 0; round < rounds; round++) for (const id of ids) await chat.setThreadId(id);
      await chat.setThreadId(null);
    }"""
    client = chat.page.context.new_cdp_session(chat.page)

    def nodes():
        client.send("HeapProfiler.collectGarbage")
        client.send("HeapProfiler.collectGarbage")
        metrics = {m["name"]: m["value"] for m in client.send("Performance.getMetrics")["metrics"]}
        return metrics["Nodes"], metrics["JSHeapUsedSize"], metrics["JSEventListeners"]

    client.send("Performance.enable")
    chat.page.evaluate(script, [ids, 2])
    first = nodes()
    chat.page.evaluate(script, [ids, 5])
    last = nodes()
    assert last[0] < first[0] * 1.25 + 200
    assert last[1] < first[1] * 1.25 + 2_000_000
    assert last[2] < first[2] * 1.25 + 50
