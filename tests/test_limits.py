"""Rate limits: who is counted, when it is over, and what a cache that is down does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import django_ratelimit.core
import pytest
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.test import Client, RequestFactory
from django.utils import translation

from chatkit import limits
from chatkit.exceptions import ApiError
from chatkit.models import Session

URL = "/api/chatkit/session"


class Clock:
    """Stands in for `time` in django-ratelimit and in limits."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(django_ratelimit.core, "time", clock)
    monkeypatch.setattr(limits, "time", clock)
    monkeypatch.setattr(limits, "_last_warning", float("-inf"))
    monkeypatch.setattr(limits, "_rest_until", float("-inf"))
    return clock


def limited(settings: Any, rate: str) -> None:
    settings.CHATKIT = {**settings.CHATKIT, "RATE_LIMITS": {"session": rate}}


def post(client: Client, workflow_id: str) -> Any:
    return client.post(URL, {"workflowId": workflow_id}, content_type="application/json")


class TestSessionLimit:
    def test_call_after_the_last(
        self, logged_in: Client, workflow_id: str, settings: Any, clock: Clock
    ) -> None:
        limited(settings, "2/m")
        statuses = [post(logged_in, workflow_id).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert Session.objects.count() == 2

    def test_answer(
        self,
        logged_in: Client,
        workflow_id: str,
        settings: Any,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        limited(settings, "1/m")
        post(logged_in, workflow_id)
        response = post(logged_in, workflow_id)
        assert response.json()["error"]["code"] == "rate_limited"
        assert 1 <= int(response["Retry-After"]) <= 61
        assert "session rate_limited" in caplog.text

    def test_other_user(
        self, logged_in: Client, other: Any, workflow_id: str, settings: Any, clock: Clock
    ) -> None:
        limited(settings, "1/m")
        assert post(logged_in, workflow_id).status_code == 200
        assert post(logged_in, workflow_id).status_code == 429
        client = Client()
        client.force_login(other)
        assert post(client, workflow_id).status_code == 200

    @pytest.mark.parametrize("second", range(0, 60, 7))
    def test_retry_after_is_long_enough_and_no_longer(
        self, logged_in: Client, workflow_id: str, settings: Any, clock: Clock, second: int
    ) -> None:
        limited(settings, "1/m")
        clock.now += second
        post(logged_in, workflow_id)
        start, wait = clock.now, int(post(logged_in, workflow_id)["Retry-After"])
        clock.now = start + wait - 1
        assert post(logged_in, workflow_id).status_code == 429
        clock.now = start + wait
        assert post(logged_in, workflow_id).status_code == 200

    def test_refused_calls_do_not_lengthen_the_wait(
        self, logged_in: Client, workflow_id: str, settings: Any, clock: Clock
    ) -> None:
        limited(settings, "1/m")
        post(logged_in, workflow_id)
        wait = int(post(logged_in, workflow_id)["Retry-After"])
        for _ in range(10):
            post(logged_in, workflow_id)
        clock.now += wait
        assert post(logged_in, workflow_id).status_code == 200

    def test_bad_requests_are_not_counted(
        self, logged_in: Client, workflow_id: str, settings: Any, clock: Clock
    ) -> None:
        limited(settings, "1/m")
        for _ in range(3):
            assert post(logged_in, "wf_unknown").status_code == 400
        assert post(logged_in, workflow_id).status_code == 200

    def test_switched_off(
        self, logged_in: Client, workflow_id: str, settings: Any, clock: Clock
    ) -> None:
        limited(settings, "1/m")
        settings.RATELIMIT_ENABLE = False
        assert [post(logged_in, workflow_id).status_code for _ in range(3)] == [200] * 3


class TestGroups:
    def test_are_counted_apart(self, rf: RequestFactory, settings: Any, clock: Clock) -> None:
        settings.CHATKIT = {"RATE_LIMITS": {"session": "1/m", "upload": "1/m"}}
        limits.check(rf.post("/"), "session", 1)
        limits.check(rf.post("/"), "upload", 1)
        with pytest.raises(ApiError, match="rate_limited"):
            limits.check(rf.post("/"), "session", 1)

    def test_default_of_one_that_is_not_named(
        self, rf: RequestFactory, settings: Any, clock: Clock
    ) -> None:
        settings.CHATKIT = {"RATE_LIMITS": {"session": "1/m"}}
        for _ in range(20):
            limits.check(rf.post("/"), "message", 1)
        with pytest.raises(ApiError, match="rate_limited"):
            limits.check(rf.post("/"), "message", 1)


class DeadCache(BaseCache):
    """A cache whose server is gone: raises as Redis' client does."""

    def __init__(self, *args: Any) -> None:
        super().__init__({})

    def add(self, *args: Any, **kwargs: Any) -> bool:
        raise ConnectionError("redis://secret@cache is down")

    incr = clear = add  # type: ignore[assignment]


class DeafCache(DeadCache):
    """A cache that swallows its errors, as memcached's clients do."""

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        raise ValueError


class TestCacheDown:
    @pytest.fixture(params=["DeadCache", "DeafCache"])
    def _down(self, request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
        kept = settings.CACHES
        backend = f"tests.test_limits.{request.param}"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": ""}}
        yield
        settings.CACHES = kept

    @pytest.mark.usefixtures("_down")
    def test_allowed_and_one_warning_a_minute(
        self,
        logged_in: Client,
        workflow_id: str,
        settings: Any,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        limited(settings, "1/m")

        def warnings() -> int:
            return sum(line.name == "chatkit.limits" for line in caplog.records)

        with caplog.at_level(logging.WARNING, "chatkit.limits"):
            assert [post(logged_in, workflow_id).status_code for _ in range(3)] == [200] * 3
            assert warnings() == 1
            clock.now += 59
            post(logged_in, workflow_id)
            assert warnings() == 1
            clock.now += 1
            post(logged_in, workflow_id)
            assert warnings() == 2
        assert "secret" not in caplog.text

    def test_a_window_that_ends_in_between_still_counts(
        self, rf: RequestFactory, settings: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The second may turn between the count and `time_left`, which is then negative."""
        settings.CHATKIT = {"RATE_LIMITS": {"session": "1/m"}}
        usage = {"count": 2, "limit": 1, "should_limit": True, "time_left": -1}
        monkeypatch.setattr(limits, "get_usage", lambda *args, **kwargs: usage)
        with pytest.raises(ApiError, match="rate_limited") as raised:
            limits.check(rf.post("/"), "session", 1)
        assert raised.value.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("time_left", "language", "sentence"),
    [
        (60, "en", "You are going a little fast. Please wait a moment."),
        (61, "en", "You have reached a limit for now. You can go on in 2 minutes."),
        (3600, "en", "You have reached a limit for now. You can go on in 1 hour."),
        (7260, "en", "You have reached a limit for now. You can go on in 2 hours, 1 minute."),
        (86_399, "en", "You have reached a limit for now. You can go on in 1 day."),
        (7200, "de", "Für den Moment ist eine Grenze erreicht. In 2 Stunden geht es weiter."),
        (7200, "ja", "現在の上限に達しました。2時間後に続けられます。"),
    ],
)
def test_when_it_goes_on(
    rf: RequestFactory,
    settings: Any,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    time_left: int,
    language: str,
    sentence: str,
) -> None:
    """Nobody waits for an hour or a day as for a moment."""
    settings.CHATKIT = {"RATE_LIMITS": {"session": "2/d"}}
    usage = {"count": 3, "limit": 2, "should_limit": True, "time_left": time_left}
    monkeypatch.setattr(limits, "get_usage", lambda *args, **kwargs: usage)
    with translation.override(language), pytest.raises(ApiError) as raised:
        limits.check(rf.post("/"), "session", 1)
    assert str(raised.value.message).replace("\xa0", " ") == sentence


def test_counts_live_in_the_cache(
    logged_in: Client, workflow_id: str, settings: Any, clock: Clock
) -> None:
    limited(settings, "1/m")
    post(logged_in, workflow_id)
    cache.clear()
    assert post(logged_in, workflow_id).status_code == 200
