"""Hostile texts, drawn by a real browser: live, in pieces, after a reload, each in its time.

HOSTILE_TEXTS=all draws every text of `tests/safety/`; without it the short ones.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ...safety import hostile
from .events import Event, done, says
from .states import ask
from .test_safety import suspects

pytestmark = pytest.mark.browser

SECONDS = 4  # of the processor, for one text, whole; a tenth of it on a machine that has time
FRAME = 0.3  # of the processor, for the words of one frame, on average near the end of the text
#: Opens a conversation and waits until it is painted.
OPEN = """async (id) => {
  await chat.setThreadId(id);
  await chat.updateComplete;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const column = chat.shadowRoot.querySelector(".column");
  const { scrollWidth, clientWidth } = chat.shadowRoot.querySelector("[data-scroller]");
  return {
    items: chat.shadowRoot.querySelectorAll("article").length,
    wide: scrollWidth - clientWidth,
    parts: column.querySelectorAll("*").length,
  };
}"""
#: Lets an answer grow by a text, with a frame for each piece: the first and the last ten of them.
GROW = """async ([id, text, longest]) => {
  const { conversation } = chat;
  const { thread } = conversation;
  const item = { id, type: "assistant_message", content: [], created_at: "2026-11-22T10:00:00" };
  const delta = (delta) => thread.apply({ type: "thread.item.updated", item_id: id, update:
    { type: "assistant_message.content_part.text_delta", content_index: 0, delta } });
  thread.apply({ type: "thread.item.added", item });
  delta("");
  chat.changed();
  await chat.updateComplete;
  const { requestAnimationFrame } = window;
  let frame = null;
  window.requestAnimationFrame = (callback) => { frame = callback; return 1; };
  const log = chat.shadowRoot.querySelector(".log");
  const times = [];
  for (let at = 0; at < text.length; at += longest) {
    const begun = performance.now();
    delta(text.slice(at, at + longest));
    frame?.();
    frame = null;
    times.push(performance.now() - begun);
    if (times.length % 20 === 0) log.getBoundingClientRect();
  }
  window.requestAnimationFrame = requestAnimationFrame;
  const content = [{ type: "output_text", text, annotations: [] }];
  thread.apply({ type: "thread.item.done", item: { ...item, content } });
  chat.changed();
  await chat.updateComplete;
  const late = times.slice(-20).sort((one, other) => one - other);
  return [late[late.length >> 1] / 1000, times.reduce((sum, time) => sum + time, 0) / 1000];
}"""


class Processor:
    """The time that a page has taken of the processor, whatever else the machine does."""

    def __init__(self, page):
        self.client = page.context.new_cdp_session(page)
        self.client.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds(self):
        metrics = self.client.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def said(text, number):
    return list(says(text, f"a{number}"))[-1]["item"]


def asked(number):
    content = [{"type": "input_text", "text": f"Question {number}"}]
    return {"id": f"q{number}", "type": "user_message", "content": content}


@pytest.fixture
def chat(open_chat):
    chat = open_chat()
    chat.page.set_default_timeout(60_000)
    # Images that are not there.
    chat.watch.expect("404 (Not Found)")
    return chat


def test_each_is_drawn_in_its_time_and_takes_nothing_down(chat):
    processor = Processor(chat.page)
    slow = {}
    for number, (name, text) in enumerate(hostile.drawn().items()):
        items = [asked(f"{number}a"), said(text, number), asked(f"{number}b")]
        thread = chat.standin.add_thread(items, name)
        begun = processor.seconds()
        found = chat.page.evaluate(OPEN, thread)
        took = processor.seconds() - begun
        assert (found["items"], found["wide"]) == (3, 0), name
        assert found["parts"] < 60_000, name
        if took > SECONDS:
            slow[name] = took
    assert slow == {}
    assert suspects(chat) == []


def test_each_grows_piece_by_piece_at_one_speed(chat):
    chat.call("setThreadId", chat.standin.add_thread([asked(1)], "T"))
    slow = {}
    for number, (name, text) in enumerate(hostile.drawn().items()):
        longest = max(40, len(text) // 500)
        late, whole = chat.page.evaluate(GROW, [f"g{number}", text, longest])
        chat.page.evaluate(
            "id => { chat.conversation.thread.remove(id); chat.changed(); }", f"g{number}"
        )
        if late > FRAME or whole > 10 * SECONDS:
            slow[name] = (late, whole)
    assert slow == {}


def test_all_of_them_come_in_one_answer_and_stay_after_a_reload(chat):
    texts = list(hostile.TEXTS.values())
    chat.standin.page_size = 100
    chat.standin.reply = lambda _asked: (
        event
        for text in texts
        for event in says([text[at : at + 400] for at in range(0, min(len(text), 20_000), 400)])
    )
    ask(chat, "Go")
    expect(chat.answers).to_have_count(len(texts))
    assert suspects(chat) == []
    (thread,) = chat.standin.threads
    chat.call("setThreadId", None)
    found = chat.page.evaluate(OPEN, thread)
    assert (found["items"], found["wide"]) == (1 + len(texts), 0)
    chat.standin.reply = lambda _asked: says("Still here.")
    ask(chat, "And now?")
    expect(chat.answers.last).to_contain_text("Still here.")


def deep(levels):
    node: Event = {"type": "Text", "value": "deepest"}
    for _ in range(levels):
        node = {"type": "Box", "children": [node]}
    return {"type": "Card", "children": [{"type": "Title", "value": "Deep"}, node]}


UNDRAWABLE: dict[str, Event] = {
    "a deep widget": done("widget", widget=deep(150)),
    "a wide widget": done(
        "widget",
        widget={
            "type": "Card",
            "children": [{"type": "Text", "value": f"Text {number}"} for number in range(6_000)],
        },
    ),
    "options without end": done(
        "widget",
        widget={
            "type": "Card",
            "children": [{"type": "Select", "options": [{"value": "a", "label": "b"}] * 6_000}],
        },
    ),
    "a text that is no text": done(
        "widget",
        widget={
            "type": "Card",
            "children": [
                {"type": "Title", "value": "Words"},
                {
                    "type": "Chart",
                    "xAxis": "x",
                    "data": [{"x": {"toString": 1, "valueOf": 1}}],
                    "series": [{"dataKey": "y"}],
                },
            ],
        },
    ),
    "a step that is a node": done(
        "task", task={"type": "custom", "title": {"nodeType": 1}, "content": "Words"}
    ),
    "a step that is a template": done(
        "workflow",
        workflow={
            "type": "custom",
            "tasks": [
                {
                    "type": "custom",
                    "title": {"_$litType$": 1, "strings": ["<b>"], "values": []},
                    "content": "Words",
                }
            ],
        },
    ),
    "answers that are none": done("structured_input", status="answered", inputs={"question": 7}),
    "sources that are none": {
        "type": "thread.item.done",
        "item": {
            "id": "s",
            "type": "assistant_message",
            "created_at": "2026-11-22T10:00:00",
            "content": [
                {
                    "type": "output_text",
                    "text": "Words *of* it",
                    "annotations": [None, 7, {"source": {"type": "url", "url": 7}}],
                }
            ],
        },
    },
}


def test_what_can_not_be_drawn_is_shown_plainly_and_alone(chat):
    events = list(UNDRAWABLE.values())
    chat.standin.reply = lambda _asked: [*events, *says("After *all* of it.")]
    ask(chat, "Go")
    expect(chat.answers.last.locator("em")).to_have_text("all")
    words = chat.element.locator(".plain-word")
    expect(words).to_have_count(len(events))
    assert set(words.all_inner_texts()) == {
        "This can't be laid out. It is shown as it was written."
    }
    expect(chat.element.locator(".plain", has_text="deepest")).to_have_count(0)
    expect(chat.element.locator(".plain", has_text="Text 7")).not_to_have_count(0)
    (thread,) = chat.standin.threads
    chat.call("setThreadId", None)
    found = chat.page.evaluate(OPEN, thread)
    assert (found["items"], found["wide"]) == (2 + len(events), 0)
    expect(chat.answers.last.locator("em")).to_have_text("all")
    assert suspects(chat) == []


def test_what_there_is_too_much_of_is_counted(chat):
    sources = [
        {
            "type": "annotation",
            "index": 3,
            "source": {"type": "url", "title": f"S{number}", "url": f"/s/{number}"},
        }
        for number in range(3_000)
    ]
    tasks = [{"type": "custom", "title": f"Step {number}"} for number in range(3_000)]
    chat.standin.add_thread(
        [
            asked(1),
            list(says("One.", "a1", annotations=sources))[-1]["item"],
            done("workflow", "w1", workflow={"type": "custom", "tasks": tasks})["item"],
        ],
        id="thr_many",
    )
    chat.page.evaluate(OPEN, "thr_many")
    chat.answers.locator("summary").click()
    expect(chat.element.get_by_text("2800 more are not shown.").first).to_be_visible()
    chat.element.locator(".workflow summary").click()
    expect(chat.element.get_by_text("2800 more are not shown.").last).to_be_visible()
    expect(chat.element.get_by_text("Step 2999")).to_be_visible()
