"""A file of ours becomes a message's, while it may be deleted as one that nobody sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ...exceptions import ApiError
from ...models import Attachment
from .writes import SaveAttachment, Transaction


def gone(attachment_id: str) -> ApiError:
    """What a message is told whose file is not there, or not this person's."""
    sentence = _("A file of this message is no longer kept. Attach it again.")
    return ApiError("not_found", sentence, details={"attachment_id": attachment_id})


@dataclass(frozen=True)
class TakeAttachment(SaveAttachment):
    """ApiError `not_found` where its file is deleted, or is about to be: see `files.take_file`."""

    def apply(self, transaction: Transaction) -> None:
        mine = Attachment.objects.for_session(transaction.session, deleted=True).filter(pk=self.id)
        if not mine.exclude(file="").update(**self.values):
            raise gone(self.id)
