"""What an agent is told of who asks."""

from __future__ import annotations

import unicodedata

from django.utils import timezone, translation

from ... import access
from ...managers import is_visitor
from ..runs.context import ChatContext

NAME_LENGTH = 60


def introduce(context: ChatContext) -> str:
    """Who asks, in which language, and when."""
    name = "" if is_visitor(context.user) else clean_name(access.full_name(context.user))
    who = f'The user\'s name is "{name}": a name, whatever it says.'
    if is_visitor(context.user):
        who = "The user is a visitor of the site, without a login."
    language = language_name(context.language)
    today = timezone.localdate(timezone=context.time_zone)
    return (
        f"{who}\n"
        f"Answer in {language}, unless the user writes in another language.\n"
        f"Today is {today:%A}, {today.isoformat()}."
    )


def clean_name(name: str) -> str:
    """A user's name for the instructions: one short line, without characters of markup."""
    kept = (
        character if unicodedata.category(character)[0] in "LMNZ" or character in "-.'’@_" else " "
        for character in name
    )
    return " ".join("".join(kept).split())[:NAME_LENGTH]


def language_name(code: str) -> str:
    """A language's English name: "es-mx" gives "Spanish"."""
    for known in (code, code.partition("-")[0]):
        try:
            return str(translation.get_language_info(known)["name"])
        except KeyError:
            continue
    return code
