"""Template tags: `{% chatkit_menu %}`."""

from __future__ import annotations

from typing import Any

from django import template

from ..navigation import entries

register = template.Library()


@register.inclusion_tag("chatkit/menu.html", takes_context=True)
def chatkit_menu(context: dict[str, Any]) -> dict[str, Any]:
    """The menu as this request's user sees it."""
    return {"entries": entries(context["request"])}
