"""Controls of widgets: filled in, emptied, checked; and a reload loses nothing of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ..pages import wait_until
from .events import Pause, done
from .test_items import answer
from .widget_examples import EXAMPLES, card

pytestmark = pytest.mark.browser

GO = {"asForm": True, "confirm": {"label": "Go", "action": {"type": "go"}}}


def sent(chat):
    chat.button("Go").click()
    return chat.asked("threads.custom_action").params["action"]["payload"]


def test_what_was_filled_in_survives_a_reload(chat):
    secret = {"type": "Input", "name": "secret", "inputType": "password", "placeholder": "Secret"}
    form = EXAMPLES["form"]
    widgets = [{**form, "children": [*form["children"], secret]}, EXAMPLES["list"]]
    items = [done("widget", f"w{at}", widget=widget)["item"] for at, widget in enumerate(widgets)]
    thread = chat.standin.add_thread(items, "Form")
    chat.call("setThreadId", thread)
    chat.element.get_by_placeholder("Name of the customer").fill("Acme")
    chat.element.get_by_placeholder("Secret").fill("hush")
    chat.element.get_by_role("combobox", name="Country").select_option("es")
    chat.element.get_by_label("Customer since", exact=True).fill("2026-05-01")
    chat.element.get_by_label("Person").check()
    chat.element.get_by_label("Send news").uncheck()
    chat.button("Show 1 more").click()
    chat.page.reload()
    chat.page.evaluate("window.ready")
    chat.call("setThreadId", thread)
    expect(chat.element.get_by_placeholder("Name of the customer")).to_have_value("Acme")
    expect(chat.element.get_by_placeholder("Secret")).to_have_value("")
    expect(chat.element.get_by_role("combobox", name="Country")).to_have_value("es")
    expect(chat.element.get_by_label("Customer since", exact=True)).to_have_value("2026-05-01")
    expect(chat.element.get_by_label("Person")).to_be_checked()
    expect(chat.element.get_by_label("Send news")).not_to_be_checked()
    expect(chat.element.get_by_text("Initech")).to_be_visible()
    assert "hush" not in chat.page.evaluate("JSON.stringify(sessionStorage)")


def test_nothing_of_a_temporary_conversation_stays_in_the_browser(chat):
    items = [done("widget", "w", widget=EXAMPLES["form"])["item"]]
    for temporary in (False, True):
        fields = {"metadata": {"chatkit.temporary": True}} if temporary else {}
        chat.call("setThreadId", chat.standin.add_thread(items, "Form", **fields))
        words = "Hidden" if temporary else "Acme"
        chat.element.get_by_placeholder("Name of the customer").fill(words)
        kept = chat.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
        assert (words in kept) is not temporary


def test_what_was_typed_goes_with_its_conversation_in_each_tab(chat):
    items = [done("widget", "w", widget=EXAMPLES["form"])["item"]]
    thread = chat.standin.add_thread(items, "Form")
    other = chat.page.context.new_page()
    other.goto(chat.page.url)
    other.evaluate("window.ready")
    kept = "JSON.stringify({...sessionStorage, ...localStorage})"
    for page in (chat.page, other):
        page.evaluate("(id) => document.querySelector('openai-chatkit').setThreadId(id)", thread)
        field = page.locator("openai-chatkit").get_by_placeholder("Name of the customer")
        field.fill("Acme")
        assert "Acme" in page.evaluate(kept)
    chat.call("showHistory")
    chat.button("Delete “Form”").press("Enter")
    chat.button("Delete").click()
    expect(chat.status).to_contain_text("Chat deleted")
    for page in (chat.page, other):
        wait_until(page, f"!{kept}.includes('Acme')")
    other.close()


def test_a_long_list_is_searched_and_emptied(chat):
    options = [{"value": str(at), "label": f"Branch {at}"} for at in range(20)]
    field = {"type": "Select", "name": "branch", "defaultValue": "3", "clearable": True}
    answer(chat, done("widget", widget=card({**field, "options": options}, **GO)))
    chat.element.get_by_role("searchbox").fill("branch 17")
    chosen = chat.element.get_by_role("combobox", name="branch")
    assert chosen.locator("option:not([hidden])").all_text_contents() == ["Branch 3", "Branch 17"]
    chat.button("Remove branch").click()
    expect(chosen).to_have_value("")
    expect(chat.button("Remove branch")).to_have_count(0)
    assert sent(chat) == {"branch": ""}


def test_a_text_of_several_lines_grows_and_must_match(chat):
    field = {
        "type": "Textarea",
        "name": "code",
        "placeholder": "Code",
        "pattern": "[A-Z\\n]+",
        "autoResize": True,
        "maxRows": 4,
        "rows": 1,
    }
    answer(chat, done("widget", widget=card(field, **GO)))
    code = chat.element.get_by_placeholder("Code")
    before = code.bounding_box()["height"]
    code.fill("a\nb\nc")
    grown = code.bounding_box()["height"]
    assert grown > before
    code.fill("a\n" * 30)
    assert grown < code.bounding_box()["height"] < 3 * grown
    chat.button("Go").click()
    assert code.evaluate("node => node.validationMessage") != ""
    assert chat.standin.requests("threads.custom_action") == []
    code.fill("AB")
    assert sent(chat) == {"code": "AB"}


def test_a_field_takes_the_focus_and_a_size(chat):
    field = {
        "type": "Input",
        "name": "n",
        "defaultValue": "old",
        "size": "3xl",
        "variant": "soft",
        "autoFocus": True,
        "autoSelect": True,
        "gutterSize": "xl",
    }
    chat.call("focusComposer")
    answer(chat, done("widget", widget=card(field)))
    shown = chat.element.locator("[data-name=n]")
    expect(shown).to_be_focused()
    chat.page.keyboard.type("new")
    expect(shown).to_have_value("new")
    expect(shown).to_have_css("min-height", "52px")
    expect(shown).to_have_css("padding-inline-start", "16px")


def test_a_label_is_the_name_of_its_field(chat):
    kinds = [{"value": "c", "label": "Company"}, {"value": "p", "label": "Person"}]
    fields: list[tuple[dict[str, object], str]] = [
        ({"type": "Input", "placeholder": "Acme"}, "textbox"),
        ({"type": "Textarea", "placeholder": "In short"}, "textbox"),
        ({"type": "Select", "placeholder": "One of them", "options": kinds}, "combobox"),
        ({"type": "RadioGroup", "options": kinds}, "radiogroup"),
        ({"type": "Checkbox"}, "checkbox"),
    ]
    parts: list[dict[str, object]] = []
    for at, (field, _) in enumerate(fields):
        parts.append({"type": "Label", "value": f"Line {at}", "fieldName": f"a field {at}"})
        parts.append({**field, "name": f"a field {at}"})
    answer(chat, done("widget", widget=card(*parts, **GO)))
    for at, (_, role) in enumerate(fields):
        expect(chat.element.get_by_role(role, name=f"Line {at}", exact=True)).to_have_count(1)
    chat.element.get_by_text("Line 4", exact=True).click()
    expect(chat.element.get_by_role("checkbox")).to_be_checked()


def test_a_date_that_is_typed_raises_its_action_once_it_is_whole(chat):
    action = {"type": "day", "streaming": False}
    day = {"type": "DatePicker", "name": "day", "onChangeAction": action}
    form = {"type": "Form", "onSubmitAction": {"type": "go"}, "children": [day]}
    answer(chat, done("widget", "w", widget=card(form)))

    def told(count):
        chat.asked("threads.sync_custom_action", count)
        chat.page.wait_for_timeout(50)
        found = chat.standin.requests("threads.sync_custom_action")
        return [asked.params["action"]["payload"]["day"] for asked in found]

    field = chat.element.get_by_label("day")
    field.focus()
    chat.page.keyboard.type("05122026")
    expect(field).to_have_value("2026-05-12")
    assert not chat.standin.requests("threads.sync_custom_action")
    chat.page.keyboard.press("Enter")
    assert told(1) == ["2026-05-12"]
    field.press("ArrowUp")
    field.press("ArrowUp")
    chat.input.focus()
    assert len(told(2)) == 2
    field.fill("2026-01-31")  # as where it is chosen in the calendar
    assert told(3)[2] == "2026-01-31"


def test_a_field_has_the_focus_again_once_its_action_is_through(chat):
    name = {"type": "Input", "name": "name"}
    form = {"type": "Form", "onSubmitAction": {"type": "go"}, "children": [name]}
    answer(chat, done("widget", "w", widget=card(form)))
    field = chat.element.get_by_label("name")
    field.fill("Acme")
    field.press("Enter")
    chat.wait("response.end", 2)
    expect(field).to_be_focused()
    chat.standin.reply = lambda asked: [Pause()]
    field.press("Enter")
    expect(field).to_be_disabled()
    chat.input.focus()
    chat.standin.go()
    chat.wait("response.end", 3)
    expect(field).to_be_enabled()
    expect(chat.input).to_be_focused()
