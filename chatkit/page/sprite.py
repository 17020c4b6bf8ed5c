"""Lucide's icons as markup of the page itself: a page can't refer to drawings in a file of another
origin, where static files may be.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FILE = Path(__file__).parents[1] / "static" / "chatkit" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


def icon(name: str, css_class: str = "ck-icon") -> SafeString:
    """An icon in the colour of the text around it, which assistive technology skips; an unknown
    name gives an empty box of its size.
    """
    return format_html(
        '<svg class="{}" data-icon="{}" width="22" height="22" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        'aria-hidden="true">{}</svg>',
        css_class,
        name,
        _shapes().get(name, ""),
    )


def has_icon(name: str) -> bool:
    """Whether there is a drawing of this name."""
    return name in _shapes()


def icon_names() -> list[str]:
    """All names that there are; none where the front end has not been built."""
    return list(_shapes())


@cache
def _shapes() -> dict[str, SafeString]:
    """The drawings by name; none where the front end has not been built, which a check reports."""
    try:
        sprite = FILE.read_text(encoding="utf-8")
    except OSError:
        return {}
    return {name: mark_safe(shapes) for name, shapes in _SYMBOL.findall(sprite)}  # noqa: S308
