"""The session API. The chat page and the help articles are in `pages`."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, JsonResponse
from django.views.decorators.debug import sensitive_variables

from .. import access, admission, limits, workflows
from ..api import (
    KIB,
    api_view,
    check_csrf,
    check_json_type,
    check_login,
    parse_object,
    read_body,
    text_field,
)
from ..api.login import token_ends
from ..exceptions import ApiError
from ..fields import JsonObject
from ..models import Session
from ..workflows import Workflow
from . import service as sessions
from .tokens import user_key

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
    """Mint a client secret for the logged-in user, or for who AUTHENTICATE says that it is.

    Body `{"workflowId", "userId"?, "deviceId"?, "sessionId"?, "resumes"?}`: userId and deviceId
    are labels, sessionId names the session that this one refreshes, and resumes one that is given
    again where it lives, to the next page of a site. `{"workflow": {"id"}}`, as OpenAI's
    starter app sends it, names the workflow too. Answers
    `{"client_secret", "session_id", "expires_at", "expires_in", "user_key", "replaced"}`: the
    times in unix seconds and in seconds from now, whose session it is, and what had become of
    the one that it refreshes.
    """
    try:
        check_login(request)
        wanted = _checked(request)
        issued = _resumed(request, wanted)
        if issued is None:
            limits.check(request, "session", request.user.pk, wanted.workflow.id)
        admission.check_open(request.user, wanted.workflow.id)
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
    )
    return JsonResponse(
        {
            "client_secret": issued.client_secret,
            "session_id": issued.session_id,
            "expires_at": issued.expires_at,
            "expires_in": issued.expires_in,
            "user_key": user_key(request.user),
            "replaced": issued.replaced,
        }
    )


def _resumed(request: HttpRequest, wanted: Wanted) -> sessions.Issued | None:
    """The living session that the request names, which costs no new one."""
    if not wanted.resumes:
        return None
    limits.check(request, "request", request.user.pk, wanted.workflow.id)
    return sessions.resume(
        request,
        wanted.workflow,
        wanted.resumes,
        user_label=wanted.user_label,
        device_label=wanted.device_label,
        until=token_ends(request),
    )


def _checked(request: HttpRequest) -> Wanted:
    """The request past all checks from its size to its fields, in the order of the API."""
    body = read_body(request, SESSION_LIMIT)
    check_json_type(request)
    check_csrf(request)
    if not access.allowed(request.user, _known_workflow_id(body)):
        raise ApiError("forbidden")
    data = parse_object(body)
    wanted = text_field(_with_workflow(data), "workflowId", limit=workflows.LONGEST_ID)
    if not wanted:
        raise ApiError("missing_workflow")
    user_label = text_field(data, "userId")
    device_label = text_field(data, "deviceId")
    replaces = text_field(data, "sessionId")
    resumes = text_field(data, "resumes")
    return Wanted(workflows.get(wanted), user_label, device_label, replaces, resumes)


def _with_workflow(data: JsonObject) -> JsonObject:
    """The body with its `workflowId`, also where it stands as `{"workflow": {"id"}}`."""
    workflow = data.get("workflow")
    if not data.get("workflowId") and isinstance(workflow, dict) and "id" in workflow:
        return data | {"workflowId": workflow["id"]}
    return data


def _known_workflow_id(body: bytes) -> str:
    """The workflow to ask ACCESS about, which comes before complaints about the body."""
    try:
        wanted = _with_workflow(parse_object(body)).get("workflowId")
    except ApiError:
        return ""
    return wanted if isinstance(wanted, str) and wanted in workflows.table() else ""


@api_view("POST")
def cancel_session(request: HttpRequest, session_id: str) -> JsonResponse:
    """End a session: its owner, or an admin with `chatkit.cancel_session`. Others: 404."""
    check_login(request)
    # The body says nothing, but is read: the CSRF check must find the token in the header.
    read_body(request, SESSION_LIMIT)
    check_csrf(request)
    row = Session.objects.filter(session_id=session_id).first()
    if row is None or (
        row.user_id != request.user.pk
        and not access.has_perm(request.user, "chatkit.cancel_session")
    ):
        raise ApiError("not_found")
    sessions.cancel(row)
    return JsonResponse({"session_id": row.session_id, "status": row.current_status})
