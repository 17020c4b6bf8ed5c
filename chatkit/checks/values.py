"""Checks of settings.CHATKIT itself: its keys, its values, its table of workflows."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning

from .. import cards, conf, workflows
from ..hosted import options
from ..values.near import meant
from .page import register
from .paths import fault_of_function

TABLE = "The README has a table of all settings."


def is_sound(*names: str) -> bool:
    """Whether these settings hold what they must, so that a further check may read them."""
    return all(conf.BY_NAME[name].accepts(conf.get(name)) for name in names)


@register("chatkit")
def check_values() -> list[CheckMessage]:
    """E001: a value of the wrong kind. E002: a key that is no setting."""
    found: list[CheckMessage] = [
        Error(sentence, hint=TABLE, id="chatkit.E001") for sentence in conf.wrong_values()
    ]
    found += [
        Error(
            f"CHATKIT[{key!r}] is not a setting.",
            hint=f"{meant(key, conf.BY_NAME)} The settings are {', '.join(conf.BY_NAME)}.".strip(),
            id="chatkit.E002",
        )
        for key in conf.unknown_keys()
    ]
    return found


@register("chatkit")
def check_access() -> list[CheckMessage]:
    """E003: ACCESS, or a workflow's own, names no function of a user and a workflow's id."""
    given = {"CHATKIT['ACCESS']": conf.get("ACCESS")} if is_sound("ACCESS") else {}
    if is_sound("WORKFLOWS"):
        given |= {
            f"CHATKIT['WORKFLOWS'][{one.id!r}]['access']": one.own["access"]
            for one in workflows.table().values()
            if "access" in one.own
        }
    return [
        Error(
            f"{name}: {fault}",
            hint="Give the dotted path of a function (user, workflow_id) -> bool.",
            id="chatkit.E003",
        )
        for name, path in given.items()
        if (fault := fault_of_function(path, "user", "workflow_id"))
    ]


@register("chatkit")
def check_authenticate() -> list[CheckMessage]:
    """E064: AUTHENTICATE names no function of a request."""
    if not is_sound("AUTHENTICATE") or not conf.get("AUTHENTICATE"):
        return []
    fault = fault_of_function(conf.get("AUTHENTICATE"), "request")
    if not fault:
        return []
    return [
        Error(
            f"CHATKIT['AUTHENTICATE']: {fault}",
            hint="Give the dotted path of a function (request) -> user, or None for a stranger.",
            id="chatkit.E064",
        )
    ]


@register("chatkit")
def check_sharing() -> list[CheckMessage]:
    """E067: `readers` in SHARING names no function of a user and a thread."""
    given = conf.get("SHARING") if is_sound("SHARING") else None
    path = given.get("readers") if given else None
    fault = fault_of_function(path, "user", "thread") if path else ""
    if not fault:
        return []
    return [
        Error(
            f"CHATKIT['SHARING'], readers: {fault}",
            hint="Give the dotted path of a function (user, thread) -> bool.",
            id="chatkit.E067",
        )
    ]


@register("chatkit")
def check_cards() -> list[CheckMessage]:
    """E004: a wrong info card, or INFO_CARDS names no function."""
    if not is_sound("INFO_CARDS", "WORKFLOWS"):
        return []
    problems = cards.problems()
    if not problems:
        problems = [
            f"{name}: {fault}"
            for name, given in cards.settings().items()
            if isinstance(given, str) and (fault := fault_of_function(given, "request"))
        ]
    return [
        Error(
            problem,
            hint="A card is a dict of title, body and icon, with url and permission at will.",
            id="chatkit.E004",
        )
        for problem in problems
    ]


@register("chatkit")
def check_session_options() -> list[CheckMessage]:
    """E005: a wrong part of SESSION_OPTIONS, or a function of it that is none."""
    if not is_sound("SESSION_OPTIONS", "WORKFLOWS"):
        return []
    given = conf.get("SESSION_OPTIONS")
    problems = options.problems(given, set(conf.get("WORKFLOWS")))
    for path in options.functions(given):
        fault = fault_of_function(path, "request", "workflow_id")
        if fault:
            problems.append(f"CHATKIT['SESSION_OPTIONS'], state_variables: {fault}")
    return [
        Error(
            problem,
            hint="The keys are those of OpenAI's session call; the README has an example.",
            id="chatkit.E005",
        )
        for problem in problems
    ]


@register("chatkit")
def check_base_url() -> list[CheckMessage]:
    """W006: the API key would travel unencrypted."""
    if not is_sound("OPENAI_BASE_URL", "OPENAI_API_KEY") or not conf.get("OPENAI_API_KEY"):
        return []
    url = urlsplit(conf.get("OPENAI_BASE_URL"))
    if url.scheme == "https" or url.hostname in ("localhost", "127.0.0.1", "::1"):
        return []
    return [
        Warning(
            "CHATKIT['OPENAI_BASE_URL'] begins with http: the API key travels unencrypted.",
            hint="Use the https address.",
            id="chatkit.W006",
        )
    ]
