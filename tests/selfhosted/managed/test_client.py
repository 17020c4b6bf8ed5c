"""The client's streams."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

from chatkit.selfhosted.managed.client import Sessions, get_client

from .stand_in import AGENT, AgentsApi, say


def test_a_stream_closed_half_read_leaves_nothing_to_the_garbage_collector(
    use: Any, api: AgentsApi
) -> None:
    """It may run in another thread, while the loop reads: "already executing"."""
    use()
    api.turns = [[say("Hello, Ada, how are you?")]]
    left: list[str] = []

    async def read() -> None:
        of_loop = sys.get_asyncgen_hooks()

        def finalize(generator: Any) -> None:
            left.append(generator.__qualname__)
            assert of_loop.finalizer is not None
            of_loop.finalizer(generator)

        sys.set_asyncgen_hooks(finalizer=finalize)
        sessions = Sessions(get_client((5, 5), 0))
        stream = await sessions.create(
            {"agent_id": AGENT, "input": [], "environment": {"type": "none"}}
        )
        assert (await anext(stream))["type"].startswith("agent.session")
        await stream.close()
        del stream
        gc.collect()

    asyncio.run(read())
    assert left == []
