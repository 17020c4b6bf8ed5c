"""The documentation's pictures: all of them are shown, and small. `make screenshots` takes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "docs" / "images"
MOST = 400 * 1024  # bytes


def test_each_is_shown_and_each_that_is_shown_is_there() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    texts = "".join(page.read_text("utf-8") for page in pages)
    shown = set(re.findall(r"images/([\w-]+\.webp)", texts))
    assert shown == {path.name for path in FOLDER.iterdir()}


def test_they_are_the_ones_that_one_command_takes() -> None:
    pytest.importorskip("playwright")
    from ..browser.pictures.docs import GALLERY, PICTURES

    assert {path.stem for path in FOLDER.iterdir()} == {*PICTURES, *GALLERY}


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST
