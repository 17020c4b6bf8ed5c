"""The SDK's models as rows, and back.

Inside the SDK times are naive and local, like its own, from which it subtracts them. In rows and
on the wire they are aware: a browser reads a time without an offset as its own local time.
"""

from __future__ import annotations

import datetime
import json
import logging
from functools import cache
from typing import Any

from pydantic import AnyUrl, BaseModel, TypeAdapter, ValidationError

from chatkit.types import (
    Attachment,
    HiddenContextItem,
    ImageAttachment,
    Page,
    SDKHiddenContextItem,
    SyncCustomActionResponse,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemBase,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    UserMessageItem,
    WidgetItem,
)
from chatkit.widgets import DynamicWidgetRoot, WidgetRoot

from .. import models
from ..fields import JsonObject

logger = logging.getLogger("chatkit.records")

TITLE_LENGTH = 200
TEMPORARY = "chatkit.temporary"  # in the metadata of a thread that is, and of who wants one
VERSIONS = "chatkit.versions"  # in the metadata of a thread that has several
# In the metadata of an attachment: its file is in this site's storage; true once it has come.
KEPT_HERE = "chatkit.kept"
HIDDEN = (HiddenContextItem, SDKHiddenContextItem)


@cache
def _item_adapter() -> TypeAdapter[ThreadItem]:
    return TypeAdapter(ThreadItem)


@cache
def _attachment_adapter() -> TypeAdapter[Attachment]:
    return TypeAdapter(Attachment)


# -- times -------------------------------------------------------------------------------


def to_aware(moment: datetime.datetime) -> datetime.datetime:
    """A time of the SDK's (naive ones are local) in UTC."""
    return moment.astimezone(datetime.UTC)


def to_naive(moment: datetime.datetime) -> datetime.datetime:
    """An aware time as the SDK has its own."""
    return moment.astimezone().replace(tzinfo=None)


# -- text that a database can't hold -----------------------------------------------------


