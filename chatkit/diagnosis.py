"""What chatkit_doctor reports: the settings in force, who answers, the checks, the environment."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connection
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from . import conf, health, workflows
from .hosted import agent_sessions, causes, client

NORMAL, WARNING, FAULT = "", "warning", "fault"
PACKAGES = (
    "mseller-chatkit",
    "openai-chatkit",
    "openai-agents",
    "openai",
    "requests",
    "django-ratelimit",
)
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Line:
    """One line of a part; `kind` is "", "warning" or "fault"."""

    text: str
    kind: str = NORMAL


@dataclass
class Part:
    title: str
    lines: list[Line] = field(default_factory=list)

    def say(self, text: str, kind: str = NORMAL) -> None:
        self.lines.append(Line(text, kind))


def settings_in_force() -> Part:
    """Each key of CHATKIT with its value, marked where it is the default. No secret is shown."""
    part = Part("Settings (CHATKIT)")
    given = getattr(settings, "CHATKIT", {})
    given = given if isinstance(given, dict) else {}
    for setting in conf.SETTINGS:
        value = conf.get(setting.name)
        if setting.secret:
            shown = "(set, hidden)" if value else "(not set)"
        else:
            shown = _without_login(repr(_cleansed(setting.name, value)))
        origin = "" if setting.name in given else "  (default)"
        part.say(f"{setting.name} = {shown}{origin}")
    return part


def _cleansed(name: str, value: object) -> object:
    """The value as Django's error pages show it: nested values that look secret are hidden."""
    if not isinstance(value, dict):
        return value
    return SafeExceptionReporterFilter().cleanse_setting(name, value)


def _without_login(text: str) -> str:
    """The text with the user and password of every URL in it hidden."""
    return re.sub(r"(://)[^/@\s'\"]+@", r"\1(hidden)@", text)


def workflows_in_force() -> Part:
    """Each workflow and who answers it. A server class is loaded, and its failure explained."""
    part = Part("Workflows")
    if not conf.BY_NAME["WORKFLOWS"].accepts(conf.get("WORKFLOWS")):
        part.say("CHATKIT['WORKFLOWS'] can't be read; see the checks below.", FAULT)
        return part
    for number, workflow in enumerate(workflows.table().values()):
        part.say(f"{workflow.id}: {_who(workflow)}{'  (the default)' if number == 0 else ''}")
        if not workflow.hosted:
            fault = _load_fault(workflow)
            if fault:
                part.say(f"  it can't be loaded: {fault}", FAULT)
    if not part.lines:
        part.say("none: nobody answers", WARNING)
    return part


def _who(workflow: workflows.Workflow) -> str:
    if workflow.names_agent:
        return f"OpenAI's agent {workflow.agent_id}, asked by this site"
    return "OpenAI" if workflow.hosted else f"this site, {workflow.answerer}"


def _load_fault(workflow: workflows.Workflow) -> str:
    try:
        workflow.server_class()
    except Exception as error:  # the site's own module may fail in any way
        return f"{type(error).__name__}: {error}"
    return ""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or may be; `mend` is "" where `what` says how it is mended."""

    kind: str
    name: str
    what: str
    mend: str = ""


def findings() -> list[Finding]:
    """All that the doctor finds wrong here, the faults first."""
    found = [
        Finding(
            FAULT if message.is_serious() else WARNING,
            message.id or "",
            message.msg,
            message.hint or "",
        )
        for message in _messages()
    ]
    for workflow in _readable_table():
        if not workflow.hosted and (fault := _load_fault(workflow)):
            what = f"{workflow.answerer} can't be loaded: {fault}"
            mend = "Correct the class, or its name in CHATKIT['WORKFLOWS']; then restart the site."
            found.append(Finding(FAULT, workflow.id, what, mend))
    around, about = environment(), ""
    for line in around.lines:
        # An indented line is about the one before it.
        if not line.text.startswith(" "):
            about = line.text
        if line.kind:
            what, mend = (about, line.text.strip()) if line.text != about else (about, "")
            found.append(Finding(line.kind, around.title, what, mend))
    return sorted(found, key=lambda finding: finding.kind != FAULT)


def _messages() -> Iterator[checks.CheckMessage]:
    """What `manage.py check` says and the site has not silenced."""
    databases = [DEFAULT_DB_ALIAS] if health.state("database") == health.OK else None
    for message in checks.run_checks(databases=databases):
        if not message.is_silenced():
            yield message


def check_results() -> Part:
    """What `manage.py check` says, with the fix of each."""
    part = Part("Checks")
    for message in _messages():
        kind = FAULT if message.is_serious() else WARNING
        part.say(f"{message.id}: {message.msg}", kind)
        if message.hint:
            part.say(f"  fix: {message.hint}")
    if not part.lines:
        part.say("all passed")
    return part


def environment() -> Part:
    """Versions, database, cache, proxies, and what can't be seen from here."""
    part = Part("Surroundings")
    part.say(f"Python {platform.python_version()}, Django {django.get_version()}")
    part.say(", ".join(f"{name} {_version(name)}" for name in PACKAGES))
    answers = health.state("database") == health.OK
    part.say(
        f"database: {connection.vendor}"
        + ("" if answers else ", which can't be used or was not migrated; see the log"),
        NORMAL if answers else FAULT,
    )
    for text, kind in [*_cache_lines(), *(_agent_sessions() if answers else ())]:
        part.say(text, kind)
    set_proxies = [name for name in PROXIES if os.environ.get(name) or os.environ.get(name.lower())]
    part.say(f"proxies of the environment: {', '.join(set_proxies) or 'none'}")
    if any(not workflow.hosted for workflow in _readable_table()):
        asgi = getattr(settings, "ASGI_APPLICATION", None)
        part.say(
            "server: can't be seen from here. Answers of this site stream; under WSGI each open "
            "one holds a thread, so serve it by ASGI."
            + ("" if asgi else " ASGI_APPLICATION is not set.")
        )
    return part


