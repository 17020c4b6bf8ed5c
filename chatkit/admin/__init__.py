"""The admin: session records, conversations and runs to look at; starter prompts to write."""

from .prompts import StarterPromptAdmin
from .records import AttachmentAdmin, FeedbackAdmin
from .runs import RunAdmin
from .sessions import SessionAdmin
from .threads import ThreadAdmin
from .tool_calls import ToolCallAdmin

__all__ = [
    "AttachmentAdmin",
    "FeedbackAdmin",
    "RunAdmin",
    "SessionAdmin",
    "StarterPromptAdmin",
    "ThreadAdmin",
    "ToolCallAdmin",
]
