"""Rows that are deleted once they are old: in `rows` what and how, in `tasks` the same from a
schedule, in `temporary` conversations that go with their session, in `deleted` those whose person
may take their deletion back for a while, in `visitors` people without a login who did not come
back."""

from . import deleted, temporary, visitors
from .rows import Outdated, delete_attachments, delete_rows, delete_threads, left_over, register

__all__ = [
    "Outdated",
    "delete_attachments",
    "delete_rows",
    "delete_threads",
    "deleted",
    "left_over",
    "register",
    "temporary",
    "visitors",
]
