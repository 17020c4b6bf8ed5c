"""The newest rows with some words, by looks of a bounded size; a table stands in for PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chatkit.fulltext import postgres, wanted

MOST = 400


class Table:
    """Gives rows of a range in no order that would help, as the index does, and counts looks."""

    def __init__(self, numbers: set[int]) -> None:
        self.numbers = numbers
        self.looks = 0
        self._rows: list[tuple[int]] = []

    def execute(self, sql: str, given: list[Any]) -> None:
        _query, first, behind, cap = given
        self.looks += 1
        inside = sorted(number for number in self.numbers if first <= number < behind)
        self._rows = [(number,) for number in inside[:cap]]
        random.Random(1).shuffle(self._rows)

    def fetchall(self) -> list[tuple[int]]:
        return self._rows


LAST = 1_000_000
CASES = {
    "none": set(),
    "one, long ago": {5},
    "all": set(range(LAST - 60_000, LAST)),
    "the oldest": set(range(50_000)),
    "few, everywhere": set(range(0, LAST, 997)),
    "many, everywhere": set(range(0, LAST, 7)),
    "a few new ones and many old ones": {LAST - 1, LAST - 2, *range(200_000)},
}


@pytest.mark.parametrize("numbers", CASES.values(), ids=CASES)
@pytest.mark.parametrize("before", [LAST, LAST // 2, 10_000, 1])
def test_they_are_the_newest_in_order(numbers: set[int], before: int) -> None:
    table = Table(numbers)
    found = postgres._from_newest(table, "", before, MOST)
    wanted = sorted((number for number in numbers if number < before), reverse=True)[:MOST]
    assert found == wanted
    assert table.looks <= 12


def test_a_row_that_many_have_is_found_at_one_look() -> None:
    table = Table(CASES["all"])
    postgres._from_newest(table, "", LAST, MOST)
    assert table.looks == 1


class Connection:
    """PostgreSQL as `newest` sees it: what it is told of plans, and what it was told before."""

    alias = "default"

    def __init__(self, within: bool) -> None:
        self.in_atomic_block = within
        self.plans: list[list[str]] = []
        self._row: Any = None

    @contextmanager
    def cursor(self) -> Iterator[Connection]:
        yield self

    def execute(self, sql: str, given: Any = ()) -> None:
        if "set_config" in sql:
            self.plans.append(list(given))
        self._row = (7,) if "max(" in sql else ("on", "off")

    def fetchone(self) -> Any:
        return self._row

    def fetchall(self) -> list[tuple[int]]:
        return [(7,), (5,)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("within", "told"), [(False, [["off", "off"]]), (True, [["off", "off"], ["on", "off"]])]
)
def test_the_planner_is_left_as_it_was(within: bool, told: list[list[str]]) -> None:
    connection = Connection(within)
    assert postgres.newest(connection, wanted("word"), None, MOST) == [7, 5]
    assert connection.plans == told
