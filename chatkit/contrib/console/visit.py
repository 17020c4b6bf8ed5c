"""One visit of a page: who looks, at which days, and how it is answered."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.urls import reverse

from chatkit import access
from chatkit.api import NEVER_CACHED, has_nul
from chatkit.page.views import base_context
from chatkit.signals import conversations_read

from . import period
from .charts import Chart
from .period import Period
from .registry import Address, Page, pages
from .tables import Table

PERMISSION = "chatkit_console.view_console"
MOST = 2**63 - 1  # of a number in an address


def may_view(user: object) -> bool:
    """Whether the user may see the console."""
    return access.is_active(user) and access.is_staff(user) and access.has_perm(user, PERMISSION)


@dataclass(frozen=True)
class Tab:
    label: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True)
class Visit:
    """A request for a page of the console, by somebody who may see it. `path` is where the page
    stands that is shown, "" where that is the address of the request."""

    request: HttpRequest
    page: Page
    period: Period
    path: str = ""

    def may(self, permission: str) -> bool:
        """Whether the user has a permission (`app.codename`)."""
        return access.has_perm(self.request.user, permission)

    @property
    def may_read(self) -> bool:
        """Whether the user may read what people wrote."""
        return self.may("chatkit.read_conversation")

    @property
    def given(self) -> QueryDict:
        """What a form has sent. Without NUL characters, which nobody can mean and PostgreSQL does
        not take."""
        given = self.request.POST.copy()
        for name, values in self.request.POST.lists():
            given.setlist(name, [value.replace("\0", "") for value in values])
        return given

    def url(self, name: str, *args: object, **parameters: object) -> str:
        """The address of a page of the console, with this visit's period.

        `args` are the parts of its route, `parameters` go into the query; those that are None
        or "" are left out, and `period`, `from` and `to` win over the visit's.
        """
        known: dict[str, object] = {**self.period.parameters}
        if "period" in parameters:
            known = {}
        known |= {key: value for key, value in parameters.items() if value not in (None, "")}
        query = f"?{urlencode(known)}" if known else ""
        return reverse(f"chatkit_console:{name}", args=args) + query

    def at(self, name: str, *args: object) -> Visit:
        """The same visit, whose page stands elsewhere: a form that is refused shows a page again,
        and its own address has none that a link could lead to."""
        return replace(self, path=reverse(f"chatkit_console:{name}", args=args))

    def here(self, **changes: object) -> str:
        """The page's address with some parameters of its query changed, those that are None left
        out."""
        path = self.path or self.request.path
        kept = {key: self.request.GET[key] for key in self.request.GET if key not in changes}
        kept |= {key: str(value) for key, value in changes.items() if value is not None}
        return f"{path}?{urlencode(kept)}" if kept else path

    def render(
        self, template: str, context: dict[str, Any], *, title: object = "", status: int = 200
    ) -> HttpResponseBase:
        """The page; where the address says `?csv=NAME`, the table of that name as a download.

        Tables and charts are found among the values of `context`. `title` is that of a page
        below a tab.
        """
        tables = [
            value.table if isinstance(value, Chart) else value
            for value in context.values()
            if isinstance(value, Table | Chart)
        ]
        if wanted := self.request.GET.get("csv", ""):
            for table in tables:
                if table.name == wanted:
                    dated = self.period if self.page.has_period else None
                    if table.said:
                        self.tell_export(table.name)
                    return table.csv(self.request, self.page.name, dated)
            raise Http404("There is no table of this name.")
        own = base_context() | {
            "visit": self,
            "period": self.period,
            "page": self.page,
            "title": title or self.page.label,
            "tabs": self.tabs(),
            "choices": self.choices(),
            "csv_urls": {table.name: self.here(csv=table.name) for table in tables},
            "has_charts": any(isinstance(value, Chart) for value in context.values()),
        }
        response = render(self.request, template, own | context, status=status)
        response["Cache-Control"] = NEVER_CACHED
        return response

    def tell_export(self, what: str) -> None:
        """Tell that this visitor takes away what people wrote."""
        conversations_read.send_robust(
            None,
            user=self.request.user,
            action="exported",
            thread=None,
            person=None,
            what=what,
        )

    def tabs(self) -> list[Tab]:
        return [
            Tab(str(page.label), page.icon, self.url(page.name), page is self.page)
            for page in pages()
            if page.addresses and page.open_to(self)
        ]

    def choices(self) -> list[tuple[str, str, bool]]:
        """The periods to pick from: label, address, whether it is this one."""
        return [
            (
                str(label),
                self.here(period=kind, after=None, **{"from": None, "to": None}),
                kind == self.period.kind,
            )
            for kind, (_length, label) in period.CHOICES.items()
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The page's other parameters, which the form of the own range sends along."""
        own = {"period", "from", "to", "after", "csv"}
        return [(key, self.request.GET[key]) for key in self.request.GET if key not in own]


def console_view(page: Page, address: Address) -> Any:
    """The view of an address: 404 for users who may not see it, the login page for strangers."""

    @functools.wraps(address.view)
    def view(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if not access.is_active(request.user):
            return redirect_to_login(request.get_full_path())
        if not may_view(request.user) or has_nul(request):
            raise Http404
        if any(isinstance(part, int) and part > MOST for part in parts.values()):
            raise Http404  # no row has it, and a database may refuse to look
        visit = Visit(request, page, period.chosen(request.GET))
        if not page.open_to(visit):
            raise Http404
        method = "GET" if request.method == "HEAD" else request.method
        if method not in address.methods:
            return HttpResponseNotAllowed(address.methods)
        return address.view(visit, **parts)

    return view
