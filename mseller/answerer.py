"""Which workflow this site runs and who answers it, from the environment alone."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_WORKFLOW_ID = "wf_694bcfa27d008190bfea49d38cf488680c8fe335749752f0"
OPENAI = "openai"
ASSISTANT = "chatkit.selfhosted.assistant.AssistantServer"
HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"


def workflows(environ: Mapping[str, str]) -> dict[str, str]:
    """CHATKIT["WORKFLOWS"]: the id of the one workflow, and who answers it.

    | CHATKIT_WORKFLOW_SERVER | OPENAI_API_KEY | workflow id given | answers |
    |---|---|---|---|
    | set | any | any | what it says |
    | – | set | yes | openai |
    | – | set | no | AssistantServer |
    | – | – | any | HelpDeskServer |

    The id is CHATKIT_WORKFLOW_ID, else NEXT_PUBLIC_CHATKIT_WORKFLOW_ID, else the default;
    an empty variable counts as not set.
    """
    given = environ.get("CHATKIT_WORKFLOW_ID") or environ.get("NEXT_PUBLIC_CHATKIT_WORKFLOW_ID")
    answerer = environ.get("CHATKIT_WORKFLOW_SERVER")
    if not answerer and not environ.get("OPENAI_API_KEY"):
        answerer = HELP_DESK
    return {given or DEFAULT_WORKFLOW_ID: answerer or (OPENAI if given else ASSISTANT)}
