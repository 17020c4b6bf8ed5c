"""Checks of what takes people's files."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from .. import conf, workflows
from ..attachments import images, kinds
from .page import register
from .paths import fault_of_function
from .values import is_sound


@register("chatkit")
def check_pictures() -> list[CheckMessage]:
    """W056: pictures are to be attached, and nothing is there that writes them anew.

    A site that says nothing of files is not told of a package that it may not want.
    """
    if images.is_available() or "ATTACHMENTS" not in getattr(settings, "CHATKIT", {}):
        return []
    if not _takes_files():
        return []
    accept = conf.get("ATTACHMENTS")["accept"]
    if accept and not any(kinds.matches(kind, accept) for kind in kinds.PICTURES):
        return []
    return [
        Warning(
            "Pillow is not installed: pictures that people attach are refused.",
            hint="Install mseller-chatkit[files], or name the kinds of files that are taken in "
            "CHATKIT['ATTACHMENTS']['accept'].",
            id="chatkit.W056",
        )
    ]


@register("chatkit")
def check_scanner() -> list[CheckMessage]:
    """E057: the scanner is no function, so that no file would be taken."""
    if not _takes_files() or not conf.get("ATTACHMENTS")["scanner"]:
        return []
    path = conf.get("ATTACHMENTS")["scanner"]
    fault = fault_of_function(path, "file", "name", "mime_type")
    if not fault:
        return []
    return [
        Error(
            f"CHATKIT['ATTACHMENTS']['scanner']: {fault}",
            hint="Name a function `(file, name, mime_type)`: it returns what it has found, or "
            "nothing.",
            id="chatkit.E057",
        )
    ]


def _takes_files() -> bool:
    if not is_sound("ATTACHMENTS", "WORKFLOWS") or not conf.get("ATTACHMENTS")["enabled"]:
        return False
    return any(not workflow.hosted for workflow in workflows.table().values())
