"""System checks of the playground."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse


@register("chatkit_playground")
def check_urls(**kwargs: Any) -> list[CheckMessage]:
    """E001: the playground's address is not part of the site."""
    try:
        reverse("chatkit_playground:playground")
    except NoReverseMatch:
        return [
            Error(
                "The site does not include chatkit.contrib.playground.urls.",
                hint='Add path("", include("chatkit.contrib.playground.urls")) to the URLconf.',
                id="chatkit_playground.E001",
            )
        ]
    except Exception:  # a URLconf that fails is reported by Django's own checks
        return []
    return []
