"""What of CHATKIT["THEME"] the page around the chat follows, as a style sheet of its own: a strict
Content-Security-Policy allows no style in the page."""

from __future__ import annotations

import hashlib
import re

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from .. import conf, workflows
from ..fields import JsonObject
from ..workflows import Workflow

# A colour as CSS writes one, and the names of fonts: nothing that could end a declaration.
COLOR = re.compile(r"#[0-9a-f]{3,8}|[a-z]+|[a-z]+\([\w\s.,%/+-]*\)", re.ASCII | re.IGNORECASE)
FONT = re.compile(r"[\w\s,'\"-]+")
HEX = re.compile(r"#([0-9a-f]{6})", re.IGNORECASE)
# As the element has them.
RADII = {"pill": "24px", "round": "16px", "soft": "8px", "sharp": "0px"}
DAY = 24 * 60 * 60


def given(workflow: Workflow | None) -> JsonObject:
    theme = workflow.setting("THEME") if workflow else conf.get("THEME")
    return theme if isinstance(theme, dict) else {}


def context(workflow: Workflow | None) -> JsonObject:
    """For `chatkit/theme.html` and the attribute beside it: the style sheet's address, "" where the
    theme has nothing for it, and the colour scheme, "" where the page's own counts."""
    text, scheme = style(workflow), given(workflow).get("colorScheme")
    url = ""
    if text:
        query = {"workflow": workflow.id} if workflow else {}
        # By its contents: so it may be kept, and a new theme is another address.
        query["v"] = hashlib.sha256(text.encode()).hexdigest()[:8]
        url = f"{reverse('chatkit:theme')}?{urlencode(query)}"
    return {"theme_url": url, "scheme": scheme if scheme in ("light", "dark") else ""}


def accent(workflow: Workflow | None) -> str:
    """The theme's own colour, "" where it has none."""
    return _color(_part(given(workflow), "color", "accent", "primary"))


def style(workflow: Workflow | None) -> str:
    """The style sheet: `--ck-theme-…`, below whatever the site sets in CSS."""
    theme = given(workflow)
    primary = accent(workflow)
    found = {
        "primary": primary,
        "surface": _color(_part(theme, "color", "surface", "background")),
        "text": _color(_part(theme, "color", "surface", "foreground")),
        "radius": RADII.get(str(theme.get("radius")), ""),
    }
    font = _part(theme, "typography", "fontFamily")
    if isinstance(font, str) and FONT.fullmatch(font):
        found["font"] = font
    if _is_light(primary):  # white can't be read on it
        found |= {"fill": primary, "on": "#000000"}
    lines = "".join(f"--ck-theme-{name}:{value};" for name, value in found.items() if value)
    return f":where(.chatkit-container,.ck-page,.ck-help){{{lines}}}\n" if lines else ""


@login_not_required  # it stands on the pages of visitors, too
@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The style sheet of a workflow's theme, or of the site's. It says nothing about anybody."""
    workflow = workflows.table().get(request.GET.get("workflow", ""))
    response = HttpResponse(style(workflow), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


def _part(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _color(value: object) -> str:
    return value if isinstance(value, str) and COLOR.fullmatch(value) else ""


def _is_light(color: str) -> bool:
    """Whether black is read better than white on a colour, darkened as buttons have it."""
    match = HEX.fullmatch(color)
    if not match:
        return False
    parts = [int(match[1][at : at + 2], 16) / 255 * 0.86 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) < 4.5
