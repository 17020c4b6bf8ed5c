"""What an answer of a script is made of. Nothing here loads the SDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "Answer",
    "ClientTool",
    "Effect",
    "Fail",
    "Hold",
    "Outcome",
    "Progress",
    "Source",
    "Step",
    "Wait",
    "Widget",
    "steps_of",
]


@dataclass(frozen=True)
class Source:
    """Cited behind the text so far: a page by its `url`, or a file by its `filename`."""

    title: str
    url: str = ""
    filename: str = ""


@dataclass(frozen=True)
class Widget:
    """A widget: its root as a dict, or one made with `chatkit.widgets`."""

    root: Any
    copy_text: str | None = None


@dataclass(frozen=True)
class ClientTool:
    """A call of a tool of the page's. It ends an answer; what the page returns asks for the next
    one of the script."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Effect:
    """An effect for the page: its event `chatkit.effect`."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """What the assistant is doing, shown until something else comes."""

    text: str


@dataclass(frozen=True)
class Outcome:
    """What became of the question, as an assistant reports it: "not_found", say. Without this, an
    answer that has said something is "answered"."""

    outcome: str
    searched: Sequence[Mapping[str, Any]] = ()
    cited: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Wait:
    """So many seconds in which nothing comes."""

    seconds: float


@dataclass(frozen=True)
class Hold:
    """Nothing comes until the test says `script.go()`, at most so many seconds: then the answer
    fails. For tests whose answers are written in the background."""

    seconds: float = 10.0


@dataclass(frozen=True)
class Fail:
    """The answer ends in an error: with a sentence for its reader, or without one as an
    assistant that has a mistake does. What was said before stays."""

    message: str = ""
    retry: bool = False


# One delta of text, or one of the above, or an event of `chatkit.types`, which goes out as it is.
Step = Any
Answer = str | Sequence[Step]


def steps_of(answer: Answer) -> list[Step]:
    """The steps of one answer; ValueError where something follows what must come last."""
    if isinstance(answer, str):
        return [answer]
    steps = list(answer)
    for step in steps[:-1]:
        if isinstance(step, ClientTool | Fail):
            raise ValueError(f"{type(step).__name__} ends an answer: nothing can follow it.")
    return steps
