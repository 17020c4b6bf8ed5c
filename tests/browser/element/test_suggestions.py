"""The menus of "/" and "@": commands, templates, and what can be named in a message."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import done

pytestmark = pytest.mark.browser

OPTIONS = """{
  entities: {
    showComposerMenu: true,
    onTagSearch: async (query) => {
      (window.searched ??= []).push(query);
      if (query === "fail") throw new Error("no");
      return PEOPLE.filter((one) => one.title.toLowerCase().includes(query.toLowerCase()));
    },
    onClick: (entity) => { window.clicked = entity },
    onRequestPreview: async (entity) => ({
      preview: {type: "Basic", children: [{type: "Title", value: "About " + entity.title}]},
    }),
  },
  commands: {
    enabled: true,
    onSearch: async (query) => [
      {id: "order", label: "Order", description: "Choose one", icon: "cube", group: "Shop"},
      {id: "shout", label: "Shout"}, {id: "me", label: "Name me"}, {id: "bad", label: "Break"},
    ].filter(({label}) => label.toLowerCase().includes(query.toLowerCase())),
    onSelect: async ({id}) => {
      (window.selected ??= []).push(id);
      if (id === "bad") throw new Error("no");
      if (id === "order") return {type: "menu", commands: [
        {id: "o1", label: "Order 1"}, {id: "o2", label: "Order 2"}]};
      if (id === "me" || id === "o2") {
        return {type: "entity", entity: {id, title: "Order 2", interactive: true}};
      }
    },
  },
  composer: {tools: [{id: "web", label: "Search the web", icon: "globe"}]},
  templates: {
    onSearch: (query) => TEMPLATES.filter(({label}) => label.toLowerCase().includes(query)),
    onUse: ({id}) => { (window.used ??= []).push(id) },
    start: [],
  },
}"""
BEFORE = """
const PEOPLE = [
  {id: "c:1", title: "Ada Lovelace", group: "People", icon: "user", interactive: true,
   data: {description: "ada@example.org"}},
  {id: "c:2", title: "Adam Smith", group: "People", interactive: true},
  {id: "c:3", title: "عمر الخيام", group: "People"},
  {id: "c:4", title: "<b>Bold</b>\\n  " + "x".repeat(300), group: "Odd"},
  {id: "", title: "nobody"}, {title: "no id"}, null,
].filter(Boolean);
const TEMPLATES = [
  {id: "t1", label: "Follow up", text: "Write to {{customer}} about {{order}}, please."},
  {id: "t2", label: "Plain", text: "Say hello."},
];
"""


@pytest.fixture
def menus(open_chat):
    return open_chat(OPTIONS, before=BEFORE)


def options(chat):
    return chat.element.get_by_role("option")


def write(chat, text):
    chat.input.press_sequentially(text)


def content(chat, request="threads.create", count=1):
    return chat.asked(request, count).params["input"]["content"]


def test_naming_with_the_keyboard(menus):
    chat = menus
    write(chat, "Call @ad")
    expect(options(chat)).to_have_count(2)
    listbox = chat.element.get_by_role("listbox")
    expect(listbox).to_have_attribute("aria-label", "Name something")
    expect(chat.element.get_by_role("group", name="People")).to_be_visible()
    expect(chat.status).to_contain_text("2 suggestions")
    active = chat.input.get_attribute("aria-activedescendant")
    expect(options(chat).first).to_have_attribute("id", active)
    chat.input.press("ArrowUp")  # goes round
    expect(options(chat).nth(1)).to_have_attribute("aria-selected", "true")
    chat.input.press("ArrowDown")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("Call Ada Lovelace ")
    expect(chat.status).to_contain_text("Ada Lovelace is named")
    expect(options(chat)).to_have_count(0)
    expect(chat.element.locator("mark.named")).to_have_text("Ada Lovelace")
    # A tag goes whole, and comes back by undoing.
    chat.input.press("Backspace")
    chat.input.press("Backspace")
    expect(chat.input).to_have_value("Call ")
    chat.input.press("ControlOrMeta+z")
    expect(chat.element.locator("mark.named")).to_have_text("Ada Lovelace")
    chat.input.evaluate("field => field.setSelectionRange(8, 8)")
    write(chat, "!")  # into the tag: goes behind it
    expect(chat.input).to_have_value("Call Ada Lovelace!")
    chat.page.reload()
    chat.page.evaluate("window.ready")
    expect(chat.element.locator("mark.named")).to_have_text("Ada Lovelace")
    chat.input.press("Enter")
    sent = content(chat)
    assert [part["type"] for part in sent] == ["input_text", "input_tag", "input_text"]
    assert sent[1] == {
        "type": "input_tag",
        "id": "c:1",
        "text": "Ada Lovelace",
        "data": {"description": "ada@example.org"},
        "group": "People",
        "interactive": True,
    }


def test_the_menu_closes_and_leaves_what_is_no_search(menus):
    chat = menus
    write(chat, "a@b.org and/or https://x ")
    assert chat.page.evaluate("window.searched") is None
    expect(chat.element.locator(".suggest:not([hidden])")).to_have_count(0)
    write(chat, "@ad")
    expect(options(chat)).to_have_count(2)
    chat.input.press("Escape")
    expect(options(chat)).to_have_count(0)
    write(chat, "a")  # stays closed for this sign
    expect(options(chat)).to_have_count(0)
    write(chat, " @fail")
    expect(chat.element.locator(".suggest")).to_contain_text("The search failed.")
    expect(chat.status).to_contain_text("The search failed.")
    chat.input.press("Enter")  # nothing to choose: it is sent
    assert content(chat)[0]["text"] == "a@b.org and/or https://x @ada @fail"


def test_commands_and_their_menus(menus):
    chat = menus
    write(chat, "/")
    expect(options(chat)).to_have_count(7)  # the page's, two templates, a tool
    for group in ("Shop", "Templates", "Tools"):
        expect(chat.element.get_by_role("group", name=group)).to_be_visible()
    write(chat, "ord")
    expect(options(chat)).to_have_count(1)
    chat.input.press("Tab")
    expect(options(chat)).to_have_count(2)
    expect(chat.input).to_have_value("/")
    write(chat, "2")
    expect(options(chat)).to_have_text(["Order 2"])
    chat.input.press("Escape")  # up again
    expect(options(chat)).to_have_count(7)
    options(chat).filter(has_text="Order").first.click()
    chat.element.get_by_role("button", name="Commands").click()
    expect(options(chat)).to_have_count(7)
    options(chat).filter(has_text="Break").click()
    expect(chat.element.locator(".suggest")).to_contain_text("Something went wrong.")
    expect(chat.input).to_have_value("/")
    write(chat, "shout")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("")
    write(chat, "Look at /name")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("Look at Order 2 ")
    assert chat.page.evaluate("window.selected") == ["order", "order", "bad", "shout", "me"]
    write(chat, "/web")
    chat.input.press("Enter")
    expect(chat.element.get_by_role("button", name="Search the web: No tool")).to_be_visible()


def test_templates_and_their_fields(menus):
    chat = menus
    selected = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    write(chat, "/follow")
    expect(options(chat)).to_have_count(1)
    chat.input.press("Enter")
    expect(chat.input).to_have_value("Write to {{customer}} about {{order}}, please.")
    assert chat.input.evaluate(selected) == "{{customer}}"
    chat.input.press("Tab")
    assert chat.input.evaluate(selected) == "{{order}}"
    chat.input.press("Shift+Tab")
    write(chat, "@ada")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("Write to Ada Lovelace about {{order}}, please.")
    expect(chat.element.locator("mark")).to_have_text(["Ada Lovelace", "{{order}}"])
    chat.page.reload()
    chat.page.evaluate("window.ready")
    expect(chat.element.locator("mark")).to_have_text(["Ada Lovelace", "{{order}}"])
    chat.input.press("Enter")
    hint = chat.element.locator("[part=hint]")
    expect(hint).to_contain_text("Not filled in yet: order.")
    assert chat.input.evaluate(selected) == "{{order}}"
    assert chat.standin.requests("threads.create") == []
    chat.input.press("Enter")  # as it is, then
    assert content(chat)[1]["id"] == "c:1"
    assert content(chat)[2]["text"] == " about {{order}}, please."
    chat.wait("response.end")
    # What has no fields has the caret at its end, and braces of one's own are no fields.
    write(chat, "/plain")
    chat.input.press("Enter")
    write(chat, " {{x}}")
    chat.input.press("Enter")
    assert content(chat, "threads.add_user_message")[0]["text"] == "Say hello. {{x}}"


def test_copies_keep_their_tags(menus):
    chat = menus
    write(chat, "@ada")
    expect(options(chat)).to_have_count(2)  # until then Enter sends what was written
    chat.input.press("Enter")
    for keys in ("ControlOrMeta+a", "ControlOrMeta+x", "ControlOrMeta+v", "ControlOrMeta+v"):
        chat.input.press(keys)
    expect(chat.element.locator("mark.named")).to_have_count(2)
    chat.input.press("Enter")
    assert [part.get("id") for part in content(chat)] == ["c:1", None, "c:1"]
    # From a message that was sent, as plain text.
    chat.input.evaluate(
        """(field) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", "So Ada Lovelace");
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
          field.focus();
          document.execCommand("insertText", false, "So Ada Lovelace");
        }"""
    )
    expect(chat.element.locator("mark.named")).to_have_text("Ada Lovelace")


def test_a_tag_shows_what_it_is(open_chat, standin):
    tag = {"type": "input_tag", "id": "c:1", "text": "Ada", "data": {"k": "v"}, "interactive": True}
    said = done("user_message", content=[tag], attachments=[], inference_options={})["item"]
    thread = standin.add_thread([said])
    chat = open_chat(f"{{...{OPTIONS}, initialThread: '{thread}'}}", before=BEFORE)
    button = chat.button("Ada")
    preview = chat.element.get_by_role("tooltip")
    button.hover()
    expect(preview).to_have_text("About Ada")
    chat.page.mouse.move(0, 0)
    expect(preview).to_have_count(0)
    button.focus()
    chat.page.keyboard.press("Shift+Tab")
    chat.page.keyboard.press("Tab")
    expect(preview).to_have_text("About Ada")
    expect(button).to_have_attribute("aria-describedby", "preview")
    chat.page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    button.click()
    assert chat.page.evaluate("window.clicked.id") == "c:1"
    # In the text that is being written.
    write(chat, "@adam")
    chat.input.press("Enter")
    chat.input.click(position={"x": 30, "y": 18})
    expect(preview).to_have_text("About Adam Smith")


def test_a_touch_shows_before_it_opens(open_chat, standin, phone):
    tag = {"type": "input_tag", "id": "c:1", "text": "Ada", "data": {}, "interactive": True}
    said = done("user_message", content=[tag], attachments=[], inference_options={})["item"]
    thread = standin.add_thread([said])
    options_ = f"{{...{OPTIONS}, initialThread: '{thread}', locale: 'ar'}}"
    chat = open_chat(options_, before=BEFORE, size=phone)
    chat.button("Ada").tap()
    expect(chat.element.get_by_role("tooltip")).to_have_text("About Ada")
    assert chat.page.evaluate("window.clicked") is None
    chat.button("Ada").tap()
    assert chat.page.evaluate("window.clicked.id") == "c:1"
    # The menu by touch, from right to left.
    chat.button("ذكر شيء").tap()
    options(chat).filter(has_text="عمر").tap()
    expect(chat.input).to_have_value("عمر الخيام ")
    expect(chat.input).to_be_focused()


def test_odd_names_and_the_button(menus):
    chat = menus
    chat.button("Name something").click()
    expect(options(chat)).to_have_count(4)  # without those that lack a name or an id
    expect(chat.element.locator(".suggest b")).to_have_count(0)
    expect(options(chat).last).to_contain_text("<b>Bold</b>")
    options(chat).last.click()
    value = chat.input.input_value()
    assert value.startswith("<b>Bold</b> xxx")
    assert len(value) == 201
