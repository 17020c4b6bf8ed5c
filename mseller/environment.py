"""How values of the environment are read: as people write them, blanks and quotes included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

RATE = re.compile(r"\d+/(?:[1-9]\d*)?[smhd]", re.ASCII)
BLANKS_AND_QUOTES = " \t\r\n\"'"


class Environment(environ.Env):  # type: ignore[misc]
    """django-environ's, without what surprises: in lists a blank after a comma would be part of
    the entry, and a text that begins with $ would name another variable."""

    def read(self, given: Mapping[str, str]) -> None:
        """Take these variables; an empty one counts as not set."""
        values = {name: plain(value) for name, value in given.items()}
        self.ENVIRON = {name: value for name, value in values.items() if value}

    def str(self, var: Any, default: Any = environ.Env.NOTSET, multiline: bool = False) -> Any:
        return self.ENVIRON.get(var, default)

    def list(self, var: Any, cast: Any = None, default: Any = environ.Env.NOTSET) -> Any:
        value = self.ENVIRON.get(var)
        return default if value is None else entries(value)

    def rate(self, var: Any, default: Any) -> Any:
        """How often within how long, as django-ratelimit has it: "10/5m"."""
        value = self.ENVIRON.get(var, default)
        if not RATE.fullmatch(value):
            raise ImproperlyConfigured(f"{var} is {value!r}, not a rate such as 10/5m.")
        return value


def plain(value: str) -> str:
    """Without blanks around it, and without a pair of quotes, which Docker's env files keep."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].strip()
    return value


def entries(value: str) -> list[str]:
    """The entries of `a.example, "b.example",`."""
    stripped = (entry.strip(BLANKS_AND_QUOTES) for entry in value.split(","))
    return [entry for entry in stripped if entry]
