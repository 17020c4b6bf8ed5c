"""What several tests of articles use."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client


@pytest.fixture
def editor(db: None) -> Client:
    """Edits, and may not publish."""
    user = get_user_model().objects.create_user("eve", password="pw-eve", is_staff=True)
    names = ["view_article", "add_article", "change_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client
