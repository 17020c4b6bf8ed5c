"""Every state the element can be in, to be looked at (`gallery`) and to be judged by axe.

Each state is a function from a `Chat` whose options are `OPTIONS` to nothing: afterwards the
element shows it. Kept apart from the tests because both use them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from .events import Pause, done, says, update, url_source
from .widget_examples import EXAMPLES

OPTIONS = """{
  header: {leftAction: {icon: "menu", onClick() {}}},
  startScreen: {
    greeting: "Hello Ada, what can I help with?",
    prompts: [
      {label: "Add a customer", prompt: "How do I add a customer?", icon: "user"},
      {label: "Send an invoice", prompt: "How do I send an invoice?", icon: "document"},
      {label: "See this month's sales", prompt: "Sales?", icon: "chart"},
      {label: "Change my password", prompt: "Password?", icon: "lucide:key-round"},
    ],
  },
  threadItemActions: {feedback: true, retry: true},
  composer: {
    tools: [
      {id: "search", label: "Search the web", shortLabel: "Search", icon: "globe", pinned: true},
      {id: "chart", label: "Draw a chart", icon: "chart"},
    ],
    models: [
      {id: "fast", label: "Fast", description: "For everyday questions", default: true},
      {id: "deep", label: "Deep", description: "Thinks before it answers"},
      {id: "old", label: "Old", disabled: true},
    ],
  },
  disclaimer: {text: "Answers can be wrong. See our [terms](/terms)."},
  thread: {autoScroll: true},
}"""

MARKDOWN = """## Adding a customer

Open **Customers** in the menu and press *New customer*. A customer needs a name; everything
else can wait. Inline `code`, ~~old~~ text and a [link](/help/customers).

1. Choose **Customers**.
2. Press **New customer**.
   - The tax number is checked at once.
   - The address can be pasted whole.
3. Save.

- [x] Name
- [ ] Tax number

| Plan | Users | Price per month |
|:-----|:-----:|---------------:|
| Basic | 3 | 19.00 |
| Team | 25 | 149.00 |

> Customers that were deleted can be restored for 30 days.

```python
def total(lines: list[Line]) -> Decimal:
    # Rounded once, at the end.
    return sum((line.price * line.amount for line in lines), Decimal(0))
```

The discount is $d = \\frac{p - q}{p}$ of the price.
"""


LONG_QUESTION = "\n".join(
    [
        "I have looked at the invoices of last year and found these that nobody has paid:",
        *(f"No. {number}: {number * 31}.00, sent twice" for number in range(101, 115)),
        "What do I do?",
    ]
)

WIDE = """Here are the open invoices, oldest first.

| Customer | Number | Sent on | Due on | Amount | What was said |
|:---------|-------:|:--------|:-------|-------:|:--------------|
| Northwind Traders | 101 | 3 March | 2 April | 3,131.00 | They ask for a copy by post, please |
| Ada "the first" | 102 | 9 March | 8 April | 3,162.00 | Paid half |
| Contoso | 103 | 12 March | 11 April | 3,193.00 | No answer to two reminders, by e-mail |

```js
const open = invoices.filter(({ paid }) => !paid);
```

