"""What is wrong with a dotted path. Classes are looked at without importing their module."""

from __future__ import annotations

import ast
import inspect
import sys
from importlib.util import find_spec
from pathlib import Path

from django.utils.module_loading import import_string


def fault_of_function(path: str, *arguments: str) -> str:
    """One sentence where the path can't be imported, is no function or doesn't take arguments of
    these names by their place; "" where all is well.
    """
    try:
        function = import_string(path)
    except Exception as error:  # the module itself may fail in any way
        return f"{path!r} cannot be imported ({type(error).__name__}: {error})."
    if not callable(function):
        return f"{path!r} is {type(function).__name__}, not a function."
    if inspect.isclass(function):  # any object of it would count as a yes
        return f"{path!r} is a class, not a function."
    if any(map(inspect.iscoroutinefunction, (function, type(function).__call__))):
        return f"{path!r} is async: nobody would wait for what it says."
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        return f"{path!r} can't be called with ({', '.join(arguments)}): {error}."
    except ValueError:  # it is written in C and doesn't say
        return ""
    return ""


def fault_of_class(path: str) -> str:
    """One sentence where no class can be at the path, "" where one may be.

    The module is not imported, since a server's module loads the SDK, which takes seconds: its
    source is read for the name instead. A module that is loaded anyway is asked itself.
    """
    module_path, _, name = path.rpartition(".")
    if not module_path:
        return f"{path!r} is not a dotted path."
    if module_path in sys.modules:
        found = getattr(sys.modules[module_path], name, None)
        return "" if isinstance(found, type) else _has_no(module_path, name)
    try:
        spec = find_spec(module_path)
    except Exception as error:  # a parent package may fail in any way
        return f"{path!r} cannot be imported ({type(error).__name__}: {error})."
    if spec is None:
        return f"There is no module {module_path!r}."
    if spec.origin and spec.origin.endswith(".py") and not _may_define(Path(spec.origin), name):
        return _has_no(module_path, name)
    return ""


def _has_no(module_path: str, name: str) -> str:
    return f"The module {module_path!r} has no class {name!r}."


def _may_define(source: Path, name: str) -> bool:
    """Whether the module may define `name`; True also where only importing it would tell."""
    try:
        tree = ast.parse(source.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return True
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.ImportFrom | ast.Import) and any(
            (alias.asname or alias.name) in (name, "*") for alias in node.names
        ):
            return True
        if isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
            return True
    return False
