"""Our menu in the menus of other packages: the shapes that they want."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.translation import override

from chatkit import menus
from chatkit.navigation import register_temporarily

pytestmark = pytest.mark.django_db


def request_for(user: Any, path: str = "/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user
    return request


def unfold(user: Any, path: str = "/") -> dict[str, menus.Link]:
    """The items by their titles."""
    groups = menus.unfold(request_for(user, path))
    return {item["title"]: item for group in groups for item in group["items"]}


class TestUnfold:
    def test_a_section_is_a_group_with_its_title(self, admin: Any) -> None:
        first, second = menus.unfold(request_for(admin))[:2]
        assert (first["title"], first["separator"]) == ("", False)
        assert (second["title"], second["separator"]) == ("Administration", True)
        assert "Chat assistant" in [item["title"] for item in first["items"]]
        assert "Session records" in [item["title"] for item in second["items"]]

    def test_only_what_the_user_may_see(self, user: Any) -> None:
        assert "Session records" not in unfold(user)
        assert "Chat assistant" not in unfold(AnonymousUser())

    def test_in_the_language_of_the_request(self, user: Any) -> None:
        with override("es"):
            assert "Asistente de chat" in unfold(user)

    def test_the_entry_of_the_page_is_active(self, user: Any) -> None:
        items = unfold(user, "/apps/chatkit/")
        assert [title for title, item in items.items() if item["active"]] == ["Chat assistant"]
        assert items["Chat assistant"]["link"] == "/apps/chatkit/"

    def test_icons_have_names_of_the_material_symbols(self, user: Any) -> None:
        with register_temporarily("odd", "Odd", "home", icon="fingerprint", order=1):
            items = unfold(user)
        assert items["Chat assistant"]["icon"] == "chat"
        assert items["Odd"]["icon"] == "arrow_right"

    def test_a_child_stands_behind_its_parent(self, user: Any) -> None:
        with register_temporarily("under", "Under", "home", icon="star", order=1, parent="chatkit"):
            titles = list(unfold(user))
        assert titles.index("Under") == titles.index("Chat assistant") + 1

    def test_a_title_is_escaped_since_unfold_prints_it_as_it_is(self, user: Any) -> None:
        with register_temporarily("r", "R & <b>D</b>", "home", icon="star", order=1):
            assert "R &amp; &lt;b&gt;D&lt;/b&gt;" in unfold(user)
