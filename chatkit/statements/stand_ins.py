"""Values that stand in a statement for those to come, so that their places in it are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# And the next ones: numbers that no query of ours has otherwise, and that fit a column of four
# bytes. Django asks nothing where a number can't be in the column.
NUMBER = 1_716_000_000
TEXT = "\N{SNOWMAN}chatkit value %d\N{SNOWMAN}"


def stand_ins(values: Sequence[object]) -> list[Any] | None:
    """One for each of these, of its type; None where one is neither a text nor a whole number, of
    which alone it is known that databases get them as they are."""
    found: list[Any] = []
    for number, value in enumerate(values):
        if type(value) is str:
            found.append(TEXT % number)
        elif type(value) is int:
            found.append(NUMBER + number)
        else:
            return None
    return found


class Places:
    """Where values stand among the parameters of a statement."""

    def __init__(self, params: Sequence[Any], among: Sequence[Any]) -> None:
        self._constant = list(params)
        self._places = [
            (place, among.index(param))
            for place, param in enumerate(params)
            if type(param) in (str, int) and param in among
        ]
        self.complete = sorted(index for _, index in self._places) == list(range(len(among)))

    def filled(self, values: Sequence[Any]) -> list[Any]:
        """The parameters with these values."""
        params = self._constant[:]
        for place, index in self._places:
            params[place] = values[index]
        return params
