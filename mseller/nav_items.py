"""The site's own entries in the menu."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatkit.navigation import register


def is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff


register("home", _("Home"), "home", icon="house", order=10)
register(
    "administration",
    _("Site administration"),
    "admin:index",
    icon="settings",
    order=890,
    is_shown=is_staff,
    parent=_("Administration"),
)
