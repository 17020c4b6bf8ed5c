"""Closes what an answer is read from as soon as the answer ends.

A generator that is only left is closed by garbage collection, some time later. Then its model may
go on writing, and what it has used comes too late for the record of its run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

SETTLED = 1.0  # seconds at most that an answer waits for what it has abandoned

T = TypeVar("T")
logger = logging.getLogger("chatkit.runs")


@asynccontextmanager
async def all_closed(
    ends: list[Callable[[], Awaitable[None]]],
) -> AsyncIterator[Callable[[AsyncIterator[T]], AsyncIterator[T]]]:
    """Yields a function that takes a stream and returns it; at the end of the block all of these
    are closed, the last one first, and then `ends` are called, all at once."""
    async with AsyncExitStack() as stack:

        async def end() -> None:
            await asyncio.gather(*map(_tried, ends))

        def opened(stream: AsyncIterator[T]) -> AsyncIterator[T]:
            if isinstance(stream, AsyncGenerator):
                stack.push_async_callback(_tried, stream.aclose)
            return stream

        stack.push_async_callback(end)
        yield opened


def ending(
    work: asyncio.Future[Any], abandon: Callable[[], object]
) -> Callable[[], Awaitable[None]]:
    """What ends work that an answer has begun, the first time that it is called: the work is
    abandoned where it is not done, and has a moment to settle. What it has cost is counted as it
    ends, and belongs to the record of this answer."""
    called = False

    async def end() -> None:
        nonlocal called
        if not (called or work.done()):
            called = True
            abandon()
            await asyncio.wait({work}, timeout=SETTLED)

    return end


async def _tried(end: Callable[[], Awaitable[None]]) -> None:
    try:
        await end()
    except Exception:  # what was said stays said
        logger.exception("What an answer was read from could not be closed.")
