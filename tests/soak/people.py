"""People who ask, read, leave, come back, stop, or look on from a second device."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from ..cluster.client import Address, Broken, Reading, ask

# How many of a hundred do what, while they read.
WAYS = {"read": 58, "come back": 20, "go": 8, "stop": 6, "second device": 8}
TURNS = 5  # of one conversation


@dataclass
class Asked:
    """One question, what its person did, and what they saw."""

    reading: Reading
    words: int
    way: str
    at: float
    second: Reading | None = None


class Person:
    """Asks one question after the other, when they are told to."""

    def __init__(self, door: Address, secret: str, seed: int) -> None:
        self.door, self.secret = door, secret
        self.random = random.Random(seed)
        self.thread, self.turns = "", 0

    async def ask(self) -> Asked:
        """One question, to the end of what this person wants of it."""
        words = self.random.randint(5, 120)
        question = f"count {words} every {self.random.randint(10, 90)} ms"
        way = self.random.choices(list(WAYS), list(WAYS.values()))[0]
        if self.turns >= TURNS:
            self.thread, self.turns = "", 0
        reading = Reading(question, self.secret, thread=self.thread)
        asked = Asked(reading, words, way, time.monotonic())
        reading.began = asked.at
        if way == "read":
            await reading.read(self._door)
        elif way == "second device":
            await self._with_second(asked)
        else:
            await self._leave(asked)
        self.thread, self.turns = reading.thread, self.turns + 1
        if way == "go":
            self.thread = ""  # the answer is still being written there
        return asked

    def _door(self) -> Address:
        return self.door

    async def _some(self, reading: Reading) -> None:
        """Read a part; returns once it is there, or the answer is over."""
        while not reading.over:
            try:
                await reading.once(self.door, until=self.random.randint(3, 30))
                return
            except Broken as error:
                reading.broken.append(str(error))
                await asyncio.sleep(0.3)

    async def _leave(self, asked: Asked) -> None:
        reading = asked.reading
        await self._some(reading)
        if asked.way == "come back":
            await asyncio.sleep(self.random.uniform(0, 3))
            await reading.read(self._door)
        elif asked.way == "stop" and reading.run:
            path = f"/api/chatkit/runs/{reading.run}/stop"
            while (await ask(self.door, self.secret, "POST", path))[0] != 200:
                await asyncio.sleep(0.3)  # the process that took it was killed
            await reading.read(self._door)

    async def _with_second(self, asked: Asked) -> None:
        reading = asked.reading
        await self._some(reading)
        if reading.over or not reading.run:
            return
        asked.second = Reading("", self.secret, run=reading.run)
        await asyncio.gather(reading.read(self._door), asked.second.read(self._door))
