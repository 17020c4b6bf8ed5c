"""The tag of our script, and where the browser finds the parts that it fetches later."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.templatetags.static import static

FOLDER = Path(__file__).parents[1] / "static" / "chatkit"
SCRIPT = "chatkit/chatkit.js"


def parts(script_url: str) -> str:
    """JSON of each part's name and its address, for our own script among the static files.

    Their addresses need not lie beside the script's: a storage may put a hash into each name
    and keep no file without one. "" for a script elsewhere, which looks beside itself.
    """
    if script_url != static(SCRIPT):
        return ""
    return json.dumps(dict(_addresses()), separators=(",", ":"))


def _addresses() -> list[tuple[str, str]]:
    found = []
    for name in _names():
        try:
            found.append((name, static(f"chatkit/{name}")))
        except ValueError:  # not collected: the script looks for it beside itself
            continue
    return found


@cache
def _names() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("chunk-*.js"))
