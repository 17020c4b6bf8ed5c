"""What we emit, read by the SDK's own models; sequences of good and bad requests by two users."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatkit.models import Run, Thread, ThreadItem
from chatkit.selfhosted import records
from chatkit.values import RATE_GROUPS

from .protocol import Caller, add, ask, create, events, thread_id_of

HERE = Path(__file__).parent


def sdk_reads(lines: list[list[Any]]) -> None:
    """Fails where the SDK, alone in its process, can't parse one of these."""
    import chatkit.types

    site_packages = str(Path(chatkit.types.__file__).parent.parent)
    found = subprocess.run(
        [sys.executable, "-P", str(HERE / "conform.py")],
        input="\n".join(json.dumps(line) for line in lines),
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": site_packages},
    )
    assert found.returncode == 0, found.stderr[-3000:]
    assert int(found.stdout) == len(lines)


def test_the_sdk_parses_all_we_emit(ada: Caller) -> None:
    lines: list[list[Any]] = []
    for script in ("drip 2", "say 3 fail", "sorry", "tool", "form", "widget", "lock", "hidden"):
        found = ada.stream(create(script))
        lines += [["event", event] for event in found]
        thread_id = thread_id_of(found)
        lines.append(["thread", ada.json(ask("threads.get_by_id", thread_id=thread_id))])
        lines.append(["items", ada.json(ask("items.list", thread_id=thread_id))])
        if script != "lock":
            item = lines[-1][1]["data"][0]
            if script == "widget":
                action = {"type": "go"}
                request = ask(
                    "threads.custom_action", thread_id=thread_id, item_id=item["id"], action=action
                )
                lines += [["event", event] for event in ada.stream(request)]
            lines += [["event", event] for event in ada.stream(add(thread_id, "say 1"))]
    response = ada.post(create("say 1 wait"))
    stream = iter(response.streaming_content)
    data = next(stream)
    ada.stop(response["X-ChatKit-Run"])
    lines += [["event", event] for event in events(data + b"".join(stream))]
    replay = ada.events(response["X-ChatKit-Run"])
    lines += [["event", event] for event in events(b"".join(replay.streaming_content))]
    lines.append(["threads", ada.json(ask("threads.list"))])
    sdk_reads(lines)


