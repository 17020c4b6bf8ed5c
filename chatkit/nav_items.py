"""Our own entries in the menu, registered as any app registers its own."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import access
from .knowledge import folders
from .knowledge.sources import registered
from .navigation import register
from .visitors import person_of


def may_chat(request: HttpRequest) -> bool:
    """Whether there is an assistant that this user or visitor may ask."""
    return access.may_chat(person_of(request))


def has_help(request: HttpRequest) -> bool:
    """Whether there may be help articles, told without looking for them on every page."""
    return may_chat(request) and bool(registered() or folders())


register(
    "chatkit",
    _("Chat assistant"),
    "chatkit:page",
    icon="message-circle",
    order=100,
    is_shown=may_chat,
)
register(
    "chatkit-help",
    _("Help"),
    "chatkit:help",
    icon="life-buoy",
    order=110,
    is_shown=has_help,
)
register(
    "chatkit-sessions",
    _("Session records"),
    "admin:chatkit_session_changelist",
    icon="table",
    order=900,
    permission="chatkit.view_session",
    is_shown=lambda request: access.is_staff(request.user),
    parent=_("Administration"),
)
register(
    "chatkit-threads",
    _("Conversations"),
    "admin:chatkit_thread_changelist",
    icon="messages-square",
    order=910,
    permission="chatkit.view_thread",
    is_shown=lambda request: access.is_staff(request.user),
    parent=_("Administration"),
)
