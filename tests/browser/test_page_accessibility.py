"""axe on the chat page, its states, the drawer and the help articles, in both schemes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .chat import Chat
from .conftest import DESKTOP, PHONE, Watch
from .servers import Server
from .test_states import SESSION

pytestmark = pytest.mark.browser

AXE = Path(settings.BASE_DIR) / "chatkit/frontend/node_modules/axe-core/axe.min.js"
LOOKS = [
    pytest.param(size, scheme, id=f"{name}-{scheme}")
    for name, size in (("desktop", DESKTOP), ("phone", PHONE))
    for scheme in ("light", "dark")
]


def violations(page: Any) -> list[str]:
    """What axe finds, in short. It is put in by evaluation: the policy lets no script in."""
    page.evaluate(
        "() => Promise.allSettled(document.getAnimations().map((motion) => motion.finished))"
    )
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """() => axe.run(document, {preload: false, resultTypes: ["violations"]}).then((result) =>
          JSON.stringify(result.violations.map(({id, nodes}) =>
            [id, nodes.map(({html}) => html).join(" ")])))"""
    )
    return [f"{rule}: {html[:300]}" for rule, html in json.loads(found)]


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `make test`.")
@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing(
    open_page: Callable[..., Any], server: Server, watch: Watch, size: Any, scheme: str
) -> None:
    watch.expect("status of 500")
    page = open_page(server, size, color_scheme=scheme, reduced_motion="reduce")
    chat = Chat(page).open().ask("How do I return goods?")
    found = {"chat": violations(page)}
    if chat.phone:
        chat.open_panel()
        found["drawer"] = violations(page)
    error = {"error": {"code": "openai_error", "message": "The assistant could not be started."}}
    page.route(SESSION, lambda route: route.fulfill(status=500, json=error))
    page.goto("/apps/chatkit/")
    chat.state("error")
    found["error"] = violations(page)
    page.goto("/apps/chatkit/help/returns/")
    found["article"] = violations(page)
    for name, query in (("index", ""), ("hits", "?q=return+goods"), ("none", "?q=quantum")):
        page.goto(f"/apps/chatkit/help/{query}")
        found[name] = violations(page)
    for name, address in (("mine", "mine/"), ("delete", "mine/delete/")):
        page.goto(f"/apps/chatkit/{address}")
        found[name] = violations(page)
    assert found == {name: [] for name in found}
