"""The client for OpenAI's Agents API: the package's own, one for each event loop."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from openai import AsyncOpenAI

from ...fields import JsonObject
from ...hosted import causes
from ..assistant.client import client_of
from .events import plain
from .faults import AgentFault

MOST_ITEMS = 300  # of a turn, read after its stream was cut
STREAM_TYPE = "text/event-stream"


class AgentsClient(AsyncOpenAI):
    """A class of its own: the assistant's client counts the tokens of what it reads."""


def get_client(timeout: tuple[float, float], retries: int) -> AgentsClient:
    """On the loop. KeyMissing without a key, AgentFault where the package is too old."""
    client = client_of(AgentsClient, timeout, retries)
    if not hasattr(client.beta, "agents"):
        raise AgentFault(causes.AGENT_PACKAGE)
    return client


class Sessions:
    """The calls of the Agents API that are made here. What they answer comes as plain dicts."""

    def __init__(self, client: AgentsClient) -> None:
        self._agents = client.beta.agents
        self._api = client.beta.agents.sessions
        # A session is made at most once: a repeated call could leave one behind that nobody knows.
        self._once = client.with_options(max_retries=0).beta.agents.sessions

    async def agent(self, agent_id: str) -> JsonObject:
        return plain(await self._agents.retrieve(agent_id))

    async def create(self, body: Mapping[str, Any]) -> Events:
        return Events(await self._once.create(**body, stream=True))

    async def retrieve(self, session_id: str) -> JsonObject:
        return plain(await self._api.retrieve(session_id))

    async def find(self, run_id: str) -> str:
        """The id of the session that this run has made; "" where there is none."""
        page = await self._api.list(metadata={"run": run_id}, limit=1)
        return next((str(session.id) for session in page.data), "")

    async def stream(self, session_id: str) -> Events:
        return Events(await self._api.events.stream(session_id))

    async def submit(self, session_id: str, event: JsonObject, key: str) -> None:
        """Send an input. It counts once, however often it is sent with this key."""
        given: Any = [event]
        await self._api.events.create(session_id, events=given, idempotency_key=key)

    async def delete(self, session_id: str) -> None:
        await self._api.delete(session_id)

    async def turns(self, session_id: str) -> list[JsonObject]:
        """The latest turns, the newest first."""
        page = await self._api.turns.list(session_id, limit=10, order="desc")
        return [plain(turn) for turn in page.data]

    async def turn(self, session_id: str, turn_id: str) -> JsonObject:
        return plain(await self._api.turns.retrieve(turn_id, session_id=session_id))

    async def items(self, session_id: str, turn_id: str) -> list[JsonObject]:
        """What a turn has made so far, oldest first."""
        pages = self._api.turns.items.list(turn_id, session_id=session_id, limit=100, order="asc")
        found: list[JsonObject] = []
        async for item in pages:
            found.append(plain(item))
            if len(found) >= MOST_ITEMS:
                break
        return found

    async def artifacts(self, session_id: str) -> list[JsonObject]:
        """The latest files that a session has published, the newest first."""
        page = await self._api.artifacts.list(session_id, limit=50, order="desc")
        return [plain(artifact) for artifact in page.data]

    async def content(self, session_id: str, artifact_id: str, largest: int) -> bytes | None:
        """A file's bytes; None where there are more than `largest`."""
        files = self._api.artifacts.with_streaming_response
        async with files.content(artifact_id, session_id=session_id) as response:
            found = bytearray()
            async for piece in response.iter_bytes():
                found += piece
                if len(found) > largest:
                    return None
        return bytes(found)


class Events:
    """A stream of events as plain dicts."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        sent = str(stream.response.headers.get("content-type", ""))
        self.readable = sent.partition(";")[0].strip().lower() == STREAM_TYPE

    def __aiter__(self) -> Events:
        return self

    async def __anext__(self) -> JsonObject:
        if not self.readable:
            raise AgentFault(causes.UNREADABLE)
        return plain(await anext(self._stream))

    async def close(self) -> None:
        """End it here and now: what is left half-read the garbage collector ends, which may do so
        in another thread, while the loop reads."""
        await self._stream.close()
        with suppress(Exception):  # of a response that is closed
            async for _ in self._stream:
                pass
