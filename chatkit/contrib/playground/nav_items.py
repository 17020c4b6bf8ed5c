"""The playground's entry in the site's menu."""

from django.utils.translation import gettext_lazy as _

from chatkit.navigation import register

from .views import may_use

register(
    "chatkit-playground",
    _("Playground"),
    "chatkit_playground:playground",
    icon="palette",
    order=907,
    is_shown=lambda request: may_use(request.user),
    parent=_("Administration"),
)
