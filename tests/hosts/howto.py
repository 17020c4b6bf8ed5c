"""The steps of docs/howto/other-hosts.md, read from it."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

TEXT = Path(settings.BASE_DIR, "docs/howto/other-hosts.md").read_text("utf-8")
BLOCK = re.compile(r"^```(?:\{code-block\} )?python\n(?::\w+: .*\n)*\n?((?s:.*?))^```$", re.M)


def block(heading: str, start: str) -> str:
    """The one block of Python under `heading` in which a line begins so."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (text,) = (text for text in BLOCK.findall(section) if f"\n{start}" in f"\n{text}")
    return str(text)


def line(heading: str, start: str) -> str:
    """The one line under `heading` that begins so, less its comment."""
    (found,) = re.findall(rf"^{re.escape(start)}.*", block(heading, start), re.M)
    return str(found.partition("  #")[0]) + "\n"


def base_template(heading: str) -> str:
    return re.findall(r'"BASE_TEMPLATE": "(.+?)"', block(heading, "CHATKIT ="))[0]
