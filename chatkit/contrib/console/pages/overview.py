"""Overview: is the assistant well, and what is to be done next."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from ..registry import page
from ..visit import Visit

overview = page("overview", _("Overview"), icon="gauge", order=10)


@overview
def show(visit: Visit) -> HttpResponseBase:
    return visit.render("chatkit_console/overview.html", {})
