"""The console's entry in the site's menu."""

from django.utils.translation import gettext_lazy as _

from chatkit.navigation import register

from .checks import has_admin
from .visit import may_view

if has_admin():
    register(
        "chatkit-console",
        _("Console"),
        "chatkit_console:overview",
        icon="gauge",
        order=895,
        is_shown=lambda request: may_view(request.user),
        parent=_("Administration"),
    )
