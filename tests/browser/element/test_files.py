"""Files in the element: dropped on the chat, refused one by one, sent again, and by a phone's
camera."""

from __future__ import annotations

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

OPTIONS = "{composer: {attachments: {enabled: true, maxSize: 20, maxCount: 5}}}"
DRAG = """async ([names, type]) => {
  const data = new DataTransfer();
  for (const [name, size] of names)
    data.items.add(new File(["x".repeat(size)], name, {type: "text/plain"}));
  const target = document.querySelector("openai-chatkit").shadowRoot.querySelector(".body");
  const options = {dataTransfer: data, bubbles: true, composed: true, cancelable: true};
  const event = new DragEvent(type, options);
  target.dispatchEvent(event);
  return event.defaultPrevented;
}"""


def drag(chat, type_, *names):
    return chat.page.evaluate(DRAG, [list(names), type_])


def test_dropped_on_the_chat_one_bad_file_of_five_is_refused_alone(open_chat):
    chat = open_chat(OPTIONS)
    area = chat.element.locator("[part=drop-area]")
    assert drag(chat, "dragenter", ("a.txt", 1))
    expect(area).to_contain_text("Drop files here")
    drag(chat, "dragleave", ("a.txt", 1))
    expect(area).to_have_count(0)
    drag(chat, "dragover", ("a.txt", 1))
    expect(area).to_have_count(1)
    files = [(f"{n}.txt", 30 if n == 3 else 5) for n in range(5)]
    drag(chat, "drop", *files)
    expect(area).to_have_count(0)
    expect(chat.element.get_by_role("alert")).to_contain_text("3.txt is too large.")
    expect(chat.element.locator("footer .attachment")).to_have_count(4)
    expect(chat.element.locator("footer .attachment[aria-busy]")).to_have_count(0)
    assert len(chat.standin.uploads) == 4
    # Sent by the part that tells how much has gone, with the secret, to this site alone.
    assert all(upload[3]["authorization"].startswith("Bearer ") for upload in chat.standin.uploads)
    chat.call("setOptions", {"api": {"url": "/custom", "domainKey": "x"}})
    assert not drag(chat, "dragover", ("a.txt", 1))  # takes no files now
    expect(area).to_have_count(0)


def test_what_the_server_could_not_take_is_sent_again_by_the_keyboard(open_chat):
    chat = open_chat(OPTIONS)
    chat.watch.expect("status of 503", "status of 400")
    chat.standin.upload_refusals = [(503, "busy", "The site is very busy.")]
    files = chat.element.locator("input[type=file]")
    files.set_input_files([{"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}])
    expect(chat.element.get_by_role("alert")).to_contain_text("The site is very busy.")
    expect(chat.element.locator("footer .attachment.failed")).to_contain_text("notes.txt")
    again = chat.button("Upload notes.txt again")
    again.focus()
    again.press("Enter")
    expect(chat.element.locator("footer .attachment:not(.failed)")).to_contain_text("notes.txt")
    expect(chat.status).to_contain_text("notes.txt is attached.")
    chat.standin.upload_refusals = [(400, "file_refused", "Programs can’t be sent here.")]
    files.set_input_files([{"name": "a.exe", "mimeType": "", "buffer": b"MZ"}])
    expect(chat.element.get_by_role("alert")).to_contain_text("Programs can’t be sent here.")
    expect(chat.button("Upload a.exe again")).to_have_count(0)
    chat.button("Remove a.exe").press("Enter")
    expect(chat.element.locator("footer .attachment")).to_have_count(1)


def test_the_camera_is_a_phones(open_chat, phone):
    chat = open_chat(OPTIONS, size=phone)
    chat.page.evaluate(
        "() => { HTMLInputElement.prototype.click = function () {"
        " window.clicked = [this.accept, this.capture]; }; }"
    )
    chat.button("Take a photo").click()
    for _ in range(100):
        if chat.page.evaluate("window.clicked"):
            break
        chat.page.wait_for_timeout(25)
    assert chat.page.evaluate("window.clicked") == ["image/*", "environment"]
