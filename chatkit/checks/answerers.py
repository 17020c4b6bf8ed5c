"""Checks of who answers: the table of workflows, the key, the SDK, the help articles."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from .. import conf, workflows
from ..api import is_storable
from ..hosted import sunset
from ..knowledge import files as article_files
from ..knowledge.sources import registered
from ..values import is_key
from .page import register
from .paths import fault_of_class
from .values import is_sound

# Not its subclasses: they may use a client of their own, which may need no key.
ASSISTANT = "chatkit.selfhosted.assistant.AssistantServer"


def _table() -> list[workflows.Workflow]:
    return list(workflows.table().values()) if is_sound("WORKFLOWS") else []


def _has_own() -> bool:
    return any(not workflow.hosted for workflow in _table())


@register("chatkit")
def check_workflows() -> list[CheckMessage]:
    """W010: the table is empty. E011: an id that no request can name."""
    if not is_sound("WORKFLOWS"):
        return []
    if not workflows.table():
        return [
            Warning(
                "CHATKIT['WORKFLOWS'] is empty: nobody answers.",
                hint='Name a workflow: {"wf_…": "openai"} or the dotted path of a server class.',
                id="chatkit.W010",
            )
        ]
    return [
        Error(
            f"CHATKIT['WORKFLOWS'] has the id {workflow.id!r}.",
            hint=f"An id has {workflows.LONGEST_ID} characters at most, and no blanks.",
            id="chatkit.E011",
        )
        for workflow in _table()
        if not _is_id(workflow.id)
    ]


def _is_id(text: str) -> bool:
    short = len(text) <= workflows.LONGEST_ID
    return short and text.isprintable() and is_storable(text) and " " not in text


@register("chatkit")
def check_servers() -> list[CheckMessage]:
    """E012: a server class that is not there. E013: a class that is no server."""
    found: list[CheckMessage] = []
    for workflow in _table():
        if workflow.hosted or workflow.names_agent:
            continue
        fault = fault_of_class(workflow.answerer)
        if fault:
            found.append(
                Error(
                    f"CHATKIT['WORKFLOWS'][{workflow.id!r}]: {fault}",
                    hint='Give "openai" or the dotted path of a server class.',
                    id="chatkit.E012",
                )
            )
        elif not _may_be_server(workflow.answerer):
            found.append(
                Error(
                    f"CHATKIT['WORKFLOWS'][{workflow.id!r}]: {workflow.answerer} is no server.",
                    hint="Subclass chatkit.selfhosted.engine.DjangoChatKitServer.",
                    id="chatkit.E013",
                )
            )
    return found


@register("chatkit")
def check_agents() -> list[CheckMessage]:
    """E059: no agent's id. E060: the package openai is too old for the Agents API."""
    found: list[CheckMessage] = [
        Error(
            f"CHATKIT['WORKFLOWS'][{workflow.id!r}] is {workflow.answerer!r}, which names no agent "
            "at OpenAI.",
            hint="Give the agent's id as OpenAI shows it: openai-agent:agent_…",
            id="chatkit.E059",
        )
        for workflow in _table()
        if workflow.names_agent and not workflows.AGENT_ID.fullmatch(workflow.agent_id)
    ]
    if any(workflow.is_agent for workflow in _table()) and not _knows_agents():
        found.append(
            Error(
                "A workflow is answered by an agent of OpenAI's, but the package openai is too old "
                "for the Agents API.",
                hint="Upgrade it: pip install -U openai.",
                id="chatkit.E060",
            )
        )
    return found


def _knows_agents() -> bool:
    """Whether the package has the Agents API, without loading it: that takes a second. Where there
    is none at all, E015 says so."""
    spec = find_spec("openai")
    folders = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    return spec is None or any((at / "resources/beta/agents").is_dir() for at in folders)


def _may_be_server(path: str) -> bool:
    """False only where class and base are loaded already, and one is no subclass of the other."""
    module_path, _, name = path.rpartition(".")
    cls = getattr(sys.modules.get(module_path), name, None)
    base = getattr(sys.modules.get("chatkit.selfhosted.engine"), "DjangoChatKitServer", None)
    return cls is None or base is None or issubclass(cls, base)


