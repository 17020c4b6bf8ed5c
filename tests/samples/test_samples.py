"""The samples by the protocol: what they say, what they keep, and what their model is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ..selfhosted.assistant.model_server import Model, chat, chat_call, chat_whole
from ..selfhosted.attachments.conftest import folder, send  # noqa: F401
from ..selfhosted.protocol import Caller, add, ask, create, message, text_of, thread_id_of

CallerOf = Callable[..., Caller]


def effects(events: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(event["name"], event["data"]) for event in events if event["type"] == "client_effect"]


def done(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [
        event["item"]
        for event in events
        if event["type"] == "thread.item.done" and event["item"]["type"] == kind
    ]


def thread(caller: Caller, thread_id: str) -> dict[str, Any]:
    """The conversation as a page has it after a reload."""
    found: dict[str, Any] = caller.json(ask("threads.get_by_id", thread_id=thread_id))
    return found


def kept(caller: Caller, thread_id: str, kind: str) -> list[dict[str, Any]]:
    items = thread(caller, thread_id)["items"]["data"]
    return [item for item in items if item["type"] == kind]


def press(caller: Caller, thread_id: str, item: dict[str, Any], action: Any) -> list[Any]:
    action = {"type": action["type"], "payload": action["payload"]}
    return caller.stream(
        ask("threads.custom_action", thread_id=thread_id, item_id=item["id"], action=action)
    )


def told(model: Model) -> str:
    """All that the model was told last."""
    return json.dumps(model.bodies[-1]["messages"], ensure_ascii=False)


class TestCatLounge:
    @pytest.fixture
    def ada(self, caller_of: CallerOf) -> Caller:
        return caller_of("cat_lounge.CatServer")

    def test_fed_and_the_page_is_told(self, ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat_call("feed_cat", {"meal": "tuna"}), chat("Yum.")]
        events = ada.stream(create("Feed the cat"))
        cat = {"name": "Nobody yet", "energy": 7}
        assert effects(events) == [("update_cat_status", {"cat": cat})]
        assert text_of(events) == "Yum."
        thread_id = thread_id_of(events)
        assert "FED" not in json.dumps(thread(ada, thread_id))
        ada.stream(add(thread_id, "And now?"))
        assert "<FED>tuna</FED>" in told(scripted_model)
        # The model names no message; each has its own place.
        assert len(kept(ada, thread_id, "assistant_message")) == 2

    def test_named_once_in_a_widget(self, ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat_call("suggest_names", {"names": ["Miso", "Pixel"]})]
        events = ada.stream(create("Name it"))
        thread_id = thread_id_of(events)
        (widget,) = done(events, "widget")
        action = widget["widget"]["children"][0]["onClickAction"]
        pressed = press(ada, thread_id, widget, action)
        assert effects(pressed) == [("update_cat_status", {"cat": {"name": "Miso", "energy": 4}})]
        assert done(pressed, "assistant_message")[0]["content"][0]["text"] == "Miso purrs."
        found = thread(ada, thread_id)
        assert found["title"] == "The lounge of Miso"
        (after,) = kept(ada, thread_id, "widget")
        assert "✓ Miso" in json.dumps(after, ensure_ascii=False)
        assert "onClickAction" not in json.dumps(after)
        # A tab that has not seen it presses the other name.
        late = press(ada, thread_id, widget, widget["widget"]["children"][1]["onClickAction"])
        assert effects(late) == []
        assert "has a name already" in json.dumps(late)
        scripted_model.answers = [chat_call("show_profile", {})]
        (card,) = done(ada.stream(add(thread_id, "Its card")), "widget")
        assert card["widget"]["children"][0]["value"] == "Miso"
        assert "<NAMED>Miso</NAMED>" in told(scripted_model)


class TestCustomerSupport:
    @pytest.fixture
    def ada(self, caller_of: CallerOf, folder: Any) -> Caller:  # noqa: F811
        return caller_of("customer_support.SupportServer")

    @staticmethod
    def says(model: Model, *answers: Any) -> None:
        """The title where no stream is asked for, else these in order."""
        left = list(answers)

        def answer(body: dict[str, Any]) -> Any:
            return left.pop(0) if body.get("stream") else chat_whole("A seat by the aisle.")

        model.answers = [answer]

    def test_a_file_a_seat_and_a_title(self, ada: Caller, scripted_model: Model) -> None:
        self.says(scripted_model, chat_call("change_seat", {"seat": "3A"}), chat("Done."))
        file = send(ada, b"Passport of Ada", "pass.txt").json()
        events = ada.stream(create("Seat 3A please", attachments=[file["id"]]))
        assert effects(events) == [
            ("customer_profile/update", {"profile": {"seat": "3A", "meal": ""}})
        ]
        assert "pass.txt: Passport of Ada" in told(scripted_model)
        found = thread(ada, thread_id_of(events))
        assert found["title"] == "A seat by the aisle"
        (question,) = kept(ada, found["id"], "user_message")
        assert question["attachments"][0]["name"] == "pass.txt"

    def test_a_tool_that_refuses(self, ada: Caller, scripted_model: Model) -> None:
        self.says(scripted_model, chat_call("change_seat", {"seat": "?"}), chat("No such seat."))
        events = ada.stream(create("Seat ?"))
        assert (effects(events), text_of(events)) == ([], "No such seat.")
        assert "An error occurred while running the tool" in told(scripted_model)

    def test_a_meal_in_a_widget(self, ada: Caller, scripted_model: Model) -> None:
        self.says(scripted_model, chat_call("ask_for_meal", {}), chat("Enjoy."))
        events = ada.stream(create("A meal"))
        thread_id = thread_id_of(events)
        (widget,) = done(events, "widget")
        pressed = press(ada, thread_id, widget, widget["widget"]["children"][1]["onClickAction"])
        assert effects(pressed)[0][1]["profile"]["meal"] == "Vegetarian"
        (after,) = kept(ada, thread_id, "widget")
        assert after["id"] == widget["id"]
        assert after["widget"]["children"][0]["value"] == "Meal: Vegetarian"
        ada.stream(add(thread_id, "Thanks"))
        assert "<MEAL>Vegetarian</MEAL>" in told(scripted_model)


class TestMetroMap:
    @pytest.fixture
    def ada(self, caller_of: CallerOf) -> Caller:
        return caller_of("metro_map.MetroServer")

    def test_the_page_answers_a_tool(self, ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat_call("selected_stations", {}), chat("Harbour it is.")]
        events = ada.stream(create("What have I selected?"))
        thread_id = thread_id_of(events)
        (call,) = done(events, "client_tool_call")
        assert (call["name"], call["status"]) == ("selected_stations", "pending")
        assert thread(ada, thread_id)["title"] == "Metro planner"
        more = ada.stream(
            ask("threads.add_client_tool_output", thread_id=thread_id, result=["harbour"])
        )
        assert text_of(more) == "Harbour it is."
        assert '[\\"harbour\\"]' in told(scripted_model)

    def test_a_station_by_its_tag(self, ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat_call("get_map", {}), chat("Two lines.")]
        tags: list[dict[str, Any]] = [
            {"type": "input_tag", "id": id, "text": id.title(), "data": {}, "interactive": True}
            for id in ("museum", "moon")
        ]
        content = [{"type": "input_text", "text": "Which lines? "}, *tags]
        events = ada.stream(ask("threads.create", input=message("") | {"content": content}))
        assert "<STATION>Museum, lines: red, blue</STATION>" in told(scripted_model)
        assert "<STATION>Moon, not found</STATION>" in told(scripted_model)
        progress = [event for event in events if event["type"] == "progress_update"]
        assert [event["text"] for event in progress] == ["Unfolding the map…"]
        (question,) = kept(ada, thread_id_of(events), "user_message")
        assert [part.get("id") for part in question["content"]] == [None, "museum", "moon"]

    def test_a_line_then_a_station(self, ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat_call("choose_line", {})]
        events = ada.stream(create("A new station"))
        thread_id = thread_id_of(events)
        (widget,) = done(events, "widget")
        pressed = press(ada, thread_id, widget, widget["widget"]["children"][1]["onClickAction"])
        assert effects(pressed) == [("location_select_mode", {"line": "blue"})]
        (after,) = kept(ada, thread_id, "widget")
        assert "onClickAction" not in json.dumps(after)
        call = chat_call("add_station", {"name": "Lake", "line": "blue"})
        scripted_model.answers = [call, chat("A lake at last.")]
        events = ada.stream(add(thread_id, "Lake, at the end"))
        assert effects(events) == [("add_station", {"station": "Lake", "line": "blue"})]
        assert "<LINE>blue</LINE>" in told(scripted_model)


class TestNewsGuide:
    @pytest.fixture
    def ada(self, caller_of: CallerOf) -> Caller:
        return caller_of("news_guide.NewsServer", CONTEXT_HEADERS=["X-Article-Id"])

    def test_the_open_page_by_a_header(self, ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat_call("current_page", {}), chat("It opens again.")]
        ada.stream(create("What is this page?"), **{"X-Article-Id": "bridge"})
        assert "The old bridge opens again" in told(scripted_model)

    def test_a_search_is_a_workflow(self, ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat_call("search_articles", {"words": "river"}), chat("Two.")]
        tag = {"type": "input_tag", "id": "mei", "text": "Mei", "data": {"type": "author"}}
        content = [{"type": "input_text", "text": "News by "}, tag | {"interactive": False}]
        events = ada.stream(ask("threads.create", input=message("") | {"content": content}))
        assert "<AUTHOR>mei</AUTHOR>" in told(scripted_model)
        (workflow,) = kept(ada, thread_id_of(events), "workflow")
        assert workflow["workflow"]["summary"]["title"] == "Archive searched"
        assert workflow["workflow"]["tasks"][0]["queries"] == ["river"]

    def test_a_tool_of_the_composer_chooses_the_agent(
        self, ada: Caller, scripted_model: Model
    ) -> None:
        scripted_model.answers = [chat_call("show_events", {})]
        options = {"tool_choice": {"id": "event_finder"}}
        events = ada.stream(create("What is on?", inference_options=options))
        names = {tool["function"]["name"] for tool in scripted_model.bodies[0]["tools"]}
        assert names == {"show_events"}
        thread_id = thread_id_of(events)
        (widget,) = done(events, "widget")
        for row, words in enumerate(("At eight, by the mill.", "Noon.")):
            press(ada, thread_id, widget, widget["widget"]["children"][row]["onClickAction"])
            (after,) = kept(ada, thread_id, "widget")
            assert after["widget"]["children"][row]["children"][1]["value"] == words

    def test_the_page_opens_an_article_and_says_so(
        self, ada: Caller, scripted_model: Model
    ) -> None:
        scripted_model.answers = [chat_call("show_articles", {})]
        events = ada.stream(create("News"))
        (widget,) = done(events, "widget")
        action = widget["widget"]["children"][0]["onClickAction"]
        assert action["handler"] == "client"
        more = press(ada, thread_id_of(events), widget, action)
        assert "Any questions about" in json.dumps(more)
