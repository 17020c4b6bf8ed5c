"""The courses that a conversation has taken."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..managers import ThreadChildQuerySet
from .conversation import Thread


class Branch(models.Model):
    """A course of a conversation from the place on where a question was answered again, or asked
    anew. The first, of number 0, gets its row with the second one."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="branches")
    number = models.PositiveIntegerField()
    # The branch that it left, behind the item of this sequence (0: at the beginning).
    parent = models.PositiveIntegerField(null=True)
    after = models.BigIntegerField(default=0)
    # When it was last the one that is shown.
    used_at = models.DateTimeField(default=timezone.now)

    objects = ThreadChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        # On PostgreSQL its index stands among the tables: its name is not that of one.
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="chatkit_branch_number")
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.number}"
