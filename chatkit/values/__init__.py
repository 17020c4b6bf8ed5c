"""What a setting may hold: the tests of single values that the table of settings names."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

from django.utils.functional import Promise

THEME: dict[str, tuple[str, ...] | None] = {
    "colorScheme": ("light", "dark"),
    "radius": ("pill", "round", "soft", "sharp"),
    "density": ("compact", "normal", "spacious"),
    "color": None,
    "typography": None,
}
# The element's options that a site may set as they are. What else the element has is the server's
# to say, or takes functions.
OPTIONS: dict[str, set[str]] = {
    "header": {"enabled", "title"},
    "history": {"enabled", "showDelete", "showRename", "temporary"},
    "startScreen": {"greeting", "prompts"},
    "composer": {"placeholder", "tools", "models"},
    "disclaimer": {"text", "highContrast"},
    "threadItemActions": {"feedback", "retry", "readAloud"},
    "thread": {"autoScroll"},
    "threadActions": {"print", "export", "share"},
}
ATTACHMENTS = {"enabled", "max_size", "max_count", "max_per_day", "accept", "scanner"}
RATE_GROUPS = (
    "session",
    "message",
    "request",
    "entities",
    "search",
    "upload",
    "transcribe",
    "download",
)


def is_dict(value: object) -> bool:
    return isinstance(value, dict)


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def is_path_or_none(value: object) -> bool:
    return value is None or isinstance(value, str) or hasattr(value, "__fspath__")


def is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def is_origins(value: object) -> bool:
    """As a browser names them: no path, no end slash, no wildcard."""
    return isinstance(value, list | tuple | set) and all(
        is_url(entry)
        and entry == "{0.scheme}://{0.netloc}".format(urlsplit(entry)).lower()
        and "@" not in entry
        for entry in value
    )


def is_redis(value: object) -> bool:
    return value is None or (
        isinstance(value, str) and value.startswith(("redis://", "rediss://", "unix://"))
    )


def is_script(value: object) -> bool:
    """A URL, or a path from this site's root."""
    if not value or not isinstance(value, str):
        return value is None or value == ""
    return value.split() == [value] and (value.startswith("/") or is_url(value))


def is_title(value: object) -> bool:
    return isinstance(value, str | Promise)


def is_theme(value: object) -> bool:
    """ChatKit's keys and values; parts that list no values are left to the element."""
    if not isinstance(value, dict) or not set(value) <= set(THEME):
        return False
    return all(part in (THEME[name] or (part,)) for name, part in value.items())


def is_options(value: object) -> bool:
    """ChatKit's names, each with parts that it has; what they hold is left to the element."""
    return isinstance(value, dict) and all(
        is_filled(part)
        if name == "locale"
        else isinstance(part, dict) and name in OPTIONS and set(part) <= OPTIONS[name]
        for name, part in value.items()
    )


def is_positive_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_days(value: object) -> bool:
    return value is None or is_positive_int(value)


def is_sharing(value: object) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and set(value) <= {"seconds", "permission", "readers"}
        and is_positive_int(value.get("seconds"))
        and isinstance(value.get("permission", ""), str)
        and isinstance(value.get("readers", ""), str)
    )


def is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def is_seconds_pair(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(is_seconds, value))


# Rates that django-ratelimit reads as they are written: it misreads "30/mm" and "30 / m".
RATE = re.compile(r"\d+/(?:[1-9]\d*)?[smhd]", re.ASCII)


def is_rates(value: object) -> bool:
    return isinstance(value, dict) and all(
        name in RATE_GROUPS and isinstance(rate, str) and RATE.fullmatch(rate)
        for name, rate in value.items()
    )


VISITOR_RATES = {"messages", "address", "newcomers", "total"}


def is_visitors(value: object) -> bool:
    if not isinstance(value, dict):
        return value is None or isinstance(value, bool)
    return all(
        (name in VISITOR_RATES and isinstance(given, str) and bool(RATE.fullmatch(given)))
        or (name == "days" and is_positive_int(given))
        or (name == "consent" and isinstance(given, str | Promise))
        for name, given in value.items()
    )


def is_attachments(value: object) -> bool:
    if not isinstance(value, dict) or not set(value) <= ATTACHMENTS:
        return False
    numbers = [value[name] for name in value if name.startswith("max_")]
    return (
        all(map(is_positive_int, numbers))
        and isinstance(value.get("enabled", True), bool)
        and isinstance(value.get("scanner", ""), str)
        and is_accept(value.get("accept", {}))
    )


def is_accept(value: object) -> bool:
    """MIME types, or such as image/*, with the endings of their files."""
    return isinstance(value, dict) and all(
        isinstance(kind, str)
        and "/" in kind
        and isinstance(endings, list | tuple)
        and all(isinstance(ending, str) and ending.startswith(".") for ending in endings)
        for kind, endings in value.items()
    )


def is_transcriber(value: object) -> bool:
    """An endpoint's dict, or a dotted path. An empty one is none at all."""
    if not isinstance(value, dict):
        return is_text_or_none(value)
    tests = {
        "model": is_filled,
        "base_url": is_url,
        "api_key": is_text,
        "language": is_text,
        "timeout": is_seconds,
    }
    return "model" in value and all(
        name in tests and tests[name](part) for name, part in value.items()
    )


def is_filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def is_workflows(value: object) -> bool:
    """Ids to who answers: a text, or a dict of `server` and what is the workflow's own."""
    return isinstance(value, dict) and all(
        is_filled(key) and (is_filled(entry) or is_workflow(entry)) for key, entry in value.items()
    )


def is_workflow(value: object) -> bool:
    return (
        isinstance(value, dict)
        and is_filled(value.get("server"))
        and all(name in WORKFLOW and WORKFLOW[name](part) for name, part in value.items())
    )


def is_prompts(value: object) -> bool:
    """The start screen's prompts, as ChatKit has them."""
    return isinstance(value, list | tuple) and all(
        isinstance(prompt, dict)
        and {"label", "prompt"} <= set(prompt) <= {"label", "prompt", "icon"}
        and all(isinstance(text, str | Promise) and text for text in prompt.values())
        for prompt in value
    )


def is_names(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(map(is_filled, value))


# Headers that carry a login: an assistant that could read them could act as the user.
SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization"}


def is_headers(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(
        isinstance(name, str) and name and name.lower() not in SECRET_HEADERS for name in value
    )


def is_cards(value: object) -> bool:
    return value is None or isinstance(value, str | list | tuple)


def is_launcher(value: object) -> bool:
    """Parts that the launcher has; its label and greeting may be translated late."""
    return isinstance(value, dict) and all(
        part in ("start", "end")
        if name == "position"
        else is_title(part)
        if name in ("label", "greeting")
        else name in ("color", "icon") and isinstance(part, str)
        for name, part in value.items()
    )


def is_model_api(value: object) -> bool:
    return value in ("", "responses", "chat_completions")


def is_price(value: object) -> bool:
    """What a million tokens cost."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def is_prices(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(model, str)
        and model
        and isinstance(prices, dict)
        and {"input", "output"} <= set(prices) <= {"input", "cached", "output"}
        and all(map(is_price, prices.values()))
        for model, prices in value.items()
    )


def is_currency(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 8


def is_bool(value: object) -> bool:
    return isinstance(value, bool)


# The parts of a workflow's entry, each with its test.
WORKFLOW = {
    "server": is_text,
    "title": is_title,
    "knowledge": is_path_or_none,
    "cards": is_cards,
    "prompts": is_prompts,
    "theme": is_theme,
    "access": is_filled,
    "limits": is_rates,
    "tools": is_names,
    "visitors": is_visitors,
}
