"""Writers of one process take turns on SQLite, in the order in which they came."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test import Client

from chatkit.models import Session
from chatkit.sessions import turns
from chatkit.sessions.turns import Turns

from ..hosted.openai_standin import KEY, running


def test_whoever_comes_first_is_first() -> None:
    line = Turns()
    order: list[int] = []
    begun = [threading.Event() for _ in range(20)]

    def take(number: int) -> None:
        begun[number].set()
        with line.taken():
            order.append(number)

    with line.taken():
        threads = []
        for number in range(20):
            thread = threading.Thread(target=take, args=(number,))
            thread.start()
            threads.append(thread)
            begun[number].wait(5)
            while len(line._waiting) <= number:  # it stands in the line
                pass
        assert line.longest_wait() > 0
    for thread in threads:
        thread.join(5)
    assert order == list(range(20))
    assert line.longest_wait() == 0


def test_a_turn_is_one_s_own_until_it_is_given_back() -> None:
    line = Turns()
    inside: list[int] = []
    most: list[int] = []

    def take() -> None:
        for _ in range(50):
            with line.taken(), line.taken():  # again, by who has it
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: take(), range(8)))
    assert max(most) == 1
    assert len(most) == 400


def test_an_error_gives_it_back() -> None:
    line = Turns()
    with pytest.raises(ValueError, match="no"), line.taken():
        raise ValueError("no")
    with line.taken():
        pass


@pytest.fixture
def sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("other databases take many writers")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sqlite")
class TestSessions:
    @pytest.fixture
    def openai(self, settings: Any) -> Iterator[Any]:
        with running() as openai:
            settings.CHATKIT = settings.CHATKIT | {
                "WORKFLOWS": {"wf_hosted": "openai"},
                "OPENAI_API_KEY": KEY,
                "OPENAI_BASE_URL": openai.url,
            }
            yield openai

    @pytest.mark.slow
    def test_sixty_at_once_are_all_stored(self, openai: Any) -> None:
        def ask(number: int) -> int:
            try:
                user = get_user_model().objects.get(username=f"user{number}")
                client = Client()
                client.force_login(user)
                answer = client.post(
                    "/api/chatkit/session",
                    {"workflowId": "wf_hosted"},
                    content_type="application/json",
                )
                return answer.status_code
            finally:
                connections.close_all()

        for number in range(60):
            get_user_model().objects.create_user(f"user{number}")
        with ThreadPoolExecutor(30) as pool:
            codes = list(pool.map(ask, range(60)))
        assert set(codes) == {200}
        assert Session.objects.count() == len(openai.sessions) == 60

    def test_who_would_wait_too_long_is_refused_before_openai_is_asked(
        self, openai: Any, logged_in: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns.turns, "longest_wait", lambda: 6.0)
        answer = logged_in.post(
            "/api/chatkit/session", {"workflowId": "wf_hosted"}, content_type="application/json"
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert int(answer["Retry-After"]) > 0
        assert not openai.sessions
