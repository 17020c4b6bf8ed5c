"""System checks of the playground."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from chatkit.checks.included import missing_urls


@register("chatkit_playground")
def check_urls(**kwargs: Any) -> list[CheckMessage]:
    """E001: the playground's address is not part of the site."""
    urls = "chatkit.contrib.playground.urls"
    return missing_urls("chatkit_playground:playground", urls, "chatkit_playground.E001")
