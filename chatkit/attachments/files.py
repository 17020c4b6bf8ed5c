"""The files behind attachments' rows."""

from __future__ import annotations

from ..models import Attachment


class FilesRemain(Exception):
    """The storage failed to delete a file. Its row is kept, so that the next call tries again."""


def delete_file(attachment: Attachment) -> None:
    """Delete the attachment's file from its storage; FilesRemain where that fails."""
    try:
        attachment.file.storage.delete(str(attachment.file.name))
    except Exception as error:
        raise FilesRemain(
            f"The file of attachment {attachment.pk} could not be deleted ({type(error).__name__})."
        ) from error
