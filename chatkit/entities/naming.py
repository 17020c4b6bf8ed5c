"""Finding what can be named, with the rights of who names it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any

from django.core.cache import cache
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from .. import access
from ..fields import JsonObject
from ..managers import is_visitor
from .registry import (
    LONGEST_ID,
    LONGEST_TITLE,
    Entity,
    EntityContext,
    EntityKind,
    all_kinds,
    clean,
    facts_of,
)

logger = logging.getLogger("chatkit.entities")

MOST = 20  # of all kinds
OF_A_KIND = 10
KEPT_SECONDS = 60
LONGEST_SEARCH = 100


class Gone(Exception):
    """What was named is not there, or its reader may not see it: that is not told apart."""


@dataclass(frozen=True)
class Named:
    """Something named, read with the rights of who named it."""

    kind: str
    id: str
    title: str
    group: str
    icon: str
    description: str
    facts: dict[str, str]
    url: str

    @property
    def tag_id(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def data(self) -> dict[str, str]:
        """What the browser keeps of it."""
        told = {"kind": self.kind, "description": self.description, "url": self.url}
        return {name: text for name, text in told.items() if text}

    def as_json(self) -> JsonObject:
        """An `Entity` of the element."""
        return {
            "id": self.tag_id,
            "title": self.title,
            "group": self.group,
            "icon": self.icon,
            "interactive": True,
            "data": self.data,
        }


def find(ctx: EntityContext, words: str) -> list[Named]:
    """What fits, of each kind in turn. Kept for a minute for this user, since a menu asks at each
    letter; a kind that fails is left out, and logged."""
    words = clean(words, LONGEST_SEARCH)
    kinds = [kind for kind in all_kinds().values() if may_name(ctx, kind)]
    key = _key(ctx, kinds, words)
    kept = _cached(key)
    if kept is not None:
        return kept
    by_kind = [_of_kind(kind, ctx, words) for kind in kinds]
    found = [one for one in chain.from_iterable(zip_longest(*by_kind)) if one][:MOST]
    places = {kind.name: place for place, kind in enumerate(kinds)}
    found.sort(key=lambda one: places[one.kind])
    _keep(key, found)
    return found


def look_up(ctx: EntityContext, tag_id: str) -> Named | None:
    """What a tag's id names; None where no kind of this site has such ids.

    Gone where it is not there, or `ctx.user` may not see it. Never from the cache.
    """
    name, colon, own = tag_id.partition(":")
    kind = all_kinds().get(name)
    if kind is None or not colon:
        return None
    if not own or len(own) > LONGEST_ID or not own.isprintable() or not may_name(ctx, kind):
        raise Gone
    try:
        with translation.override(ctx.language):
            entity = kind.get(ctx, own)
            named = _named(kind, entity) if entity is not None else None
    except (ValueError, TypeError, OverflowError):  # an id of another shape
        raise Gone from None
    except Exception:
        logger.exception("The kind %s could not be asked.", kind.name)
        raise Gone from None
    if named is None or named.id != own:
        raise Gone
    return named


def may_name_any(user: Any, workflow_id: str) -> bool:
    """Whether there is a kind of which this user may name something."""
    ctx = EntityContext(user, workflow_id, "")
    return any(may_name(ctx, kind) for kind in all_kinds().values())


def may_name(ctx: EntityContext, kind: EntityKind) -> bool:
    """Visitors may name nothing: what there is was declared for people who log in."""
    return not is_visitor(ctx.user) and all(
        access.has_perm(ctx.user, permission) for permission in kind.permissions
    )


def _of_kind(kind: EntityKind, ctx: EntityContext, words: str) -> list[Named]:
    try:
        with translation.override(ctx.language):
            found: Iterable[Entity] = kind.search(ctx, words)
            named = [_named(kind, entity) for entity in islice(found, OF_A_KIND)]
    except Exception:
        logger.exception("The kind %s could not be searched.", kind.name)
        return []
    return [one for one in named if one is not None]


def _named(kind: EntityKind, entity: Entity) -> Named | None:
    """None for one that has no name or no id of a fit shape."""
    own = str(entity.id)
    title = clean(entity.title, LONGEST_TITLE)
    if not title or not 0 < len(own) <= LONGEST_ID or not own.isprintable():
        return None
    url = entity.url if url_has_allowed_host_and_scheme(entity.url, allowed_hosts=None) else ""
    return Named(
        kind=kind.name,
        id=own,
        title=title,
        group=str(kind.title),
        icon=entity.icon or kind.icon,
        description=clean(entity.description, LONGEST_TITLE),
        facts=facts_of(entity),
        url=url,
    )


def _key(ctx: EntityContext, kinds: list[EntityKind], words: str) -> str:
    """The kinds are part of it, so that what is kept ends with a permission. All of it is hashed: a
    primary key may be any text, with blanks or longer than a cache's keys may be."""
    may = ",".join(kind.name for kind in kinds)
    said = json.dumps([str(ctx.user.pk), ctx.workflow_id, ctx.language, may, words])
    return f"chatkit:entities:{hashlib.sha256(said.encode()).hexdigest()}"


def _cached(key: str) -> list[Named] | None:
    try:
        kept = cache.get(key)
    except Exception as error:  # whatever the cache's client raises
        logger.warning("The cache does not answer (%s).", type(error).__name__)
        return None
    return [Named(**one) for one in kept] if isinstance(kept, list) else None


def _keep(key: str, found: list[Named]) -> None:
    try:
        cache.set(key, [vars(one) for one in found], KEPT_SECONDS)
    except Exception as error:
        logger.warning("The cache does not answer (%s).", type(error).__name__)
