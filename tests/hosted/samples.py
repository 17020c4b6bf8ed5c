"""Hosted threads and items as OpenAI documents them, and Hypothesis strategies for many more."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

START = 1_750_000_000  # unix seconds


def thread(id: str = "cthr_1", **how: Any) -> dict[str, Any]:
    return {
        "id": id,
        "object": "chatkit.thread",
        "created_at": START,
        "status": {"type": "active"},
        "title": "About orders",
        "user": "mseller:1",
        **how,
    }


def item(kind: str, id: str = "cthi_1", **how: Any) -> dict[str, Any]:
    return {
        "id": id,
        "object": "chatkit.thread_item",
        "thread_id": "cthr_1",
        "created_at": START,
        "type": f"chatkit.{kind}",
        **how,
    }


def text_item(id: str, text: str = "Hello", **how: Any) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return item("assistant_message", id, content=content, **how)


CARD = {
    "type": "Card",
    "children": [
        {"type": "Text", "value": "Hi", "id": "greeting"},
        {"type": "Button", "label": "Go", "onClickAction": {"type": "go"}},
        {"type": "Table", "rows": [["a"]]},
    ],
}
# One of each type, with all its fields.
SAMPLES: dict[str, dict[str, Any]] = {
    "user_message": item(
        "user_message",
        content=[
            {"type": "quoted_text", "text": "as you said"},
            {"type": "input_text", "text": "What about it?"},
        ],
        attachments=[
            {"id": "cfile_1", "name": "a.pdf", "mime_type": "application/pdf", "type": "file"},
            {
                "id": "cfile_2",
                "name": "b.png",
                "mime_type": "image/png",
                "type": "image",
                "preview_url": "https://files.example/b.png",
            },
        ],
        inference_options={"model": "gpt-x", "tool_choice": {"id": "search"}},
    ),
    "assistant_message": item(
        "assistant_message",
        content=[
            {
                "type": "output_text",
                "text": "Look here.",
                "annotations": [
                    {"type": "file", "source": {"type": "file", "filename": "guide.pdf"}},
                    {"type": "url", "source": {"type": "url", "url": "https://x.example/a"}},
                ],
            },
            {"type": "output_text", "text": "And there.", "annotations": []},
        ],
    ),
    "widget": item("widget", widget=json.dumps(CARD)),
    "client_tool_call": item(
        "client_tool_call",
        name="locate",
        call_id="call_1",
        arguments='{"street": "Main"}',
        output='{"lat": 1.5}',
        status="completed",
    ),
    "task": item("task", task_type="custom", heading="Reading", summary="2 files"),
    "task_group": item(
        "task_group",
        tasks=[
            {"type": "thought", "heading": "Thinking", "summary": None},
            {"type": "custom", "heading": None, "summary": "Done"},
        ],
    ),
}

# -- strategies ----------------------------------------------------------------------------

# Any character that JSON can carry, NUL and halves of pairs included.
texts = st.text(st.characters(), max_size=40)
maybe_texts = st.none() | texts
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
tool_choices = st.builds(lambda id: {"id": id}, texts)
tasks = {"heading": maybe_texts, "summary": maybe_texts}
task_kinds = st.sampled_from(["custom", "thought"])
sources = st.one_of(
    st.builds(lambda name: {"type": "file", "source": {"type": "file", "filename": name}}, texts),
    st.builds(lambda url: {"type": "url", "source": {"type": "url", "url": url}}, texts),
)
attachments = st.fixed_dictionaries(
    {"id": texts, "name": texts, "mime_type": texts, "type": st.sampled_from(["file", "image"])}
)
components = st.recursive(
    st.fixed_dictionaries({"type": st.sampled_from(["Text", "Card", "Table", "Odd"])}),
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["Row", "Card", "Odd"]), "children": inner | st.lists(inner)}
    ),
    max_leaves=6,
)
widgets = st.one_of(
    st.builds(
        lambda root, children: json.dumps({"type": root, "children": children}),
        st.sampled_from(["Card", "ListView", "Basic"]),
        st.lists(components, max_size=3),
    ),
    st.builds(json.dumps, json_values),
    texts,
)
bodies = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("chatkit.user_message"),
            "content": st.lists(
                st.fixed_dictionaries(
                    {"type": st.sampled_from(["input_text", "quoted_text"]), "text": texts}
                ),
                max_size=3,
            ),
            "attachments": st.lists(attachments, max_size=2),
            "inference_options": st.none()
            | st.fixed_dictionaries(
                {
                    "model": maybe_texts,
                    "tool_choice": st.none() | tool_choices,
                }
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("chatkit.assistant_message"),
            "content": st.lists(
                st.fixed_dictionaries(
                    {
                        "type": st.just("output_text"),
                        "text": texts,
                        "annotations": st.lists(sources, max_size=2),
                    }
                ),
                max_size=3,
            ),
        }
    ),
    st.fixed_dictionaries({"type": st.just("chatkit.widget"), "widget": widgets}),
    st.fixed_dictionaries(
        {
            "type": st.just("chatkit.client_tool_call"),
            "name": texts,
            "call_id": texts,
            "arguments": st.builds(json.dumps, json_values) | texts,
            "output": st.none() | st.builds(json.dumps, json_values) | texts,
            "status": st.sampled_from(["in_progress", "completed"]),
        }
    ),
    st.fixed_dictionaries({"type": st.just("chatkit.task"), "task_type": task_kinds, **tasks}),
    st.fixed_dictionaries(
        {
            "type": st.just("chatkit.task_group"),
            "tasks": st.lists(st.fixed_dictionaries({"type": task_kinds, **tasks}), max_size=3),
        }
    ),
    # What OpenAI may add one day, and what it should never send.
    st.fixed_dictionaries({"type": texts, "extra": json_values}),
    st.fixed_dictionaries({"type": st.sampled_from([f"chatkit.{name}" for name in SAMPLES])}),
)


@st.composite
def item_lists(draw: Any, thread_id: str, max_size: int = 6) -> list[dict[str, Any]]:
    """The items of one thread; some have the same second."""
    drawn = draw(st.lists(st.tuples(bodies, st.integers(0, 3)), max_size=max_size))
    created_at, rows = START, []
    for number, (body, step) in enumerate(drawn):
        created_at += step
        base = {"id": f"cthi_{number:04d}", "object": "chatkit.thread_item"}
        rows.append({**body, **base, "thread_id": thread_id, "created_at": created_at})
    return rows
