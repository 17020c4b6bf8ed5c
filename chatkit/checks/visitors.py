"""Checks of what people without a login meet."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.utils.module_loading import import_string

from .. import conf, workflows
from ..models import Visitor
from ..page.options import is_openai_script
from .caches import keeps_nothing
from .page import register
from .values import is_sound


def _open() -> list[workflows.Workflow]:
    """The workflows whose settings let visitors in."""
    if not is_sound("VISITORS") or not is_sound("WORKFLOWS"):
        return []
    return [one for one in workflows.table().values() if one.setting("VISITORS")]


@register("chatkit")
def check_access_of_visitors() -> list[CheckMessage]:
    """W068: VISITORS is on, and ACCESS fails for one, so that they are refused."""
    found: list[CheckMessage] = []
    for workflow in _open():
        try:
            rule = import_string(workflow.setting("ACCESS"))
        except Exception:  # noqa: S112  told by E003
            continue
        try:
            rule(Visitor(pk=""), workflow.id)
        except (PermissionDenied, DatabaseError):
            continue  # it refuses them, and its database may not be there yet
        except Exception as error:
            found.append(
                Warning(
                    f"ACCESS fails for a visitor of {workflow.id!r} "
                    f"({type(error).__name__}: {error}), so that none is let in.",
                    hint="Let it look at user.is_authenticated first, and return True or False "
                    "for a visitor.",
                    id="chatkit.W068",
                )
            )
    return found


@register("chatkit")
def check_script_of_visitors() -> list[CheckMessage]:
    """W069: VISITORS is on where OpenAI's script, or OpenAI itself, is at work."""
    return [
        Warning(
            f"VISITORS lets nobody use {one.id!r}: OpenAI's script asks for a session before "
            "anybody has written.",
            hint="Let this site answer, with the script that comes with it; or set the workflow's "
            'own "visitors" to False.',
            id="chatkit.W069",
        )
        for one in _open()
        if one.hosted or is_openai_script(str(conf.get("SCRIPT_URL") or ""))
    ]


@register("chatkit")
def check_limits_of_visitors() -> list[CheckMessage]:
    """W074: VISITORS is on, and nothing is counted."""
    off = not getattr(settings, "RATELIMIT_ENABLE", True)
    if not _open() or not (off or keeps_nothing()):
        return []
    return [
        Warning(
            "VISITORS is on and calls are not limited: anybody may ask as much as they like.",
            hint="Remove RATELIMIT_ENABLE = False, and use a cache that keeps what it is given.",
            id="chatkit.W074",
        )
    ]
