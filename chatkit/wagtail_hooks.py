"""Our menu in Wagtail's. Wagtail imports this module by its name; nothing else does."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from .navigation import Entry, entries

FIRST = 8000  # behind the site's contents, before Wagtail's reports and settings
# Our icons by the names of Wagtail's.
ICONS = {
    "book-open": "doc-full",
    "file-text": "doc-full",
    "home": "home",
    "house": "home",
    "layout-dashboard": "desktop",
    "mail": "mail",
    "message-circle": "comment",
    "messages-square": "openquote",
    "settings": "cog",
    "table": "table",
    "user": "user",
    "users": "group",
}


def add_entries(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Add what this request's user may see; a heading becomes a menu of its own."""
    under_headings: dict[str, list[MenuItem]] = {}
    for number, entry in enumerate(entries(request)):
        item = _item(entry, FIRST + number)
        if not entry.heading:
            menu_items.append(item)
        elif entry.heading in under_headings:
            under_headings[entry.heading].append(item)
        else:
            inside = under_headings[entry.heading] = [item]
            name = f"chatkit-heading-{len(under_headings)}"
            menu_items.append(_submenu(entry.heading, inside, FIRST + number, name, "folder"))


def _item(entry: Entry, order: int) -> MenuItem:
    icon = ICONS.get(entry.icon, "arrow-right")
    if not entry.children:
        return MenuItem(entry.label, entry.url, name=entry.id, icon_name=icon, order=order)
    # Wagtail's submenus lead nowhere themselves, so the entry is the first in its own.
    inside = [MenuItem(entry.label, entry.url, name=f"{entry.id}-itself", icon_name=icon, order=0)]
    inside += [_item(child, number) for number, child in enumerate(entry.children, 1)]
    return _submenu(entry.label, inside, order, entry.id, icon)


def _submenu(label: str, inside: list[MenuItem], order: int, name: str, icon: str) -> MenuItem:
    return SubmenuMenuItem(label, Menu(items=inside), name=name, icon_name=icon, order=order)


hooks.register("construct_main_menu", add_entries)
