"""Fixtures that every suite uses."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from mseller.handler import GARBAGE

from .databases import flushing
from .tools import shared
from .tools.by_words import ByWords
from .wheel import dist, wheel  # noqa: F401  (fixtures of every suite)

HERE = Path(__file__).parent
# By the fixtures that a test uses.
MARKED = {
    "chromium": "browser",
    "dist": "packaging",
    "model_server": "slow",
    "scripted_model": "slow",
}

# Ends what runs after each test, as the tests of hosts do.
pytest_plugins = ["chatkit.testing.pytest"]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ByWords())
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        flushing.by_delete()
    flushing.install()
    shared.folder()
    gc.disable()  # until all is collected: next to nothing of it is ever garbage


def pytest_collection_finish() -> None:
    """What was loaded stays: the search for garbage need not go through it, test for test."""
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what takes long by where it stands and what it uses: `make test-fast` leaves it out."""
    used = set(getattr(item, "fixturenames", ()))
    folder = item.nodeid.split("/")[1]
    marks = {folder} & {"hosts", "production"}
    marks |= {mark for fixture, mark in MARKED.items() if fixture in used}
    for mark in marks:
        item.add_marker(mark)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first: nobody waits for them in the end."""
    whole = HERE / "databases" / "test_suites.py"
    items.sort(key=lambda item: (item.path != whole, item.get_closest_marker("database") is None))


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Rate limits live in the cache: no test inherits another's counts."""
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language active: no other test begins with it."""
    yield
    translation.deactivate()


@pytest.fixture
def user(db: None) -> Any:
    return get_user_model().objects.create_user(
        "ada", "ada@example.com", "pw-ada", first_name="Ada"
    )


@pytest.fixture
def other(db: None) -> Any:
    return get_user_model().objects.create_user("bob", "bob@example.com", "pw-bob")


@pytest.fixture
def admin(db: None) -> Any:
    return get_user_model().objects.create_superuser("root", "root@example.com", "pw-root")


@pytest.fixture
def logged_in(user: Any) -> Client:
    """A client that is logged in as `user`."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def workflow_id() -> str:
    """The site's workflow, answered by the help desk unless a test says else."""
    return str(settings.WORKFLOW_ID)