class TestRequests:
    """Every request that the types allow is taken; none makes a 500."""

    THREADS = st.sampled_from(["A0", "A1", "B0", "none", "x" * 128])
    ITEMS = st.sampled_from(["first", "last", "none", ""])
    TEXT = st.text(max_size=12) | st.sampled_from(["say 2", "fail", "tool", "form", "widget"])
    MESSAGE = st.fixed_dictionaries(
        {
            "content": st.lists(
                st.fixed_dictionaries({"type": st.just("input_text"), "text": TEXT})
                | st.fixed_dictionaries(
                    {
                        "type": st.just("input_tag"),
                        "id": st.text(max_size=3),
                        "text": TEXT,
                        "data": st.dictionaries(st.text(max_size=3), st.none() | st.integers()),
                    }
                ),
                max_size=2,
            ),
            "attachments": st.lists(st.sampled_from(["atc_none"]), max_size=1),
            "inference_options": st.just({}) | st.just({"model": "m", "tool_choice": {"id": "t"}}),
        }
    )
    LIMIT = st.none() | st.integers(-2, 102)
    ORDER = st.sampled_from(["asc", "desc", "up"])
    REQUEST = st.one_of(
        st.builds(lambda i: ask("threads.create", input=i), MESSAGE),
        st.builds(
            lambda t, i: ask("threads.add_user_message", thread_id=t, input=i), THREADS, MESSAGE
        ),
        st.builds(lambda t: ask("threads.get_by_id", thread_id=t), THREADS),
        st.builds(
            lambda n, o, a: ask("threads.list", limit=n, order=o, after=a),
            LIMIT, ORDER, st.none() | THREADS,
        ),
        st.builds(
            lambda t, n, o, a: ask("items.list", thread_id=t, limit=n, order=o, after=a),
            THREADS, LIMIT, ORDER, st.none() | ITEMS,
        ),
        st.builds(lambda t, x: ask("threads.update", thread_id=t, title=x), THREADS, TEXT),
        st.builds(lambda t: ask("threads.delete", thread_id=t), THREADS),
        st.builds(
            lambda t, i, k: ask("items.feedback", thread_id=t, item_ids=i, kind=k),
            THREADS, st.lists(ITEMS, max_size=2), st.sampled_from(["positive", "negative", "?"]),
        ),
        st.builds(
            lambda t, i: ask("threads.retry_after_item", thread_id=t, item_id=i), THREADS, ITEMS
        ),
        st.builds(
            lambda t, r: ask("threads.add_client_tool_output", thread_id=t, result=r),
            THREADS, st.none() | st.text(max_size=3) | st.just({"a": None}),
        ),
        st.builds(
            lambda t, i, x: ask("threads.add_structured_input", thread_id=t, item_id=i, input=x),
            THREADS, ITEMS, st.sampled_from([{}, {"status": "skipped"}, {"answers": {"q1": {}}}]),
        ),
        st.builds(
            lambda t, i, k, p: ask(
                "threads.custom_action", thread_id=t, item_id=i, action={"type": k, "payload": p}
            ),
            THREADS, st.none() | ITEMS, st.sampled_from(["go", "chatkit.ask", "unknown", 1]),
            st.none() | st.just({"text": "say 1"}) | st.text(max_size=3),
        ),
        st.builds(
            lambda t, i, k: ask(
                "threads.sync_custom_action", thread_id=t, item_id=i, action={"type": k}
            ),
            THREADS, st.none() | ITEMS, st.sampled_from(["go", ""]),
        ),
        st.builds(
            lambda a: ask("input.transcribe", audio_base64=a, mime_type="audio/webm"),
            st.sampled_from(["", "AAAA", "A", "?!"]) | st.text(max_size=3),
        ),
        st.builds(
            lambda n, s: ask("attachments.create", name=n, size=s, mime_type="text/plain"),
            st.text(max_size=3), st.integers(-1, 2**40),
        ),
        st.builds(lambda a: ask("attachments.delete", attachment_id=a), ITEMS),
        st.builds(lambda t: ask(t), st.sampled_from(["threads.burn", "input.transcribe", ""])),
    )  # fmt: skip

    @pytest.fixture
    def users(self, ada: Caller, bob: Caller, scripted: str, settings: Any) -> dict[str, Caller]:
        """Two users of a server that has the optional parts, too."""
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {scripted: "tests.selfhosted.servers.FullServer"},
            "RATE_LIMITS": dict.fromkeys(RATE_GROUPS, "10000/m"),
        }
        return {"A": ada, "B": bob}

    @pytest.mark.slow
    @given(steps=st.lists(st.tuples(st.sampled_from("AB"), REQUEST), min_size=1, max_size=8))
    @settings(
        max_examples=int(os.environ.get("CONFORMANCE_EXAMPLES", "15")),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_no_sequence_breaks_anything(
        self, users: dict[str, Caller], steps: list[tuple[str, Any]]
    ) -> None:
        Thread.objects.all().delete()
        names = {
            "A0": thread_id_of(users["A"].stream(create("say 1"))),
            "A1": thread_id_of(users["A"].stream(create("widget"))),
            "B0": thread_id_of(users["B"].stream(create("canary-of-bob form"))),
        }
        for who, request in steps:
            response = users[who].post(self._real(request, names))
            data = b"".join(response.streaming_content) if response.streaming else response.content
            assert response.status_code in (200, 400, 404, 413), (request, data)
            assert who == "B" or b"canary-of-bob" not in data
            if response.streaming:
                found = events(data)
                run = Run.objects.get(pk=response["X-ChatKit-Run"])
                assert run.live is None
                assert (run.status == "failed") == any(e["type"] == "error" for e in found)
        for row in ThreadItem.objects.all():
            assert records.item_from_row(row).type == row.type
        for thread in Thread.objects.all():
            owner = "A" if thread.user.username == "ada" else "B"
            assert users[owner].json(ask("items.list", thread_id=thread.pk))["data"] is not None

    @staticmethod
    def _real(request: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
        """The request with names of threads and items replaced by ids."""
        params = dict(request["params"])
        thread_id = names.get(params.get("thread_id", ""), params.get("thread_id"))
        if thread_id is not None:
            params["thread_id"] = thread_id
        ids = list(
            ThreadItem.objects.filter(thread=thread_id).values_list("item_id", flat=True)
        ) or ["none"]
        items = {"first": ids[0], "last": ids[-1]}
        for name in ("item_id", "after"):
            if params.get(name) is not None:
                params[name] = names.get(params[name], items.get(params[name], params[name]))
        if "item_ids" in params:
            params["item_ids"] = [items.get(item, item) for item in params["item_ids"]]
        return request | {"params": params}
