"""What goes wrong at OpenAI: a sentence for who asks, a cause for the record, and nothing lost."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from chatkit.hosted import causes
from chatkit.models import AgentSession, Run, ThreadItem
from chatkit.selfhosted.managed import events
from tests.selfhosted.protocol import Caller, add, ask, create, text_of, thread_id_of, until
from tests.tools.aside import aside

from .stand_in import CODES, AgentsApi, asks_for, begin, cut, fail, finish, mcp, raw, say, wait
from .test_answers import items


def failed(found: list[dict[str, Any]], sentence: str, cause: causes.Cause) -> None:
    """The last event is this error, and the run's record has the cause."""
    error = found[-1]
    assert (error["type"], error["allow_retry"]) == ("error", True)
    assert sentence in error["message"]
    assert "canary" not in str(found)
    run = Run.objects.latest("created_at")
    assert (run.status, run.error, run.live) == ("failed", cause.sentence, None)
    assert causes.is_known(run.error)


def retry(caller: Caller, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    thread = thread_id_of(found)
    question = ThreadItem.objects.filter(thread_id=thread, type="user_message").latest("sequence")
    return caller.stream(
        ask("threads.retry_after_item", thread_id=thread, item_id=question.item_id)
    )


NOT_SET_UP = "not set up correctly"


@pytest.mark.parametrize(
    ("fault", "sentence", "cause"),
    [
        ({"status": 429}, "busy", causes.RATE),
        ({"status": 500}, "has a problem", causes.FAULT),
        ({"status": 503}, "has a problem", causes.FAULT),
        ({"status": 401}, NOT_SET_UP, causes.KEY),
        ({"status": 403}, NOT_SET_UP, causes.NO_AGENTS),
        ({"status": 404}, NOT_SET_UP, causes.UNKNOWN_AGENT),
        ({"status": 400}, NOT_SET_UP, causes.AGENT_REFUSED),
        ({"status": 429, "body": {"code": "insufficient_quota"}}, NOT_SET_UP, causes.QUOTA),
        ({"kind": "html"}, "could not be read", causes.UNREADABLE),
        ({"kind": "reset"}, "", causes.UNREACHABLE),
    ],
)
def test_no_session(
    ada: Caller,
    api: AgentsApi,
    caplog: pytest.LogCaptureFixture,
    fault: Any,
    sentence: str,
    cause: Any,
) -> None:
    api.fault("POST", "/sessions", **fault)
    found = ada.stream(create("Hi"))
    if cause is causes.UNREACHABLE:
        cause = causes.BROKEN_OFF if "cut off" in found[-1]["message"] else cause
    failed(found, sentence, cause)
    assert "canary" not in caplog.text
    assert "Traceback" not in caplog.text
    api.turns = [[say("Here I am.")]]
    assert text_of(retry(ada, found)) == "Here I am."
    assert ThreadItem.objects.filter(type="assistant_message").count() == 1


def test_no_key(ada: Caller, use: Any, api: AgentsApi) -> None:
    use(OPENAI_API_KEY="", OPENAI_BASE_URL="https://api.openai.com/v1")
    failed(ada.stream(create("Hi")), NOT_SET_UP, causes.NO_KEY)
    assert not api.calls


def test_wrong_key(ada: Caller, use: Any) -> None:
    use(OPENAI_API_KEY="sk-another")
    failed(ada.stream(create("Hi")), NOT_SET_UP, causes.KEY)


def test_an_agent_that_is_gone(ada: Caller, use: Any) -> None:
    use("openai-agent:agent_gone")
    failed(ada.stream(create("Hi")), NOT_SET_UP, causes.UNKNOWN_AGENT)


@pytest.mark.parametrize(
    ("code", "sentence", "cause"),
    [
        ("context_length_exceeded", "too long for the model", causes.AGENT_FULL),
        ("rate_limit_exceeded", "busy", causes.RATE),
        ("credit_balance_exhausted", NOT_SET_UP, causes.QUOTA),
        ("session_budget_exceeded", "what it may cost", causes.AGENT_BUDGET),
        ("sandbox_error", NOT_SET_UP, causes.AGENT_ENVIRONMENT),
        ("internal_error", "has a problem", causes.FAULT),
    ],
)
def test_a_turn_that_fails(
    ada: Caller, api: AgentsApi, code: str, sentence: str, cause: Any
) -> None:
    if code not in CODES:
        pytest.skip("This version of the package openai has no such code.")
    api.turns = [[begin("Let me "), fail(code)], [say("Now.")]]
    found = ada.stream(create("Hi"))
    failed(found, sentence, cause)
    stored = [row.type for row in ThreadItem.objects.order_by("sequence")]
    assert stored == ["user_message", "assistant_message", "task"]
    assert text_of(retry(ada, found)) == "Now."


def test_refused_by_a_policy(ada: Caller, api: AgentsApi) -> None:
    api.turns = [[begin("Here is how to "), fail("cyber_policy")]]
    found = ada.stream(create("Do harm"))
    assert "can’t help with that" in text_of(found)
    assert Run.objects.get().outcome == "refused"
    (row,) = ThreadItem.objects.filter(type="assistant_message")
    assert "Here is how" not in str(row.payload)


class TestCut:
    def test_in_the_middle_of_a_message(self, ada: Caller, api: AgentsApi) -> None:
        gate = threading.Event()
        whole = "Hello, Ada. This is the rest."
        api.turns = [[begin("Hello, "), cut(), wait(gate), finish("the rest.", whole)]]

        def opened_again() -> None:
            until(lambda: len([c for c in api.calls if c.path.endswith("/items")]) > 0)
            gate.set()

        aside(opened_again)
        found = ada.stream(create("Hi"))
        (message,) = items(found, "assistant_message")
        assert message["content"][0]["text"] == text_of(found) == whole
        run = Run.objects.get()
        assert (run.status, run.tokens_out, run.error) == ("completed", 200, "")

    def test_while_the_turn_ends(self, ada: Caller, api: AgentsApi) -> None:
        """The rest is read from the turn's items."""
        api.turns = [[begin("Hello, "), cut(), finish("Ada.", "Hello, Ada."), say("Bye.")]]
        found = ada.stream(create("Hi"))
        said = [message["content"][0]["text"] for message in items(found, "assistant_message")]
        assert said == ["Hello, Ada.", "Bye."]
        assert Run.objects.get().tokens_out == 200

    @pytest.mark.slow
    def test_again_and_again(self, ada: Caller, api: AgentsApi) -> None:
        api.fault("GET", "/events", times=2, kind="reset")
        api.turns = [[begin("One "), cut(), finish("two.", "One two.")]]
        assert text_of(ada.stream(create("Hi"))) == "One two."

    def test_for_good(self, ada: Caller, api: AgentsApi, use: Any) -> None:
        """What was said stays."""
        use("tests.selfhosted.managed.servers.HastyServer")
        gate = threading.Event()
        api.fault("GET", "/events", times=99, status=500)
        api.turns = [[begin("Hello, "), cut(), wait(gate)]]
        found = ada.stream(create("Hi"))
        gate.set()
        failed(found, "has a problem", causes.FAULT)
        (row,) = ThreadItem.objects.filter(type="assistant_message")
        assert row.payload["content"][0]["text"] == "Hello, "

    def test_silence(self, ada: Caller, api: AgentsApi, use: Any) -> None:
        """A turn may say nothing for longer than a connection lasts."""
        use("tests.selfhosted.managed.servers.HastyServer")
        gate = threading.Event()
        api.turns = [[wait(gate), say("Here I am.")]]
        threading.Timer(0.7, gate.set).start()
        assert text_of(ada.stream(create("Hi"))) == "Here I am."

    def test_before_the_session_has_an_id(self, ada: Caller, api: AgentsApi) -> None:
        """It is found by the run that has made it."""
        create_it = api.planned

        def planned(method: str, path: str) -> Any:
            if method == "POST" and path == "/agents/sessions":
                threading.Timer(0.0, api.cut).start()
            return create_it(method, path)

        api.planned = planned  # type: ignore[method-assign]
        api.turns = [[say("Here I am.")]]
        assert "Here I am." in text_of(ada.stream(create("Hi")))
        assert AgentSession.objects.count() == 1


class TestSessions:
    def begun(self, ada: Caller, api: AgentsApi) -> str:
        api.turns = [[say("One.")]]
        return thread_id_of(ada.stream(create("First")))

    def test_gone_at_openai(self, ada: Caller, api: AgentsApi) -> None:
        thread = self.begun(ada, api)
        api.sessions.clear()
        api.turns = [[say("Two.")]]
        assert text_of(ada.stream(add(thread, "Second"))) == "Two."
        assert "Assistant: One." in api.told()[-1]
        assert AgentSession.objects.filter(thread=thread).get().pk in api.sessions

    def test_failed_at_openai(self, ada: Caller, api: AgentsApi) -> None:
        thread = self.begun(ada, api)
        (session,) = api.sessions.values()
        session.status = "failed"
        api.turns = [[say("Two.")]]
        assert text_of(ada.stream(add(thread, "Second"))) == "Two."

    def test_fails_while_it_answers(self, ada: Caller, api: AgentsApi) -> None:
        api.turns = [[fail("server_error")], [say("Now.")]]
        api.after["failed"] = "failed"
        found = ada.stream(create("Hi"))
        failed(found, "has a problem", causes.FAULT)
        assert text_of(retry(ada, found)) == "Now."

    @pytest.mark.parametrize("status", [429, 500])
    def test_transient_fault_of_a_later_question(
        self, ada: Caller, api: AgentsApi, status: int
    ) -> None:
        """It is tried again, and the question counts once."""
        thread = self.begun(ada, api)
        api.fault("POST", "/events", status=status, headers={"Retry-After": "0"})
        api.turns = [[say("Two.")]]
        assert text_of(ada.stream(add(thread, "Second"))) == "Two."
        sent = [c for c in api.calls if c.method == "POST" and c.path.endswith("/events")]
        assert len({c.headers["idempotency-key"] for c in sent}) == 1
        assert len(api.sessions) == 1

    def test_deleted_while_it_answers(self, ada: Caller, api: AgentsApi) -> None:
        gate = threading.Event()
        api.turns = [[begin("Hello"), wait(gate)]]

        def delete() -> None:
            until(lambda: AgentSession.objects.exists())
            (session,) = api.sessions.values()
            api.sessions.clear()
            session.cut()

        aside(delete)
        found = ada.stream(create("Hi"))
        gate.set()
        failed(found, "could not finish", causes.AGENT_FAILED)

    def test_environment_that_is_not_connected(self, ada: Caller, api: AgentsApi) -> None:
        class Bare(dict[str, Any]):
            def __or__(self, other: Any) -> Any:  # it has no turn
                return dict(self)

        action = Bare(type="environment_connection", environment_id="env_1")
        api.turns = [[asks_for(action)]]
        failed(ada.stream(create("Hi")), NOT_SET_UP, causes.AGENT_ENVIRONMENT)
        until(lambda: api.inputs("cancel"))


class TestAnotherVersion:
    def test_an_unknown_event(
        self, ada: Caller, api: AgentsApi, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Nothing is shown of it, and the log says it once."""
        events._told.clear()
        odd = {"type": "agent.session.turn.hologram\n", "event_id": "e1", "secret": "canary"}
        api.turns = [[raw(odd), raw(odd | {"event_id": "e2"}), raw([1]), raw(7), say("Hi.")]]
        caplog.set_level(logging.WARNING)
        found = ada.stream(create("Hi"))
        assert text_of(found) == "Hi."
        assert "canary" not in str(found) + caplog.text
        assert len([r for r in caplog.records if "hologram" in r.getMessage()]) == 1
        assert "\n" not in next(r.getMessage() for r in caplog.records if "holo" in r.getMessage())

    @pytest.mark.parametrize(
        "event",
        [
            {"type": "agent.session.turn.output_text.delta", "delta": 7, "item_id": None},
            {"type": "agent.session.turn.item.added", "item": None},
            {"type": "agent.session.turn.item.added", "item": {"type": "message", "id": []}},
            {"type": "agent.session.turn.item.done", "item": {"id": "x", "type": "hologram"}},
            {"type": "agent.session.requires_action", "session": {"required_actions": "no"}},
            {"type": "agent.session.turn.created", "turn": [], "turn_id": {}},
            {"type": None},
            {},
        ],
    )
    def test_known_events_of_another_shape(
        self, ada: Caller, api: AgentsApi, event: dict[str, Any]
    ) -> None:
        api.turns = [[raw(event), say("Hi.")]]
        assert text_of(ada.stream(create("Hi"))) == "Hi."

    def test_an_event_that_is_no_json(self, ada: Caller, api: AgentsApi) -> None:
        """The turn is read by its items instead."""
        api.turns = [[begin("Hello"), raw(b"data: {broken\n\n"), finish("", "Hello, you.")]]
        assert text_of(ada.stream(create("Hi"))) == "Hello, you."

    def test_an_unknown_required_action(self, ada: Caller, api: AgentsApi) -> None:
        session = {"required_actions": [{"type": "retina_scan"}], "status": "requires_action"}
        event = {"type": "agent.session.requires_action", "session": session}
        gate = threading.Event()
        api.turns = [[raw(event), wait(gate)]]
        found = ada.stream(create("Hi"))
        failed(found, "could not be read", causes.AGENT_VERSION)
        until(lambda: api.inputs("cancel"))

    def test_an_error_event(self, ada: Caller, api: AgentsApi) -> None:
        """What a turn does not say itself, an error before it may have said."""
        error = {"type": "error", "error": {"code": "server_overloaded", "message": "canary"}}
        api.turns = [[raw(error), fail("")]]
        failed(ada.stream(create("Hi")), "busy", causes.RATE)


def test_an_empty_answer(ada: Caller, api: AgentsApi) -> None:
    api.turns = [[mcp("a", "b")]]
    found = ada.stream(create("Hi"))
    assert "empty answer" in found[-1]["message"]
