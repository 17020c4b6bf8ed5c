"""What became of a question: reported by the answer, or told by how the run ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatkit.models import Run

from ..protocol import Caller, create, secret_of, until
from ..streams import ended, open_stream


@pytest.fixture
def reporter(transactional_db: None, user: Any, workflow_id: str, settings: Any) -> Caller:
    server = "tests.selfhosted.servers.ReportingServer"
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: server}}
    return Caller(secret_of(user, workflow_id))


def report(*calls: dict[str, Any], then: str = "say 1") -> dict[str, Any]:
    return create(json.dumps({"calls": calls, "then": then}))


def outcome_of(caller: Caller, request: dict[str, Any]) -> str:
    caller.stream(request)
    return Run.objects.get().outcome


class TestFinishedRuns:
    @pytest.mark.parametrize(
        "outcome", ["answered", "clarified", "not_found", "refused", "handed_over"]
    )
    def test_what_is_reported_is_kept(self, reporter: Caller, outcome: str) -> None:
        assert outcome_of(reporter, report({"outcome": outcome})) == outcome

    def test_the_latest_report_counts_and_the_lists_grow(self, reporter: Caller) -> None:
        first = {
            "outcome": "not_found",
            "searched": [{"query": "cancel", "language": "en"}],
            "cited": [{"article": "orders", "section": "Cancel", "language": "en", "url": "/o"}],
        }
        second = {
            "outcome": "answered",
            "searched": [*first["searched"], {"query": "void", "language": "en"}],
            "cited": [{"article": "refunds"}],
        }
        assert outcome_of(reporter, report(first, second)) == "answered"
        run = Run.objects.get()
        assert run.searched == second["searched"]
        assert run.cited == [*first["cited"], {"article": "refunds"}]

    def test_without_a_report_it_answered_if_it_said_anything(self, ada: Caller) -> None:
        assert outcome_of(ada, create("say 1")) == "answered"

    def test_a_widget_is_an_answer(self, ada: Caller) -> None:
        assert outcome_of(ada, create("widget")) == "answered"

    @pytest.mark.parametrize("script", ["tool", "hidden", "nothing"])
    def test_what_says_nothing_is_unknown(self, ada: Caller, script: str) -> None:
        assert outcome_of(ada, create(script)) == "unknown"


class TestOtherEnds:
    """They have the outcome of their status, whatever was reported."""

    def test_failed(self, reporter: Caller) -> None:
        searched = [{"query": "cancel"}]
        request = report({"outcome": "answered", "searched": searched}, then="say 1 fail")
        assert outcome_of(reporter, request) == "failed"
        assert Run.objects.get().searched == searched

    def test_stopped(self, reporter: Caller) -> None:
        run_id, _thread_id, stream = open_stream(
            reporter, report({"outcome": "answered"}, then="say 1 wait")
        )
        next(stream)
        assert Run.objects.get().outcome == ""  # it lives
        reporter.stop(run_id)
        assert until(lambda: ended(run_id)).outcome == "stopped"

    def test_timeout(self, reporter: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RUN_TIMEOUT": 1}
        assert outcome_of(reporter, report({"outcome": "answered"}, then="wait")) == "failed"

    def test_cancelled_by_its_own_code(self, ada: Caller) -> None:
        assert outcome_of(ada, create("say 1 cancelled")) == "interrupted"


class TestHostileReports:
    @pytest.mark.parametrize("outcome", ["", "failed", "unknown", "ANSWERED", "x" * 500])
    def test_an_outcome_that_is_none_fails_the_run(self, reporter: Caller, outcome: str) -> None:
        assert outcome_of(reporter, report({"outcome": outcome})) == "failed"
        assert Run.objects.get().error == "ValueError"

    def test_texts_are_cut_and_lists_are_short(self, reporter: Caller) -> None:
        many = [{"query": f"{number} " + "q" * 3_000, "language": "l" * 99} for number in range(99)]
        cited = [{"article": f"{number}" * 500, "url": "/" * 3_000} for number in range(99)]
        call = {"outcome": "answered", "searched": many, "cited": cited}
        assert outcome_of(reporter, report(call)) == "answered"
        run = Run.objects.get()
        assert len(run.searched) == 10
        assert {(len(one["query"]), len(one["language"])) for one in run.searched} == {(500, 16)}
        assert len(run.cited) == 20
        assert len(json.dumps(run.cited)) < 20_000

    def test_what_no_database_holds_is_left_out(self, reporter: Caller) -> None:
        odd = {"query": "a\0b \ud83d c \ud83d\ude00", "language": 7, "password": "p"}
        call = {"outcome": "answered", "searched": [odd, {}, {"query": None}], "cited": [{"n": 1}]}
        assert outcome_of(reporter, report(call)) == "answered"
        run = Run.objects.get()
        assert run.searched == [{"query": "ab \ufffd c \U0001f600", "language": "7"}]
        assert run.cited == []
