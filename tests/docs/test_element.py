"""docs/element.md against the element's source: its events, properties, methods and tests."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "element.md").read_text("utf-8")
SOURCES = ROOT / "chatkit" / "frontend" / "src"
ELEMENT = (SOURCES / "chatkit-element.ts").read_text("utf-8")
STYLES = (SOURCES / "styles" / "index.ts").read_text("utf-8")
TESTS = ROOT / "tests" / "browser" / "element"


def section(heading: str) -> str:
    """The text under a heading of the page."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_events_are_those_that_the_element_sends() -> None:
    rows = re.findall(r"^\| (`chatkit\.[^|]+) \|", section("Events"), re.M)
    named: set[str] = set()
    for row in rows:
        first, *others = re.findall(r"`([\w.]+)`", row)
        named |= {first} | {
            name if name.startswith("chatkit") else first.rpartition(".")[0] + name
            for name in others
        }
    sources = "".join(path.read_text("utf-8") for path in SOURCES.glob("**/*.ts"))
    assert named == set(re.findall(r'emit\(\s*"(chatkit\.[\w.]+)"', sources))


def test_the_properties_are_those_of_the_source() -> None:
    named = set(re.findall(r"`(--chatkit-[\w-]+)`", section("Styling")))
    listed = "\n".join(re.findall(r"@cssproperty (.*)", STYLES))
    assert named == set(re.findall(r"--chatkit-[\w-]+", listed))


def test_the_methods_are_there() -> None:
    named = re.findall(
        r"`(\w+)\(", "".join(re.findall(r"^\| (`[^|]+) \|", section("Methods"), re.M))
    )
    assert len(named) >= 9
    assert [name for name in named if not re.search(rf"^  (async )?{name}\(", ELEMENT, re.M)] == []


def test_the_tests_that_it_names_are_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) >= 9
    assert [name for name in named if not (TESTS / f"{name}.py").is_file()] == []
