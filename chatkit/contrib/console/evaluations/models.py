"""The rows of evaluation sets and of their runs."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatkit.fields import ExactCharField
from chatkit.models import Run


class EvaluationSet(models.Model):
    """Questions that are asked together. `workflow_id` names who answers, "" the default."""

    # Exact: a file of `Orders` would otherwise replace the questions of `orders` on MariaDB.
    name = ExactCharField(_("name"), max_length=64, unique=True)
    workflow_id = models.CharField(_("workflow"), max_length=128, blank=True, default="")
    # The share of questions that must be answered as expected, None for no bar.
    bar = models.FloatField(
        _("bar"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        default_permissions = ("change",)
        ordering = ["name"]
        verbose_name = _("evaluation set")
        verbose_name_plural = _("evaluation sets")

    def __str__(self) -> str:
        return self.name


class Expected(models.Model):
    """A question and what is expected of its answer: what is "" is not asked for."""

    key = models.CharField(max_length=40, editable=False)
    question = models.TextField(_("question"), max_length=2000)
    language = models.CharField(_("language"), max_length=16, blank=True, default="")
    article = models.CharField(_("article"), max_length=200, blank=True, default="")
    phrase = models.CharField(_("phrase"), max_length=300, blank=True, default="")
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=Run.Outcome, blank=True, default=""
    )

    class Meta:
        abstract = True


class EvaluationQuestion(Expected):
    """A question of a set. A copy: it stays when its conversation is deleted."""

    evaluation_set = models.ForeignKey(
        EvaluationSet, on_delete=models.CASCADE, related_name="questions"
    )

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation_set", "key"], name="chatkit_console_question_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Evaluation(models.Model):
    """One time that a set was asked."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        BROKEN = "broken", _("Broken off")

    evaluation_set = models.ForeignKey(EvaluationSet, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    label = models.CharField(_("label"), max_length=64, blank=True, default="")
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.WAITING)
    # Why it was broken off: a run's recorded error, or `gone` where its process is.
    error = models.CharField(max_length=255, blank=True, default="")
    workflow_id = models.CharField(max_length=128)
    model = models.CharField(max_length=128, blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    tokens_in = models.BigIntegerField(default=0)
    tokens_cached = models.BigIntegerField(default=0)
    tokens_out = models.BigIntegerField(default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)  # when it last got on
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation_set", "number"], name="chatkit_console_evaluation_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_set_id} {self.number}"

    @property
    def name(self) -> str:
        """Its label, else its number."""
        return self.label or f"#{self.number}"

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.BROKEN)

    @property
    def share(self) -> float:
        return self.passed / self.total if self.total else 0.0


class EvaluationResult(Expected):
    """What became of one question. The question is copied: the set may change later."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="results")
    passed = models.BooleanField()
    got_outcome = models.CharField(max_length=16, choices=Run.Outcome)
    got_articles = models.JSONField(default=list)
    got_text = models.TextField(blank=True, default="")
    error = models.CharField(max_length=255, blank=True, default="")
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "key"], name="chatkit_console_result_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
