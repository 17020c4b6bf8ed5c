"""Rows that are deleted once they are old: in `rows` what and how, in `tasks` the same from a
schedule, in `temporary` conversations that go with their session."""

from . import temporary
from .rows import Outdated, delete_attachments, delete_rows, delete_threads, left_over, register

__all__ = [
    "Outdated",
    "delete_attachments",
    "delete_rows",
    "delete_threads",
    "left_over",
    "register",
    "temporary",
]
