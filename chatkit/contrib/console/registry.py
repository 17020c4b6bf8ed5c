"""The console's pages. Each is a module of `pages/` with a template; other apps may add their own.

# myapp/console_pages.py
from chatkit.contrib.console.registry import page

@page("returns", _("Returns"), icon="truck", order=200)
def returns(visit):
    return visit.render("myapp/returns.html", {"table": returns_table(visit.period)})
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpResponseBase
from django.utils.functional import Promise

if TYPE_CHECKING:
    from .visit import Visit

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Address:
    """One address: below the console's own, with the view that answers it."""

    route: str
    name: str
    view: View
    methods: tuple[str, ...]


@dataclass
class Page:
    """A page with its tab. `shown` says whether a visit sees the tab and may open the page."""

    name: str
    label: str | Promise
    icon: str
    order: int
    has_period: bool = True
    permission: str = ""
    shown: Callable[[Visit], bool] | None = None
    addresses: list[Address] = field(default_factory=list)
    do_not_call_in_templates = True  # Django's templates call what can be called

    def open_to(self, visit: Visit) -> bool:
        """Whether this visit may see the page."""
        if self.permission and not visit.may(self.permission):
            return False
        return self.shown is None or self.shown(visit)

    def __call__(self, view: View) -> View:
        """Decorate the page's view, called as `view(visit)`."""
        route = "" if self.name == "overview" else f"{self.name}/"
        return self.below(route, self.name)(view)

    def below(
        self, route: str, name: str, *, methods: tuple[str, ...] = ("GET",)
    ) -> Callable[[View], View]:
        """Decorate the view of a further address of the page, called with the parts of its route:

        @conversations.below("conversations/<str:thread_id>/", "conversation")
        def conversation(visit, thread_id): …

        GET answers HEAD too. For POST the site's CSRF check holds as everywhere.
        """

        def decorate(view: View) -> View:
            self.addresses.append(Address(route, name, view, methods))
            return view

        return decorate


_pages: dict[str, Page] = {}


def page(
    name: str,
    label: str | Promise,
    *,
    icon: str,
    order: int,
    has_period: bool = True,
    permission: str = "",
    shown: Callable[[Visit], bool] | None = None,
) -> Page:
    """Add a page: `apps/chatkit/console/<name>/`, named `chatkit_console:<name>`.

    `icon` is a name of the sprite; tabs stand in the rising order of `order`. `has_period` is
    off for a page whose figures are those of now. `permission` (`app.codename`) is asked beside
    that to view the console.
    """
    if name in _pages:
        raise ValueError(f"The console has a page {name!r} already.")
    _pages[name] = Page(name, label, icon, order, has_period, permission, shown)
    return _pages[name]


def pages() -> list[Page]:
    """All pages in the order of their tabs."""
    return sorted(_pages.values(), key=lambda page: page.order)
