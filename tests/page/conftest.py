"""What the tests of both tags use."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory


@pytest.fixture
def request_(user: Any) -> HttpRequest:
    """A request of `user` for a page of the site."""
    request = RequestFactory().get("/shop/")
    request.user = user
    return request
