"""The frames of one run in memory: the newest as they are, the others compressed.

An open answer keeps all its frames, for whoever comes back to it. They are much alike: an event of
200 bytes around each word. In blocks they take about a tenth: an answer of 3,000 pieces 76 KiB
instead of 660, for a microsecond a piece.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

BLOCK = 32  # frames that are compressed together
LEVEL = 1  # the quickest: a block takes a tenth of a millisecond


class _Kept(NamedTuple):
    """What there is at one moment. Others read it while the next one is made."""

    blocks: tuple[_Block, ...]  # of BLOCK frames each
    newest: list[bytes]  # after those of the blocks


class _Block(NamedTuple):
    lengths: tuple[int, ...]
    data: bytes


class FrameLog(Sequence[bytes]):
    """A list of frames that only grows. One thread appends, any may read meanwhile."""

    def __init__(self) -> None:
        self._kept = _Kept((), [])

    def append(self, frame: bytes) -> None:
        kept = self._kept
        kept.newest.append(frame)
        # Whoever is a little behind still finds theirs as they are.
        if len(kept.newest) >= 2 * BLOCK:
            full, rest = kept.newest[:BLOCK], kept.newest[BLOCK:]
            self._kept = _Kept((*kept.blocks, _pack(full)), rest)

    def __len__(self) -> int:
        kept = self._kept
        return len(kept.blocks) * BLOCK + len(kept.newest)

    @overload
    def __getitem__(self, wanted: int) -> bytes: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[bytes]: ...

    def __getitem__(self, wanted: int | slice) -> bytes | list[bytes]:
        kept = self._kept
        packed = len(kept.blocks) * BLOCK
        if isinstance(wanted, int):
            place = wanted if wanted >= 0 else wanted + packed + len(kept.newest)
            found = self[place : place + 1] if place >= 0 else []
            if not found:
                raise IndexError(wanted)
            return found[0]
        start, stop, step = wanted.indices(packed + len(kept.newest))
        if step != 1:
            raise ValueError("Frames are read in their order.")
        stop = max(start, stop)
        if start >= packed:
            return kept.newest[start - packed : stop - packed]
        first = start // BLOCK
        old = [
            frame for block in kept.blocks[first : -(-stop // BLOCK)] for frame in _unpack(block)
        ]
        found = old[start - first * BLOCK : stop - first * BLOCK]
        return found + kept.newest[: max(stop - packed, 0)]

    def __sizeof__(self) -> int:
        """Bytes, with those of the frames."""
        kept = self._kept
        held = [*kept.newest, *(part for block in kept.blocks for part in block)]
        return object.__sizeof__(self) + sum(map(sys.getsizeof, (*held, kept.blocks, kept.newest)))

    def __iter__(self) -> Iterator[bytes]:
        kept = self._kept
        count = len(kept.newest)
        for block in kept.blocks:
            yield from _unpack(block)
        yield from kept.newest[:count]


def _pack(frames: list[bytes]) -> _Block:
    return _Block(tuple(map(len, frames)), zlib.compress(b"".join(frames), LEVEL))


def _unpack(block: _Block) -> Iterator[bytes]:
    data, place = zlib.decompress(block.data), 0
    for length in block.lengths:
        yield data[place : place + length]
        place += length
