"""A conversation that names no workflow is with the one that the page would show this person."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client

from chatkit.managers import is_visitor
from chatkit.models import Session
from chatkit.testing import Chat, ask

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "How do I record a payment?"


def rule(user: Any, workflow_id: str) -> bool:
    """One for staff, one for who has an account, one for all."""
    if workflow_id == "staff":
        return bool(user.is_staff)
    return workflow_id == "open" or not is_visitor(user)


def by_header(request: HttpRequest) -> Any:
    name = request.headers.get("X-Who", "")
    return get_user_model().objects.filter(username=name).first()


@pytest.fixture(autouse=True)
def three_workflows(settings: Any) -> None:
    desk = "chatkit.selfhosted.helpdesk.HelpDeskServer"
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": dict.fromkeys(("staff", "users", "open"), desk),
        "ACCESS": f"{__name__}.rule",
        "VISITORS": True,
    }


def asked() -> str:
    """The workflow of the one session that was begun."""
    return Session.objects.get().workflow_id


def test_a_user(user: Any) -> None:
    assert ask(user, QUESTION).status_code == 200
    assert asked() == "users"


def test_who_may_use_the_first(admin: Any) -> None:
    assert ask(admin, QUESTION).status_code == 200
    assert asked() == "staff"


def test_a_client_that_has_logged_in(logged_in: Client) -> None:
    assert ask(logged_in, QUESTION).status_code == 200
    assert asked() == "users"


def test_a_visitor_and_one_who_comes_again() -> None:
    client = Client()
    assert ask(client, QUESTION).status_code == 200
    assert asked() == "open"
    assert django_settings.SESSION_COOKIE_NAME not in client.cookies  # as in a browser
    assert ask(client, QUESTION).status_code == 200
    assert set(Session.objects.values_list("workflow_id", flat=True)) == {"open"}


def test_who_shows_a_token(settings: Any, user: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"AUTHENTICATE": f"{__name__}.by_header"}
    assert ask(Client(headers={"X-Who": user.username}), QUESTION).status_code == 200
    assert asked() == "users"


def test_a_workflow_that_is_named(admin: Any) -> None:
    assert Chat(admin, "open").ask(QUESTION).status_code == 200
    assert asked() == "open"
