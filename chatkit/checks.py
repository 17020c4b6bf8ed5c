"""System checks: each misconfiguration that can be seen before a request, with its fix."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from . import conf


@register("chatkit")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(problem, hint="See the table of settings in the README.", id="chatkit.E001")
        for problem in conf.problems()
    ]
