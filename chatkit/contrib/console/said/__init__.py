"""The search in what was said: the words of each conversation, kept beside it."""

from .find import found_page
from .index import catch_up

__all__ = ["catch_up", "found_page"]
