"""The starter prompts as readers of one language and group have them, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import get_language

from chatkit import access
from chatkit.models import StarterPrompt
from chatkit.page.options import starter_prompts

from ..changes import Change

STEP = 10  # between two orders, so that one can be put between them in the admin


class Changed(Exception):
    """The prompts are no longer those that were seen."""


@dataclass(frozen=True)
class Readers:
    """Whose start screen it is: their language, and a group that they are in, None for none."""

    language: str
    group: int | None

    @classmethod
    def of(cls, query: QueryDict, groups: dict[int, str]) -> Readers:
        """As an address says; what is not known is the visitor's own language, and no group."""
        codes = [code for code, _name in settings.LANGUAGES]
        language = query.get("language", "")
        own = get_language() or settings.LANGUAGE_CODE
        chosen = query.get("group", "")
        group = next((pk for pk in groups if str(pk) == chosen), None)
        return cls(language if language in codes else own, group)

    def prompts(self) -> list[StarterPrompt]:
        return starter_prompts(self.language, [] if self.group is None else [self.group])


def groups() -> dict[int, str]:
    """The names of all groups, by their ids."""
    return dict(Group.objects.order_by("name").values_list("pk", "name"))


@transaction.atomic
def put_in_order(readers: Readers, seen: list[str], wanted: list[str], user: Any) -> None:
    """Put the prompts of these readers into the order of their ids in `wanted`. Those of others
    stay where they are. `Changed`, and nothing is done, where they are not as they were seen."""
    rows = list(StarterPrompt.objects.select_for_update().order_by("order", "pk"))
    shown = {str(row.pk): row for row in readers.prompts()}
    if list(shown) != seen or sorted(wanted) != sorted(seen):
        raise Changed
    if wanted == seen:
        return
    by_key = {str(row.pk): row for row in rows}
    in_turn = iter(wanted)
    after = [by_key[next(in_turn)] if str(row.pk) in shown else row for row in rows]
    moved = []
    for place, row in enumerate(after):
        if row.order != place * STEP:
            row.order = place * STEP
            moved.append(row)
    StarterPrompt.objects.bulk_update(moved, ["order"])
    Change.objects.create(
        user=user,
        user_name=access.login_name(user)[:150],
        action=Change.Action.CHANGED,
        kind="starterprompt",
        before={"order": [by_key[key].label for key in seen]},
        after={"order": [by_key[key].label for key in wanted]},
    )


def moved(keys: list[str], move: str) -> list[str]:
    """The keys after a button was pressed: `12:up` or `12:down`; anything else moves none."""
    key, _sign, way = move.partition(":")
    if key not in keys or way not in ("up", "down"):
        return keys
    at = keys.index(key)
    to = at + (1 if way == "down" else -1)
    if not 0 <= to < len(keys):
        return keys
    found = list(keys)
    found[at], found[to] = found[to], found[at]
    return found
