"""The documentation's pages, and the code blocks on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FENCE = re.compile(
    r"^( *)```(?:\{code-block\} )?(\w+)\n((?: *:\w+: .*\n)*)\n?((?s:.*?))^\1```$", re.M
)


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def fences(*languages: str, pages: Iterable[Path] = PAGES) -> list[Any]:
    """The code blocks in these languages, each a pytest.param named after its page."""
    return [
        pytest.param(re.sub(f"^{indent}", "", text, flags=re.M), id=f"{page.name}:{number}")
        for page in pages
        for number, (indent, language, _options, text) in enumerate(
            FENCE.findall(page.read_text("utf-8"))
        )
        if language in languages
    ]
