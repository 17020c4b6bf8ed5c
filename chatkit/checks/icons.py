"""The check of the names of icons: the launcher's, those of info cards and of menu entries."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage, Warning

from .. import cards, conf, navigation
from ..page.launcher import is_address
from ..page.sprite import icon_names
from ..values.near import meant
from .page import register
from .values import is_sound

FIX = "Name an icon that {% chatkit_icon %} has"


@register("chatkit")
def check_icons() -> list[CheckMessage]:
    """W077: an icon that there is not. W026 says where the icons have not been built."""
    known = icon_names()
    if not known:
        return []
    return [
        Warning(
            f"{name} is {icon!r}, and there is no such icon.",
            hint=f"{meant(icon, known)} {fix}.".strip(),
            id="chatkit.W077",
        )
        for name, icon, fix in [*_of_launcher(), *_of_cards(), *_of_menu()]
        if icon and icon not in known
    ]


Named = Iterator[tuple[str, str, str]]


def _of_launcher() -> Named:
    icon = conf.get("LAUNCHER")["icon"] if is_sound("LAUNCHER") else ""
    if not is_address(icon):
        yield "CHATKIT['LAUNCHER']['icon']", icon, f"{FIX}, or the address of a picture"


def _of_cards() -> Named:
    """Those of lists; what a function gives is not known before a request."""
    if not is_sound("INFO_CARDS", "WORKFLOWS"):
        return
    for name, given in cards.settings().items():
        for number, card in enumerate(given if isinstance(given, list | tuple) else ()):
            icon = card.get("icon") if isinstance(card, dict) else None
            if isinstance(icon, str):
                yield f"{name}[{number}]['icon']", icon, FIX


def _of_menu() -> Named:
    for entry in navigation.items():
        yield f"The icon of the menu entry {entry.id!r}", entry.icon, FIX
