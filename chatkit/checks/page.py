"""The page of the documentation that each message of ours ends with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from django.apps import AppConfig
from django.core import checks

# An installed package has the page beside this module; a checkout has it among its documentation.
_INSTALLED = Path(__file__).with_name("checks.md")
PAGE = str(_INSTALLED) if _INSTALLED.is_file() else "docs/checks.md"
Check = Callable[..., list[checks.CheckMessage]]


def register(*tags: str, deploy: bool = False) -> Callable[[Check], Check]:
    """Django's `register`, for checks whose hints name the fix and then the page.

    They take no arguments, and with Django's tag for databases the aliases to look at.
    """

    def decorate(check: Check) -> Check:
        def with_page(
            app_configs: Sequence[AppConfig] | None,
            databases: Sequence[str] | None = None,
            **kwargs: object,
        ) -> list[checks.CheckMessage]:
            found = check(databases or ()) if checks.Tags.database in tags else check()
            for message in found:
                message.hint = f"{message.hint} ({PAGE})"
            return found

        checks.register(*tags, deploy=deploy)(with_page)
        return check

    return decorate
