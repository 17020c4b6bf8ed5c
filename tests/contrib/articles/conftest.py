"""What several tests of articles use."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.people import browser, staff


@pytest.fixture
def editor(db: None) -> Client:
    """Edits, and may not publish."""
    names = ("view_article", "add_article", "change_article")
    return browser(staff("eve", *(f"chatkit_articles.{name}" for name in names)))
