from __future__ import annotations

from chatkit.models import Run, Thread

from .protocol import Caller, create, events, text_of, thread_id_of, types


def test_first_message_makes_thread_run_and_answer(ada: Caller) -> None:
    response = ada.post(create("say 3"))
    found = events(b"".join(response.streaming_content))
    assert types(found)[:3] == ["thread.created", "thread.item.done", "stream_options"]
    assert types(found)[-1] == "thread.item.done"
    assert text_of(found) == "1 2 3 "
    thread = Thread.objects.get(pk=thread_id_of(found))
    assert thread.title == "say 3"
    assert [item.type for item in thread.items.all()] == ["user_message", "assistant_message"]
    run = Run.objects.get(pk=response["X-ChatKit-Run"])
    assert (run.status, run.live, run.error) == ("completed", None, "")
    assert run.duration_ms >= run.first_token_ms >= 0
