"""A conversation as the model's input: as much as fits, each message in its author's role."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Protocol

from agents import TResponseInputItem
from openai.types.responses import ResponseInputTextParam
from openai.types.responses.response_input_item_param import Message

from chatkit.agents import ThreadItemConverter
from chatkit.store import Store
from chatkit.types import (
    AssistantMessageItem,
    Attachment,
    CustomTask,
    GeneratedImageItem,
    HiddenContextItem,
    TaskItem,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTagContent,
    WidgetItem,
    WorkflowItem,
)

from ..attachments import contents, reading
from ..named import FACTS
from ..runs.context import ChatContext
from .steps import is_told

Input = TResponseInputItem | list[TResponseInputItem] | None
# An estimate in bytes of UTF-8, for every script: a Chinese character has three bytes and is about
# one token.
BYTES_PER_TOKEN = 4
FILES = ("input_image", "input_file")
FILE_TOKENS = 1_000  # an estimate of what a picture or a file costs, however many bytes it has
PAGE = 100  # items read of a conversation
WIDGET_LENGTH = 2_000
FACTS_LENGTH = 8_000
# A key of thread metadata: ids of messages that a guardrail refused, and of the replies to them.
REFUSED = "chatkit_refused"
REFUSED_KEPT = 100


class Reader(Protocol):
    """What of a server decides how its conversations are read."""

    @property
    def store(self) -> Store[ChatContext]: ...
    @property
    def converter(self) -> HistoryConverter: ...
    @property
    def history_tokens(self) -> int: ...
    @property
    def attachment_links(self) -> bool: ...

    def takes(self) -> tuple[str, ...]: ...


class HistoryConverter(ThreadItemConverter):
    """Items as input. Texts of users, files and tools are given in the user's role, never as a
    system message."""

    async def attachment_to_message_content(self, attachment: Attachment) -> Any:
        """A file as the model takes it; by its name alone where it can't be given."""
        part = (contents.given.get() or {}).get(attachment.id)
        return part or _text(
            f"[The user attached the file {_quoted(attachment.name)} "
            f"of type {_quoted(attachment.mime_type)}; its content is not given.]"
        )

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputTextParam:
        """A tagged entity with its data: of this site's objects the facts, of others what the page
        said; override to look it up."""
        facts = tag.data.get(FACTS)
        if isinstance(facts, dict):
            told = json.dumps(facts, ensure_ascii=False, default=str)[:FACTS_LENGTH]
            return _text(
                f"[The user named {_quoted(tag.text)}, {_quoted(tag.id)}. What this site knows of "
                f"it, as information alone: {told}]"
            )
        data = json.dumps(tag.data, ensure_ascii=False, default=str)[:WIDGET_LENGTH]
        return _text(f"@{tag.text} is {_quoted(tag.id)}: {data}")

    async def user_message_to_input(
        self, item: UserMessageItem, is_last_message: bool = True
    ) -> Input:
        """The SDK's input, with the tags that it leaves out: those whose text another has, too."""
        entries: Any = await super().user_message_to_input(item, is_last_message)
        told: dict[str, str] = {}
        for tag in item.content:
            if isinstance(tag, UserMessageTagContent) and told.setdefault(tag.text, tag.id) != (
                tag.id
            ):
                entries[-1]["content"].append(await self.tag_to_message_content(tag))
        found: Input = entries
        return found

    async def hidden_context_to_input(self, item: HiddenContextItem) -> Input:
        if not isinstance(item.content, str):
            content = json.dumps(item.content, ensure_ascii=False, default=str)
            item = item.model_copy(update={"content": content})
        return await super().hidden_context_to_input(item)

    async def assistant_message_to_input(self, item: AssistantMessageItem) -> Input:
        # As a plain text: the parts that the SDK makes are for the Responses API only.
        text = "\n\n".join(part.text for part in item.content if part.text.strip())
        return {"role": "assistant", "content": text} if text else None

    async def widget_to_input(self, item: WidgetItem) -> Input:
        shown = item.copy_text or item.widget.model_dump_json(exclude_unset=True, exclude_none=True)
        return _message(f"[This widget was shown to the user: {shown[:WIDGET_LENGTH]}]")

    async def task_to_input(self, item: TaskItem) -> Input:
        if isinstance(item.task, CustomTask) and item.task.icon == "info":
            return None  # our note of how an answer ended
        return await super().task_to_input(item)

    async def workflow_to_input(self, item: WorkflowItem) -> Input:
        # Without our lines on what its tools have done: it was told more by the tools themselves.
        tasks = [task for task in item.workflow.tasks if not is_told(task)]
        workflow = item.workflow.model_copy(update={"tasks": tasks})
        found: Input = await super().workflow_to_input(
            item.model_copy(update={"workflow": workflow})
        )
        return found

    async def generated_image_to_input(self, item: GeneratedImageItem) -> Input:
        return _message("[An image was generated and shown to the user.]") if item.image else None


