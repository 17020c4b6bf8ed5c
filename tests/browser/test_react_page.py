"""OpenAI's own React package, unmodified, in a small page of a host, on our session view."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .conftest import LIMITS, Starter
from .pages import wait_until
from .servers import Server
from .test_hosted_page import HOSTED, STANDIN
from .upstream import Upstream

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

FRONTEND = Path(settings.BASE_DIR) / "chatkit" / "frontend"
OURS = "/static/chatkit/chatkit.js"
OPENAIS = "/standin/chatkit.js"
# As the guide for hosted ChatKit writes it: the one thing it needs of a site is the session call.
APP = """
import { createElement as h } from "react";
import { createRoot } from "react-dom/client";
import { ChatKit, useChatKit } from "@openai/chatkit-react";

const csrf = () => document.cookie.match(/csrftoken=([^;]+)/)[1];
let sessionId;
window.told = [];

async function getClientSecret(current) {
  const response = await fetch("/api/chatkit/session", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify({ workflowId: window.workflowId, deviceId: "react", sessionId }),
  });
  if (!response.ok) throw new Error((await response.json()).error.code);
  const body = await response.json();
  sessionId = body.session_id;
  window.told.push(current === null ? "new" : "again");
  return body.client_secret;
}

function App() {
  const { control } = useChatKit({
    api: { getClientSecret },
    onReady: () => window.told.push("ready"),
    onError: ({ error }) => window.told.push(error.message),
    onResponseEnd: () => window.told.push("answered"),
  });
  return h(ChatKit, { control, style: { display: "block", height: "600px" } });
}
createRoot(document.getElementById("root")).render(h(App));
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    modules = FRONTEND / "node_modules"
    if not (modules / "@openai" / "chatkit-react").is_dir():
        pytest.skip("The npm packages are not installed: run `make test`.")
    source = tmp_path_factory.mktemp("react") / "app.jsx"
    source.write_text(APP)
    out = source.with_name("app.js")
    command = [str(modules / ".bin" / "esbuild"), str(source), "--bundle", "--format=iife"]
    command += [f"--outfile={out}", "--log-level=warning"]
    command += ['--define:process.env.NODE_ENV="production"']
    environ = {"NODE_PATH": str(modules), "PATH": os.environ["PATH"]}
    subprocess.run(command, check=True, env=environ, cwd=FRONTEND)
    return out.read_text()


@pytest.fixture
def hosted(shared_server: Starter, openai: Upstream) -> Server:
    settings = {"OPENAI_BASE_URL": openai.url, "RATE_LIMITS": LIMITS}
    return shared_server(chatkit=HOSTED | settings)


def answer(body: str, content_type: str) -> Callable[[Any], None]:
    """A handler that answers a request so."""
    return lambda route: route.fulfill(body=body, content_type=content_type)


@pytest.fixture
def open_app(open_page: Callable[..., Any], bundle: str) -> Callable[[Server, str, str], Any]:
    """`open_app(server, script, workflow_id)`: the host's page, on the site's own origin."""

    def open_app(server: Server, script: str, workflow_id: str) -> Any:
        page = open_page(server)
        html = (
            f'<!doctype html><title>Host</title><div id="root"></div>'
            f'<script>window.workflowId = "{workflow_id}"</script>'
            f'<script src="{script}"></script><script src="/app.js"></script>'
        )
        for address, body, content_type in (
            ("**/react", html, "text/html"),
            ("**/app.js", bundle, "text/javascript"),
            (f"**{OPENAIS}", STANDIN, "text/javascript"),
        ):
            page.route(address, answer(body, content_type))
        page.goto("/accounts/password_change/")  # any page of the site that sets the CSRF cookie
        page.goto("/react")
        return page

    return open_app


def test_answered_here(open_app: Callable[..., Any], server: Server) -> None:
    workflow_id = settings.WORKFLOW_ID
    page = open_app(server, OURS, workflow_id)
    composer = page.locator("openai-chatkit textarea")
    composer.fill("How do I create an order?")
    composer.press("Enter")
    wait_until(page, "told.includes('answered')")
    assert sorted(page.evaluate("told")) == ["answered", "new", "ready"]
    expect(page.locator("openai-chatkit [data-copy]")).to_have_count(1)
    (label,) = server.rows("select device_label from chatkit_session order by id desc limit 1")
    assert label == ("react",)


def test_answered_by_openai(open_app: Callable[..., Any], hosted: Server, openai: Upstream) -> None:
    page = open_app(hosted, OPENAIS, "wf_hosted")
    wait_until(page, "told.includes('ready')")
    assert page.evaluate("told") == ["new", "ready"]
    assert page.evaluate("standin.secrets") == [f"ek_canary_{len(openai.calls)}"]
    page.evaluate("standin.elements[0].renew()")
    wait_until(page, "told.includes('again')")
    refreshed, active = hosted.rows(
        "select id, status, refreshed_from_id from chatkit_session order by id desc limit 2"
    )[::-1]
    assert (refreshed[1], active[1]) == ("refreshed", "active")
    assert active[2] == refreshed[0]


def test_refused(open_app: Callable[..., Any], hosted: Server, watch: Any) -> None:
    watch.expect("400 (Bad Request)")
    page = open_app(hosted, OPENAIS, "wf_unknown")
    wait_until(page, "told.includes('unknown_workflow')")
