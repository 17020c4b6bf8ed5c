"""DjangoAttachmentStore: the SDK's attachment store on Django's storages.

Here an upload in two steps begins; `views` takes the bytes, in one step or in two.
"""

from __future__ import annotations

from pydantic import AnyUrl

from chatkit.store import AttachmentStore
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
)

from ... import models
from ...attachments import intake, kinds, links
from ...attachments.names import clean_name
from ...exceptions import ApiError
from ..records import KEPT_HERE
from ..runs.context import ChatContext


class DjangoAttachmentStore(AttachmentStore[ChatContext]):
    """Files in STORAGES["chatkit"], else in the default storage."""

    def generate_attachment_id(self, mime_type: str, context: ChatContext) -> str:
        return models.new_attachment_id()

    async def create_attachment(
        self, input: AttachmentCreateParams, context: ChatContext
    ) -> Attachment:
        """Where to put the bytes. The SDK stores what is returned; the file is still to come."""
        if not context.attachments_url:
            raise ApiError("not_enabled")  # outside of a request there is no address to put it at
        await context.database(intake.check_day, context.user, input.size)
        name, mime_type = clean_name(input.name), kinds.known(input.mime_type)
        attachment_id = self.generate_attachment_id(mime_type, context)
        session_id = str(context.session.session_id)
        url = links.address(context.attachments_url, attachment_id, session_id, links.UPLOAD)
        return described(
            attachment_id,
            name,
            mime_type,
            context.attachments_url,
            upload=AttachmentUploadDescriptor(url=AnyUrl(url), method="PUT", headers={}),
        )

    async def delete_attachment(self, attachment_id: str, context: ChatContext) -> None:
        """Nothing: the file goes with its row, which the SDK deletes next."""


def described(
    attachment_id: str,
    name: str,
    mime_type: str,
    url: str,
    upload: AttachmentUploadDescriptor | None = None,
) -> Attachment:
    """A file as the protocol has it: with its address below `url` where a browser may show it."""
    metadata = {KEPT_HERE: upload is None}
    if mime_type in kinds.PICTURES:
        return ImageAttachment(
            id=attachment_id,
            name=name,
            mime_type=mime_type,
            preview_url=AnyUrl(f"{url}/{attachment_id}"),
            upload_descriptor=upload,
            metadata=metadata,
        )
    return FileAttachment(
        id=attachment_id,
        name=name,
        mime_type=mime_type,
        upload_descriptor=upload,
        metadata=metadata,
    )
