"""DjangoChatKitServer: OpenAI's ChatKitServer on Django, the base of every assistant here.

Subclass it and write `respond`: conversations, runs, titles, votes and "ask this" are done here.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from functools import cache
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, TypeAdapter

from chatkit.actions import Action
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    AudioInput,
    ChatKitReq,
    ErrorEvent,
    FeedbackKind,
    ItemsFeedbackReq,
    NonStreamingReq,
    NoticeEvent,
    SDKHiddenContextItem,
    StreamingReq,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadsCustomActionReq,
    ThreadsSyncCustomActionReq,
    ThreadStreamEvent,
    ThreadsUpdateReq,
    ThreadUpdatedEvent,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
    is_streaming_req,
)

from ..workflows import Workflow
from . import again, failures, feedback, ids, named, records, titles
from .attachments.store import DjangoAttachmentStore
from .characters import whole_characters
from .closing import all_closed
from .coalesce import merge_deltas
from .length import limit_length
from .runs import recovery, writes
from .runs.context import ChatContext, work_of
from .runs.live import StopReason
from .said import has_text, question, says_something
from .said import message_text as message_text
from .store import DjangoStore
from .updates import keep_updates

# The action of a button that asks a question: payload {"text": ...}.
ASK = "chatkit.ask"
HIDDEN_STOP_NOTE = "The user cancelled the stream. Stop responding to the prior request."


@cache
def request_adapter() -> TypeAdapter[ChatKitReq]:
    """Reads protocol requests. The SDK builds one for each request, which costs 4 ms."""
    return TypeAdapter(ChatKitReq)


class DjangoChatKitServer(ChatKitServer[ChatContext]):
    """A ChatKit server whose conversations live in Django's database.

    One instance per workflow and process serves all users: keep nothing of a user on `self`.
    `context` says who asks; reach the ORM through `await context.database(function, *args)`.
    """

    workflow_id = ""  # the id that the server answers

    def __init__(
        self,
        store: Store[ChatContext] | None = None,
        attachment_store: AttachmentStore[ChatContext] | None = None,
    ) -> None:
        super().__init__(store or DjangoStore(), attachment_store or DjangoAttachmentStore())

    def __class_getitem__(cls, context: Any) -> type[DjangoChatKitServer]:
        """`ChatKitServer[dict]` of a server written for the SDK: its context is ours here."""
        return cls

    # -- what assistants may override, beside `respond` ----------------------------------

    def prepare(self) -> None:
        """Load what the first answer would wait for. Called once, where the site starts."""

    def title_for(self, message: UserMessageItem, context: ChatContext) -> str | None:
        """The title of a conversation that begins with this message; None leaves it empty."""
        return titles.shorten(message_text(message)) or next(
            (attachment.name for attachment in message.attachments), None
        )

    async def title_after(self, question: str, answer: str, context: ChatContext) -> str | None:
        """A better title, once the first answer is there; None leaves it to `context.suggest_title`
        and `title_for`."""
        return None

    async def follow_ups(self, question: str, answer: str, context: ChatContext) -> list[str]:
        """Questions that may be asked after this answer. Three are shown."""
        return []

    def action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Answer a widget's action. "chatkit.ask" never comes here: it is answered as a message."""
        raise CustomStreamError(_("This button does nothing here."))

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], kind: FeedbackKind, context: ChatContext
    ) -> None:
        """Store the user's vote on these items, with its reason where there is one. NotFoundError
        for items that are not there."""
        await self._flush(context)
        why = work_of(context).why
        await context.database(feedback.save, context.session, thread_id, item_ids, kind, why)

    async def transcribe(
        self, audio_input: AudioInput, context: ChatContext
    ) -> TranscriptionResult:
        """What was said in a recording, by whom CHATKIT["TRANSCRIBER"] names. The type of the
        recording is looked up in its content."""
        from ..voice import transcriber  # `requests` is only needed where there is one

        text = await transcriber.transcribe(audio_input.data, context)
        return TranscriptionResult(text=text)

    # -- requests ------------------------------------------------------------------------

    async def process(
        self, request: str | bytes | bytearray, context: ChatContext
    ) -> StreamingResult | NonStreamingResult:
        """The SDK's method, for code that calls it. The site's endpoint parses requests itself."""
        parsed = request_adapter().validate_json(request)
        if is_streaming_req(parsed):
            return StreamingResult(self.stream(parsed, context))
        return NonStreamingResult(await self.answer(parsed, context))

    async def answer(self, request: NonStreamingReq, context: ChatContext) -> bytes:
        """The JSON that answers a request without a stream."""
        work = work_of(context)
        if isinstance(request, ItemsFeedbackReq):
            work.why = feedback.why_of(request)
        work.renames = isinstance(request, ThreadsUpdateReq)
        with work.collected():
            data = await self._process_non_streaming(request, context)
            if isinstance(request, ThreadsSyncCustomActionReq):
                self._keep_updated(request.params.thread_id, data, context)
            await self._flush(context)
        return data

    def _keep_updated(self, thread_id: str, answer: bytes, context: ChatContext) -> None:
        """Store the item that a sync action has changed: the SDK only returns it."""
        item = json.loads(answer).get("updated_item")
        if item is not None:
            work_of(context).add(writes.SaveItem(thread_id, recovery.row_of(thread_id, item)))

    async def stream(
        self, request: StreamingReq, context: ChatContext
    ) -> AsyncGenerator[bytes, None]:
        """The frames that answer a streaming request.

        Raises before the first frame, so that the caller can still answer 404; later failures
        end in an `error` event. Writes that are pending at the end are left to the run, where
        there is one.
        """
        work = work_of(context)
        with work.collected():
            try:
                async for frame in self._with_error_event(request, context):
                    yield frame
            finally:
                if work.run is None:
                    await self._flush(context)

    async def _with_error_event(
        self, request: StreamingReq, context: ChatContext
    ) -> AsyncGenerator[bytes, None]:
        begun = False
        try:
            request = await self._as_question(request, context)
            request = await named.with_facts(request, context)
            async for frame in self._frames(request, context):
                begun = True
                yield frame
            if not begun:  # the SDK's answer to a retry of a message that is not there
                raise NotFoundError
            await titles.after_answer(self, context)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if not begun:
                work_of(context).drop()  # it was refused: nothing of it is stored
                raise
            run = work_of(context).run
            if run is not None:
                run.error = run.error or type(error).__name__
            failures.log_failure(error, context)
            yield self._frame(ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=True))

    async def _as_question(self, request: StreamingReq, context: ChatContext) -> StreamingReq:
        """An "ask this" button's action as a message; other requests as they are."""
        if not isinstance(request, ThreadsCustomActionReq) or request.params.action.type != ASK:
            return request
        params = request.params
        if params.item_id is not None:  # NotFoundError unless the widget is in this thread
            await self.store.load_item(params.thread_id, params.item_id, context)
        return question(params.thread_id, params.action.payload)

    async def _frames(self, request: StreamingReq, context: ChatContext) -> AsyncIterator[bytes]:
        # `thread.created` is held back until the next event: thread, run and question are then
        # one transaction, and an unknown attachment leaves no empty thread behind.
        held: list[ThreadStreamEvent] = []
        begun = False
        run = work_of(context).run
        async for event in again.events(self, request, context):
            if (
                begun
                and type(event) is ThreadItemUpdatedEvent
                and (run is None or run.first_token is not None)
            ):
                yield self._frame(event)  # most are of this kind, and need no more than that
                continue
            if not begun:
                if isinstance(event, ThreadCreatedEvent):
                    held.append(event)
                    work_of(context).start_run(event.thread.id)
                    continue
                if held and isinstance(event, ThreadUpdatedEvent):
                    # It has its title now.
                    held = [ThreadCreatedEvent(thread=event.thread)]
                    continue
                await self._flush(context)
                begun = True
                for early in held:
                    yield self._frame(_with_default_title(early, context))
                for notice in work_of(context).notices:
                    yield self._frame(NoticeEvent(level="warning", message=str(notice)))
            shown = records.for_client(_with_default_title(event, context))
            if shown is None:
                continue
            self._observe(shown, context)
            yield self._frame(shown)

    def _observe(self, event: ThreadStreamEvent, context: ChatContext) -> None:
        """Set on the run when the answer began, whether it said anything, and whether it failed."""
        run = work_of(context).run
        if run is None:
            return
        if isinstance(event, ThreadItemDoneEvent) and says_something(event.item):
            run.report.said = True
            if isinstance(event.item, AssistantMessageItem):
                work_of(context).said = event.item.content[0].text
        if isinstance(event, ErrorEvent):
            # Its sentence is for its reader, in their language.
            kind = CustomStreamError if event.code == "custom" else StreamError
            run.error = run.error or kind.__name__
        elif run.first_token is None and (
            isinstance(event, ThreadItemUpdatedEvent)
            or (
                isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent)
                and not isinstance(event.item, UserMessageItem)
            )
        ):
            run.first_token = time.monotonic()

    async def _flush(self, context: ChatContext) -> None:
        if isinstance(self.store, DjangoStore):
            await self.store.flush(context)

    # -- what surrounds an answer --------------------------------------------------------

    async def _process_new_thread_item_respond(
        self, thread: ThreadMetadata, item: UserMessageItem, context: ChatContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        work = work_of(context)
        work.asked = message_text(item)
        if not thread.title and not work.temporary and (title := self.title_for(item, context)):
            work.default_titles[thread.id] = title
            work.title_open = True
            # Other stores than ours know of no default titles.
            titled = thread.model_copy(update={"title": title})
            await self.store.save_thread(titled, context)
            yield ThreadUpdatedEvent(thread=self._to_thread_response(titled))
        async for event in super()._process_new_thread_item_respond(thread, item, context):
            yield event

    async def _process_events(
        self,
        thread: ThreadMetadata,
        context: ChatContext,
        stream: Callable[[], AsyncIterator[ThreadStreamEvent]],
    ) -> AsyncIterator[ThreadStreamEvent]:
        work_of(context).thread = thread

        async with all_closed(work_of(context).ends) as opened:

            def wrapped() -> AsyncIterator[ThreadStreamEvent]:
                own = opened(ids.own(opened(stream()), thread, self.store, context))
                whole = opened(whole_characters(opened(merge_deltas(own))))
                kept = keep_updates(
                    opened(limit_length(whole)),
                    thread,
                    self.store,
                    context,
                    self._apply_assistant_message_update,
                )
                return opened(failures.keep_on_failure(opened(kept), thread, self.store, context))

            async for event in super()._process_events(thread, context, wrapped):
                yield event

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: ChatContext
    ) -> None:
        """Keep the text so far and a note of it. Awaits no database: the run's end writes all."""
        run = work_of(context).run
        # Without a reason the run was cancelled by its own code, or by a server that shuts down.
        reason = (run.stop_reason or StopReason.SHUTDOWN) if run else None
        closing: list[ThreadStreamEvent] = []
        for item in pending_items:
            if isinstance(item, AssistantMessageItem) and has_text(item):
                await self.store.add_thread_item(thread.id, item, context)
                closing.append(ThreadItemDoneEvent(item=item))
            else:
                closing.append(ThreadItemRemovedEvent(item_id=item.id))
        note = failures.note_item(failures.stop_note(reason), thread, self.store, context)
        await self.store.add_thread_item(thread.id, note, context)
        if reason not in (None, StopReason.STOPPED):
            closing.append(ErrorEvent(message=note.task.title, allow_retry=True))
        else:
            closing.append(ThreadItemDoneEvent(item=note))
            hidden = SDKHiddenContextItem(
                id=self.store.generate_item_id("sdk_hidden_context", thread, context),
                thread_id=thread.id,
                created_at=note.created_at,
                content=HIDDEN_STOP_NOTE,
            )
            await self.store.add_thread_item(thread.id, hidden, context)
        # The SDK does not store changes of the thread that it has not announced yet.
        await self.store.save_thread(thread, context)
        if run is not None:
            run.closing_frames = [self._frame(event) for event in closing]

    # -- the wire ------------------------------------------------------------------------

    def _to_thread_response(self, thread: ThreadMetadata | Thread) -> Thread:
        response = super()._to_thread_response(thread)
        response.metadata = thread.metadata  # of which `for_wire` lets ours pass
        return response

    def _frame(self, event: ThreadStreamEvent) -> bytes:
        return b"data: " + self._serialize(event) + b"\n\n"

    def _serialize(self, obj: BaseModel) -> bytes:
        if type(obj) is ThreadItemUpdatedEvent:
            update = obj.update
            if type(update) is AssistantMessageContentPartTextDelta:
                return _delta_json(obj.item_id, update)
        return records.to_json(obj)


