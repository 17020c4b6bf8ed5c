"""Frames and stops by way of Redis Streams, where CHATKIT["STREAMS"] names a server.

Readers in another process, or on another machine, get a frame as it is written instead of asking
the database, and a stop reaches its run at once. The database has everything all the same: where
Redis is down, restarted or short of memory, readers go on from there and miss nothing.

Keys: `chatkit:run:<id>` has the frames of a run, `chatkit:stops` the runs that are to be stopped,
`chatkit:wake:<owner>` makes one process look at its list of runs anew, `chatkit:alive:<owner>` says
that a process with runs lives, also while the database has no heartbeat of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from ... import conf

if TYPE_CHECKING:
    from .followed import FollowedRun
    from .live import LiveRun
    from .process import Process

logger = logging.getLogger("chatkit.runs")

T = TypeVar("T")

STOPS = "chatkit:stops"
KEEP_SECONDS = 120  # that a run's frames stay there
MOST_ENTRIES = 2000  # of one run; older ones are in the database
INTERVAL = 0.008  # seconds between two writes: frames of this time are one entry
BLOCK = 2000  # milliseconds that a read waits
REST = 3.0  # seconds that a server which failed is not asked
ASKED_SECONDS = 1.0  # for a single question on a request's thread
ALIVE_SECONDS = 10  # that a process is taken to live after it has said so
SAY_SECONDS = 2.0  # between two times
SEND_SECONDS = 1.0  # that listeners wait for a server which does not answer
# Of what is sent at once, so that it is done within that time also after an outage.
MOST_RUNS = 100
MOST_BYTES = 1_000_000
MOST_FRAMES = 5_000  # of one run, which may have written for long meanwhile
ROUNDS = 20  # of the loop, in which an answer that has come by then is read


def enabled() -> bool:
    return bool(conf.get("STREAMS"))


async def within(seconds: float, answer: Coroutine[Any, Any, T]) -> T:
    """`asyncio.wait_for`; but where this process had no time itself, and the answer has come
    meanwhile, it is read. TimeoutError."""
    task = asyncio.ensure_future(answer)
    try:
        await asyncio.wait([task], timeout=seconds)
        for _round in range(ROUNDS):
            if task.done():
                return task.result()
            await asyncio.sleep(0)
        raise TimeoutError
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])  # until it has given back what it holds


def key_of(run_id: str) -> str:
    return f"chatkit:run:{run_id}"


def _alive(owner: str) -> str:
    return f"chatkit:alive:{owner}"


class RedisStreams:
    """What one process sends and reads, for all scopes of its database. All on its loop."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.works = False  # frames of others arrive by way of Redis
        self._wake = f"chatkit:wake:{process.owner}:{id(process)}"
        self._unsent: dict[str, LiveRun] = {}
        self._sent: dict[str, int] = {}  # frames of each live run that are there
        self._written = asyncio.Event()
        self._down = False  # frames can't be sent: listeners here get them at once
        self._read_to: dict[str, str] = {}  # the last entry that was read, by key
        self._tasks: list[asyncio.Task[None]] = []

    def ensure(self) -> None:
        """Start to send and to read, unless it runs."""
        if not self._tasks or any(task.done() for task in self._tasks):
            self.close()
            self._tasks = [
                self.process.create_task(self._send_all()),
                self.process.create_task(self._read_all()),
                self.process.create_task(self._say_alive()),
            ]

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        self._hold_nothing()

    # -- the runs of this process --------------------------------------------------------

    def written(self, live: LiveRun) -> None:
        """A frame was appended, or the run has ended. Awaits nothing."""
        self._unsent[live.id] = live
        self._written.set()
        if self._down:
            live.show(len(live.frames))

    def _hold_nothing(self) -> None:
        """Listeners of this process wait for Redis no longer, until it works again."""
        self._down = True
        for live in self._unsent.values():
            live.show(len(live.frames))

    async def _send_all(self) -> None:
        client = _client()
        try:
            while True:
                await self._written.wait()
                self._written.clear()
                try:
                    while await within(SEND_SECONDS, self._send(client)):
                        """The next part."""
                    await asyncio.sleep(INTERVAL)
                except Exception as error:
                    self._hold_nothing()
                    self._forget_ended()
                    _warn(error)
                    await asyncio.sleep(REST)
                    self._written.set()  # what could not be sent goes then
        finally:
            await client.aclose()

    def _forget_ended(self) -> None:
        """Send nothing more of answers that have ended meanwhile: the database has them, their
        listeners here were shown all, and those elsewhere look at the rows too."""
        for run_id, live in list(self._unsent.items()):
            if live.done and run_id not in live.process.unstored:
                del self._unsent[run_id]
                self._sent.pop(run_id, None)

    async def _send(self, client: Any) -> bool:
        """Send what is unsent, or the first part of it. Whether more was there."""
        if not self._unsent:
            return False  # nothing tells whether Redis works
        sending: dict[str, LiveRun] = {}
        sent: dict[str, tuple[int, bool]] = {}
        room = MOST_BYTES
        try:
            async with client.pipeline(transaction=False) as pipe:
                while self._unsent and len(sending) < MOST_RUNS and room > 0:
                    run_id = next(iter(self._unsent))
                    live = sending[run_id] = self._unsent.pop(run_id)
                    count, over, size = self._add(pipe, live, room)
                    sent[run_id] = count, over
                    room -= size
                more = bool(self._unsent) or room <= 0
                await pipe.execute()
        except BaseException:
            self._unsent = sending | self._unsent
            raise
        self._down = False
        for run_id, live in sending.items():
            count, over = sent[run_id]
            live.show(count)
            if over:
                self._sent.pop(run_id, None)
                continue
            self._sent[run_id] = count
            if count < len(live.frames):
                self._unsent.setdefault(run_id, live)
        return more

    def _add(self, pipe: Any, live: LiveRun, room: int) -> tuple[int, bool, int]:
        """Add the frames that are unsent, as many as there is room for. Returns how many are sent
        then, whether that is all of an answer that has ended, and their bytes."""
        key, sent = key_of(live.id), self._sent.get(live.id, 0)
        done, size = live.done, 0
        taken: list[bytes] = []
        for frame in live.frames[sent : sent + MOST_FRAMES]:
            if size >= room:
                break
            taken.append(frame)
            size += len(frame)
        count = sent + len(taken)
        over = done and count == len(live.frames)
        entry = {"n": sent + 1, "data": b"".join(taken), "over": int(over)}
        pipe.xadd(key, entry, maxlen=MOST_ENTRIES, approximate=True)
        pipe.expire(key, KEEP_SECONDS)
        return count, over, size

    async def _say_alive(self) -> None:
        client = _client()
        try:
            while True:
                if any(part.runs or part.unstored for part in self.process.parts()):
                    try:
                        await client.set(_alive(self.process.owner), 1, ex=ALIVE_SECONDS)
                    except Exception as error:
                        _warn(error)
                await asyncio.sleep(SAY_SECONDS)
        finally:
            await client.aclose()

    # -- the runs of others --------------------------------------------------------------

    async def look_anew(self) -> None:
        """Read what belongs to the runs that are followed now. Who follows one waits for this."""
        try:
            await within(SEND_SECONDS, self._wake_reading())
        except Exception as error:
            _warn(error)

    async def _wake_reading(self) -> None:
        client = _client()
        try:
            await client.xadd(self._wake, {"now": 1}, maxlen=1)
            await client.expire(self._wake, KEEP_SECONDS)
        finally:
            await client.aclose()

    async def _read_all(self) -> None:
        client = _client()
        self._read_to = {STOPS: "$", self._wake: "$"}
        try:
            while True:
                try:
                    await self._read(client)
                    self.works = True
                except Exception as error:
                    self.works = False
                    _warn(error)
                    await asyncio.sleep(REST)
        finally:
            self.works = False
            await client.aclose()

    async def _read(self, client: Any) -> None:
        followed: dict[str, FollowedRun] = {}
        for part in self.process.parts():
            with part.following:
                followed |= {key_of(run_id): one for run_id, one in part.followed.items()}
        for key in [*self._read_to]:
            if key not in followed and key not in (STOPS, self._wake):
                del self._read_to[key]
        asked = {key: self._read_to.get(key, "0") for key in (STOPS, self._wake, *followed)}
        answer = await client.xread(asked, block=BLOCK)
        for raw, entries in answer or ():
            key = raw.decode()
            self._read_to[key] = entries[-1][0].decode()
            for _id, entry in entries:
                if key == STOPS:
                    self._stop(entry[b"run"].decode())
                elif key in followed:
                    _take(followed[key], entry)
        # "$" is "from now on" at each call: what comes between two would be missed.
        for key in (STOPS, self._wake):
            if self._read_to[key] == "$":
                last = await client.xrevrange(key, count=1)
                self._read_to[key] = last[0][0].decode() if last else "0"

    def _stop(self, run_id: str) -> None:
        for part in self.process.parts():
            if (live := part.runs.get(run_id)) is not None:
                live.stop()


