"""Nothing a model, a server or an option says runs, loads or leads anywhere it should not.

Each test's browser reports every dialog, page error, policy violation and request to another host,
and fails on one; beyond that the DOM is searched for what should not be there.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from .events import done, says, url_source
from .states import ask
from .vectors import ADDRESSES, EVERYTHING, HTML

pytestmark = pytest.mark.browser

#: Everything in the shadow tree that could act, load or lead astray.
SUSPECTS = """node => {
  const found = [];
  const own = location.origin;
  for (const element of node.shadowRoot.querySelectorAll("*")) {
    const name = element.localName;
    if (["script", "iframe", "object", "embed", "base", "link", "meta", "style", "template",
         "video", "audio", "source", "slot", "marquee", "body"].includes(name)) found.push(name);
    for (const { name: key, value } of element.attributes) {
      if (key.startsWith("on")) found.push(`${name} ${key}`);
      if (/^(src|href|xlink:href|action|formaction|data|poster|srcset|background)$/.test(key)) {
        const protocol = new URL(value, location.href).protocol;
        const fine = name === "a" ? ["http:", "https:", "mailto:", "tel:"] : ["http:", "https:"];
        if (!fine.includes(protocol)) found.push(`${name} ${key}=${value}`);
        if (name === "img" && new URL(value, location.href).origin !== own)
          found.push(`img ${value}`);
      }
      if (name === "a" && key === "href" && new URL(value, location.href).origin !== own
          && !/noopener/.test(element.rel)) found.push(`rel ${value}`);
    }
  }
  if (window.pwned) found.push("pwned");
  return found;
}"""


def suspects(chat):
    return chat.element.evaluate(SUSPECTS)


def poke(chat):
    """Moves over and presses whatever an attacker may have made, but follows no link."""
    chat.element.evaluate(
        """node => {
          for (const element of node.shadowRoot.querySelectorAll(".log *")) {
            if (element.closest("a[href^='http'], button")) continue;
            for (const type of ["mouseover", "focus", "click", "toggle", "load", "error"]) {
              element.dispatchEvent(new Event(type, { bubbles: true }));
            }
          }
        }"""
    )


def test_the_corpus_is_large_enough():
    assert len(set(EVERYTHING)) >= 80


@pytest.mark.parametrize("part", range(2))
def test_answers_are_inert(chat, part):
    texts = EVERYTHING[part::2]
    # An image of this site that is not there.
    chat.watch.expect("404 (Not Found)")
    chat.standin.reply = lambda asked: [event for text in texts for event in says(text)]
    ask(chat, "Go")
    expect(chat.answers).to_have_count(len(texts))
    chat.page.wait_for_timeout(300)
    poke(chat)
    assert suspects(chat) == []


def test_a_streamed_answer_is_inert_at_every_step(chat):
    text = "\n\n".join(HTML)
    chat.standin.reply = lambda asked: says([text[at : at + 7] for at in range(0, len(text), 7)])
    ask(chat, "Go")
    assert suspects(chat) == []


def test_no_address_of_the_corpus_becomes_a_link(chat):
    chat.standin.reply = lambda asked: says(
        "\n\n".join(f"[a](<{address}>)" for address in ADDRESSES if "\n" not in address)
    )
    ask(chat, "Go")
    links = chat.answers.locator(".markdown a").evaluate_all("nodes => nodes.map((n) => n.href)")
    assert [link for link in links if not link.startswith(chat.standin.url)] == []


def test_sources_are_inert(chat):
    def reply(asked):
        for address in ADDRESSES:
            annotations = [
                url_source(HTML[2], address, 3, description=HTML[4], attribution=HTML[0]),
                cites({"type": "file", "title": HTML[2], "filename": HTML[4]}),
                cites({"type": "entity", "title": HTML[2], "id": HTML[2], "icon": HTML[2]}),
                {"type": "annotation", "index": "x", "source": None},
            ]
            task = {
                "type": "web_search",
                "title": HTML[2],
                "queries": [HTML[2]],
                "sources": [annotations[0]["source"]],
            }
            yield from says("One", annotations=annotations)
            yield done("task", task=task)

    chat.standin.reply = reply
    ask(chat, "Go")
    expect(chat.answers).to_have_count(len(ADDRESSES))
    chat.answers.locator("summary").first.click()
    assert suspects(chat) == []


def cites(source):
    return {"type": "annotation", "index": 3, "source": source}


def test_every_other_place_for_text_is_inert(open_chat):
    bad = HTML[2]
    options = {
        "startScreen": {"greeting": bad, "prompts": [{"label": bad, "prompt": bad, "icon": bad}]},
        "header": {"title": {"text": bad}},
        "composer": {
            "placeholder": bad,
            "tools": [{"id": bad, "label": bad, "icon": bad, "pinned": True}],
            "models": [{"id": "a", "label": bad, "description": bad}, {"id": "b", "label": bad}],
        },
        "disclaimer": {"text": f"{bad} [x](javascript:alert(1))"},
        "frameTitle": bad,
        "locale": bad,
        "theme": {
            "colorScheme": bad,
            "radius": bad,
            "density": bad,
            "typography": {
                "fontFamily": "x; background: url(https://evil.example)",
                "fontSources": [{"family": bad, "src": "javascript:alert(1)"}],
            },
            "color": {
                "accent": {"primary": "url(https://evil.example/x)", "level": 9},
                "surface": {
                    "background": "red; background: url(https://evil.example)",
                    "foreground": "expression(alert(1))",
                },
                "grayscale": {"hue": bad, "tint": 99},
            },
        },
    }
    chat = open_chat(json.dumps(options))
    expect(chat.element.locator(".greeting")).to_have_text(bad)
    assert suspects(chat) == []
    chat.standin.add_thread([], bad)
    chat.call("showHistory")
    expect(chat.element.locator("[data-thread]")).to_contain_text(bad)
    assert suspects(chat) == []


def test_items_of_every_kind_are_inert(chat):
    bad = HTML[2]
    chat.standin.reply = lambda asked: [
        {"type": "progress_update", "text": bad, "icon": bad},
        {"type": "notice", "level": bad, "title": bad, "message": bad},
        done(
            "workflow",
            workflow={
                "type": bad,
                "summary": {"title": bad, "icon": bad},
                "expanded": True,
                "tasks": [{"type": "custom", "title": bad, "icon": bad, "content": bad}],
            },
        ),
        done("generated_image", image={"id": "i", "url": "javascript:alert(1)"}),
        done(
            "generated_image",
            image={"id": "i", "url": "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"},
        ),
        done("generated_image", image={"id": "i", "url": "https://evil.example/a.png"}),
        done(
            "structured_input",
            status="answered",
            inputs=[{"type": "freeform", "id": bad, "question": bad, "answer": {"values": [bad]}}],
        ),
        done(
            "user_message",
            content=[
                {"type": "input_text", "text": bad},
                {"type": "input_tag", "id": bad, "text": bad, "data": {}},
            ],
            quoted_text=bad,
            attachments=[
                {"type": "image", "id": bad, "name": bad, "mime_type": bad, "preview_url": address}
                for address in (
                    "javascript:alert(1)",
                    "https://evil.example/a.png",
                    "blob:https://evil.example/x",
                )
            ],
        ),
        {"type": "error", "code": "custom", "message": bad},
    ]
    ask(chat, "Go")
    expect(chat.element.get_by_role("alert")).to_contain_text(bad)
    poke(chat)
    assert suspects(chat) == []


def test_widgets_are_inert(chat):
    bad = HTML[2]
    nasty = {
        "color": "red; background: url(https://evil.example)",
        "background": "url(https://evil.example/x)",
        "padding": "1px; position: fixed",
        "width": "expression(alert(1))",
        "border": {"size": 1, "color": bad},
        "radius": bad,
        "margin": {"top": "url(https://evil.example)"},
        "onclick": "alert(1)",
        "style": bad,
        "class": bad,
        "innerHTML": bad,
    }
    kinds = [
        "Box",
        "Row",
        "Col",
        "Form",
        "Spacer",
        "Divider",
        "Title",
        "Caption",
        "Text",
        "Markdown",
        "Badge",
        "Icon",
        "Image",
        "Button",
        "Label",
        "Input",
        "Textarea",
        "Select",
        "Checkbox",
        "RadioGroup",
        "DatePicker",
        "Table",
        "Chart",
        "ListViewItem",
        "constructor",
        "__proto__",
    ]
    nodes = [
        {
            **nasty,
            "type": kind,
            "id": bad,
            "value": bad,
            "label": bad,
            "name": bad,
            "src": address,
            "alt": bad,
            "placeholder": bad,
            "pattern": bad,
            "defaultValue": bad,
            "iconStart": bad,
            "options": [{"value": bad, "label": bad}],
        }
        for kind in kinds
        for address in ("javascript:alert(1)", "https://evil.example/a.png")
    ]
    roots = ["Card", "ListView", "Basic"]
    chat.standin.reply = lambda asked: [
        done(
            "widget",
            widget={
                **nasty,
                "type": root,
                "theme": bad,
                "status": {"text": bad, "icon": bad},
                "children": [*nodes, None, 7, "text", {"type": "ListViewItem", "children": nodes}],
                "confirm": {"label": bad, "action": {"type": bad}},
            },
        )
        for root in roots
    ]
    ask(chat, "Go")
    expect(chat.element.locator(".widget")).to_have_count(3)
    poke(chat)
    assert suspects(chat) == []
    fixed = chat.element.evaluate(
        "n => [...n.shadowRoot.querySelectorAll('.widget *')]"
        ".filter((e) => getComputedStyle(e).position === 'fixed').length"
    )
    assert fixed == 0


def test_malformed_answers_do_not_break_the_element(chat):
    chat.standin.reply = lambda asked: [
        {
            "type": "thread.item.done",
            "item": {"id": "a", "type": "assistant_message", "content": []},
        },
        {"type": "thread.item.done", "item": {"id": "b", "type": "widget", "widget": {"type": 7}}},
        {
            "type": "thread.item.done",
            "item": {
                "id": "c",
                "type": "workflow",
                "workflow": {"type": "custom", "tasks": [None]},
            },
        },
        {
            "type": "thread.item.done",
            "item": {"id": "d", "type": "structured_input", "status": "answered", "inputs": []},
        },
        *says("Still here"),
    ]
    ask(chat, "Go")
    expect(chat.answers.last).to_contain_text("Still here")


def test_no_image_asks_for_an_address_of_the_site_that_is_no_file(chat):
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    address = "/admin/chatkit/thread/thr_1/change/"
    drawn = {"type": "Image", "src": address, "alt": "drawn"}
    chat.standin.reply = lambda _asked: [
        *says(
            f"![pages](/static/../..{address}) ![read]({address}) ![out](/logout?x=/static/a.png)"
        ),
        done("widget", "w", widget={"type": "Card", "children": [drawn]}),
        done("generated_image", "g", image={"id": "i", "url": address}),
    ]
    ask(chat, "Go")
    expect(chat.answers.get_by_role("link")).to_have_count(3)
    expect(chat.element.get_by_text("drawn")).to_be_visible()
    expect(chat.element.locator("img")).to_have_count(0)
    assert not [url for url in asked if "admin" in url or "logout" in url]


def test_images_come_from_this_site_and_from_allowed_domains_only(chat):
    item = list(says("![own](/static/pixel.png) ![far](https://img.example/a.png)"))[-1]["item"]
    chat.call("setThreadId", chat.standin.add_thread([item], "T"))
    expect(chat.answers.get_by_role("img", name="own")).to_be_visible()
    expect(chat.answers.get_by_role("link", name="Image: far")).to_have_count(1)
    chat.watch.expect("outside: https://img.example/a.png", "img.example", "CSP: img-src")
    chat.call(
        "setThreadId", chat.standin.add_thread([item], "T", allowed_image_domains=["img.example"])
    )
    expect(chat.answers.locator("img[src='https://img.example/a.png']")).to_have_count(1)
