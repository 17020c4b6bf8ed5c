"""Which part of a setting is wrong, by its path: a dict of many parts is long to look through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .near import meant

Test: TypeAlias = Callable[[object], bool]
Shape: TypeAlias = "Test | Parts | Each | Items"


def anything(value: object) -> bool:
    return True


def nothing(value: object) -> bool:
    return False


@dataclass(frozen=True)
class Parts:
    """A dict of parts with these names, or what `other` takes. `elsewhere` says of some other names
    where their matter is set."""

    known: Mapping[str, Shape]
    needed: tuple[str, ...] = ()
    other: Test = nothing
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Each:
    """A dict of names that the site chooses, to values of one shape."""

    names: Test
    of: Shape


@dataclass(frozen=True)
class Items:
    """A list of values of one shape."""

    of: Shape


@dataclass(frozen=True)
class Fault:
    """`text` is a sentence with the path; `named` is whether it says by itself what is allowed."""

    text: str
    named: bool = False


def fits(value: object, shape: Shape) -> bool:
    """Whether the value is of this shape."""
    return not any(faults(value, shape, ""))


def faults(value: object, shape: Shape, path: str, *, hidden: bool = False) -> Iterator[Fault]:
    """Each part that is wrong. `hidden` shows no value."""
    if isinstance(shape, Parts) and isinstance(value, dict):
        yield from _of_parts(value, shape, path, hidden)
    elif isinstance(shape, Each) and isinstance(value, dict):
        yield from _of_each(value, shape, path, hidden)
    elif isinstance(shape, Items) and isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from faults(item, shape.of, f"{path}[{number}]", hidden=hidden)
    elif not _is_plain(value, shape):
        yield Fault(f"{path} is {'(hidden)' if hidden else repr(value)}.")


def _is_plain(value: object, shape: Shape) -> bool:
    """Whether a value that has no parts to look into is of this shape."""
    if isinstance(shape, Parts):
        return shape.other(value)
    return not isinstance(shape, Each | Items) and shape(value)


def _of_parts(
    value: Mapping[object, object], shape: Parts, path: str, hidden: bool
) -> Iterator[Fault]:
    for name, part in value.items():
        if isinstance(name, str) and name in shape.known:
            yield from faults(part, shape.known[name], f"{path}[{name!r}]", hidden=hidden)
        else:
            yield Fault(f"{path} has no part {name!r}. {_instead(name, shape)}", named=True)
    for name in shape.needed:
        if name not in value:
            yield Fault(f"{path} lacks {name!r}.")


def _of_each(
    value: Mapping[object, object], shape: Each, path: str, hidden: bool
) -> Iterator[Fault]:
    for name, part in value.items():
        if shape.names(name):
            yield from faults(part, shape.of, f"{path}[{name!r}]", hidden=hidden)
        else:
            yield Fault(f"{path} has the name {name!r}.")


def _instead(name: object, shape: Parts) -> str:
    if isinstance(name, str) and name in shape.elsewhere:
        return shape.elsewhere[name]
    return f"{meant(name, shape.known)} It may have {', '.join(shape.known)}.".strip()