"""


def start(chat: Any) -> None:
    expect(chat.element.locator(".greeting")).to_be_visible()


def conversation(chat: Any) -> None:
    chat.standin.reply = lambda asked: says(
        "Open **Customers** and press *New customer*. Only the name is required.",
        annotations=[
            url_source(
                "Adding a customer", "/help/customers", 71, description="Customers and contacts"
            ),
            url_source("Required fields", "/help/fields", 71),
        ],
    )
    ask(chat, "How do I add a customer?")
    chat.standin.reply = lambda asked: says(MARKDOWN)
    ask(chat, "Show me everything, please.\nWith an example.")
    expect(chat.element.locator("math")).to_have_count(1)
    expect(chat.element.locator(".hl-keyword").first).to_be_visible()


def reading(chat: Any) -> None:
    """A long answer to a long question: what was asked stays above it."""
    more = [f"{n}. Write to the customer of invoice {100 + n} once more.\n" for n in range(1, 30)]
    chat.standin.reply = lambda asked: says([WIDE, *more])
    ask(chat, LONG_QUESTION)
    expect(chat.element.locator(".hl-keyword").first).to_be_visible()
    scroller = chat.element.locator("[data-scroller]")
    scroller.evaluate("node => node.scrollTo(0, 330)")
    expect(chat.element.locator(".pinned")).to_be_visible()


def sharing(chat: Any) -> None:
    """The dialog of links, with one that was just made."""
    chat.set_options({"threadActions": {"print": True, "export": True, "share": True}})
    chat.standin.reply = lambda asked: says("Open **Customers**.")
    ask(chat, "How do I add a customer?")
    link = {"created_at": "2026-11-22T10:00:00Z", "expires_at": "2026-11-29T10:00:00Z"}
    shares = [{"id": 1, "opened": 3, **link}, {"id": 2, "opened": 1, **link}]
    made = {"id": 3, "opened": 0, "url": "https://shop.example/apps/chatkit/shared/x1y2/", **link}

    def answer(route: Any) -> None:
        more = route.request.method == "POST"
        route.fulfill(json=made if more else {"seconds": 604800, "shares": shares})

    chat.page.route("**/shares", answer)
    chat.element.locator("[part=thread-menu-button]").click()
    chat.element.get_by_role("menuitem").last.click()
    chat.element.locator("dialog .primary").click()
    expect(chat.element.locator("dialog input")).to_have_value(made["url"])


def long_question(chat: Any) -> None:
    chat.standin.reply = lambda asked: says(WIDE)
    ask(chat, LONG_QUESTION)
    expect(chat.element.locator(".more")).to_be_visible()
    chat.element.locator("[data-scroller]").evaluate("node => node.scrollTo(0, 0)")
    chat.questions.hover()


def sources(chat: Any) -> None:
    chat.standin.reply = lambda asked: says(
        "Invoices are sent by e-mail. They are numbered without gaps.",
        annotations=[
            url_source("Sending invoices", "/help/invoices", 28, description="Chapter 4"),
            url_source("Numbering", "https://tax.example.org/numbering", 60),
            {
                "type": "annotation",
                "source": {"type": "file", "title": "Rules", "filename": "rules.pdf"},
            },
        ],
    )
    ask(chat, "How are invoices sent?")
    chat.element.locator("summary").click()


def waiting(chat: Any) -> None:
    chat.standin.reply = lambda asked: [Pause()]
    chat.send("A question")
    expect(chat.element.locator(".dots")).to_be_visible()


def streaming(chat: Any) -> None:
    events = list(says(["The first half of an answer, ", "and the second."]))
    chat.standin.reply = lambda asked: [
        {"type": "progress_update", "text": "Reading the help articles", "icon": "book-open"},
        *events[:3],
        {"type": "progress_update", "text": "Reading the help articles", "icon": "book-open"},
        Pause(),
        *events[3:],
    ]
    chat.send("A question")
    expect(chat.answers).to_contain_text("The first half")


def workflow(chat: Any) -> None:
    tasks = [
        {
            "type": "web_search",
            "title": "Searched the web",
            "queries": ["tax numbers"],
            "sources": [{"type": "url", "title": "Tax office", "url": "/tax"}],
            "status_indicator": "complete",
        },
        {
            "type": "thought",
            "title": "Compared the rules",
            "content": "Two **rules** apply.",
            "status_indicator": "complete",
        },
        {
            "type": "file",
            "title": "Read two files",
            "sources": [{"type": "file", "title": "Rules", "filename": "rules.pdf"}],
            "status_indicator": "loading",
        },
        {"type": "custom", "title": "Wrote a summary", "icon": "write", "content": "One page."},
    ]
    chat.standin.reply = lambda asked: [
        done(
            "workflow",
            workflow={
                "type": "reasoning",
                "tasks": tasks,
                "summary": {"duration": 12},
                "expanded": True,
            },
        ),
        done("task", task={"type": "custom", "title": "Checked the calendar", "icon": "calendar"}),
        *says("Two rules apply."),
        {"type": "notice", "level": "warning", "title": "Beta", "message": "This is *new*."},
    ]
    ask(chat, "What rules apply?")


def widgets(chat: Any) -> None:
    action = {"type": "do", "payload": {}}
    chat.standin.reply = lambda asked: [
        *says("I found these."),
        done("widget", widget=card(action)),
        done("widget", widget=list_view(action)),
        done("widget", widget=form(action)),
    ]
    ask(chat, "What is there?")


def widget_gallery(chat: Any) -> None:
    """Every widget, drawn by the element."""
    chat.standin.reply = lambda asked: [
        done("widget", widget=widget) for widget in EXAMPLES.values()
    ]
    ask(chat, "What can be shown?")
    expect(chat.element.locator(".w-chart")).to_have_count(3)


def card(action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Card",
        "status": {"text": "Order 1023", "icon": "suitcase"},
        "children": [
            {
                "type": "Row",
                "justify": "between",
                "children": [
                    {"type": "Title", "value": "Refund of 49.00"},
                    {"type": "Badge", "label": "Waiting", "color": "warning"},
                ],
            },
            {
                "type": "Text",
                "value": "The customer gets the money back within three days.",
                "color": "secondary",
            },
            {"type": "Divider", "flush": True},
            {"type": "Markdown", "value": "Asked for by **Ada**."},
        ],
        "confirm": {"label": "Refund", "action": action},
        "cancel": {"label": "Not now", "action": action},
    }


def list_view(action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "ListView",
        "limit": 2,
        "children": [
            {
                "type": "ListViewItem",
                "onClickAction": action,
                "children": [
                    {"type": "Icon", "name": "user"},
                    {
                        "type": "Col",
                        "gap": 0,
                        "children": [
                            {"type": "Text", "value": name, "weight": "medium"},
                            {"type": "Caption", "value": "Customer since 2024"},
                        ],
                    },
                ],
            }
            for name in ("Acme", "Globex", "Initech")
        ],
    }


def form(action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Card",
        "asForm": True,
        "children": [
            {
                "type": "Col",
                "gap": 2,
                "children": [
                    {"type": "Label", "value": "Name", "fieldName": "name"},
                    {
                        "type": "Input",
                        "name": "name",
                        "placeholder": "Name of the customer",
                        "required": True,
                    },
                ],
            },
            {
                "type": "Select",
                "name": "country",
                "placeholder": "Country",
                "options": [{"value": "mx", "label": "Mexico"}, {"value": "es", "label": "Spain"}],
            },
            {"type": "DatePicker", "name": "since", "placeholder": "Since"},
            {"type": "Textarea", "name": "note", "placeholder": "Note"},
            {
                "type": "RadioGroup",
                "name": "kind",
                "ariaLabel": "Kind",
                "options": [{"value": "c", "label": "Company"}, {"value": "p", "label": "Person"}],
            },
            {"type": "Checkbox", "name": "news", "label": "Send news"},
            {
                "type": "Row",
                "children": [
                    {
                        "type": "Button",
                        "label": "Save",
                        "submit": True,
                        "style": "primary",
                        "iconStart": "check",
                    },
                    {"type": "Button", "label": "More", "onClickAction": action, "variant": "soft"},
                    {
                        "type": "Button",
                        "label": "Delete",
                        "onClickAction": action,
                        "color": "danger",
                        "variant": "outline",
                    },
                ],
            },
        ],
        "confirm": {"label": "Create", "action": action},
    }


def questions(chat: Any) -> None:
    chat.standin.reply = lambda asked: [
        *says("Two questions first."),
        done(
            "structured_input",
            status="pending",
            inputs=[
                {
                    "type": "multiple_choice",
                    "id": "q1",
                    "question": "Who is it for?",
                    "multiple": False,
                    "options": [{"value": "One customer"}, {"value": "All customers"}],
                },
                {
                    "type": "freeform",
                    "id": "q2",
                    "question": "Anything else?",
                    "description": "In a sentence.",
                },
            ],
        ),
    ]
    ask(chat, "Prepare a letter")
    expect(chat.element.locator("fieldset")).to_have_count(2)


def failed(chat: Any) -> None:
    chat.standin.reply = lambda asked: [
        *says("An answer that"),
        {"type": "error", "code": "stream.error", "allow_retry": True},
    ]
    ask(chat, "A question")
    expect(chat.element.get_by_role("alert")).to_be_visible()


def limited(chat: Any) -> None:
    chat.watch.expect("429")
    chat.standin.refuse(429, "rate_limited", "You have sent many messages.", Retry_After="42")
    chat.send("A question")
    expect(chat.element.locator("[data-wait]")).to_be_visible()


def history(chat: Any) -> None:
    for index, title in enumerate(["Adding a customer", "Invoices in February", "", "Sales"]):
        chat.standin.add_thread([], title, created_at=f"2026-11-{18 + index:02d}T10:00:00")
    chat.call("showHistory")
    expect(chat.element.locator("[data-thread]")).to_have_count(4)


def no_history(chat: Any) -> None:
    chat.call("showHistory")
    expect(chat.element.locator(".history .empty")).to_be_visible()


def menu(chat: Any) -> None:
    chat.element.locator("[aria-haspopup=menu]").last.click()
    expect(chat.element.get_by_role("menu")).to_be_visible()


def stopped(chat: Any) -> None:
    chat.standin.keep_runs()
    streaming(chat)
    chat.element.locator(".send").click()
    expect(chat.element.locator("[data-stopped]")).to_be_visible()


def locked(chat: Any) -> None:
    thread_id = chat.standin.add_thread(
        [], "Locked", status={"type": "locked", "reason": "A person is answering."}
    )
    chat.call("setThreadId", thread_id)


def closed(chat: Any) -> None:
    chat.call("setThreadId", chat.standin.add_thread([], "Closed", status={"type": "closed"}))


def missing(chat: Any) -> None:
    chat.watch.expect("404")
    chat.call("setThreadId", "thr_unknown")
    expect(chat.element.get_by_role("alert")).to_be_visible()


def quoted(chat: Any) -> None:
    chat.call(
        "setComposerValue",
        {
            "text": "What does this mean?",
            "reply": "Deleted customers can be restored for 30 days.",
            "attachments": [
                {"type": "file", "id": "atc_1", "name": "customers.csv", "mime_type": "text/csv"}
            ],
            "selectedToolId": "chart",
        },
    )


def ask(chat: Any, text: str) -> None:
    """Sends a message and waits for the end of its answer."""
    before = len(chat.events("response.end"))
    chat.send(text)
    chat.wait("response.end", before + 1)


def bad_answer(chat: Any) -> None:
    ask(chat, "How do I cancel an order?")
    chat.element.locator("[data-feedback=negative]").click()
    chat.element.locator("[data-reason=outdated]").click()
    expect(chat.element.locator(".why .field")).to_be_focused()


def images(chat: Any) -> None:
    making = done("generated_image", "img_1")["item"]
    chat.standin.reply = lambda asked: [
        done("generated_image", image={"id": "i", "url": "/static/pixel.png"}),
        {"type": "thread.item.added", "item": making},
        update("img_1", "generated_image.updated", image={"id": "i", "url": ""}, progress=0.4),
        Pause(),
    ]
    chat.send("Draw")
    expect(chat.element.locator("progress")).to_be_visible()


def suggestions(chat: Any) -> None:
    """The menu of "@" over a text with a tag and a field."""
    chat.page.evaluate(
        """() => {
          const people = ["Ada Lovelace", "Alan Turing", "Grace Hopper", "عمر الخيام"];
          const entity = (title, index) => ({id: `c:${index}`, title, icon: "user", group: "People",
            interactive: true, data: {description: `Customer ${index + 1}`}});
          document.querySelector("openai-chatkit").setOptions({
            ...window.options,
            entities: {showComposerMenu: true, onTagSearch: async () => people.map(entity)},
            templates: {
              start: [{id: "1", label: "Follow up", text: "Ask {{customer}} about {{order}}, "}],
              onSearch: () => [],
            },
          });
        }"""
    )
    chat.element.locator("[part=template]").click()
    expect(chat.input).to_have_value("Ask {{customer}} about {{order}}, ")
    chat.input.press_sequentially("@")
    expect(chat.element.get_by_role("option")).to_have_count(4)
    chat.input.press("Enter")
    chat.input.press("End")
    chat.input.press_sequentially("@")
    expect(chat.element.get_by_role("option")).to_have_count(4)


STATES: dict[str, Callable[[Any], None]] = {
    state.__name__: state
    for state in (
        start,
        conversation,
        reading,
        long_question,
        sharing,
        sources,
        waiting,
        streaming,
        workflow,
        widgets,
        widget_gallery,
        questions,
        failed,
        limited,
        history,
        no_history,
        menu,
        stopped,
        locked,
        closed,
        missing,
        quoted,
        bad_answer,
        images,
        suggestions,
    )
}
