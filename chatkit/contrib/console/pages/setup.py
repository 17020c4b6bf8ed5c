"""Setup: starter prompts in their order, the offline switch, and what the doctor finds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from chatkit import workflows
from chatkit.models import StarterPrompt
from chatkit.page.options import PROMPTS, default_prompts, element_options, greeting

from ..models import Switch
from ..registry import page
from ..setup import doctor
from ..setup.offline import turn
from ..setup.prompts import Changed, Readers, groups, moved, put_in_order
from ..visit import Visit

page_ = page("setup", _("Setup"), icon="sliders-horizontal", order=80, has_period=False)
SORT = "chatkit.change_starterprompt"
SWITCH = "chatkit_console.change_switch"


@page_
def show(visit: Visit) -> HttpResponseBase:
    return answered(visit, doctor.latest())


def answered(visit: Visit, report: doctor.Report | None) -> HttpResponseBase:
    query, known = visit.request.GET, groups()
    return visit.render(
        "chatkit_console/setup.html",
        {
            "report": report,
            "look_url": visit.url("look") + "#ckc-doctor",
            **switches(visit),
            **prompts(visit, Readers.of(query, known), known),
            "was_changed": query.get("changed") == "1",
        },
    )


# -- starter prompts ------------------------------------------------------------------------------


def prompts(visit: Visit, readers: Readers, known: dict[int, str]) -> dict[str, Any]:
    rows = readers.prompts()
    shown = workflows.default()
    active = [
        row for row in rows if row.active and row.workflow_id in ("", shown.id if shown else "")
    ]
    return {
        "readers": readers,
        "languages": [(code, own_name(code)) for code, _name in settings.LANGUAGES],
        "groups": known.items(),
        "prompts": [Row(visit, row, known) for row in rows],
        "seen": " ".join(str(row.pk) for row in rows),
        "may_sort": visit.may(SORT) and len(rows) > 1,
        "sort_url": visit.url("sort"),
        "add_url": reverse("admin:chatkit_starterprompt_add")
        if visit.may("chatkit.add_starterprompt")
        else "",
        "preview": active,
        "most": PROMPTS,
        **start_screen(visit, readers, [] if active else None),
    }


def start_screen(visit: Visit, readers: Readers, ours: list[Any] | None) -> dict[str, Any]:
    """What the start screen says to these readers besides their prompts, and the options by which
    the chat draws it; `ours` are the chat's own prompts, where None asks for them."""
    workflow = workflows.default()
    with translation.override(readers.language):
        options = element_options(visit.request, workflow) if workflow else {}
        return {
            "greeting": greeting(visit.request.user),
            "ours": default_prompts() if ours is None else ours,
            "start": options | {"header": {"enabled": False}, "history": {"enabled": False}}
            if options
            else {},
        }


class Row:
    """A prompt in the list, with where it is edited."""

    def __init__(self, visit: Visit, row: StarterPrompt, known: dict[int, str]) -> None:
        self.row = row
        name = own_name(row.language) if row.language else gettext("Every language")
        group = known.get(row.group_id or 0, "") if row.group_id else gettext("Everybody")
        workflow = workflows.table().get(row.workflow_id)
        parts = [workflow.title if workflow else row.workflow_id, name, group]
        parts += [] if row.active else [gettext("switched off")]
        self.note = " · ".join(filter(None, parts))
        self.url = (
            reverse("admin:chatkit_starterprompt_change", args=[row.pk])
            if visit.may("chatkit.view_starterprompt")
            else ""
        )


def own_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


@page_.below("setup/prompts/", "sort", methods=("POST",))
def sort(visit: Visit) -> HttpResponseBase:
    """Put prompts in order: all of them as the script sends them, or one by its button."""
    if not visit.may(SORT):
        raise Http404
    given = visit.given
    readers = Readers.of(given, groups())
    seen = given.get("seen", "").split()
    keys = moved(given.getlist("id"), given.get("move", ""))
    wants_json = visit.request.accepts("application/json") and not visit.request.accepts(
        "text/html"
    )
    try:
        put_in_order(readers, seen, keys, visit.request.user)
    except Changed:
        if wants_json:
            return JsonResponse({"message": CHANGED}, status=409)
        return HttpResponseRedirect(_back(visit, readers, changed=1) + "#ckc-prompts")
    if wants_json:
        return JsonResponse({"seen": " ".join(keys)})
    key = given.get("move", "").partition(":")[0]
    anchor = f"#ckc-prompt-{key}" if key in keys else "#ckc-prompts"
    return HttpResponseRedirect(_back(visit, readers) + anchor)


CHANGED = _("The prompts were changed meanwhile. Load the page again to see them as they are now.")


def _back(visit: Visit, readers: Readers, **more: object) -> str:
    return visit.url("setup", language=readers.language, group=readers.group, **more)


# -- the switch -----------------------------------------------------------------------------------


def switches(visit: Visit) -> dict[str, Any]:
    rows = list(Switch.objects.all())
    off = [row for row in rows if row.offline]
    known = [("", gettext("Whole site")), *((name, name) for name in workflows.table())]
    return {
        "offline": off,
        "may_switch": visit.may(SWITCH),
        "switch_url": visit.url("switch"),
        "can_go": [pair for pair in known if pair[0] not in {row.workflow_id for row in off}],
        "notice": next((row.notice for row in rows if row.notice and not row.offline), ""),
    }


@page_.below("setup/switch/", "switch", methods=("POST",))
def switch(visit: Visit) -> HttpResponseBase:
    """Take a workflow or the whole site offline, or on again."""
    given = visit.given
    where, to = given.get("workflow", ""), given.get("to", "")
    known = {"", *workflows.table()}
    known |= set(Switch.objects.filter(offline=True).values_list("workflow_id", flat=True))
    if not visit.may(SWITCH) or where not in known or to not in ("offline", "online"):
        raise Http404
    notice = given.get("notice", "").strip()
    turn(visit.request.user, where, to == "offline", notice)
    return HttpResponseRedirect(visit.url("setup") + "#ckc-switch")


# -- the doctor -----------------------------------------------------------------------------------


@page_.below("setup/look/", "look", methods=("POST",))
def look(visit: Visit) -> HttpResponseBase:
    """Look at the site as `chatkit_doctor` does, and show what is found."""
    return answered(visit.at("setup"), doctor.look())
