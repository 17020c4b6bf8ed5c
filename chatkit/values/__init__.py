"""What a setting may hold: the tests of single values that the table of settings names."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise

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


def is_positive_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


# A hundred years: the calendar ends where more is added to it, or taken off.
MOST_DAYS = 36_500
MOST_SECONDS = MOST_DAYS * 24 * 60 * 60


def is_number_of_days(value: object) -> bool:
    return isinstance(value, int) and is_positive_int(value) and value <= MOST_DAYS


def is_days(value: object) -> bool:
    return value is None or is_number_of_days(value)


def is_span(value: object) -> bool:
    """Whole seconds, counted from a moment or up to it."""
    return isinstance(value, int) and is_positive_int(value) and value <= MOST_SECONDS


def is_permission(value: object) -> bool:
    """A permission by its app and its codename; an empty one is none."""
    if not isinstance(value, str):
        return False
    app, dot, codename = value.partition(".")
    return not value or (bool(app and dot and codename) and "." not in codename)


def is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def is_seconds_pair(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(is_seconds, value))


# Rates that django-ratelimit reads as they are written: it misreads "30/mm" and "30 / m".
RATE = re.compile(r"\d+/(?:[1-9]\d*)?[smhd]", re.ASCII)


def is_rate(value: object) -> bool:
    return isinstance(value, str) and RATE.fullmatch(value) is not None


def is_accept(value: object) -> bool:
    """MIME types, or such as image/*, with the endings of their files."""
    return isinstance(value, dict) and all(
        isinstance(kind, str)
        and "/" in kind
        and isinstance(endings, list | tuple)
        and all(isinstance(ending, str) and ending.startswith(".") for ending in endings)
        for kind, endings in value.items()
    )


def is_key(text: str) -> bool:
    """Whether it may be a key of a model's server: one holds signs that are seen, in ASCII."""
    return text.isascii() and text.isprintable() and " " not in text


def is_filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def is_label(value: object) -> bool:
    """A text that is shown, which may be translated late."""
    return isinstance(value, str | Promise) and bool(value)


def is_names(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(map(is_filled, value))


# Headers that carry a login, or prove one: an assistant that could read them could act as the user.
SECRET_HEADERS = {
    *("authorization", "cookie", "proxy-authorization", "x-csrftoken"),
    *("x-api-key", "x-auth-token", "x-session-token"),
}


def header_name(name: str) -> str:
    """As Django looks a header up: `X_Org` is `x-org`."""
    return name.replace("_", "-").lower()


def is_headers(value: object) -> bool:
    own = header_name(settings.CSRF_HEADER_NAME).removeprefix("http-")
    return isinstance(value, list | tuple | set | frozenset) and all(
        is_filled(name) and header_name(name).strip() not in SECRET_HEADERS | {own}
        for name in value
    )


def is_cards(value: object) -> bool:
    return value is None or isinstance(value, str | list | tuple)


def is_model_api(value: object) -> bool:
    return value in ("", "responses", "chat_completions")


def is_price(value: object) -> bool:
    """What a million tokens cost."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def is_currency(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 8


def is_bool(value: object) -> bool:
    return isinstance(value, bool)
