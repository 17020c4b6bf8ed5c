"""A stand-in for OpenAI's Agents API on loopback. It says what a test has scripted.

with AgentsApi().running() as api:
    api.turns = [[say("Hello, "), say("Ada.")]]   # one list of steps for each turn
    api.fault("POST", "/events", status=429)      # for the next such call; times=n
    api.url                                       # the value for OPENAI_BASE_URL
    api.calls                                     # what came in

Whatever it sends and takes is checked against the types of the package `openai`, but for what a
test sends on purpose (`raw`).
"""

from __future__ import annotations

import itertools
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

from openai.types.beta.agent_session import AgentSession
from openai.types.beta.agent_session_event import AgentSessionEvent
from openai.types.beta.agent_session_input_param import AgentSessionInputParam
from openai.types.beta.agent_session_item import AgentSessionItem
from openai.types.beta.agents.session_create_params import SessionCreateParamsStreaming
from openai.types.beta.agents.sessions.session_artifact import SessionArtifact
from openai.types.beta.agents.sessions.turn import Turn
from openai.types.beta.session_turn_error import SessionTurnError
from pydantic import BaseModel, TypeAdapter

from tests.selfhosted.assistant.model_server import Model

KEY = "sk-test-canary-key"
AGENT = "agent_support"
MODEL = "gpt-6-mini"
WAIT = 10.0  # seconds at most for a gate or an input
Json = dict[str, Any]
Step = Callable[["Playing"], None]

CODES = get_args(SessionTurnError.model_fields["code"].annotation)  # of turns that fail
EVENT: TypeAdapter[Any] = TypeAdapter(AgentSessionEvent)
ITEM: TypeAdapter[Any] = TypeAdapter(AgentSessionItem)
INPUT: TypeAdapter[Any] = TypeAdapter(AgentSessionInputParam)
CREATE: TypeAdapter[Any] = TypeAdapter(SessionCreateParamsStreaming)


def checked(kind: TypeAdapter[Any] | type[BaseModel], value: Json) -> Json:
    """The value, if it is what the package's type says, with nothing left out."""
    strict = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    found = strict.validate_python(value)
    if isinstance(found, BaseModel):
        unknown = set(found.model_extra or ())
        assert not unknown, f"{type(found).__name__} has no {unknown}"
    return value


# -- steps of a turn ---------------------------------------------------------------------


def say(text: str, phase: str | None = None) -> Step:
    """A message, in pieces of a few characters."""

    def step(playing: Playing) -> None:
        item = playing.item("message", role="assistant", content=[], phase=phase)
        playing.added(item)
        playing.send("turn.content_part.added", item_id=item["id"], content_index=0,
                     part={"type": "output_text", "text": ""}, **playing.place)  # fmt: skip
        for start in range(0, len(text), 8):
            playing.send("turn.output_text.delta", item_id=item["id"], content_index=0,
                         delta=text[start : start + 8], **playing.place)  # fmt: skip
        playing.send("turn.output_text.done", item_id=item["id"], content_index=0, text=text,
                     **playing.place)  # fmt: skip
        playing.done(item | {"content": [{"type": "output_text", "text": text}]})

    return step


def begin(text: str) -> Step:
    """The beginning of a message that `finish` completes."""

    def step(playing: Playing) -> None:
        playing.open = item = playing.item("message", role="assistant", content=[], phase=None)
        playing.added(item)
        playing.send("turn.output_text.delta", item_id=item["id"], content_index=0, delta=text,
                     **playing.place)  # fmt: skip

    return step


def finish(rest: str, whole: str) -> Step:
    def step(playing: Playing) -> None:
        item = playing.open
        if rest:
            playing.send("turn.output_text.delta", item_id=item["id"], content_index=0,
                         delta=rest, **playing.place)  # fmt: skip
        playing.done(item | {"content": [{"type": "output_text", "text": whole}]})

    return step


