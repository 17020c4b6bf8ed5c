"""The client for the model: one for each event loop. It counts the tokens of the answers.

It also raises an error that OpenAI's client does not: for a stream that ends before its answer.
"""

from __future__ import annotations

import asyncio
import json
import weakref
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent

from ... import conf, telemetry
from ..runs.context import ChatContext
from ..runs.outcomes import storable
from ..runs.usage import counted
from . import estimates

T = TypeVar("T")
Api = Literal["responses", "chat_completions"]
RESPONSES: Api = "responses"
CHAT_COMPLETIONS: Api = "chat_completions"
SPAN = "chatkit.span"  # of a request, kept with its response
# Response events after which no more come.
LAST = {"response.completed", "response.failed", "response.incomplete", "error"}

# The context of the answer that the requests of this task belong to.
current_context: ContextVar[ChatContext | None] = ContextVar(
    "chatkit_current_context", default=None
)


class StreamCut(Exception):
    """The model's stream ended in the middle of its answer."""


class KeyMissing(Exception):
    """OpenAI is to be asked, but CHATKIT["OPENAI_API_KEY"] is empty."""


def default_api() -> Api:
    """CHATKIT["MODEL_API"], else Responses at OpenAI and elsewhere Chat Completions, the API that
    other servers have copied."""
    chosen = conf.get("MODEL_API")
    if not chosen:
        host = urlsplit(conf.get("OPENAI_BASE_URL")).hostname
        chosen = RESPONSES if host == conf.OPENAI_HOST else CHAT_COMPLETIONS
    return RESPONSES if chosen == RESPONSES else CHAT_COMPLETIONS


class _Checked(Generic[T]):
    """A stream that raises StreamCut where it ends too early, and counts its tokens once. A model
    tells them at its end: of a stream that ends before it they are estimated."""

    response: Any
    _ended = False

    async def __stream__(self) -> AsyncIterator[Any]:
        model, usage, said = "", None, 0
        try:
            async for chunk in super().__stream__():  # type: ignore[misc]
                self._ended = self._ended or _is_last(chunk)
                response = getattr(chunk, "response", None) or chunk
                model = getattr(response, "model", None) or model
                usage = getattr(response, "usage", None) or usage
                said += estimates.size_of_chunk(chunk)
                yield chunk
                # What has come already is read without a pause: the loop is given to others, and
                # to who reads the answer and ends it where it is too long.
                await asyncio.sleep(0)
        finally:
            if usage is None and not self._ended:
                _count_estimate(model, _body_of(self.response), said)
            else:
                _count(model, usage)
            span = self.response.extensions.get(SPAN)
            _end_span(span, model, usage, "" if self._ended else StreamCut.__name__)
        if not self._ended:
            raise StreamCut

    async def _iter_events(self) -> AsyncIterator[Any]:
        # Servers that send no finish_reason send at least [DONE].
        async for event in super()._iter_events():  # type: ignore[misc]
            if event.data.startswith("[DONE]"):
                self._ended = True
            yield event


def _is_last(chunk: object) -> bool:
    if isinstance(chunk, ChatCompletionChunk):
        return any(choice.finish_reason for choice in chunk.choices or ())
    return getattr(chunk, "type", "") in LAST


class _ChatStream(_Checked[ChatCompletionChunk], AsyncStream[ChatCompletionChunk]):
    pass


class _ResponseStream(_Checked[ResponseStreamEvent], AsyncStream[ResponseStreamEvent]):
    pass


CHECKED: dict[Any, Any] = {
    AsyncStream[ChatCompletionChunk]: _ChatStream,
    AsyncStream[ResponseStreamEvent]: _ResponseStream,
}