def _with_default_title(event: ThreadStreamEvent, context: ChatContext) -> ThreadStreamEvent:
    """An event that shows a thread, with the title that it has until its assistant sets one."""
    if not isinstance(event, ThreadCreatedEvent | ThreadUpdatedEvent):
        return event
    if work_of(context).temporary:
        metadata = event.thread.metadata | {records.TEMPORARY: True}
        thread = event.thread.model_copy(update={"metadata": metadata})
        return event.model_copy(update={"thread": thread})
    if not event.thread.title:
        title = work_of(context).default_titles.get(event.thread.id)
        if title:
            thread = event.thread.model_copy(update={"title": title})
            return event.model_copy(update={"thread": thread})
    return event


def _delta_json(item_id: str, update: AssistantMessageContentPartTextDelta) -> bytes:
    """The JSON of a text delta, by far the most frequent event, without pydantic."""
    delta = encode_basestring(records.clean_text(update.delta))
    return (
        f'{{"type":"thread.item.updated","item_id":{encode_basestring_ascii(item_id)},"update":'
        '{"type":"assistant_message.content_part.text_delta",'
        f'"content_index":{update.content_index},"delta":{delta}}}}}'
    ).encode()


_servers: dict[Workflow, DjangoChatKitServer] = {}
_making = threading.Lock()


def get_server(workflow: Workflow) -> DjangoChatKitServer:
    """The one server of this workflow in this process."""
    with _making:
        if workflow not in _servers:
            _servers[workflow] = workflow.new_server()
        return _servers[workflow]