def think(text: str) -> Step:
    def step(playing: Playing) -> None:
        item = playing.item("reasoning", summary=[])
        playing.added(item)
        where = {"item_id": item["id"], "summary_index": 0, **playing.place}
        playing.send("turn.reasoning_summary_text.delta", delta=text[:5], **where)
        playing.send("turn.reasoning_summary_text.delta", delta=text[5:], **where)
        playing.send("turn.reasoning_summary_text.done", text=text, **where)
        playing.done(item | {"summary": [{"type": "summary_text", "text": text}]})

    return step


def shows(kind: str, **fields: Any) -> Step:
    """An item that begins and is complete at once."""

    def step(playing: Playing) -> None:
        item = playing.item(kind, **fields)
        playing.added(item)
        playing.done(item)

    return step


def search(query: str, url: str = "") -> Step:
    action: Json = {"type": "search", "query": query, "queries": [query]}
    if url:
        action = {"type": "open_page", "url": url}
    return shows("web_search_call", action=action)


def mcp(server: str, name: str) -> Step:
    return shows("mcp_call", server_label=server, name=name, arguments={}, output="ok", error=None)


def call(name: str, arguments: Any, *, announced: bool = True) -> Step:
    """A function call; the turn goes on once its result has come."""

    def step(playing: Playing) -> None:
        call_id = playing.new_id("call")
        item = playing.item("function_call", name=name, arguments=arguments, call_id=call_id)
        if announced:
            playing.added(item)
        wanted = {"type": "function_call", "name": name, "arguments": arguments,
                  "call_id": call_id, "turn_id": playing.turn["id"]}  # fmt: skip
        given = playing.require(wanted, lambda event: event.get("call_id") == call_id)
        playing.done(item | {"status": "completed" if given["success"] else "failed"})

    return step


def approve(server: str, name: str, arguments: Json, message: str = "") -> Step:
    """A call of an MCP server's tool that its user has to approve."""

    def step(playing: Playing) -> None:
        request_id = playing.new_id("apr")
        wanted = {
            "type": "mcp_approval_request",
            "request_id": request_id,
            "turn_id": playing.turn["id"],
            "request": {"type": "mcp_tool_call", "server_label": server, "name": name,
                        "arguments": arguments, "message": message},
        }  # fmt: skip
        given = playing.require(wanted, lambda event: event.get("request_id") == request_id)
        playing.approved = given["response"]["decision"] == "approve"
        if playing.approved:
            mcp(server, name)(playing)

    return step


def asks_for(action: Json) -> Step:
    """Any other required action; the turn goes on once something has come."""

    def step(playing: Playing) -> None:
        playing.require(action | {"turn_id": playing.turn["id"]}, lambda event: True)

    return step


def cut() -> Step:
    """Every open stream of the session breaks off."""
    return lambda playing: playing.session.cut()


def wait(gate: threading.Event) -> Step:
    return lambda playing: playing.wait(gate)


def raw(event: Any) -> Step:
    """Send this as it is: no type of the package is asked."""
    return lambda playing: playing.session.broadcast(event)


def fail(code: str) -> Step:
    def step(playing: Playing) -> None:
        raise TurnFails(code)

    return step


class TurnFails(Exception):
    pass


class TurnCancelled(Exception):
    pass


# -- the state ---------------------------------------------------------------------------


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Fault:
    method: str
    path: str
    times: int
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "status"  # status, reset, html


