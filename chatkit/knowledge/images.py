"""Which images our pages show: files of the site, below STATIC_URL and MEDIA_URL.

A browser asks for an image by itself, with the reader's login. Any other address of the site may
do something when it is asked for, and another host learns who reads.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import get_script_prefix


def image_paths() -> list[str]:
    """The addresses below which the site's files lie."""
    addresses = (settings.STATIC_URL, settings.MEDIA_URL)
    # Django makes the root of the site of a MEDIA_URL that is not set.
    everything = ("", "/", get_script_prefix())
    return [address for address in addresses if address and address not in everything]


def may_show(url: str) -> bool:
    """Whether `url` is that of a file of the site."""
    try:
        segments = unquote(urlsplit(url).path).split("/")
    except ValueError:
        return False
    if any(segment in (".", "..") or "\\" in segment for segment in segments):
        return False
    return any(url.startswith(path) for path in image_paths())
