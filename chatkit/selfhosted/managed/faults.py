"""Failures of agents that OpenAI hosts: a sentence for who asks, a cause for the run's record.

Neither has words of OpenAI's: those could contain a key, or what somebody wrote.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import openai
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ...fields import JsonObject
from ...hosted import causes
from ...hosted.causes import Cause
from ..assistant.client import KeyMissing
from ..assistant.errors import not_set_up
from . import events

# What may be gone at the next try.
TRANSIENT = (openai.APIConnectionError, openai.InternalServerError, openai.RateLimitError)
BROKEN = (json.JSONDecodeError, UnicodeDecodeError, openai.APIResponseValidationError)


# Of an input that comes too late.
GONE = (openai.BadRequestError, openai.NotFoundError, openai.ConflictError)


class AgentFault(Exception):
    """The agent can't answer, and why."""

    def __init__(self, cause: Cause, said: str = "") -> None:
        super().__init__(cause.sentence)
        self.cause = cause
        self.said = said


class Refusal(Exception):
    """OpenAI's safety systems have refused the question."""


class SessionOver(Exception):
    """The session takes no more input: it failed, or is not there any more."""


class StreamCut(Exception):
    """The stream ended before its turn."""


class EmptyAnswer(Exception):
    """The agent has ended its answer without any text."""


@dataclass(frozen=True)
class Failure:
    """Failures that are not `known` are logged with a traceback."""

    message: str
    record: str
    known: bool = True
    status: int | None = None
    request_id: str = ""


def explain(error: BaseException) -> Failure:
    if isinstance(error, EmptyAnswer):
        message = _("The model gave an empty answer. Please try again.")
        return Failure(message, type(error).__name__)
    status, request_id = None, ""
    if isinstance(error, openai.APIStatusError):
        status, request_id = error.status_code, _printable(error.request_id)
    cause = cause_of(error)
    if cause is None:
        message = _("The model gave an unusable answer. Please try again.")
        return Failure(message, type(error).__name__, known=False)
    said = error.said if isinstance(error, AgentFault) else ""
    return Failure(said or message_of(cause), cause.sentence, True, status, request_id)


def cause_of(error: BaseException) -> Cause | None:
    """None for what is no failure of the agent, such as a fault of ours."""
    if isinstance(error, AgentFault):
        return error.cause
    if isinstance(error, SessionOver):
        return causes.AGENT_FAILED
    if isinstance(error, KeyMissing):
        return causes.NO_KEY
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return causes.TIMEOUT
    if isinstance(error, StreamCut):
        return causes.BROKEN_OFF
    if isinstance(error, openai.APIConnectionError):
        began = type(error.__cause__).__name__ in ("RemoteProtocolError", "ReadError")
        return causes.BROKEN_OFF if began else causes.UNREACHABLE
    if isinstance(error, BROKEN):
        return causes.AGENT_VERSION
    return None


def _of_status(error: openai.APIStatusError) -> Cause:
    cause = causes.of_response(error.status_code, {"error": error.body})
    return causes.of_agents(cause)


UNREADABLE = gettext_noop(
    "The assistant’s answer could not be read. Please tell your administrator."
)
# What who asks is told. Of all other causes, only who runs the site can do something.
_SAID: dict[Cause, str] = {
    causes.RATE: gettext_noop("The model is busy. Please wait a moment and try again."),
    causes.FAULT: gettext_noop("The model has a problem now. Please try again."),
    causes.TIMEOUT: gettext_noop("The model took too long to answer. Please try again."),
    causes.BROKEN_OFF: gettext_noop("The model’s answer was cut off. Please try again."),
    causes.UNREACHABLE: gettext_noop("The model cannot be reached now. Please try again."),
    causes.AGENT_FULL: gettext_noop(
        "This conversation is too long for the model. Please start a new one."
    ),
    causes.AGENT_BUDGET: gettext_noop(
        "This conversation has used what it may cost. Please start a new one."
    ),
    causes.AGENT_VERSION: UNREADABLE,
    causes.UNREADABLE: UNREADABLE,
    causes.AGENT_CANCELLED: gettext_noop("The answer was interrupted."),
    causes.AGENT_FAILED: gettext_noop(
        "The assistant could not finish its answer. Please try again."
    ),
}


def message_of(cause: Cause) -> str:
    return _(_SAID[cause]) if cause in _SAID else not_set_up()


_TURN: dict[str, Cause] = {
    "context_length_exceeded": causes.AGENT_FULL,
    "max_output_tokens": causes.BROKEN_OFF,
    "session_budget_exceeded": causes.AGENT_BUDGET,
    "usage_limit_exceeded": causes.QUOTA,
    "project_spend_limit_exceeded": causes.QUOTA,
    "organization_spend_limit_exceeded": causes.QUOTA,
    "organization_usage_limit_exceeded": causes.QUOTA,
    "billing_not_active": causes.QUOTA,
    "credit_balance_exhausted": causes.QUOTA,
    "rate_limit_exceeded": causes.RATE,
    "flex_unavailable": causes.RATE,
    "server_overloaded": causes.RATE,
    "connection_failed": causes.FAULT,
    "server_error": causes.FAULT,
    "internal_error": causes.FAULT,
    "authentication_error": causes.KEY,
    "invalid_request": causes.AGENT_REFUSED,
    "resource_not_found": causes.UNKNOWN_AGENT,
    "sandbox_error": causes.AGENT_ENVIRONMENT,
    "executor_version_incompatible": causes.AGENT_ENVIRONMENT,
    "request_timeout": causes.TIMEOUT,
}
REFUSED = ("cyber_policy", "misalignment_policy_violation")


def of_turn(event: JsonObject, code: str = "") -> Exception:
    """Why a turn failed; `code` is that of an error that came before, where the turn names none."""
    code = events.text(event, "turn", "error", "code") or code
    if code in REFUSED:
        return Refusal(code)
    return AgentFault(_TURN.get(code, causes.AGENT_FAILED))


def _printable(value: object) -> str:
    is_text = isinstance(value, str) and value.isascii() and value.isprintable()
    return str(value)[:128] if is_text else ""
