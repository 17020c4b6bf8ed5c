"""Template tags of the site's shell."""

from django import template
from django.utils.safestring import SafeString

from chatkit.page import sprite

register = template.Library()


@register.simple_tag
def icon(name: str, extra_class: str = "") -> SafeString:
    """A Lucide icon, drawn in the colour of the text around it.

    It is hidden from assistive technology: the words beside it, or the control's
    `aria-label`, must say what it shows.
    """
    return sprite.icon(name, f"icon {extra_class}".strip())
