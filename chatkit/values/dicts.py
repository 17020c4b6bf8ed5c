"""The settings that are dicts: which parts they have, and what each part may be."""

from __future__ import annotations

from functools import partial

from . import (
    RATE_GROUPS,
    is_accept,
    is_bool,
    is_cards,
    is_filled,
    is_label,
    is_names,
    is_number_of_days,
    is_path_or_none,
    is_permission,
    is_positive_int,
    is_price,
    is_rate,
    is_seconds,
    is_span,
    is_text,
    is_text_or_none,
    is_title,
    is_url,
)
from .shapes import Each, Items, Parts, Test, anything, fits


def one_of(*values: object) -> Test:
    return lambda value: any(type(value) is type(each) and value == each for each in values)


def names(*known: str, **elsewhere: str) -> Parts:
    """Parts of the element's options: what they hold is left to the element."""
    return Parts(dict.fromkeys(known, anything), elsewhere=elsewhere)


THEME = Parts(
    {
        "colorScheme": one_of("light", "dark"),
        "radius": one_of("pill", "round", "soft", "sharp"),
        "density": one_of("compact", "normal", "spacious"),
        "color": anything,
        "typography": anything,
    }
)
OF_A_PAGE = "It takes functions: set it in a page of your own."
# The element's options that a site may set as they are. What else the element has is the server's
# to say, or takes functions.
OPTIONS = Parts(
    {
        "locale": is_filled,
        "header": names(
            *("enabled", "title"),
            leftAction=OF_A_PAGE,
            rightAction=OF_A_PAGE,
        ),
        "history": Parts(
            {
                **names("enabled", "showDelete", "showRename", "temporary").known,
                "list": one_of("beside", False, None),
            }
        ),
        "startScreen": Parts(
            {
                **names("greeting", "prompts").known,
                "composer": one_of("middle", None),
                "last": one_of(None),
            }
        ),
        "composer": names(
            *("placeholder", "tools", "models"),
            attachments="The setting ATTACHMENTS says which files are taken.",
            dictation="The setting TRANSCRIBER says whether there is a microphone.",
        ),
        "disclaimer": names("text", "highContrast"),
        "threadItemActions": names(
            *("feedback", "retry", "readAloud", "versions", "edit", "followUps")
        ),
        "thread": names("autoScroll"),
        "threadActions": names("print", "export", "share"),
        "shortcuts": is_bool,
    },
    elsewhere={
        "theme": "The setting THEME has it.",
        "frameTitle": "The setting TITLE has it.",
        "initialThread": "The page says which conversation it opens.",
        **dict.fromkeys(
            ("api", "onClientTool", "widgets", "entities", "commands", "templates"), OF_A_PAGE
        ),
    },
)
LAUNCHER = Parts(
    {
        "position": one_of("start", "end"),
        "color": is_text,
        "label": is_title,
        "icon": is_text,
        "greeting": is_title,
    }
)
RATES = Parts(dict.fromkeys(RATE_GROUPS, is_rate))
# What a workflow may have of its own. A download is of a person's data in all of them.
OWN_RATES = Parts(
    {name: is_rate for name in RATE_GROUPS if name != "download"},
    elsewhere={"download": "It is of all workflows: RATE_LIMITS alone has it."},
)
VISITORS = Parts(
    dict.fromkeys(("messages", "address", "newcomers", "total"), is_rate)
    | {"days": is_number_of_days, "consent": is_title},
    other=one_of(True, False, None),
)
ATTACHMENTS = Parts(
    {
        "enabled": is_bool,
        **dict.fromkeys(("max_size", "max_count", "max_per_day"), is_positive_int),
        "accept": is_accept,
        "scanner": is_text,
    }
)
# An endpoint's dict, or a dotted path. An empty one is none at all.
TRANSCRIBER = Parts(
    {
        "model": is_filled,
        "base_url": is_url,
        "api_key": is_text,
        "language": is_text,
        "timeout": is_seconds,
    },
    needed=("model",),
    other=is_text_or_none,
)
SHARING = Parts(
    {"seconds": is_span, "permission": is_permission, "readers": is_text},
    needed=("seconds",),
    other=one_of(None),
)
PRICES = Each(
    is_filled,
    Parts(dict.fromkeys(("input", "cached", "output"), is_price), needed=("input", "output")),
)
PROMPT = Parts(
    dict.fromkeys(("label", "prompt", "icon"), is_label),
    needed=("label", "prompt"),
)
# One workflow's entry: who answers, or a dict of it and of what is the workflow's own.
WORKFLOW = Parts(
    {
        "server": is_filled,
        "title": is_title,
        "knowledge": is_path_or_none,
        "cards": is_cards,
        "prompts": Items(PROMPT),
        "theme": THEME,
        "access": is_filled,
        "limits": OWN_RATES,
        "tools": is_names,
        "visitors": VISITORS,
    },
    needed=("server",),
    other=is_filled,
)
SHAPES: dict[str, Parts | Each] = {
    "WORKFLOWS": Each(is_filled, WORKFLOW),
    "VISITORS": VISITORS,
    "RATE_LIMITS": RATES,
    "THEME": THEME,
    "OPTIONS": OPTIONS,
    "LAUNCHER": LAUNCHER,
    "ATTACHMENTS": ATTACHMENTS,
    "TRANSCRIBER": TRANSCRIBER,
    "SHARING": SHARING,
    "PRICES": PRICES,
}
is_workflows = partial(fits, shape=SHAPES["WORKFLOWS"])
is_visitors = partial(fits, shape=VISITORS)
is_rates = partial(fits, shape=RATES)
is_theme = partial(fits, shape=THEME)
is_options = partial(fits, shape=OPTIONS)
is_launcher = partial(fits, shape=LAUNCHER)
is_attachments = partial(fits, shape=ATTACHMENTS)
is_transcriber = partial(fits, shape=TRANSCRIBER)
is_sharing = partial(fits, shape=SHARING)
is_prices = partial(fits, shape=PRICES)
