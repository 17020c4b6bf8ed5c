"""Taking the assistant offline, and on again, from the console."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chatkit.admin.recorded import tell, values_of

from ..models import Switch

LONGEST = 500  # characters of a notice


@transaction.atomic
def turn(user: Any, workflow_id: str, offline: bool, notice: str = "") -> None:
    """Set the switch of a workflow, "" for the whole site's; the notice stays where it goes on."""
    switch, is_new = Switch.objects.select_for_update().get_or_create(
        workflow_id=workflow_id, defaults={"offline": offline, "notice": notice[:LONGEST]}
    )
    if is_new:
        tell(user, switch, {}, values_of(switch))
        return
    before = values_of(switch)
    switch.offline = offline
    if offline:
        switch.notice = notice[:LONGEST]
    switch.save()
    tell(user, switch, before, values_of(switch))
