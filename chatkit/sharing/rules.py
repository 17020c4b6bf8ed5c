"""Whether there are links, for how long, and who may read by one."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string

from .. import access, conf
from ..models import Thread


def seconds() -> int:
    """How long a link lives; 0 where there are none."""
    given = conf.get("SHARING")
    return int(given["seconds"]) if given else 0


def may_read(user: Any, thread: Thread) -> bool:
    """Whether this person may read by a link: who may use the assistant, has the permission and
    is let in by the site's own rule, where there are such. Its own person may in any case."""
    given = conf.get("SHARING")
    if not given or not access.is_active(user) or not access.is_active(thread.person):
        return False
    if thread.belongs_to(user):
        return True
    permission, rule = given.get("permission", ""), given.get("readers", "")
    return (
        access.allowed(user, thread.workflow_id)
        and (not permission or access.has_perm(user, permission))
        and (not rule or bool(import_string(rule)(user, thread)))
    )
