"""Hatch's build hook: no sdist and no wheel without the built scripts and messages.

Git ignores both kinds of file, so a build from a fresh checkout would leave them out without an
error, and pages would load a script that does not exist.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STATIC = Path("chatkit/static/chatkit")
SCRIPTS = (
    "chatkit.js",
    "page.js",
    "launcher.js",
    "chatkit.d.ts",
    "chatkit-testing.js",
    "chatkit-testing.d.ts",
    "icons.svg",
)
OPTIONAL = (
    Path("chatkit/contrib/articles/static/chatkit_articles/editor.js"),
    Path("chatkit/contrib/console/static/chatkit_console/console.js"),
    Path("chatkit/contrib/console/static/chatkit_console/charts.js"),
    Path("chatkit/contrib/playground/static/chatkit_playground/playground.js"),
)
CHUNK = re.compile(r"chunk-[\w-]+-[0-9a-f]+\.js")


def missing(root: Path) -> list[str]:
    """The built files that are not there, by their path in the project."""
    wanted = [*(STATIC / name for name in SCRIPTS), *OPTIONAL]
    wanted += [STATIC / name for name in sorted(_parts(root / STATIC))]
    wanted += [
        catalog.relative_to(root).with_suffix(".mo")
        for catalog in sorted((root / "chatkit").glob("**/locale/*/LC_MESSAGES/*.po"))
    ]
    return [str(path) for path in wanted if not (root / path).is_file()]


def _parts(folder: Path) -> set[str]:
    """The lazy parts: their names are compiled into the script, or into another part."""
    found: set[str] = set()
    look = ["chatkit.js"]
    while look:
        path = folder / look.pop()
        named = set(CHUNK.findall(path.read_text("utf-8"))) if path.is_file() else set()
        look += named - found
        found |= named
    return found


class BuildHook(BuildHookInterface[Any]):
    """Runs for the sdist and for the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stop the build, naming what is missing and the command that makes it."""
        lost = missing(Path(self.root))
        if lost:
            raise RuntimeError(f"Not built yet: {', '.join(lost)}. Run `make build` first.")
