"""Our own entries in the menu, registered as any app registers its own."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import access, workflows
from .navigation import register


def may_chat(request: HttpRequest) -> bool:
    """Whether the site's ACCESS rule allows this user to chat."""
    workflow = workflows.default()
    return access.allowed(request.user, workflow.id if workflow else "")


register(
    "chatkit",
    _("Chat assistant"),
    "chatkit:page",
    icon="message-circle",
    order=100,
    is_shown=may_chat,
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
