"""The tag of our script, and where the browser finds the parts that it fetches later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.templatetags.static import static

FOLDER = Path(__file__).parents[1] / "static" / "chatkit"
SCRIPT = "chatkit/chatkit.js"


def parts(script_url: str) -> str:
    """JSON of each part's name and its address, for our own script among the static files.

    A storage may put a hash into each name and keep no file without one. Addresses count from the
    script's own. "" where each part lies beside the script under its name: it looks there.
    """
    if script_url != static(SCRIPT):
        return ""
    found = dict(_addresses(f"{script_url.partition('?')[0].rpartition('/')[0]}/"))
    return json.dumps(found, separators=(",", ":")) if found else ""


def _addresses(beside: str) -> Iterator[tuple[str, str]]:
    for name in _names():
        try:
            address = static(f"chatkit/{name}").removeprefix(beside)
        except ValueError:  # not collected: the script looks for it beside itself
            continue
        if address != name:
            yield name, address


@cache
def _names() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("chunk-*.js"))
