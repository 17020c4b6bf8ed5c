"""Every address of a site, by its whole pattern: two may have one name, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.urls import get_resolver
from django.urls.resolvers import URLResolver

# A part that stands for a value: of a path(), or a named group of a re_path().
PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


def routes(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def path_of(route: str, values: dict[str, str]) -> str:
    """The path of a pattern, `values` in its parts."""
    filled = PART.sub(lambda part: quote(values[part[1] or part[2]]), route)
    return "/" + re.sub(r"[\^$]", "", filled)
