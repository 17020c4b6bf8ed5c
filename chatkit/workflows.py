"""The table of workflows: a workflow id names who answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from . import conf
from .exceptions import ApiError
from .values.agent_classes import is_agent_class

if TYPE_CHECKING:
    from .selfhosted.engine import DjangoChatKitServer

OPENAI = "openai"
AGENT = "openai-agent:"  # before the id of an agent that OpenAI hosts, at its Agents API
AGENT_SERVERS = "chatkit.selfhosted.managed.server_of"
AGENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}", re.ASCII)
HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"
LONGEST_ID = 64  # characters
# What one workflow may have of its own: the part of its entry, and the setting in whose place it
# stands.
OWN = {
    "title": "TITLE",
    "knowledge": "KNOWLEDGE_DIR",
    "cards": "INFO_CARDS",
    "theme": "THEME",
    "access": "ACCESS",
    "limits": "RATE_LIMITS",
    "visitors": "VISITORS",
}
_PARTS = {setting: part for part, setting in OWN.items()}


@dataclass(frozen=True)
class Workflow:
    """One entry of CHATKIT["WORKFLOWS"].

    `answerer` is "openai" for a workflow that OpenAI hosts, "openai-agent:ID" for an agent that it
    hosts, else the dotted path of a `chatkit.selfhosted.engine.DjangoChatKitServer` subclass on
    this site. `own` are the parts besides `server`, where the entry is a dict.
    """

    id: str
    answerer: str
    own: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def hosted(self) -> bool:
        """Whether OpenAI answers, and keeps the conversations: browsers talk to it."""
        return self.answerer == OPENAI

    @property
    def agent_id(self) -> str:
        """The id of the agent at OpenAI that the settings name; "" where they name none."""
        return self.answerer.removeprefix(AGENT) if self.names_agent else ""

    @property
    def is_agent(self) -> bool:
        """Whether an agent that OpenAI hosts answers by way of this site: one that the settings
        name, or by a server class that is made for it."""
        return self.names_agent or (not self.hosted and is_agent_class(self.answerer))

    @property
    def names_agent(self) -> bool:
        """Whether the settings name the agent itself, and no server class."""
        return self.answerer.startswith(AGENT)

    @property
    def is_help_desk(self) -> bool:
        """Whether our help desk answers, from the help articles alone."""
        return self.answerer == HELP_DESK

    def setting(self, name: str) -> Any:
        """The value of CHATKIT[name] for this workflow: its own where it has one."""
        part = _PARTS.get(name, "")
        if part not in self.own:
            return conf.get(name)
        value = self.own[part]
        return conf.get(name) | value if name in conf.MERGED else value

    @property
    def title(self) -> str:
        """What people know it by: its own title, else its id."""
        return str(self.own.get("title") or self.id)

    @property
    def tools(self) -> frozenset[str] | None:
        """The names of the tools that its assistant may use. None: no limit."""
        names = self.own.get("tools")
        return None if names is None else frozenset(names)

    def server_class(self) -> type[DjangoChatKitServer]:
        """The server class. Loads OpenAI's SDK, so call it only where the class is needed."""
        if self.hosted:
            raise ValueError(f"Workflow {self.id!r} is answered by OpenAI, not by this site.")
        if self.names_agent:
            return self._server_of_agent()
        found: type[DjangoChatKitServer] = import_string(self.answerer)
        return found

    def _server_of_agent(self) -> type[DjangoChatKitServer]:
        server_of: Callable[[str], type[DjangoChatKitServer]] = import_string(AGENT_SERVERS)
        return server_of(self.agent_id)

    def new_server(self) -> DjangoChatKitServer:
        """A server of that class that knows which workflow it answers."""
        server = self.server_class()()
        server.workflow_id = self.id
        return server


def table() -> dict[str, Workflow]:
    """All workflows by id, in the order of the settings."""
    return {
        wf_id: Workflow(wf_id, entry)
        if isinstance(entry, str)
        else Workflow(wf_id, entry["server"], entry)
        for wf_id, entry in conf.get("WORKFLOWS").items()
    }


def has_agents() -> bool:
    """Whether an agent that OpenAI hosts answers a workflow; not where the table is no table."""
    sound = conf.BY_NAME["WORKFLOWS"].accepts(conf.get("WORKFLOWS"))
    return sound and any(workflow.is_agent for workflow in table().values())


def get(workflow_id: str) -> Workflow:
    """The workflow with this id; ApiError `unknown_workflow` where there is none."""
    try:
        return table()[workflow_id]
    except KeyError:
        raise ApiError("unknown_workflow") from None


def default() -> Workflow | None:
    """The first workflow of the table, whoever may use it: `chatkit.access.workflow_for(user)` is
    the one that a page opens."""
    return next(iter(table().values()), None)


def takes_visitors(workflow_id: str) -> bool:
    """Whether people without a login may use it, by CHATKIT["VISITORS"] and by where it runs:
    OpenAI's own script asks for a session before anybody has written."""
    workflow = table().get(workflow_id)
    return workflow is not None and not workflow.hosted and bool(workflow.setting("VISITORS"))


def setting(name: str, workflow_id: str = "") -> Any:
    """The value of CHATKIT[name] for the workflow of this id; the site's where there is none."""
    workflow = table().get(workflow_id) if workflow_id else None
    return workflow.setting(name) if workflow else conf.get(name)
