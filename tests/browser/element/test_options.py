"""Every option of `@openai/chatkit` 1.9.0 that shows, with what it does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .events import Pause, says
from .states import ask

pytestmark = pytest.mark.browser

TOOLS = """[
  {id: "search", label: "Search the web", shortLabel: "Search", icon: "globe",
   placeholderOverride: "Search for…"},
  {id: "pin", label: "Pinned tool", icon: "bolt", pinned: true, persistent: true},
]"""
MODELS = """[
  {id: "a", label: "Model A"}, {id: "b", label: "Model B", description: "Better", default: true},
  {id: "c", label: "Model C", disabled: true},
]"""


def variable(chat, name):
    return chat.element.evaluate(
        "(el, name) => getComputedStyle(el.shadowRoot.querySelector('.frame'))"
        ".getPropertyValue(name)",
        f"--_{name}",
    ).strip()


def rgb(chat, selector, prop):
    return chat.element.locator(selector).first.evaluate(
        "(node, prop) => getComputedStyle(node)[prop]", prop
    )


def test_without_any_but_an_api_which_there_must_be(chat):
    assert "api" in chat.call("setOptions", {})["rejected"]
    expect(chat.element.get_by_role("heading", name="What can I help with today?")).to_be_visible()
    expect(chat.input).to_have_attribute("placeholder", "Message the AI")
    chat.call("setThreadId", chat.standin.add_thread([], "About taxes"))
    expect(chat.element.get_by_role("heading", level=2)).to_have_text("About taxes")


# Header -----------------------------------------------------------------------------------


def test_the_header_and_its_title_can_be_fixed_or_off(open_chat):
    chat = open_chat('{header: {title: {text: "Help desk"}}}')
    heading = chat.element.get_by_role("heading", level=2)
    expect(heading).to_have_text("Help desk")
    chat.set_options('{"header": {"title": {"enabled": false}}}')
    expect(heading).to_have_text("Chat")
    expect(heading.locator(".hidden")).to_have_count(1)
    chat.set_options('{"header": {"enabled": false}}')
    expect(chat.element.locator("header")).to_have_count(0)


def test_header_actions_call_the_page(open_chat):
    chat = open_chat(
        "{header: {leftAction: {icon: 'sidebar-left', onClick() {window.left = 1}},"
        " rightAction: {icon: 'close', onClick() {window.right = 1}}}}"
    )
    chat.button("sidebar left").click()
    chat.button("close").click()
    assert chat.page.evaluate("[left, right]") == [1, 1]


# History ----------------------------------------------------------------------------------


def with_threads(chat, count=3):
    return [
        chat.standin.add_thread(
            [
                {
                    "id": f"i{n}",
                    "type": "user_message",
                    "content": [{"type": "input_text", "text": f"Text {n}"}],
                }
            ],
            f"Thread number {n}",
        )
        for n in range(count)
    ]


def test_history_lists_opens_and_closes(chat):
    ids = with_threads(chat)
    chat.button("Chat history").click()
    rows = chat.element.locator("[data-thread]")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Thread number 2")
    expect(chat.element.get_by_role("searchbox")).to_be_focused()
    rows.last.locator(".open").click()
    expect(chat.questions).to_contain_text("Text 0")
    expect(chat.input).to_be_focused()
    opened = [name for name in chat.events() if not name.startswith("ready")]
    assert opened == [
        "history.open",
        "history.close",
        "thread.change",
        "thread.load.start",
        "thread.load.end",
    ]
    assert chat.events("thread.load.end") == [{"threadId": ids[0]}]


def test_a_server_without_the_list_beside_has_the_plain_one(open_chat):
    narrow = {"viewport": {"width": 700, "height": 700}}
    chat = open_chat("{history: {list: 'beside'}}", size=narrow)
    chat.watch.expect("404")
    with_threads(chat)
    chat.button("Chat history").click()
    expect(chat.element.locator(".history [data-thread]")).to_have_count(3)
    expect(chat.element.locator(".side")).to_have_count(0)


def test_history_by_method_and_escape(chat):
    with_threads(chat)
    chat.call("showHistory")
    expect(chat.element.locator("[data-thread]")).to_have_count(3)
    chat.call("hideHistory")
    expect(chat.element.locator("[data-thread]")).to_have_count(0)
    chat.button("Chat history").click()
    expect(chat.element.get_by_role("searchbox")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.button("Chat history")).to_be_focused()
    assert chat.events("history.close") == [None, None]


def test_history_finds_by_words_without_accents(chat):
    chat.standin.add_thread([], "Añadir un cliente")
    with_threads(chat)
    chat.button("Chat history").click()
    search = chat.element.get_by_role("searchbox")
    search.fill("anadir CLI")
    expect(chat.element.locator("[data-thread]")).to_contain_text(["Añadir un cliente"])
    search.fill("nothing like it")
    expect(chat.element.get_by_text("No chat matches your search.")).to_be_visible()


def test_a_search_reads_the_rest_of_a_long_list(chat):
    for number in range(120):
        chat.standin.add_thread([], f"Thread {number}" if number else "Zebra")
    chat.button("Chat history").click()
    expect(chat.element.locator("[data-thread]")).to_have_count(50)
    chat.button("Show more").click()
    expect(chat.element.locator("[data-thread]")).to_have_count(100)
    chat.element.get_by_role("searchbox").fill("zebra")
    expect(chat.element.locator("[data-thread]")).to_have_count(1)


def test_a_thread_is_renamed(chat):
    thread_id = with_threads(chat)[0]
    chat.call("setThreadId", thread_id)
    chat.button("Chat history").click()
    row = chat.element.locator(f"[data-thread={thread_id}]")
    row.hover()
    row.get_by_role("button", name="Rename").click()
    field = chat.element.get_by_label("New title")
    expect(field).to_be_focused()
    field.fill("A better title")
    field.press("Enter")
    assert chat.asked("threads.update").params == {
        "thread_id": thread_id,
        "title": "A better title",
    }
    expect(row).to_contain_text("A better title")
    expect(row.locator(".open")).to_be_focused()
    chat.call("hideHistory")
    expect(chat.element.get_by_role("heading", level=2)).to_have_text("A better title")


def test_a_thread_is_deleted_after_a_question(chat):
    ids = with_threads(chat)
    chat.call("setThreadId", ids[2])
    chat.button("Chat history").click()
    row = chat.element.locator(f"[data-thread={ids[2]}]")
    row.hover()
    row.get_by_role("button", name="Delete").click()
    dialog = chat.element.get_by_role("alertdialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    row.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    assert chat.asked("threads.delete").params == {"thread_id": ids[2]}
    expect(row).to_have_count(0)
    expect(chat.element.locator(f"[data-thread={ids[1]}] .open")).to_be_focused()
    chat.call("hideHistory")
    expect(chat.element.locator(".greeting")).to_be_visible()


def test_a_failed_deletion_brings_the_row_back(chat):
    chat.watch.expect("500")
    ids = with_threads(chat)
    chat.button("Chat history").click()
    row = chat.element.locator(f"[data-thread={ids[0]}]")
    row.hover()
    row.get_by_role("button", name="Delete").click()
    chat.standin.refuse(500, "", "")
    chat.element.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(chat.element.get_by_role("alert")).to_be_visible()
    expect(row).to_have_count(1)


def test_rename_and_delete_can_be_off_and_so_can_history(open_chat):
    chat = open_chat("{history: {showRename: false, showDelete: false}}")
    with_threads(chat)
    chat.button("Chat history").click()
    expect(chat.element.locator("[data-thread]")).to_have_count(3)
    expect(chat.element.locator("[data-rename], [data-delete]")).to_have_count(0)
    chat.call("hideHistory")
    chat.set_options('{"history": {"enabled": false}}')
    expect(chat.button("Chat history")).to_have_count(0)


# Start screen, composer -------------------------------------------------------------------


def test_greeting_and_prompts(open_chat):
    chat = open_chat(
        """{startScreen: {greeting: "Hola Ada", prompts: [
          {label: "One", prompt: "First question", icon: "lucide:rocket"},
          {label: "Two", prompt: [{type: "input_text", text: "About "},
             {type: "input_tag", id: "c1", text: "@Acme", data: {n: 1}}]}]}}"""
    )
    expect(chat.element.get_by_role("heading", name="Hola Ada")).to_be_visible()
    expect(chat.element.locator(".prompt svg path").first).to_be_attached()
    chat.button("Two").click()
    content = chat.asked("threads.create").params["input"]["content"]
    assert content == [
        {"type": "input_text", "text": "About "},
        {"type": "input_tag", "id": "c1", "text": "@Acme", "data": {"n": 1}, "interactive": False},
    ]
    expect(chat.questions.locator(".tag")).to_have_text("@Acme")


def test_placeholder_and_disclaimer(open_chat):
    chat = open_chat(
        "{composer: {placeholder: 'Ask us'},"
        " disclaimer: {text: 'See [terms](/terms)', highContrast: true}}"
    )
    expect(chat.input).to_have_attribute("placeholder", "Ask us")
    expect(chat.element.locator(".disclaimer.high a")).to_have_attribute(
        "rel", "noopener noreferrer"
    )


def test_tools(open_chat):
    chat = open_chat(f"{{composer: {{tools: {TOOLS}}}}}")
    chat.button("Tools").click()
    item = chat.element.get_by_role("menuitemradio", name="Search the web")
    expect(item).to_be_focused()
    item.press("Enter")
    expect(chat.input).to_have_attribute("placeholder", "Search for…")
    assert chat.events("tool.change") == [{"toolId": "search"}]
    ask(chat, "Hi")
    assert chat.asked("threads.create").params["input"]["inference_options"] == {
        "tool_choice": {"id": "search"}
    }
    assert chat.events("tool.change")[-1] == {"toolId": None}
    chat.button("Pinned tool").click()
    ask(chat, "Hi again")
    options = chat.asked("threads.add_user_message").params["input"]["inference_options"]
    assert options == {"tool_choice": {"id": "pin"}}
    expect(chat.button("Pinned tool")).to_have_attribute("aria-pressed", "true")


def test_models(open_chat):
    chat = open_chat(f"{{composer: {{models: {MODELS}}}}}")
    ask(chat, "Hi")
    assert chat.asked("threads.create").params["input"]["inference_options"] == {"model": "b"}
    chat.button("Model: Model B").click()
    menu = chat.element.get_by_role("menu")
    expect(menu.get_by_role("menuitemradio", name="Model B")).to_be_focused()
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Enter")
    expect(menu).to_have_count(1)
    chat.page.keyboard.press("Home")
    chat.page.keyboard.press("Enter")
    expect(chat.button("Model: Model A")).to_be_focused()
    ask(chat, "Hi again")
    assert chat.asked("threads.add_user_message").params["input"]["inference_options"] == {
        "model": "a"
    }


def test_a_conversation_remembers_its_model_and_tool(open_chat):
    chat = open_chat(f"{{composer: {{tools: {TOOLS}, models: {MODELS}}}}}")
    one, other = chat.standin.add_thread([], "One"), chat.standin.add_thread([], "Other")
    chat.call("setThreadId", one)
    chat.call("setComposerValue", {"selectedModelId": "a", "selectedToolId": "pin"})
    expect(chat.button("Model: Model A")).to_be_visible()
    pinned = chat.button("Pinned tool")
    chat.call("setThreadId", other)
    expect(chat.button("Model: Model B")).to_be_visible()
    expect(pinned).to_have_attribute("aria-pressed", "false")
    chat.call("setThreadId", one)
    expect(chat.button("Model: Model A")).to_be_visible()
    expect(pinned).to_have_attribute("aria-pressed", "true")
    chat.page.reload()
    chat.page.evaluate("window.ready")
    chat.call("setThreadId", one)
    expect(chat.button("Model: Model A")).to_be_visible()
    expect(pinned).to_have_attribute("aria-pressed", "true")


def test_auto_scroll_follows_only_readers_who_are_at_the_end(open_chat):
    chat = open_chat("{thread: {autoScroll: true}}")
    long = [f"Paragraph {n}.\n\n" for n in range(60)]
    chat.standin.reply = lambda asked: _paused(long)
    chat.send("Go")
    scroller = chat.element.locator("[data-scroller]")
    expect(chat.element.get_by_text("Paragraph 39.")).to_be_in_viewport()
    scroller.evaluate("node => node.scrollTo(0, 0)")
    latest = chat.button("Jump to the latest message")
    expect(latest).to_be_visible()
    # It lies on the text: its edge is that of a control.
    edge = "getComputedStyle(node).borderTopColor.replaceAll(',', '')"
    assert latest.evaluate(f"node => {edge}") == variable(chat, "control")
    chat.standin.go()
    chat.wait("response.end")
    assert scroller.evaluate("node => node.scrollTop") == 0
    chat.button("Jump to the latest message").click()
    expect(chat.answers.get_by_text("Paragraph 59.")).to_be_in_viewport()


def at_the_end(open_chat):
    """A chat whose reader is at the end of a long answer."""
    chat = open_chat("{thread: {autoScroll: true}}")
    chat.standin.reply = lambda asked: says([f"Paragraph {n}.\n\n" for n in range(60)])
    ask(chat, "Go")
    expect(chat.answers.get_by_text("Paragraph 59.")).to_be_in_viewport()
    return chat


def test_who_goes_up_in_the_moment_in_which_it_grows_stays_there(open_chat):
    chat = at_the_end(open_chat)
    # The reader goes up, and before the browser tells so there is more.
    up = """async (node) => {
        const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        node.addEventListener("scroll", (event) => event.stopImmediatePropagation(),
            {capture: true, once: true});
        node.scrollTop = 0;
        const list = node.firstElementChild;
        list.style.minBlockSize = `${list.offsetHeight + 400}px`;
        for (let n = 0; n < 3; n++) await frame();
        return node.scrollTop;
    }"""
    assert chat.element.locator("[data-scroller]").evaluate(up) == 0
    expect(chat.button("Jump to the latest message")).to_be_visible()


def test_what_grows_between_a_scroll_and_its_event_is_followed(open_chat):
    chat = at_the_end(open_chat)
    # The reader comes down to the end, and before the browser tells so there is more.
    rest = """async (node) => {
        const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        node.scrollTop -= 40;
        await frame();
        node.scrollTop += 20;
        const list = node.firstElementChild;
        list.style.minBlockSize = `${list.offsetHeight + 400}px`;
        await frame();
        await frame();
        return node.scrollHeight - node.scrollTop - node.clientHeight;
    }"""
    assert chat.element.locator("[data-scroller]").evaluate(rest) < 2
    expect(chat.button("Jump to the latest message")).to_have_count(0)


def test_who_goes_up_a_little_stays_there_until_down_again(open_chat):
    chat = at_the_end(open_chat)
    moved = """async (node, step) => {
        const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        node.scrollTop += step;
        await frame();
        const [before, list] = [node.scrollTop, node.firstElementChild];
        list.style.minBlockSize = `${list.offsetHeight + 30}px`;
        await frame();
        await frame();
        return node.scrollTop - before;
    }"""
    scroller = chat.element.locator("[data-scroller]")
    assert scroller.evaluate(moved, -40) == 0
    assert abs(scroller.evaluate(moved, 70) - 30) < 2


def test_without_auto_scroll_the_reader_stays(chat):
    chat.standin.reply = lambda asked: says([f"Paragraph {n}.\n\n" for n in range(60)])
    ask(chat, "Go")
    expect(chat.answers.get_by_text("Paragraph 59.")).not_to_be_in_viewport()


def _paused(pieces):
    events = list(says(pieces))
    return [*events[:42], Pause(), *events[42:]]


# Theme ------------------------------------------------------------------------------------


def test_the_dark_scheme_as_a_word_and_as_an_option(open_chat):
    chat = open_chat('{theme: "dark"}')
    assert variable(chat, "background") == "rgb(49 45 75)"
    chat.set_options('{"theme": {"colorScheme": "light"}}')
    assert variable(chat, "background") == "rgb(255 255 255)"
    assert variable(chat, "primary-solid") != variable(chat, "primary")


def test_accent_surface_radius_density_and_typography(open_chat):
    chat = open_chat(
        """{theme: {radius: "sharp", density: "compact",
          typography: {baseSize: 18, fontFamily: "Georgia, serif"},
          color: {accent: {primary: "#0a7d32", level: 2},
            surface: {background: "#fffbe6", foreground: "#222"}}}}"""
    )
    assert variable(chat, "background") == "rgb(255 251 230)"
    assert variable(chat, "text") == "rgb(34 34 34)"
    assert variable(chat, "primary") == "rgb(10 125 50)"
    assert rgb(chat, ".composer-box", "borderRadius") == "0px"
    assert rgb(chat, ".frame", "fontSize") == "18px"
    assert rgb(chat, ".frame", "fontFamily").startswith("Georgia")
    assert variable(chat, "gap") == "0.75"


def test_grayscale_frame_title_and_temporary_chats(open_chat):
    chat = open_chat(
        """{theme: {color: {grayscale: {hue: 220, tint: 9}}}, frameTitle: "Help",
          history: {temporary: true}}"""
    )
    red, _green, blue = map(int, re.findall(r"\d+", variable(chat, "background"))[:3])
    assert blue > red
    expect(chat.element.get_by_role("region", name="Help")).to_be_visible()
    chat.button("Temporary chat").click()
    chat.send("Only now")
    assert chat.asked("threads.create").metadata == {"chatkit.temporary": True}
    chat.set_options("{}")
    expect(chat.button("Temporary chat")).to_have_count(0)


def test_the_pages_properties_win_over_the_theme(open_chat):
    css = """.brand {
      --chatkit-primary-color: oklch(50% 0.2 30); --chatkit-background-color: #102030;
      --chatkit-text-color: #eee; --chatkit-border-radius: 4px;
      --chatkit-font-family: monospace;
    }"""
    chat = open_chat(
        '{theme: {radius: "pill", color: {surface: {background: "#fff", foreground: "#000"}}}}',
        css=css,
        body='<div class="brand"><openai-chatkit id="chat"></openai-chatkit></div>',
    )
    assert variable(chat, "background") == "rgb(16 32 48)"
    assert variable(chat, "scheme") == "dark"
    assert rgb(chat, ".frame", "borderRadius") == "4px"
    assert rgb(chat, ".frame", "fontFamily") == "monospace"


def test_a_page_that_changes_its_scheme_is_followed(open_chat):
    css = """html { --chatkit-background-color: #fff; --chatkit-text-color: #111; }
      html[data-dark] { --chatkit-background-color: #111; --chatkit-text-color: #eee; }"""
    chat = open_chat(css=css)
    chat.page.evaluate("document.documentElement.dataset.dark = ''")
    chat.page.wait_for_timeout(600)
    assert variable(chat, "background") == "rgb(17 17 17)"


@pytest.mark.parametrize("primary", ["oklch(97% 0.2 110)", "nonsense"])
def test_any_primary_gives_readable_text(open_chat, primary):
    chat = open_chat(f'{{theme: {{color: {{accent: {{primary: "{primary}", level: 3}}}}}}}}')

    def luminance(name):
        channels = [int(part) / 255 for part in variable(chat, name)[4:-1].split()]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for ink, ground, least in [
        ("on-primary", "primary-solid", 4.45),
        ("primary-text", "background", 4.45),
        ("primary-text", "primary-soft", 4.45),
        ("bubble-text", "bubble", 4.45),
        ("secondary", "background", 4.45),
        ("secondary", "raised", 4.45),
        ("control", "background", 2.95),
        ("focus", "background", 2.95),
        ("danger-text", "danger-soft", 4.45),
        ("warning-text", "warning-soft", 4.45),
    ]:
        assert contrast(ink, ground) >= least, (ink, ground)


def test_one_writes_in_the_middle_and_goes_on_with_the_last_conversation(open_chat):
    chat = open_chat()
    thread = chat.standin.add_thread([], "About orders")
    start = {
        "composer": "middle",
        "last": {"id": thread, "title": "About orders"},
        "prompts": [{"label": "Ask", "prompt": "Ask"}],
    }
    chat.set_options({"disclaimer": {"text": "Check it."}, "startScreen": start})
    parts = ["[part=greeting]", "textarea", "[part=prompt]", "[part=last-conversation]"]
    parts.append("[part=disclaimer]")
    tops = [chat.element.locator(part).bounding_box()["y"] for part in parts]
    assert tops == sorted(tops)
    chat.input.fill("half a thought")
    field = chat.input.element_handle()
    chat.element.get_by_role("button", name="Continue: About orders").click()
    chat.wait("thread.load.end")
    assert chat.events("thread.change")[-1]["threadId"] == thread
    assert field.evaluate("field => field.isConnected")
    chat.call("setThreadId", None)
    expect(chat.input).to_have_value("half a thought")


# Threads that cannot be written in ---------------------------------------------------------


def test_a_locked_thread_says_why_and_a_closed_one_has_no_composer(chat):
    status = {"type": "locked", "reason": "A person is answering."}
    chat.call("setThreadId", chat.standin.add_thread([], "T", status=status))
    expect(chat.input).to_be_disabled()
    expect(chat.input).to_have_attribute("placeholder", "A person is answering.")
    chat.call("setThreadId", chat.standin.add_thread([], "T", status={"type": "closed"}))
    expect(chat.input).to_have_count(0)
    expect(chat.element.get_by_text("This conversation is closed.")).to_be_visible()


def test_options_that_come_later_leave_no_dead_button(open_chat):
    # Nothing says how this server takes files.
    chat = open_chat("{composer: {attachments: {enabled: true}}}", custom=True)
    buttons = chat.element.locator("footer button")
    expect(buttons).to_have_count(1)
    expect(buttons).to_have_attribute("aria-label", "Send message")
