"""Runs: the answers in conversations, while they are written and after."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..fields import ExactCharField
from ..managers import RunQuerySet
from .conversation import Thread
from .ids import new_run_id
from .owned import Owned, delete_along, one_owner
from .session import Session


class Run(Owned):
    """One answer, being written or ended. It does not depend on a connection."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")
        INTERRUPTED = "interrupted", _("Interrupted")

    class Outcome(models.TextChoices):
        """What became of the question. Empty while the run lives."""

        ANSWERED = "answered", _("Answered")
        CLARIFIED = "clarified", _("Asked back")
        NOT_FOUND = "not_found", _("No answer found")
        REFUSED = "refused", _("Refused")
        HANDED_OVER = "handed_over", _("Handed over")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")
        INTERRUPTED = "interrupted", _("Interrupted")
        UNKNOWN = "unknown", _("Unknown")

    id = models.CharField(primary_key=True, max_length=64, default=new_run_id, editable=False)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="runs", verbose_name=_("conversation")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=delete_along,
        null=True,
        blank=True,
        related_name="chatkit_runs",
        verbose_name=_("user"),
    )
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    kind = models.CharField(_("request"), max_length=64)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.RUNNING)
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=Outcome, blank=True, default="", editable=False
    )
    # [{"query": "cancel an order", "language": "en"}]: words of users, or of a model.
    searched = models.JSONField(_("searched"), default=list, blank=True, editable=False)
    # [{"article": "orders", "section": "Cancel an order", "language": "en", "url": "/…"}]
    cited = models.JSONField(_("cited"), default=list, blank=True, editable=False)
    # [{"kind": "customer", "id": "12"}]: what the question named.
    named = models.JSONField(_("named"), default=list, blank=True, editable=False)
    # When the reader asked for an article on what was not found.
    editors_told_at = models.DateTimeField(_("editors told"), null=True, blank=True, editable=False)
    # The thread's id while the run lives and NULL after: unique, so the database itself
    # keeps a thread to one run at a time (a partial index would not hold on MariaDB).
    live = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    owner = models.CharField(max_length=160, blank=True, editable=False)
    # The request's Idempotency-Key: a request that is sent again listens to the run that answers
    # it. NULL without one: unique for each owner, so that two at once begin one run.
    key = ExactCharField(max_length=64, null=True, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When a client last listened: a run without listeners is stopped for a new message.
    listened_at = models.DateTimeField(null=True, blank=True, editable=False)
    stop_requested = models.BooleanField(default=False, editable=False)
    model = models.CharField(_("model"), max_length=128, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens in"), null=True, blank=True)
    tokens_cached = models.PositiveIntegerField(_("tokens cached"), null=True, blank=True)
    tokens_out = models.PositiveIntegerField(_("tokens out"), null=True, blank=True)
    first_token_ms = models.PositiveIntegerField(_("first token (ms)"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration (ms)"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="chatkit_run_created"),
            models.Index(fields=["user", "-created_at"], name="chatkit_run_user"),
            models.Index(fields=["outcome", "-created_at", "-id"], name="chatkit_run_outcome"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="chatkit_run_key"),
            models.UniqueConstraint(fields=["visitor", "key"], name="chatkit_run_visitor_key"),
            one_owner("run"),
        ]

    def __str__(self) -> str:
        return self.id


class RunEvent(models.Model):
    """Frames of a run, as they were sent; deleted a minute after its end.

    `number` is that of the first frame; each frame in `data` ends with an empty line.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    data = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="chatkit_run_event")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.number}"
