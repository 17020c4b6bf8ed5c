"""The health address: what a load balancer or a monitor is told."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chatkit import health
from chatkit.models import StarterPrompt

PARTS = ("database", "cache", "articles", "assistants")
pytestmark = pytest.mark.django_db


class BrokenCache(LocMemCache):
    """A cache whose server is gone."""

    def set(self, *args: Any, **kwargs: Any) -> None:
        raise ConnectionError("redis://:canary@cache.internal refused")


@pytest.fixture(autouse=True)
def _logs_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last_logged", {})
    monkeypatch.setattr(health, "_written_at", float("-inf"))


def asked() -> tuple[int, dict[str, str]]:
    response = Client().get("/api/chatkit/health")
    return response.status_code, response.json()


def failing(part: str, state: str) -> tuple[int, dict[str, str]]:
    """The answer when this part alone is not well."""
    return 503, {"status": "failed", **dict.fromkeys(PARTS, "ok"), part: state}


def degraded(part: str, state: str) -> tuple[int, dict[str, str]]:
    """The answer when people can chat all the same."""
    return 200, {"status": "degraded", **dict.fromkeys(PARTS, "ok"), part: state}


def chatkit(settings: Any, **changed: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | changed


class TestAddress:
    def test_all_is_well(self) -> None:
        assert asked() == (200, {"status": "ok", **dict.fromkeys(PARTS, "ok")})

    def test_strangers_get_it_fresh_and_without_a_cookie(self) -> None:
        response = Client().get(reverse("chatkit:health"))
        assert response["Content-Type"] == "application/json"
        assert response["Cache-Control"] == "private, no-store"
        assert not response.cookies
        assert not response.has_header("Vary") or "Cookie" not in response["Vary"]

    def test_head(self) -> None:
        response = Client().head("/api/chatkit/health")
        assert (response.status_code, response.content) == (200, b"")

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
    def test_other_methods(self, method: str) -> None:
        response = getattr(Client(), method)("/api/chatkit/health")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert response.json()["error"]["code"] == "method_not_allowed"

    def test_two_queries_whatever_is_stored(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked()
        monkeypatch.setattr(health, "_written_at", float("inf"))  # the next write is not due
        with CaptureQueriesContext(connection) as queries:
            assert asked()[0] == 200
        tables = ["chatkit_run", "chatkit_articles_revision"]  # fails where nobody has migrated
        reads = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
        assert [table in sql for table, sql in zip(tables, reads, strict=True)] == [True, True]


class TestParts:
    def test_database_does_not_answer(self) -> None:
        def refuse(*args: Any) -> None:
            raise OperationalError("postgres://shop:canary@db.internal refused")

        with connection.execute_wrapper(refuse):
            assert asked() == failing("database", "failed")
        assert asked()[0] == 200

    def test_database_takes_no_writes(self) -> None:
        def full(execute: Any, sql: str, *args: Any) -> Any:
            if sql.startswith("INSERT"):
                raise OperationalError("database or disk is full")
            return execute(sql, *args)

        with connection.execute_wrapper(full):
            assert asked() == failing("database", "failed")
        assert asked()[0] == 200
        assert not StarterPrompt.objects.filter(label="health").exists()

    def test_strangers_do_not_make_it_write_often(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            for _ in range(5):
                asked()
        assert sum("INSERT" in query["sql"] for query in queries) == 1

    def test_cache_does_not_answer(self, settings: Any) -> None:
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.BrokenCache"}}
        assert asked() == degraded("cache", "failed")

    def test_cache_takes_writes_and_keeps_nothing(self, settings: Any) -> None:
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        assert asked() == degraded("cache", "missing")

    def test_the_cache_is_the_one_that_counts_calls(self, settings: Any) -> None:
        settings.CACHES = settings.CACHES | {"calls": {"BACKEND": f"{__name__}.BrokenCache"}}
        assert asked()[0] == 200
        settings.RATELIMIT_USE_CACHE = "calls"
        assert asked() == degraded("cache", "failed")

    def test_articles_are_gone(self, settings: Any, tmp_path: Path) -> None:
        chatkit(settings, KNOWLEDGE_DIR=tmp_path / "gone")
        assert asked() == degraded("articles", "missing")

    def test_articles_come_back(self, settings: Any, tmp_path: Path) -> None:
        chatkit(settings, KNOWLEDGE_DIR=tmp_path)
        assert asked() == degraded("articles", "missing")
        (tmp_path / "returns.md").write_text("# Returns\n\nWithin 30 days.\n")
        assert asked()[0] == 200

    def test_articles_that_nobody_asked_for(self, settings: Any) -> None:
        chatkit(settings, KNOWLEDGE_DIR=None)
        status, parts = asked()
        assert (status, parts["status"], parts["articles"]) == (200, "ok", "unused")

    def test_assistant_can_not_be_loaded(self, settings: Any) -> None:
        chatkit(settings, WORKFLOWS={"wf_1": "tests.data.broken_server.Server"})
        assert asked() == failing("assistants", "failed")

    def test_one_of_several_assistants(self, settings: Any) -> None:
        sound = settings.CHATKIT["WORKFLOWS"]
        for other in ("nowhere.Server", "tests.data.broken_server.Server", "openai"):
            chatkit(settings, WORKFLOWS={"wf_2": other, **sound}, OPENAI_API_KEY="")
            assert asked() == degraded("assistants", "degraded")

    def test_none_of_several_assistants(self, settings: Any) -> None:
        both = {"wf_1": "openai", "wf_2": "nowhere.Server"}
        chatkit(settings, WORKFLOWS=both, OPENAI_API_KEY="")
        assert asked() == failing("assistants", "failed")

    def test_nobody_answers(self, settings: Any) -> None:
        chatkit(settings, WORKFLOWS={})
        assert asked() == failing("assistants", "missing")

    @pytest.mark.parametrize(("key", "state"), [("sk-1", "ok"), (" ", "missing")])
    def test_openai_is_not_asked(self, settings: Any, key: str, state: str) -> None:
        # Port 9 refuses: a call there would fail.
        here = {"OPENAI_API_KEY": key, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
        chatkit(settings, WORKFLOWS={"wf_1": "openai"}, **here)
        assert asked()[1]["assistants"] == state

    def test_all_at_once(self, settings: Any, tmp_path: Path) -> None:
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.BrokenCache"}}
        chatkit(settings, WORKFLOWS={}, KNOWLEDGE_DIR=tmp_path)
        status, parts = asked()
        assert status == 503
        assert [parts[part] for part in PARTS] == ["ok", "failed", "missing", "missing"]


class TestDetails:
    def test_they_are_logged_once_a_minute_and_told_to_nobody(
        self, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.BrokenCache"}}
        body = Client().get("/api/chatkit/health").content
        asked()
        assert b"canary" not in body
        assert b"ConnectionError" not in body
        (record,) = [record for record in caplog.records if record.name == "chatkit.health"]
        assert (record.levelno, record.getMessage()) == (logging.WARNING, "Health: cache failed.")
        assert record.exc_info

    def test_a_fault_that_comes_back_is_logged_again(
        self, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        sound = settings.CHATKIT
        for _ in range(2):
            settings.CHATKIT = sound | {"WORKFLOWS": {"wf_1": "nowhere.Server"}}
            asked()
            settings.CHATKIT = sound
            asked()
        assert caplog.messages.count("Health: assistants failed.") == 2

    def test_one_of_several_assistants_is_logged_once_a_minute_too(
        self, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        sound = settings.CHATKIT["WORKFLOWS"]
        chatkit(settings, WORKFLOWS={**sound, "wf_2": "nowhere.Server"})
        asked()
        asked()
        assert caplog.messages.count("Health: assistants failed.") == 1

    def test_the_doctor_tells_the_same(self, settings: Any) -> None:
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.BrokenCache"}}
        out = io.StringIO()
        with pytest.raises(CommandError, match="1 fault found"):
            call_command("chatkit_doctor", stdout=out)
        assert "it does not answer: calls are not limited" in out.getvalue()


class TestLive:
    """Whether the process answers: nobody is to restart it because something else is away."""

    def test_it_asks_neither_database_nor_cache(self, settings: Any) -> None:
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.BrokenCache"}}
        with CaptureQueriesContext(connection) as queries:
            response = Client().get("/api/chatkit/health/live")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})
        assert "no-store" in response["Cache-Control"]
        assert list(queries) == []
