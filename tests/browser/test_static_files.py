"""Static files on another origin, without its consent (CORS), under names with a hash alone."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .chat import Chat
from .conftest import Starter, Watch
from .servers import Server, environment

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collected")
    told = {
        "STATIC_ROOT": str(folder),
        "STORAGES": STORAGES,
        "WHITENOISE_KEEP_ONLY_HASHED_FILES": True,
    }
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env=environment(folder / "none.sqlite3") | {"BROWSER_SETTINGS": json.dumps(told)},
        check=True,
    )
    assert not (folder / "chatkit" / "page.js").exists()
    return folder


@pytest.fixture(scope="module")
def cdn(collected: Path) -> Iterator[str]:
    """Another origin, which has the collected files and sends no CORS header."""
    handler = functools.partial(Quiet, directory=str(collected))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def host(start_server: Starter, cdn: str, collected: Path) -> Server:
    host = cdn.rstrip("/")
    policy = {
        "default-src": ["'self'", host],
        "script-src": ["'self'", host],
        "style-src": ["'self'", host],
    }
    return start_server(
        settings={
            "ROOT_URLCONF": "tests.browser.host_urls",
            "STATIC_URL": cdn,
            "STATIC_ROOT": str(collected),
            "STORAGES": STORAGES,
            "CONTENT_SECURITY_POLICY": {"DIRECTIVES": policy},
            "SECURE_CSP": policy,
        }
    )


@pytest.fixture
def form(open_page: Callable[..., Any], host: Server, watch: Watch, cdn: str) -> Any:
    # The demo site's own font and module, on its login page, are not to be had without consent.
    watch.expect(f"outside: {cdn}", "/build/inter", "/mseller/site.")
    return open_page(host, locale="es-ES")


def test_everything_comes(form: Any) -> None:
    form.goto("/form/")
    chat = Chat(form).ready()
    expect(chat.element).to_contain_text("Hola, Ada")
    expect(chat.element.get_by_role("button", name="Enviar")).to_be_visible()


def test_icons_are_drawn(form: Any, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    form.route("**/session", lambda route: route.abort())
    form.goto("/form/")
    Chat(form).state("error")
    shape = form.locator(".ck-state-icon svg > *").first
    assert shape.evaluate("shape => shape.getBBox().width") > 10


def test_a_part_that_does_not_come_is_named(form: Any, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    form.route("**/chunk-es-*", lambda route: route.abort())
    form.goto("/form/")
    Chat(form).ready()
    expect(form.locator(".ck-banner")).to_contain_text("No se pudo cargar una parte del chat")


def test_no_script_comes(form: Any, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    form.route("**/*.js", lambda route: route.abort())
    form.goto("/form/")
    said = form.locator("[data-ck-stalled]")
    expect(said).to_be_hidden()
    # What the style sheet does after twelve seconds.
    form.evaluate(
        "document.getAnimations().filter((each) => !each.effect.getTiming().duration)"
        ".forEach((each) => each.finish())"
    )
    expect(said).to_be_visible()
    expect(said).to_contain_text("No se pudo cargar el chat")
    expect(form.locator(".ck-skeleton")).to_be_hidden()
