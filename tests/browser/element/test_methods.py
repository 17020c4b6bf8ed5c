"""The methods of the element and the events around them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .events import Pause, done, says
from .states import ask

pytestmark = pytest.mark.browser


def test_send_user_message_with_everything(chat):
    chat.call(
        "sendUserMessage",
        {
            "content": [
                {"type": "input_tag", "id": "e1", "text": "@Acme"},
                {"type": "input_text", "text": " owes?"},
            ],
            "reply": "The quoted words",
            "attachments": [
                {"type": "file", "id": "atc_1", "name": "a.csv", "mime_type": "text/csv"}
            ],
            "toolChoice": {"id": "search"},
            "model": "deep",
        },
    )
    assert chat.asked("threads.create").params["input"] == {
        "content": [
            {"type": "input_tag", "id": "e1", "text": "@Acme", "data": {}, "interactive": False},
            {"type": "input_text", "text": " owes?"},
        ],
        "attachments": ["atc_1"],
        "inference_options": {"tool_choice": {"id": "search"}, "model": "deep"},
        "quoted_text": "The quoted words",
    }
    expect(chat.questions.locator(".quote")).to_have_text("The quoted words")
    expect(chat.questions.locator(".attachment")).to_contain_text("atc_1")


def test_send_user_message_in_a_new_thread(chat):
    chat.call("sendUserMessage", {"text": "One"})
    chat.call("sendUserMessage", {"text": "Two", "newThread": True})
    assert len(chat.standin.threads) == 2
    expect(chat.questions).to_have_count(1)
    assert [change["threadId"] for change in chat.events("thread.change")][1] is None


def test_send_user_message_is_refused_while_an_answer_streams(chat):
    chat.standin.reply = lambda asked: [*list(says("Half"))[:3], Pause()]
    chat.send("One")
    expect(chat.answers).to_contain_text("Half")
    assert chat.call("sendUserMessage", {"text": "Two"}) == {"rejected": "busy"}
    chat.standin.go()


def test_set_thread_id_opens_and_leaves(chat):
    # The events bubble out of the element.
    chat.page.evaluate(
        "document.addEventListener('chatkit.thread.change', (e) => { window.heard = e.detail })"
    )
    thread_id = chat.standin.add_thread(
        [
            {
                "id": "u",
                "type": "user_message",
                "content": [{"type": "input_text", "text": "Old words"}],
            }
        ]
    )
    chat.call("setThreadId", thread_id)
    expect(chat.questions).to_contain_text("Old words")
    assert chat.page.evaluate("window.heard") == {"threadId": thread_id}
    chat.call("focusComposer")
    expect(chat.input).to_be_focused()
    chat.call("setThreadId", None)
    expect(chat.element.locator(".greeting")).to_be_visible()
    assert chat.events() == [
        "ready",
        "thread.change",
        "thread.load.start",
        "thread.load.end",
        "thread.change",
    ]
    assert chat.events("thread.change") == [{"threadId": thread_id}, {"threadId": None}]


def test_initial_thread_is_opened_once(open_chat):
    chat = open_chat("{initialThread: 'thr_first'}", before="")
    chat.watch.expect("404")
    chat.wait("thread.load.end")
    assert chat.events()[:3] == ["ready", "thread.change", "thread.load.start"]
    chat.call("setThreadId", None)
    chat.set_options('{"initialThread": "thr_first"}')
    expect(chat.element.locator(".greeting")).to_be_visible()


def asked_question(text="Old words"):
    part = {"type": "input_text", "text": text}
    return {"id": "u", "type": "user_message", "content": [part]}


def when_ready(calls):
    """A page that does this as soon as it hears that the element is ready; what became of it."""
    return (
        "document.addEventListener('chatkit.ready', ({target: chat}) => {"
        f" window.done = Promise.all([{calls}].map((call) => call.then(() => 'done',"
        " (error) => error.code ?? error.message))) });"
    )


def test_what_a_page_does_when_it_is_ready_is_done(open_chat, standin):
    thread_id = standin.add_thread([asked_question()], id="thr_first")
    chat = open_chat(
        "{initialThread: 'thr_first'}",
        before=when_ready(
            "chat.sendUserMessage({text: 'At once'}), chat.focusComposer(),"
            " chat.setComposerValue({reply: 'Quoted',"
            " content: [{type: 'input_tag', id: 'e', text: '@Bob'}]})"
        ),
    )
    assert chat.page.evaluate("done") == ["done", "done", "done"]
    assert chat.asked("threads.add_user_message").params["thread_id"] == thread_id
    expect(chat.answers).to_contain_text("You said: At once")
    expect(chat.input).to_have_value("@Bob")
    expect(chat.input).to_be_focused()
    chat.input.press("Enter")
    sent = chat.asked("threads.add_user_message", 2).params["input"]
    assert (sent["content"][0]["id"], sent["quoted_text"]) == ("e", "Quoted")


def test_a_thread_that_is_set_when_ready_takes_the_place_of_the_first(open_chat, standin):
    standin.add_thread([asked_question()], id="thr_other")
    chat = open_chat(
        "{initialThread: 'thr_gone'}",
        before=when_ready("chat.setThreadId('thr_other'), chat.showHistory()"),
    )
    assert chat.page.evaluate("done") == ["done", "done"]
    expect(chat.element.locator("[data-thread][data-current]")).to_have_count(1)
    assert chat.events("thread.change") == [{"threadId": "thr_other"}]
    assert [asked.params["thread_id"] for asked in standin.requests("threads.get_by_id")] == [
        "thr_other"
    ]


def test_what_a_page_does_before_it_is_ready_waits(open_chat, standin):
    standin.add_thread([asked_question()], id="thr_first")
    chat = open_chat(
        "{initialThread: 'thr_first'}",
        before="""
          customElements.whenDefined("openai-chatkit").then(() => {
            const chat = document.querySelector("openai-chatkit");
            window.done = Promise.all([chat.setComposerValue({text: "Draft"}),
              chat.sendUserMessage({text: "Early"}), chat.fetchUpdates()]);
          });
        """,
    )
    chat.page.evaluate("done")
    assert chat.asked("threads.add_user_message").text == "Early"
    expect(chat.answers).to_contain_text("You said: Early")
    expect(chat.input).to_have_value("Draft")
    assert chat.events()[0] == "ready"


def test_no_promise_resolves_for_what_was_not_sent(chat):
    chat.watch.expect("404")
    assert chat.call("setThreadId", "thr_gone") is None
    assert chat.call("sendUserMessage", {"text": "Hi"}) == {"rejected": "not_found"}
    chat.page.route("**/api/chatkit", lambda route: None)
    left = chat.page.evaluate(
        """async () => {
          const chat = document.querySelector("openai-chatkit");
          await chat.setThreadId(null);
          const sent = chat.sendUserMessage({text: "Never"}).catch(({code}) => code);
          await new Promise((resolve) => setTimeout(resolve, 100));
          chat.setThreadId("thr_other");
          return sent;
        }"""
    )
    assert left == "left"


def test_calls_that_change_nothing_do_nothing(chat):
    chat.page.evaluate(
        """() => {
          window.changes = 0;
          document.addEventListener("chatkit.thread.change", ({target, detail}) => {
            window.changes++;
            if (window.changes < 50) target.setThreadId(detail.threadId);
          });
        }"""
    )
    chat.standin.reply = lambda asked: [*list(says(["Half ", "whole"]))[:3], Pause(), *says("End")]
    chat.send("Go")
    expect(chat.answers).to_contain_text("Half")
    thread_id = next(iter(chat.standin.threads))
    same = chat.page.evaluate(
        """async (id) => {
          const chat = document.querySelector("openai-chatkit");
          let drawn = 0;
          const draw = chat.requestUpdate;
          chat.requestUpdate = (...how) => { drawn++; return draw.call(chat, ...how); };
          for (let n = 0; n < 3; n++) chat.setOptions({...window.options});
          await chat.setThreadId(id);
          delete chat.requestUpdate;
          return drawn;
        }""",
        thread_id,
    )
    assert same == 0
    chat.standin.go()
    expect(chat.answers.last).to_contain_text("End")
    chat.call("setThreadId", None)
    chat.call("setThreadId", thread_id)
    chat.wait("thread.load.end")
    assert chat.page.evaluate("changes") == 3
    assert chat.events().count("response.end") == 1


def test_options_that_the_page_changed_in_place_are_taken(open_chat):
    chat = open_chat("{startScreen: {greeting: 'One'}}")
    chat.page.evaluate(
        """() => {
          window.options.startScreen.greeting = "Two";
          document.querySelector("openai-chatkit").setOptions(window.options);
        }"""
    )
    expect(chat.element.locator(".greeting")).to_have_text("Two")


def test_the_pages_fetch_keeps_every_header(open_chat):
    chat = open_chat(
        "{api: {url: '/custom', domainKey: 'local', fetch: (url, init) => fetch(url, {...init,"
        " headers: {...(init?.headers || {}), 'X-Org-Id': 'o1'}})}}"
    )
    ask(chat, "Hi")
    sent = chat.asked("threads.create").headers
    headers = {name.lower(): value for name, value in sent.items()}
    assert (headers["x-org-id"], headers["content-type"]) == ("o1", "application/json")
    assert headers["accept-language"]


def test_set_composer_value(open_chat):
    chat = open_chat(
        '{composer: {tools: [{id: "t", label: "Tool", icon: "bolt"}],'
        ' models: [{id: "a", label: "A"}, {id: "b", label: "B"}]}}'
    )
    chat.call(
        "setComposerValue",
        {
            "content": [
                {"type": "input_text", "text": "Ask "},
                {"type": "input_tag", "id": "e", "text": "@Bob"},
            ],
            "reply": "Quoted",
            "selectedToolId": "t",
            "selectedModelId": "b",
            "attachments": [
                {"type": "file", "id": "atc", "name": "b.csv", "mime_type": "text/csv"}
            ],
        },
    )
    expect(chat.input).to_have_value("Ask @Bob")
    assert chat.standin.asked == []
    chat.input.press("Enter")
    sent = chat.asked("threads.create").params["input"]
    assert sent["content"][1]["type"] == "input_tag"
    assert sent["quoted_text"] == "Quoted"
    assert sent["inference_options"] == {"tool_choice": {"id": "t"}, "model": "b"}
    assert sent["attachments"] == ["atc"]
    expect(chat.element.locator("footer .attachment, footer .composer-quote")).to_have_count(0)
    chat.call("setComposerValue", {"text": "Plain", "selectedToolId": "t"})
    chat.call("setComposerValue", {"selectedToolId": None})
    expect(chat.input).to_have_value("Plain")
    assert chat.events("tool.change")[-1] == {"toolId": None}


def test_fetch_updates_keeps_what_is_the_same_and_the_log_tells_no_text(chat):
    ask(chat, "Very secret words")
    assert chat.events("log")
    assert "secret" not in str(chat.events("log"))
    chat.answers.first.evaluate("node => { node.marked = true }")
    thread = next(iter(chat.standin.threads.values()))
    thread["items"].append(list(says("Added by a colleague."))[-1]["item"])
    chat.call("fetchUpdates")
    expect(chat.answers).to_have_count(2)
    assert chat.answers.first.evaluate("node => node.marked") is True


def test_send_custom_action(chat):
    assert chat.call("sendCustomAction", {"type": "x"}) == {"rejected": "no_thread"}
    ask(chat, "Hi")
    chat.standin.reply = lambda asked: says("Acted.")
    chat.call("sendCustomAction", {"type": "pay", "payload": {"n": 1}}, "item_1")
    asked = chat.asked("threads.custom_action")
    assert asked.params["action"] == {"type": "pay", "payload": {"n": 1}}
    assert asked.params["item_id"] == "item_1"
    expect(chat.answers.last).to_contain_text("Acted.")


def test_client_tools(open_chat):
    chat = open_chat(
        "{onClientTool: async ({name, params}) => { if (params.fail) throw new Error('no'); "
        "return {name, twice: params.n * 2} }}"
    )

    def reply(asked):
        if asked.type == "threads.add_client_tool_output":
            return says(f"Result: {asked.params['result']}")
        fail = {"fail": True} if "fail" in asked.text else {}
        return [
            done(
                "client_tool_call",
                status="pending",
                call_id="c",
                name="double",
                arguments={"n": 21, **fail},
            )
        ]

    chat.standin.reply = reply
    ask(chat, "Hi")
    assert chat.asked("threads.add_client_tool_output").params["result"] == {
        "name": "double",
        "twice": 42,
    }
    expect(chat.answers).to_contain_text("42")
    assert chat.events().count("response.start") == chat.events().count("response.end") == 1
    ask(chat, "fail")
    assert chat.asked("threads.add_client_tool_output", 2).params["result"] == {"error": "no"}
    assert chat.events("error")[0]["message"] == "no"


CALL: dict[str, Any] = {"status": "pending", "call_id": "c", "name": "pay", "arguments": {"n": 1}}
#: A tool that counts, in all tabs, how often it did its work.
COUNTED = (
    "{initialThread: localStorage.thread ?? null, onClientTool: async () => {"
    " localStorage.paid = Number(localStorage.paid ?? 0) + 1;"
    " await new Promise((done) => setTimeout(done, 200)); return {paid: true} }}"
)


def pays(asked):
    if asked.type == "threads.add_client_tool_output":
        thread = asked.server.threads[asked.params["thread_id"]]
        for item in thread["items"]:
            item |= {"status": "completed"} if item["type"] == "client_tool_call" else {}
        return says(f"Paid: {asked.params['result']}")
    return [Pause(), done("client_tool_call", **CALL)]


def test_a_tool_call_that_comes_while_the_page_is_reloaded_is_carried_out_once(open_chat):
    chat = open_chat(COUNTED)
    chat.standin.keep_runs()
    chat.standin.reply = pays
    chat.send("Pay")
    chat.wait("thread.change")
    chat.page.evaluate("id => { localStorage.thread = id }", next(iter(chat.standin.threads)))
    chat.page.goto("about:blank")
    chat.standin.go()
    chat.page.wait_for_timeout(300)
    # Two tabs come back, and both find the call.
    second = chat.page.context.new_page()
    for page in (chat.page, second):
        page.goto(f"{chat.standin.url}/")
    expect(chat.answers).to_contain_text("Paid: {'paid': True}")
    answers = second.locator("openai-chatkit .assistant")
    expect(answers).to_contain_text("Paid: {'paid': True}")
    assert chat.page.evaluate("localStorage.paid") == "1"
    assert len(chat.standin.requests("threads.add_client_tool_output")) == 1


def test_an_output_that_is_lost_is_sent_again_and_the_tool_not_run_again(open_chat):
    chat = open_chat(COUNTED)
    chat.watch.expect("ERR_")
    chat.standin.reply = pays
    chat.send("Pay")
    chat.asked("threads.create")
    chat.wait("thread.change")
    chat.page.route("**/api/chatkit", lambda route: route.abort())
    chat.standin.go()
    expect(chat.element.get_by_role("alert")).to_contain_text("can't be reached")
    chat.page.unroute("**/api/chatkit")
    chat.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(chat.answers).to_contain_text("Paid: {'paid': True}")
    assert chat.page.evaluate("localStorage.paid") == "1"
    assert chat.standin.requests("threads.retry_after_item") == []
