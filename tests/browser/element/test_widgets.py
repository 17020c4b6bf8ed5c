"""Widgets: every component, what its actions do, how it streams."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from chatkit.widgets import WidgetTemplate

from .events import Pause, done, says, update
from .states import card, form, list_view
from .test_items import added, answer

pytestmark = pytest.mark.browser


def test_a_card_confirms_and_is_busy_meanwhile(chat):
    action = {"type": "refund", "payload": {"order": 7}}
    answer(chat, done("widget", "w1", widget={**card(action), "collapsed": True}))
    body = chat.element.get_by_text("Refund of 49.00")
    expect(body).to_be_visible()  # it is folded when it is decided
    chat.standin.reply = lambda asked: [Pause(), *says("Refunded.")]
    chat.button("Refund").click()
    given = chat.asked("threads.custom_action").params
    assert (given["item_id"], given["action"]) == ("w1", action)
    expect(chat.element.locator(".widget")).to_have_attribute("aria-busy", "true")
    chat.standin.go()
    expect(chat.answers).to_contain_text("Refunded.")
    expect(chat.element.locator(".widget")).to_have_attribute("aria-busy", "false")
    expect(body).to_have_count(0)


def test_a_confirmed_card_is_confirmed_after_a_reload(chat):
    item = done("widget", "w1", widget={**card({"type": "refund"}), "collapsed": True})["item"]
    thread = chat.standin.add_thread([item], "Refund")
    chat.call("setThreadId", thread)
    chat.standin.reply = lambda asked: says("Refunded.")
    chat.button("Refund").click()
    expect(chat.answers).to_contain_text("Refunded.")
    body = chat.element.get_by_text("Refund of 49.00")
    expect(body).to_have_count(0)
    chat.page.reload()
    chat.page.evaluate("window.ready")
    chat.call("setThreadId", thread)
    expect(chat.element.locator(".card")).to_be_visible()
    expect(body).to_have_count(0)


BEHAVIOURS = [
    # What is pressed, its `loadingBehavior`, and what shows that its action is under way.
    ("button", None, "self"),
    ("button", "auto", "self"),
    ("button", "self", "self"),
    ("button", "container", "container"),
    ("button", "none", "none"),
    ("select", "auto", "none"),
    ("select", "self", "self"),
    ("checkbox", "container", "container"),
    ("confirm", "auto", "container"),
    ("confirm", "self", "self"),
    ("confirm", "none", "none"),
    ("form", "auto", "container"),
    ("form", "self", "self"),
]


def test_each_loading_behaviour_of_each_control(chat):
    def widget(kind, behaviour):
        action = {"type": f"{kind} {behaviour}"}
        if behaviour:
            action["loadingBehavior"] = behaviour
        options = [{"value": name, "label": name} for name in ("a", "b")]
        controls: dict[str, Any] = {
            "button": {"type": "Button", "label": "Do it", "onClickAction": action},
            "select": {"type": "Select", "name": "pick", "options": options},
            "checkbox": {"type": "Checkbox", "name": "check", "label": "Do it"},
            "form": {"type": "Button", "label": "Do it", "submit": True},
            "confirm": {"type": "Text", "value": "Sure?"},
        }
        node: Any = controls[kind]
        if kind in ("select", "checkbox"):
            node["onChangeAction"] = action
        if kind == "form":
            node = {"type": "Form", "onSubmitAction": action, "children": [node]}
        root: dict[str, Any] = {"type": "Card", "children": [node]}
        if kind == "confirm":
            root["confirm"] = {"label": "Do it", "action": action}
        return root

    items = [
        done("widget", f"w{at}", widget=widget(kind, behaviour))["item"]
        for at, (kind, behaviour, _shown) in enumerate(BEHAVIOURS)
    ]
    chat.call("setThreadId", chat.standin.add_thread(items, "Behaviours"))
    chat.standin.reply = lambda asked: [Pause(), *says("Done.")]
    for at, (kind, behaviour, shown) in enumerate(BEHAVIOURS):
        item = chat.element.locator(f"[data-id=w{at}]")
        if kind == "select":
            item.locator("select").select_option("b")
        elif kind == "checkbox":
            item.get_by_label("Do it").check()
        else:
            item.get_by_role("button", name="Do it").click()
        told = chat.asked("threads.custom_action", at + 1).params["action"]["type"]
        assert told == f"{kind} {behaviour}"
        whole = item.locator(".widget")
        expect(whole).to_have_attribute("aria-busy", "true" if shown == "container" else "false")
        own = item.locator(".widget [aria-busy=true], .widget [data-waits]")
        expect(own).to_have_count(1 if shown == "self" else 0)
        chat.standin.go()
        expect(chat.answers).to_have_count(at + 1)
        expect(own).to_have_count(0)
        expect(whole).to_have_attribute("aria-busy", "false")


def test_a_text_that_is_written_fades_in_and_a_transition_moves(chat):
    text = {"type": "Text", "id": "t", "value": "Hel", "streaming": True}
    holder = {
        "type": "Transition",
        "id": "h",
        "children": {"type": "Text", "id": "a", "value": "A"},
    }
    chat.standin.reply = lambda asked: [
        added("widget", "w1", widget={"type": "Card", "children": [text, holder]}),
        Pause(),
        update("w1", VALUE, component_id="t", delta="lo", done=False),
        Pause(),
        update("w1", VALUE, component_id="t", delta=" you", done=False),
        Pause(),
        update("w1", VALUE, component_id="t", delta="!", done=True),
        update(
            "w1",
            "widget.component.updated",
            component_id="h",
            component=holder | {"children": {"type": "Text", "id": "b", "value": "B " * 400}},
        ),
        Pause(),
    ]
    chat.page.emulate_media(reduced_motion="no-preference")
    chat.send("Go")
    pieces = chat.element.locator(".w-text .w-piece")
    for piece in ("Hel", "lo", " you"):
        expect(pieces.last).to_have_text(piece)
        if piece != " you":
            chat.standin.go()
    expect(pieces.last).to_have_css("animation-name", "w-show")
    expect(chat.element.locator(".w-text").first).to_have_text("Hello you")
    # What changes in a transition grows to its height, and fades in where it is another thing.
    chat.page.evaluate(
        "() => { const { animate } = Element.prototype; window.moved = [];"
        " Element.prototype.animate = function (frames, ...rest) {"
        "   moved.push(...Object.keys(frames)); return animate.call(this, frames, ...rest); }; }"
    )
    chat.standin.go()
    expect(chat.element.get_by_text("Hello you!")).to_be_visible()
    expect(pieces).to_have_count(0)
    expect(chat.element.locator(".w-transition")).to_contain_text("B B")
    assert set(chat.page.evaluate("moved")) == {"opacity", "translate", "height", "overflow"}
    chat.standin.go()


VALUE = "widget.streaming_text.value_delta"
TEMPLATE = """{"type": "Card", "children": [
  {%- for line in lines %}{"type": "Text", "value": {{ line | tojson }}},{% endfor -%}
  {"type": "Title", "value": {{ title | tojson }}}
]}"""


def test_a_widget_from_a_template_file(chat, tmp_path):
    file = tmp_path / "order.widget"
    file.write_text(json.dumps({"version": "1.0", "name": "order", "template": TEMPLATE}))
    values = {"title": 'The "big" <order>', "lines": ["One box", "Two bags"]}
    built = WidgetTemplate.from_file(str(file)).build(values)
    answer(chat, done("widget", "w1", widget=built.model_dump(exclude_none=True)))
    expect(chat.element.locator(".card .w-title")).to_have_text('The "big" <order>')
    expect(chat.element.locator(".card .w-text")).to_have_text(["One box", "Two bags"])


def test_what_draws_widgets_does_not_come_at_first(chat):
    chat.watch.expect("ERR_FAILED")
    chat.page.route("**/chunk-widgets-*", lambda route: route.abort())
    answer(chat, done("widget", "w1", widget=card({"type": "refund"})))
    expect(chat.element.locator(".notice")).to_contain_text("can't be reached")
    expect(chat.element.locator(".widget")).to_contain_text("Refund of 49.00")
    expect(chat.status).to_contain_text("can't be reached")
    chat.page.unroute("**/chunk-widgets-*")
    chat.button("Try again").click()
    expect(chat.button("Refund")).to_be_visible()
    expect(chat.element.locator(".notice")).to_have_count(0)


def test_a_question_whose_time_is_over_loses_its_buttons(open_chat):
    chat = open_chat()
    chat.page.clock.install()
    now = chat.page.evaluate("Date.now()") // 1000
    confirm = {"type": "chatkit.tool.confirm", "payload": {"call": "c", "expires_at": now + 60}}
    widgets = [card(confirm), card({**confirm, "payload": {"call": "d", "expires_at": now - 60}})]
    answer(chat, done("widget", "w1", widget=widgets[0]), done("widget", "w2", widget=widgets[1]))
    over = chat.element.get_by_text("This question has expired.")
    expect(over).to_have_count(1)
    expect(chat.button("Refund")).to_have_count(1)
    chat.page.clock.fast_forward(61_000)
    expect(over).to_have_count(2)
    expect(chat.button("Refund")).to_have_count(0)


def test_buttons_in_a_card_ask_the_next_question(chat):
    buttons = [
        {
            "type": "Button",
            "label": label,
            "onClickAction": {"type": "ask", "payload": {"q": label}},
        }
        for label in ("Add a customer", "Send an invoice")
    ]
    answer(chat, done("widget", "w1", widget={"type": "Card", "children": buttons}))
    chat.standin.reply = lambda asked: says(f"About {asked.params['action']['payload']['q']}.")
    chat.button("Send an invoice").click()
    expect(chat.answers).to_contain_text("About Send an invoice.")


def test_an_action_without_a_stream_changes_the_widget(chat):
    button = {
        "type": "Button",
        "label": "More",
        "onClickAction": {"type": "more", "streaming": False},
    }
    answer(chat, done("widget", "w1", widget={"type": "Basic", "children": [button]}))
    after = {"type": "Basic", "children": [{"type": "Text", "value": "There is no more."}]}
    chat.standin.sync_reply = lambda asked: {
        "updated_item": done("widget", "w1", widget=after)["item"]
    }
    chat.button("More").click()
    expect(chat.element.get_by_text("There is no more.")).to_be_visible()
    assert chat.asked("threads.sync_custom_action").params["item_id"] == "w1"


def test_an_action_for_the_page_stays_in_it(open_chat):
    chat = open_chat(
        "{widgets: {onAction: async (action, item) => {"
        " window.acted = [action, item.id, item.widget.type] }}}"
    )
    button = {
        "type": "Button",
        "label": "Open",
        "onClickAction": {"type": "open", "payload": {"id": 7}, "handler": "client"},
    }
    answer(chat, done("widget", "w1", widget={"type": "Card", "children": [button]}))
    chat.button("Open").click()
    chat.page.wait_for_timeout(50)
    assert chat.page.evaluate("acted") == [{"type": "open", "payload": {"id": 7}}, "w1", "Card"]
    assert chat.standin.requests("threads.custom_action") == []


def test_a_form_sends_its_values_once_they_are_allowed(chat):
    answer(
        chat, done("widget", "w1", widget=form({"type": "create", "payload": {"kind": "fixed"}}))
    )
    chat.button("Create").click()
    chat.page.wait_for_timeout(50)
    assert chat.standin.requests("threads.custom_action") == []
    chat.element.get_by_placeholder("Name of the customer").fill("Acme")
    chat.element.get_by_role("combobox", name="Country").select_option("mx")
    chat.element.get_by_label("Company").check()
    chat.element.get_by_label("Send news").check()
    chat.standin.reply = lambda asked: says("Created.")
    chat.button("Create").click()
    payload = chat.asked("threads.custom_action").params["action"]["payload"]
    assert payload == {
        "kind": "fixed",
        "name": "Acme",
        "country": "mx",
        "since": "",
        "note": "",
        "news": True,
    }
    assert chat.events("error")[0]["code"] == "form_name_taken"


def test_dotted_names_nest_and_prototypes_are_safe(chat):
    fields = [
        {"type": "Input", "name": name, "defaultValue": "x"}
        for name in ("todo.title", "__proto__.polluted")
    ]
    widget = {
        "type": "Card",
        "asForm": True,
        "children": fields,
        "confirm": {"label": "Go", "action": {"type": "go"}},
    }
    answer(chat, done("widget", "w1", widget=widget))
    chat.button("Go").click()
    assert chat.asked("threads.custom_action").params["action"]["payload"] == {
        "todo": {"title": "x"}
    }
    assert chat.page.evaluate("({}).polluted") is None


def test_a_list_view_shows_more_and_raises_actions(chat):
    answer(chat, done("widget", "w1", widget=list_view({"type": "open"})))
    items = chat.element.locator("button.list-item")
    expect(items).to_have_count(2)
    chat.button("Show 1 more").click()
    expect(items).to_have_count(3)
    items.nth(2).click()
    assert chat.asked("threads.custom_action").params["action"]["type"] == "open"


def test_a_widget_streams(chat):
    text = {"type": "Markdown", "id": "t", "value": "Hel", "streaming": True}
    root = {"type": "Card", "children": [text]}
    chat.standin.reply = lambda asked: [
        added("widget", "w1", widget=root),
        update(
            "w1",
            "widget.streaming_text.value_delta",
            component_id="t",
            delta="lo **you**",
            done=False,
        ),
        Pause(),
        update(
            "w1",
            "widget.component.updated",
            component_id="t",
            component={"type": "Text", "id": "t", "value": "Swapped"},
        ),
        Pause(),
        update(
            "w1",
            "widget.root.updated",
            widget={"type": "Card", "children": [{"type": "Title", "value": "New root"}]},
        ),
        done(
            "widget",
            "w1",
            widget={"type": "Card", "children": [{"type": "Title", "value": "New root"}]},
        ),
    ]
    chat.send("Go")
    expect(chat.element.locator(".card strong")).to_have_text("you")
    chat.standin.go()
    expect(chat.element.get_by_text("Swapped")).to_be_visible()
    chat.standin.go()
    expect(chat.element.get_by_text("New root")).to_be_visible()


def test_what_was_typed_in_a_widget_survives_its_update(chat):
    field = {"type": "Input", "name": "n", "placeholder": "Name"}
    chat.standin.reply = lambda asked: [
        added(
            "widget",
            "w1",
            widget={"type": "Card", "children": [field, {"type": "Text", "id": "t", "value": "a"}]},
        ),
        Pause(),
        update("w1", "widget.streaming_text.value_delta", component_id="t", delta="bc", done=True),
        Pause(),
    ]
    chat.send("Go")
    chat.element.get_by_placeholder("Name").fill("typed")
    chat.standin.go()
    expect(chat.element.get_by_text("abc")).to_be_visible()
    expect(chat.element.get_by_placeholder("Name")).to_have_value("typed")
    chat.standin.go()


def test_a_table_a_chart_and_an_unknown_component(chat):
    def cell(text):
        return {"type": "Table.Cell", "children": [{"type": "Text", "value": text}]}

    answer(
        chat,
        done(
            "widget",
            widget={
                "type": "Card",
                "children": [
                    {
                        "type": "Table",
                        "children": [
                            {
                                "type": "Table.Row",
                                "header": True,
                                "children": [cell("Plan"), cell("Price")],
                            },
                            {"type": "Table.Row", "children": [cell("Basic"), cell("19")]},
                        ],
                    },
                    {
                        "type": "Chart",
                        "xAxis": "month",
                        "series": [{"type": "bar", "dataKey": "sales", "label": "Sales"}],
                        "data": [{"month": "May", "sales": 1200}],
                    },
                    {"type": "Hologram", "children": [{"type": "Text", "value": "Seen anyway"}]},
                ],
            },
        ),
    )
    expect(chat.element.get_by_role("columnheader", name="Plan")).to_be_visible()
    expect(chat.element.get_by_role("img", name="Sales")).to_be_visible()
    chat.element.get_by_text("Table", exact=True).click()
    expect(chat.element.get_by_role("cell", name="1,200")).to_be_visible()
    expect(chat.element.get_by_text("Seen anyway")).to_be_visible()


OPEN = {"type": "open", "handler": "client"}
ITEM = {
    "type": "ListViewItem",
    "onClickAction": OPEN,
    "children": [{"type": "Text", "value": "Acme"}],
}
HEARD = "{widgets: {onAction: async ({type}) => { (window.heard ??= []).push(type) }}}"


@pytest.mark.parametrize(
    "root",
    [
        {"type": "Basic", "children": [ITEM]},
        {"type": "Card", "children": [{"type": "Box", "children": [ITEM]}]},
        {"type": "Card", "children": [{"type": "ListView", "children": [ITEM]}]},
        {"type": "Basic", "children": [{"type": "Card", "children": [ITEM]}]},
        ITEM,
    ],
)
def test_a_list_item_raises_its_action_wherever_it_is(open_chat, root):
    chat = open_chat(HEARD)
    answer(chat, done("widget", "w1", widget=root))
    chat.button("Acme").click()
    assert chat.page.evaluate("heard") == ["open"]


def test_roots_inside_others_do_what_they_do_alone(open_chat):
    chat = open_chat(HEARD)
    confirm = {"label": "Yes", "action": {"type": "confirm", "handler": "client"}}
    lists = {"type": "ListView", "limit": 1, "children": [ITEM, ITEM]}
    nested = {"type": "Card", "children": [lists], "confirm": confirm}
    answer(chat, done("widget", "w1", widget={"type": "Basic", "children": [nested, lists]}))
    expect(chat.button("Acme")).to_have_count(2)
    chat.button("Show 1 more").first.click()
    expect(chat.button("Acme")).to_have_count(3)
    chat.button("Yes").click()
    assert chat.page.evaluate("heard") == ["confirm"]


def test_a_control_in_a_clickable_row_raises_its_own_action_alone(open_chat):
    chat = open_chat(HEARD)
    buy = {"type": "Button", "label": "Buy", "onClickAction": {"type": "buy", "handler": "client"}}
    pick = {
        "type": "Checkbox",
        "name": "pick",
        "label": "Pick",
        "onChangeAction": {"type": "pick", "handler": "client"},
    }
    item = {**ITEM, "children": [*ITEM["children"], {"type": "Row", "children": [buy, pick]}]}
    answer(chat, done("widget", "w1", widget={"type": "ListView", "children": [item]}))
    chat.button("Buy").click()
    assert chat.page.evaluate("heard") == ["buy"]
    chat.button("Buy").press("Enter")
    assert chat.page.evaluate("heard") == ["buy", "buy"]
    chat.element.get_by_label("Pick").check()
    assert chat.page.evaluate("heard") == ["buy", "buy", "pick"]
    # The rest of the row is the row's.
    chat.element.get_by_text("Acme").click(force=True)
    assert chat.page.evaluate("heard.at(-1)") == "open"
    chat.button("Acme").press("Enter")
    assert chat.page.evaluate("heard.slice(3)") == ["open", "open"]
