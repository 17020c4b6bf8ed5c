"""Sets as files: JSON, which people can write and Git can keep.

{
  "format": "chatkit-evaluation/1",
  "name": "orders",
  "workflow": "",
  "bar": 0.9,
  "questions": [
    {"question": "How do I cancel an order?", "language": "en", "article": "orders",
     "phrase": "Cancel order", "outcome": "answered"}
  ]
}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_unicode_slug
from django.db import transaction
from django.utils.translation import gettext as _

from chatkit import workflows
from chatkit.api import is_storable
from chatkit.models import Run

from . import logged
from .collecting import key_of
from .models import EvaluationQuestion, EvaluationSet

FORMAT = "chatkit-evaluation/1"
LARGEST = 2 * 1024 * 1024  # bytes
MOST = 2000  # questions
FIELDS: Mapping[str, int] = {
    "question": 2000,
    "language": 16,
    "article": 200,
    "phrase": 300,
    "outcome": 16,
}
EXPECTATIONS = ("article", "phrase", "outcome")


class FileError(ValueError):
    """A file is no set. The text says where, for who has made it."""


@dataclass(frozen=True)
class File:
    name: str
    workflow: str
    bar: float | None
    questions: list[dict[str, str]]


def load(data: bytes) -> File:
    """The set that a file holds; FileError where it holds none."""
    if len(data) > LARGEST:
        raise FileError(_("The file is larger than 2 MB."))
    try:
        given = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise FileError(_("The file is not JSON.")) from None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise FileError(_("The file has no “format”: “%(format)s”.") % {"format": FORMAT})
    name, workflow, bar = given.get("name"), given.get("workflow", ""), given.get("bar")
    if not isinstance(name, str) or not is_name(name):
        raise FileError(_("The name may have letters, digits, “-” and “_”, 64 at most."))
    if not isinstance(workflow, str) or (workflow and workflow not in workflows.table()):
        raise FileError(_("There is no such workflow on this site."))
    if bar is not None and not is_bar(bar):
        raise FileError(_("The bar is a number from 0 to 1."))
    return File(name, workflow, None if bar is None else float(bar), _questions(given))


def is_name(name: str) -> bool:
    try:
        validate_unicode_slug(name)
    except ValidationError:
        return False
    return len(name) <= 64


def is_bar(bar: object) -> bool:
    return isinstance(bar, int | float) and not isinstance(bar, bool) and 0 <= bar <= 1


def _questions(given: Mapping[str, Any]) -> list[dict[str, str]]:
    listed = given.get("questions")
    if not isinstance(listed, list) or not listed:
        raise FileError(_("The file has no questions."))
    if len(listed) > MOST:
        raise FileError(_("A set may have %(most)d questions.") % {"most": MOST})
    return [_question(number, entry) for number, entry in enumerate(listed, 1)]


def _question(number: int, entry: object) -> dict[str, str]:
    where = {"number": number}
    if not isinstance(entry, dict):
        raise FileError(_("Question %(number)d is no object.") % where)
    values: dict[str, str] = {}
    for name, longest in FIELDS.items():
        value = entry.get(name, "")
        if not isinstance(value, str) or len(value) > longest or not is_storable(value):
            raise FileError(
                _("Question %(number)d: “%(field)s” is no text of at most %(most)d characters.")
                % {**where, "field": name, "most": longest}
            )
        values[name] = value.strip()
    if not values["question"]:
        raise FileError(_("Question %(number)d has no “question”.") % where)
    if values["outcome"] and values["outcome"] not in Run.Outcome.values:
        raise FileError(_("Question %(number)d: there is no such outcome.") % where)
    if not any(values[name] for name in EXPECTATIONS):
        raise FileError(
            _("Question %(number)d expects nothing: say an article, a phrase or an outcome.")
            % where
        )
    return values


@transaction.atomic
def take_in(file: File, user: Any = None) -> EvaluationSet:
    """The set of a file, in the database as the file has it: what it lacks is removed there.
    `user` is who takes it in, None for a command."""
    values = {"workflow_id": file.workflow, "bar": file.bar}
    there = EvaluationSet.objects.filter(name=file.name).first()
    before = {} if there is None else logged.of_set(there) | {"questions": there.questions.count()}
    evaluation_set, _made = EvaluationSet.objects.update_or_create(name=file.name, defaults=values)
    wanted = {key_of(one["question"], one["language"]): one for one in file.questions}
    evaluation_set.questions.exclude(key__in=wanted).delete()
    known = {question.key: question for question in evaluation_set.questions.all()}
    new = [
        EvaluationQuestion(evaluation_set=evaluation_set, key=key, **one)
        for key, one in wanted.items()
        if key not in known
    ]
    changed = 0
    for key, question in known.items():
        changed += any(getattr(question, name) != value for name, value in wanted[key].items())
        for name, value in wanted[key].items():
            setattr(question, name, value)
    EvaluationQuestion.objects.bulk_update(known.values(), list(FIELDS), batch_size=200)
    EvaluationQuestion.objects.bulk_create(new, batch_size=200)
    after = logged.of_set(evaluation_set) | {"questions": len(wanted)}
    if before and (changed or new):
        after["changed"] = changed + len(new)
    logged.tell_set(user, evaluation_set, before, after)
    return evaluation_set


def dump(evaluation_set: EvaluationSet) -> str:
    """The set as a file: fields that are empty are left out."""
    questions = [
        {name: value for name in FIELDS if (value := getattr(question, name))}
        for question in evaluation_set.questions.all()
    ]
    made: dict[str, Any] = {
        "format": FORMAT,
        "name": evaluation_set.name,
        "workflow": evaluation_set.workflow_id,
        "bar": evaluation_set.bar,
        "questions": questions,
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"
