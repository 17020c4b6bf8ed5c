"""Old conversations go as a whole, or stay as a whole."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from chatkit.attachments.files import delete_file
from chatkit.models import Attachment, Thread
from chatkit.retention import Outdated, rows

from ..selfhosted.protocol import Caller, add, create, thread_id_of
from ..threads.test_list import LIST, act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(ada: Caller, user: Any, scripted: str) -> str:
    """A conversation of long ago, with a file."""
    thread_id = thread_id_of(ada.stream(create("say 1")))
    upload = Attachment(
        id="atc_old", user=user, workflow_id=scripted, thread_id=thread_id, name="a.txt",
        mime_type="text/plain",
    )  # fmt: skip
    upload.file.save("a.txt", ContentFile(b"our hours"))
    Thread.objects.update(updated_at=timezone.now() - datetime.timedelta(days=9))
    return thread_id


def left() -> tuple[int, int]:
    return Thread.objects.count(), Attachment.objects.count()


def act_status(caller: Caller, action: str, thread_id: str) -> int:
    response = caller.client.post(
        LIST,
        {"action": action, "ids": [thread_id]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.secret}"},
    )
    return response.status_code


def test_nobody_goes_on_in_one_whose_files_are_being_deleted(
    ada: Caller, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def slowly(attachment: Attachment) -> None:
        asked.append(ada.post(add(old, "say 2")).status_code)
        delete_file(attachment)

    monkeypatch.setattr("chatkit.attachments.files.delete_file", slowly)
    assert Outdated.after(1).delete()["conversations"] == 1
    assert (asked, left()) == ([404], (0, 0))


def test_one_that_was_used_just_before_keeps_its_files(
    ada: Caller, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_keys = rows._some_keys

    def used_after(chosen: Any) -> Any:
        keys = some_keys(chosen)
        if chosen.model is Thread and keys:
            ada.stream(add(old, "say 2"))
        return keys

    monkeypatch.setattr(rows, "_some_keys", used_after)
    assert Outdated.after(1).delete()["conversations"] == 0
    assert left() == (1, 1)


@pytest.mark.parametrize("by_its_person", [False, True], ids=["old", "deleted"])
def test_nobody_brings_one_back_whose_files_are_being_deleted(
    ada: Caller, old: str, monkeypatch: pytest.MonkeyPatch, by_its_person: bool
) -> None:
    asked: list[int] = []

    def slowly(attachment: Attachment) -> None:
        asked.append(act_status(ada, "restore", old))
        delete_file(attachment)

    monkeypatch.setattr("chatkit.attachments.files.delete_file", slowly)
    if by_its_person:
        act(ada, "delete", old)
        late = timezone.now() - datetime.timedelta(minutes=1)
        Thread.objects.update(deleted_at=late, updated_at=timezone.now())
    Outdated.after(1).delete()
    assert (asked, left()) == ([404], (0, 0))
