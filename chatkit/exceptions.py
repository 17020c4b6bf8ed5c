"""The errors our HTTP API answers with. One table: code, status, sentence for the user."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code -> (HTTP status, message). The messages are shown to users: no cause, no upstream text.
CODES: dict[str, tuple[int, str | Promise]] = {
    "method_not_allowed": (405, _("This address does not accept that kind of request.")),
    "not_authenticated": (401, _("Please log in to use the assistant.")),
    "session_expired": (401, _("Your chat session has ended. Please reload the page.")),
    "too_slow": (408, _("That took too long to arrive. Please try again.")),
    "too_large": (413, _("That is too large to send.")),
    "file_refused": (400, _("This file can’t be sent here.")),
    "files_unavailable": (503, _("The file could not be stored. Please try again later.")),
    "unsupported_media_type": (415, _("Send this request as JSON.")),
    "csrf_failed": (403, _("The security check failed. Please reload the page and try again.")),
    "forbidden": (403, _("You may not use this assistant. Ask your administrator for access.")),
    "invalid_json": (400, _("The request is not valid JSON.")),
    "invalid_request": (400, _("The request is not complete or not valid.")),
    "missing_workflow": (400, _("The request does not name a workflow.")),
    "unknown_workflow": (400, _("This assistant does not exist on this site.")),
    "not_enabled": (400, _("This feature is not switched on here.")),
    "thread_locked": (400, _("This conversation is locked.")),
    "thread_closed": (400, _("This conversation is closed.")),
    "rate_limited": (429, _("You are going a little fast. Please wait a moment.")),
    "budget_reached": (429, _("What you may ask for now is used up. Please try again later.")),
    "entity_gone": (409, _("What the message names can’t be named here any more.")),
    "not_found": (404, _("This was not found.")),
    "run_in_progress": (409, _("An answer is still being written in this conversation.")),
    "busy": (503, _("The site is very busy. Please try again in a moment.")),
    "offline": (503, _("The assistant is switched off for now. Please try again later.")),
    "server_error": (500, _("Something went wrong on our side. Please try again.")),
    "not_configured": (500, _("The assistant is not set up yet. Please tell your administrator.")),
    "transcriber_failed": (500, _("Your words could not be written down. Please try again.")),
    "transcriber_timeout": (500, _("Writing down your words took too long. Please try again.")),
    "openai_error": (500, _("The assistant could not be started. Please try again later.")),
    "openai_timeout": (500, _("The assistant took too long to answer. Please try again.")),
    "openai_unreachable": (500, _("The assistant cannot be reached now. Please try again later.")),
    "openai_bad_response": (500, _("The assistant gave an unusable answer. Please try again.")),
}


class ApiError(Exception):
    """An error to answer with: `ApiError("not_found")` becomes 404 and our JSON envelope.

    `code` is a key of CODES; `message` replaces its sentence; `headers` go on the response
    (Allow, Retry-After), `details` beside the code, for programs. The exception's own text is the
    code alone, so that logging it never leaks anything.
    """

    def __init__(
        self,
        code: str,
        message: str | Promise | None = None,
        *,
        headers: dict[str, str] | None = None,
        details: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status, default = CODES[code]
        self.message = message or default
        self.headers = headers or {}
        self.details = details or {}
