"""Pruning as one of Django's Tasks."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from chatkit.models import Run, RunEvent, Session, Thread

pytest.importorskip("django_tasks")
pytestmark = pytest.mark.django_db


def ago(**kwargs: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**kwargs)


def answered(user: Any, ended_at: datetime.datetime) -> Run:
    thread = Thread.objects.create(user=user, workflow_id="wf_1", updated_at=ended_at)
    run = Run.objects.create(
        thread=thread, user=user, kind="threads.create", created_at=ended_at, ended_at=ended_at
    )
    RunEvent.objects.create(run=run, number=1, data="data: {}\n\n")
    return run


def test_it_deletes_what_the_setting_says(user: Any, settings: Any) -> None:
    from chatkit.retention.tasks import prune

    answered(user, ago(days=8))
    kept = answered(user, ago(days=6))
    with override_settings(CHATKIT={**settings.CHATKIT, "RETENTION_DAYS": 7}):
        done = prune.enqueue()
    assert done.return_value["conversations"] == 1
    assert list(Run.objects.all()) == [kept]


def test_without_an_age_only_what_nobody_needs(user: Any) -> None:
    """Frames that no process has swept, since the last one was killed."""
    from chatkit.retention.tasks import prune

    Session.objects.create(user=user, workflow_id="wf_1", issuer="self", created_at=ago(days=900))
    answered(user, ago(days=900))
    fresh = answered(user, ago(minutes=10))
    live = answered(user, ago(hours=3))
    Run.objects.filter(pk=live.pk).update(live=live.thread_id, status="running")
    done = prune.enqueue().return_value
    assert done["frames"] == 1
    assert "conversations" not in done
    assert {event.run for event in RunEvent.objects.all()} == {fresh, live}
    assert Run.objects.count() == 3
    assert Session.objects.exists()