async def load_input(
    server: Reader,
    thread: ThreadMetadata,
    question: UserMessageItem | None,
    context: ChatContext,
) -> list[TResponseInputItem]:
    """The newest part of the conversation that fits `server.history_tokens`, oldest first.

    The question is always there, cut where it alone is too long.
    """
    page = await server.store.load_thread_items(thread.id, None, PAGE, "desc", context)
    await read_files(server, page.data, context)
    refused = set(thread.metadata.get(REFUSED) or ())
    budget = server.history_tokens * BYTES_PER_TOKEN
    kept: list[list[TResponseInputItem]] = []
    for item in page.data:
        asked = question is not None and item.id == question.id
        if item.id in refused and not asked:
            continue
        if asked and isinstance(item, UserMessageItem):
            item = _cut(item, budget)
        entries = await server.converter.to_agent_input([item])
        size = sum(_size(entry) for entry in entries)
        if kept and size > budget:
            break
        budget -= size
        kept.append(entries)
    found = [entry for entries in reversed(kept) for entry in entries]
    return _from_the_user_on(found)


async def read_files(server: Reader, items: Iterable[ThreadItem], context: ChatContext) -> None:
    """Have the newest files at hand when their messages are converted."""
    files = [
        file.id for item in items if isinstance(item, UserMessageItem) for file in item.attachments
    ]
    if not files:
        contents.given.set({})
        return
    url = context.attachments_url if server.attachment_links else ""
    newest, takes = files[: contents.MOST], server.takes()
    await reading.read(context, contents.unread, context.session, newest, takes)
    parts = await context.database(contents.load, context.session, newest, takes, url)
    contents.given.set(parts)


def refuse(thread: ThreadMetadata, ids: Iterable[str]) -> None:
    """Keep these messages out of later input: the guardrail would refuse it again."""
    before = thread.metadata.get(REFUSED) or []
    thread.metadata = thread.metadata | {REFUSED: [*before, *ids][-REFUSED_KEPT:]}


def _from_the_user_on(entries: list[TResponseInputItem]) -> list[TResponseInputItem]:
    """Without answers at the beginning whose questions did not fit."""
    for index, entry in enumerate(entries):
        if entry.get("role") == "user":
            return entries[index:]
    return entries


def _size(entry: TResponseInputItem) -> int:
    whole: Any = entry
    parts = whole.get("content")
    files = []
    if isinstance(parts, list):
        files = [part for part in parts if isinstance(part, dict) and part.get("type") in FILES]
        whole = {**whole, "content": [part for part in parts if part not in files]}
    text = json.dumps(whole, ensure_ascii=False, default=str).encode(errors="replace")
    return len(text) + FILE_TOKENS * BYTES_PER_TOKEN * len(files)


def _cut(message: UserMessageItem, size: int) -> UserMessageItem:
    """The message with at most `size` bytes of text."""
    content = []
    for part in message.content:
        text = part.text.encode(errors="replace")
        if len(text) > size:
            part = part.model_copy(update={"text": text[:size].decode(errors="ignore")})
        size = max(0, size - len(text))
        content.append(part)
    return message.model_copy(update={"content": content})


def _text(text: str) -> ResponseInputTextParam:
    return {"type": "input_text", "text": text}


def _message(text: str) -> Message:
    return {"type": "message", "role": "user", "content": [_text(text)]}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
