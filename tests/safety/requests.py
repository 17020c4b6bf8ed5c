"""Every request of the protocol about what the owner has, and what each person is answered.

The statuses are in the order of PEOPLE: stranger, owner, other, staff, viewer, root. The admin's
permissions open nothing here: what staff may see, they see in the admin. A new type needs a row.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from ..selfhosted.protocol import message
from .world import World

OWN = "401 200 404 404 404 404"
ANYBODY = "401 200 200 200 200 200"  # about nothing that is there already

Params = Callable[[World], dict[str, Any]]


def about(*names: str, **more: Any) -> Params:
    """Params that name the owner's thread, and others of its rows by `names`."""

    def params(world: World) -> dict[str, Any]:
        known = {
            "thread_id": world.rows["thread"].pk,
            "attachment_id": world.rows["attachment"].pk,
        }
        return {name: known[name] for name in names} | more

    return params


AUDIO = base64.b64encode(b"sound").decode()
ANSWERS = {"status": "answered", "answers": {"q1": {"values": ["words"]}}}

REQUESTS: dict[str, tuple[Params, str]] = {
    "threads.list": (about(), ANYBODY),
    "threads.create": (about(input=message("say 1")), ANYBODY),
    "threads.get_by_id": (about("thread_id"), OWN),
    "threads.update": (about("thread_id", title="words"), OWN),
    "threads.delete": (about("thread_id"), OWN),
    "threads.add_user_message": (about("thread_id", input=message("say 1")), OWN),
    "threads.add_client_tool_output": (about("thread_id", result="words"), OWN),
    "threads.add_structured_input": (
        about("thread_id", item_id="itm_structured_input", input=ANSWERS),
        OWN,
    ),
    "threads.retry_after_item": (about("thread_id", item_id="itm_user_message"), OWN),
    "threads.custom_action": (
        about("thread_id", item_id="itm_widget", action={"type": "go", "payload": {}}),
        OWN,
    ),
    "threads.sync_custom_action": (
        about("thread_id", item_id="itm_widget", action={"type": "go", "payload": {}}),
        OWN,
    ),
    "items.list": (about("thread_id"), OWN),
    "items.feedback": (
        about("thread_id", item_ids=["itm_assistant_message"], kind="positive"),
        OWN,
    ),
    "attachments.create": (about(name="a.txt", size=1, mime_type="text/plain"), ANYBODY),
    "attachments.delete": (about("attachment_id"), OWN),
    "input.transcribe": (about(audio_base64=AUDIO, mime_type="audio/webm"), ANYBODY),
}
