"""A file is deleted, sent or replaced at the same moment."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.utils import timezone

from chatkit.attachments import files, intake, later
from chatkit.models import Attachment, Thread
from chatkit.retention import Outdated, rows
from chatkit.selfhosted import store

from ...attachments import samples
from ..protocol import Caller, ask, create
from .conftest import kept, put, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(ada: Caller, folder: Path) -> str:
    """An upload of the day before."""
    attachment_id = str(send(ada, b"Hello").json()["id"])
    assert later.finish()
    Attachment.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
    return attachment_id


def sent(ada: Caller, attachment_id: str) -> None:
    assert ada.stream(create("say 1", attachments=[attachment_id]))


def test_one_that_was_sent_meanwhile_is_not_swept(
    ada: Caller, old: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = files._some_unsent

    def sent_after() -> list[Attachment]:
        found = some()
        sent(ada, old)
        return found

    monkeypatch.setattr(files, "_some_unsent", sent_after)
    files.sweep()
    assert Attachment.objects.exclude(file="").get().thread_id
    assert len(kept(folder)) == 1


def test_one_that_was_sent_meanwhile_is_not_pruned(
    ada: Caller, old: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_keys = rows._some_keys

    def sent_after(chosen: Any) -> Any:
        keys = some_keys(chosen)
        if chosen.model is Attachment and keys:
            sent(ada, old)
        return keys

    monkeypatch.setattr(rows, "_some_keys", sent_after)
    assert Outdated.after(9).delete()["unsent files"] == 0
    assert Attachment.objects.exclude(file="").get().thread_id
    assert len(kept(folder)) == 1


class WatchedStorage(FileSystemStorage):
    """Calls a test while it deletes."""

    meanwhile: Callable[[], Any] = staticmethod(lambda: None)

    def delete(self, name: str) -> None:
        type(self).meanwhile()
        super().delete(name)


def watched(settings: Any, folder: Path, meanwhile: Callable[[], Any]) -> None:
    backend = f"{WatchedStorage.__module__}.{WatchedStorage.__qualname__}"
    entry = {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = settings.STORAGES | {"chatkit": entry}
    WatchedStorage.meanwhile = staticmethod(meanwhile)


def test_one_that_is_being_deleted_can_not_be_sent(
    ada: Caller, old: str, folder: Path, settings: Any
) -> None:
    answers: list[Any] = []
    watched(settings, folder, lambda: answers.append(ada.post(create("say 1", attachments=[old]))))
    files.sweep()
    assert [answer.json()["error"]["code"] for answer in answers] == ["not_found"]
    assert not Attachment.objects.exists()
    assert not Thread.objects.exists()
    assert not kept(folder)


def test_one_that_is_deleted_just_before_its_message_is_kept(
    ada: Caller, old: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = store._load_attachment

    def swept_after(*args: Any) -> Any:
        found = load(*args)
        files.sweep()
        return found

    monkeypatch.setattr(store, "_load_attachment", swept_after)
    refused = ada.post(create("say 1", attachments=[old]))
    assert refused.json()["error"]["code"] == "not_found"
    assert not Attachment.objects.exists()
    assert not Thread.objects.exists()


@pytest.mark.parametrize("way", ["swept", "pruned"])
def test_a_storage_that_fails_leaves_it_as_it_was(
    ada: Caller, old: str, folder: Path, settings: Any, way: str
) -> None:
    def fail() -> None:
        raise ConnectionError

    watched(settings, folder, fail)
    if way == "swept":
        files.sweep()
    else:
        with pytest.raises(files.FilesRemain):
            Outdated.after(9).delete()
    sent(ada, old)
    assert Attachment.objects.get().file
    assert len(kept(folder)) == 1


def test_of_two_uploads_to_one_address_the_refused_one_takes_nothing(
    ada: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ada.json(ask("attachments.create", name="a.txt", size=5, mime_type="text/plain"))
    parts = urlsplit(told["upload_descriptor"]["url"])
    url = f"{parts.path}?{parts.query}"
    check = intake.check

    def slowly(file: Any, *args: Any) -> Any:
        file.seek(0)
        if file.read(2) == b"MZ":
            assert put(ada, url, b"Hello").status_code == 200
        return check(file, *args)

    monkeypatch.setattr(intake, "check", slowly)
    assert put(ada, url, samples.EXE).status_code == 400
    assert Attachment.objects.get().size == 5
    assert len(kept(folder)) == 1
    sent(ada, told["id"])


@pytest.mark.parametrize("steps", [1, 2])
def test_uploads_at_once_are_no_more_than_a_day_allows(
    ada: Caller, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"max_per_day": 12}}
    urls = []
    if steps == 2:
        request = ask("attachments.create", name="a.txt", size=5, mime_type="text/plain")
        told = [ada.json(request)["upload_descriptor"]["url"] for _ in range(4)]
        urls = [url.removeprefix("http://testserver") for url in told]
    all_have_come = threading.Barrier(4)
    check = intake.check

    def once_all_have_come(*args: Any) -> Any:
        all_have_come.wait(20)
        return check(*args)

    monkeypatch.setattr(intake, "check", once_all_have_come)
    statuses: list[int] = []

    def upload(number: int) -> None:
        try:
            answer = put(ada, urls[number], b"Hello") if urls else send(ada, b"Hello")
            statuses.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [200, 200, 429, 429]
    assert Attachment.objects.exclude(file="").count() == len(kept(folder)) == 2
