"""For the tests of a site: ask its assistant as a browser does, and leave nothing running.

See docs/howto/testing.md. `chatkit.testing.pytest` is the plugin for pytest.
"""

from .case import ChatTestMixin
from .chat import Chat, Reply
from .running import end_runs

__all__ = ["Chat", "ChatTestMixin", "Reply", "end_runs"]
