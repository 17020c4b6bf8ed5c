"""Streams that a test reads piece by piece, and what they leave in the rows."""

from __future__ import annotations

from typing import Any

from chatkit.models import Run, ThreadItem

from .protocol import Caller


class Stream:
    """The chunks of a streaming response; `close` is what a client's going away does."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.chunks = iter(response.streaming_content)

    def __iter__(self) -> Any:
        return self.chunks

    def __next__(self) -> bytes:
        return bytes(next(self.chunks))

    def close(self) -> None:
        self.response.close()


def open_stream(caller: Caller, request: Any) -> tuple[str, str, Stream]:
    """Run id, thread id and the unread stream of a request."""
    response = caller.post(request)
    assert response.status_code == 200, response.content
    run = Run.objects.get(pk=response["X-ChatKit-Run"])
    return run.pk, run.thread_id, Stream(response)


def ended(run_id: str) -> Run | None:
    return Run.objects.filter(pk=run_id, live__isnull=True).first()


def item_types(thread_id: str) -> list[str]:
    return list(ThreadItem.objects.filter(thread=thread_id).values_list("type", flat=True))
