"""What other apps put below a help article.

    from chatkit.page.below import register

    register(part)  # in AppConfig.ready()

A part is a function of the request and the published article that returns safe HTML, "" for none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from ..knowledge import Article

logger = logging.getLogger("chatkit.page")

Part = Callable[[HttpRequest, Article], SafeString]
_parts: list[Part] = []


def register(part: Part) -> Part:
    """Show a part from now on, behind those that are registered already."""
    if part not in _parts:
        _parts.append(part)
    return part


def below(request: HttpRequest, article: Article) -> list[SafeString]:
    """The parts for this request. One that fails is left out: the article is there without it."""
    found = []
    for part in _parts:
        try:
            found.append(part(request, article))
        except Exception:
            logger.exception("What %r puts below a help article is left out.", part)
    return [html for html in found if html]
