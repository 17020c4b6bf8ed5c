"""manage.py chatkit_evaluate"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatkit.personal_data import UserNotFound, find_user
from chatkit.signals import conversations_read

from ... import evaluations
from ...evaluations.models import Evaluation, EvaluationResult, EvaluationSet

UNDER_THE_BAR = 1
NOT_DONE = 2
SIGNS = {"better": "+", "worse": "-", "other": "~", "new": "*", "gone": "x"}


class Command(BaseCommand):
    help = (
        "Ask the questions of an evaluation set, and tell what has changed since the last time, "
        "question by question. Exit status 1 where fewer are answered as expected than the bar "
        "asks for, 2 where it could not be carried out to its end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "set", metavar="SET", help="The set's name, or a file *.json, which is taken in first."
        )
        parser.add_argument(
            "--against",
            default="",
            metavar="VERSION",
            help="Compare with the evaluation of this label or number, not with the last one.",
        )
        parser.add_argument("--label", default="", help="Name this one, as after a release.")
        parser.add_argument(
            "--bar", type=float, help="The share that must be as expected, 0 to 1, not the set's."
        )
        parser.add_argument("--user", default="", help="Ask as this person, with their rights.")
        parser.add_argument(
            "--export", default="", metavar="FILE", help="Write the set to this file instead."
        )

    def handle(self, *args: object, **options: Any) -> None:
        bar = options["bar"]
        if bar is not None and not 0 <= bar <= 1:
            raise CommandError("--bar must be between 0 and 1.", returncode=NOT_DONE)
        evaluation_set = self._set(options["set"])
        if options["export"]:
            self._export(evaluation_set, options["export"])
            return
        user = self._user(options["user"])
        try:
            evaluation = evaluations.begin(evaluation_set, label=options["label"], user=user)
        except evaluations.BusyError as error:
            raise CommandError(str(error), returncode=NOT_DONE) from None
        before = evaluations.earlier(evaluation, options["against"])
        if options["against"] and before is None:
            evaluation.delete()
            raise CommandError(
                f"No evaluation {options['against']!r} of this set was carried out to its end.",
                returncode=NOT_DONE,
            )
        told = self._tell if options["verbosity"] > 1 else lambda result: None
        evaluations.carry_out(evaluation, user, told)
        self._report(evaluation, before, evaluation_set.bar if bar is None else bar)

    def _set(self, given: str) -> EvaluationSet:
        if not given.endswith(".json"):
            found = EvaluationSet.objects.filter(name=given).first()
            if found is None:
                raise CommandError(f"There is no evaluation set {given!r}.", returncode=NOT_DONE)
            return found
        try:
            return evaluations.take_in(evaluations.load(Path(given).read_bytes()))
        except OSError as error:
            raise CommandError(f"{given}: {error.strerror}", returncode=NOT_DONE) from None
        except evaluations.FileError as error:
            raise CommandError(f"{given}: {error}", returncode=NOT_DONE) from None

    def _export(self, evaluation_set: EvaluationSet, target: str) -> None:
        if not evaluation_set.questions.exists():  # which no set takes in again
            raise CommandError("The set has no questions.", returncode=NOT_DONE)
        try:
            Path(target).write_text(evaluations.dump(evaluation_set), "utf-8")
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}", returncode=NOT_DONE) from None
        conversations_read.send_robust(
            None, user=None, action="exported", thread=None, person=None, what="results"
        )
        self.stdout.write(f"Wrote {evaluation_set.questions.count()} questions to {target}.")

    def _user(self, name: str) -> Any:
        try:
            return find_user(name) if name else None
        except UserNotFound as error:
            raise CommandError(str(error), returncode=NOT_DONE) from None

    def _tell(self, result: EvaluationResult) -> None:
        self.stdout.write(f"  {'passed' if result.passed else 'FAILED'}  {result.question[:100]}")

    def _report(self, evaluation: Evaluation, before: Evaluation | None, bar: float | None) -> None:
        if before is not None:
            self.stdout.write(f"Against {before.name}: {before.passed} of {before.total} then.")
        for change in evaluations.changes(evaluation, before):
            if before is not None and change.kind in SIGNS:
                self.stdout.write(f"{SIGNS[change.kind]} {_line(change)}")
        passed = f"{evaluation.passed} of {evaluation.total} answered as expected"
        name = f"{evaluation.evaluation_set.name} {evaluation.name}"
        if evaluation.status != Evaluation.Status.DONE:
            raise CommandError(
                f"{name} was broken off after {evaluation.asked} of {evaluation.total} questions: "
                f"{evaluation.error or evaluation.status}.",
                returncode=NOT_DONE,
            )
        self.stdout.write(f"{name}: {passed} ({evaluation.share:.0%}).")
        if bar is not None and evaluation.share < bar:
            self.stderr.write(f"Under the bar of {bar:.0%}.")
            sys.exit(UNDER_THE_BAR)


def _line(change: evaluations.Change) -> str:
    now, before = change.now, change.before
    if now is None:
        return f"{change.result.question[:100]} (not asked any more)"
    told = _told(now) if before is None else f"{_told(before)} -> {_told(now)}"
    return f"{now.question[:100]} ({told})"


def _told(result: EvaluationResult) -> str:
    found = [result.got_outcome, *result.got_articles[:3]]
    return ", ".join([*found, result.error] if result.error else found)
