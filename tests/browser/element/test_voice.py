"""Dictation and reading aloud, in the element alone."""

from __future__ import annotations

import base64

import pytest

from .events import says

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

DICTATION = "{composer: {dictation: {enabled: true}}}"
ALOUD = "{threadItemActions: {readAloud: true}}"
# A browser of tests has no voices: what would be said is kept, and is never over.
VOICES = """
window.utterances = [];
window.silenced = 0;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [],
  speak: (utterance) => utterances.push(utterance),
  cancel: () => { silenced += 1; },
} });
"""
ANSWER = (
    "Puedes cancelar el pedido en la página.\n\n```sh\nrm\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |"
)
SAID = [
    "Puedes cancelar el pedido en la página.",
    "Code is left out.",
    "A table is left out.",
]


def panel(chat):
    return chat.element.get_by_role("group", name="Dictation")


def test_dictation_by_keyboard(open_chat):
    """From the button to the words at the cursor, with each step said to screen readers."""
    chat = open_chat(DICTATION)
    chat.standin.written = "  two "
    chat.input.fill("One three")
    chat.input.evaluate("field => field.setSelectionRange(4, 4)")
    chat.input.press("Tab")
    expect(chat.button("Dictate")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(panel(chat).locator(".time")).to_have_text("0:01")
    expect(chat.button("Write it down")).to_be_focused()
    expect(chat.status).to_contain_text("Recording. Say what you want to write.")
    expect(chat.button("Dictate")).to_have_count(0)
    levels = "bars => Math.max(...bars.map(bar => bar.style.getPropertyValue('--level')))"
    assert panel(chat).locator(".meter i").evaluate_all(levels) > 0.02
    chat.button("Pause").click()
    expect(chat.button("Go on recording")).to_be_visible()
    expect(chat.status).to_contain_text("Paused")
    chat.button("Go on recording").click()
    expect(panel(chat).locator(".time")).to_have_text("0:02")
    chat.button("Write it down").press("Enter")
    expect(chat.input).to_have_value("One two three")
    expect(chat.input).to_be_focused()
    assert chat.input.evaluate("field => field.selectionStart") == len("One two")
    expect(chat.status).to_contain_text(
        "What you said is in the message. Read it before you send it."
    )
    expect(panel(chat)).to_have_count(0)
    sent = chat.asked("input.transcribe").params
    assert sent["mime_type"] == "audio/webm;codecs=opus"
    assert base64.b64decode(sent["audio_base64"], validate=True).startswith(b"\x1aE\xdf\xa3")
    assert chat.events("error") == []

    # A recording that could not be sent is kept; Escape throws it away.
    chat.button("Dictate").click()
    expect(panel(chat).locator(".time")).to_have_text("0:01")
    chat.standin.down = True
    chat.button("Write it down").click()
    expect(panel(chat).get_by_text("The recording couldn't be sent. It is kept")).to_be_visible()
    chat.standin.down = False
    chat.standin.written = "late words"
    chat.button("Try again").click()
    expect(chat.input).to_have_value("One two late words three")
    chat.button("Dictate").click()
    expect(chat.button("Write it down")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.status).to_contain_text("The recording was cancelled.")
    expect(chat.input).to_have_value("One two late words three")
    chat.watch.expect("net::ERR_EMPTY_RESPONSE", "net::ERR_CONNECTION")


def test_a_refused_microphone_is_told(standin, open_chat):
    standin.permissions = "microphone=()"
    chat = open_chat(DICTATION)
    chat.button("Dictate").click()
    told = panel(chat).get_by_text("This site may not use the microphone.")
    expect(told).to_be_visible()
    expect(chat.button("Record again")).to_be_focused()
    chat.button("Cancel the recording").click()
    expect(panel(chat)).to_have_count(0)
    expect(chat.button("Dictate")).to_be_visible()
    assert chat.standin.requests("input.transcribe") == []
    chat.watch.expect("microphone is not allowed in this document")


def test_the_microphone_is_let_go_of(open_chat):
    """With another conversation, and with the element: no page goes on listening."""
    keep = """
    window.tracks = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      tracks.push(...stream.getTracks());
      return stream;
    };
    """
    chat = open_chat(DICTATION, before=keep)
    states = "tracks.map(({ readyState }) => readyState)"
    chat.button("Dictate").click()
    expect(chat.button("Write it down")).to_be_visible()
    assert chat.page.evaluate(states) == ["live"]
    chat.call("setThreadId", chat.standin.add_thread([], "Another"))
    expect(panel(chat)).to_have_count(0)
    assert chat.page.evaluate(states) == ["ended"]
    chat.button("Dictate").click()
    expect(chat.button("Write it down")).to_be_visible()
    chat.page.evaluate("document.querySelector('openai-chatkit').remove()")
    chat.page.wait_for_timeout(0)
    assert chat.page.evaluate(states) == ["ended", "ended"]


def test_an_answer_is_read_aloud_until_anything_ends_it(open_chat):
    chat = open_chat(ALOUD, before=VOICES)
    chat.standin.reply = lambda asked: says(ANSWER)
    chat.send("Hola")
    chat.button("Read aloud").click()
    stop = chat.button("Stop reading")
    expect(stop).to_have_attribute("aria-pressed", "true")
    heard = "utterances.map(({ text }) => text)"
    assert chat.page.evaluate(heard) == SAID
    assert chat.page.evaluate("utterances[0].lang") == "es"  # the answer's, not the page's

    def read_again(count: int) -> None:
        chat.button("Read aloud").first.click()
        expect(stop).to_have_count(1)
        assert len(chat.page.evaluate(heard)) == count * len(SAID)

    stop.click()
    expect(stop).to_have_count(0)
    read_again(2)
    chat.page.keyboard.press("Escape")
    expect(stop).to_have_count(0)
    read_again(3)
    chat.send("Otra")
    expect(chat.button("Read aloud")).to_have_count(2)
    expect(stop).to_have_count(0)
    read_again(4)
    chat.page.evaluate("for (const end of ['end']) utterances.at(-1).dispatchEvent(new Event(end))")
    expect(stop).to_have_count(0)
    assert chat.page.evaluate("silenced") == 3


def test_neither_unless_the_page_asks(open_chat):
    chat = open_chat("{threadItemActions: {retry: true}}")
    chat.send("Hello")
    expect(chat.element.locator("[data-copy]")).to_have_count(1)
    expect(chat.element.locator("[data-aloud], [part=dictate-button]")).to_have_count(0)
