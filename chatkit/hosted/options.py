"""SESSION_OPTIONS: what a hosted session is asked for, besides workflow and user.

The keys are those of OpenAI's call; `workflows` maps a workflow id to keys that take the place
of the overall ones for it:

    "SESSION_OPTIONS": {
        "rate_limits": {"max_requests_per_1_minute": 20},
        "chatkit_configuration": {"history": {"enabled": True, "recent_threads": 10}},
        "state_variables": "shop.chat.state_variables",  # (request, workflow_id) -> dict
        "workflows": {"wf_…": {"version": "3", "tracing": {"enabled": False}}},
    }
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from typing import Any, TypeGuard

from django.http import HttpRequest
from django.utils.module_loading import import_string

from .. import conf
from ..fields import JsonObject
from . import causes
from .causes import UpstreamError

logger = logging.getLogger("chatkit.hosted")

Check = Callable[[object], bool]


def body(request: HttpRequest, workflow_id: str, user: str) -> JsonObject:
    """The body of `POST /chatkit/sessions`."""
    options = of_workflow(workflow_id)
    workflow: JsonObject = {"id": workflow_id}
    for name in ("version", "tracing"):
        if name in options:
            workflow[name] = options[name]
    variables = _state_variables(request, workflow_id, options.get("state_variables"))
    if variables:
        workflow["state_variables"] = variables
    expires = {"anchor": "created_at", "seconds": conf.get("SESSION_SECONDS")}
    data = {
        "workflow": workflow,
        "user": user,
        "expires_after": expires | options.get("expires_after", {}),
    }
    for name in ("rate_limits", "chatkit_configuration"):
        if name in options:
            data[name] = options[name]
    return data


def of_workflow(workflow_id: str) -> JsonObject:
    """The options in force for one workflow: its own over the overall ones, key by key."""
    given = conf.get("SESSION_OPTIONS")
    overall = {name: value for name, value in given.items() if name != "workflows"}
    own: JsonObject = given.get("workflows", {}).get(workflow_id, {})
    return overall | own


def _state_variables(request: HttpRequest, workflow_id: str, given: Any) -> JsonObject:
    if not isinstance(given, str):
        return given or {}
    try:
        variables = import_string(given)(request, workflow_id)
    except Exception:
        logger.exception("%s, the function for state_variables, failed.", given)
        raise UpstreamError(causes.ODD_STATE_VARIABLES) from None
    wrong = [*_wrong_variables(variables, "it")]
    if wrong:
        logger.error("%s, the function for state_variables: %s", given, wrong[0])
        raise UpstreamError(causes.ODD_STATE_VARIABLES)
    return variables  # type: ignore[no-any-return]


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_megabytes(value: object) -> bool:
    return _is_count(value) and value <= 512


def _is_version(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_anchor(value: object) -> bool:
    return bool(value == "created_at")


# Name -> (what it must be, in words; the function that tests it), or a dict of such names.
_SHAPE: JsonObject = {
    "expires_after": {
        "anchor": ('"created_at"', _is_anchor),
        "seconds": ("a whole number of seconds above 0", _is_count),
    },
    "rate_limits": {"max_requests_per_1_minute": ("a whole number above 0", _is_count)},
    "chatkit_configuration": {
        "automatic_thread_titling": {"enabled": ("True or False", _is_bool)},
        "file_upload": {
            "enabled": ("True or False", _is_bool),
            "max_file_size": ("a whole number of megabytes from 1 to 512", _is_megabytes),
            "max_files": ("a whole number above 0", _is_count),
        },
        "history": {
            "enabled": ("True or False", _is_bool),
            "recent_threads": ("a whole number above 0", _is_count),
        },
    },
    "version": ("a text", _is_version),
    "tracing": {"enabled": ("True or False", _is_bool)},
}


def problems(given: object, workflow_ids: set[str]) -> list[str]:
    """One sentence for each wrong part of SESSION_OPTIONS; values are not shown."""
    if not isinstance(given, dict):
        return []  # the table of settings says so already
    found = list(_wrong_level(given, _SHAPE, "", also=("workflows",)))
    own = given.get("workflows", {})
    if not isinstance(own, dict):
        return [*found, _sentence("['workflows']", "a dict of workflow id to options")]
    for workflow_id, options in own.items():
        path = f"['workflows'][{workflow_id!r}]"
        if workflow_id not in workflow_ids:
            found.append(f"CHATKIT['SESSION_OPTIONS']{path}: WORKFLOWS has no such id.")
        found += _wrong_level(options, _SHAPE, path)
    return found


def _wrong_level(
    given: object, shape: JsonObject, path: str, also: tuple[str, ...] = ()
) -> Iterator[str]:
    if not isinstance(given, dict):
        yield _sentence(path, "a dict")
        return
    top = shape is _SHAPE
    for name, value in given.items():
        here = f"{path}[{name!r}]"
        if name in also:
            continue
        if top and name == "state_variables":
            yield from _wrong_variables(value, f"CHATKIT['SESSION_OPTIONS']{here}")
        elif name not in shape:
            names = [*shape, *(["state_variables"] if top else []), *also]
            yield f"CHATKIT['SESSION_OPTIONS']{here} is not known. Known are {', '.join(names)}."
        elif isinstance(shape[name], dict):
            yield from _wrong_level(value, shape[name], here)
        elif not shape[name][1](value):
            yield _sentence(here, shape[name][0])


def _wrong_variables(given: object, what: str) -> Iterator[str]:
    if isinstance(given, str) and what != "it":
        return  # a dotted path, which the check of paths looks at
    if not isinstance(given, dict):
        yield f"{what} is {type(given).__name__}, not a dict of names to texts."
        return
    for name, value in given.items():
        if not isinstance(name, str) or not 0 < len(name) <= 64:
            yield f"{what} has a name that is not a text of 1 to 64 characters."
        elif not isinstance(value, str | int | float) or _is_not_finite(value):
            yield f"{what}[{name!r}] is {type(value).__name__}, not a text, number or boolean."


def _is_not_finite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)  # JSON has no such numbers


def _sentence(path: str, expected: str) -> str:
    return f"CHATKIT['SESSION_OPTIONS']{path} is not {expected}."


def functions(given: JsonObject) -> list[str]:
    """The dotted paths that SESSION_OPTIONS names, overall and per workflow."""
    own = given.get("workflows")
    levels = [given, *(own.values() if isinstance(own, dict) else [])]
    found = [level.get("state_variables") for level in levels if isinstance(level, dict)]
    return [path for path in found if isinstance(path, str)]
