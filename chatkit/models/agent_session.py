"""Sessions of agents that OpenAI hosts: which conversation each one answers in."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..fields import ExactCharField
from .conversation import Thread


class AgentSession(models.Model):
    """A session at OpenAI's Agents API. Its id is told to no client.

    One without a thread is to be deleted at OpenAI: its conversation is gone, or goes on in
    another session.
    """

    id = ExactCharField(primary_key=True, max_length=128, editable=False)
    thread = models.ForeignKey(
        Thread,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="agent_sessions",
    )
    agent_id = models.CharField(max_length=128)
    # The latest question that it was told and the turn that answers it: what stands in the
    # conversation before another question is then known there.
    question_id = ExactCharField(max_length=128, blank=True)
    turn_id = ExactCharField(max_length=128, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)
    # Of deleting it: how often that failed, why the last time, and when to try again. Not before
    # then, either, where its session is still asked what a stopped turn has used.
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=255, blank=True)
    try_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("agent session")
        verbose_name_plural = _("agent sessions")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.id
