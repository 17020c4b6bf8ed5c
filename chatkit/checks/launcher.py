"""The check of the launcher's icon."""

from __future__ import annotations

from django.core.checks import CheckMessage, Warning

from .. import conf
from ..page.launcher import ICON, is_address
from ..page.sprite import has_icon, icon_names
from ..values.near import meant
from .page import register
from .values import is_sound

FIX = "Name an icon that {% chatkit_icon %} has, or the address of a picture."


@register("chatkit")
def check_launcher_icon() -> list[CheckMessage]:
    """W077: `icon` in LAUNCHER is no icon. W026 says where the icons have not been built."""
    if not is_sound("LAUNCHER"):
        return []
    icon = conf.get("LAUNCHER")["icon"]
    known = icon_names()
    if not icon or not known or is_address(icon) or has_icon(icon):
        return []
    return [
        Warning(
            f"CHATKIT['LAUNCHER']['icon'] is {icon!r}, which is no icon: {ICON} stands there.",
            hint=f"{meant(icon, known)} {FIX}".strip(),
            id="chatkit.W077",
        )
    ]
