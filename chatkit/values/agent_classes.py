"""Whether a server class that the settings name is one whose answers an agent at OpenAI gives.

It is not imported to find out, since that loads the SDK, which takes seconds: its source is read
for its bases. A module that is loaded anyway is asked itself.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from importlib.util import find_spec, resolve_name
from pathlib import Path

OURS = "chatkit."
MODULE = "chatkit.selfhosted.managed.server"
BASE = "ManagedAgentServer"


def is_agent_class(path: str) -> bool:
    """Whether the class at this dotted path is a `ManagedAgentServer`."""
    module, _, name = path.rpartition(".")
    found = getattr(sys.modules.get(module), name, None)
    if isinstance(found, type):
        base = getattr(sys.modules.get(MODULE), BASE, None)
        return base is not None and issubclass(found, base)
    return _by_source(module, name)


@cache
def _by_source(module: str, name: str) -> bool:
    try:
        return _descends(module, name, set())
    except ImportError:  # a relative import that leads out of its package
        return False


def _descends(module: str, name: str, seen: set[tuple[str, str]]) -> bool:
    """Whether this name of the module is the base, or a class that is made of it."""
    if module.startswith(OURS):
        return name == BASE
    if (module, name) in seen:
        return False
    seen.add((module, name))
    package, tree = _source(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == name:
            if any(_is_made_of(base, module, seen) for base in node.bases):
                return True
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    origin = resolve_name("." * node.level + (node.module or ""), package)
                    if _descends(origin, alias.name, seen):
                        return True
    return False


def _is_made_of(base: ast.expr, module: str, seen: set[tuple[str, str]]) -> bool:
    if isinstance(base, ast.Attribute):  # managed.ManagedAgentServer
        return base.attr == BASE
    return isinstance(base, ast.Name) and _descends(module, base.id, seen)


def _source(module: str) -> tuple[str, ast.Module]:
    """The package that the module is in, and its parsed source; empty where there is none."""
    try:
        spec = find_spec(module) if module else None
        if spec is not None and spec.origin and spec.origin.endswith(".py"):
            return spec.parent or "", ast.parse(Path(spec.origin).read_bytes())
    except Exception:  # a parent package may fail in any way; `chatkit.E012` tells of it
        return "", ast.Module([], [])
    return "", ast.Module([], [])
