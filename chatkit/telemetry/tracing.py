"""Spans, by opentelemetry-api: where they go is for the site's provider to say; without one they
go nowhere.

    chatkit.session                a client secret is issued
    chatkit.run                    an answer, from its question to its end
      chatkit.model                a request to the model, to the end of its stream
      chatkit.tool                 a call of a tool
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import StatusCode

from .ended import Attribute


class Span:
    """A span that has begun. It may be ended on another thread, and more than once."""

    def __init__(self, given: trace.Span) -> None:
        self._given = given

    @contextmanager
    def current(self) -> Iterator[None]:
        """Spans that begin in the block are its children. It does not end with the block."""
        with trace.use_span(
            self._given,
            end_on_exit=False,
            # An error's text may hold words of the conversation.
            record_exception=False,
            set_status_on_exception=False,
        ):
            yield

    def set(self, attributes: Mapping[str, Attribute]) -> None:
        self._given.set_attributes(attributes)

    def fail(self, cause: str) -> None:
        """Say that it failed, and by which class of errors; no words."""
        self._given.set_attribute("error.type", cause)
        self._given.set_status(StatusCode.ERROR)

    def end(self) -> None:
        if self._given.is_recording():
            self._given.end()


class Tracing:
    def __init__(self) -> None:
        # Of the provider that the site has set by then, or will have: the API's proxy finds it.
        self._tracer = trace.get_tracer("chatkit")

    def start(self, name: str, attributes: Mapping[str, Attribute]) -> Span:
        return Span(self._tracer.start_span(name, attributes=attributes))

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Attribute]) -> Iterator[Span]:
        begun = self.start(name, attributes)
        try:
            with begun.current():
                yield begun
        except BaseException as error:
            begun.fail(getattr(error, "code", "") or type(error).__name__)
            raise
        finally:
            begun.end()
