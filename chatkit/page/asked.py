"""A question that a form of the site has posted to the chat page, until that page asks it.

It waits in the session, so that it stands in no address and a reload asks nothing twice. There it
waits for a login, too, which takes the session along: for that of who has written it.
"""

from __future__ import annotations

from time import time as now

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from .. import limits, workflows
from ..managers import is_visitor
from ..sessions import user_key
from ..visitors import person_of
from .embed import key_before

KEPT = "chatkit_asked"  # in the session
LONGEST = 1000  # characters; a session may be a cookie
HOUR = 3600


def posted(request: HttpRequest) -> HttpResponse:
    """Keep the question of a form, and lead to the page that sends it: by way of the login where
    the form is from the page of a user who is logged in no more."""
    question = _text(request, "ask").strip()[:LONGEST]
    wanted = _text(request, "workflow")[: workflows.LONGEST_ID]
    reader = user_key(person_of(request))
    whose = _text(request, "user_key")[:64] or reader
    if question and limits.may_have_session(request, "asked"):
        keep(request, wanted, question, whose)
    address = reverse("chatkit:page") + ("?" + urlencode({"workflow": wanted}) if wanted else "")
    if is_visitor(person_of(request)) and whose != reader:
        return redirect_to_login(address)
    return HttpResponseRedirect(address)


def keep(request: HttpRequest, wanted: str, question: str, whose: str) -> None:
    """Until the page of the assistant `wanted` asks it. `whose` is the key of a user or visitor; ""
    is somebody who has no name yet."""
    kept = {"workflow": wanted, "question": question, "user": whose, "at": int(now())}
    request.session[KEPT] = kept


def taken(request: HttpRequest) -> str:
    """The question that waits for this page, "" for none. One that was meant for another assistant,
    whose page did not open, is asked of nobody, and so is one of another user."""
    kept = request.session.get(KEPT)
    if not isinstance(kept, dict):
        return ""
    person = person_of(request)
    # A visitor's is the user's whom they have become; a stranger's that of who logs in, if soon.
    of_reader = kept["user"] in (user_key(person), key_before(request))
    if not kept["user"]:
        of_reader = now() - kept["at"] < HOUR
    if is_visitor(person) and not of_reader:
        return ""  # it waits for the login
    del request.session[KEPT]
    fits = kept["workflow"] == request.GET.get("workflow", "")
    return str(kept["question"]) if of_reader and fits else ""


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")
