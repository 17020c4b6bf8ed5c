"""The demo users are let in where DEBUG is on, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def demo_users(settings: Any) -> None:
    """As `make run` leaves them."""
    settings.DEBUG = True
    call_command("chatkit_demo", "--quiet")


def log_in(name: str, password: str = "") -> Client:
    client = Client()
    client.post(LOGIN, {"username": name, "password": password or name})
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)


@pytest.mark.parametrize("name", ["demo", "admin"])
class TestDebugOff:
    def test_login_is_refused(self, settings: Any, name: str) -> None:
        assert is_in(log_in(name))
        settings.DEBUG = False
        client = log_in(name)
        assert not is_in(client)
        assert client.get("/admin/").status_code == 302
        response = client.post(LOGIN, {"username": name, "password": name})
        assert "Please enter a correct username and password" in response.content.decode()

    def test_a_login_from_before_is_over(self, settings: Any, name: str) -> None:
        client = log_in(name)
        settings.DEBUG = False
        assert not is_in(client)
        assert client.get("/admin/").status_code == 302

    def test_a_chat_from_before_is_over(self, settings: Any, name: str, workflow_id: str) -> None:
        client = log_in(name)
        body = {"workflowId": workflow_id}
        made = client.post(reverse("chatkit:session"), body, content_type="application/json")
        secret = made.json()["client_secret"]

        def ask() -> int:
            request = json.dumps({"type": "threads.list", "params": {}})
            return int(
                Client()
                .post(
                    reverse("chatkit:endpoint"),
                    request,
                    content_type="application/json",
                    headers={"authorization": f"Bearer {secret}"},
                )
                .status_code
            )

        assert ask() == 200
        settings.DEBUG = False
        assert ask() == 403

    def test_a_password_of_its_own_opens(self, settings: Any, name: str) -> None:
        user = get_user_model().objects.get(username=name)
        user.set_password("a password of its own")
        user.save()
        settings.DEBUG = False
        assert is_in(log_in(name, "a password of its own"))


def test_others_are_not_concerned(settings: Any, user: Any) -> None:
    settings.DEBUG = False
    user.set_password("ada")
    user.save()
    assert is_in(log_in("ada"))
