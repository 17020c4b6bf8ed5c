"""The check of the permissions that settings, menu entries, tools and kinds of objects want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.contrib.auth import get_backends, get_permission_codename, get_user_model
from django.core.checks import CheckMessage, Warning

from .. import cards, conf, entities, navigation, toolbox
from ..values.near import meant
from .page import register
from .values import is_sound

# What a class may have of its own that says who has which permission.
SAYS = ("has_perm", "get_all_permissions", "get_user_permissions", "get_group_permissions")
Wanted = Iterator[tuple[str, object]]


@register("chatkit")
def check_permissions() -> list[CheckMessage]:
    """W078: a permission that no model declares, so that nobody but superusers has it.

    A warning, since a row of it may have been made by hand.
    """
    if not _only_django_says():
        return []
    known = _declared()
    return [
        Warning(
            f"{name} is {wanted!r}, a permission that no model declares: only superusers have it.",
            hint=f"{meant(wanted, known)} Name one that is in a model's Meta.".strip(),
            id="chatkit.W078",
        )
        for name, wanted in [*_of_sharing(), *_of_cards(), *_of_menu(), *_of_apps()]
        # Of another form there is another message.
        if isinstance(wanted, str) and wanted.count(".") == 1 and wanted not in known
    ]


def _only_django_says() -> bool:
    """Whether all who say which permissions somebody has are Django's own: others may know names
    that no model declares."""
    try:
        asked = [get_user_model(), *map(type, get_backends())]
    except Exception:  # a backend that can't be loaded: each login says so
        return False
    own = (getattr(one, name, None) for one in asked for name in SAYS)
    return all(each is None or each.__module__.startswith("django.contrib.auth.") for each in own)


def _declared() -> set[str]:
    return {
        f"{meta.app_label}.{codename}"
        for meta in (model._meta for model in apps.get_models())
        for codename in (
            *(get_permission_codename(action, meta) for action in meta.default_permissions),
            *(codename for codename, _name in meta.permissions),
        )
    }


def _of_sharing() -> Wanted:
    if is_sound("SHARING") and (given := conf.get("SHARING")):
        yield "CHATKIT['SHARING']['permission']", given.get("permission")


def _of_cards() -> Wanted:
    """Those of lists; what a function gives is not known before a request."""
    if not is_sound("INFO_CARDS", "WORKFLOWS"):
        return
    for name, given in cards.settings().items():
        for number, card in enumerate(given if isinstance(given, list | tuple) else ()):
            if isinstance(card, dict):
                yield f"{name}[{number}]['permission']", card.get("permission")


def _of_menu() -> Wanted:
    for entry in navigation.items():
        yield f"The permission of the menu entry {entry.id!r}", entry.permission


def _of_apps() -> Wanted:
    """What tools and kinds of objects want."""
    try:
        tools, kinds = toolbox.all_tools(), entities.all_kinds()
    except Exception:  # an app's module may fail in any way: W075, or the first question, says so
        return
    wanted: list[tuple[str, Iterable[str]]] = [
        *((f"tool {name!r}", tool.permissions) for name, tool in tools.items()),
        *((f"kind {name!r}", kind.permissions) for name, kind in kinds.items()),
    ]
    for name, permissions in wanted:
        for permission in permissions:
            yield f"The permission of the {name}", permission
