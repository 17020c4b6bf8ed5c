"""The page of the documentation that each message of ours ends with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core import checks

PAGE = "docs/checks.md"
Check = Callable[..., list[checks.CheckMessage]]


def register(*tags: str, deploy: bool = False) -> Callable[[Check], Check]:
    """Django's `register`, for checks whose hints name the fix and then the page."""

    def decorate(check: Check) -> Check:
        @wraps(check)
        def with_page(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
            found = check(app_configs, **kwargs)
            for message in found:
                message.hint = f"{message.hint} ({PAGE})"
            return found

        return checks.register(*tags, deploy=deploy)(with_page)

    return decorate