class Session:
    """One session, and the turn that it plays."""

    def __init__(self, api: AgentsApi, body: Json) -> None:
        self.api = api
        self.id = api.new_id("sess")
        self.body = body
        self.status = "idle"
        self.required: list[Json] = []
        self.turns: list[Json] = []
        self.items: list[Json] = []
        self.readers: list[queue.Queue[bytes | None]] = []
        self.inputs: queue.Queue[Json] = queue.Queue()
        self.cancelled = threading.Event()
        self.artifacts: list[Json] = []
        self.lock = threading.RLock()

    def told(self) -> Json:
        return checked(
            AgentSession,
            {
                "id": self.id,
                "object": "agent.session",
                "agent": {
                    "id": AGENT, "model": MODEL, "multi_agent": {"enabled": False},
                    "reasoning": {}, "service_tier": "auto", "tools": [],
                    "text": {"format": {"type": "text"}, "verbosity": "medium"},
                },
                "created_at": int(time.time()),
                "last_active_at": int(time.time()),
                "environment": {"type": "none"},
                "metadata": self.body.get("metadata") or {},
                "required_actions": self.required,
                "status": self.status,
                "vault_ids": [],
            },
        )  # fmt: skip

    def reader(self) -> queue.Queue[bytes | None]:
        with self.lock:
            found: queue.Queue[bytes | None] = queue.Queue()
            self.readers.append(found)
            return found

    def broadcast(self, event: Any) -> None:
        data = event if isinstance(event, bytes) else b"data: %s\n\n" % json.dumps(event).encode()
        with self.lock:
            for reader in self.readers:
                reader.put(data)

    def cut(self) -> None:
        with self.lock:
            for reader in self.readers:
                reader.put(None)
            self.readers.clear()

    def send(self, kind: str, **fields: Any) -> None:
        event = {"type": f"agent.session.{kind}", "event_id": self.api.new_id("evt"), **fields}
        self.broadcast(checked(EVENT, event))

    def take(self, event: Json) -> tuple[int, Any]:
        """An input: (status, body of an error)."""
        kind = event["type"].removeprefix("agent.session.input.")
        if kind == "message":
            if self.status not in ("idle",):
                return 409, {"message": "busy", "code": "conflict"}
            self.play(event["input"])
        elif kind == "cancel":
            if self.status not in ("in_progress", "requires_action"):
                return 409, {"message": "no active turn", "code": "conflict"}
            self.cancelled.set()
            self.inputs.put(event)
        elif not self.required:
            name = event.get("call_id")
            return 400, {"message": f"Unknown pending tool call: {name}x", "code": "invalid"}
        else:
            self.inputs.put(event)
        return 202, None

    def play(self, given: list[Json]) -> None:
        self.status = "in_progress"
        self.cancelled.clear()
        steps = self.api.turns.pop(0) if self.api.turns else [say("Nothing is scripted.")]
        threading.Thread(target=Playing(self, steps, given).run, daemon=True).start()


class Playing:
    """A turn while it is played."""

    def __init__(self, session: Session, steps: list[Step], given: list[Json]) -> None:
        self.session = session
        self.steps = steps
        self.given = given
        self.index = -1
        self.open: Json = {}
        self.approved = False
        now = int(time.time())
        self.turn: Json = {
            "id": session.api.new_id("turn"), "object": "agent.session.turn", "agent_id": AGENT,
            "session_id": session.id, "created_at": now, "started_at": now, "status": "in_progress",
        }  # fmt: skip

    @property
    def place(self) -> Json:
        return {"session_id": self.session.id, "turn_id": self.turn["id"],
                "output_index": self.index}  # fmt: skip

    def new_id(self, prefix: str) -> str:
        return self.session.api.new_id(prefix)

    def item(self, kind: str, **fields: Any) -> Json:
        self.index += 1
        return {"id": self.new_id("item"), "type": kind, "turn_id": self.turn["id"],
                "status": "in_progress", **fields}  # fmt: skip

    def send(self, kind: str, **fields: Any) -> None:
        if self.session.cancelled.is_set():
            raise TurnCancelled
        self.session.send(kind, **fields)

    def added(self, item: Json) -> None:
        self.session.items.append(item)
        self.send("turn.item.added", item=checked(ITEM, item), **self.place)

    def done(self, item: Json) -> None:
        item = item | ({} if item["status"] == "failed" else {"status": "completed"})
        kept = [one for one in self.session.items if one["id"] != item["id"]]
        self.session.items[:] = [*kept, item]
        self.send("turn.item.done", item=checked(ITEM, item), **self.place)

    def wait(self, gate: threading.Event) -> None:
        deadline = time.monotonic() + WAIT
        while not gate.wait(0.02):
            if self.session.cancelled.is_set():
                raise TurnCancelled
            assert time.monotonic() < deadline, "nobody opened the gate"

    def require(self, action: Json, fits: Callable[[Json], bool]) -> Json:
        session = self.session
        session.required, session.status = [action], "requires_action"
        self.send("requires_action", session=session.told())
        while True:
            given = session.inputs.get(timeout=WAIT)
            if given["type"] == "agent.session.input.cancel":
                raise TurnCancelled
            if fits(given):
                break
        session.required, session.status = [], "in_progress"
        self.send("in_progress", session=session.told())
        return given

    def run(self) -> None:
        try:
            self._run()
        except Exception as error:
            self.session.api.problems.append(error)
            self.session.cut()

    def _run(self) -> None:
        session, turn = self.session, self.turn
        where = {"session_id": session.id, "turn_id": turn["id"]}
        session.turns.insert(0, turn)
        try:
            session.send("turn.created", turn=checked(Turn, turn), **where)
            for step in self.steps:
                step(self)
            turn |= {"status": "completed"}
        except TurnCancelled:
            turn |= {"status": "cancelled"}
        except TurnFails as error:
            known = {"code": str(error), "message": "canary"} if str(error) else None
            turn |= {"status": "failed", "error": known}
        except queue.Empty:
            turn |= {"status": "failed", "error": {"code": "request_timeout", "message": "canary"}}
        turn |= {
            "completed_at": int(time.time()),
            "usage": {
                "input_tokens": 1000, "output_tokens": 200, "total_tokens": 1200,
                "input_tokens_details": {"cached_tokens": 400},
                "output_tokens_details": {"reasoning_tokens": 50},
            },
        }  # fmt: skip
        session.required = []
        session.status = session.api.after.get(turn["status"], "idle")
        session.send(f"turn.{turn['status']}", turn=checked(Turn, turn), usage=turn["usage"],
                     **where)  # fmt: skip
        session.send(session.status, session=session.told())


