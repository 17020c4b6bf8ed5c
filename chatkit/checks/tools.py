"""The check of the tools that workflows list."""

from __future__ import annotations

from django.core.checks import CheckMessage, Warning

from .. import toolbox, workflows
from ..values.near import meant
from .page import register
from .values import is_sound


@register("chatkit")
def check_tools() -> list[CheckMessage]:
    """W075: a workflow lists a tool that no app declares.

    A warning, since a module that is loaded later, such as a server's, may declare it.
    """
    if not is_sound("WORKFLOWS"):
        return []
    listed = [(one.id, one.tools) for one in workflows.table().values() if one.tools]
    if not listed:
        return []
    try:
        known = toolbox.all_tools()
    except Exception as error:  # an app's module may fail in any way
        return [
            _warning(
                f"The tools of the apps cannot be imported ({type(error).__name__}: {error}).",
                "Look at the chatkit_tools modules of the installed apps.",
            )
        ]
    return [
        _warning(
            f"CHATKIT['WORKFLOWS'][{workflow_id!r}]['tools'] lists {name!r}, which no app "
            "declares: its answers do without it.",
            meant(name, known) or f"The tools are {', '.join(known)}.",
        )
        for workflow_id, names in listed
        for name in sorted(names - known.keys())
    ]


def _warning(text: str, hint: str) -> CheckMessage:
    return Warning(text, hint=hint, id="chatkit.W075")
