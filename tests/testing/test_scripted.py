"""An assistant that answers from a script, as a host's own tests use it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from chatkit.testing import (
    Chat,
    ChatTestMixin,
    ClientTool,
    Effect,
    Fail,
    Hold,
    Outcome,
    Progress,
    Script,
    ScriptError,
    Source,
    Wait,
    Widget,
    ask,
    scripted,
)
from chatkit.testing.script import current

CARD = {
    "type": "Card",
    "children": [{"type": "Text", "value": "Order 12"}],
    "confirm": {"label": "Cancel it", "action": {"type": "cancel", "payload": {"id": 12}}},
}


class ScriptedTest(ChatTestMixin, TestCase):
    def setUp(self) -> None:
        cache.clear()
        self.user = get_user_model().objects.create_user("grace")
        self.client.force_login(self.user)
        self.script = self.enterContext(scripted())

    def test_a_message_that_comes_at_once(self) -> None:
        """As of the `respond` that docs/howto/assistant.md begins with."""
        from chatkit.types import (
            AssistantMessageContent,
            AssistantMessageItem,
            ThreadItemDoneEvent,
        )

        message = AssistantMessageItem(
            id="msg_1",
            thread_id="thr_1",
            created_at=timezone.now(),
            content=[AssistantMessageContent(text="Within 30 days.")],
        )
        self.script.answer("Hello. ", ThreadItemDoneEvent(item=message))
        assert ask(self.client, "How long?").text == "Hello. Within 30 days."

    def test_texts_and_sources(self) -> None:
        self.script.answer(
            Progress("Looking …"),
            "Within ",
            "30 days",
            Source("Returns", url="/help/returns"),
            Wait(0),
            ".",
            Source("Terms", filename="terms.pdf"),
        )
        reply = ask(self.client, "How long?")
        assert (reply.text, reply.errors) == ("Within 30 days.", [])
        assert [source["title"] for source in reply.sources] == ["Returns", "Terms"]
        (item,) = reply.items
        assert [annotation["index"] for annotation in item["content"][0]["annotations"]] == [14, 15]
        assert reply.of_type("progress_update")[0]["text"] == "Looking …"
        assert self.script.asked == ["How long?"]
        thread = self.user.chatkit_threads.get()
        assert thread.items.count() == 2

    def test_a_user_instead_of_a_client(self) -> None:
        self.script.answer("Hello.")
        assert ask(self.user, "Hello?").text == "Hello."

    def test_widgets_and_actions(self) -> None:
        self.script.answer("Sure?", Widget(CARD, copy_text="Order 12")).on_action("cancel", "Gone.")
        chat = Chat(self.client)
        reply = chat.ask("Cancel my order")
        assert [item["type"] for item in reply.items] == ["assistant_message", "widget"]
        (card,) = reply.widgets
        assert card["copy_text"] == "Order 12"
        assert chat.press(card, "confirm").text == "Gone."
        other = chat.act(card, {"type": "other", "payload": {}})
        assert "says nothing of the action 'other'" in other.error

    def test_a_tool_of_the_page(self) -> None:
        self.script.answer(ClientTool("basket", {"page": 2})).answer("Three things.")
        chat = Chat(self.client)
        (call,) = chat.ask("What is in my basket?").tool_calls
        assert (call["name"], call["arguments"]) == ("basket", {"page": 2})
        assert chat.return_output({"things": 3}).text == "Three things."
        assert self.script.asked == ["What is in my basket?", ""]

    def test_effects(self) -> None:
        self.script.answer(Effect("highlight", {"id": 1}), "There.")
        reply = ask(self.client, "Where?")
        assert reply.of_type("client_effect")[0]["data"] == {"id": 1}
        assert reply.text == "There."

    def test_failures(self) -> None:
        self.script.answer("So ", "far", Fail("We are closed.")).answer(Fail()).answer("Again.")
        chat = Chat(self.client)
        reply = chat.ask("One?")
        assert (reply.text, reply.error) == ("So far", "We are closed.")
        assert chat.ask("Two?").error
        assert chat.ask("Three?").text == "Again."

    def test_answers_by_what_is_asked(self) -> None:
        self.script.on("RETURN", "30 days.").answer("In turn.")
        said = [ask(self.client, text).text for text in ("A return?", "Else?", "Returning?")]
        assert said == ["30 days.", "In turn.", "30 days."]

    def test_what_became_of_the_question(self) -> None:
        searched = [{"query": "moon"}]
        self.script.answer("Yes.").answer("I don’t know.", Outcome("not_found", searched=searched))
        self.script.answer(Outcome("lost"), "Hm.")
        chat = Chat(self.client)
        for question in ("Is it?", "Why?"):
            assert chat.ask(question).error == ""
        assert "outcome must be one of" in chat.ask("And?").error
        runs = self.user.chatkit_runs.order_by("created_at").values_list("outcome", "searched")
        assert list(runs) == [("answered", []), ("not_found", searched), ("failed", [])]

    def test_where_the_script_ends(self) -> None:
        reply = ask(self.client, "More?")
        assert "no answer left to 'More?'" in reply.error

    def test_nobody_lets_it_go_on(self) -> None:
        self.script.answer(Hold(0.01), "Never.")
        assert "nobody called" in ask(self.client, "When?").error


class HeldTest(ChatTestMixin, TransactionTestCase):
    def test_an_answer_that_is_held(self) -> None:
        cache.clear()
        self.client.force_login(get_user_model().objects.create_user("grace"))
        with scripted(["One ", Hold(), "two."]) as script:
            chat = Chat(self.client)
            script.go()
            assert chat.ask("Count").text == "One two."


@pytest.mark.django_db
def test_the_fixture(chatkit_chat: Chat, chatkit_script: Script, user: Any) -> None:
    chatkit_chat.client.force_login(user)
    chatkit_script.answer("Yes.")
    assert chatkit_chat.ask("Is it?").text == "Yes."
    assert chatkit_script.left == 0


@pytest.mark.django_db
def test_one_workflow_of_several(settings: Any, user: Any) -> None:
    other = "tests.selfhosted.servers.ScriptedServer"
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"one": other, "two": "openai"}}
    with scripted("From the script.", workflow_id="two"):
        assert ask(user, "say 1", "one").text == "1 "
        assert ask(user, "say 1", "two").text == "From the script."
    assert settings.CHATKIT["WORKFLOWS"]["two"] == "openai"


def test_nothing_follows_what_ends_an_answer() -> None:
    with pytest.raises(ValueError, match="ClientTool ends an answer"):
        Script([ClientTool("basket"), "Done."])
    with pytest.raises(ScriptError, match="No script is being played"):
        current()
