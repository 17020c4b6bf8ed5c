"""What became of a question that a model answers."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from llmock.scenarios import Reply, ToolCall
from llmock.testing import LLMockServer

from chatkit.models import Run, ThreadItem
from chatkit.models import ToolCall as CallRow
from chatkit.toolbox import ToolContext, tool
from tests.selfhosted.protocol import Caller, create, text_of

from .model_server import Frames, Model, chat, chat_call, chunk

IN_VAIN = {"question": "Zyzzyva quux frobnicate"}
FOUND = {"question": "How do I create an order?"}


def search(arguments: dict[str, str]) -> Frames:
    return call("search_articles", arguments)


def report(outcome: str, text: str = "") -> Frames:
    return call("report_outcome", {"outcome": outcome}, text)


def call(name: str, arguments: Any, text: str = "") -> Frames:
    return chat_call(name, arguments, f"call_{uuid.uuid4().hex}", text)


def outcome_of(caller: Caller, model: Model, *answers: Frames) -> str:
    model.answers = list(answers)
    caller.stream(create("Why?"))
    run = Run.objects.get()
    assert (run.status, run.error) == ("completed", "")
    return run.outcome


class TestSearches:
    def test_nothing_found(self, chat_ada: Caller, scripted_model: Model) -> None:
        said = search(IN_VAIN), chat("I could not find that.")
        assert outcome_of(chat_ada, scripted_model, *said) == "not_found"
        run = Run.objects.get()
        assert run.searched == [{"query": IN_VAIN["question"], "language": "en"}]
        assert run.cited == []

    def test_found_and_cited(self, chat_ada: Caller, scripted_model: Model) -> None:
        said = search(FOUND), chat("Press **New** [1].")
        assert outcome_of(chat_ada, scripted_model, *said) == "answered"
        run = Run.objects.get()
        assert run.searched == [{"query": FOUND["question"], "language": "en"}]
        assert len(run.cited) == 1
        assert run.cited[0]["article"]
        assert run.cited[0]["language"] == "en"
        assert run.cited[0]["url"].startswith(f"/apps/chatkit/help/{run.cited[0]['article']}/")

    def test_code_is_cited_by_nobody(self, chat_ada: Caller, scripted_model: Model) -> None:
        said = chat("Use `sys.ar", "gv[1", "]`, or `", "a[1] = b[1][2]`", " [1].")
        scripted_model.answers = [search(FOUND), said]
        found = chat_ada.stream(create("Why?"))
        assert text_of(found) == "Use `sys.argv[1]`, or `a[1] = b[1][2]`."
        kept = ThreadItem.objects.get(type="assistant_message").payload["content"][0]
        assert kept["text"] == text_of(found)
        assert [one["index"] for one in kept["annotations"]] == [len(kept["text"]) - 1]

    def test_found_at_the_second_attempt(self, chat_ada: Caller, scripted_model: Model) -> None:
        said = search(IN_VAIN), search(FOUND), chat("Press **New**.")
        assert outcome_of(chat_ada, scripted_model, *said) == "answered"
        assert len(Run.objects.get().searched) == 2

    def test_without_a_search(self, chat_ada: Caller, scripted_model: Model) -> None:
        assert outcome_of(chat_ada, scripted_model, chat("Hello!")) == "answered"

    def test_another_tool_has_helped(
        self, own_registry: None, chat_ada: Caller, scripted_model: Model
    ) -> None:
        @tool
        def weather(ctx: ToolContext) -> str:
            """The weather."""
            return "Rain."

        said = search(IN_VAIN), call("weather", {}), chat("It rains.")
        assert outcome_of(chat_ada, scripted_model, *said) == "answered"

    def test_a_site_s_own_search(
        self, own_registry: None, chat_ada: Caller, scripted_model: Model
    ) -> None:
        """Of what is no help article, a record has the address alone: a title may be a name."""

        @tool
        def find_order(ctx: ToolContext, number: int) -> str:
            """Find an order."""
            ctx.searched(f"order {number}", found=True)
            return f"[{ctx.cite('Order of Ada Lovelace', '/orders/7/?q=lovelace#x')}]"

        said = call("find_order", {"number": 7}), chat("It is on its way [1].")
        assert outcome_of(chat_ada, scripted_model, *said) == "answered"
        run = Run.objects.get()
        assert run.searched == [{"query": "order 7"}]
        assert run.cited == [{"url": "/orders/7/"}]

    def test_a_search_that_failed_is_kept(
        self, own_registry: None, chat_ada: Caller, scripted_model: Model
    ) -> None:
        @tool
        def find_order(ctx: ToolContext) -> str:
            """Find an order."""
            ctx.searched("order", found=False)
            raise RuntimeError

        said = call("find_order", {}), chat("I can't tell.")
        assert outcome_of(chat_ada, scripted_model, *said) == "not_found"


class TestTheModelsWord:
    @pytest.mark.parametrize(
        "outcome", ["answered", "clarified", "not_found", "refused", "handed_over"]
    )
    def test_with_its_message(self, chat_ada: Caller, scripted_model: Model, outcome: str) -> None:
        """That is the end of the answer: the model is not asked again."""
        said = report(outcome, text="Which order?"), chat("Asked once more.")
        assert outcome_of(chat_ada, scripted_model, *said) == outcome
        assert len(scripted_model.bodies) == 1

    def test_it_is_seen_nowhere(self, chat_ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [report("clarified", text="Which order?")]
        found = chat_ada.stream(create("Cancel it"))
        assert text_of(found) == "Which order?"
        assert "report_outcome" not in json.dumps(found)
        kinds = list(ThreadItem.objects.values_list("type", flat=True))
        assert kinds == ["user_message", "assistant_message"]
        assert not CallRow.objects.exists()

    def test_before_its_message(self, ada: Caller, model: LLMockServer) -> None:
        handed = ToolCall("report_outcome", {"outcome": "handed_over"})
        model.state.scenarios.add(Reply("", (handed,)), Reply("A colleague will write."))
        assert text_of(ada.stream(create("A person, please"))) == "A colleague will write."
        assert Run.objects.get().outcome == "handed_over"

    def test_it_counts_more_than_the_search(self, chat_ada: Caller, scripted_model: Model) -> None:
        said = search(IN_VAIN), report("answered", text="The sky is blue.")
        assert outcome_of(chat_ada, scripted_model, *said) == "answered"

    def test_found_and_yet_no_answer(self, chat_ada: Caller, scripted_model: Model) -> None:
        said = search(FOUND), report("not_found", text="The articles do not say.")
        assert outcome_of(chat_ada, scripted_model, *said) == "not_found"

    def test_beside_another_tool(self, chat_ada: Caller, scripted_model: Model) -> None:
        """Then the answer goes on."""
        both = report("clarified", text="Let me look.")
        second = search(FOUND)[1]["choices"][0]["delta"]["tool_calls"][0]
        both.insert(2, chunk({"tool_calls": [second | {"index": 1}]}))
        assert outcome_of(chat_ada, scripted_model, both, chat("Press New.")) == "clarified"
        assert len(scripted_model.bodies) == 2

    @pytest.mark.parametrize(
        "arguments",
        [
            "",
            "{",
            "null",
            '"answered"',
            "{}",
            '{"outcome": "failed"}',
            '{"outcome": ["refused"]}',
            '{"outcome": {"refused": 1}}',
            '{"outcome": "' + "refused" * 2_000 + '"}',
            "[" * 900,
            '{"outcome": "refused"' + " " * 2_000 + "}",
        ],
    )
    def test_hostile_arguments(
        self, chat_ada: Caller, scripted_model: Model, arguments: str
    ) -> None:
        said = call("report_outcome", arguments, "Well."), chat("Here you are.")
        assert outcome_of(chat_ada, scripted_model, *said) == "answered"
        told = scripted_model.bodies[1]["messages"][-1]["content"]
        assert told.startswith("Not noted: outcome must be one of answered, ")

    def test_a_model_without_tools_is_sent_none(
        self, use: Any, chat_ada: Caller, scripted_model: Model
    ) -> None:
        use("tests.selfhosted.assistant.servers.PlainServer", OPENAI_BASE_URL=scripted_model.url)
        assert outcome_of(chat_ada, scripted_model, chat("Hello!")) == "answered"
        assert "tools" not in scripted_model.bodies[0]
