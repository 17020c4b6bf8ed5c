"""Template tags of the site's shell."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, extra_class: str = "") -> SafeString:
    """A Lucide icon out of the sprite, drawn in the colour of the text around it.

    It is hidden from assistive technology: the words beside it, or the control's
    `aria-label`, must say what it shows.
    """
    return format_html(
        '<svg class="{}" width="22" height="22" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f"icon {extra_class}".strip(),
        static("chatkit/icons.svg"),
        name,
    )
