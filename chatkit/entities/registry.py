"""The kinds of objects that can be named, and what one of them tells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.functional import Promise

from ..toolbox import discover, permissions_of, place

MODULE = "chatkit_entities"
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
# What stands in the id of an entity behind its kind: printable, and short enough for the protocol.
LONGEST_ID = 80
LONGEST_TITLE = 120
LONGEST_FACT = 500
MOST_FACTS = 30


@dataclass(frozen=True)
class EntityContext:
    """Who names something. A kind acts with the rights of `user`; `language` is active, too."""

    user: Any
    workflow_id: str
    language: str


@dataclass(frozen=True)
class Entity:
    """An object that can be named: `id` and `title`, a line of `description` for the menu, the
    `facts` that an assistant gets (label to value), and a `url` of this site that shows it.

    Texts are cleaned and cut when they are shown: names come from anybody.
    """

    id: object
    title: str
    description: str = ""
    facts: Mapping[Any, object] = field(default_factory=dict)
    url: str = ""
    icon: str = ""


class EntityKind:
    """A kind of objects. Its methods run on a thread that may use the ORM.

    name        letters, digits and _: the first part of the entities' ids
    title       what people call the kind; icon  a ChatKit icon
    permission  Django permissions the user needs; without them nothing of it is found
    """

    name: str = ""
    title: str | Promise = ""
    icon: str = ""
    permission: str | Iterable[str] = ()

    def search(self, ctx: EntityContext, words: str) -> Iterable[Entity]:
        """What fits these words, the best first; "" is the beginning of a search. Only what
        `ctx.user` may see, and a few: the menu shows 20 of all kinds."""
        raise NotImplementedError

    def get(self, ctx: EntityContext, id: str) -> Entity | None:
        """The entity with this id; None where there is none, or `ctx.user` may not see it. `id` is
        the browser's word: any text."""
        raise NotImplementedError

    @property
    def permissions(self) -> tuple[str, ...]:
        return permissions_of(self.permission)


K = TypeVar("K", bound=type[EntityKind])
_registry: dict[str, EntityKind] = {}


def register(kind: K) -> K:
    """Offer a kind of objects to the people of this site; a decorator of its class."""
    made = kind()
    if not NAME.fullmatch(made.name):
        raise ValueError(f"{made.name!r} can't be a kind's name: letters, digits and _, up to 32.")
    wrong = [entry for entry in made.permissions if entry.count(".") != 1]
    if wrong:
        raise ValueError(f"The kind {made.name!r} wants {wrong[0]!r}, not a permission.")
    there = _registry.get(made.name)
    if there is not None and place(type(there)) != place(kind):
        raise ValueError(f"Two kinds are named {made.name!r}: {place(type(there))} is the other.")
    _registry[made.name] = made
    return kind


def all_kinds() -> dict[str, EntityKind]:
    """Every kind of the installed apps by name. Imports their modules the first time."""
    discover(MODULE)
    return dict(_registry)


def clean(value: object, longest: int) -> str:
    """A text on one line, without characters that command a terminal, a model or a line's
    direction, cut to its length."""
    kept = "".join(
        character if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else " "
        for character in str(value)[: longest * 4]
    )
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def facts_of(entity: Entity) -> dict[str, str]:
    """The facts as they are shown and told: clean, and so many."""
    pairs = [
        (clean(label, LONGEST_TITLE), clean(value, LONGEST_FACT))
        for label, value in list(entity.facts.items())[:MOST_FACTS]
        if value not in (None, "")
    ]
    return {label: value for label, value in pairs if label and value}
