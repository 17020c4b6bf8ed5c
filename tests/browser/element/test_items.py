"""Every kind of item and update, as it comes on the wire, and as a thread that is read again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import Event, Pause, done, says, update, url_source
from .states import card

pytestmark = pytest.mark.browser


def added(item_type, item_id, **fields):
    return {**done(item_type, item_id, **fields), "type": "thread.item.added"}


def answer(chat, *events):
    chat.standin.reply = lambda asked: list(events)
    before = len(chat.events("response.end"))
    chat.send("Go")
    chat.wait("response.end", before + 1)
    # In place of a widget until what draws it was fetched.
    expect(chat.element.locator(".widget[role=status]")).to_have_count(0)


# Answers ----------------------------------------------------------------------------------


def test_markdown_becomes_elements(chat):
    from .states import MARKDOWN

    answer(chat, *says(MARKDOWN))
    shown = chat.answers.locator(".markdown")
    expect(shown.get_by_role("heading", name="Adding a customer")).to_be_visible()
    expect(shown.locator("ol > li")).to_have_count(3)
    expect(shown.locator("ol ul li")).to_have_count(2)
    expect(shown.get_by_role("img", name="Done", exact=True)).to_have_count(1)
    expect(shown.get_by_role("cell", name="149.00")).to_have_class("right")
    expect(shown.locator("blockquote")).to_contain_text("30 days")
    expect(shown.locator("pre .hl-comment")).to_have_text("# Rounded once, at the end.")
    expect(shown.locator("math mfrac")).to_have_count(1)
    link = shown.get_by_role("link", name="link")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")


def test_money_is_no_formula_but_formulas_are(chat):
    answer(
        chat, *says("It costs $5 and then $10 more.\n\n$$x^2$$\n\n\\(y\\) and \\[z\\] and $a+b$.")
    )
    expect(chat.answers.locator("math")).to_have_count(4)
    expect(chat.answers).to_contain_text("It costs $5 and then $10 more.")


def test_heavy_parts_are_fetched_only_when_met(chat):
    fetched = []
    chat.page.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))

    def parts() -> list[str]:
        return [name.split("-")[1] for name in fetched if name.startswith("chunk-")]

    answer(chat, *says("Plain **words** and a list:\n\n- a\n- b"))
    assert not [name for name in parts() if name != "panels"]  # those when the browser is idle
    answer(chat, *says("```js\nconst a = 1\n```"))
    expect(chat.answers.locator(".hl-keyword")).to_have_count(1)
    answer(chat, done("widget", widget=card({"type": "refund"})))
    expect(chat.button("Refund")).to_be_visible()
    assert [name for name in parts() if name != "panels"] == ["highlight", "widgets", "icons"]


def test_citations_stand_where_they_belong_and_in_the_list(chat):
    text = "Open **Customers** first. Then press New."
    sources = [
        url_source("Customers", "/help/customers", 25),
        url_source("Buttons", "/help/buttons", 41),
        url_source("Customers", "/help/customers", 41),
        {
            "type": "annotation",
            "source": {"type": "file", "title": "Manual", "filename": "manual.pdf"},
        },
    ]
    answer(chat, *says(text, annotations=sources))
    marks = chat.answers.locator(".citation")
    expect(marks).to_have_text(["1", "2", "1"])
    expect(chat.answers.locator(".markdown p")).to_have_text(
        "Open Customers first.1 Then press New.21"
    )
    expect(marks.first.get_by_role("link")).to_have_attribute("aria-label", "Source 1: Customers")
    assert marks.first.get_by_role("link").get_attribute("href").endswith("/help/customers")
    chat.answers.locator("summary").click()
    expect(chat.answers.locator(".sources li")).to_have_count(3)
    expect(chat.answers.locator(".sources")).to_contain_text("manual.pdf")


def test_a_citation_begins_no_line(chat):
    """It stays with the word that it stands behind, at whatever width the lines break."""
    text = "We refund the money two working days after the parcel is back."
    answer(chat, *says(text, annotations=[url_source("Refunds", "/help/refunds", len(text))]))
    apart = chat.answers.locator(".markdown p").evaluate(
        """(paragraph) => {
          const mark = paragraph.querySelector(".citation-mark");
          const words = paragraph.firstChild;
          const last = document.createRange();
          last.setStart(words, words.length - 1);
          last.setEnd(words, words.length);
          const middle = (box) => (box.top + box.bottom) / 2;
          const found = [];
          for (let width = 80; width < 560; width++) {
            paragraph.style.width = `${width}px`;
            const [ours, theirs] = [mark, last].map((part) => middle(part.getBoundingClientRect()));
            if (Math.abs(ours - theirs) > 12) found.push(width);
          }
          return found;
        }"""
    )
    assert apart == []


def test_citations_count_characters_not_units_of_strings(chat):
    """An emoji is one character to the server, and two units of a string to the browser."""
    first, code, last = "🙂🙂 One.", "```\n🙂\n```", "- 🙂 Two.\n- 🙂 Three."
    text = f"{first}\n\n{code}\n\n{last}"
    places = [text.index(word) + len(word) for word in ("One", "Two", "Three")]
    sources = [url_source(str(at), f"/{at}", at) for at in places]
    answer(chat, *says([*text], annotations=sources))
    shown = chat.answers.locator(".markdown").first
    expect(shown.locator("p").first).to_have_text("🙂🙂 One1.")
    expect(shown.locator("li")).to_have_text(["🙂 Two2.", "🙂 Three3."])


def test_an_interactive_entity_is_for_the_page(open_chat):
    chat = open_chat("{entities: {onClick: (entity) => { window.clicked = entity }}}")
    source = {
        "type": "entity",
        "id": "e1",
        "title": "Acme",
        "interactive": True,
        "data": {"k": "v"},
    }
    answer(
        chat,
        *says("Acme owes.", annotations=[{"type": "annotation", "source": source, "index": 4}]),
    )
    chat.answers.locator(".citation button").click()
    assert chat.page.evaluate("clicked.id + clicked.data.k") == "e1v"


def test_items_can_be_replaced_and_removed(chat):
    first, second = list(says("First.", "m1")), list(says("Second.", "m2"))
    changed = {**first[-1]["item"], "content": [{"type": "output_text", "text": "Changed."}]}
    answer(
        chat,
        *first,
        *second,
        {"type": "thread.item.replaced", "item": changed},
        {"type": "thread.item.removed", "item_id": "m2"},
        {"type": "thread.item.removed", "item_id": "never-seen"},
    )
    expect(chat.answers.locator(".markdown")).to_have_text(["Changed."])


def test_unknown_and_hidden_things_are_passed_over(chat):
    answer(
        chat,
        {"type": "something.new", "value": 1},
        done("hologram", "h1"),
        added("hidden_context_item", "x1", content="secret plan"),
        added("sdk_hidden_context", "x3", content="secret plan"),
        done("end_of_turn", "x2"),
        update("nobody", "assistant_message.content_part.text_delta", content_index=0, delta="x"),
        *says("Words."),
        update(
            chat_id := "m9",
            "workflow.task.added",
            task_index=0,
            task={"type": "thought", "content": "x"},
        ),
    )
    assert chat_id
    expect(chat.answers.locator(".markdown")).to_have_text("Words.")
    expect(chat.element).not_to_contain_text("secret plan")


# Work ---------------------------------------------------------------------------------------


def test_a_workflow_grows_and_folds(chat):
    tasks = [{"type": "custom", "title": "Read", "status_indicator": "loading"}]
    item = added("workflow", "w1", workflow={"type": "custom", "tasks": [], "expanded": False})
    finished = done(
        "workflow",
        "w1",
        workflow={
            "type": "custom",
            "tasks": [
                {**tasks[0], "status_indicator": "complete"},
                {"type": "thought", "title": "Thought", "content": "Some *words*"},
            ],
            "summary": {"title": "Two steps"},
            "expanded": False,
        },
    )
    chat.standin.reply = lambda asked: [
        item,
        update("w1", "workflow.task.added", task_index=0, task=tasks[0]),
        Pause(),
        update("w1", "workflow.task.updated", task_index=0, task={**tasks[0], "title": "Read all"}),
        Pause(),
        finished,
    ]
    chat.send("Go")
    summary = chat.element.locator(".workflow summary")
    expect(summary).to_contain_text("Read")
    chat.standin.go()
    expect(summary).to_contain_text("Read all")
    chat.standin.go()
    expect(summary).to_contain_text("Two steps")
    expect(chat.element.locator(".task").first).not_to_be_visible()
    summary.click()
    expect(chat.element.locator(".task em")).to_have_text("words")


def test_a_reasoning_workflow_tells_its_duration(chat):
    answer(
        chat,
        done("workflow", workflow={"type": "reasoning", "tasks": [], "summary": {"duration": 12}}),
    )
    expect(chat.element.get_by_text("Thought for 12 seconds")).to_be_visible()


def test_each_kind_of_task(chat):
    source = {"type": "url", "title": "Tax office", "url": "/tax"}
    answer(
        chat,
        done(
            "task",
            task={
                "type": "web_search",
                "title_query": "tax",
                "queries": ["tax 2026"],
                "sources": [source],
            },
        ),
        done(
            "task",
            task={
                "type": "file",
                "title": "Files",
                "sources": [{"type": "file", "title": "Rules", "filename": "rules.pdf"}],
            },
        ),
        done("task", task={"type": "image", "title": "Drew"}),
        done(
            "task",
            task={
                "type": "custom",
                "title": "Checked",
                "icon": "lucide:rocket",
                "content": "**all**",
            },
        ),
    )
    expect(chat.element.locator(".task-line")).to_have_count(4)
    expect(chat.element.get_by_role("link", name="Tax office")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    expect(chat.element.locator(".detail strong")).to_have_text("all")


def test_a_generated_image_comes_in_steps(chat):
    chat.standin.reply = lambda asked: [
        added("generated_image", "g1"),
        update("g1", "generated_image.updated", image={"id": "i", "url": ""}, progress=0.5),
        Pause(),
        done("generated_image", "g1", image={"id": "i", "url": "/static/pixel.png"}),
    ]
    chat.send("Draw")
    expect(chat.element.locator("progress")).to_be_visible()
    assert chat.element.locator("progress").evaluate("node => node.value") == 0.5
    chat.standin.go()
    expect(chat.element.get_by_role("img", name="Generated image")).to_be_visible()


# Structured input ---------------------------------------------------------------------------

QUESTIONS: list[Event] = [
    {
        "type": "multiple_choice",
        "id": "who",
        "question": "Who?",
        "options": [{"value": "One"}, {"value": "All"}],
    },
    {
        "type": "multiple_choice",
        "id": "which",
        "question": "Which?",
        "multiple": True,
        "options": [{"value": "A"}, {"value": "B"}],
    },
    {"type": "freeform", "id": "why", "question": "Why?", "description": "Briefly."},
]


def asks(chat):
    item = done("structured_input", "s1", status="pending", inputs=QUESTIONS)

    def reply(asked):
        if asked.type != "threads.add_structured_input":
            return [item]
        answers = asked.params["input"]["answers"]
        inputs = [{**q, "answer": answers[q["id"]]} for q in QUESTIONS]
        status = asked.params["input"]["status"]
        return [
            {
                "type": "thread.item.replaced",
                "item": {**item["item"], "status": status, "inputs": inputs},
            },
            *says("Thanks."),
        ]

    chat.standin.reply = reply
    chat.send("Go")
    chat.wait("response.end")
    expect(chat.input).to_have_count(0)


def test_questions_take_the_composers_place_and_are_answered(chat):
    asks(chat)
    chat.element.get_by_label("All").check()
    chat.element.get_by_label("A", exact=True).check()
    chat.element.get_by_label("Which?: Other").fill("C")
    chat.button("Submit").click()
    given = chat.asked("threads.add_structured_input").params
    assert given["item_id"] == "s1"
    assert given["input"] == {
        "status": "answered",
        "answers": {
            "who": {"values": ["All"], "skipped": False},
            "which": {"values": ["A", "C"], "skipped": False},
            "why": {"values": [], "skipped": True},
        },
    }
    expect(chat.answers).to_contain_text("Thanks.")
    expect(chat.element.locator(".answers dd")).to_have_text(["All", "A, C", "Skipped"])
    expect(chat.input).to_be_visible()


def test_questions_can_be_skipped_but_not_sent_empty(chat):
    asks(chat)
    chat.button("Submit").click()
    expect(chat.status).to_contain_text("Choose an answer or skip.")
    assert chat.standin.requests("threads.add_structured_input") == []
    chat.button("Skip").click()
    given = chat.asked("threads.add_structured_input").params["input"]
    assert given["status"] == "skipped"
    expect(chat.answers).to_contain_text("Thanks.")


def test_pages_without_anything_to_show_are_passed(chat):
    """A page may hold nothing but hidden items, which the server leaves out of it."""

    def message(number):
        content = [{"type": "input_text", "text": f"Message {number}"}]
        return {"id": f"m{number}", "type": "user_message", "content": content}

    hidden = [{"id": f"h{number}", "type": "hidden_context_item"} for number in range(200)]
    items = [message(0), *hidden, *(message(number) for number in range(1, 101))]
    chat.call("setThreadId", chat.standin.add_thread(items))
    expect(chat.questions).to_have_count(100)
    chat.button("Show earlier messages").click()
    expect(chat.questions).to_have_count(101)
    expect(chat.questions.first).to_contain_text("Message 0")
    expect(chat.button("Show earlier messages")).to_have_count(0)


def test_a_thread_read_again_shows_the_same(chat):
    answer(
        chat,
        done(
            "workflow", workflow={"type": "custom", "tasks": [], "summary": {"title": "Read all"}}
        ),
        *says("Words with a source.", annotations=[url_source("Page", "/page", 20)]),
        done("widget", widget=card({"type": "x"})),
        done("generated_image", image={"id": "i", "url": "/static/pixel.png"}),
    )
    thread_id = next(iter(chat.standin.threads))
    script = """node => node.shadowRoot.querySelector('.log').innerHTML
      .replace(/<!--[^>]*-->/g, '').replace(/\\s+/g, ' ').replace(/local-\\w+-\\w+/g, '')"""
    icons_to_come = chat.element.locator(".log svg:empty")
    expect(icons_to_come).to_have_count(0)
    before = chat.element.evaluate(script)
    chat.call("setThreadId", None)
    chat.call("setThreadId", thread_id)
    expect(chat.answers).to_have_count(1)
    expect(icons_to_come).to_have_count(0)
    assert chat.element.evaluate(script) == before
