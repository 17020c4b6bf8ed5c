"""Gates of other apps: an assistant that is closed, and questions that are not taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy

from chatkit import admission
from chatkit.admission import Gate, Question
from chatkit.exceptions import ApiError
from chatkit.models import Run, Thread, ThreadItem

from .protocol import Caller, add, ask, create, thread_id_of, types

pytestmark = pytest.mark.django_db(transaction=True)


class Told(Gate):
    """Does as the test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.closed: ApiError | None = None
        self.refusal: ApiError | None = None
        self.notices: list[Any] = []

    def check_open(self, user: Any, workflow_id: str) -> None:
        if self.closed:
            raise self.closed

    def admit(self, question: Question) -> Iterable[Any]:
        self.asked.append(question)
        assert Run.objects.filter(pk=question.run_id, user=question.user).exists()
        if self.refusal:
            raise self.refusal
        return self.notices


@pytest.fixture
def gate() -> Iterator[Told]:
    gate = Told()
    admission.register(gate)
    yield gate
    admission.unregister(gate)


class TestQuestions:
    def test_each_is_asked_about_once(self, ada: Caller, gate: Told, user: Any) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        ada.stream(add(thread_id, "say 1"))
        assert [(q.user, q.kind, q.goes_on) for q in gate.asked] == [
            (user, "threads.create", False),
            (user, "threads.add_user_message", False),
        ]

    def test_one_that_is_refused_leaves_nothing(self, ada: Caller, gate: Told) -> None:
        gate.refusal = ApiError("budget_reached", "Not today.", headers={"Retry-After": "60"})
        response = ada.post(create("say 1"))
        assert (response.status_code, response["Retry-After"]) == (429, "60")
        assert response.json() == {"error": {"code": "budget_reached", "message": "Not today."}}
        assert not Thread.objects.exists()
        assert not Run.objects.exists()

    def test_so_in_a_conversation_that_stays(self, ada: Caller, gate: Told) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        rows = ThreadItem.objects.count()
        gate.refusal = ApiError("budget_reached")
        assert ada.post(add(thread_id, "say 1")).status_code == 429
        assert ThreadItem.objects.count() == rows
        gate.refusal = None
        ada.stream(add(thread_id, "say 1"))

    def test_notices_come_with_the_answer_in_the_askers_language(
        self, ada: Caller, gate: Told
    ) -> None:
        gate.notices = [gettext_lazy("Close")]
        found = ada.stream(create("say 1"), **{"Accept-Language": "es"})
        (notice,) = [event for event in found if event["type"] == "notice"]
        assert (notice["level"], notice["message"]) == ("warning", "Cerrar")
        assert types(found)[0] == "thread.created"


class TestClosed:
    @pytest.fixture
    def closed(self, gate: Told) -> Told:
        gate.closed = ApiError("offline", "Back at nine <b>.")
        return gate

    def test_it_takes_no_question(self, ada: Caller, closed: Told) -> None:
        response = ada.post(create("say 1"))
        assert response.status_code == 503
        assert response.json()["error"] == {"code": "offline", "message": "Back at nine <b>."}
        assert closed.asked == []

    def test_nothing_else_is_asked_of_it(self, ada: Caller, closed: Told) -> None:
        params = {"audio_base64": "c291bmQ=", "mime_type": "audio/webm"}
        assert ada.post(ask("input.transcribe", **params)).status_code == 503

    def test_what_there_is_can_be_read(self, ada: Caller, gate: Told) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        gate.closed = ApiError("offline")
        assert ada.json(ask("threads.get_by_id", thread_id=thread_id))["id"] == thread_id

    def test_there_is_no_session(
        self, logged_in: Client, closed: Told, workflow_id: str, scripted: str
    ) -> None:
        response = logged_in.post(
            "/api/chatkit/session", {"workflowId": workflow_id}, content_type="application/json"
        )
        assert response.status_code == 503
        assert response.json()["error"]["code"] == "offline"

    def test_the_page_shows_the_notice(self, logged_in: Client, closed: Told) -> None:
        response = logged_in.get("/apps/chatkit/")
        assert response.status_code == 503
        config = response.context["config"]
        assert (config["blocked"], config["closed"]) == ("offline", "Back at nine <b>.")
        assert "Back at nine <b>" not in response.content.decode()