class AgentsApi:
    """The state of the stand-in. With a `model` it answers Chat Completions, too."""

    def __init__(self, model: Model | None = None) -> None:
        self.key = KEY
        self.model = model
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.sessions: dict[str, Session] = {}
        self.deleted: list[str] = []
        self.turns: list[list[Step]] = []
        self.after: dict[str, str] = {}  # a session's status after a turn of this status
        self.tools: list[Json] = []  # of the agent
        self.files: dict[str, bytes] = {}
        self.problems: list[Exception] = []  # of what it was to send
        self.url = ""
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def new_id(self, prefix: str) -> str:
        with self._lock:
            return f"{prefix}_{next(self._numbers)}"

    def fault(self, method: str, path: str, *, times: int = 1, **fields: Any) -> None:
        self.faults.append(Fault(method, path, times, **fields))

    def planned(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if fault.times and fault.method == method and path.endswith(fault.path):
                    fault.times -= 1
                    return fault
        return None

    def inputs(self, kind: str) -> list[Json]:
        """The inputs of this kind that have come."""
        return [
            event
            for one in self.calls
            if one.method == "POST" and one.path.endswith("/events")
            for event in one.body["events"]
            if event["type"] == f"agent.session.input.{kind}"
        ]

    def told(self) -> list[str]:
        """The texts of all questions, each with what was told beside it."""
        found = []
        for one in self.calls:
            given = one.body if isinstance(one.body, dict) else {}
            messages = given.get("input") or [
                message for event in given.get("events", ()) for message in event.get("input", ())
            ]
            for message in messages:
                texts = (part.get("text", "") for part in message["content"])
                found.append("\n".join(texts))
        return found

    def cut(self) -> None:
        """Every stream breaks off."""
        for session in [*self.sessions.values()]:
            session.cut()

    @contextmanager
    def running(self) -> Iterator[AgentsApi]:
        server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.cut()
            server.shutdown()
            server.hang_up()
            server.server_close()
        assert self.problems == []


class _Server(ThreadingHTTPServer):
    """Leaves no connection behind: each is hung up, which ends its thread."""

    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for request in [*self._open]:
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)
            request.close()  # where its thread still waits for something else


