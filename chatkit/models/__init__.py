"""The models: sessions, conversations, and the runs that answer in them."""

from .agent_session import AgentSession
from .branch import Branch
from .conversation import (
    Attachment,
    Feedback,
    Thread,
    ThreadItem,
    active_status,
    attachment_path,
    owner_of,
)
from .ids import (
    new_attachment_id,
    new_id,
    new_run_id,
    new_thread_id,
    new_tool_call_id,
    new_visitor_id,
)
from .message_template import MessageTemplate
from .run import Run, RunEvent
from .said import (
    HIDDEN_TYPES,
    SPOKEN,
    WIDGET_WORDS,
    questions_of,
    said_in,
    texts_of,
    turns_of,
)
from .session import Session
from .share import Share
from .starter_prompt import StarterPrompt
from .tool_call import ToolCall
from .visitor import Visitor, visitor_name

__all__ = [
    "HIDDEN_TYPES",
    "SPOKEN",
    "WIDGET_WORDS",
    "AgentSession",
    "Attachment",
    "Branch",
    "Feedback",
    "MessageTemplate",
    "Run",
    "RunEvent",
    "Session",
    "Share",
    "StarterPrompt",
    "Thread",
    "ThreadItem",
    "ToolCall",
    "Visitor",
    "active_status",
    "attachment_path",
    "new_attachment_id",
    "new_id",
    "new_run_id",
    "new_thread_id",
    "new_tool_call_id",
    "new_visitor_id",
    "owner_of",
    "questions_of",
    "said_in",
    "texts_of",
    "turns_of",
    "visitor_name",
]
