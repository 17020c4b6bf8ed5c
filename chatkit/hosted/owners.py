"""Which user here the `user` of a conversation at OpenAI is."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from .. import conf, personal_data


def upstream_user(pk: object) -> str:
    """The `user` told to OpenAI: it scopes the conversations there."""
    return f"{conf.get('USER_PREFIX')}:{pk}"


class BadMap(Exception):
    """A line of the CSV that can't be used. The text names it."""


def read_map(lines: Iterable[str]) -> dict[str, AbstractBaseUser]:
    """A CSV of `user at OpenAI,login name here` as a dict of the one to the user.

    A first line `openai_user,user` is a heading. BadMap for a line that does not lead to one
    user, or that contradicts an earlier one.
    """
    users: dict[str, AbstractBaseUser] = {}
    for number, row in _rows(lines):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells == ["openai_user", "user"]):
            continue
        if len(cells) != 2 or not all(cells):
            raise BadMap(f"Line {number} is not “user at OpenAI,login name here”.")
        try:
            user = personal_data.find_user(cells[1])
        except personal_data.UserNotFound as error:
            raise BadMap(f"Line {number}: {error}") from None
        if users.setdefault(cells[0], user) != user:
            raise BadMap(f"Line {number} maps {cells[0]!r} to another user than before.")
    return users


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the number of its first line."""
    reader = csv.reader(lines)
    first = 1
    try:
        for row in reader:
            yield first, row
            first = reader.line_num + 1
    except csv.Error as error:  # such as a quote that never ends, in a long file
        raise BadMap(f"Line {first} can't be read: {error}.") from None


class Owners:
    """Maps OpenAI's users to ours: by the CSV, else by the name that this site tells OpenAI."""

    def __init__(self, mapped: dict[str, AbstractBaseUser] | None = None) -> None:
        self.mapped = mapped or {}
        self._known: dict[str, AbstractBaseUser | None] = dict(self.mapped)

    def owner(self, upstream_user: str) -> AbstractBaseUser | None:
        """The user here; None where it is not certain."""
        if upstream_user not in self._known:
            self._known[upstream_user] = self._by_our_name(upstream_user)
        return self._known[upstream_user]

    def upstream_users(self, name: str) -> list[str]:
        """OpenAI's names for the user with this login name, or `name` itself if it is one."""
        if name in self.mapped or self.owner(name) is not None:
            return [name]
        return self.names(personal_data.find_user(name))

    def names(self, user: AbstractBaseUser) -> list[str]:
        """All that OpenAI calls this user: those of the CSV, and ours."""
        mapped = [upstream for upstream, mapped in self.mapped.items() if mapped == user]
        ours = upstream_user(user.pk)
        return [*mapped, *([ours] if ours not in self.mapped else [])]

    def _by_our_name(self, upstream_user: str) -> AbstractBaseUser | None:
        prefix = f"{conf.get('USER_PREFIX')}:"
        if not upstream_user.startswith(prefix):
            return None
        model = get_user_model()
        text = upstream_user.removeprefix(prefix)
        try:
            pk = model._meta.pk.to_python(text)
        except ValidationError:
            return None
        user = model._default_manager.filter(pk=pk).first()
        # Only exactly the name that we give: " 7" or "07" may be another system's user.
        return user if user is not None and str(user.pk) == text else None
