"""`python -m tests.browser.pictures [name …]`, or with a folder first: the states of the site."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from playwright.sync_api import sync_playwright

from ...tools import chromium


def main(words: list[str]) -> None:
    django.setup()
    from ..conftest import ARGUMENTS
    from . import docs, site

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.executable(), args=ARGUMENTS)
        if words and "/" in words[0]:
            site.take_all(browser, Path(words[0]), words[1:])
        else:
            docs.take_all(browser, words)
        browser.close()


if __name__ == "__main__":
    if chromium.executable() is None:
        sys.exit("There is no Chromium here: install the package chromium.")
    main(sys.argv[1:])
