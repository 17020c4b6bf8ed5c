"""For the tests of a site: ask its assistant as a browser does, let a script answer in its place,
and leave nothing running.

See docs/howto/testing.md. `chatkit.testing.pytest` is the plugin for pytest.
"""

from .browser import ChatPage
from .case import ChatTestMixin
from .chat import Chat, Reply, ask
from .running import end_runs
from .script import Script, ScriptError, scripted
from .steps import ClientTool, Effect, Fail, Hold, Outcome, Progress, Source, Wait, Widget

__all__ = [
    "Chat",
    "ChatPage",
    "ChatTestMixin",
    "ClientTool",
    "Effect",
    "Fail",
    "Hold",
    "Outcome",
    "Progress",
    "Reply",
    "Script",
    "ScriptError",
    "Source",
    "Wait",
    "Widget",
    "ask",
    "end_runs",
    "scripted",
]
