"""The admin: session records, conversations, runs and links to look at; starter prompts and
message templates to write."""

from .prompts import MessageTemplateAdmin, StarterPromptAdmin
from .records import AttachmentAdmin, FeedbackAdmin
from .runs import RunAdmin
from .sessions import SessionAdmin
from .shares import ShareAdmin
from .threads import ThreadAdmin
from .tool_calls import ToolCallAdmin
from .visitors import VisitorAdmin

__all__ = [
    "AttachmentAdmin",
    "FeedbackAdmin",
    "MessageTemplateAdmin",
    "RunAdmin",
    "SessionAdmin",
    "ShareAdmin",
    "StarterPromptAdmin",
    "ThreadAdmin",
    "ToolCallAdmin",
    "VisitorAdmin",
]