def _agent_sessions() -> Iterator[tuple[str, str]]:
    """Sessions of agents at OpenAI whose conversations are gone: none, as a rule."""
    left = agent_sessions.waiting()
    if count := left.count():
        yield f"agents' sessions to be deleted at OpenAI: {count}", WARNING
        if row := left.exclude(error="").order_by("-try_after").first():
            cause, fix = causes.explain(row.error)
            yield f"  it failed so far: {cause} {fix} Each chatkit_prune tries again.", WARNING


def _readable_table() -> list[workflows.Workflow]:
    sound = conf.BY_NAME["WORKFLOWS"].accepts(conf.get("WORKFLOWS"))
    return list(workflows.table().values()) if sound else []


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _cache_lines() -> Iterator[tuple[str, str]]:
    if not getattr(settings, "RATELIMIT_ENABLE", True):
        yield "rate limits: switched off by RATELIMIT_ENABLE", WARNING
        return
    name = getattr(settings, "RATELIMIT_USE_CACHE", "default")
    backend = settings.CACHES.get(name, {}).get("BACKEND", "").rpartition(".")[2]
    yield f"rate limits count in the cache {name!r}: {backend or 'not set'}", NORMAL
    if backend == "LocMemCache":
        yield "  each process counts for itself: with several, use Redis or Memcached", WARNING
    elif backend == "DummyCache":
        yield "  it keeps nothing: calls are not limited", WARNING
    elif health.state("cache") != health.OK:
        yield "  it does not answer: calls are not limited; see the log", FAULT


def ping() -> Part:
    """One real session for each hosted workflow, ended at once, and a look at each agent that
    OpenAI hosts; a failure with cause and fix."""
    part = Part("Ping")
    for workflow in _readable_table():
        if not (workflow.hosted or workflow.is_agent):
            continue
        part.say(f"{workflow.id}: asking {urlsplit(conf.get('OPENAI_BASE_URL')).hostname}")
        try:
            if workflow.is_agent:
                _ping_agent(workflow, part)
            else:
                _ping_hosted(workflow, part)
        except causes.UpstreamError as error:
            cause, fix = causes.explain(error.cause.sentence, hosted=workflow.hosted)
            answered = f" (status {error.status}, request {error.request_id or '-'})"
            part.say(f"  failed: {cause}{answered if error.status else ''}", FAULT)
            part.say(f"  fix: {fix}")
    if not part.lines:
        part.say("no workflow is OpenAI's: nothing to ask")
    return part


def _ping_agent(workflow: workflows.Workflow, part: Part) -> None:
    if fault := _load_fault(workflow):
        part.say(f"  its server class can't be loaded: {fault}", FAULT)
        return
    agent_id = getattr(workflow.server_class(), "agent_id", "")
    if not isinstance(agent_id, str) or not agent_id:
        part.say("  its server class names no agent: set its agent_id", FAULT)
        return
    part.say(f"  the agent is there: {agent_sessions.find_agent(agent_id)}")


def _ping_hosted(workflow: workflows.Workflow, part: Part) -> None:
    created = client.create_session(_request(), workflow.id, "chatkit_doctor")
    part.say(f"  a session was made (request {created.request_id or '-'})")
    try:
        client.cancel_session(created.session_id)
    except causes.UpstreamError as error:
        part.say(f"  it could not be ended: {error.cause.sentence}", WARNING)


def _request() -> HttpRequest:
    """What a function for state_variables gets: nobody is logged in on the command line."""
    request: Any = HttpRequest()
    request.method = "POST"
    request.user = AnonymousUser()
    return request  # type: ignore[no-any-return]
