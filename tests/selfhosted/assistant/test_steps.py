"""What tools are at and what came of it, as people read it: live, stored, not told to the model."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit import toolbox
from chatkit.models import ThreadItem
from mseller.customers.models import Customer
from tests.selfhosted.protocol import Caller, add, create, thread_id_of

from .model_server import Model, chat, chat_call
from .test_tools import acme, allow, clerk  # noqa: F401


def lines(found: list[Any]) -> list[tuple[str, str]]:
    """What the steps say, in order, and how far they are."""
    tasks = []
    for event in found:
        item = event.get("item") or {}
        if event["type"] == "thread.item.added" and item["type"] == "workflow":
            tasks += item["workflow"]["tasks"]
        elif event.get("update", {}).get("type", "").startswith("workflow.task"):
            tasks.append(event["update"]["task"])
    return [(task["title"], task["status_indicator"]) for task in tasks]


def stored(found: list[Any]) -> dict[str, Any]:
    payload = ThreadItem.objects.get(thread_id=thread_id_of(found), type="workflow").payload
    return dict(payload["workflow"])


def test_before_and_after(clerk: Caller, scripted_model: Model, acme: Customer) -> None:  # noqa: F811
    scripted_model.answers = [chat_call("find_customers", {"name": "acm"}), chat("Found.")]
    found = clerk.stream(create("Who is Acme?"))
    before, after = (
        ("Looking up customers…", "loading"),
        ("Searched customers · 1 found", "complete"),
    )
    assert lines(found) in ([before, after], [after, after])  # the item is told as it is by now
    assert stored(found)["summary"] == {"title": "Searched customers · 1 found", "icon": "search"}
    kinds = [*ThreadItem.objects.order_by("sequence").values_list("type", flat=True)]
    assert kinds == ["user_message", "workflow", "assistant_message"]
    scripted_model.answers = [chat("Yes.")]
    clerk.stream(add(thread_id_of(found), "Sure?"))
    assert "Searched customers" not in str(scripted_model.bodies[-1]["messages"])


def test_in_the_language_of_the_person(clerk: Caller, scripted_model: Model) -> None:  # noqa: F811
    scripted_model.answers = [chat_call("find_customers", {"name": "acm"}), chat("Nada.")]
    found = clerk.stream(create("¿Quién es Acme?"), **{"Accept-Language": "es"})
    assert stored(found)["summary"]["title"] == "Clientes consultados · nada encontrado"


@pytest.mark.usefixtures("own_registry")
class TestOwnTools:
    def test_a_tool_tells_what_it_is_at(self, chat_ada: Caller, scripted_model: Model) -> None:
        @toolbox.tool(title="Read orders")
        def read_orders(ctx: toolbox.ToolContext) -> str:
            """Read the orders."""
            ctx.progress("Reading order 7…")
            ctx.result("12 orders")
            return "seven"

        scripted_model.answers = [chat_call("read_orders", {}), chat("Seven.")]
        found = chat_ada.stream(create("Orders?"))
        assert ("Reading order 7…", "loading") in lines(found)
        assert lines(found)[-1] == ("Read orders · 12 orders", "complete")

    def test_one_that_fails_and_another(self, chat_ada: Caller, scripted_model: Model) -> None:
        @toolbox.tool(done="Canary")
        def break_down(ctx: toolbox.ToolContext) -> str:
            """Fail."""
            raise ValueError("canary")

        scripted_model.answers = [
            chat_call("break_down", {}),
            chat_call("search_articles", {"question": "zebra"}, "call_2"),
            chat("No."),
        ]
        found = chat_ada.stream(create("Well?"))
        summary = stored(found)["summary"]["title"]
        assert summary == "Break down · did not work, and 1 more step"
        assert stored(found)["tasks"][1]["title"] == "Searched the help articles · nothing found"
        assert "anary" not in str(found)
