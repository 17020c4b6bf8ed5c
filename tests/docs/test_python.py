"""What the pages say of Python: names that are there, and calls that the code takes."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from . import calls
from .pages import PAGES, ROOT, fences, read

PAGE = read("reference/python.md")
MODULES = dict(re.findall(r"^## (chatkit(?:\.\w+)+)\n((?s:.*?))(?=^## |\Z)", PAGE, re.M))
ENGINE = PAGE.partition("## The engine")[2]
OVERRIDES, _, CONTEXT = ENGINE.partition("`context` is a")
CALL = re.compile(r"^`([\w.]+)\((.*)\)`$", re.M)
DOTTED = re.compile(r"`(chatkit(?:\.\w+)+)[`(]")
OURS = {path.name.partition(".")[0] for path in (ROOT / "chatkit").iterdir()}
EXAMPLES = fences("python", pages=[*PAGES, ROOT / "README.md"])
# Public for the site's own endpoint and for the SDK, which calls the last.
NOT_TO_OVERRIDE = {"process", "answer", "stream", "handle_stream_cancelled"}


def found(dotted: str, module: Any) -> Any:
    for name in dotted.split("."):
        module = getattr(module, name)
    return module


class TestModules:
    @pytest.mark.parametrize("module", sorted(MODULES))
    def test_what_is_listed_is_there(self, module: str) -> None:
        text = MODULES[module]
        listed = re.findall(r"^`(\w+)[`(]", text, re.M)
        if module == "chatkit.models":
            listed = re.findall(r"`(\w+)`", text.partition(". ")[0])
        there = importlib.import_module(module)
        assert listed
        assert [name for name in listed if not hasattr(there, name)] == []

    @pytest.mark.parametrize(
        ("module", "name", "arguments"),
        [
            pytest.param(module, name, arguments, id=f"{module}.{name}")
            for module, text in MODULES.items()
            for name, arguments in CALL.findall(text)
        ],
    )
    def test_calls_are_the_codes(self, module: str, name: str, arguments: str) -> None:
        function = found(name, importlib.import_module(module))
        forms = calls.forms(function)
        if "." in name:
            forms = [calls.without_self(form) for form in forms]
        assert calls.written(arguments) in forms, inspect.signature(function)

    def test_no_call_is_written_in_a_form_that_is_not_compared(self) -> None:
        begun = re.findall(r"^`[\w.]+\(.*", PAGE, re.M)
        assert [line for line in begun if not CALL.fullmatch(line)] == []
        assert len(begun) > 20

    def test_all_that_the_page_exports_is_listed(self) -> None:
        from chatkit import page

        assert set(page.__all__) == {name for name, _ in CALL.findall(MODULES["chatkit.page"])}

    def test_every_name_of_ours_that_a_page_names_exists(self) -> None:
        missing = []
        for page in PAGES:
            for dotted in DOTTED.findall(page.read_text("utf-8")):
                parts = dotted.split(".")
                if parts[1] in OURS and not _exists(parts):
                    missing.append(f"{page.name}: {dotted}")
        assert missing == []


def _exists(parts: list[str]) -> bool:
    """Whether the dotted name is a module, or what a module holds."""
    for length in range(len(parts), 1, -1):
        try:
            there: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(there, part):
                return False
            there = getattr(there, part)
        return True
    return False


class TestEngine:
    ROWS = re.findall(r"^\| `(\w+)` \| `(async )?def (\w+)\((.*?)\)`(.*?) \|", OVERRIDES, re.M)

    def test_each_row_is_read(self) -> None:
        rows = re.findall(r"^\| `(\w+)`", OVERRIDES, re.M)
        assert [row[0] for row in self.ROWS] == [row[2] for row in self.ROWS] == rows

    @pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
    def test_overrides_are_the_codes(self, row: tuple[str, ...]) -> None:
        from chatkit.selfhosted.engine import DjangoChatKitServer

        name, is_async, _name, arguments, ends = row
        method = getattr(DjangoChatKitServer, name)
        assert calls.written(arguments) == calls.parameters(method)
        answer = inspect.signature(method).return_annotation
        if "yields" in ends:
            # Written as `async def` with `yield`, which gives what a plain `def` declares.
            assert is_async
            assert "AsyncIterator" in str(answer) or issubclass(answer, AsyncIterator)
        else:
            assert bool(is_async) is inspect.iscoroutinefunction(method)
            named = re.findall(r"`(\w+)`", ends)
            assert [word for word in named if word not in str(answer)] == []

    def test_all_that_may_be_overridden_is_listed(self) -> None:
        from chatkit.selfhosted.engine import DjangoChatKitServer

        methods = inspect.getmembers(DjangoChatKitServer, inspect.isfunction)
        public = {name for name, _ in methods if not name.startswith("_")}
        assert {row[0] for row in self.ROWS} == public - NOT_TO_OVERRIDE

    def test_functions_below_the_tables_are_the_codes(self) -> None:
        from chatkit.selfhosted import engine

        named = CALL.findall(CONTEXT)
        assert named
        for name, arguments in named:
            assert calls.written(arguments) == calls.parameters(getattr(engine, name)), name


class TestContext:
    CELLS = re.findall(r"^\| (`.+?`) \| ", CONTEXT, re.M)
    MEMBERS = [member for cell in CELLS for member in re.findall(r"`(.+?)`", cell)]

    def test_the_members_are_the_codes(self) -> None:
        from chatkit.selfhosted.runs.context import ChatContext

        there = set(ChatContext.__dataclass_fields__) | set(vars(ChatContext))
        named = [member.removeprefix("await ").partition("(")[0] for member in self.MEMBERS]
        assert sorted(named) == sorted(name for name in there if not name.startswith("_"))

    @pytest.mark.parametrize("member", [each for each in MEMBERS if "(" in each])
    def test_calls_are_the_codes(self, member: str) -> None:
        from chatkit.selfhosted.runs.context import ChatContext

        name, arguments = re.fullmatch(r"(?:await )?(\w+)\((.*)\)", member).groups()
        method = getattr(ChatContext, name)
        assert calls.written(arguments) == calls.without_self(calls.parameters(method))
        assert member.startswith("await ") is inspect.iscoroutinefunction(method)


class TestExamples:
    @pytest.mark.parametrize("text", EXAMPLES)
    def test_they_compile(self, text: str) -> None:
        compile(text, "example", "exec")

    @pytest.mark.parametrize("text", EXAMPLES)
    def test_what_they_import_of_ours_is_there(self, text: str) -> None:
        imported_by(ast.parse(text))

    @pytest.mark.parametrize("text", EXAMPLES)
    def test_their_calls_of_ours_are_possible(self, text: str) -> None:
        tree = ast.parse(text)
        made = calls.calls_in(tree, imported_by(tree))
        faults = [calls.fault(call, function) for call, function in made if is_ours(function)]
        assert [fault for fault in faults if fault] == []


def is_ours(function: Any) -> bool:
    """Whether its signature is ours: not the SDK's, and not Exception's, which Python hides."""
    if inspect.isclass(function) and function.__init__ in (Exception.__init__, object.__init__):
        return False
    module = getattr(inspect.unwrap(function), "__module__", "")
    return Path(sys.modules[module].__file__ or "").is_relative_to(ROOT / "chatkit")


def imported_by(tree: ast.AST) -> dict[str, Any]:
    """What an example imports of this package, and of the SDK's, by name."""
    there: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "chatkit":
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")
                there[alias.asname or alias.name] = getattr(module, alias.name)
    return there
