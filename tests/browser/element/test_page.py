"""The element on a page: order of scripts, several of it, moving, new options, files."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import page_of
from .events import Pause, says
from .states import ask

pytestmark = pytest.mark.browser


def paused(first, second):
    events = list(says([first, second]))
    return [*events[:3], Pause(), *events[3:]]


def test_options_may_come_before_the_element_is_in_the_page(open_chat):
    chat = open_chat()
    chat.page.evaluate(
        """() => {
          const second = document.createElement("openai-chatkit");
          second.id = "made";
          listen(second);
          second.setOptions({...window.options, startScreen: {greeting: "Made by hand"}});
          document.body.append(second);
        }"""
    )
    expect(chat.page.get_by_role("heading", name="Made by hand")).to_be_visible()
    assert ["ready", None, "made"] in chat.page.evaluate("events")


def test_ready_comes_after_listeners_that_were_added_late(open_chat):
    chat = open_chat()
    assert chat.page.evaluate(
        """() => new Promise((resolve) => {
          const second = document.createElement("openai-chatkit");
          second.setOptions(window.options);
          document.body.append(second);
          const channel = new MessageChannel();
          channel.port1.onmessage = () =>
            second.addEventListener("chatkit.ready", () => resolve(true));
          channel.port2.postMessage(0);
          setTimeout(() => resolve(false), 3000);
        })"""
    )


def test_loading_the_script_twice_does_no_harm(open_chat):
    chat = open_chat(
        body='<script src="/static/chatkit.js" async></script><openai-chatkit></openai-chatkit>'
    )
    ask(chat, "Hi")
    expect(chat.answers).to_contain_text("You said: Hi")


def test_two_elements_do_not_know_each_other(open_chat):
    chat = open_chat(
        body='<openai-chatkit id="a"></openai-chatkit><openai-chatkit id="b"></openai-chatkit>',
        css="openai-chatkit { height: 45vh }",
    )
    chat.page.evaluate(
        "() => { const b = document.getElementById('b'); listen(b); b.setOptions(window.options) }"
    )
    other = chat.page.locator("#b")
    chat.input.fill("draft of a")
    other.locator("textarea").fill("Hello from b")
    other.locator("textarea").press("Enter")
    expect(other.locator(".assistant")).to_contain_text("You said: Hello from b")
    expect(chat.answers).to_have_count(0)
    expect(chat.input).to_have_value("draft of a")
    assert {
        source for name, _, source in chat.page.evaluate("events") if name == "response.end"
    } == {"b"}


def test_taken_out_and_put_back_it_goes_on(open_chat):
    chat = open_chat()
    chat.standin.keep_runs()
    chat.standin.reply = lambda asked: paused("Before. ", "After.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Before.")
    chat.input.fill("draft")
    chat.page.evaluate("() => { window.parent_ = chat.parentNode; chat.remove() }")
    chat.page.wait_for_timeout(100)
    chat.page.evaluate("parent_.append(chat)")
    expect(chat.answers.locator(".markdown")).to_have_text("Before.")
    expect(chat.input).to_have_value("draft")
    chat.standin.go(2)
    expect(chat.answers.locator(".markdown")).to_have_text("Before. After.")
    ask(chat, "More")
    expect(chat.questions).to_have_count(2)
    assert chat.events("ready") == [None]


def test_moved_within_the_page_it_keeps_its_thread(chat):
    ask(chat, "Hi")
    chat.page.evaluate(
        "() => { const box = document.createElement('div');"
        " document.body.append(box); box.append(chat) }"
    )
    expect(chat.answers).to_contain_text("You said: Hi")
    ask(chat, "Again")
    expect(chat.answers).to_have_count(2)


def test_options_set_again_in_the_middle_keep_thread_draft_and_stream(chat):
    chat.standin.reply = lambda asked: paused("Before. ", "After.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Before.")
    chat.input.fill("draft")
    chat.answers.evaluate("node => { node.marked = true }")
    chat.set_options('{"theme": "dark", "locale": "es", "threadItemActions": {"retry": true}}')
    expect(chat.input).to_have_value("draft")
    chat.standin.go()
    chat.wait("response.end")
    expect(chat.answers.locator(".markdown")).to_have_text("Before. After.")
    assert chat.answers.evaluate("node => node.marked") is True
    expect(chat.button("Responder de nuevo")).to_be_visible()
    assert chat.events("thread.change") == [{"threadId": next(iter(chat.standin.threads))}]


def test_another_server_leaves_nothing_of_the_one_before(open_chat):
    chat = open_chat(custom=True)
    ask(chat, "Hi")
    chat.button("New chat").click()
    expect(chat.element.locator("[part=last-conversation]")).to_be_visible()
    chat.call("setThreadId", next(iter(chat.standin.threads)))
    expect(chat.answers).to_have_count(1)
    chat.page.evaluate("chat.setOptions({api: {url: '/custom?another', domainKey: ''}})")
    expect(chat.answers).to_have_count(0)
    expect(chat.element.locator("[part=greeting]")).to_be_visible()
    expect(chat.element.locator("[part=last-conversation]")).to_have_count(0)


def test_the_same_options_again_change_nothing(chat):
    ask(chat, "Hi")
    chat.page.evaluate("() => { for (let i = 0; i < 5; i++) chat.setOptions(window.options) }")
    ask(chat, "Again")
    expect(chat.answers).to_have_count(2)
    assert chat.page.evaluate("asked") == [None]


def test_another_server_begins_anew(open_chat):
    chat = open_chat(custom=True)
    ask(chat, "Hi")
    chat.page.evaluate(
        "secret => chat.setOptions({api: {getClientSecret: async () => secret}})",
        chat.standin.secret(),
    )
    expect(chat.element.locator(".greeting")).to_be_visible()
    ask(chat, "Again")
    assert chat.standin.asked[-1].headers["authorization"].startswith("Bearer ck_")


def test_a_bare_fetch_and_a_wrapped_one(open_chat):
    chat = open_chat("{api: {url: '/custom', domainKey: 'x', fetch: window.fetch}}")
    ask(chat, "Hi")
    chat.page.evaluate(
        """() => chat.setOptions({api: {url: "/custom", domainKey: "x",
          fetch: (url, init) => {
            const headers = new Headers(init.headers);
            headers.set("X-Mine", "1");
            return fetch(url, {...init, headers}) }}})"""
    )
    ask(chat, "Again")
    headers = chat.standin.asked[-1].headers
    assert headers["x-mine"] == "1"
    assert headers["content-type"] == "application/json"
    assert headers["accept-language"] == "en-US"


def test_nothing_is_asked_of_anyone_else(chat):
    hosts = set()
    chat.page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    chat.standin.reply = lambda asked: says("![x](https://evil.example/a.png) ```js\n1\n``` $x$")
    ask(chat, "Hi")
    assert hosts <= {chat.standin.url.split("/")[2]}


def test_files_are_uploaded_by_both_strategies(open_chat):
    body = (
        "{composer: {attachments: {enabled: true, maxCount: 2, maxSize: 20,"
        " accept: {'text/plain': ['.txt']}}}, "
    )
    chat = open_chat(
        body + "api: {url: '/custom', domainKey: 'x',"
        " uploadStrategy: {type: 'direct', uploadUrl: '/upload'}}}"
    )
    files = chat.element.locator("input[type=file]")
    files.set_input_files([{"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}])
    expect(chat.element.locator("footer .attachment")).to_contain_text("notes.txt")
    chat.page.evaluate(
        "() => chat.setOptions({...options,"
        " api: {...options.api, uploadStrategy: {type: 'two_phase'}}})"
    )
    files.set_input_files([{"name": "more.txt", "mimeType": "text/plain", "buffer": b"world"}])
    expect(chat.element.locator("footer .attachment")).to_have_count(2)
    expect(chat.element.locator("footer .attachment[aria-busy]")).to_have_count(0)
    chat.send("See these")
    assert chat.asked("threads.create").params["input"]["attachments"] == ["atc_up", "atc_new"]
    (method, _, multipart, _), (put, path, raw, headers) = chat.standin.uploads
    assert (method, b"hello" in multipart) == ("POST", True)
    assert (put, path, raw, headers["x-extra"]) == ("PUT", "/upload/atc_new", b"world", "yes")


@pytest.mark.parametrize(
    ("name", "media_type", "size", "told"),
    [
        ("big.txt", "text/plain", 30, "big.txt is too large."),
        ("a.exe", "application/x-dos", 3, "a.exe is not of"),
    ],
)
def test_files_that_are_not_allowed_are_refused(open_chat, name, media_type, size, told):
    chat = open_chat(
        "{composer: {attachments: {enabled: true, maxSize: 20, accept: {'text/plain': ['.txt']}}},"
        " api: {url: '/custom', domainKey: 'x',"
        " uploadStrategy: {type: 'direct', uploadUrl: '/upload'}}}"
    )
    chat.element.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": media_type, "buffer": b"x" * size}]
    )
    expect(chat.element.get_by_role("alert")).to_contain_text(told)
    assert chat.standin.uploads == []


def test_a_module_script_works_too(new_page, standin):
    page = new_page()
    head = '<script type="module" src="/static/chatkit.js"></script>'
    setup = (
        "customElements.whenDefined('openai-chatkit').then(() =>"
        " document.querySelector('openai-chatkit')"
        ".setOptions({api: {url: '/custom', domainKey: 'x'}}))"
    )
    page_body = '<openai-chatkit></openai-chatkit><script src="/setup.js"></script>'
    standin.pages |= {
        "/": (page_of(page_body, head=head), "text/html"),
        "/setup.js": (setup, "text/javascript"),
        "/page.css": ("", "text/css"),
    }
    page.goto("/")
    standin.reply = lambda asked: says("```python\nimport os\n```")
    page.locator("textarea").fill("Hi")
    page.locator("textarea").press("Enter")
    expect(page.locator(".hl-keyword")).to_have_text("import")