class ModelClient(AsyncOpenAI):
    """OpenAI's client; the tokens of each answer are counted on the run it belongs to."""

    async def request(
        self, cast_to: Any, options: Any, *, stream: bool = False, stream_cls: Any = None
    ) -> Any:
        if stream:
            stream_cls = CHECKED.get(stream_cls, stream_cls)
        asked = options.json_data  # which the client takes out of them
        span = _start_span(asked)
        try:
            answer = await super().request(cast_to, options, stream=stream, stream_cls=stream_cls)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):  # the model may be writing already
                _count_estimate("", asked, 0)
            _end_span(span, "", None, type(error).__name__)
            raise
        if stream:
            # With Responses it is not the stream yet, but what will make it of this response.
            held = answer.response if isinstance(answer, AsyncStream) else answer.http_response
            held.extensions[SPAN] = span  # it ends with the stream
            return answer
        model, usage = getattr(answer, "model", ""), getattr(answer, "usage", None)
        _count(model, usage)
        _end_span(span, model, usage)
        return answer


def _start_span(asked: object) -> Any:
    model = asked.get("model") if isinstance(asked, dict) else None
    return telemetry.start_span(
        "chatkit.model",
        {"gen_ai.operation.name": "chat"}
        | ({"gen_ai.request.model": model} if isinstance(model, str) else {}),
    )


def _end_span(span: Any, model: object, usage: object, failure: str = "") -> None:
    if span is None:
        return
    counts = {
        "gen_ai.usage.input_tokens": _number(usage, "input_tokens", "prompt_tokens"),
        "gen_ai.usage.output_tokens": _number(usage, "output_tokens", "completion_tokens"),
        "gen_ai.response.model": storable(model) if isinstance(model, str) and model else None,
    }
    span.set({name: value for name, value in counts.items() if value is not None})
    if failure:
        span.fail(failure)
    span.end()


def _count(model: object, usage: object) -> None:
    context = current_context.get()
    if context is None or usage is None:
        if context is not None and isinstance(model, str) and model:
            context.report_usage(model=model)
        return
    details = getattr(usage, "input_tokens_details", None) or getattr(
        usage, "prompt_tokens_details", None
    )
    context.report_usage(
        model=model if isinstance(model, str) else "",
        tokens_in=_number(usage, "input_tokens", "prompt_tokens"),
        tokens_cached=_number(details, "cached_tokens"),
        tokens_out=_number(usage, "output_tokens", "completion_tokens"),
    )


def _body_of(response: Any) -> object:
    """What this response was asked by."""
    try:
        return json.loads(response.request.content)
    except (ValueError, RuntimeError):  # RequestNotRead is one
        return None


def _count_estimate(model: str, asked: object, said: int) -> None:
    context = current_context.get()
    if context is not None:
        named = asked.get("model") if isinstance(asked, dict) else None
        context.report_usage(
            model=model or (named if isinstance(named, str) else ""),
            tokens_in=estimates.tokens(estimates.size_of(asked)),
            tokens_out=estimates.tokens(said),
        )


def _number(holder: object, *names: str) -> int | None:
    for name in names:
        value = counted(getattr(holder, name, None))
        if value is not None:
            return value
    return None


Client = TypeVar("Client", bound=AsyncOpenAI)
Key = tuple[type[AsyncOpenAI], str, str, tuple[float, float], int]
_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Key, Any]]
_clients = weakref.WeakKeyDictionary()


def get_client(timeout: tuple[float, float], retries: int) -> ModelClient:
    """This loop's client for the current settings. On the loop; KeyMissing without a key.

    `timeout` is (seconds to connect, seconds without data).
    """
    return client_of(ModelClient, timeout, retries)


def client_of(kind: type[Client], timeout: tuple[float, float], retries: int) -> Client:
    """The same of another class of clients."""
    base_url, key = conf.get("OPENAI_BASE_URL"), conf.get("OPENAI_API_KEY")
    if not key:
        if urlsplit(base_url).hostname == conf.OPENAI_HOST:
            raise KeyMissing
        key = "none"  # your own model may need no key, but OpenAI's client requires one
    mine = _clients.setdefault(asyncio.get_running_loop(), {})
    choice: Key = (kind, base_url, key, timeout, retries)
    if choice not in mine:
        connect, silence = timeout
        mine[choice] = kind(
            api_key=key,
            base_url=base_url,
            timeout=openai.Timeout(silence, connect=connect),
            max_retries=retries,
        )
    found: Client = mine[choice]
    return found
