"""What can go wrong, and how each case ends in a state that can be left."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import says
from .states import ask

pytestmark = pytest.mark.browser


def test_an_expired_secret_is_renewed_once_and_nobody_notices(open_chat):
    chat = open_chat(before="")
    chat.watch.expect("401")
    chat.standin.secrets = {"fresh"}
    fresh = chat.standin.secret("fresh")
    chat.page.evaluate(
        "secret => chat.setOptions({api: {getClientSecret: async (current) => "
        "{asked.push(current); return secret}}})",
        fresh,
    )
    ask(chat, "Hi")
    expect(chat.answers).to_contain_text("You said: Hi")
    assert chat.page.evaluate("asked") == [None, chat.standin.secret("good")]
    assert chat.events("error") == []


def test_an_ended_session_says_so_and_keeps_the_message(chat):
    chat.watch.expect("401")
    chat.standin.secrets = set()
    chat.send("Hi")
    expect(chat.element.get_by_role("alert")).to_contain_text("Session over.")
    error = chat.events("error")[0]
    assert (error["code"], error["status"]) == ("session_expired", 401)
    expect(chat.questions).to_contain_text("Hi")
    expect(chat.questions).to_contain_text("No answer")
    chat.standin.secrets = {"good"}
    chat.button("Try again").click()
    expect(chat.answers).to_contain_text("You said: Hi")
    expect(chat.input).to_have_value("")


def test_a_rejected_session_is_told_and_tried_again(open_chat):
    before = """
      let count = 0;
      window.session = async () => {
        if (count++) return SECRET;
        throw Object.assign(new Error("The assistant is resting."),
          {code: "openai_error", status: 500});
      };
    """
    chat = open_chat(
        "{api: {getClientSecret: () => session()}}", before=before.replace("SECRET", "window.good")
    )
    chat.page.evaluate("secret => { window.good = secret }", chat.standin.secret())
    expect(chat.element.get_by_role("alert")).to_contain_text("The assistant is resting.")
    assert chat.events("error")[0]["code"] == "openai_error"
    chat.button("Try again").click()
    expect(chat.element.get_by_role("alert")).to_have_count(0)
    ask(chat, "Hi")
    expect(chat.answers).to_contain_text("You said: Hi")


def test_an_error_of_the_page_without_a_code_is_not_shown_raw(open_chat):
    chat = open_chat(
        "{api: {getClientSecret: async () => { throw new Error('TypeError: x is undefined') }}}"
    )
    alert = chat.element.get_by_role("alert")
    expect(alert).to_contain_text("The chat could not be started.")
    expect(alert).not_to_contain_text("undefined")


def test_a_secret_that_leads_elsewhere_is_refused(open_chat):
    chat = open_chat("{api: {getClientSecret: async () => 'ck_Ly9ldmlsLmV4YW1wbGUvYXBp.x'}}")
    chat.wait("error")
    assert chat.events("error")[0]["code"] == "session_failed"
    assert chat.standin.asked == []


def test_a_secret_of_openai_is_explained(open_chat):
    chat = open_chat("{api: {getClientSecret: async () => 'chatkit_abc'}}")
    chat.wait("error")
    assert chat.events("error")[0]["code"] == "hosted_workflow"
    expect(chat.element.get_by_role("alert")).to_contain_text("hosted by OpenAI")


def test_a_limit_counts_down_and_then_lets_the_message_go(chat):
    chat.watch.expect("429")
    chat.standin.refuse(429, "rate_limited", "Slow down.", Retry_After="2")
    chat.send("Hi")
    expect(chat.element.get_by_role("alert")).to_contain_text("Slow down.")
    expect(chat.element.get_by_role("alert")).to_contain_text("Try again in")
    error = chat.events("error")[0]
    assert (error["code"], error["status"], error["retryAfter"]) == ("rate_limited", 429, 2)
    again = chat.button("Try again")
    expect(again).to_have_attribute("aria-disabled", "true")
    chat.send("And this?")
    expect(chat.element.locator("[part=hint]")).to_contain_text("Try again in")
    expect(chat.input).to_have_value("And this?")
    expect(again).not_to_have_attribute("aria-disabled", "true", timeout=4000)
    again.click()
    expect(chat.answers).to_contain_text("You said: Hi")
    expect(chat.input).to_have_value("And this?")


def test_a_run_in_progress_leads_to_it(chat):
    chat.watch.expect("409")
    ask(chat, "Hi")
    chat.standin.refuse(409, "run_in_progress", "")
    chat.send("Again")
    expect(chat.element.get_by_role("alert")).to_contain_text("already being written")
    chat.button("Try again").click()
    chat.asked("threads.get_by_id")
    expect(chat.answers.last).to_contain_text("You said: Again")


@pytest.mark.parametrize(
    ("status", "code", "message", "shown"),
    [
        (500, "", "", "Something went wrong."),
        (500, "openai_error", "The model is away.", "The model is away."),
        (413, "too_large", "", "This message is too long."),
        (403, "forbidden", "Not for you.", "Not for you."),
    ],
)
def test_a_refused_message_stays_with_a_way_to_send_it(chat, status, code, message, shown):
    chat.watch.expect(str(status))
    chat.standin.refuse(status, code, message)
    chat.send("Precious words")
    expect(chat.element.get_by_role("alert")).to_contain_text(shown)
    expect(chat.questions).to_contain_text("Precious words")
    expect(chat.input).to_have_value("")
    assert chat.events("response.end") == [None]
    chat.page.reload()
    chat.page.evaluate("window.ready")
    expect(chat.questions).to_contain_text("Precious words")
    expect(chat.questions).to_contain_text("No answer")
    chat.button("Try again").click()
    expect(chat.answers).to_contain_text("You said: Precious words")
    expect(chat.questions).to_have_count(1)
    expect(chat.questions).not_to_contain_text("No answer")


def test_a_message_that_fails_while_one_types_on_is_not_lost(chat):
    chat.watch.expect("500")
    chat.page.route(
        "**/api/chatkit", lambda route: chat.page.wait_for_timeout(300) or route.continue_()
    )
    chat.standin.refuse(500, "broken")
    chat.send("The first question")
    chat.input.fill("The second, half wri")
    expect(chat.element.get_by_role("alert")).to_be_visible()
    expect(chat.questions).to_contain_text("The first question")
    chat.button("Try again").click()
    expect(chat.answers).to_contain_text("You said: The first question")
    expect(chat.input).to_have_value("The second, half wri")
    expect(chat.questions).to_have_count(1)


def test_a_refused_message_can_be_written_anew(chat):
    chat.watch.expect("413")
    chat.standin.refuse(413, "too_large")
    chat.call(
        "setComposerValue",
        {"content": [{"type": "input_tag", "id": "e", "text": "@Bob"}], "reply": "Quoted"},
    )
    chat.input.press("Enter")
    expect(chat.questions).to_contain_text("No answer")
    chat.button("Edit").click()
    expect(chat.questions).to_have_count(0)
    expect(chat.element.get_by_role("alert")).to_have_count(0)
    expect(chat.input).to_have_value("@Bob")
    expect(chat.input).to_be_focused()
    chat.input.press("Enter")
    sent = chat.asked("threads.create", 2).params["input"]
    assert (sent["content"][0]["id"], sent["quoted_text"]) == ("e", "Quoted")


def test_a_question_without_an_answer_stays_one(open_chat):
    chat = open_chat("{initialThread: sessionStorage.thread ?? null}")
    chat.standin.reply = lambda asked: [
        {"type": "error", "code": "stream.error", "allow_retry": True}
    ]
    chat.send("Nobody knows?")
    expect(chat.questions).to_contain_text("No answer")
    chat.standin.reply = lambda asked: says(f"You said: {asked.text}")
    chat.send("And this?")
    expect(chat.answers).to_contain_text("You said: And this?")
    for _ in range(2):
        expect(chat.questions.first).to_contain_text("No answer")
        expect(chat.questions.nth(1)).not_to_contain_text("No answer")
        thread_id = next(iter(chat.standin.threads))
        chat.page.evaluate("id => { sessionStorage.thread = id }", thread_id)
        chat.page.reload()
        chat.page.evaluate("window.ready")
    chat.button("Try again").click()
    expect(chat.answers).to_have_count(2)
    expect(chat.answers.last).to_contain_text("You said: Nobody knows?")
    expect(chat.element.get_by_text("No answer")).to_have_count(0)


def test_an_unreachable_server_and_back(chat):
    chat.watch.expect("ERR_")
    chat.standin.down = True
    chat.send("Hi")
    expect(chat.element.get_by_role("alert")).to_contain_text("can't be reached")
    assert chat.events("error")[0]["code"] == "network"
    chat.standin.down = False
    chat.button("Try again").click()
    expect(chat.answers).to_contain_text("You said: Hi")


def test_offline_is_said_and_back_online_the_messages_go(chat):
    chat.watch.expect("ERR_")
    chat.page.context.set_offline(True)
    expect(chat.element.get_by_text("You're offline.")).to_be_visible()
    chat.send("Hi")
    expect(chat.element.get_by_role("alert")).to_be_visible()
    chat.send("And this?")
    chat.wait("response.end", 2)
    chat.page.context.set_offline(False)
    expect(chat.answers).to_have_count(2)
    expect(chat.answers.first).to_contain_text("You said: Hi")
    expect(chat.answers.last).to_contain_text("You said: And this?")
    expect(chat.element.get_by_text("You're offline.")).to_have_count(0)


def test_a_thread_that_is_gone_offers_a_new_one(chat):
    chat.watch.expect("404")
    chat.call("setThreadId", "thr_gone")
    expect(chat.element.get_by_role("alert")).to_contain_text("isn't available")
    assert chat.events("thread.load.end") == [{"threadId": "thr_gone"}]
    chat.element.locator(".body").get_by_role("button", name="New chat").click()
    expect(chat.element.locator(".greeting")).to_be_visible()
    expect(chat.element.get_by_role("alert")).to_have_count(0)


def test_an_error_event_keeps_the_text_and_offers_a_retry(chat):
    chat.standin.reply = lambda asked: [
        *says("Half"),
        {"type": "error", "code": "custom", "message": "The tool is closed.", "allow_retry": True},
    ]
    ask(chat, "Hi")
    expect(chat.element.get_by_role("alert")).to_contain_text("The tool is closed.")
    expect(chat.answers).to_contain_text("Half")
    chat.standin.reply = lambda asked: says("Whole")
    chat.button("Try again").click()
    expect(chat.answers.locator(".markdown")).to_have_text("Whole")


def test_an_error_event_without_retry_has_no_button_but_can_be_dismissed(chat):
    chat.standin.reply = lambda asked: [
        {"type": "error", "code": "stream.error", "message": "secret trace"}
    ]
    ask(chat, "Hi")
    alert = chat.element.get_by_role("alert")
    expect(alert).to_contain_text("could not be completed")
    expect(alert).not_to_contain_text("secret trace")
    expect(chat.button("Try again")).to_have_count(0)
    chat.button("Dismiss").click()
    expect(alert).to_have_count(0)


def test_a_broken_event_ends_the_answer_clearly(chat):
    chat.standin.reply = lambda asked: ["not an event"]
    chat.page.route(
        "**/api/chatkit",
        lambda route: route.fulfill(
            status=200, content_type="text/event-stream", body="data: {broken\n\n"
        ),
    )
    chat.send("Hi")
    chat.wait("response.end")
    assert chat.events("error")[0]["code"] == "bad_response"
    expect(chat.element.get_by_role("alert")).to_be_visible()
