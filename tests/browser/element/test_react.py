"""OpenAI's own React package, unmodified, drives the element."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import CSS, Chat, page_of
from .events import Pause, says

pytestmark = pytest.mark.browser

FRONTEND = Path(__file__).parents[3] / "chatkit" / "frontend"
APP = """
import { StrictMode, createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";
import { ChatKit, useChatKit } from "@openai/chatkit-react";

window.events = [];
const on = (name) => (detail) => window.events.push([name, detail ?? null, ""]);

function App() {
  const [theme, setTheme] = useState("light");
  const { control, ...methods } = useChatKit({
    api: window.api,
    theme,
    threadItemActions: { retry: true },
    onClientTool: async ({ name }) => ({ name }),
    onReady: on("ready"), onError: on("error"), onThreadChange: on("thread.change"),
    onResponseStart: on("response.start"), onResponseEnd: on("response.end"),
    onThreadLoadStart: on("thread.load.start"), onThreadLoadEnd: on("thread.load.end"),
    onHistoryOpen: on("history.open"), onHistoryClose: on("history.close"),
    onEffect: on("effect"), onDeeplink: on("deeplink"), onToolChange: on("tool.change"),
    onLog: on("log"),
  });
  window.methods = methods;
  window.setTheme = setTheme;
  return h(ChatKit, { control, className: "chat", id: "chat" });
}
const root = createRoot(document.getElementById("root"));
root.render(h(StrictMode, null, h(App)));
window.unmount = () => root.unmount();
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    esbuild = FRONTEND / "node_modules" / ".bin" / "esbuild"
    if not (FRONTEND / "node_modules" / "@openai" / "chatkit-react").is_dir():
        pytest.skip("The npm packages are not installed: run `make test`.")
    source = tmp_path_factory.mktemp("react") / "app.jsx"
    source.write_text(APP)
    out = source.with_name("app.js")
    command = [
        str(esbuild),
        str(source),
        "--bundle",
        "--format=iife",
        f"--outfile={out}",
        "--log-level=warning",
        '--define:process.env.NODE_ENV="production"',
    ]
    environment = {
        "NODE_PATH": str(FRONTEND / "node_modules"),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    subprocess.run(command, check=True, env=environment, cwd=FRONTEND)
    return out.read_text()


@pytest.fixture(params=["hosted", "custom"])
def api(request, standin):
    if request.param == "custom":
        return "{url: '/custom', domainKey: 'x', fetch: (...args) => fetch(...args)}"
    return f"{{getClientSecret: async () => {json.dumps(standin.secret())}}}"


@pytest.fixture(params=["before", "after"])
def chat(request, new_page, standin, watch, bundle, api):
    """The script loaded before React renders, and after."""
    scripts = '<script src="/api.js"></script><script src="/app.js"></script>'
    script = '<script src="/static/chatkit.js"></script>'
    body = '<div id="root"></div>' + (
        script + scripts if request.param == "before" else scripts + script
    )
    standin.pages |= {
        "/": (page_of(body), "text/html"),
        "/api.js": (f"window.api = {api};", "text/javascript"),
        "/app.js": (bundle, "text/javascript"),
        "/page.css": (CSS, "text/css"),
    }
    page = new_page()
    page.goto("/")
    chat = Chat(page, standin, watch)
    chat.wait("ready")
    return chat


def test_a_whole_conversation(chat):
    chat.send("Hello")
    expect(chat.answers).to_contain_text("You said: Hello")
    chat.wait("response.end")
    chat.page.evaluate("methods.sendUserMessage({text: 'From the page'})")
    expect(chat.answers).to_have_count(2)
    chat.wait("response.end", 2)
    chat.button("Answer again").click()
    chat.wait("response.end", 3)
    thread_id = next(iter(chat.standin.threads))
    chat.page.evaluate("methods.showHistory()")
    chat.wait("history.open")
    chat.page.evaluate("methods.setThreadId(null)")
    chat.wait("history.close")
    chat.page.evaluate("id => methods.setThreadId(id)", thread_id)
    expect(chat.answers).to_have_count(2)
    chat.page.evaluate(
        "methods.setComposerValue({text: 'A draft'}).then(() => methods.focusComposer())"
    )
    expect(chat.input).to_have_value("A draft")
    expect(chat.input).to_be_focused()
    chat.page.evaluate("methods.fetchUpdates()")
    assert [change["threadId"] for change in chat.events("thread.change")] == [
        thread_id,
        None,
        thread_id,
    ]
    assert chat.events("ready") == [None]
    assert chat.events("error") == []


def test_a_new_theme_in_the_middle_of_an_answer_changes_only_that(chat):
    events = list(says(["Before. ", "After."]))
    chat.standin.reply = lambda asked: [*events[:3], Pause(), *events[3:]]
    chat.send("Go")
    expect(chat.answers).to_contain_text("Before.")
    chat.input.fill("draft")
    chat.page.evaluate("setTheme('dark')")
    expect(chat.input).to_have_value("draft")
    chat.standin.go()
    expect(chat.answers.locator(".markdown")).to_have_text("Before. After.")
    chat.wait("response.end")
    chat.page.evaluate("unmount()")
    expect(chat.element).to_have_count(0)
