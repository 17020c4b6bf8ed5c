"""OpenAI's lists of threads and items, page by page to their end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal
from urllib.parse import quote

from ..fields import JsonObject
from . import causes
from .causes import Cause, UpstreamError
from .transport import RetryPolicy, UpstreamResponse, call

Order = Literal["asc", "desc"]
# Nobody waits for the import at a screen, so that long pauses are better than giving up.
PATIENT = RetryPolicy(retries=8, longest_pause=120.0)
# But where nobody was ever reached, more likely something is set wrongly than away for a moment.
AT_FIRST = replace(PATIENT, unreached=3)
PAGE = 100
NOT_THERE = (404, 410)


def threads(
    *, user: str = "", order: Order = "asc", policy: RetryPolicy = PATIENT
) -> Iterator[list[JsonObject]]:
    """Pages of threads by their creation, of one `user` as OpenAI knows it, or of all."""
    params = {"order": order, **({"user": user} if user else {})}
    return _pages("/chatkit/threads", params, causes.NO_THREADS, policy)


def items(
    thread_id: str, *, order: Order = "asc", policy: RetryPolicy = PATIENT
) -> Iterator[list[JsonObject]]:
    """Pages of a thread's items by their creation."""
    path = f"/chatkit/threads/{quote(thread_id, safe='')}/items"
    return _pages(path, {"order": order}, causes.GONE, policy)


def reached(policy: RetryPolicy) -> RetryPolicy:
    """The policy from when OpenAI has answered once: all the patience that it has."""
    return replace(policy, unreached=None)


def _pages(
    path: str, params: JsonObject, missing: Cause, policy: RetryPolicy
) -> Iterator[list[JsonObject]]:
    """Follows the cursor to the last page.

    UpstreamError of the cause `missing` where the list itself is not there, ENDLESS where OpenAI
    says that there is more, but gives no new cursor: an incomplete list must not pass for a
    complete one.
    """
    params = {"limit": PAGE, **params}
    cursors: set[str] = set()
    while True:
        try:
            response = call("GET", path, params=params, policy=policy)
        except UpstreamError as error:
            if error.status not in NOT_THERE:
                raise
            raise UpstreamError(missing, error.status, error.request_id) from None
        policy = reached(policy)
        yield _rows(response)
        if not response.data["has_more"]:
            return
        cursor = response.data.get("last_id")
        if not isinstance(cursor, str) or not cursor or cursor in cursors:
            raise UpstreamError(causes.ENDLESS, response.status, response.request_id)
        cursors.add(cursor)
        params = {**params, "after": cursor}


def _rows(response: UpstreamResponse) -> list[JsonObject]:
    data, has_more = response.data.get("data"), response.data.get("has_more")
    if not isinstance(data, list) or not isinstance(has_more, bool):
        raise UpstreamError(causes.UNREADABLE, response.status, response.request_id)
    # A row that is no object can't be read, and keeps none of the others from it.
    return [row if isinstance(row, dict) else {} for row in data]
