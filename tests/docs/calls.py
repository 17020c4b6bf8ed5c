"""Calls as documentation writes them, to compare with the code's signatures."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

# The kind, the name, and the default as (value,) or () for none.
Parameter = tuple[str, str, tuple[Any, ...]]
KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "either",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def written(arguments: str) -> list[Parameter]:
    """The parameters of `(a, *, b=1)` as a page has them."""
    [function] = ast.parse(f"def f({arguments}): ...").body
    assert isinstance(function, ast.FunctionDef)
    made: dict[str, Any] = {}
    exec(compile(ast.Module([function], []), "page", "exec"), made)
    return parameters(made["f"])


def parameters(function: Callable[..., Any]) -> list[Parameter]:
    made = {
        field.name: field.default_factory()
        for field in (dataclasses.fields(function) if dataclasses.is_dataclass(function) else ())
        if field.default_factory is not dataclasses.MISSING
    }
    return [
        (
            KINDS[each.kind],
            each.name,
            () if each.default is each.empty else (made.get(each.name, each.default),),
        )
        for each in inspect.signature(function).parameters.values()
    ]


def forms(function: Any) -> list[list[Parameter]]:
    """The ways in which it may be called: its overloads, or its own signature."""
    overloads = typing.get_overloads(function) if inspect.isfunction(function) else []
    return [parameters(each) for each in overloads or [function]]


def without_self(found: list[Parameter]) -> list[Parameter]:
    return [parameter for parameter in found if parameter[1] != "self"]


def calls_in(tree: ast.AST, known: dict[str, Any]) -> Iterator[tuple[ast.Call, Any]]:
    """The calls of what `known` names, and what is called: `get(…)`, `cards.cards(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = _resolved(node.func, known)
            if function is not None:
                yield node, function


def _resolved(node: ast.expr, known: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolved(node.value, known)
        return getattr(owner, node.attr) if owner is not None else None
    return None


def fault(call: ast.Call, function: Any) -> str:
    """Why the function can't be called in this way, "" where it can: by names and numbers alone,
    whatever the values."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return ""
    if any(each.arg is None for each in call.keywords):
        return ""
    keywords = {str(each.arg): None for each in call.keywords}
    try:
        inspect.signature(function).bind(*call.args, **keywords)
    except TypeError as error:
        return f"{ast.unparse(call)}: {error}"
    return ""
