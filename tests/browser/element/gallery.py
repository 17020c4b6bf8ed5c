"""Pictures of every state of the element: `python -m tests.browser.element.gallery [state …]`.

Written to screenshots/element/: 1280 and 390 px wide, light and dark, and right to left in Arabic.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from ...tools import chromium
from ..conftest import ARGUMENTS, DESKTOP, PHONE, Watch
from ..profiles import Profiles
from .conftest import chat_opener
from .standin import Address, Standin
from .states import OPTIONS, STATES

FOLDER = Path(__file__).parents[3] / "screenshots" / "element"
LOOKS: dict[str, tuple[dict[str, Any], str]] = {
    "1280-light": (DESKTOP, ""),
    "1280-dark": (DESKTOP, 'theme: "dark",'),
    "390-light": (PHONE, ""),
    "390-dark": (PHONE, 'theme: "dark",'),
    "1280-rtl": (DESKTOP, 'locale: "ar",'),
    "390-rtl": (PHONE, 'locale: "ar",'),
}


def main(chosen: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [word for word in chosen if word in LOOKS] or list(LOOKS)
    names = [word for word in chosen if word in STATES] or list(STATES)
    with Address() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.executable(), args=ARGUMENTS)
        profiles = Profiles(browser)
        for name in names:
            for look in wanted:
                size, extra = LOOKS[look]
                picture(profiles, Standin(address), name, look, size, extra)
        browser.close()


def picture(
    profiles: Profiles, standin: Standin, name: str, look: str, size: dict[str, Any], extra: str
) -> None:
    watch = Watch()
    try:
        with chat_opener(profiles, standin, watch) as open_chat:
            chat = open_chat(f"{{...{OPTIONS}, {extra}}}", size=size)
            STATES[name](chat)
            chat.page.wait_for_timeout(250)
            chat.page.screenshot(path=FOLDER / f"{name}-{look}.png", animations="disabled")
        for problem in watch.problems:
            print(f"{name}-{look}: {problem}")
    finally:
        standin.close()


if __name__ == "__main__":
    main(sys.argv[1:])
