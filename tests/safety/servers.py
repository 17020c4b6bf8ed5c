"""An answerer with every optional part, whose own code does not ask who wants what."""

from __future__ import annotations

from chatkit.models import new_attachment_id
from chatkit.selfhosted.runs.context import ChatContext
from chatkit.store import AttachmentStore
from chatkit.types import AttachmentCreateParams, FileAttachment

from ..selfhosted.servers import FullServer


class CarelessUploads(AttachmentStore[ChatContext]):
    """Deletes whichever file it is told to, as a store of files by their ids may."""

    deleted: list[str] = []

    async def create_attachment(
        self, input: AttachmentCreateParams, context: ChatContext
    ) -> FileAttachment:
        return FileAttachment(id=new_attachment_id(), name=input.name, mime_type=input.mime_type)

    async def delete_attachment(self, attachment_id: str, context: ChatContext) -> None:
        self.deleted.append(attachment_id)


class OpenServer(FullServer):
    def __init__(self) -> None:
        super().__init__(attachment_store=CarelessUploads())
