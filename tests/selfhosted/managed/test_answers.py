"""An agent's turns as ChatKit items, in one session for each conversation."""

from __future__ import annotations

from typing import Any

from chatkit.models import AgentSession, Run, Thread, ThreadItem
from tests.selfhosted.protocol import Caller, add, ask, create, text_of, thread_id_of, types

from .stand_in import AGENT, AgentsApi, mcp, say, search, shows, think


def items(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The complete items of this type."""
    done = (event["item"] for event in found if event["type"] == "thread.item.done")
    return [item for item in done if item["type"] == kind]


def test_a_question_and_its_answer(ada: Caller, api: AgentsApi) -> None:
    api.turns = [[say("Hello, Ada. How are you?")]]
    found = ada.stream(create("Hi"))
    assert text_of(found) == "Hello, Ada. How are you?"
    (message,) = items(found, "assistant_message")
    assert message["content"][0]["text"] == "Hello, Ada. How are you?"
    assert "error" not in types(found)
    run = Run.objects.get()
    assert (run.status, run.outcome, run.model) == ("completed", "answered", "gpt-6-mini")
    assert (run.tokens_in, run.tokens_cached, run.tokens_out) == (1000, 400, 200)
    (session,) = api.sessions.values()
    assert session.body["agent_id"] == AGENT
    row = AgentSession.objects.get()
    assert (row.pk, row.thread_id) == (session.id, thread_id_of(found))
    # Its id is no client's business.
    assert session.id not in str(found)
    whole = ada.json(ask("threads.get_by_id", thread_id=row.thread_id))
    assert session.id not in str(whole)


def test_a_conversation_is_one_session(ada: Caller, api: AgentsApi) -> None:
    api.turns = [[say("One.")], [say("Two.")]]
    thread = thread_id_of(ada.stream(create("First")))
    assert text_of(ada.stream(add(thread, "Second"))) == "Two."
    assert len(api.sessions) == 1
    first, second = api.told()
    assert "First" in first
    assert "user's name" in first
    assert second == "Second"


def test_steps(ada: Caller, api: AgentsApi) -> None:
    api.turns = [
        [
            think("**Looking it up**\n\nI should look it up on the web."),
            search("weather in Lima"),
            search("", url="https://weather.example/lima?x=1"),
            mcp("calendar", "list_events"),
            shows("command_execution", command="ls", cwd=None, exit_code=0, output="x"),
            shows("create_subagent_call", agent_id="a", content=[]),
            say("It is sunny."),
        ]
    ]
    found = ada.stream(create("Weather?"))
    (workflow,) = items(found, "workflow")
    tasks = workflow["workflow"]["tasks"]
    assert [task["type"] for task in tasks] == [
        "thought", "web_search", "web_search", "custom", "custom", "custom",
    ]  # fmt: skip
    assert tasks[0]["content"] == "I should look it up on the web."
    assert tasks[0]["title"] == "Looking it up"
    assert tasks[1]["queries"] == ["weather in Lima"]
    assert tasks[2]["sources"][0]["title"] == "weather.example"
    assert tasks[3]["title"] == "calendar: List events"
    assert {task["status_indicator"] for task in tasks[1:]} == {"complete"}
    # In the order in which they came, and kept so.
    kinds = [row.type for row in ThreadItem.objects.order_by("sequence")]
    assert kinds == ["user_message", "workflow", "assistant_message"]
    # What was shown while it came adds up to what is kept.
    begun = [event["item"]["type"] for event in found if event["type"] == "thread.item.added"]
    assert begun.count("workflow") == 1


def test_hostile_words(ada: Caller, api: AgentsApi) -> None:
    evil = "<img src=x onerror=alert(1)>\x00"
    api.turns = [
        [
            mcp(evil, evil * 50),
            search("", url="javascript:alert(1)"),
            search("", url="https://[bad"),
            say(f"{evil} [x](javascript:alert(1))"),
        ]
    ]
    found = ada.stream(create("Go"))
    (workflow,) = items(found, "workflow")
    first, *rest = workflow["workflow"]["tasks"]
    assert len(first["title"]) <= 200
    assert all(not task["sources"] for task in rest)
    assert "\x00" not in str(list(ThreadItem.objects.values_list("payload", flat=True)))


def test_a_question_that_is_asked_again(ada: Caller, api: AgentsApi) -> None:
    """The first session has heard it: a new one is told what stands in the conversation."""
    api.turns = [[say("One.")], [say("Two.")], [say("Two again.")]]
    thread = thread_id_of(ada.stream(create("First")))
    ada.stream(add(thread, "Second"))
    question = ThreadItem.objects.filter(type="user_message").latest("sequence").item_id
    found = ada.stream(ask("threads.retry_after_item", thread_id=thread, item_id=question))
    assert text_of(found) == "Two again."
    told = api.told()[-1]
    assert "User: First" in told
    assert "Assistant: One." in told
    assert "Two." not in told
    assert told.endswith("Second")
    from chatkit.attachments.later import finish

    assert finish()
    assert len(api.sessions) == len(api.deleted) == 1
    assert AgentSession.objects.get().pk in api.sessions


def test_another_agent_now(ada: Caller, api: AgentsApi, use: Any) -> None:
    api.turns = [[say("One.")], [say("Two.")]]
    thread = thread_id_of(ada.stream(create("First")))
    AgentSession.objects.update(agent_id="agent_of_before")
    assert text_of(ada.stream(add(thread, "Second"))) == "Two."
    assert "Assistant: One." in api.told()[-1]


def test_titles_and_lists(ada: Caller, api: AgentsApi) -> None:
    api.turns = [[say("One.")]]
    ada.stream(create("First question"))
    assert Thread.objects.get().title == "First question"