def clean_text(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and without halves of characters: two that belong
    together become one, a single one a question mark."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return join_halves(text).encode("utf-8", "replace").decode()
    return text


def join_halves(text: str) -> str:
    """The same with the two halves (UTF-16 surrogates) of a character as one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def clean(value: Any) -> Any:
    """The same for all the texts of a JSON value."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [clean(entry) for entry in value]
    return value


# -- threads -----------------------------------------------------------------------------


def thread_values(thread: ThreadMetadata) -> JsonObject:
    """A thread as columns (id, owner and items apart)."""
    dumped = thread.model_dump(mode="json", include={"status", "metadata"}, exclude_none=True)
    return {
        "title": clean_text(thread.title or "")[:TITLE_LENGTH],
        "created_at": to_aware(thread.created_at),
        "status": clean(dumped["status"]),
        "metadata": clean(dumped["metadata"]),
        "allowed_image_domains": thread.allowed_image_domains,
    }


def thread_from_row(row: models.Thread) -> ThreadMetadata:
    return ThreadMetadata.model_validate(
        {
            "id": row.id,
            "title": row.title or None,
            "created_at": to_naive(row.created_at),
            "status": row.status,
            "allowed_image_domains": row.allowed_image_domains,
            "metadata": row.metadata
            | ({TEMPORARY: True} if row.temporary else {})
            | ({VERSIONS: True} if row.forked else {}),
        }
    )


# -- items -------------------------------------------------------------------------------


def item_row(thread_id: str, item: ThreadItem) -> models.ThreadItem:
    """An item as an unsaved row, with the state that it has now."""
    created_at = to_aware(item.created_at)
    # With the attachments' metadata, which only answers to clients leave out.
    payload = clean(item.model_dump(mode="json", exclude_none=True))
    payload["created_at"] = created_at.isoformat()
    if isinstance(item, HiddenContextItem):
        payload.setdefault("content", None)  # null is a valid content
    return models.ThreadItem(
        item_id=item.id,
        thread_id=thread_id,
        type=item.type,
        payload=payload,
        created_at=created_at,
    )


def item_from_row(row: models.ThreadItem) -> ThreadItem:
    """The SDK's item. A row that it can't read becomes a hidden item, never an error."""
    try:
        item = _item_adapter().validate_python(row.payload)
        if isinstance(item, WidgetItem):
            item.widget = read_widget(row.payload["widget"])
    except ValidationError as error:
        logger.warning("Item %s can't be read: %d errors.", row.pk, error.error_count())
        item = HiddenContextItem(
            id=row.item_id,
            thread_id=row.thread_id,
            created_at=row.created_at,
            content=row.payload,
        )
    item.created_at = to_naive(row.created_at)
    return item


@cache
def _widget_adapter() -> TypeAdapter[WidgetRoot]:
    return TypeAdapter(WidgetRoot)


def read_widget(payload: JsonObject) -> WidgetRoot | DynamicWidgetRoot:
    """A stored widget as the class that it was: a Card again where nothing is lost by it. The
    SDK's classes drop what they don't know, such as a Table's rows; then it stays dynamic."""
    widget = _widget_adapter().validate_python(payload)
    if widget.model_dump(mode="json", exclude_none=True) == payload:
        return widget
    return DynamicWidgetRoot.model_validate(payload)


# -- attachments -------------------------------------------------------------------------


def attachment_values(attachment: Attachment) -> JsonObject:
    payload = clean(attachment.model_dump(mode="json"))
    return {
        "name": payload["name"][:255],
        "mime_type": payload["mime_type"][:128],
        "thread_id": attachment.thread_id,
        "payload": payload,
    }


def attachment_from_row(row: models.Attachment) -> Attachment:
    payload = row.payload or {"type": "file"}
    return _attachment_adapter().validate_python(
        payload
        | {"id": row.id, "name": row.name, "mime_type": row.mime_type, "thread_id": row.thread_id}
    )


def is_ours(attachment: Attachment) -> bool:
    """Whether its file is kept by `DjangoAttachmentStore`, or is to be."""
    return KEPT_HERE in (attachment.metadata or {})


def has_come(attachment: Attachment) -> bool:
    """Whether it is one of these, with its file."""
    return bool((attachment.metadata or {}).get(KEPT_HERE))


def with_preview(attachment: Attachment, url: str) -> Attachment:
    """A picture of ours with its address below `url`, which is as the site is reached now."""
    if url and isinstance(attachment, ImageAttachment) and is_ours(attachment):
        preview = AnyUrl(f"{url}/{attachment.id}")
        return attachment.model_copy(update={"preview_url": preview})
    return attachment


def with_previews(item: ThreadItem, url: str) -> ThreadItem:
    """A message with its pictures at their present addresses."""
    if isinstance(item, UserMessageItem) and item.attachments:
        item.attachments = [with_preview(attachment, url) for attachment in item.attachments]
    return item


# -- the wire ----------------------------------------------------------------------------


def for_wire(model: BaseModel) -> BaseModel:
    """The model with its times aware, as a copy where it has any."""
    if isinstance(model, ThreadItemAddedEvent | ThreadItemDoneEvent | ThreadItemReplacedEvent):
        return model.model_copy(update={"item": for_wire(model.item)})
    if isinstance(model, ThreadItemBase):
        return model.model_copy(update={"created_at": to_aware(model.created_at)})
    if isinstance(model, ThreadMetadata):
        # Without its metadata, which is for the site only, also in events of servers; but for ours.
        told = {name: True for name in (TEMPORARY, VERSIONS) if model.metadata.get(name) is True}
        changes: JsonObject = {"created_at": to_aware(model.created_at), "metadata": told}
        if (items := getattr(model, "items", None)) is not None:
            changes["items"] = for_wire(items)
        return model.model_copy(update=changes)
    if isinstance(model, ThreadCreatedEvent | ThreadUpdatedEvent):
        return model.model_copy(update={"thread": for_wire(model.thread)})
    if isinstance(model, Page):
        return model.model_copy(update={"data": [for_wire(entry) for entry in model.data]})
    if isinstance(model, SyncCustomActionResponse) and model.updated_item is not None:
        return model.model_copy(update={"updated_item": for_wire(model.updated_item)})
    return model


def for_client(event: ThreadStreamEvent) -> ThreadStreamEvent | None:
    """An event as a client may see it; None for one of a hidden item: the SDK holds back only
    the events of hidden items that are done."""
    if isinstance(event, ThreadItemReplacedEvent) and isinstance(event.item, HIDDEN):
        return ThreadItemRemovedEvent(item_id=event.item.id)
    if isinstance(event, ThreadItemAddedEvent) and isinstance(event.item, HIDDEN):
        return None
    return event


def thread_frame(row: models.Thread) -> bytes:
    """The frame that names a thread to who began it and has not heard of it."""
    thread = Thread(**dict(thread_from_row(row)), items=Page())
    return b"data: " + to_json(ThreadCreatedEvent(thread=thread)) + b"\n\n"


def to_json(model: BaseModel) -> bytes:
    """A model as the SDK puts it on the wire, in text that any client can decode."""
    model = for_wire(model)
    options: JsonObject = {
        "by_alias": True,
        "exclude_none": True,
        "context": {"exclude_metadata": True},
    }
    try:
        return model.model_dump_json(**options).encode()
    except ValueError:  # half a character in a text of a model or a tool
        return json.dumps(
            clean(model.model_dump(mode="json", **options)), ensure_ascii=False
        ).encode()
