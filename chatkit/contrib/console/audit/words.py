"""What the log says of a line, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField, Field, Model
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatkit.admin.base import moment
from chatkit.admin.recorded import OTHERS

from ..changes import Change
from ..words import listed

LONGEST = 80  # characters of a value
# Kinds of rows, and where they are kept.
MODELS = {
    "budget": "chatkit_console.Budget",
    "switch": "chatkit_console.Switch",
    "starterprompt": "chatkit.StarterPrompt",
    "messagetemplate": "chatkit.MessageTemplate",
    "article": "chatkit_articles.Article",
    "articletext": "chatkit_articles.ArticleText",
    "phrasing": "chatkit_articles.Phrasing",
    "questiongroup": "chatkit_console.QuestionGroup",
    "review": "chatkit_console.Review",
    "evaluationset": "chatkit_console.EvaluationSet",
    "evaluationquestion": "chatkit_console.EvaluationQuestion",
    "share": "chatkit.Share",
}
NAMES = {"questions": gettext_lazy("questions"), "changed": gettext_lazy("changed questions")}
TAKEN: dict[str, Promise] = {
    "conversations": gettext_lazy("Conversations"),
    "questions": gettext_lazy("Questions"),
    "unanswered": gettext_lazy("Unanswered questions"),
    "reviews": gettext_lazy("Answers to review"),
    "results": gettext_lazy("Evaluation sets"),
    "sessions": gettext_lazy("Session records, without words"),
    "runs": gettext_lazy("Runs, without words"),
    "conversation": gettext_lazy("Conversation"),
    "shared link": gettext_lazy("Shared conversation"),
    "phrasings": gettext_lazy("Phrasings"),
    "data": gettext_lazy("All that is kept of a person"),
}


def difference(change: Change) -> str:
    """“amount: 10.00 → 20.00”, of what was changed."""
    if change.action != Change.Action.CHANGED:
        return ""
    model = model_of(change.kind)
    names = {field.name: field for field in model._meta.concrete_fields} if model else {}
    told = []
    # Not in the order of the JSON, which databases keep or don't.
    places = {name: place for place, name in enumerate(names)}
    for name in sorted(change.after, key=lambda name: (places.get(name, len(places)), name)):
        value = change.after[name]
        field = names.get(name)
        label = field.verbose_name if field else NAMES.get(name, name)
        choices = dict(field.flatchoices) if isinstance(field, Field) else {}
        before = change.before.get(name)
        if isinstance(field, DateTimeField):
            before, value = _moment(before), _moment(value)
        if value == OTHERS:
            told.append(_("%(field)s: other words") % {"field": label})
            continue
        told.append(f"{label}: {_shown(before, choices)} → {_shown(value, choices)}")
    return listed(told)


def model_of(kind: str) -> type[Model] | None:
    try:
        return apps.get_model(MODELS.get(kind, ""))
    except (LookupError, ValueError):
        return None


def _moment(value: object) -> object:
    """As the admin shows it, not as the JSON has it."""
    at = parse_datetime(value) if isinstance(value, str) else None
    return moment(at) if at is not None else value


def _shown(value: object, choices: Mapping[Any, Any]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and value in choices:
        return str(choices[value])
    if isinstance(value, list):
        value = listed(map(str, value))
    return "–" if value in (None, "") else Truncator(str(value)).chars(LONGEST)
