"""The session API. The chat page and the help articles are in `pages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.debug import sensitive_variables

from .. import access, admission, limits, visitors, workflows
from ..api import (
    KIB,
    api_view,
    check_csrf,
    check_json_type,
    check_login,
    check_same_origin,
    parse_object,
    read_body,
    text_field,
)
from ..api.login import by_token, token_ends
from ..exceptions import ApiError
from ..fields import JsonObject
from ..managers import is_visitor
from ..models import Session
from ..workflows import Workflow
from . import service as sessions
from .revocation import cancel
from .tokens import user_key
from .turns import check_wait

SESSION_LIMIT = 16 * KIB  # bytes


@dataclass(frozen=True)
class Wanted:
    """A valid request for a session: the labels are the client's claim, never identity."""

    workflow: Workflow
    user_label: str
    device_label: str
    replaces: str
    resumes: str


@api_view("POST")
@sensitive_variables()
def session(request: HttpRequest) -> JsonResponse:
    """Mint a client secret for the logged-in user, for who AUTHENTICATE says that it is, or for a
    visitor, who gets a row and a cookie with the first session.

    Body `{"workflowId", "userId"?, "deviceId"?, "sessionId"?, "resumes"?, "visitor"?}`: userId and
    deviceId are labels, sessionId names the session that this one refreshes, and resumes one that
    is given again where it lives, to the next page of a site. visitor says for whom the page was
    made: one that a user had opened, false, makes no visitor of somebody whose login has ended.
    `{"workflow": {"id"}}`, as OpenAI's starter app sends it, names the workflow too. Answers
    `{"client_secret", "session_id", "expires_at", "expires_in", "user_key", "visitor",
    "replaced"}`: the times in unix seconds and in seconds from now, whose session it is, and what
    had become of the one that it refreshes.
    """
    try:
        person = _person(request)
        wanted = _checked(request, person)
        issued = _resumed(request, wanted, person)
        if issued is None and person.pk:
            limits.check(request, "session", person.pk, wanted.workflow.id)
        admission.check_open(person, wanted.workflow.id)
        if is_visitor(person):
            check_wait()  # before there is a row of somebody who gets no session
            person = visitors.take_in(request, wanted.workflow.id)
        else:
            visitors.merge_cookie(request, person)
    except ApiError as error:
        sessions.log_refusal(request.user, error.code)
        raise
    issued = issued or sessions.issue(
        request,
        wanted.workflow,
        user_label=wanted.user_label,
        device_label=wanted.device_label,
        replaces=wanted.replaces,
        until=token_ends(request),
        by_token=by_token(request),
        person=person,
    )
    response = JsonResponse(
        {
            "client_secret": issued.client_secret,
            "session_id": issued.session_id,
            "expires_at": issued.expires_at,
            "expires_in": issued.expires_in,
            "user_key": user_key(person),
            "visitor": is_visitor(person),
            "replaced": issued.replaced,
        }
    )
    visitors.settle(request, response)
    return response


def _person(request: HttpRequest) -> Any:
    """The user, or else the visitor, who has no row before the first message; ApiError
    `not_authenticated` where there are no visitors."""
    try:
        check_login(request)
    except ApiError:
        person = visitors.person_of(request)
        if not is_visitor(person):
            raise
        return person
    return request.user


def _resumed(request: HttpRequest, wanted: Wanted, person: Any) -> sessions.Issued | None:
    """The living session that the request names, which costs no new one."""
    if not wanted.resumes or not person.pk:
        return None
    limits.check(request, "request", person.pk, wanted.workflow.id)
    return sessions.resume(
        request,
        wanted.workflow,
        wanted.resumes,
        user_label=wanted.user_label,
        device_label=wanted.device_label,
        until=token_ends(request),
        by_token=by_token(request),
        person=person,
    )


def _checked(request: HttpRequest, person: Any) -> Wanted:
    """The request past all checks from its size to its fields, in the order of the API."""
    body = read_body(request, SESSION_LIMIT)
    check_json_type(request)
    try:
        _check_page(request, person)
    except ApiError:
        if is_visitor(person) or _field(body, "visitor") is not True:
            raise
        # A visitor's page has no token: it hears by this that somebody has logged in meanwhile.
        raise ApiError("csrf_failed", details={"logged_in": "true"}) from None
    if not access.allowed(person, _known_workflow_id(body)):
        # Who is not logged in may be let in by a login.
        raise ApiError("not_authenticated" if is_visitor(person) else "forbidden")
    data = parse_object(body)
    wanted = text_field(_with_workflow(data), "workflowId", limit=workflows.LONGEST_ID)
    if not wanted:
        raise ApiError("missing_workflow")
    user_label = text_field(data, "userId")
    device_label = text_field(data, "deviceId")
    replaces = text_field(data, "sessionId")
    resumes = text_field(data, "resumes")
    if not isinstance(data.get("visitor"), bool | None):
        raise ApiError("invalid_request")
    if is_visitor(person) and data.get("visitor") is False:
        raise ApiError("not_authenticated")
    return Wanted(workflows.get(wanted), user_label, device_label, replaces, resumes)


def _check_page(request: HttpRequest, person: Any) -> None:
    """ApiError `csrf_failed` where another site's page asks."""
    if is_visitor(person):
        check_same_origin(request)
    else:
        check_csrf(request)


def _with_workflow(data: JsonObject) -> JsonObject:
    """The body with its `workflowId`, also where it stands as `{"workflow": {"id"}}`."""
    workflow = data.get("workflow")
    if not data.get("workflowId") and isinstance(workflow, dict) and "id" in workflow:
        return data | {"workflowId": workflow["id"]}
    return data


def _field(body: bytes, name: str) -> Any:
    """What the request says, before any complaint about its body; None where it says nothing."""
    try:
        return _with_workflow(parse_object(body)).get(name)
    except ApiError:
        return None


def _known_workflow_id(body: bytes) -> str:
    """The workflow to ask ACCESS about, which comes before complaints about the body."""
    wanted = _field(body, "workflowId")
    return wanted if isinstance(wanted, str) and wanted in workflows.table() else ""


@api_view("POST")
def cancel_session(request: HttpRequest, session_id: str) -> JsonResponse:
    """End a session: its owner, or an admin with `chatkit.cancel_session`. Others: 404."""
    person = _person(request)
    # The body says nothing, but is read: the CSRF check must find the token in the header.
    read_body(request, SESSION_LIMIT)
    _check_page(request, person)
    row = Session.objects.filter(session_id=session_id).first()
    if row is None or not (
        row.belongs_to(person) or access.has_perm(person, "chatkit.cancel_session")
    ):
        raise ApiError("not_found")
    cancel(row)
    return JsonResponse({"session_id": row.session_id, "status": row.current_status})
