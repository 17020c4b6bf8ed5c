"""The frames of a run in memory are a list, whatever is kept compressed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatkit.selfhosted.runs.frames import BLOCK, FrameLog


def frame(number: int) -> bytes:
    return b'data: {"type":"thread.item.updated","update":{"delta":"word %d "}}\n\n' % number


def log(count: int) -> tuple[FrameLog, list[bytes]]:
    frames = FrameLog()
    for number in range(count):
        frames.append(frame(number))
    return frames, [frame(number) for number in range(count)]


counts = st.integers(0, 5 * BLOCK)


@given(counts, st.integers(-400, 400), st.integers(-400, 400))
@example(2 * BLOCK, BLOCK, 1)
def test_slices(count: int, start: int, stop: int) -> None:
    frames, plain = log(count)
    assert frames[start:stop] == plain[start:stop]
    assert frames[start:] == plain[start:]
    assert frames[:stop] == plain[:stop]


@pytest.mark.parametrize("count", [0, 1, BLOCK, 2 * BLOCK - 1, 2 * BLOCK, 5 * BLOCK + 3])
def test_length_and_order(count: int) -> None:
    frames, plain = log(count)
    assert len(frames) == count
    assert list(frames) == plain
    assert bool(frames) is bool(plain)


@given(counts, st.integers(-400, 400))
def test_one(count: int, place: int) -> None:
    def of(frames: FrameLog | list[bytes]) -> Callable[[], bytes]:
        return lambda: frames[place]

    frames, plain = log(count)
    if -count <= place < count:
        assert of(frames)() == of(plain)()
    else:
        for each in (frames, plain):
            with pytest.raises(IndexError):
                of(each)()


def test_only_in_their_order() -> None:
    with pytest.raises(ValueError, match="in their order"):
        log(3)[0][::-1]


def test_a_long_answer_takes_a_fraction() -> None:
    frames, plain = log(100 * BLOCK)
    assert sys.getsizeof(frames) < sum(map(sys.getsizeof, plain)) / 5


def test_read_while_it_grows() -> None:
    frames, plain = log(0)[0], [frame(number) for number in range(4_000)]
    wrong: list[int] = []
    done = threading.Event()

    def read() -> None:
        after = 0
        while not (done.is_set() and after == len(plain)):
            found = frames[after:]
            if found != plain[after : after + len(found)]:
                wrong.append(after)
                return
            after += len(found)

    reader = threading.Thread(target=read)
    reader.start()
    for each in plain:
        frames.append(each)
    done.set()
    reader.join(30)
    assert not reader.is_alive()
    assert wrong == []
