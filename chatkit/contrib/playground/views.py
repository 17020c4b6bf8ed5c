"""The page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chatkit import access, conf, workflows
from chatkit.api import NEVER_CACHED, has_nul
from chatkit.fields import JsonObject
from chatkit.page import options
from chatkit.page.views import base_context

from .controls import sections

# Of those who write what stands on the start screen.
PERMISSION = "chatkit.change_starterprompt"


def may_use(user: object) -> bool:
    """Whether the user may see the playground."""
    return access.is_active(user) and access.is_staff(user) and access.has_perm(user, PERMISSION)


def playground(request: HttpRequest) -> HttpResponseBase:
    """The playground: 404 for users who may not see it, the login page for strangers.

    `?workflow=ID` takes the options of another workflow's chat.
    """
    if not access.is_active(request.user):
        return redirect_to_login(request.get_full_path())
    if not may_use(request.user) or has_nul(request):
        raise Http404
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    workflow = access.requested(request)
    if workflow is None and request.GET.get("workflow"):
        raise Http404
    shown = workflow or workflows.Workflow("", workflows.HELP_DESK)
    base = options.element_options(request, shown)
    config = {
        "options": base,
        "site": {
            "options": conf.get("OPTIONS"),
            "attachments": given("ATTACHMENTS"),
            "own": [part for part in ("title", "theme") if part in shown.own],
        },
        "maxSize": conf.get("ATTACHMENTS")["max_size"],
        "workflow": shown.id,
        "named": bool(request.GET.get("workflow")),
        "session": reverse("chatkit:session"),
        "texts": texts(),
    }
    context: JsonObject = base_context() | {"sections": sections(base), "config": config}
    response = render(request, "chatkit_playground/playground.html", context)
    response["Cache-Control"] = NEVER_CACHED
    response.chatkit_csp = options.csp_sources(None)  # type: ignore[attr-defined]
    return response


def given(name: str) -> JsonObject:
    """What the site's settings say of a dict themselves, without its defaults."""
    return dict(settings.CHATKIT.get(name, {})) if hasattr(settings, "CHATKIT") else {}


def texts() -> dict[str, str]:
    """What the page script says, and the canned conversation."""
    return {
        "question": _("How do I add a customer?"),
        "answer": _(
            "Open **Customers** and press *New customer*. Only the name is required.\n\n"
            "1. Write the name.\n2. Choose a group.\n3. Save."
        ),
        "error": _("The answer could not be written. This one is an example."),
        "widget": _("Order 1042"),
        "sent": _("On its way"),
        "show": _("Show"),
        "copied": _("Copied."),
        "notCopied": _("This could not be copied. Select the text and copy it."),
        "beside": _("Beside what CHATKIT has already."),
        "entry": _("In the workflow's own entry, beside what it has already."),
        "noChanges": _("Nothing is changed yet."),
        "wins": _(
            "The style sheet of this site sets {names}, and wins over the theme. The preview goes "
            "without. So that the site shows the theme, set them to “initial” for "
            "{container}."
        ),
        "noFiles": _("The playground takes no files."),
    }
