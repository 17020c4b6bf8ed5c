"""The plugin for pytest: `pytest_plugins = ["chatkit.testing.pytest"]` in the top conftest.py.

After each test it ends what runs, before the test's database is emptied. The fixture
`chatkit_chat` asks as the user of pytest-django's `client`, and with `chatkit_script` a script
answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .chat import Chat
from .running import end_runs
from .script import Script, scripted


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Before the fixtures of the test are ended, the database among them."""
    from django.apps import apps
    from django.conf import settings

    if settings.configured and apps.ready:
        end_runs()


@pytest.fixture
def chatkit_chat(client: Any) -> Chat:
    """A chat of whom `client` has logged in (`client.force_login(user)`)."""
    return Chat(client)


@pytest.fixture
def chatkit_script() -> Iterator[Script]:
    """A script that answers in the place of all assistants of the site: give it answers."""
    with scripted() as script:
        yield script
