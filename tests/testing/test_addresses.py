"""`Chat` asks at the site's addresses, wherever they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

from chatkit.testing import Chat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def below_mnt(settings: Any) -> Iterator[None]:
    """As django.setup() sets it."""
    settings.FORCE_SCRIPT_NAME = "/mnt"
    usual = get_script_prefix()
    set_script_prefix("/mnt/")
    yield
    set_script_prefix(usual)


def answered(client: Client) -> bool:
    return Chat(client).ask("How do I record a payment?").status_code == 200


@pytest.mark.parametrize("code", ["en-us", "en", "de-ch"])
def test_in_a_language_that_the_site_has(settings: Any, logged_in: Client, code: str) -> None:
    """`startproject` writes "en-us", which is none of LANGUAGES."""
    settings.ROOT_URLCONF = "tests.language_urls"
    settings.LANGUAGE_CODE = code
    with translation.override(code):
        assert answered(logged_in)


@pytest.mark.parametrize("code", ["en-us", "en", "de"])
def test_in_the_one_language_of_a_site(settings: Any, logged_in: Client, code: str) -> None:
    """Without LocaleMiddleware the addresses have LANGUAGE_CODE as it is written."""
    settings.ROOT_URLCONF = "tests.language_urls"
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "Locale" not in path]
    settings.LANGUAGE_CODE = code
    with translation.override(code):
        assert answered(logged_in)


def test_where_https_alone_is_served(settings: Any, logged_in: Client) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert answered(logged_in)


def test_below_a_prefix_of_the_server(below_mnt: None, logged_in: Client) -> None:
    assert answered(logged_in)
