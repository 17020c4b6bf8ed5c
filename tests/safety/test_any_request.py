"""Anything at all sent over HTTP: no answer is a fault, endless, or holds another's words.

ANY_REQUESTS says how many each test tries, and ANY_REPORT names a file that gets the statuses of
the answers, one line of JSON for each test.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import world
from .addresses import ADDRESSES
from .requests import REQUESTS
from .test_addresses import is_api, values_of
from .walk import path_of
from .world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TRIED = settings(
    max_examples=int(os.environ.get("ANY_REQUESTS", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WORDS = st.sampled_from(["", "\x00", "\u202e", "\ud800", "../..", "%00", "<b>", "=1+1", "-1"])
TEXTS = WORDS | st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept-Language", "Accept", "X-Request-ID", "Content-Encoding", "Range", "Cookie"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=12),
    max_size=2,
)
# Nobody's own thing is asked for by these, so that the world stays as it is.
WHO = st.sampled_from(["stranger", "other", "staff"])


@pytest.fixture
def answers() -> Iterator[Counter[int]]:
    """How often each status was answered."""
    found: Counter[int] = Counter()
    yield found
    if report := os.environ.get("ANY_REPORT"):
        with open(report, "a") as file:
            file.write(f"{json.dumps(found)}\n")


@pytest.fixture
def site(transactional_db: None, settings: Any, workflow_id: str) -> World:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "tests.safety.servers.OpenServer"},
        "RATE_LIMITS": dict.fromkeys(["request", "message", "upload", "transcribe"], "99999/m"),
    }
    return world.build(workflow_id)


@st.composite
def mutated(draw: Any) -> tuple[str, dict[str, Any]]:
    """A type, and what to change in its params: a value for a name, or its absence."""
    changes = draw(st.dictionaries(st.sampled_from(NAMES) | TEXTS, JSON, max_size=2))
    return draw(st.sampled_from(sorted(REQUESTS))), changes


NAMES = ["thread_id", "item_id", "input", "limit", "after", "order", "title", "action", "type"]


def assert_harmless(response: Any, answers: Counter[int]) -> None:
    answers[response.status_code] += 1
    body = world.body_of(response)
    assert response.status_code < 500, body
    assert world.CANARY.encode() not in body


@TRIED
@given(who=WHO, request=mutated(), headers=HEADERS)
def test_any_request_of_the_protocol(
    site: World, answers: Counter[int],
    who: str, request: tuple[str, dict[str, Any]], headers: dict[str, str],
) -> None:  # fmt: skip
    type_, changes = request
    body = json.dumps({"type": type_, "params": REQUESTS[type_][0](site) | changes})
    person = site.people[who]
    assert_harmless(
        person.client.post(
            "/api/chatkit",
            body,
            content_type="application/json",
            headers=headers | person.headers,
        ),
        answers,
    )


@TRIED
@given(
    who=WHO,
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "NONE"]),
    route=st.sampled_from([route for route in ADDRESSES if is_api(route) or "apps/" in route]),
    text=TEXTS.filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text)),
    query=st.dictionaries(st.sampled_from(["after", "workflow", "q", "page"]), TEXTS, max_size=2),
    body=st.binary(max_size=64) | JSON.map(lambda value: json.dumps(value).encode()),
    kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data", "", "a/b; c="]),
    headers=HEADERS,
)
def test_any_address(
    site: World, answers: Counter[int],
    who: str, method: str, route: str, text: str, query: dict[str, str], body: bytes,
    kind: str, headers: dict[str, str],
) -> None:  # fmt: skip
    known = values_of(route, site)
    path = path_of(route, known if method == "GET" else dict.fromkeys(known, text or "a"))
    sent = "&".join(f"{name}={value!a}" for name, value in query.items())
    person = site.people[who]
    assert_harmless(
        person.client.generic(
            method, path, body, content_type=kind, headers=headers | person.headers,
            QUERY_STRING=sent,
        ),
        answers,
    )  # fmt: skip
