"""Whether a site includes the addresses of one of our apps."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error
from django.urls import NoReverseMatch, reverse


def missing_urls(view: str, urls: str, id: str) -> list[CheckMessage]:
    """The error `id` where the site's URLconf does not include the module `urls`, which has the
    view `view`."""
    try:
        reverse(view)
    except NoReverseMatch:
        return [
            Error(
                f"The site does not include {urls}.",
                hint=f'Add path("", include("{urls}")) to the URLconf.',
                id=id,
            )
        ]
    except Exception:  # a URLconf that fails is reported by Django's own checks
        return []
    return []
