"""What the assistants called: how often, how it ended, and which cards wait for somebody's word."""

from .counts import Counted, counted, label_of
from .rows import Wanted, calls, waiting

__all__ = ["Counted", "Wanted", "calls", "counted", "label_of", "waiting"]
