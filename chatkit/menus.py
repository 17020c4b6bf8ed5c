"""Our menu in the admin of another package: its entries in the form that the package expects.

A menu of the site's own takes `navigation.entries(request)`; Wagtail's is fed by `wagtail_hooks`.
"""

from __future__ import annotations

from typing import TypedDict

from django.http import HttpRequest
from django.utils.html import escape

from .navigation import entries

# Our icons by their names among the Material Symbols, which unfold draws.
MATERIAL = {
    "activity": "monitoring",
    "book-open": "menu_book",
    "chart-column": "bar_chart",
    "file-text": "description",
    "gauge": "speed",
    "home": "home",
    "house": "home",
    "layout-dashboard": "dashboard",
    "life-buoy": "support",
    "mail": "mail",
    "message-circle": "chat",
    "messages-square": "forum",
    "package": "package_2",
    "receipt": "receipt_long",
    "settings": "settings",
    "shopping-cart": "shopping_cart",
    "star": "star",
    "table": "table",
    "thumbs-up": "thumb_up",
    "truck": "local_shipping",
    "user": "person",
    "users": "group",
    "wrench": "build",
}


class Link(TypedDict):
    title: str
    icon: str
    link: str
    active: bool


class Group(TypedDict):
    title: str
    separator: bool
    items: list[Link]


def unfold(request: HttpRequest) -> list[Group]:
    """The menu as groups of django-unfold's sidebar: `{title, separator, items}` for each heading.

    `UNFOLD = {"SIDEBAR": {"navigation": "chatkit.menus.unfold"}}`, or put these groups behind
    those of a function of your own. A child stands behind its parent: unfold has one level.
    """
    groups: dict[str, list[Link]] = {}
    for entry in entries(request):
        groups.setdefault(entry.heading, []).extend(
            {
                "title": escape(shown.label),  # unfold does not escape it
                "icon": MATERIAL.get(shown.icon, "arrow_right"),
                "link": shown.url,
                "active": shown.active,
            }
            for shown in (entry, *entry.children)
        )
    return [
        {"title": heading, "separator": bool(heading), "items": items}
        for heading, items in groups.items()
    ]
