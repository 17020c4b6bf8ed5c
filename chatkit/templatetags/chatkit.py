"""Template tags: `{% chatkit %}`, `{% chatkit_launcher %}`, `{% chatkit_script %}`,
`{% chatkit_menu %}`, `{% chatkit_icon %}`, and filters.
"""

from __future__ import annotations

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..knowledge.direction import direction_of, runs_of
from ..knowledge.images import image_paths
from ..navigation import entries
from ..page.embed import embed
from ..page.launcher import launcher_button
from ..page.script import SCRIPT, parts
from ..page.sprite import icon

register = template.Library()


@register.inclusion_tag("chatkit/container.html", takes_context=True)
def chatkit(
    context: Context,
    workflow_id: str = "",
    user_id: str = "",
    device_id: str = "",
    **attributes: object,
) -> dict[str, object]:
    """The chat, in any template and any number of times:

    {% chatkit workflow_id="wf_…" user_id=customer.number device_id="kiosk-3" class="wide" %}

    All arguments are optional. It stands for the React component's props of the same names;
    `onSessionCreated` and `onError` are the DOM events `chatkit:session-created` (detail
    `{sessionId, expiresAt, refreshed}`) and `chatkit:error` (`{code, message}`), which bubble.
    """
    css_class = attributes.pop("class", "")
    if attributes:
        raise template.TemplateSyntaxError(
            f"{{% chatkit %}} has no argument {', '.join(sorted(attributes))}: it takes "
            "workflow_id, user_id, device_id and class."
        )
    return embed(
        _request(context, "chatkit"),
        workflow_id=_text(workflow_id),
        user_id=_text(user_id),
        device_id=_text(device_id),
        css_class=_text(css_class),
    )


LAUNCHER = (
    "workflow_id", "position", "color", "label", "icon", "greeting", "class", "nonce",
)  # fmt: skip


@register.simple_tag(takes_context=True)
def chatkit_launcher(context: Context, **attributes: object) -> str:
    """A button in the corner of the page, which opens the chat over it:

    {% chatkit_launcher position="start" label=_("Ask us") icon="life-buoy" greeting="Hi!" %}

    All arguments are optional: `workflow_id`, `position` ("end" or "start"), `color`, `label`,
    `icon`, `greeting`, `class` and `nonce`. Nothing for those who are not logged in or may not
    chat. Once is enough, in the base template: the chat page leaves it out by itself.
    """
    unknown = sorted(set(attributes) - set(LAUNCHER))
    if unknown:
        raise template.TemplateSyntaxError(
            f"{{% chatkit_launcher %}} has no argument {', '.join(unknown)}: it takes "
            f"{', '.join(LAUNCHER)}."
        )
    given = {name: _text(value) for name, value in attributes.items()}
    button = launcher_button(_request(context, "chatkit_launcher"), given)
    return render_to_string("chatkit/launcher.html", button) if button else ""


@register.inclusion_tag("chatkit/menu.html", takes_context=True)
def chatkit_menu(context: Context) -> dict[str, object]:
    """The menu as this request's user sees it."""
    return {"entries": entries(_request(context, "chatkit_menu"))}


@register.filter
def chatkit_number(value: int | None) -> str:
    """A whole number as the reader writes it: 12,345 or 12.345; "-" for none."""
    return "-" if value is None else number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def chatkit_directed(text: str) -> SafeString:
    """A text with what in it runs the other way set apart."""
    runs = runs_of(text, direction_of(text))
    pieces = ((format_html("<bdi>{}</bdi>", run.text) if run.foreign else run.text) for run in runs)
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.inclusion_tag("chatkit/script.html")
def chatkit_script(nonce: str = "") -> dict[str, object]:
    """Our script for an `<openai-chatkit>` that the page sets up itself; `{% chatkit %}` brings it
    along. `nonce` is that of the page's Content-Security-Policy, where it has one.
    """
    url = static(SCRIPT)
    return {
        "script_url": url,
        "script_parts": parts(url),
        "image_paths": " ".join(image_paths()),
        "nonce": _text(nonce),
    }


@register.simple_tag
def chatkit_icon(name: str, css_class: str = "ck-icon") -> SafeString:
    """An icon in the colour of the text around it, hidden from screen readers."""
    return icon(name, css_class)


def _request(context: Context, tag: str) -> HttpRequest:
    request = context.get("request")
    if request is None:
        raise ImproperlyConfigured(
            f"{{% {tag} %}} needs the request: add django.template.context_processors.request "
            "to TEMPLATES, and render with a request."
        )
    assert isinstance(request, HttpRequest)
    return request


def _text(value: object) -> str:
    return "" if value is None else str(value)
