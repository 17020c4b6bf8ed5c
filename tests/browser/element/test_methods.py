"""The methods of the element and the events around them."""

from __future__ import annotations

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


def test_focus_composer(chat):
    chat.call("focusComposer")
    expect(chat.input).to_be_focused()


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


def test_fetch_updates_keeps_what_is_the_same(chat):
    ask(chat, "Hi")
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


def test_the_log_tells_no_text(chat):
    ask(chat, "Very secret words")
    assert chat.events("log")
    assert "secret" not in str(chat.events("log"))


def test_events_bubble_out_of_the_element(chat):
    chat.page.evaluate(
        "document.addEventListener('chatkit.thread.change', (e) => { window.heard = e.detail })"
    )
    chat.call("setThreadId", None)
    assert chat.page.evaluate("window.heard") == {"threadId": None}
