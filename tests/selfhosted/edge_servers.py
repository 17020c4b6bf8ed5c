"""An answerer that does what the SDK allows, however odd; the question's first word says what."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from chatkit.errors import ErrorCode, StreamError
from chatkit.selfhosted.engine import DjangoChatKitServer, message_text
from chatkit.selfhosted.runs.context import ChatContext, work_of
from chatkit.server import stream_widget
from chatkit.types import (
    CustomTask,
    Page,
    StreamOptions,
    SyncCustomActionResponse,
    Thread,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    WidgetItem,
)
from chatkit.widgets import Card, DynamicWidgetRoot, Markdown, Text, WidgetTemplate

TEMPLATE = Path(__file__).parent / "data" / "order.widget"
EVENT: TypeAdapter[Any] = TypeAdapter(ThreadStreamEvent)
left_behind: ContextVar[str] = ContextVar("left_behind", default="")

# One component of every kind, with what only one of the SDK's two halves knows.
CHILDREN: list[dict[str, Any]] = [
    {"type": "Title", "value": "t"}, {"type": "Caption", "value": "c"},
    {"type": "Text", "value": "x", "novelty": 1, "editable": {"name": "n", "required": True}},
    {"type": "Markdown", "value": "m"}, {"type": "Badge", "label": "b"},
    {"type": "Icon", "name": "calendar"}, {"type": "Image", "src": "https://a.example/i.png"},
    {"type": "Divider", "flush": True}, {"type": "Spacer", "minSize": 4},
    {"type": "Row", "children": [{"type": "Col", "children": [{"type": "Box"}]}]},
    {"type": "Transition", "children": {"type": "Text", "value": "one"}},
    {"type": "Button", "label": "Go", "onClickAction": {"type": "go", "novel": 1, "payload": {}}},
    {"type": "Form", "onSubmitAction": {"type": "send"}, "children": [
        {"type": "Input", "name": "a.b", "inputType": "email"},
        {"type": "Textarea", "name": "c", "rows": 2},
        {"type": "Select", "name": "d", "searchable": True,
         "options": [{"value": "1", "label": "One", "description": "first"}]},
        {"type": "DatePicker", "name": "e", "min": "2026-01-01"},
        {"type": "Checkbox", "name": "f", "defaultChecked": True},
        {"type": "RadioGroup", "name": "g", "options": [{"value": "1", "label": "One"}]},
        {"type": "Label", "value": "l", "fieldName": "c"},
    ]},
    {"type": "Table", "children": [{"type": "Table.Row", "header": True, "children": [
        {"type": "Table.Cell", "colSpan": 2, "children": [{"type": "Text", "value": "h"}]}]}]},
    {"type": "Chart", "data": [{"x": "a", "y": 1}], "xAxis": "x",
     "series": [{"type": "bar", "label": "l", "dataKey": "y"}]},
]  # fmt: skip
ROOT = {"type": "Card", "border": {"size": 2}, "size": "full", "children": CHILDREN}
SOURCES = [
    {"type": "url", "title": "u", "url": "https://a.example/", "attribution": "a"},
    {"type": "file", "title": "f", "filename": "f.pdf", "group": "g"},
    {"type": "entity", "title": "e", "id": "7", "interactive": True, "data": {"k": "v"}},
]


class EdgeServer(DjangoChatKitServer):
    def get_stream_options(self, thread: ThreadMetadata, context: ChatContext) -> StreamOptions:
        title = thread.title or work_of(context).default_titles.get(thread.id)
        if title == "options":
            raise RuntimeError("no options")
        return StreamOptions(allow_cancel=False)

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        word = message_text(input_user_message).split()[0] if input_user_message else "nothing"
        async for event in getattr(self, f"do_{word}", self.do_nothing)(thread, context):
            yield EVENT.validate_python(event) if isinstance(event, dict) else event

    async def do_nothing(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        yield {"type": "progress_update", "text": "nothing"}

    def item(self, kind: str, thread: Any, context: ChatContext, **fields: Any) -> dict[str, Any]:
        return {
            "id": self.store.generate_item_id("message", thread, context),
            "thread_id": thread.id,
            "created_at": datetime.datetime.now(),
            "type": kind,
            **fields,
        }

    async def do_medley(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """Every event, every update, every item that is shown."""

        def updated(item: Any, kind: str, **fields: Any) -> dict[str, Any]:
            update = {"type": kind, **fields}
            return {"type": "thread.item.updated", "item_id": item["id"], "update": update}

        def part(kind: str, **fields: Any) -> dict[str, Any]:
            return updated(
                said, f"assistant_message.content_part.{kind}", content_index=0, **fields
            )

        annotations = [
            {"type": "annotation", "source": source, "index": 2 * number}
            for number, source in enumerate(SOURCES)
        ]
        text = {"type": "output_text", "text": "é🙂\n", "annotations": []}
        said = self.item("assistant_message", thread, context, content=[])
        yield {"type": "thread.item.added", "item": said}
        yield part("added", content=text | {"text": ""})
        yield part("text_delta", delta="é🙂\n")
        for number, annotation in enumerate(annotations):
            yield part("annotation_added", annotation_index=number, annotation=annotation)
        yield part("done", content=text)  # without them, as the SDK's bridge has it
        whole = said | {"content": [text | {"annotations": annotations}]}
        yield {"type": "thread.item.done", "item": whole}

        card = {"type": "Card", "children": [{"type": "Text", "id": "t", "value": ""}]}
        widget = self.item("widget", thread, context, widget=card)
        yield {"type": "thread.item.added", "item": widget}
        yield updated(
            widget, "widget.streaming_text.value_delta", component_id="t", delta="a", done=False
        )
        component = {"type": "Text", "id": "t", "value": "b"}
        yield updated(widget, "widget.component.updated", component_id="t", component=component)
        yield updated(widget, "widget.root.updated", widget=card | {"children": [component]})
        done = widget | {"widget": card | {"children": [component]}, "copy_text": "b"}
        yield {"type": "thread.item.done", "item": done}

        tasks = [
            {"type": "custom", "title": "t", "icon": "check", "status_indicator": "loading"},
            {"type": "web_search", "queries": ["q"], "sources": SOURCES[:1]},
            {"type": "thought", "content": "c"},
            {"type": "file", "sources": SOURCES[1:2]},
            {"type": "image", "title": "i"},
        ]
        workflow = {"type": "custom", "tasks": tasks[:1], "expanded": True}
        work = self.item("workflow", thread, context, workflow=workflow)
        yield {"type": "thread.item.added", "item": work}
        yield updated(work, "workflow.task.added", task_index=1, task=tasks[1])
        yield updated(work, "workflow.task.updated", task_index=0, task=tasks[0])
        ended = workflow | {"tasks": tasks, "summary": {"duration": 3}}
        yield {"type": "thread.item.done", "item": work | {"workflow": ended}}

        picture = self.item("generated_image", thread, context)
        image = {"id": "i", "url": "data:image/png;base64,AAAA"}
        yield {"type": "thread.item.added", "item": picture}
        yield updated(picture, "generated_image.updated", image=image, progress=0.5)
        yield {"type": "thread.item.done", "item": picture | {"image": image}}

        task = self.item("task", thread, context, task=tasks[0])
        yield {"type": "thread.item.done", "item": task}
        yield {"type": "thread.item.replaced", "item": task | {"task": tasks[2]}}
        yield {"type": "thread.item.removed", "item_id": "msg_never_seen"}
        yield {"type": "thread.item.done", "item": self.item("end_of_turn", thread, context)}
        yield {"type": "client_effect", "name": "e", "data": {"k": None}}
        yield {"type": "notice", "level": "warning", "message": "*m*", "title": "t"}
        yield {"type": "progress_update", "text": "p", "icon": "bolt"}
        thread.metadata = {"step": 1}
        call = self.item(
            "client_tool_call", thread, context, call_id="c", name="n", arguments={"a": None}
        )
        yield {"type": "thread.item.done", "item": call}

    async def do_widgets(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        item = WidgetItem(
            **self.item("widget", thread, context),
            widget=DynamicWidgetRoot.model_validate(ROOT),
        )
        yield EVENT.validate_python({"type": "thread.item.done", "item": item})

    async def do_hidden(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """Hidden items, in every way that there is."""
        note = self.item("hidden_context_item", thread, context, content="canary")
        other = self.item("sdk_hidden_context", thread, context, content="canary")
        shown = self.item("task", thread, context, task={"type": "thought", "content": "c"})
        for item in (note, other):
            yield {"type": "thread.item.added", "item": item}
            yield {"type": "thread.item.done", "item": item}
            yield {"type": "thread.item.replaced", "item": item}
        yield {"type": "thread.item.done", "item": shown}
        yield {"type": "thread.item.replaced", "item": note | {"id": shown["id"]}}

    async def do_tell(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """An event of its own about the thread, metadata included."""
        told = ThreadMetadata(**thread.model_dump(exclude={"items"}))
        told.metadata = {"note": "canary"}
        yield ThreadUpdatedEvent(thread=Thread(**told.model_dump(), items=Page()))

    async def do_change(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """Change the thread and be stopped before anything tells of it."""
        widget = self.item("widget", thread, context, widget={"type": "Card", "children": []})
        yield {"type": "thread.item.added", "item": widget}
        thread.metadata = {"step": 2}
        await asyncio.Event().wait()

    async def do_remember(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """Tell what the thread has, and add to it."""
        yield {"type": "progress_update", "text": f"found {thread.metadata}"}
        thread.metadata = thread.metadata | {"other": 1}

    async def do_fail(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """Fail with two items open and one done."""
        for kind, fields in (
            ("widget", {"widget": {"type": "Card", "children": []}}),
            ("assistant_message", {"content": []}),
        ):
            item = self.item(kind, thread, context, **fields)
            yield {"type": "thread.item.added", "item": item}
        yield {
            "type": "thread.item.done",
            "item": self.item("task", thread, context, task={"type": "thought", "content": "c"}),
        }
        raise StreamError(ErrorCode.STREAM_ERROR, allow_retry=False)

    async def do_icon(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """An icon from the SDK's docs that its types refuse."""
        task = CustomTask(title="t", icon="upload")
        yield {"type": "thread.item.done", "item": self.item("task", thread, context, task=task)}

    async def do_begin(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """An item that is never done."""
        item = self.item("assistant_message", thread, context, content=[])
        yield {"type": "thread.item.added", "item": item}

    async def do_leave(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        yield {"type": "progress_update", "text": f"found {left_behind.get()!r}"}
        left_behind.set("of an earlier run")
        raise RuntimeError

    async def do_late(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """A hidden item behind a pending call: the SDK looks at the last item alone."""
        fields: dict[str, Any] = {"call_id": "c", "name": "n", "arguments": {}}
        call = self.item("client_tool_call", thread, context, **fields)
        yield {"type": "thread.item.done", "item": call}
        note = self.item("hidden_context_item", thread, context, content="n")
        yield {"type": "thread.item.done", "item": note}

    async def do_calls(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """Two pending calls, of which the SDK keeps the last."""
        for number in "12":
            fields: dict[str, Any] = {"call_id": number, "name": "n", "arguments": {}}
            call = self.item("client_tool_call", thread, context, **fields)
            yield {"type": "thread.item.done", "item": call}

    async def do_forged(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """Two pending calls whose id a hostile model server has chosen."""
        for _number in "12":
            fields: dict[str, Any] = {"call_id": "c\n\x1b[31mERROR forged", "name": "n"}
            call = self.item("client_tool_call", thread, context, arguments={}, **fields)
            yield {"type": "thread.item.done", "item": call}

    async def do_streamed(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        """A widget whose texts grow: one with an id, one without, one that then is finished."""

        async def states() -> Any:
            for value, streaming in (("", True), ("one", True), ("one two", True), ("end", False)):
                yield Card(
                    children=[
                        Text(id="t", value=value if value != "end" else "one two"),
                        Markdown(value=value if value != "end" else "one two", streaming=streaming),
                    ]
                )

        def new_id(kind: Any) -> str:
            return self.store.generate_item_id(kind, thread, context)

        async for event in stream_widget(thread, states(), "copy", new_id):
            yield event

    async def do_stateless(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        async def states() -> Any:
            for state in list[Any]():
                yield state

        async for event in stream_widget(thread, states()):
            yield event

    async def do_template(self, thread: Any, context: ChatContext) -> AsyncIterator[Any]:
        template = WidgetTemplate.from_file(str(TEMPLATE))
        for data in ({"name": '"}]} <b>'}, {}):
            item = WidgetItem(**self.item("widget", thread, context), widget=template.build(data))
            yield EVENT.validate_python({"type": "thread.item.done", "item": item})

    async def sync_action(
        self, thread: Any, action: Any, sender: WidgetItem | None, context: ChatContext
    ) -> SyncCustomActionResponse:
        if sender is None:
            return SyncCustomActionResponse(updated_item=None)
        widget = DynamicWidgetRoot.model_validate({"type": "Card", "children": [], "border": 1})
        return SyncCustomActionResponse(
            updated_item=sender.model_copy(update={"widget": widget, "copy_text": "kept"})
        )


class CoroutineServer(DjangoChatKitServer):
    """`respond` is a plain coroutine."""

    async def respond(  # type: ignore[override]
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> Any:
        return None
