"""Which workflow this site runs and who answers it, from the environment alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_WORKFLOW_ID = "wf_694bcfa27d008190bfea49d38cf488680c8fe335749752f0"
OPENAI = "openai"
ASSISTANT = "chatkit.selfhosted.assistant.AssistantServer"
HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"


@dataclass(frozen=True)
class Choice:
    """`note` says on the console why this one answers, where that may surprise."""

    workflow_id: str
    answerer: str
    note: str = ""


def choose(environ: Mapping[str, str], *, assistant_exists: bool) -> Choice:
    """Who answers.

    | CHATKIT_WORKFLOW_SERVER | OPENAI_API_KEY | workflow id given | answers |
    |---|---|---|---|
    | set | any | any | what it says |
    | – | set | yes | openai |
    | – | set | no | AssistantServer (HelpDeskServer until it exists) |
    | – | – | any | HelpDeskServer |

    The id is CHATKIT_WORKFLOW_ID, else NEXT_PUBLIC_CHATKIT_WORKFLOW_ID, else the default;
    an empty variable counts as not set.
    """
    given = environ.get("CHATKIT_WORKFLOW_ID") or environ.get("NEXT_PUBLIC_CHATKIT_WORKFLOW_ID")
    workflow_id = given or DEFAULT_WORKFLOW_ID
    server = environ.get("CHATKIT_WORKFLOW_SERVER")
    if server:
        return Choice(workflow_id, server)
    if not environ.get("OPENAI_API_KEY"):
        return Choice(workflow_id, HELP_DESK)
    if given:
        return Choice(workflow_id, OPENAI)
    if assistant_exists:
        return Choice(workflow_id, ASSISTANT)
    return Choice(
        workflow_id,
        HELP_DESK,
        "OPENAI_API_KEY is set without a workflow id, but AssistantServer is not installed: "
        "the help desk answers.",
    )
