"""The card that asks before a tool changes anything, and what its buttons do."""

from __future__ import annotations

import datetime
import json

from django.utils.translation import gettext as _

from chatkit.types import WidgetItem
from chatkit.widgets import DynamicWidgetRoot

from ...fields import JsonObject
from ...models import ToolCall

CONFIRM = "chatkit.tool.confirm"
CANCEL = "chatkit.tool.cancel"
ACTIONS = (CONFIRM, CANCEL)


def card(
    thread_id: str,
    item_id: str,
    row: ToolCall,
    label: str,
    text: str,
    arguments: JsonObject,
    actions: tuple[str, str] = ACTIONS,
) -> WidgetItem:
    """The card that asks: it shows `text`, or where that is empty the masked `arguments` of the
    call, which the record of one in a temporary conversation does not have. Its buttons send the
    call's id only; the arguments that it is made with stay on the server."""
    confirm, cancel = actions
    lines = _lines(text, arguments)
    widget = _widget(label, lines) | {
        "confirm": {"label": _("Confirm"), "action": _action(confirm, row)},
        "cancel": {"label": _("Cancel"), "action": _action(cancel, row)},
    }
    return _item(thread_id, item_id, label, widget, lines)


def decided(sender: WidgetItem, status: str, caption: str = "") -> WidgetItem:
    """The same card after the decision: without buttons, with a caption."""
    label, *lines = (sender.copy_text or "").split("\n")
    caption = caption or _caption(status)
    if lines[-1:] == [caption]:  # pressed on a page that still shows the buttons
        lines.pop()
    widget = _widget(label, lines)
    widget["children"].append({"type": "Caption", "value": caption})
    item = _item(sender.thread_id, sender.id, label, widget, [*lines, caption])
    return item.model_copy(update={"created_at": sender.created_at})


def _caption(status: str) -> str:
    captions: dict[str, str] = {
        ToolCall.Status.CANCELLED: _("Cancelled"),
        ToolCall.Status.EXPIRED: _("This question has expired."),
        ToolCall.Status.REFUSED: _("You don’t have the permission for this any more."),
        ToolCall.Status.FAILED: _("This was not done."),
    }
    return captions.get(status, _("Confirmed"))


def _lines(text: str, arguments: JsonObject) -> list[str]:
    if text:
        return [line for line in text.splitlines() if line.strip()]
    return [f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in arguments.items()]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _action(kind: str, row: ToolCall) -> JsonObject:
    # The element takes the buttons off by the clock; who presses later is refused in any case.
    ends = int(row.waits_until.timestamp())
    return {"type": kind, "payload": {"call": row.pk, "expires_at": ends}}


def _widget(label: str, lines: list[str]) -> JsonObject:
    return {
        "type": "Card",
        "size": "sm",
        "children": [
            {"type": "Title", "value": label, "size": "sm"},
            *({"type": "Text", "value": line} for line in lines),
        ],
    }


def _item(
    thread_id: str, item_id: str, label: str, widget: JsonObject, lines: list[str]
) -> WidgetItem:
    return WidgetItem(
        id=item_id,
        thread_id=thread_id,
        created_at=datetime.datetime.now(),
        widget=DynamicWidgetRoot.model_validate(widget),
        copy_text="\n".join([label, *lines]),
    )
