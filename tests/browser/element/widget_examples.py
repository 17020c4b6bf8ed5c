"""One example of every widget, by what it shows: pictures of the docs and tests use them."""

from __future__ import annotations

from typing import Any

Widget = dict[str, Any]

ACTION = {"type": "do", "payload": {}}


def text(value: str, **fields: Any) -> Widget:
    return {"type": "Text", "value": value, **fields}


def column(*children: Widget, **fields: Any) -> Widget:
    return {"type": "Col", "children": list(children), **fields}


def row(*children: Widget, **fields: Any) -> Widget:
    return {"type": "Row", "children": list(children), **fields}


def card(*children: Widget, **fields: Any) -> Widget:
    return {"type": "Card", "size": "lg", "children": list(children), **fields}


def chart(*series: Widget, **fields: Any) -> Widget:
    return {
        "type": "Chart",
        "data": MONTHS,
        "xAxis": "month",
        "showYAxis": True,
        "series": list(series),
        **fields,
    }


def table(*rows: tuple[str, ...]) -> Widget:
    cells = [
        [{"type": "Table.Cell", "children": [text(value)]} for value in values] for values in rows
    ]
    return {
        "type": "Table",
        "children": [
            {"type": "Table.Row", "header": not index, "children": found}
            for index, found in enumerate(cells)
        ],
    }


MONTHS = [
    {"month": month, "shop": shop, "market": market, "returns": returns}
    for month, shop, market, returns in (
        ("Jan", 820, 310, -90),
        ("Feb", 940, 280, -60),
        ("Mar", 1130, 420, -140),
        ("Apr", 990, 510, -75),
        ("May", 1280, 560, -110),
        ("Jun", 1410, 480, -65),
    )
]

EXAMPLES: dict[str, Widget] = {
    "texts": card(
        {"type": "Title", "value": "Order 1023", "size": "xl"},
        text("Three boxes, sent on Monday.", color="secondary"),
        text("49.00", lineThrough=True, italic=True, size="sm"),
        {"type": "Caption", "value": "Prices include tax."},
        {"type": "Markdown", "value": "It was **paid** by card; see the [terms](/terms)."},
        row(
            *[
                {"type": "Badge", "label": colour.title(), "color": colour, "variant": variant}
                for colour, variant in (
                    ("success", "soft"),
                    ("warning", "solid"),
                    ("danger", "outline"),
                    ("info", "soft"),
                    ("discovery", "solid"),
                    ("secondary", "outline"),
                )
            ],
            wrap="wrap",
        ),
        status={"text": "Sent", "icon": "check-circle"},
    ),
    "layout": card(
        row(
            {"type": "Icon", "name": "suitcase", "size": "xl", "color": "info"},
            column(
                text("Berlin to Lisbon", weight="semibold"),
                {"type": "Caption", "value": "2 h 55 min"},
                gap=0,
            ),
            {"type": "Spacer"},
            text("129.00", weight="bold"),
        ),
        {"type": "Divider", "flush": True},
        row(
            {"type": "Box", "padding": 3, "radius": "md", "background": "surface-secondary"}
            | {"children": [text("A box")], "flex": 1},
            {"type": "Box", "padding": 3, "radius": "md", "border": {"size": 2, "color": "strong"}}
            | {"children": [text("With a border")], "flex": 1},
            {"type": "Image", "src": "/missing.png", "alt": "A map", "size": 44, "radius": "md"},
        ),
        {"type": "Transition", "children": text("What changes here fades in.")},
        table(("Plan", "Users", "Price"), ("Basic", "3", "19.00"), ("Team", "25", "149.00")),
    ),
    "list": {
        "type": "ListView",
        "limit": 2,
        "status": {"text": "Customers", "icon": "user"},
        "children": [
            {
                "type": "ListViewItem",
                "onClickAction": ACTION,
                "children": [
                    {"type": "Icon", "name": "profile"},
                    column(
                        text(name, weight="medium"),
                        {"type": "Caption", "value": "Customer since 2024"},
                        gap=0,
                    ),
                ],
            }
            for name in ("Acme", "Globex", "Initech")
        ],
    },
    "form": card(
        {"type": "Label", "value": "Name", "fieldName": "name"},
        {"type": "Input", "name": "name", "placeholder": "Name of the customer", "required": True},
        {
            "type": "Select",
            "name": "country",
            "placeholder": "Country",
            "clearable": True,
            "block": True,
            "options": [
                {"value": "mx", "label": "Mexico", "description": "Prices in pesos"},
                {"value": "es", "label": "Spain"},
            ],
        },
        {"type": "DatePicker", "name": "since", "placeholder": "Customer since", "clearable": True},
        {"type": "Textarea", "name": "note", "placeholder": "Note", "autoResize": True, "rows": 2},
        {
            "type": "RadioGroup",
            "name": "kind",
            "ariaLabel": "Kind",
            "defaultValue": "c",
            "options": [{"value": "c", "label": "Company"}, {"value": "p", "label": "Person"}],
        },
        {"type": "Checkbox", "name": "news", "label": "Send news", "defaultChecked": True},
        asForm=True,
        confirm={"label": "Create", "action": ACTION},
        cancel={"label": "Not now", "action": ACTION},
    ),
    "buttons": {
        "type": "Basic",
        "children": [
            {
                "type": "Form",
                "onSubmitAction": ACTION,
                "children": [
                    row(
                        *[
                            {
                                "type": "Button",
                                "label": f"{colour} {variant}".capitalize(),
                                "color": colour,
                                "variant": variant,
                                "size": "sm",
                                "onClickAction": ACTION,
                            }
                            for colour in ("primary", "success", "danger")
                            for variant in ("solid", "soft", "outline", "ghost")
                        ],
                        wrap="wrap",
                    ),
                    {"type": "Button", "label": "Save", "submit": True, "style": "primary"}
                    | {"iconStart": "check", "iconSize": "lg", "pill": True, "size": "xl"},
                ],
            }
        ],
    },
    "bars": card(
        {"type": "Title", "value": "Sales"},
        chart(
            {"type": "bar", "dataKey": "shop", "label": "Shop", "stack": "sales"},
            {"type": "bar", "dataKey": "market", "label": "Market place", "stack": "sales"},
            {"type": "bar", "dataKey": "returns", "label": "Returns", "color": "red"},
        ),
    ),
    "lines": card(
        {"type": "Title", "value": "Shop and market place"},
        chart(
            {"type": "area", "dataKey": "market", "label": "Market place", "color": "green"},
            {"type": "line", "dataKey": "shop", "label": "Shop", "curveType": "natural"}
            | {"color": {"light": "#7a3fe0", "dark": "#b794ff"}},
        ),
    ),
    "dark": card(
        {"type": "Title", "value": "Always dark"},
        text("Whatever the rest of the chat is in.", color="secondary"),
        chart({"type": "bar", "dataKey": "shop", "label": "Shop"}, showYAxis=False, height=120),
        theme="dark",
    ),
}


def types_in(node: Any) -> set[str]:
    """The types of a widget and of everything in it."""
    if isinstance(node, list):
        return set().union(*map(types_in, node))
    if not isinstance(node, dict):
        return set()
    found = {node["type"]} if isinstance(node.get("type"), str) else set()
    return found.union(*map(types_in, node.values()))
