"""Front ends of docs/howto/tokens.md: one on an origin of its own, and one on the site's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from django.conf import settings

TEXT = Path(settings.BASE_DIR, "docs/howto/tokens.md").read_text("utf-8")
SITE = "https://shop.example.com"
SCRIPTS = re.findall(r"```js\n((?s:.*?))```", TEXT)


def page(site: str, token: str) -> str:
    """What the guide has, with the site's address and somebody's token."""
    (script,) = (found for found in SCRIPTS if SITE in found)
    return _page(script, token).replace(SITE, site)


def own_page(token: str) -> str:
    """The same for a page of the site."""
    (script,) = (found for found in SCRIPTS if SITE not in found)
    return _page(script, token).replace(SITE, "")


def _page(script: str, token: str) -> str:
    (html,) = re.findall(r"```html\n((?s:.*?))```", TEXT)
    size = "<style>openai-chatkit { display: block; height: 90vh }</style>"
    head = f'<!doctype html><meta name="viewport" content="width=device-width">{size}'
    code = f'<script type="module">\nconst token = {token!r};\n{script}</script>'
    return f"{head}{html}{code}"


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    """The address of a server that has these pages, which may be added to."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = pages.get(self.path)
            self.send_response(404 if text is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
