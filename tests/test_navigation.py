"""The menu: registration, order, who sees what, and which entry is the current one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.checks import run_checks
from django.http import HttpRequest
from django.test import Client, RequestFactory, modify_settings, override_settings
from django.utils.translation import gettext_lazy, override

from chatkit import navigation
from chatkit.navigation import Entry, entries, register_temporarily


def nobody(user: Any, workflow_id: str) -> bool:
    return False


def request_for(path: str, user: Any = None) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    return request


def ids(path: str, user: Any = None) -> list[str]:
    return [entry.id for entry in entries(request_for(path, user))]


def by_id(path: str, user: Any = None) -> dict[str, Entry]:
    return {entry.id: entry for entry in entries(request_for(path, user))}


@pytest.fixture
def add() -> Iterator[Any]:
    """`add("id", "url name", **register's arguments)` for the length of a test."""
    with ExitStack() as stack:

        def add(id: str, url_name: str = "logged_out", **options: Any) -> None:
            options = {"icon": "star", "order": 50} | options
            label = options.pop("label", id.title())
            stack.enter_context(register_temporarily(id, label, url_name, **options))

        yield add


class TestRegistration:
    def test_an_entry_is_there_for_the_length_of_the_block(self) -> None:
        with register_temporarily("extra", "Extra", "home", icon="star", order=5):
            assert ids("/")[0] == "extra"
        assert "extra" not in ids("/")

    def test_an_equal_entry_survives_the_end_of_the_block(self, add: Any) -> None:
        add("twin", "home", label="Twin", order=5)
        with register_temporarily("twin", "Twin", "home", icon="star", order=5):
            pass
        assert ids("/").count("twin") == 1

    def test_entries_stand_in_the_order_of_their_numbers(self, add: Any) -> None:
        add("last", order=105)
        add("first", order=5)
        add("middle", order=55)
        shown = [name for name in ids("/") if name in ("first", "middle", "last", "home")]
        assert shown == ["first", "home", "middle", "last"]

    def test_labels_and_addresses_follow_the_language_of_the_request(self, add: Any) -> None:
        add("lazy", label=gettext_lazy("Home"))
        with override("es"):
            assert by_id("/")["lazy"].label == "Inicio"
        assert by_id("/")["lazy"].label == "Home"

    @pytest.mark.django_db
    def test_an_installed_app_with_nav_items_appears_in_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged_in: Client
    ) -> None:
        app = tmp_path / "throwaway_shop"
        app.mkdir()
        (app / "__init__.py").touch()
        (app / "nav_items.py").write_text(
            "from chatkit.navigation import register\n"
            "register('shop', 'Shop & orders', 'logged_out', icon='store', order=50)\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(navigation, "_items", list(navigation._items))
        with modify_settings(INSTALLED_APPS={"append": "throwaway_shop"}):
            page = logged_in.get("/").content.decode()
        sys.modules.pop("throwaway_shop.nav_items", None)
        sys.modules.pop("throwaway_shop", None)
        assert page.index("Home</span>") < page.index("Shop &amp; orders</span>")
        assert page.index("Shop &amp; orders</span>") < page.index("Chat assistant</span>")


class TestWhoSeesWhat:
    def test_a_permission_hides_an_entry(self, add: Any, user: Any, admin: Any) -> None:
        add("secret", permission="chatkit.view_session")
        assert "secret" not in ids("/", user)
        assert "secret" not in ids("/")
        assert "secret" in ids("/", admin)
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label="chatkit", codename="view_session")
        )
        assert "secret" in ids("/", type(user).objects.get(pk=user.pk))

    def test_is_shown_decides_by_the_request(self, add: Any) -> None:
        add("here", is_shown=lambda request: request.path == "/here/")
        assert "here" in ids("/here/")
        assert "here" not in ids("/")

    def test_a_failing_is_shown_hides_its_entry_and_is_logged(
        self, add: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        add("broken", is_shown=lambda request: 1 / 0)
        assert "broken" not in ids("/")
        assert "The menu entry 'broken' is hidden" in caplog.text

    def test_the_chat_is_hidden_from_whom_access_refuses(self, user: Any) -> None:
        assert "chatkit" in ids("/", user)
        with override_settings(CHATKIT={"ACCESS": "tests.test_navigation.nobody"}):
            assert "chatkit" not in ids("/", user)
        assert "chatkit" not in ids("/")

    def test_records_are_for_staff_with_the_permission(self, user: Any, admin: Any) -> None:
        assert "chatkit-sessions" not in ids("/", user)
        assert "chatkit-sessions" in ids("/", admin)

    def test_an_unknown_url_name_hides_its_entry(self, add: Any) -> None:
        add("lost", "no-such-name")
        assert "lost" not in ids("/")


class TestCurrent:
    def test_the_page_itself(self, user: Any) -> None:
        assert by_id("/apps/chatkit/", user)["chatkit"].current == "page"
        assert by_id("/apps/chatkit/", user)["home"].current == ""

    def test_a_page_below_it(self, user: Any) -> None:
        assert by_id("/apps/chatkit/help/returns/", user)["chatkit-help"].current == "true"

    def test_a_neighbour_with_the_same_beginning_is_another_page(self, user: Any) -> None:
        assert not any(entry.active for entry in by_id("/apps/chatkitten/", user).values())

    def test_the_root_is_current_on_itself_alone(self, user: Any) -> None:
        assert by_id("/", user)["home"].current == "page"
        assert by_id("/somewhere/", user)["home"].current == ""

    def test_the_nearest_of_several_starts_wins(self, admin: Any) -> None:
        shown = by_id("/admin/chatkit/session/", admin)
        assert [name for name, entry in shown.items() if entry.active] == ["chatkit-sessions"]
        assert shown["chatkit-sessions"].current == "page"
        assert by_id("/admin/auth/user/", admin)["administration"].current == "true"


class TestSections:
    def test_entries_of_a_section_stand_together(self, add: Any) -> None:
        add("a", order=1, parent="Shop")
        add("b", order=2)
        add("c", order=3, parent="Shop")
        shown = [
            (entry.id, entry.heading)
            for entry in entries(request_for("/"))
            if entry.id in ("a", "b", "c")
        ]
        assert shown == [("a", "Shop"), ("c", "Shop"), ("b", "")]

    def test_a_parent_that_is_an_entry_nests(self, add: Any) -> None:
        add("shop", order=1)
        add("orders", order=3, parent="shop")
        add("returns", order=2, parent="shop")
        assert [child.id for child in by_id("/")["shop"].children] == ["returns", "orders"]
        assert "orders" not in ids("/")

    def test_children_of_a_hidden_parent_are_hidden(self, add: Any) -> None:
        add("shop", order=1, permission="chatkit.view_session")
        add("orders", order=2, parent="shop")
        assert "orders" not in ids("/")

    def test_rendering_changes_no_shared_entry(self, add: Any) -> None:
        add("shop", order=1)
        add("orders", order=2, parent="shop")
        for _ in range(2):
            assert len(by_id("/")["shop"].children) == 1


class TestTemplate:
    def test_marks_the_current_entry_and_nests(self, add: Any, logged_in: Client) -> None:
        add("shop", "logged_out", label="<b>Shop</b>", order=1)
        add("orders", "password_change", label="Orders", order=2, parent="shop")
        page = logged_in.get("/accounts/password_change/").content.decode()
        menu = page[page.index('<ul class="menu"') : page.index("</nav>")]
        assert menu.count("aria-current") == 1
        assert 'href="/accounts/password_change/" aria-current="page"' in menu
        assert "&lt;b&gt;Shop&lt;/b&gt;" in menu
        assert menu.index('class="menu-nested"') < menu.index("Orders</span>")

    def test_a_section_has_its_heading_once(self, client: Client, admin: Any) -> None:
        client.force_login(admin)
        page = client.get("/").content.decode()
        assert page.count('<li class="menu-section">Administration</li>') == 1


class TestProblems:
    def test_the_site_has_none(self) -> None:
        assert navigation.problems() == []

    def test_a_permission_without_its_app(self, add: Any) -> None:
        add("shop", "home", permission="view_order")
        (problem,) = navigation.problems()
        assert "wants 'view_order', not a permission of the form app.codename" in problem

    def test_a_duplicate_id_and_an_unknown_name_fail_the_check(self, add: Any) -> None:
        add("home", "no-such-name")
        found = [message.msg for message in run_checks(tags=["chatkit"])]
        assert "The menu entry 'home' is registered twice." in found
        assert "The menu entry 'home' names the unknown URL 'no-such-name'." in found
