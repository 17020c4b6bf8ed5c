"""The menu: a registry to which any app adds entries from a module `nav_items`.

# myapp/nav_items.py
from chatkit.navigation import register
register("orders", _("Orders"), "orders:list", icon="package", order=200)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import get_language

from . import access

logger = logging.getLogger("chatkit.navigation")

Shown = Callable[[HttpRequest], bool]


@dataclass(frozen=True)
class Item:
    """An entry as registered."""

    id: str
    label: str | Promise
    url_name: str
    icon: str
    order: int
    permission: str | None = None
    is_shown: Shown | None = None
    parent: str | Promise | None = None

    def shown(self, request: HttpRequest) -> bool:
        """Whether this request's user sees the entry. A failing `is_shown` hides it."""
        user = getattr(request, "user", None)
        if self.permission and not access.has_perm(user, self.permission):
            return False
        try:
            return self.is_shown is None or self.is_shown(request)
        except Exception:  # a page must not fail over a menu entry
            logger.exception("The menu entry %r is hidden: its is_shown failed.", self.id)
            return False


@dataclass(frozen=True)
class Entry:
    """An entry as one request sees it.

    `heading` is the menu's heading that it stands under, "" for none. `current` is "page" on the
    page that it leads to, "true" on a page below that one, else "": the values of `aria-current`.
    """

    id: str
    label: str
    url: str
    icon: str
    heading: str
    current: str = ""
    children: list[Entry] = field(default_factory=list)

    @property
    def active(self) -> bool:
        return bool(self.current)

    @property
    def section(self) -> str:
        """`heading`, for templates that were written for its earlier name."""
        return self.heading


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
    name of the sprite, entries stand in the rising order of `order`. `permission` is of the
    form `app.codename`, `is_shown` a function of the request; both must agree. `parent` is the
    id of the entry that this one stands under, or else the heading above it. Duplicate
    ids and unknown URL names are errors that `manage.py check` reports.
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
        # By identity: an equal entry that was registered earlier must stay.
        _items[:] = [kept for kept in _items if kept is not item]


def items() -> list[Item]:
    """All entries, sorted; unfiltered."""
    return sorted(_items, key=lambda item: item.order)


def entries(request: HttpRequest) -> list[Entry]:
    """The entries that this request's user sees: one heading after the other, in the order of
    their first entries, and each entry with its children. A child whose parent is hidden is
    hidden too.

    The current entry is the one whose address is the longest start of the request's path. The
    site's root is current only where it is the whole path.
    """
    seen = [(item, url) for item in items() if (url := _url(item, request)) is not None]
    starts = [url for _, url in seen if _is_start(url, request.path)]
    nearest = max(starts, key=len, default=None)
    now = "page" if nearest == request.path else "true"
    ids = {item.id for item in items()}
    made: dict[str, Entry] = {}
    for item, url in seen:
        nested = str(item.parent or "") in ids
        entry = Entry(
            item.id,
            str(item.label),
            url,
            item.icon,
            "" if nested else str(item.parent or ""),
            now if url == nearest else "",
        )
        made.setdefault(item.id, entry)
    top = []
    for item, _url_of_item in seen:
        parent = str(item.parent or "")
        if parent not in ids:
            top.append(made[item.id])
        elif parent in made and parent != item.id:
            made[parent].children.append(made[item.id])
    order = list(dict.fromkeys(entry.heading for entry in top))
    return sorted(top, key=lambda entry: order.index(entry.heading))


def _url(item: Item, request: HttpRequest) -> str | None:
    """Where the entry leads, or None where it is not shown."""
    if not item.shown(request):
        return None
    return reverse_or_none(item.url_name)  # a check reports unknown names


def _is_start(url: str, path: str) -> bool:
    if path == url:
        return True
    return not _is_root(url) and path.startswith(url if url.endswith("/") else url + "/")


def _is_root(url: str) -> bool:
    """Whether this is the root of the site, or under i18n_patterns that of the language."""
    start = get_script_prefix()
    return url in (start, f"{start}{get_language()}/")


def reverse_or_none(name: str) -> str | None:
    """The address of a URL name, or None where there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def problems() -> list[str]:
    """One sentence for each duplicate id, unknown URL name, and permission that is none."""
    found: list[str] = []
    ids: set[str] = set()
    for item in items():
        if item.id in ids:
            found.append(f"The menu entry {item.id!r} is registered twice.")
        ids.add(item.id)
        if reverse_or_none(item.url_name) is None and not _is_absent_admin(item.url_name):
            found.append(f"The menu entry {item.id!r} names the unknown URL {item.url_name!r}.")
        if item.permission and item.permission.count(".") != 1:
            found.append(
                f"The menu entry {item.id!r} wants {item.permission!r}, not a permission of the "
                "form app.codename."
            )
    return found


def _is_absent_admin(url_name: str) -> bool:
    """Whether this is a link to the admin of a site without one: hidden, and not an error."""
    return url_name.startswith("admin:") and reverse_or_none("admin:index") is None


def autodiscover() -> None:
    """Import `nav_items` of every installed app."""
    autodiscover_modules("nav_items")
