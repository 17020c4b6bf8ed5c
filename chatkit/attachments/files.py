"""The files behind attachments' rows: stored whole or not at all, and deleted with their rows."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar, TypeVarTuple

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete
from django.utils import timezone

from ..exceptions import ApiError
from ..models import Attachment, Visitor
from ..models.conversation import attachment_path
from .later import later

logger = logging.getLogger("chatkit.attachments")
UNSENT = datetime.timedelta(days=1)  # that a file which no message has taken is kept
SWEPT = 20  # at once
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_sweeping = threading.Lock()


class FilesRemain(Exception):
    """The storage failed to delete a file. Its row is kept, so that the next call tries again."""


def store_file(attachment: Attachment, file: IO[bytes]) -> None:
    """Put a file into the storage and its path on the row, which is not saved. ApiError
    `files_unavailable` where the storage is down or full; then nothing of it is left there."""
    storage: Any = attachment.file.storage
    path = attachment_path(attachment, "")
    try:
        attachment.file.name = storage.save(path, File(file))
    except Exception:
        logger.exception("A file could not be stored.")
        with suppress(Exception):  # what was written before the disk was full
            storage.delete(path)
        raise ApiError("files_unavailable") from None


def drop_file(attachment: Attachment) -> None:
    """Delete a file whose row could not be saved; where that fails, it is logged."""
    try:
        delete_file(attachment)
    except FilesRemain:
        logger.exception("A file without a row stays in the storage: %s", attachment.file.name)


def delete_file(attachment: Attachment) -> None:
    """Delete the attachment's file from its storage; FilesRemain where that fails."""
    try:
        attachment.file.storage.delete(str(attachment.file.name))
    except Exception as error:
        raise FilesRemain(
            f"The file of attachment {attachment.pk} could not be deleted ({type(error).__name__})."
        ) from error


def _here(function: Callable[[*Ts], T], *args: *Ts) -> T:
    return function(*args)


def take_file(
    rows: QuerySet[Attachment], attachment: Attachment, database: Callable[..., Any] = _here
) -> bool:
    """Delete the file of one of these rows, which names it no more from before that on, so that no
    message takes it. False where it is none of them by now, or another takes its file. FilesRemain,
    and the row names it again."""
    if not database(_claim, rows, attachment):
        return False
    try:
        delete_file(attachment)
    except FilesRemain:
        database(_give_back, attachment)
        raise
    return True


def _claim(rows: QuerySet[Attachment], attachment: Attachment) -> bool:
    return bool(rows.filter(pk=attachment.pk, file=attachment.file.name).update(file=""))


def _give_back(attachment: Attachment) -> None:
    Attachment.objects.filter(pk=attachment.pk, file="").update(file=attachment.file.name)


# -- files that nobody sent ----------------------------------------------------------------


def unsent() -> QuerySet[Attachment]:
    """Uploads of more than a day ago that no message has taken."""
    return Attachment.objects.filter(thread=None, created_at__lt=timezone.now() - UNSENT)


def sweep(database: Callable[..., Any] = _here) -> None:
    """Delete some of them. Where the storage fails, the next time tries again.

    `database(function, *args)` calls what uses the ORM, which waits for no storage.
    """
    if not _sweeping.acquire(blocking=False):
        return  # another thread is at it
    try:
        for attachment in database(_some_unsent):
            if attachment.file and not take_file(unsent(), attachment, database):
                continue  # a message has taken it meanwhile
            database(_delete_unsent, attachment.pk)
    except FilesRemain:
        logger.exception("A file that nobody sent could not be deleted.")
    finally:
        _sweeping.release()


def _some_unsent() -> list[Attachment]:
    return list(unsent().defer("text", "payload")[:SWEPT])


def _delete_unsent(attachment_id: str) -> None:
    Attachment.objects.filter(pk=attachment_id, thread=None, file="").delete()


# -- files whose rows are deleted ----------------------------------------------------------


def _on_deleted(sender: object, instance: Attachment, **kwargs: object) -> None:
    """A row went with its conversation or its person: its file goes, once that is certain."""
    if instance.file:
        # The key is taken off the instance once it is deleted.
        gone = Attachment(
            pk=instance.pk,
            user_id=instance.user_id,
            visitor_id=instance.visitor_id,
            workflow_id=instance.workflow_id,
            file=instance.file.name,
        )
        transaction.on_commit(lambda: later(_delete_or_keep, gone))


def _delete_or_keep(attachment: Attachment) -> None:
    try:
        delete_file(attachment)
    except FilesRemain:
        logger.exception("A file could not be deleted with its row: %s", attachment.file.name)
        _keep_for_sweep(attachment)


def _keep_for_sweep(attachment: Attachment) -> None:
    """A row that says nothing but where the file is, so that the next sweep finds it."""
    owners: Any = Visitor if attachment.user_id is None else get_user_model()
    if not owners._default_manager.filter(pk=attachment.person_pk).exists():
        logger.error("A file stays in the storage: %s", attachment.file.name)
        return
    Attachment.objects.create(
        **attachment.owned_by,
        workflow_id=attachment.workflow_id,
        file=attachment.file.name,
        created_at=timezone.now() - UNSENT,
    )


def connect_signals() -> None:
    post_delete.connect(_on_deleted, sender=Attachment, dispatch_uid="chatkit.attachments")
