"""The help desk's card under an answer that found nothing: a button for each near topic, and one
that tells the editors what was asked in vain."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from chatkit.actions import ActionConfig
from chatkit.types import WidgetItem
from chatkit.widgets import DynamicWidgetRoot

from ..fields import JsonObject
from ..knowledge import Article
from ..models import Run, Session
from ..signals import editors_told
from .engine import ASK

TELL_EDITORS = "chatkit.editors.tell"  # payload {"run": the run's id}


def card(thread_id: str, item_id: str, articles: Iterable[Article], run_id: str = "") -> WidgetItem:
    """A button for each article, which asks about it; with a run, the one that tells of it."""
    labels = [article.title for article in articles]
    buttons = [_button(label, ASK, {"text": label}) for label in labels]
    if run_id:
        label = _("Tell the editors")
        buttons.append(_button(label, TELL_EDITORS, {"run": run_id}) | {"iconStart": "write"})
    lines = [str(button["label"]) for button in buttons]
    return _item(thread_id, item_id, datetime.datetime.now(), buttons, lines)


def told(sender: WidgetItem) -> WidgetItem:
    """The same card once the editors know: a line of thanks in the place of the button."""
    card = sender.widget.model_dump(exclude_none=True)
    topics = [
        child
        for child in card.get("children", [])
        if child.get("type") == "Button" and child["onClickAction"]["type"] == ASK
    ]
    labels = [child["label"] for child in topics]
    thanks = _("Thank you! The editors will see what you asked.")
    line = {"type": "Text", "value": thanks, "size": "sm"}
    return _item(sender.thread_id, sender.id, sender.created_at, [*topics, line], [*labels, thanks])


def tell(session: Session, thread_id: str, run_id: str) -> bool:
    """Note on the run that its reader wants an answer, once; False where there is no such run."""
    runs = Run.objects.for_session(session).filter(
        pk=run_id, thread_id=thread_id, outcome=Run.Outcome.NOT_FOUND
    )
    told = runs.filter(editors_told_at=None).update(editors_told_at=timezone.now())
    run = runs.first()
    if told and run is not None:
        editors_told.send_robust(sender=Run, run=run)
    return run is not None


def _button(label: str, action: str, payload: JsonObject) -> JsonObject:
    return {
        "type": "Button",
        "label": label,
        "variant": "outline",
        "onClickAction": ActionConfig(type=action, payload=payload).model_dump(),
    }


def _item(
    thread_id: str,
    item_id: str,
    created_at: datetime.datetime,
    children: list[JsonObject],
    lines: list[str],
) -> WidgetItem:
    return WidgetItem(
        id=item_id,
        thread_id=thread_id,
        created_at=created_at,
        widget=DynamicWidgetRoot.model_validate(
            {"type": "Card", "size": "sm", "children": children}
        ),
        copy_text="\n".join(lines),
    )
