"""The table of workflows: a workflow id names who answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.module_loading import import_string

from . import conf
from .exceptions import ApiError

if TYPE_CHECKING:
    from .selfhosted.engine import DjangoChatKitServer

OPENAI = "openai"
HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"
LONGEST_ID = 64  # characters


@dataclass(frozen=True)
class Workflow:
    """One entry of CHATKIT["WORKFLOWS"].

    `answerer` is "openai" for a workflow that OpenAI hosts, else the dotted path of a
    `chatkit.selfhosted.engine.DjangoChatKitServer` subclass on this site.
    """

    id: str
    answerer: str

    @property
    def hosted(self) -> bool:
        """Whether OpenAI answers."""
        return self.answerer == OPENAI

    @property
    def is_help_desk(self) -> bool:
        """Whether our help desk answers, from the help articles alone."""
        return self.answerer == HELP_DESK

    def server_class(self) -> type[DjangoChatKitServer]:
        """The server class. Loads OpenAI's SDK, so call it only where the class is needed."""
        if self.hosted:
            raise ValueError(f"Workflow {self.id!r} is answered by OpenAI, not by this site.")
        found: type[DjangoChatKitServer] = import_string(self.answerer)
        return found


def table() -> dict[str, Workflow]:
    """All workflows by id, in the order of the settings."""
    return {wf_id: Workflow(wf_id, who) for wf_id, who in conf.get("WORKFLOWS").items()}


def get(workflow_id: str) -> Workflow:
    """The workflow with this id; ApiError `unknown_workflow` where there is none."""
    try:
        return table()[workflow_id]
    except KeyError:
        raise ApiError("unknown_workflow") from None


def default() -> Workflow | None:
    """The workflow for a page that names none: the first of the table."""
    return next(iter(table().values()), None)


def requested(request: HttpRequest) -> Workflow | None:
    """The workflow of the chat page: that of `?workflow=ID`, None where there is none of this
    id; without the parameter, the default."""
    workflow_id = request.GET.get("workflow", "")
    return table().get(workflow_id) if workflow_id else default()
