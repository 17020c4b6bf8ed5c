"""Failures of the model: a message for the user, and a text for the run's record."""

from __future__ import annotations

import json
from dataclasses import dataclass

import openai
from agents import exceptions as agents
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from chatkit.errors import CustomStreamError, StreamError
from chatkit.store import NotFoundError

from ..runs import writes
from .client import KeyMissing, StreamCut

TRIPWIRES = (
    agents.InputGuardrailTripwireTriggered,
    agents.OutputGuardrailTripwireTriggered,
    agents.ToolInputGuardrailTripwireTriggered,
    agents.ToolOutputGuardrailTripwireTriggered,
)
ModelRefusal = agents.ModelRefusalError
# Not failures of the model: the engine handles them.
OURS = (CustomStreamError, StreamError, NotFoundError, DatabaseError, writes.RowMissing)
FULL = ("context_length_exceeded", "string_above_max_length")


@dataclass(frozen=True)
class Failure:
    """`record` is for the run. Failures that are `known` are logged without a traceback."""

    message: str
    record: str
    known: bool = True


class EmptyAnswer(Exception):
    """The model has ended its answer without any text."""


def explain(error: BaseException) -> Failure:
    """The message about a failed answer. It contains no text of the model's server."""
    record = type(error).__name__
    if isinstance(error, openai.APIStatusError):
        return Failure(_status_message(error), f"{record} {error.status_code}")
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return Failure(_("The model took too long to answer. Please try again."), record)
    if isinstance(error, StreamCut) or (
        isinstance(error, openai.APIConnectionError) and _began(error)
    ):
        return Failure(_("The model’s answer was cut off. Please try again."), record)
    if isinstance(error, openai.APIConnectionError):
        return Failure(_("The model cannot be reached now. Please try again."), record)
    if isinstance(error, KeyMissing):
        return Failure(not_set_up(), record)
    if isinstance(error, agents.MaxTurnsExceeded):
        return Failure(_("The assistant took too many steps without an answer."), record)
    if isinstance(error, EmptyAnswer):
        return Failure(_("The model gave an empty answer. Please try again."), record)
    if isinstance(error, openai.APIError):  # an error that came within the stream
        return Failure(_("The model has a problem now. Please try again."), record)
    known = isinstance(error, agents.ModelBehaviorError | json.JSONDecodeError)
    return Failure(_("The model gave an unusable answer. Please try again."), record, known)


def _status_message(error: openai.APIStatusError) -> str:
    code = error.code if isinstance(error.code, str) else ""
    if error.status_code == 429 and code != "insufficient_quota":
        return _("The model is busy. Please wait a moment and try again.")
    if error.status_code == 413 or code in FULL:
        return _("This conversation is too long for the model. Please start a new one.")
    if error.status_code in (401, 403, 404, 429):
        return not_set_up()
    if error.status_code in (408, 504):
        return _("The model took too long to answer. Please try again.")
    if error.status_code < 500:
        return _("The model did not accept the question. Please try again.")
    return _("The model has a problem now. Please try again.")


def _began(error: openai.APIConnectionError) -> bool:
    """Whether the connection broke while the answer was being read."""
    cause = type(error.__cause__).__name__
    return cause in ("RemoteProtocolError", "ReadError")


def not_set_up() -> str:
    return _("The assistant is not set up correctly. Please tell your administrator.")
