"""The check of the permissions that are wanted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core import checks

from chatkit import entities, navigation, toolbox


class ByRules(ModelBackend):
    """Knows permissions that no model declares."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm == "shop.read_all"


def found(settings: Any, **chatkit: Any) -> list[checks.CheckMessage]:
    settings.CHATKIT = settings.CHATKIT | chatkit
    every = checks.run_checks(tags=["chatkit"])
    return [message for message in every if message.id == "chatkit.W078"]


def sharing(permission: str) -> dict[str, Any]:
    return {"SHARING": {"seconds": 60, "permission": permission}}


def card(permission: str) -> dict[str, str]:
    return {"title": "Hours", "body": "9 to 17", "permission": permission}


@pytest.mark.parametrize("permission", ["", "customers.view_customer", "chatkit.read_conversation"])
def test_one_that_a_model_declares(settings: Any, permission: str) -> None:
    assert found(settings, INFO_CARDS=[card(permission)], **sharing(permission)) == []


@pytest.mark.parametrize(
    ("chatkit", "words"),
    [
        (sharing("customers.veiw_customer"), "CHATKIT['SHARING']['permission']"),
        (
            {"INFO_CARDS": [{"title": "a", "body": "b"}, card("customers.veiw_customer")]},
            "CHATKIT['INFO_CARDS'][1]['permission']",
        ),
        (
            {
                "WORKFLOWS": {
                    "wf": {"server": "openai", "cards": (card("customers.veiw_customer"),)}
                }
            },
            "CHATKIT['WORKFLOWS']['wf']['cards'][0]['permission']",
        ),
    ],
)
def test_a_misspelt_one_of_the_settings(settings: Any, chatkit: Any, words: str) -> None:
    (message,) = found(settings, **chatkit)
    assert message.msg.startswith(f"{words} is 'customers.veiw_customer', a permission that no")
    assert message.hint.startswith("Did you mean 'customers.view_customer'?")


def test_of_a_menu_entry(settings: Any) -> None:
    with navigation.register_temporarily(
        "shop", "Shop", "chatkit:page", icon="x", order=1, permission="shop.view"
    ):
        (message,) = found(settings)
    assert message.msg.startswith("The permission of the menu entry 'shop' is 'shop.view'")


def test_of_a_tool_and_of_a_kind(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Orders(entities.EntityKind):
        name = "order"
        permission = "shop.view_order"

    toolbox.all_tools()
    tools, kinds = toolbox.Tool("look", print, "", permissions=("shop.look",)), Orders()
    monkeypatch.setattr(toolbox, "all_tools", lambda: {"look": tools})
    monkeypatch.setattr(entities, "all_kinds", lambda: {"order": kinds})
    assert [message.msg.partition(" is ")[0] for message in found(settings)] == [
        "The permission of the tool 'look'",
        "The permission of the kind 'order'",
    ]


def test_a_backend_of_the_sites_own_may_know_it(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.ByRules"]
    assert found(settings, **sharing("shop.read_all")) == []
