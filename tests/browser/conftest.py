"""A real server and a real Chromium.

`page` is a desktop's screen and `phone` a phone's, both logged in as Ada; a test fails on any
console error, page error, CSP report or request to another host that it does not expect, and then
shows what the server wrote.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ..tools import chromium as chromium_tool
from ..tools.served import Served
from .pages import DESKTOP, PATIENCE, PHONE, Watch, page_opener
from .profiles import Profiles
from .servers import Server
from .upstream import Upstream, upstream

__all__ = ["ARGUMENTS", "DESKTOP", "PHONE", "Starter", "Watch", "login"]
BUILT = Path(settings.BASE_DIR) / "chatkit" / "static" / "chatkit"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    # A microphone that beeps once a second, for everybody who is not told to refuse it.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
Starter = Callable[..., Server]
LIMITS = {"session": "1000/m", "message": "1000/m"}
HOST = {"ROOT_URLCONF": "tests.browser.host_urls"}
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """`start_server(chatkit={…}, settings={…}, env={…})`: another server, for the module."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(
            Server(tmp_path_factory.mktemp("server"), **options)
        )


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """`shared_server(chatkit={…}, settings={…})`: the one with these options, for all tests that
    leave it as it was but for conversations. A start and its first answers take two seconds."""
    started: dict[str, Server] = {}
    with ExitStack() as running:

        def find(**options: Any) -> Server:
            key = json.dumps(options, sort_keys=True)
            if key not in started:
                server = Server(tmp_path_factory.mktemp("server"), **options)
                started[key] = running.enter_context(server)
            return started[key]

        yield find


@pytest.fixture(scope="session")
def server(shared_server: Starter) -> Server:
    """The site, answered by the help desk, with limits that no test reaches, and with a host's
    pages beside its own."""
    return shared_server(chatkit={"RATE_LIMITS": LIMITS}, settings=HOST)


@pytest.fixture(scope="session")
def _upstream() -> Iterator[Upstream]:
    with upstream() as state:
        yield state


@pytest.fixture
def openai(_upstream: Upstream) -> Upstream:
    """What servers take for OpenAI by its `url`: each test begins while it answers."""
    _upstream.status = 200
    return _upstream


@pytest.fixture(scope="session")
def chromium() -> Iterator[tuple[Profiles, asyncio.AbstractEventLoop]]:
    """One Chromium for all tests of a process: its profiles, and the event loop of its driver."""
    playwright = pytest.importorskip("playwright.sync_api")
    executable = chromium_tool.executable()
    if executable is None:
        pytest.skip("There is no Chromium here: install the package chromium.")
    missing = [name for name in ("chatkit.js", "page.js") if not (BUILT / name).is_file()]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not built: run `make build`.")
    with playwright.sync_playwright() as driver:
        loop = asyncio.get_running_loop()
        browser = driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
        profiles = Profiles(browser)
        # As patient as all else that waits: the first answers of a server take their time.
        playwright.expect.set_options(timeout=PATIENCE)
        # Also where the next fixture fails, and no test of the browser begins.
        asyncio._set_running_loop(None)
        yield profiles, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def profiles(
    chromium: tuple[Profiles, asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Profiles]:
    """Those of Chromium. Its driver's loop counts as running in this thread while the test lasts:
    the tests between those of the browser have loops of their own."""
    profiles, loop = chromium
    asyncio._set_running_loop(loop)
    # The ORM would take that loop for ours.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    yield profiles
    asyncio._set_running_loop(None)


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """The browser's complaints; the test fails if there is one that it did not expect."""
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def failed(request: pytest.FixtureRequest) -> Callable[[], bool]:
    """Whether the test has failed so far."""
    return lambda: request.node.stash.get(FAILED, False)


@pytest.fixture
def open_page(
    profiles: Profiles, watch: Watch, failed: Callable[[], bool]
) -> Iterator[Callable[..., Any]]:
    """`open_page(server, size, user="ada")`: a page of an empty profile, logged in.

    The login is made once per server and shared; a test that ends it asks for `own_login`.
    """
    with page_opener(profiles, watch, failed) as new_page:

        def open_page(
            server: Server,
            size: dict[str, Any] = DESKTOP,
            user: str = "ada",
            own_login: bool = False,
            **options: Any,
        ) -> Any:
            page = new_page(server.url, size, **options)
            if user and own_login:
                _log_in(page, user)
            elif user:
                if user not in server.logins:
                    _log_in(page, user)
                    server.logins[user] = [
                        cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"
                    ]
                page.context.add_cookies(server.logins[user])
            return page

        yield open_page


@pytest.fixture
def page(open_page: Callable[..., Any], server: Server) -> Any:
    """A desktop's screen, logged in as Ada."""
    return open_page(server, DESKTOP)


@pytest.fixture
def phone(open_page: Callable[..., Any], server: Server) -> Any:
    """A phone's screen, logged in as Ada."""
    return open_page(server, PHONE)


@pytest.fixture(params=["desktop", "phone"])
def screen(request: pytest.FixtureRequest, open_page: Callable[..., Any], server: Server) -> Any:
    """Each of the two in turn."""
    return open_page(server, PHONE if request.param == "phone" else DESKTOP)


@pytest.fixture
def screenshots(request: pytest.FixtureRequest) -> Callable[[Any, str], Path]:
    """`screenshots(page, name)` keeps a picture in `screenshots/`, which git ignores."""
    folder = Path(settings.BASE_DIR) / "screenshots"

    def take(page: Any, name: str) -> Path:
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path)
        return path

    return take


def login(page: Any, user: str) -> None:
    """Log in through the site's form; the user's password is `pw-<user>`."""
    page.goto("/accounts/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", f"pw-{user}")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def _log_in(page: Any, user: str) -> None:
    """The same without the page, which takes ten times as long to draw as to answer."""
    request = page.context.request
    form = request.get("/accounts/login/").text()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token, form
    answer = request.post(
        "/accounts/login/",
        form={"username": user, "password": f"pw-{user}", "csrfmiddlewaretoken": token[1]},
        max_redirects=0,
    )
    assert answer.status == 302, answer.text()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Adds the output of the servers that a failed test used."""
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        item.stash[FAILED] = True
        servers = getattr(item, "funcargs", {}).values()
        for server in (value for value in servers if isinstance(value, Served)):
            report.sections.append(("the server's output", server.output()[-6000:]))  # type: ignore[attr-defined]
    return report
