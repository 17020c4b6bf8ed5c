"""The peer: FastAPI and the SDK as its documentation shows them.

Its session call has a login, CSRF, a limit and a record, as ours. Its answers have none of it, and
no resume.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from chatkit.server import ChatKitServer, StreamingResult
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

from .peer_login import Logins
from .peer_store import SqliteStore
from .script import say


class PeerServer(ChatKitServer[dict[str, Any]]):
    """Says the script."""

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: dict[str, Any],
    ) -> AsyncIterator[ThreadStreamEvent]:
        async for event in say(self.store, thread, input_user_message, context):
            yield event


app = FastAPI()
store = SqliteStore(os.environ["PEER_DATABASE"])
server = PeerServer(store)
logins = Logins(store.database, int(os.environ["PEER_PEOPLE"]))
client = httpx.AsyncClient(
    base_url=os.environ["OPENAI_BASE_URL"],
    headers={
        "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
        "OpenAI-Beta": "chatkit_beta=v1",
    },
)


@app.post("/chatkit")
async def chatkit(request: Request) -> Response:
    """The ChatKit protocol."""
    result = await server.process(await request.body(), {})
    if isinstance(result, StreamingResult):
        return StreamingResponse(result, media_type="text/event-stream")
    return Response(content=result.json, media_type="application/json")


@app.post("/session")
async def session(request: Request) -> JSONResponse:
    """A hosted session for who is logged in."""
    user_id = logins.user_of(request)
    asked = await request.json()
    answer = await client.post(
        "/chatkit/sessions",
        json={"workflow": {"id": asked["workflowId"]}, "user": f"peer:{user_id}"},
    )
    answer.raise_for_status()
    made = answer.json()
    logins.record(user_id, asked["workflowId"], made["id"], made["expires_at"])
    return JSONResponse({"client_secret": made["client_secret"], "session_id": made["id"]})
