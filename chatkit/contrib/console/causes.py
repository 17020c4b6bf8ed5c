"""Why answers failed, in plain words. A run's record holds a short cause that names no user."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The first that matches counts.
CAUSES: tuple[tuple[str, str, Promise], ...] = (
    (
        "slow",
        r"APITimeoutError|TimeoutError$|APIStatusError (408|504)",
        _("The model did not answer in time"),
    ),
    ("too_long", r"timeout$", _("The whole answer took too long")),
    ("cut_long", r"AnswerTooLong$", _("The answer was too long and was cut")),
    ("own_words", r"CustomStreamError$", _("The assistant said why in words of its own")),
    ("limit", r"RateLimitError|.* 429$", _("The model’s limits were reached")),
    (
        "key",
        r"AuthenticationError|PermissionDeniedError|KeyMissing|.* 40[13]$",
        _("The key for the model was refused"),
    ),
    (
        "no_model",
        r"NotFoundError|.* 404$",
        _("The model does not exist, or the key may not use it"),
    ),
    ("cut", r"StreamCut", _("The model’s answer was cut off")),
    ("unreachable", r"APIConnectionError", _("The model could not be reached")),
    (
        "model",
        r"InternalServerError|APIStatusError 5|APIError|.* 5\d\d$",
        _("The model had a problem"),
    ),
    (
        "not_accepted",
        r"BadRequestError|UnprocessableEntityError|.* 4\d\d$",
        _("The model did not accept the question"),
    ),
    ("steps", r"MaxTurnsExceeded", _("The assistant took too many steps")),
    ("empty", r"EmptyAnswer", _("The model gave an empty answer")),
    ("unusable", r"ModelBehaviorError|JSONDecodeError", _("The model gave an unusable answer")),
    ("guardrail", r".*TripwireTriggered", _("A guardrail refused it")),
    ("budget", r"budget_reached$", _("A budget is used up")),
    ("restarted", r"process gone", _("The server was stopped or restarted")),
    (
        "database",
        r"not stored|OperationalError|InterfaceError|DatabaseError",
        _("The database failed"),
    ),
)
UNKNOWN = _("No cause was recorded")


def key_of(error: str) -> str:
    """What stands for a cause in an address: a word of CAUSES, else what is recorded."""
    return next((key for key, pattern, _words in CAUSES if re.match(pattern, error)), error)


def in_words(error: str) -> str:
    """The cause of a failure as a short sentence; what is not known is told as it is recorded."""
    if not error:
        return str(UNKNOWN)
    for _key, pattern, words in CAUSES:
        if re.match(pattern, error):
            return str(words)
    return error
