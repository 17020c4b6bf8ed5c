"""The menu: a registry that any app feeds from a module `nav_items`.

# myapp/nav_items.py
from chatkit.navigation import register
register("orders", _("Orders"), "orders:list", icon="package", order=200)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

Shown = Callable[[HttpRequest], bool]


@dataclass(frozen=True)
class Item:
    """An entry as registered. `parent` is the heading that it stands under ("": none)."""

    id: str
    label: str | Promise
    url_name: str
    icon: str
    order: int
    permission: str | None = None
    is_shown: Shown | None = None
    parent: str | Promise | None = None

    def shown(self, request: HttpRequest) -> bool:
        user = getattr(request, "user", None)
        if self.permission and not (user and user.has_perm(self.permission)):
            return False
        return self.is_shown is None or self.is_shown(request)


@dataclass(frozen=True)
class Entry:
    """An entry as one request sees it."""

    id: str
    label: str
    url: str
    icon: str
    section: str
    active: bool


_items: list[Item] = []


def register(
    id: str,
    label: str | Promise,
    url_name: str,
    *,
    icon: str,
    order: int,
    permission: str | None = None,
    is_shown: Shown | None = None,
    parent: str | Promise | None = None,
) -> Item:
    """Add an entry to the menu.

    `url_name` is reversed anew for each request (a language prefix may change), `icon` is a
    name of the sprite, entries stand in the rising order of `order`. Duplicate ids and
    unknown URL names are errors that `manage.py check` reports.
    """
    item = Item(id, label, url_name, icon, order, permission, is_shown, parent)
    _items.append(item)
    return item


@contextmanager
def register_temporarily(*args: Any, **kwargs: Any) -> Iterator[Item]:
    """`register` for the length of a with block: for tests."""
    item = register(*args, **kwargs)
    try:
        yield item
    finally:
        _items.remove(item)


def items() -> list[Item]:
    """All entries, sorted; unfiltered."""
    return sorted(_items, key=lambda item: item.order)


def entries(request: HttpRequest) -> list[Entry]:
    """The entries that this request's user sees, with the current one marked active.

    The current one is that whose address is the longest start of the request's path, and
    "/" only when it is the path itself.
    """
    seen: list[tuple[Item, str]] = []
    for item in items():
        if item.shown(request):
            try:
                seen.append((item, reverse(item.url_name)))
            except NoReverseMatch:
                continue  # a check reports it; a page must not fail over a menu entry
    starts = [url for _, url in seen if _is_start(url, request.path)]
    current = max(starts, key=len, default=None)
    return [
        Entry(item.id, str(item.label), url, item.icon, str(item.parent or ""), url == current)
        for item, url in seen
    ]


def _is_start(url: str, path: str) -> bool:
    home = reverse_or_none("home")
    if url == "/" or url == home:
        return path == url
    return path == url or path.startswith(url if url.endswith("/") else url + "/")


def reverse_or_none(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def problems() -> list[str]:
    """One sentence for each duplicate id and each URL name that leads nowhere."""
    found: list[str] = []
    ids: set[str] = set()
    for item in items():
        if item.id in ids:
            found.append(f"The menu entry {item.id!r} is registered twice.")
        ids.add(item.id)
        if reverse_or_none(item.url_name) is None:
            found.append(f"The menu entry {item.id!r} names the unknown URL {item.url_name!r}.")
    return found


def autodiscover() -> None:
    """Import `nav_items` of every installed app."""
    autodiscover_modules("nav_items")
