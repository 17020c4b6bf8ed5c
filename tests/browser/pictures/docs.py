"""The pictures of the documentation.

Written to docs/images/ as WebP, which Chromium packs itself: the chat page of the demo site on a
desktop in light and dark, on a phone, in Spanish, a conversation in the admin, and the widgets.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..chat import Chat
from ..conftest import PHONE, Watch, login
from ..element.conftest import chat_opener
from ..element.events import done
from ..element.standin import Address, Standin
from ..element.widget_examples import EXAMPLES
from ..profiles import Profiles
from ..servers import Server

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
QUALITY = 0.75
SIZE = {"viewport": {"width": 1280, "height": 700}}
WEBP = """
async ([picture, quality]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const packed = await canvas.convertToBlob({type: "image/webp", quality});
  const bytes = new Uint8Array(await packed.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
"""


def chat(page: Any) -> None:
    Chat(page).open().ask("How do I create an order?")


def chat_in_spanish(page: Any) -> None:
    Chat(page).open().ask("¿Cómo creo un pedido?")


def conversation(page: Any) -> None:
    """What an admin reads of the first conversation."""
    page.goto("/admin/chatkit/thread/")
    page.locator("#result_list th a").last.click()
    page.get_by_role("button", name="Open the conversation").click()
    page.get_by_text("You opened this conversation").wait_for()


def tall(width: int, height: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": height}}


# name: (size and other options of the browser, who is logged in, what is done)
PICTURES: dict[str, tuple[dict[str, Any], str, Callable[[Any], None]]] = {
    "chat": (SIZE, "ada", chat),
    "chat-dark": ({**SIZE, "color_scheme": "dark"}, "eva", chat),
    "chat-es": ({**SIZE, "locale": "es-ES"}, "bob", chat_in_spanish),
    "chat-phone": (PHONE, "bob", chat),
    "admin": (SIZE, "root", conversation),
}


#: Of the element alone, by the examples it shows: size, look.
GALLERY: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "widgets": (["texts", "layout", "list", "form", "buttons"], tall(1280, 1720), ""),
    "widgets-charts": (["bars", "lines", "dark"], tall(1280, 1180), ""),
    "widgets-phone": (["bars", "lines"], tall(390, 900), 'theme: "dark"'),
}


def take_all(browser: Any, chosen: list[str]) -> None:
    """Those that are chosen, or all."""
    FOLDER.mkdir(exist_ok=True)
    limits = {"session": "1000/m", "message": "1000/m"}
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder), chatkit={"RATE_LIMITS": limits}, semantic=True) as server,
    ):
        for name in chosen or PICTURES:
            if name in PICTURES:
                take(browser, server, name)
    for name in chosen or GALLERY:
        if name in GALLERY:
            take_widgets(browser, name)


def take(browser: Any, server: Server, name: str) -> None:
    options, user, act = PICTURES[name]
    context = browser.new_context(base_url=server.url, **{"locale": "en-US", **options})
    page = context.new_page()
    login(page, user)
    act(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)  # for what fades in
    keep(browser, page, name)
    context.close()


def take_widgets(browser: Any, name: str) -> None:
    examples, size, look = GALLERY[name]
    with Address() as address:
        standin = Standin(address)
        try:
            with chat_opener(Profiles(browser), standin, Watch()) as open_chat:
                chat = open_chat(f"{{{look}}}", size=size)
                items = [done("widget", widget=EXAMPLES[each])["item"] for each in examples]
                chat.call("setThreadId", standin.add_thread(items, "Widgets"))
                if "bars" in examples:
                    chat.element.locator(".w-chart-area").first.press("End")
                chat.page.wait_for_timeout(300)  # for what fades in
                keep(browser, chat.page, name)
        finally:
            standin.close()


def keep(browser: Any, page: Any, name: str) -> None:
    picture = page.screenshot(animations="disabled", caret="hide")
    blank = browser.new_page()
    packed = blank.evaluate(WEBP, [base64.b64encode(picture).decode(), QUALITY])
    blank.close()
    file = FOLDER / f"{name}.webp"
    file.write_bytes(base64.b64decode(packed))
    print(f"{file.relative_to(FOLDER.parents[1])}: {file.stat().st_size // 1024} KiB")
