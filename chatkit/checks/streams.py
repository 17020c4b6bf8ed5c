"""The check of CHATKIT["STREAMS"]."""

from __future__ import annotations

from importlib.util import find_spec

from django.core.checks import CheckMessage, Error

from .. import conf
from .page import register
from .values import is_sound


@register("chatkit")
def check_streams() -> list[CheckMessage]:
    """E065: STREAMS is set, and redis-py is not installed."""
    if not is_sound("STREAMS") or not conf.get("STREAMS") or find_spec("redis") is not None:
        return []
    return [
        Error(
            "CHATKIT['STREAMS'] names a Redis server, but redis-py is not installed.",
            hint='Install it: pip install "mseller-chatkit[streams]".',
            id="chatkit.E065",
        )
    ]
