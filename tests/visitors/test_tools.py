"""Tools, names and templates for people without a login: none that was not made for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from chatkit import access, toolbox
from chatkit.entities import may_name_any
from chatkit.models import MessageTemplate, Session, Visitor
from chatkit.page import message_templates
from chatkit.selfhosted.assistant import tool_calls
from chatkit.selfhosted.runs.context import ChatContext

from .people import Visit


@pytest.fixture
def tools() -> list[toolbox.Tool]:
    def act(ctx: Any) -> str:
        """Acts."""
        return ""

    return [
        toolbox.Tool("for_users", act, "Acts."),
        toolbox.Tool("for_all", act, "Acts.", visitors=True),
        toolbox.Tool("with_a_right", act, "Acts.", ("auth.view_user",), visitors=True),
    ]


def context_of(session: Session) -> ChatContext:
    from django.utils import timezone

    return ChatContext(session, "en", timezone.get_current_timezone())


def test_only_what_says_so(
    visit: Visit, user: Any, tools: list[toolbox.Tool], workflow_id: str
) -> None:
    theirs = context_of(Session.objects.get(visitor=visit.row))
    assert tool_calls.usable(theirs, tools) == {"for_all"}
    assert theirs.user == visit.row
    own = Session(user=user, workflow_id=workflow_id)
    assert tool_calls.usable(context_of(own), tools) == {"for_users", "for_all"}
    user.user_permissions.add(Permission.objects.get(codename="view_user"))
    assert "with_a_right" in tool_calls.usable(context_of(own), tools)


def test_none_once_the_visitor_is_gone(visit: Visit, tools: list[toolbox.Tool]) -> None:
    theirs = context_of(Session.objects.select_related("user").get(visitor=visit.row))
    visit.row.delete()
    assert tool_calls.usable(theirs, tools) == set()


def test_the_search_in_the_articles_is_for_all() -> None:
    assert toolbox.all_tools()["search_articles"].visitors


def test_no_rights_no_groups_nothing_to_name(visit: Visit, workflow_id: str) -> None:
    MessageTemplate.objects.create(label="For everybody", text="Hello", start_screen=True)
    row = visit.row
    assert not access.has_perm(row, "chatkit.read_conversation")
    assert not access.groups_of(row).exists()
    assert not access.is_staff(row)
    assert not may_name_any(row, workflow_id)
    assert message_templates.for_page(row) == {"any": False, "start": []}
    assert not row.has_perms(["x"])
    assert not row.has_module_perms("auth")
    assert not row.groups.exists()


def test_a_sites_own_user_that_is_called_a_visitor_is_a_user(user: Any) -> None:
    from chatkit.managers import is_visitor

    user.is_visitor = True
    assert not is_visitor(user)
    assert is_visitor(Visitor())
