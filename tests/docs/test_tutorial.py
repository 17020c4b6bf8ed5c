"""The tutorial, done: its files written, its commands run, its question answered.

Everything but the installation happens as the page says, in an empty folder: the packages are
those of this environment, and the checkout on PYTHONPATH stands for the wheel.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ..selfhosted.protocol import create, events, text_of

pytestmark = pytest.mark.slow

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
BLOCK = re.compile(r"^```\{code-block\} (\w+)\n((?::\w+: .*\n)*)\n?((?s:.*?))^```$", re.M)
QUOTED = re.compile(r"^> (.+)$", re.M)
STARTUP = 60.0  # seconds


@dataclass(frozen=True)
class Block:
    """A code block of the page: a file where it has a caption, else commands."""

    language: str
    caption: str
    name: str
    text: str


def blocks() -> list[Block]:
    found = []
    for language, options, text in BLOCK.findall(PAGE):
        given = dict(re.findall(r"^:(\w+): (.*)$", options, re.M))
        found.append(Block(language, given.get("caption", ""), given.get("name", ""), text))
    return found


def environment() -> dict[str, str]:
    """Of somebody who has installed the app and nothing else of this checkout."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO", "CHATKIT", "OPENAI", "COV"))
    }
    path = os.pathsep.join((str(Path(sys.executable).parent), kept["PATH"]))
    return kept | {"PYTHONPATH": str(ROOT), "PATH": path}


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["sh", "-ec", command],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Done:
    """The tutorial's project once all steps are done."""

    folder: Path
    said: dict[str, str]  # what each block of commands printed


def write(block: Block, folder: Path) -> None:
    """The settings are added to, as the page says; other files are written whole."""
    path = folder / block.caption
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.name == "settings.py" else ""
    path.write_text(before + block.text, "utf-8")


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("tutorial")
    said = {}
    for block in blocks():
        if block.name in ("install", "serve"):
            continue
        if block.caption:
            write(block, folder)
            continue
        said[block.text] = run(block.text, folder)
        if "startproject" in block.text:
            folder /= "mysite"
    return Done(folder, said)


class Browser:
    """What a browser does here: cookies, the login form, the session call, a stream."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        handler = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), handler)

    def token(self) -> str:
        return next(str(cookie.value) for cookie in self.jar if cookie.name == "csrftoken")

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=60) as response:
            return str(response.read().decode())

    def post(self, path: str, body: bytes, **headers: str) -> bytes:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.base + path, body, named)
        with self.opener.open(request, timeout=120) as response:
            return bytes(response.read())

    def log_in(self, name: str, password: str) -> str:
        self.get("/admin/login/?next=/apps/chatkit/")
        form = {"username": name, "password": password, "csrfmiddlewaretoken": self.token()}
        body = urllib.parse.urlencode(form | {"next": "/apps/chatkit/"}).encode()
        return self.post("/admin/login/?next=/apps/chatkit/", body).decode()

    def answer(self, question: str) -> list[dict[str, Any]]:
        asked = json.dumps({"workflowId": "support"}).encode()
        json_type = "application/json"
        given = self.post(
            "/api/chatkit/session", asked, Content_Type=json_type, X_CSRFToken=self.token()
        )
        bearer = f"Bearer {json.loads(given)['client_secret']}"
        body = json.dumps(create(question)).encode()
        return events(self.post("/api/chatkit", body, Content_Type=json_type, Authorization=bearer))


@pytest.fixture(scope="module")
def browser(tutorial: Done) -> Iterator[Browser]:
    """Logged in at the site, served by the page's own command on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = next(block.text for block in blocks() if block.name == "serve").split()
    log = tutorial.folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, *command[1:], "--noreload", f"127.0.0.1:{port}"],
            cwd=tutorial.folder,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        found = Browser(f"http://127.0.0.1:{port}")
        end = time.monotonic() + STARTUP
        while True:
            try:
                found.get("/admin/login/")
                break
            except urllib.error.URLError:
                if server.poll() is not None or time.monotonic() > end:
                    pytest.fail(log.read_text("utf-8"))
                time.sleep(0.1)
        assert "<openai-chatkit>" in found.log_in("ada", "choose-your-own")
        yield found
    finally:
        server.kill()
        server.wait()


def test_the_page_has_what_its_readers_type() -> None:
    found = blocks()
    assert {block.name for block in found} >= {"install", "serve"}
    assert [block.caption for block in found if block.caption] == [
        "help/en/returns.md",
        "help/en/delivery.md",
        "mysite/settings.py",
        "mysite/urls.py",
    ]
    assert PAGE.count("```{code-block}") == len(found)


def test_the_check_finds_nothing(tutorial: Done) -> None:
    said = next(text for command, text in tutorial.said.items() if "manage.py check" in command)
    assert "System check identified no issues (0 silenced)." in said


def test_the_doctor_names_who_answers(tutorial: Done) -> None:
    said = next(text for command, text in tutorial.said.items() if "chatkit_doctor" in command)
    assert "HelpDeskServer" in said


def test_the_script_is_served(browser: Browser) -> None:
    assert "openai-chatkit" in browser.get("/static/chatkit/chatkit.js")


def test_the_first_question_is_answered_from_the_article(browser: Browser) -> None:
    found = browser.answer(QUOTED.findall(PAGE)[0])
    assert "You can return anything within 30 days." in text_of(found)
    assert "/apps/chatkit/help/returns/" in json.dumps(found)


def test_the_second_question_is_declined(browser: Browser) -> None:
    found = browser.answer(QUOTED.findall(PAGE)[1])
    assert not re.search("30 days|Parcels", text_of(found))
    assert "Tell the editors" in json.dumps(found)


def test_the_admin_lists_the_conversation(browser: Browser) -> None:
    browser.answer(QUOTED.findall(PAGE)[0])
    assert "thr_" in browser.get("/admin/chatkit/thread/")