@register("chatkit")
def check_key() -> list[CheckMessage]:
    """E014: a workflow needs OpenAI, and there is no key, or one that can't be sent."""
    if not is_sound("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        return []
    key, fault = conf.get("OPENAI_API_KEY").strip(), ""
    if not key:
        fault = "there is no key"
    elif not is_key(key):
        fault = "the key holds characters that no key has"
    if not fault:
        return []
    own_model = urlsplit(conf.get("OPENAI_BASE_URL")).hostname != conf.OPENAI_HOST
    return [
        Error(
            f"CHATKIT['WORKFLOWS'][{workflow.id!r}] is {workflow.answerer!r}, but {fault}.",
            hint="Set CHATKIT['OPENAI_API_KEY'], or let a server class of yours answer.",
            id="chatkit.E014",
        )
        for workflow in _table()
        if workflow.hosted
        or workflow.is_agent
        or (workflow.answerer == ASSISTANT and not own_model)
    ]


@register("chatkit")
def check_tracing() -> list[CheckMessage]:
    """W076: traces are to be sent to OpenAI, and there is no key. The SDK looks into the
    environment as well."""
    if not is_sound("TRACING", "OPENAI_API_KEY") or not conf.get("TRACING") or not _has_own():
        return []
    if conf.get("OPENAI_API_KEY").strip() or os.environ.get("OPENAI_API_KEY"):
        return []
    return [
        Warning(
            "CHATKIT['TRACING'] is on, but there is no key: no trace would be sent to OpenAI.",
            hint="Set CHATKIT['OPENAI_API_KEY'], or switch TRACING off.",
            id="chatkit.W076",
        )
    ]


@register("chatkit")
def check_sdk() -> list[CheckMessage]:
    """E015: a workflow is answered by this site, and OpenAI's SDK is not installed."""
    if not _has_own() or find_spec("chatkit.server") is not None:
        return []
    return [
        Error(
            "A workflow is answered by this site, but the ChatKit SDK is not installed.",
            hint='Install it: pip install "mseller-chatkit[selfhosted]".',
            id="chatkit.E015",
        )
    ]


@register("chatkit")
def check_time_zone() -> list[CheckMessage]:
    """E050: a workflow is answered by this site, and USE_TZ is off."""
    if not _has_own() or settings.USE_TZ:
        return []
    return [
        Error(
            "A workflow is answered by this site, but USE_TZ is off: no question could be kept.",
            hint="Set USE_TZ = True, which is Django's default.",
            id="chatkit.E050",
        )
    ]


@register("chatkit")
def check_knowledge() -> list[CheckMessage]:
    """E016: KNOWLEDGE_DIR is no folder. W017: there is no article. W019: one is left out."""
    if not is_sound("KNOWLEDGE_DIR", "WORKFLOWS"):
        return []
    own = {
        f"CHATKIT['WORKFLOWS'][{one.id!r}]['knowledge']": one.own["knowledge"]
        for one in _table()
        if one.own.get("knowledge")
    }
    found = [message for name, folder in own.items() for message in _folder(name, Path(folder))]
    if conf.get("KNOWLEDGE_DIR"):
        found += _folder("CHATKIT['KNOWLEDGE_DIR']", Path(conf.get("KNOWLEDGE_DIR")))
    else:
        found += _nothing()
    return found


def _nothing() -> list[CheckMessage]:
    if not registered():
        return [
            Warning(
                f"No CHATKIT['KNOWLEDGE_DIR'] is set: the help desk ({workflow.id}) knows nothing.",
                hint="Name the folder that holds <language>/<slug>.md.",
                id="chatkit.W017",
            )
            for workflow in _table()
            if workflow.is_help_desk and not workflow.own.get("knowledge")
        ]
    return []


def _folder(name: str, folder: Path) -> list[CheckMessage]:
    if not folder.is_dir():
        return [
            Error(
                f"{name} is {str(folder)!r}, which is not a folder.",
                hint="Name the folder that holds <language>/<slug>.md, or None.",
                id="chatkit.E016",
            )
        ]
    files = list(article_files.list_files(folder))
    if not files and not registered():
        return [
            Warning(
                f"{name}, {str(folder)!r}, holds no article.",
                hint="Articles are Markdown files <language>/<slug>.md, such as en/orders.md.",
                id="chatkit.W017",
            )
        ]
    return [
        Warning(
            f"The help article {file.path!r} is left out: {fault}",
            hint="Articles are Markdown files in UTF-8, named such as en/my-orders.md.",
            id="chatkit.W019",
        )
        for file in files
        if (fault := article_files.fault(file))
    ]


@register("chatkit")
def check_sunset() -> list[CheckMessage]:
    """W018: a workflow is OpenAI's, whose Agent Builder ends."""
    if not is_sound("WORKFLOWS"):
        return []
    notice = sunset.notice()
    if notice is None:
        return []
    return [
        Warning(
            f"{notice} ({', '.join(sunset.hosted_ids())})",
            hint=f"Run {sunset.COMMAND}, then name a server class or an agent "
            "(\"openai-agent:ID\") in CHATKIT['WORKFLOWS']; "
            f"see {sunset.PAGE}.",
            id="chatkit.W018",
        )
    ]
