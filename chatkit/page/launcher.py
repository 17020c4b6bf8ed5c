"""The launcher: a round button in the corner of any page, which opens the chat over it.

A page pays for the button alone: its tag asks the database nothing, and what the chat needs is
asked for by `launcher`, once it is opened.
"""

from __future__ import annotations

import hashlib
import json

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .. import access, conf, limits, workflows
from ..api import api_view
from ..exceptions import ApiError
from ..fields import JsonObject
from ..managers import is_visitor
from ..models import Run, Thread
from ..sessions import user_key
from ..visitors import asking, person_of, settle
from ..workflows import Workflow
from . import options, theme
from .embed import embed, key_before
from .script import parts
from .sprite import has_icon

SCRIPT = "chatkit/launcher.js"
ICON = "message-circle"
# Placeholder in an address: the script replaces it by an id.
THREAD_ID = "THREAD_ID"
# The names that log-out views have, in Django's own urls, in allauth's, and in the admin.
LOG_OUT = ("logout", "account_logout", "admin:logout")


def launcher_button(request: HttpRequest, given: dict[str, str]) -> JsonObject:
    """The context of `chatkit/launcher.html`: empty where this person gets no button.

    That is nobody who is not logged in where there are no visitors, nobody whom ACCESS refuses, and
    on the chat page, which has the chat already, nobody at all. `given` are the tag's arguments;
    CHATKIT["LAUNCHER"] has what they leave out.
    """
    person = person_of(request)
    workflow = _workflow(person, given.get("workflow_id", ""))
    match = request.resolver_match
    if workflow is None or (match is not None and match.view_name == "chatkit:page"):
        return {}
    # For the site's own Content-Security-Policy: what the chat needs beyond 'self' once it is open.
    # At the request, since the page with the tag is still being written.
    request.chatkit_csp = options.csp_sources(workflow)  # type: ignore[attr-defined]
    chosen = conf.get("LAUNCHER") | {name: value for name, value in given.items() if value}
    shown = {
        "position": "start" if chosen["position"] == "start" else "end",
        "color": str(chosen["color"]),
        "accent": theme.accent(workflow),
        "greeting": str(chosen["greeting"]),
    }
    data = {
        "url": reverse("chatkit:launcher"),
        "state": reverse("chatkit:launcher-state", args=[THREAD_ID]),
        "page": f"{reverse('chatkit:page')}?workflow={workflow.id}",
        "log-out": " ".join(_log_out_paths()),
        "workflow": workflow.id,
        "user": user_key(person),
        "visitor": str(is_visitor(person)).lower(),
        "language": get_language() or "",
        "texts": json.dumps(_texts(str(chosen["label"]), workflow)),
        **shown,
    }
    # So that a login throws away nothing of what the visitor has written, who is the user now.
    if was := key_before(request):
        data["was"] = was
    icon = str(chosen["icon"])
    picture = icon if is_address(icon) else ""
    drawing = icon if has_icon(icon) else ICON
    css_class = given.get("class", "")
    whole = json.dumps([data, icon, css_class], sort_keys=True)
    return {
        # Turbo and htmx keep an element that has the same id on the next page: so the id stands
        # for all of it, and another person's, or another language's, is another element.
        "id": f"chatkit-launcher-{hashlib.sha256(whole.encode()).hexdigest()[:8]}",
        "css_class": css_class,
        "data": data,
        "picture": picture,
        "icon": drawing,
        "script": static(SCRIPT),
        "nonce": given.get("nonce", ""),
    }


def _workflow(user: object, workflow_id: str) -> Workflow | None:
    """The one that the tag names, or else the first, among those that this person may use."""
    if not access.is_active(user):
        return None
    found = (
        workflows.table().get(workflow_id)
        if workflow_id
        else next(access.workflows_for(user), None)
    )
    return found if found and access.allowed(user, found.id) else None


def is_address(icon: str) -> bool:
    """Whether it is a picture's address, and no icon's name."""
    return icon.startswith(("/", "https://"))


def _log_out_paths() -> list[str]:
    """Where this site logs people out, as far as its addresses have the usual names."""
    found = []
    for name in LOG_OUT:
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found


def _texts(label: str, workflow: Workflow) -> dict[str, str]:
    return {
        "label": label or _("Ask the assistant"),
        "title": options.title(workflow),
        "page": _("Open the whole page"),
        "close": _("Close"),
        "unread": _("A new answer is there."),
        "loading": _("Loading the chat"),
        "failed": _("This site cannot be reached. Check your connection and try again."),
        "again": _("Try again"),
    }


@api_view("GET")
def launcher(request: HttpRequest) -> JsonResponse:
    """What the script needs to put the chat into the page, once somebody opens it.

    `?workflow=ID` names the assistant, `?thread=ID` the conversation to go on with, and
    `?language=CODE` the language of the page, which this address need not tell. Where there is no
    chat for this person, as after a log-out, the answer says why, in the way of `{% chatkit %}`.
    """
    with translation.override(_language(request.GET.get("language", ""))):
        workflow_id = request.GET.get("workflow", "")[: workflows.LONGEST_ID]
        found = embed(request, workflow_id=workflow_id, thread=_thread(request, workflow_id))
        script_url = found["script_url"]
        response = JsonResponse(
            {
                "config": found["config"],
                "ours": bool(found["config"]["script"]["ours"]),
                "style": static("chatkit/container.css"),
                "page_script": static("chatkit/page.js"),
                "script": script_url,
                "parts": parts(script_url) if script_url else "",
                "image_paths": found["image_paths"],
            }
        )
    settle(request, response)
    return response


def _language(code: str) -> str | None:
    """The site's language of that code, or else that of the request."""
    try:
        return translation.get_supported_language_variant(code)
    except LookupError:
        return get_language()


def _thread(request: HttpRequest, workflow_id: str) -> str | None:
    """The conversation to open: the reader's own and still there, as far as this site knows."""
    wanted = request.GET.get("thread", "")[:64]
    workflow = workflows.table().get(workflow_id)
    person = person_of(request)
    if not wanted or workflow is None or not access.is_active(person):
        return None
    if workflow.hosted:
        return wanted
    own = Thread.objects.for_owner(person).filter(
        workflow_id=workflow.id, pk=wanted, deleted_at=None
    )
    return wanted if own.exists() else None


@api_view("GET")
def launcher_state(request: HttpRequest, thread_id: str) -> JsonResponse:
    """`{"running": bool}`: whether an answer is being written in the reader's own conversation.
    One query."""
    person = asking(request)
    limits.check(request, "request", person.pk)
    own = Thread.objects.for_owner(person).filter(pk=thread_id, deleted_at=None).order_by()
    live = Exists(Run.objects.filter(live=OuterRef("pk")))
    running = own.annotate(running=live).values_list("running", flat=True).first()
    if running is None:
        raise ApiError("not_found")
    return JsonResponse({"running": bool(running)})
