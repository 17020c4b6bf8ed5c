"""What messages and other items say."""

from __future__ import annotations

from chatkit.types import (
    AssistantMessageItem,
    ThreadItem,
    ThreadsAddUserMessageReq,
    UserMessageItem,
    WidgetItem,
)


def question(thread_id: str, payload: object) -> ThreadsAddUserMessageReq:
    """A message with the payload's text; ValueError where it has none."""
    text = payload.get("text") if isinstance(payload, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise ValueError("chatkit.ask has no text")
    return ThreadsAddUserMessageReq.model_validate(
        {
            "params": {
                "thread_id": thread_id,
                "input": {
                    "content": [{"type": "input_text", "text": text}],
                    "attachments": [],
                    "inference_options": {},
                },
            }
        }
    )


def message_text(message: UserMessageItem) -> str:
    """The user's text, with tags as their text."""
    return " ".join(part.text for part in message.content).strip()


def has_text(item: AssistantMessageItem) -> bool:
    return any(part.text.strip() for part in item.content)


def says_something(item: ThreadItem) -> bool:
    """Whether a reader would call this item an answer."""
    return isinstance(item, WidgetItem) or (
        isinstance(item, AssistantMessageItem) and has_text(item)
    )
