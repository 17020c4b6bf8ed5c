"""A message whose file is no longer kept, as in a draft of the day before."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from chatkit.attachments import files, later
from chatkit.models import Attachment, Thread

from ..protocol import Caller, add, create, thread_id_of
from .conftest import send

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_named(ada: Caller, folder: Path) -> None:
    old = send(ada, b"Hello").json()["id"]
    assert later.finish()
    Attachment.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
    files.sweep()
    new = send(ada, b"Hello").json()["id"]
    refused = ada.post(create("say 1", attachments=[new, old]))
    assert refused.status_code == 404
    assert refused.json()["error"] == {
        "code": "not_found",
        "message": "A file of this message is no longer kept. Attach it again.",
        "attachment_id": old,
    }
    assert not Thread.objects.exists()
    thread_id = thread_id_of(ada.stream(create("say 1", attachments=[new])))
    more = add(thread_id, "say 1")
    more["params"]["input"]["attachments"] = [old]
    refused = ada.post(more)
    assert (refused.status_code, refused.json()["error"]["attachment_id"]) == (404, old)


def test_another_persons_is_no_other(ada: Caller, bob: Caller, folder: Path) -> None:
    theirs = send(bob, b"Hello").json()["id"]
    refused = ada.post(create("say 1", attachments=[theirs]))
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "not_found")
