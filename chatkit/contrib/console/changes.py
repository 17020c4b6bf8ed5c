"""Who changed what, and when, of what `row_changed` tells: kept beside Django's log of the admin,
which has neither the values from before nor those from after, and goes with its user."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatkit import access


class Change(models.Model):
    """A change of one row: its values before and after, by field; {} where there was none."""

    class Action(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        DELETED = "deleted", _("Deleted")

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    user_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=8, choices=Action)
    # Whom the row was about, None where that was nobody in particular, or somebody who is gone.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # What was changed, as `budget` or `switch`; its key, and its name at that time.
    kind = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        default_permissions = ()
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.action}"


def record(
    user: Any, row: models.Model, before: dict[str, Any], after: dict[str, Any], name: str = ""
) -> None:
    """Keep a change of `row`: its values before it ({} where it is new) and after it ({} where it
    is deleted), and what it is called, "" for its own name. Nothing is kept where they are the
    same. `user` is None for a command of the server."""
    if before == after:
        return
    from .budgets.models import Budget  # late: models are loaded along with this

    # The field of whom it is about: that is kept as `person` and nowhere else, so that it can be
    # forgotten.
    about = "user" if isinstance(row, Budget) else ""
    person = after.get(about) or before.get(about)
    if before and after:
        action = Change.Action.CHANGED
        changed = [name for name in after if before.get(name) != after[name]]
        before, after = ({name: side.get(name) for name in changed} for side in (before, after))
    else:
        action = Change.Action.DELETED if before else Change.Action.ADDED
    before, after = (_without(about, side) for side in (before, after))
    Change.objects.create(
        user=user,
        user_name=access.login_name(user)[:150] if user else "",
        action=action,
        person_id=person,
        kind=row._meta.model_name or "",
        object_id=str(row.pk),
        name=(name or (row.unnamed() if isinstance(row, Budget) else str(row)))[:200],
        before=before,
        after=after,
    )


def _without(field: str, side: dict[str, Any]) -> dict[str, Any]:
    from chatkit.admin.recorded import WITHHELD  # late: the models load this, also without an admin

    return side | {field: WITHHELD} if side.get(field) else side
