"""The chat page as a person uses it, for tests with a browser of the host's choice.

Nothing here imports a browser's driver: a `Page` of Playwright's synchronous API will do, and a
`WebDriver` of Selenium's. The scripts touch what the reference of the element names.
"""

from __future__ import annotations

import time
from typing import Any

PATH = "/apps/chatkit/"
LOOK_AGAIN = 0.05  # seconds between two looks at the page

# A conversation that is still being opened takes no question.
READY = """() => {
  const root = document.querySelector("openai-chatkit")?.shadowRoot;
  if (!root || root.querySelector(".skeleton")) return false;
  return Boolean(root.querySelector("textarea:not([disabled])"));
}"""
ASK = """([text]) => {
  const chat = document.querySelector("openai-chatkit");
  const box = chat.shadowRoot.querySelector("textarea");
  const asked = () => { chat.dataset.testing = "answering"; };
  const over = () => { chat.dataset.testing = "answered"; };
  chat.dataset.testing = "";
  chat.addEventListener("chatkit.response.start", asked, { once: true });
  chat.addEventListener("chatkit.response.end", over, { once: true });
  box.focus();
  box.value = text;
  box.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true }));
}"""
ANSWERED = """() => {
  const chat = document.querySelector("openai-chatkit");
  return chat.dataset.testing === "answered"
    && !chat.shadowRoot.querySelector("[part=stop-button]");
}"""
SAYS = """() => {
  const root = document.querySelector("openai-chatkit").shadowRoot;
  const said = root.querySelectorAll("[part~=user-message], [part~=assistant-message]");
  return said.length > 0 && said[said.length - 1].matches("[part~=assistant-message]");
}"""
TEXTS = """([part]) => {
  const found = document.querySelector("openai-chatkit").shadowRoot.querySelectorAll(
    `[part~="${part}"]`);
  return [...found].map((one) => {
    const copy = one.cloneNode(true);
    const others = "button, svg, details, sup, .hidden, .actions, [part=time]";
    for (const other of copy.querySelectorAll(others)) other.remove();
    return copy.textContent.replace(/\\s+/g, " ").trim();
  });
}"""
SAID = """() => document.querySelector("openai-chatkit").shadowRoot.textContent"""
PRESS = """([name]) => {
  const root = document.querySelector("openai-chatkit").shadowRoot;
  const named = (button) => (button.getAttribute("aria-label") ?? button.textContent).trim();
  const found = [...root.querySelectorAll("button, a")].find((button) => named(button) === name);
  found?.click();
  return Boolean(found);
}"""


class ChatPage:
    """The chat on a page of a browser: `ChatPage(page, live_server.url).open().ask("…")`.

    `timeout` is how many seconds it waits for anything; then it raises TimeoutError.
    """

    def __init__(self, page: Any, base_url: str = "", timeout: float = 15.0) -> None:
        self.page = page
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout

    def open(self, path: str = PATH) -> ChatPage:
        """Go to a page with a chat on it, by default the chat page, and wait until it can be
        asked. Whoever the browser has logged in asks."""
        go = self.page.goto if hasattr(self.page, "goto") else self.page.get
        go(self.base_url + path)
        return self.ready()

    def ready(self) -> ChatPage:
        """Wait until a question can be written."""
        self._until(READY, "The chat is not ready")
        return self

    def ask(self, text: str) -> str:
        """Write a question, send it, and wait for the end of its answer; the answer's text."""
        return self.send(text).wait_for_answer()

    def send(self, text: str) -> ChatPage:
        """Write a question and send it, and wait for nothing."""
        self.ready()
        self._run(ASK, text)
        return self

    def wait_for_answer(self) -> str:
        """Wait for the end of the answer to what was sent; its text, "" where it has none."""
        self._until(ANSWERED, "The answer has not ended")
        return self.answer if self._run(SAYS) else ""

    def press(self, name: str) -> ChatPage:
        """Press a button in the chat, by its name as a screen reader tells it, once it is there."""
        end = time.monotonic() + self.timeout
        while not self._run(PRESS, name):
            self._again(end, f"There is no button {name!r}")
        return self

    @property
    def said(self) -> str:
        """All that stands in the chat, on one line."""
        return " ".join(str(self._run(SAID)).split())

    @property
    def questions(self) -> list[str]:
        """What was asked in the conversation that shows."""
        return self._texts("user-bubble")

    @property
    def answers(self) -> list[str]:
        """The assistant's messages in the conversation that shows."""
        return self._texts("assistant-message")

    @property
    def answer(self) -> str:
        """The last of the assistant's messages, "" where there is none."""
        return (self.answers or [""])[-1]

    @property
    def error(self) -> str:
        """The error that shows, "" where there is none."""
        return (self._texts("error") or [""])[-1]

    def _texts(self, part: str) -> list[str]:
        return [str(text) for text in self._run(TEXTS, part)]

    def _until(self, condition: str, complaint: str) -> None:
        end = time.monotonic() + self.timeout
        while not self._run(condition):
            self._again(end, complaint)

    def _again(self, end: float, complaint: str) -> None:
        if time.monotonic() > end:
            raise TimeoutError(f"{complaint} after {self.timeout:g} seconds.")
        if hasattr(self.page, "wait_for_timeout"):  # Playwright hears of nothing in a sleep
            self.page.wait_for_timeout(LOOK_AGAIN * 1000)
        else:
            time.sleep(LOOK_AGAIN)

    def _run(self, script: str, *arguments: Any) -> Any:
        if hasattr(self.page, "evaluate"):
            return self.page.evaluate(script, list(arguments))
        return self.page.execute_script(f"return ({script})(arguments[0])", list(arguments))
