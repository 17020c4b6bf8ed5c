"""Evaluation sets: real questions with what is expected of their answers, asked again and again."""

from .collecting import collect, key_of
from .comparing import Change, changes
from .exchange import LARGEST, FileError, dump, load, take_in
from .running import BusyError, begin, carry_out, earlier

__all__ = [
    "LARGEST",
    "BusyError",
    "Change",
    "FileError",
    "begin",
    "carry_out",
    "changes",
    "collect",
    "dump",
    "earlier",
    "key_of",
    "load",
    "take_in",
]
