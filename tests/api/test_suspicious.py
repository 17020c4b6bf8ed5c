"""Requests that Django takes for suspicious: the fault is theirs, and no error of the site's."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.test import Client

from tests.selfhosted.protocol import secret_of


@pytest.fixture
def faults() -> Iterator[list[Any]]:
    """What trackers of errors hear of."""
    found: list[Any] = []

    def note(**kwargs: Any) -> None:
        found.append(kwargs)

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def is_refused(answer: Any) -> bool:
    return bool((answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request"))


@pytest.mark.django_db
def test_more_parameters_than_the_site_reads(faults: list[Any], caplog: Any) -> None:
    with caplog.at_level(logging.ERROR):
        assert is_refused(Client().get("/api/chatkit/launcher?" + "a=1&" * 1001))
    assert not faults
    assert [record.name for record in caplog.records] == ["django.security.TooManyFieldsSent"]


@pytest.mark.django_db
def test_a_host_that_is_not_the_sites(
    faults: list[Any], settings: Any, user: Any, workflow_id: str
) -> None:
    """Where CommonMiddleware has not looked before us."""
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "Common" not in path]
    headers = {"Authorization": f"Bearer {secret_of(user, workflow_id)}", "Host": "evil.example"}
    cited = "/api/chatkit/article?url=/apps/chatkit/help/payments/"
    assert is_refused(Client().get(cited, headers=headers))
    assert not faults