def _handler(api: AgentsApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two packets

        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def do_DELETE(self) -> None:
            self._handle()

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix("/v1")
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            query = dict(parse_qsl(parts.query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            api.calls.append(Call(self.command, path, query, headers, body))
            if api.model is not None and path == "/chat/completions":
                api.model.answer(self, body)
                return
            fault = api.planned(self.command, path)
            if fault is not None:
                self._fault(fault)
                return
            if headers.get("authorization") != f"Bearer {api.key}":
                self._json(401, {"error": {"message": "canary", "code": "invalid_api_key"}})
                return
            assert headers.get("openai-beta") == "agents=v1", headers
            names = path.strip("/").split("/")
            assert names[0] == "agents", path
            if names[1] != "sessions":
                self._agent(names[1])
            elif len(names) == 2:
                self._create(body) if self.command == "POST" else self._list(query)
            elif names[2] not in api.sessions:
                self._missing()
            else:
                self._session(api.sessions[names[2]], names[3:], body)

        def _agent(self, agent_id: str) -> None:
            if agent_id != AGENT:
                self._missing()
                return
            self._json(200, {"id": AGENT, "object": "agent", "model": MODEL, "tools": api.tools})

        def _create(self, body: Json) -> None:
            CREATE.validate_python(body)
            if body["agent_id"] != AGENT:
                self._missing()
                return
            session = Session(api, body)
            api.sessions[session.id] = session
            reader = session.reader()
            session.send("created", session=session.told())
            session.play(body["input"])
            self._stream(session, reader)

        def _list(self, query: dict[str, str]) -> None:
            run = query.get("metadata[run]")
            found = [
                session.told()
                for session in api.sessions.values()
                if (session.body.get("metadata") or {}).get("run") == run
            ]
            self._page(found)

        def _session(self, session: Session, names: list[str], body: Any) -> None:
            if not names:
                if self.command == "DELETE":
                    del api.sessions[session.id]
                    api.deleted.append(session.id)
                    session.cut()
                    self._json(200, {"id": session.id, "object": "agent.session.deleted",
                                     "deleted": True})  # fmt: skip
                else:
                    self._json(200, session.told())
            elif names == ["events"] and self.command == "GET":
                self._stream(session, session.reader())
            elif names == ["events"]:
                for event in body["events"]:
                    INPUT.validate_python(event)
                    status, error = session.take(event)
                    if error is not None:
                        self._json(status, {"error": error})
                        return
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif names == ["turns"]:
                self._page([checked(Turn, turn) for turn in session.turns])
            elif names[0] == "turns" and len(names) == 2:
                self._json(200, next(one for one in session.turns if one["id"] == names[1]))
            elif names[0] == "turns":
                of = [one for one in session.items if one["turn_id"] == names[1]]
                self._page([checked(ITEM, item) for item in of])
            elif names == ["artifacts"]:
                self._page([checked(SessionArtifact, one) for one in session.artifacts])
            else:
                if (data := api.files.get(names[1])) is None:
                    self._json(404, {"error": {"message": "No such file."}})
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/octet-stream")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        # -- answers ---------------------------------------------------------------------

        def _stream(self, session: Session, reader: queue.Queue[bytes | None]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            with suppress(OSError):
                while (data := reader.get()) is not None:
                    self.wfile.write(data)
                    self.wfile.flush()

        def _page(self, data: list[Json]) -> None:
            last = data[-1]["id"] if data else None
            first = data[0]["id"] if data else None
            self._json(200, {"object": "list", "data": data, "has_more": False,
                             "first_id": first, "last_id": last})  # fmt: skip

        def _missing(self) -> None:
            self._json(404, {"error": {"message": "canary: not found", "code": "not_found"}})

        def _fault(self, fault: Fault) -> None:
            if fault.kind == "reset":
                self.close_connection = True
                return
            if fault.kind == "html":
                data = b"<html>a login page</html>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                return
            error = fault.body or {"message": "upstream canary", "code": None}
            self._json(fault.status, {"error": error}, fault.headers)

        def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("x-request-id", "req_stand_in")
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
