"""docs/element.md against the element's source: its events, properties, methods and tests."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from chatkit.types import Task, ThreadItem, ThreadStreamEvent
from chatkit.values.dicts import OPTIONS
from chatkit.values.shapes import faults
from chatkit.widgets import StrictWidgetComponent, StrictWidgetRoot

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


# -- against the types of `@openai/chatkit` and of the SDK ---------------------------------------

TYPES = ROOT / "chatkit/frontend/node_modules/@openai/chatkit/types/index.d.ts"
HEADS = ("Option", "Method", "Event", "Widget", "Item or event")
needs_types = pytest.mark.skipif(not TYPES.is_file(), reason="the front end's packages")
TESTED = (TESTS, *(path for path in SOURCES.rglob("*") if path.is_dir()), SOURCES)


def rows(heading: str) -> list[list[str]]:
    """The cells of a section's tables, without their heads."""
    found = re.findall(r"^\| (.+) \|$", section(heading), re.M)
    cells = [re.split(r" (?<!\\)\| ", row) for row in found]
    return [row for row in cells if row[0] not in HEADS]


def paths(cell: str) -> list[str]:
    """`header.title`, `.leftAction`: a leading dot stands for what the one before is in."""
    found: list[str] = []
    for name in re.findall(r"`([\w.]+)`", cell):
        found.append(found[-1].rpartition(".")[0] + name if name[0] == "." else name)
    return found


def sources_of(cell: str) -> str:
    """The sources of the tests that a row names."""
    texts = []
    for name in re.findall(r"`([\w.-]+)`", cell):
        file = f"{name}.py" if name.startswith("test_") else name
        (path, *_others) = [folder / file for folder in TESTED if (folder / file).is_file()]
        texts.append(path.read_text("utf-8"))
    return "\n".join(texts)


def body(text: str, start: int) -> str:
    """What stands between the brace at `start` and its own."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return text[start + 1 : at]
    raise AssertionError("no end")


def declared(name: str, text: str) -> dict[str, str]:
    """The properties of a type of the package, each with what is declared of it."""
    (head,) = re.finditer(rf"^export (?:type {name} = |interface {name} [^{{]*){{", text, re.M)
    return properties(body(text, head.end() - 1))


def properties(inside: str) -> dict[str, str]:
    found: dict[str, str] = {}
    depth, name = 0, ""
    for line in inside.splitlines():
        at_top = re.match(r"\s*'?([\w.]+)'?\??(?:<[^>]*>)?[:(]", line) if not depth else None
        if at_top:
            name = at_top[1]
            found[name] = ""
        depth += line.count("{") + line.count("(") - line.count("}") - line.count(")")
        if name:
            found[name] += line + "\n"
    return found


def leaves(name: str, text: str, before: str = "") -> Iterator[str]:
    for key, said in declared(name, text).items():
        kind = re.search(r"\b(\w+Options?)\b(?!\[)", said)
        nested = re.search(r":\s*{", said)
        if kind and re.search(rf"^export type {kind[1]} = {{", text, re.M):
            yield from leaves(kind[1], text, f"{before}{key}.")
        elif nested:
            yield from (
                f"{before}{key}.{inner}" for inner in properties(body(said, nested.end() - 1))
            )
        else:
            yield before + key


@needs_types
def test_each_option_of_the_types_has_a_row_and_a_test() -> None:
    text = re.sub(r"/\*.*?\*/", "", TYPES.read_text("utf-8"), flags=re.S)
    named = {path: row[-1] for row in rows("Options") for path in paths(row[0])}
    wanted = set(leaves("ChatKitOptions", text))
    assert len(wanted) > 40
    missing = [leaf for leaf in wanted if not any(f"{leaf}.".startswith(f"{n}.") for n in named)]
    assert missing == []
    untested = [path for path, cell in named.items() if path.split(".")[-1] not in sources_of(cell)]
    assert untested == []


def test_each_option_may_be_set_or_the_check_says_where_it_is() -> None:
    """CHATKIT["OPTIONS"] refuses none that is documented with no word of what to do instead."""
    named = [
        path.split(".") for row in rows("Options") for path in paths(row[0].split(":")[0] + "`")
    ]
    assert ["startScreen", "composer"] in named
    assert ["shortcuts"] in named
    sentences = [
        fault.text
        for first, *rest in named
        for fault in faults({first: {rest[0]: None} if rest else True}, OPTIONS, "OPTIONS")
    ]
    assert len(sentences) > 5
    assert [sentence for sentence in sentences if "It may have" in sentence] == []


@needs_types
def test_each_method_and_event_of_the_types_has_a_row_and_a_test() -> None:
    text = re.sub(r"/\*.*?\*/", "", TYPES.read_text("utf-8"), flags=re.S)
    methods = {name: row[-1] for row in rows("Methods") for name in re.findall(r"`(\w+)\(", row[0])}
    assert set(methods) == {
        name for name in declared("OpenAIChatKit", text) if not name.endswith("EventListener")
    }
    events = {path: row[-1] for row in rows("Events") for path in paths(row[0])}
    assert set(events) == set(declared("ChatKitEvents", text))
    for name, cell in {**methods, **events}.items():
        assert name.removeprefix("chatkit.") in sources_of(cell), name


def test_each_widget_of_the_sdk_has_a_row_and_a_test() -> None:
    examples = (TESTS / "widget_examples.py").read_text("utf-8")
    named = {path: row[-1] for row in rows("Widgets") for path in paths(row[0])}
    for component in typing.get_args(typing.get_args(StrictWidgetComponent)[0]):
        assert component.model_fields["type"].default.partition(".")[0] in named
    for root in typing.get_args(typing.get_args(StrictWidgetRoot)[0]):
        assert root.model_fields["type"].default in named
    for name, cell in named.items():
        assert name in sources_of(cell) + examples, name


def test_each_item_and_event_of_the_sdk_has_a_row_and_a_test() -> None:
    told = rows("What a conversation can contain")
    named = {name for row in told for name in re.findall(r"`([a-z_.]+)`", row[0])}
    for union in (ThreadItem, ThreadStreamEvent, Task):
        for member in typing.get_args(typing.get_args(union)[0]):
            assert member.model_fields["type"].default in named, member
    assert [row[0] for row in told if not sources_of(row[-1])] == []


def test_nothing_is_only_accepted() -> None:
    assert not re.search(r"\baccepted\b", PAGE)
