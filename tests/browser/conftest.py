"""A real server and a real Chromium.

`page` is a desktop's screen and `phone` a phone's, both logged in as Ada; a test fails on any
console error, page error, CSP report or request to another host that it does not expect, and then
shows what the server wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ..tools import chromium as chromium_tool
from ..tools.served import Served
from .servers import Server

BUILT = Path(settings.BASE_DIR) / "chatkit" / "static" / "chatkit"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
]
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
REPORTS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
Starter = Callable[..., Server]


@dataclass
class Watch:
    """What went wrong in the browser. `expect` names a part of a message that may."""

    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *parts: str) -> None:
        self.expected += parts

    @property
    def problems(self) -> list[str]:
        return [text for text in self.found if not any(part in text for part in self.expected)]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The site, answered by the help desk, with limits that no test reaches."""
    limits = {"session": "1000/m", "message": "1000/m"}
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, chatkit={"RATE_LIMITS": limits}) as server:
        yield server


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """`start_server(chatkit={…}, settings={…}, env={…})`: another server, for the module."""
    running: list[Server] = []

    def start(**options: Any) -> Server:
        server = Server(tmp_path_factory.mktemp("server"), **options)
        running.append(server.__enter__())
        return server

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium per module: its driver's event loop must not outlive the browser tests."""
    playwright = pytest.importorskip("playwright.sync_api")
    executable = chromium_tool.executable()
    if executable is None:
        pytest.skip("There is no Chromium here: install the package chromium.")
    missing = [name for name in ("chatkit.js", "page.js") if not (BUILT / name).is_file()]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not built: run `make build`.")
    # Playwright's own event loop runs in this thread; the ORM would take it for ours.
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = driver.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """The browser's complaints; the test fails if there is one that it did not expect."""
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def open_page(browser: Any, watch: Watch) -> Iterator[Callable[..., Any]]:
    """`open_page(server, size, user="ada")`: a page of a fresh profile, logged in.

    The login is made once per server and shared; a test that ends it asks for `own_login`.
    """
    contexts: list[Any] = []

    def open_page(
        server: Server,
        size: dict[str, Any] = DESKTOP,
        user: str = "ada",
        own_login: bool = False,
        **options: Any,
    ) -> Any:
        options.setdefault("locale", "en-US")
        context = browser.new_context(base_url=server.url, **size, **options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.add_init_script(REPORTS)
        page = context.new_page()
        page.on("pageerror", lambda error: watch.found.append(f"page error: {error}"))
        page.on("console", lambda line: _heard(watch, line))
        page.on("request", lambda request: _asked(watch, server, request))
        if user and own_login:
            login(page, user)
        elif user:
            if user not in server.logins:
                login(page, user)
                server.logins[user] = [
                    cookie for cookie in context.cookies() if cookie["name"] == "sessionid"
                ]
            context.add_cookies(server.logins[user])
        return page

    yield open_page
    for context in contexts:
        context.close()


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


@pytest.fixture(params=["desktop", "phone"])
def own_screen(
    request: pytest.FixtureRequest, open_page: Callable[..., Any], server: Server
) -> Any:
    """Each of the two in turn, with a login that the test may end."""
    return open_page(server, PHONE if request.param == "phone" else DESKTOP, own_login=True)


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


def _heard(watch: Watch, line: Any) -> None:
    if line.type == "error":
        watch.found.append(f"console: {line.text} ({line.location.get('url', '')})")


def _asked(watch: Watch, server: Server, request: Any) -> None:
    if not request.url.startswith((f"{server.url}/", "data:", "blob:")):
        watch.found.append(f"outside: {request.url}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Adds the output of the servers that a failed test used."""
    report = yield
    if report.failed:  # type: ignore[attr-defined]
        servers = getattr(item, "funcargs", {}).values()
        for server in (value for value in servers if isinstance(value, Served)):
            report.sections.append(("the server's output", server.output()[-6000:]))  # type: ignore[attr-defined]
    return report