def _take(followed: FollowedRun, entry: dict[bytes, bytes]) -> None:
    followed.offer(int(entry[b"n"]), split(entry[b"data"]))
    if entry[b"over"] == b"1":
        followed.over_at(int(entry[b"n"]) + len(split(entry[b"data"])) - 1)


def split(data: bytes) -> list[bytes]:
    """Joined frames, one by one."""
    return [frame + b"\n\n" for frame in data.split(b"\n\n")[:-1]]


# -- on a request's thread, or a database worker -----------------------------------------


def ask_to_stop(run_id: str) -> None:
    """Tell the process of a run, wherever it is, to stop it. Its row says so too."""

    def tell(client: Any) -> None:
        client.xadd(STOPS, {"run": run_id}, maxlen=1000, approximate=True)
        client.expire(STOPS, KEEP_SECONDS)

    _asked(tell)


def lives(owner: str) -> bool:
    """Whether this process has lately said that it lives; False where Redis can't be asked."""
    return bool(_asked(lambda client: client.exists(_alive(owner))))


def frames_after(run_id: str, after: int) -> list[bytes]:
    """The frames of a run after number `after`, as far as they are there without a gap: what a
    process that died had shown and not yet stored."""
    entries = _asked(lambda client: client.xrange(key_of(run_id))) or []
    found: list[bytes] = []
    for _id, entry in entries:
        number, frames = int(entry[b"n"]), split(entry[b"data"])
        if number > after + len(found) + 1:
            break
        found += frames[max(0, after + len(found) + 1 - number) :]
    return found


def _asked(question: Callable[[Any], T]) -> T | None:
    """What Redis answers; None where the site has none, or it does not answer."""
    if not enabled():
        return None
    import redis

    try:
        with redis.Redis.from_url(conf.get("STREAMS"), **_limits(ASKED_SECONDS)) as client:
            return question(client)
    except redis.RedisError as error:
        _warn(error)
        return None


def _client() -> Any:
    import redis.asyncio

    # The read waits for BLOCK, so its limit is longer.
    return redis.asyncio.Redis.from_url(conf.get("STREAMS"), **_limits(BLOCK / 1000 + 3))


def _limits(seconds: float) -> dict[str, Any]:
    return {"socket_connect_timeout": ASKED_SECONDS, "socket_timeout": seconds}


_warned_at = float("-inf")


def _warn(error: Exception) -> None:
    """Once a minute. Without the error's text, which may have the address with its password."""
    global _warned_at
    if time.monotonic() - _warned_at >= 60:
        _warned_at = time.monotonic()
        kind = type(error).__name__
        logger.warning("Redis does not answer (%s): frames go by way of the database.", kind)
