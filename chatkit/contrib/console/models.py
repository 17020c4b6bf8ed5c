"""The console's own rows, and the permission to see it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatkit.models import Run


class Console(models.Model):
    """No table: what the permission `chatkit_console.view_console` belongs to."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("view_console", _("Can view the console"))]
        verbose_name = _("console")
        verbose_name_plural = _("console")

    def __str__(self) -> str:
        return "console"


# -- daily figures: what `daily` keeps, so that no page counts months of runs ------------------


class Day(models.Model):
    """A day whose figures are kept. A day without a row, or a stale one, is counted anew."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField(null=True)
    # Something of that day has changed since.
    stale = models.BooleanField(default=True)
    # All of its DayFigures, with those of deleted runs, so that a year is read from a row for each
    # day: see daily.summary. Deleting runs does not change it.
    summary = models.JSONField(null=True)
    # Whether the sums of its month have its people as they are.
    summed = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.day.isoformat()


class Sums(models.Model):
    """Sums over runs that began on `day`. `gone` ones are of runs that are deleted: they are
    added to the others and never counted anew."""

    day = models.DateField()
    gone = models.BooleanField(default=False)
    answers = models.IntegerField(default=0)
    down = models.IntegerField(default=0)  # answers with a thumbs down

    class Meta:
        abstract = True


class Usage(Sums):
    """With tokens, by who answered."""

    workflow_id = models.CharField(max_length=128, blank=True)
    model = models.CharField(max_length=128, blank=True)
    tokens_in = models.BigIntegerField(default=0)
    tokens_cached = models.BigIntegerField(default=0)
    tokens_out = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class DayFigures(Usage):
    """By workflow, model, outcome and, of failures, their cause."""

    outcome = models.CharField(max_length=16, blank=True)
    error = models.CharField(max_length=64, blank=True)
    # How many answers had their first word within which time: see daily.buckets.
    first = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["day"], name="chatkit_console_figures")]

    def __str__(self) -> str:
        return f"{self.day} {self.outcome}"


class DayPerson(Usage):
    """By person. What is deleted stays in the sums, of nobody."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    failed = models.IntegerField(default=0)
    not_found = models.IntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["day"], name="chatkit_console_people"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id}"


class MonthPerson(models.Model):
    """The sums of DayPerson over the days of a month, which begins on `month`, where all of them
    are `summed`."""

    month = models.DateField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    model = models.CharField(max_length=128, blank=True)
    answers = models.BigIntegerField(default=0)
    down = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    not_found = models.BigIntegerField(default=0)
    tokens_in = models.BigIntegerField(default=0)
    tokens_cached = models.BigIntegerField(default=0)
    tokens_out = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["month"], name="chatkit_console_month")]

    def __str__(self) -> str:
        return f"{self.month} {self.user_id}"


class DayArticle(Sums):
    """By article that was cited."""

    article = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["day"], name="chatkit_console_articles")]

    def __str__(self) -> str:
        return f"{self.day} {self.article}"


# -- unanswered questions ----------------------------------------------------------------------


class QuestionGroup(models.Model):
    """Questions that are nearly the same, and what is to be done about them.

    No words are kept here: `terms` are hashes, and the questions stand in their conversations. So
    what a group is told by comes from its first question: later ones can't move it.
    What an operator decided stays, whoever asks the same later.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DRAFTED = "drafted", _("Being written")
        ANSWERED = "answered", _("Answered by an article")
        DISMISSED = "dismissed", _("Not for us")

    key = models.CharField(max_length=40, unique=True, editable=False)
    terms = models.JSONField(default=list, editable=False)
    # Where the extra `semantic` is: hashes of the names and numbers in it, and its vector, as long
    # as somebody's question is in the group.
    names = models.JSONField(default=list, editable=False)
    vector = models.BinaryField(null=True)
    vector_of = models.CharField(max_length=64, blank=True, editable=False)  # which model made it
    language = models.CharField(_("language"), max_length=16, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.OPEN)
    article = models.CharField(_("article"), max_length=200, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("marked by"),
    )
    marked_at = models.DateTimeField(_("marked"), null=True)

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("unanswered question")
        verbose_name_plural = _("unanswered questions")

    def __str__(self) -> str:
        return f"{self.status} #{self.pk}"


class Question(models.Model):
    """A question that has no answer, or one with a thumbs down; with the run that answered it."""

    run = models.OneToOneField(
        Run, on_delete=models.CASCADE, primary_key=True, related_name="chatkit_console_question"
    )
    # None: a visitor's.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    down = models.BooleanField(default=False)
    # None until it is grouped, and where nothing was written, as with a button that was pressed.
    group = models.ForeignKey(
        QuestionGroup, on_delete=models.CASCADE, null=True, related_name="questions"
    )
    pending = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["asked_at", "group", "user"], name="chatkit_console_asked"),
            models.Index(fields=["group", "asked_at", "user"], name="chatkit_console_asking"),
            models.Index(fields=["pending", "asked_at"], name="chatkit_console_pending"),
        ]

    def __str__(self) -> str:
        return str(self.run_id)


# -- beside what uses them; Django looks for all of an app's models here -----------------------

from .audit.models import Reading as Reading  # noqa: E402
from .budgets.models import Budget as Budget  # noqa: E402
from .budgets.models import Spent as Spent  # noqa: E402
from .changes import Change as Change  # noqa: E402
from .evaluations.models import Evaluation as Evaluation  # noqa: E402
from .evaluations.models import EvaluationQuestion as EvaluationQuestion  # noqa: E402
from .evaluations.models import EvaluationResult as EvaluationResult  # noqa: E402
from .evaluations.models import EvaluationSet as EvaluationSet  # noqa: E402
from .quality.models import Review as Review  # noqa: E402
from .said.models import Said as Said  # noqa: E402
from .switch import Switch as Switch  # noqa: E402
