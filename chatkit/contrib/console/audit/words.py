"""What the log says of a line, in words."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..changes import Change

LONGEST = 80  # characters of a value
# Kinds of rows, and where they are kept.
MODELS = {
    "budget": "chatkit_console.Budget",
    "switch": "chatkit_console.Switch",
    "starterprompt": "chatkit.StarterPrompt",
    "article": "chatkit_articles.Article",
}
TAKEN: dict[str, Promise] = {
    "conversations": gettext_lazy("Conversations"),
    "questions": gettext_lazy("Questions"),
    "unanswered": gettext_lazy("Unanswered questions"),
    "reviews": gettext_lazy("Answers to review"),
    "results": gettext_lazy("Evaluation sets"),
    "sessions": gettext_lazy("Session records, without words"),
    "runs": gettext_lazy("Runs, without words"),
    "data": gettext_lazy("All that is kept of a person"),
}


def difference(change: Change) -> str:
    """“amount: 10.00 → 20.00”, of what was changed."""
    if change.action != Change.Action.CHANGED:
        return ""
    model = model_of(change.kind)
    names = {field.name: field for field in model._meta.concrete_fields} if model else {}
    told = []
    for name, value in change.after.items():
        label = names[name].verbose_name if name in names else name
        told.append(f"{label}: {_shown(change.before.get(name))} → {_shown(value)}")
    return ", ".join(told)


def model_of(kind: str) -> type[Model] | None:
    try:
        return apps.get_model(MODELS.get(kind, ""))
    except (LookupError, ValueError):
        return None


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else Truncator(str(value)).chars(LONGEST)
