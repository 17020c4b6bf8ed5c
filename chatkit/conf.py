"""The settings: one table of name, default and help, read from `settings.CHATKIT`.

The table also drives the unknown-key check, the doctor's listing and the README's table.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from . import values
from .values import dicts
from .values.shapes import faults

Check = Callable[[object], bool]
OPENAI_HOST = "api.openai.com"


@dataclass(frozen=True)
class Setting:
    """One key of CHATKIT. `expects` says in words what `accepts` tests."""

    name: str
    default: Any
    help: str
    expects: str
    accepts: Check
    secret: bool = False


TEXT = "a text"
SETTINGS: tuple[Setting, ...] = (
    Setting(
        "WORKFLOWS",
        {},
        'Workflow id -> who answers: "openai", "openai-agent:ID", or the dotted path of a server '
        "class; or a dict of `server` and what the workflow has of its own. The first that a "
        "person may use is the page's.",
        'a dict of workflow id to "openai", "openai-agent:ID", a dotted path, or a dict of server '
        f"and perhaps {', '.join(name for name in dicts.WORKFLOW.known if name != 'server')}",
        dicts.is_workflows,
    ),
    Setting(
        "ACCESS",
        "chatkit.access.active_users",
        "Dotted path of `(user, workflow_id) -> bool`: who may chat.",
        "a dotted path",
        values.is_text,
    ),
    Setting(
        "AUTHENTICATE",
        None,
        "Dotted path of `(request) -> user | None`, or `-> (user, when the token ends)`: who asks "
        "for a session where there is no login cookie, such as a front end with a token.",
        "a dotted path or None",
        values.is_text_or_none,
    ),
    Setting(
        "VISITORS",
        None,
        "Whether people without a login may chat: True, or a dict of messages, address, newcomers "
        "and total (rates of one visitor, of one address, of new ones from it, of all), days (kept "
        "after the last visit) and consent (what they agree to by writing). None: they may not.",
        "True, False, None, or a dict of messages, address, newcomers and total (rates such as "
        "20/d), days (a whole number from 1 to 36500) and consent (a text)",
        dicts.is_visitors,
    ),
    Setting(
        "ALLOWED_ORIGINS",
        (),
        "Origins whose pages may call the API, such as https://app.example.com.",
        "a list of origins: scheme, host and perhaps a port",
        values.is_origins,
    ),
    Setting(
        "SESSION_SECONDS",
        600,
        "How long a client secret lives; the page refreshes it by itself.",
        "a whole number of seconds above 0, a hundred years at most",
        values.is_span,
    ),
    Setting("OPENAI_API_KEY", "", "The key for OpenAI.", TEXT, values.is_text, secret=True),
    Setting(
        "OPENAI_BASE_URL",
        f"https://{OPENAI_HOST}/v1",
        "Where OpenAI's API, or one compatible with it, is reached.",
        "an http or https URL",
        values.is_url,
    ),
    Setting(
        "OPENAI_TIMEOUT",
        (3.0, 15.0),
        "Seconds to connect and to read, when a hosted session is asked for.",
        "two numbers of seconds (connect, read)",
        values.is_seconds_pair,
    ),
    Setting(
        "SESSION_OPTIONS",
        {},
        "For hosted sessions: expires_after, rate_limits, chatkit_configuration, version, "
        "tracing, state_variables (a dict or the dotted path of `(request, workflow_id) -> dict`), "
        "and workflows: a dict of workflow id to such options of its own.",
        "a dict",
        values.is_dict,
    ),
    Setting(
        "SCRIPT_URL",
        None,
        "The chat script. None: OpenAI's for a hosted workflow, ours otherwise.",
        "a URL, a path from / on, or None",
        values.is_script,
    ),
    Setting("DOMAIN_KEY", "", "The domain key that OpenAI's script wants.", TEXT, values.is_text),
    Setting(
        "USER_PREFIX",
        "user",
        "What stands before the user's primary key in the `user` told to OpenAI.",
        TEXT,
        values.is_text,
    ),
    Setting(
        "RATE_LIMITS",
        {
            "session": "30/m",
            "message": "20/m",
            "request": "300/m",
            "entities": "120/m",
            "search": "60/m",
            "upload": "20/h",
            "transcribe": "10/m",
            "download": "10/h",
        },
        "Calls per user, as django-ratelimit writes them.",
        f"a dict of {', '.join(values.RATE_GROUPS)} to rates such as 30/m",
        dicts.is_rates,
    ),
    Setting(
        "BASE_TEMPLATE",
        None,
        "The template that the chat and help pages extend; it must have a `content` block. "
        "None: a plain page of our own.",
        "a template name or None",
        values.is_text_or_none,
    ),
    Setting(
        "TITLE", "", "The page's title. Empty: “Chat assistant”, translated.", TEXT, values.is_title
    ),
    Setting(
        "INFO_CARDS",
        None,
        "Cards beside the chat: a list of {title, body, icon, url?, permission?} or the dotted "
        "path of `(request) -> list`. None: the three defaults.",
        "a list, a dotted path or None",
        values.is_cards,
    ),
    Setting(
        "SESSION_DETAILS",
        True,
        "Whether the chat page shows its session: status, id, expiry, who answers, and the button "
        "that ends it.",
        "True or False",
        values.is_bool,
    ),
    Setting(
        "THEME",
        {},
        "ChatKit's `theme` option, as given to the element.",
        f"a dict of {', '.join(dicts.THEME.known)}, as ChatKit has them",
        dicts.is_theme,
    ),
    Setting(
        "OPTIONS",
        {},
        "More of the element's options, which win over the page's own: texts, prompts, the header.",
        f"a dict of {', '.join(dicts.OPTIONS.known)}, as ChatKit has them",
        dicts.is_options,
    ),
    Setting(
        "LAUNCHER",
        {"position": "end", "color": "", "label": "", "icon": "message-circle", "greeting": ""},
        "How `{% chatkit_launcher %}` looks: position (end or start of a line), color (CSS), label "
        "(its name), icon (one of `{% chatkit_icon %}`, or an address), greeting (beside it).",
        "a dict of position (start or end), color, label, icon and greeting (texts)",
        dicts.is_launcher,
    ),
    Setting("MODEL", "", "The model that AssistantServer asks.", TEXT, values.is_text),
    Setting(
        "MODEL_API",
        "",
        "How the model is asked: responses or chat_completions. "
        "Empty: responses at OpenAI, chat_completions elsewhere.",
        "responses, chat_completions or empty",
        values.is_model_api,
    ),
    Setting(
        "KNOWLEDGE_DIR",
        None,
        "The folder of help articles: `<language>/<slug>.md`.",
        "a folder or None",
        values.is_path_or_none,
    ),
    Setting(
        "VECTORS_DIR",
        None,
        "Where the extra `semantic` keeps vectors of articles; `None`: the user's cache folder.",
        "a folder or None",
        values.is_path_or_none,
    ),
    Setting(
        "ATTACHMENTS",
        {
            "enabled": True,
            "max_size": 10 * 1024 * 1024,
            "max_count": 5,
            "max_per_day": 100 * 1024 * 1024,
            "accept": {},
            "scanner": "",
        },
        "Files that people attach: enabled; max_size in bytes; max_count of a message; max_per_day "
        "in bytes of one person; accept (MIME type to endings; empty: all kinds); scanner (dotted "
        "path of `(file, name, mime_type)`, which returns what it has found).",
        "a dict of enabled (True or False), max_size, max_count and max_per_day (whole numbers "
        "above 0), accept (a dict of MIME type to a list of endings) and scanner (a dotted path)",
        dicts.is_attachments,
    ),
    Setting(
        "TRANSCRIBER",
        None,
        "Who writes down what people say: a dict for an OpenAI-compatible endpoint (model, and "
        "perhaps base_url, api_key, language, timeout), or the dotted path of "
        "`(audio, mime_type, context) -> text`. None: there is no microphone.",
        "a dict with a model, a dotted path or None",
        dicts.is_transcriber,
        secret=True,
    ),
    Setting(
        "CONTEXT_HEADERS",
        (),
        "Headers of a message's request that assistants may read, as `context.headers` by "
        "lower-case name.",
        "a list of header names, without those that carry a login or a key",
        values.is_headers,
    ),
    Setting(
        "ANSWER_LENGTH",
        200_000,
        "Characters of one answer; a longer one is cut, and says so.",
        "a whole number above 0",
        values.is_positive_int,
    ),
    Setting(
        "DATABASE_WAIT",
        5.0,
        "On SQLite: seconds that a new session may wait for its turn to be stored before it is "
        "refused with 503.",
        "a number of seconds above 0",
        values.is_seconds,
    ),
    Setting(
        "CONNECTION_SCOPE",
        None,
        "Dotted path of a class that sets a database connection to a tenant's schema, a role or "
        "the like: `chatkit.selfhosted.tenants.DjangoTenants` for django-tenants.",
        "a dotted path or None",
        values.is_text_or_none,
    ),
    Setting(
        "STREAMS",
        None,
        "A Redis server, such as redis://10.0.0.5:6379/0, by way of which answers reach readers in "
        "other processes and on other machines at once. None: by way of the database.",
        "an address that begins with redis://, rediss:// or unix://, or None",
        values.is_redis,
        secret=True,
    ),
    Setting(
        "OPEN_STREAMS",
        20,
        "How many answers one person may read at the same time, in each server process.",
        "a whole number above 0",
        values.is_positive_int,
    ),
    Setting(
        "RUN_TIMEOUT",
        300,
        "Seconds after which an answer that is still being written is ended.",
        "a whole number of seconds above 0, a hundred years at most",
        values.is_span,
    ),
    Setting(
        "RETENTION_DAYS",
        None,
        "Days after which `chatkit_prune` deletes conversations. None: never.",
        "a whole number of days from 1 to 36500, or None",
        values.is_days,
    ),
    Setting(
        "SHARING",
        None,
        "Links by which people show a conversation to others of the site: seconds that one works, "
        "and perhaps a permission of its readers, and readers, the dotted path of "
        "`(user, thread) -> bool`. Without those, who may use the assistant may read. None: there "
        "are no links.",
        "a dict of seconds (a whole number above 0, a hundred years at most) and perhaps "
        "permission (app.codename) and readers (a dotted path), or None",
        dicts.is_sharing,
    ),
    Setting(
        "READING_SECONDS",
        600,
        "How long a conversation that staff opened in the admin stays open to them; each opening "
        "is logged.",
        "a whole number of seconds above 0, a hundred years at most",
        values.is_span,
    ),
    Setting(
        "PRICES",
        {},
        "What models cost: the price of a million tokens that are read (`input`), read from the "
        "model's cache (`cached`; like `input` where it is missing) and written (`output`).",
        "a dict of model to a dict of input, output and perhaps cached: numbers from 0 on",
        dicts.is_prices,
    ),
    Setting(
        "CURRENCY",
        "USD",
        "What PRICES are in, as it is shown beside sums.",
        "a text of at most 8 characters",
        values.is_currency,
    ),
    Setting(
        "METRICS_TOKEN", "", "Prometheus reads by it. Empty: closed.", TEXT, values.is_text, True
    ),
    Setting(
        "FOLLOW_UPS",
        True,
        "Whether up to three questions that may be asked next stand under the last answer.",
        "True or False",
        values.is_bool,
    ),
    Setting(
        "TRACING",
        False,
        "Whether the Agents SDK may send traces to OpenAI.",
        "True or False",
        values.is_bool,
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
# Dicts whose missing keys come from the default, so that a site may set one limit only.
MERGED = {"RATE_LIMITS", "ATTACHMENTS", "LAUNCHER"}


@cache
def _values() -> dict[str, Any]:
    given = getattr(settings, "CHATKIT", {})
    if not isinstance(given, dict):
        given = {}
    known: dict[str, Any] = {}
    for setting in SETTINGS:
        value = given.get(setting.name, setting.default)
        if setting.name in MERGED and isinstance(value, dict):
            value = setting.default | value
        known[setting.name] = copy.deepcopy(value)
    return known


def get(name: str) -> Any:
    """The value of CHATKIT[name], or its default."""
    return _values()[name]


def unknown_keys() -> list[str]:
    """The keys of settings.CHATKIT that are no settings."""
    given = getattr(settings, "CHATKIT", {})
    return [str(key) for key in given if key not in BY_NAME] if isinstance(given, dict) else []


def wrong_values() -> list[str]:
    """One sentence for each wrong value in settings.CHATKIT, with its path where it is a dict's."""
    given = getattr(settings, "CHATKIT", {})
    if not isinstance(given, dict):
        return [f"CHATKIT is {type(given).__name__}, not a dict."]
    return [
        sentence
        for setting in SETTINGS
        if setting.name in given and not setting.accepts(given[setting.name])
        for sentence in _wrong(setting, given[setting.name])
    ]


def _wrong(setting: Setting, value: object) -> list[str]:
    path = f"CHATKIT[{setting.name!r}]"
    if isinstance(value, dict) and setting.name in dicts.SHAPES:
        found = faults(value, dicts.SHAPES[setting.name], path, hidden=setting.secret)
        whole = f" {path} must be {setting.expects}."
        return [fault.text + ("" if fault.named else whole) for fault in found]
    return [f"{path} is {'(hidden)' if setting.secret else repr(value)}, not {setting.expects}."]


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "CHATKIT":
        _values.cache_clear()


setting_changed.connect(_forget, dispatch_uid="chatkit.conf")
