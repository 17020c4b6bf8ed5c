"""Why a call to OpenAI failed, and what to do about it: for the admin, the log and the doctor.

A failed session row keeps the cause's English sentence, which is a key of the translations:
`explain` turns it back into cause and fix in the reader's language. None of it comes from OpenAI's
own text, which could contain a key, a secret or a message.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from . import sunset


@dataclass(frozen=True)
class Cause:
    """`code` is the one our API answers with; `sentence` and `fix` are untranslated."""

    code: str
    sentence: str
    fix: str


class UpstreamError(Exception):
    """A call that failed. `status` and `request_id` are OpenAI's, where it answered at all."""

    def __init__(self, cause: Cause, status: int | None = None, request_id: str = "") -> None:
        super().__init__(cause.sentence)
        self.cause = cause
        self.status = status
        self.request_id = request_id

    @property
    def code(self) -> str:
        """The code that our API answers with."""
        return self.cause.code

    @property
    def may_be_the_end(self) -> bool:
        """Whether it may be how OpenAI ends hosted workflows; what it answers is not published."""
        return self.cause in _HOSTED_ENDS


NO_KEY = Cause(
    "not_configured",
    gettext_noop("OPENAI_API_KEY is not set."),
    gettext_noop("Set CHATKIT['OPENAI_API_KEY'] and restart, or let this site answer."),
)
ODD_KEY = Cause(
    "not_configured",
    gettext_noop("OPENAI_API_KEY holds characters that no key has."),
    gettext_noop("Copy the key again from OpenAI's dashboard, without quotes or spaces."),
)
ODD_STATE_VARIABLES = Cause(
    "not_configured",
    gettext_noop("The function for state_variables failed or returned something else than texts."),
    gettext_noop(
        "Let the function in SESSION_OPTIONS return a dict of names (64 characters at most) to "
        "texts, numbers or booleans. The log has the details."
    ),
)
TIMEOUT = Cause(
    "openai_timeout",
    gettext_noop("OpenAI did not answer in time."),
    gettext_noop(
        "Try again in a moment. If it stays, look at OpenAI's status page; OPENAI_TIMEOUT sets "
        "how long to wait."
    ),
)
UNREACHABLE = Cause(
    "openai_unreachable",
    gettext_noop("OpenAI could not be reached."),
    gettext_noop("Check the server's network, its proxy (HTTPS_PROXY) and OPENAI_BASE_URL."),
)
BROKEN_OFF = Cause(
    "openai_unreachable",
    gettext_noop("The connection to OpenAI broke off."),
    gettext_noop("Try again in a moment. If it stays, check the proxy between here and OpenAI."),
)
PROXY = Cause(
    "openai_unreachable",
    gettext_noop("The proxy did not lead to OpenAI."),
    gettext_noop("Check HTTPS_PROXY and NO_PROXY, and that the proxy lets OPENAI_BASE_URL pass."),
)
CERTIFICATE = Cause(
    "openai_unreachable",
    gettext_noop("The certificate of OpenAI's address was not accepted."),
    gettext_noop(
        "Check the server's clock; behind a proxy that opens TLS, name its certificate in "
        "REQUESTS_CA_BUNDLE."
    ),
)
UNREADABLE = Cause(
    "openai_bad_response",
    gettext_noop("OpenAI's answer could not be read."),
    gettext_noop(
        "Check that OPENAI_BASE_URL leads to the API, and not to a login page or a proxy's page."
    ),
)
ENDLESS = Cause(
    "openai_bad_response",
    gettext_noop("OpenAI said that there is more, but not from where on."),
    gettext_noop("Run the import again; what is there already is kept."),
)
REFUSED = Cause(
    "openai_error",
    gettext_noop("OpenAI found the request not valid."),
    gettext_noop(
        "Check SESSION_SECONDS and SESSION_OPTIONS: a value may be out of OpenAI's range."
    ),
)
KEY = Cause(
    "openai_error",
    gettext_noop("The API key is wrong or was revoked."),
    gettext_noop("Make a new key in OpenAI's dashboard and set OPENAI_API_KEY."),
)
NO_CHATKIT = Cause(
    "openai_error",
    gettext_noop("The API key may not use ChatKit."),
    gettext_noop("Give the key's project access to ChatKit, and the key the permission to write."),
)
DOMAIN = Cause(
    "openai_error",
    gettext_noop("The domain is not on OpenAI's allowlist."),
    gettext_noop(
        "Add this site's domain to the allowlist in OpenAI's organization settings and set "
        "DOMAIN_KEY to its key."
    ),
)
REGION = Cause(
    "openai_error",
    gettext_noop("OpenAI does not serve the country that the call came from."),
    gettext_noop("Call from a server in a supported country, or let this site answer."),
)
UNKNOWN_WORKFLOW = Cause(
    "openai_error",
    gettext_noop("OpenAI does not know this workflow id."),
    gettext_noop(
        "Check the id in Agent Builder, that the workflow is published, and that the key belongs "
        "to the same project."
    ),
)
GONE = Cause(
    "openai_error",
    gettext_noop("It is not at OpenAI any more."),
    gettext_noop("Nothing to mend: what is not there can't be read. The rest can."),
)
NO_THREADS = Cause(
    "openai_error",
    gettext_noop("OpenAI does not list conversations at this address."),
    gettext_noop(
        "Check that OPENAI_BASE_URL ends in /v1. Where it does, OpenAI no longer answers this call."
    ),
)
RATE = Cause(
    "openai_error",
    gettext_noop("OpenAI's rate limit is reached."),
    gettext_noop("Wait a minute. If it stays, ask OpenAI for higher limits."),
)
QUOTA = Cause(
    "openai_error",
    gettext_noop("The quota of the OpenAI account is used up."),
    gettext_noop("Add credit or raise the spending limit in OpenAI's billing settings."),
)
FAULT = Cause(
    "openai_error",
    gettext_noop("OpenAI has a fault."),
    gettext_noop("Try again in a moment. If it stays, look at OpenAI's status page."),
)
ELSEWHERE = Cause(
    "openai_error",
    gettext_noop("OPENAI_BASE_URL leads to another address."),
    gettext_noop("Set OPENAI_BASE_URL to the address that answers itself; redirects are refused."),
)
# Of agents that OpenAI hosts, at its Agents API.
NO_AGENTS = Cause(
    "openai_error",
    gettext_noop("The API key may not use the Agents API."),
    gettext_noop(
        "Give the key's project access to the Agents API, which is a beta, and the key the "
        "permission to write."
    ),
)
UNKNOWN_AGENT = Cause(
    "openai_error",
    gettext_noop("OpenAI does not know this agent id."),
    gettext_noop(
        "Check the id in CHATKIT['WORKFLOWS'] against the agent at OpenAI, and that the key "
        "belongs to the same project."
    ),
)
AGENT_REFUSED = Cause(
    "openai_error",
    gettext_noop("OpenAI's Agents API found the request not valid."),
    gettext_noop(
        "Check the agent's tools and environment at OpenAI, and the attributes of your server "
        "class. An upgrade of mseller-chatkit may know a newer version of the API."
    ),
)
AGENT_VERSION = Cause(
    "openai_bad_response",
    gettext_noop("The agent's answer is of a version that this site does not know."),
    gettext_noop(
        "Upgrade mseller-chatkit. Until there is one that knows it, let another server class "
        "answer; the conversations stay."
    ),
)
AGENT_FAILED = Cause(
    "openai_error",
    gettext_noop("The agent failed at OpenAI."),
    gettext_noop("Look at the trace of the session at OpenAI; asking again begins a new session."),
)
AGENT_CANCELLED = Cause(
    "openai_error",
    gettext_noop("The agent's answer was cancelled at OpenAI."),
    gettext_noop("Asking again begins it anew. Somebody may have cancelled it at OpenAI."),
)
AGENT_BUDGET = Cause(
    "openai_error",
    gettext_noop("The spending limit of the agent's session is reached."),
    gettext_noop("Raise the limit that your server class sets, or let users begin a new chat."),
)
AGENT_ENVIRONMENT = Cause(
    "openai_error",
    gettext_noop("The agent's environment is not there."),
    gettext_noop(
        "Check the environment of your server class. One that you host yourself has to be "
        "connected by “codex exec-server”."
    ),
)
AGENT_FULL = Cause(
    "openai_error",
    gettext_noop("The conversation is too long for the agent's model."),
    gettext_noop("Nothing to mend: a new conversation begins short. A larger model takes more."),
)
AGENT_PACKAGE = Cause(
    "not_configured",
    gettext_noop("The package openai is too old for the Agents API."),
    gettext_noop("Upgrade it: pip install -U openai."),
)
OTHER = Cause(
    "openai_error",
    gettext_noop("OpenAI refused the call."),
    gettext_noop(
        "Look up at OpenAI what this status means; `manage.py chatkit_doctor --ping` asks again "
        "and tells it."
    ),
)
ALL = (
    NO_KEY,
    ODD_KEY,
    ODD_STATE_VARIABLES,
    TIMEOUT,
    UNREACHABLE,
    BROKEN_OFF,
    PROXY,
    CERTIFICATE,
    UNREADABLE,
    ENDLESS,
    REFUSED,
    KEY,
    NO_CHATKIT,
    DOMAIN,
    REGION,
    UNKNOWN_WORKFLOW,
    GONE,
    NO_THREADS,
    RATE,
    QUOTA,
    FAULT,
    ELSEWHERE,
    NO_AGENTS,
    UNKNOWN_AGENT,
    AGENT_REFUSED,
    AGENT_VERSION,
    AGENT_FAILED,
    AGENT_CANCELLED,
    AGENT_BUDGET,
    AGENT_ENVIRONMENT,
    AGENT_FULL,
    AGENT_PACKAGE,
    OTHER,
)
# Refusals that may be the end of hosted workflows.
_HOSTED_ENDS = (UNKNOWN_WORKFLOW, NO_THREADS, NO_CHATKIT, REFUSED, ELSEWHERE, OTHER)
_BY_SENTENCE = {cause.sentence: cause for cause in ALL}
_BY_STATUS = {
    400: REFUSED,
    401: KEY,
    403: NO_CHATKIT,
    404: UNKNOWN_WORKFLOW,
    410: UNKNOWN_WORKFLOW,
    422: REFUSED,
    429: RATE,
}


def of_response(status: int, data: object) -> Cause:
    """The cause of a response that is an error, by its status and the error code in its body.

    `data` is the parsed body, whatever it is.
    """
    error = data.get("error") if isinstance(data, dict) else None
    error = error if isinstance(error, dict) else {}
    code = error.get("code") if isinstance(error.get("code"), str) else ""
    message = error["message"].lower() if isinstance(error.get("message"), str) else ""
    if status == 429 and code in ("insufficient_quota", "billing_hard_limit_reached"):
        return QUOTA
    if status == 403 and code == "unsupported_country_region_territory":
        return REGION
    if status in (400, 403) and "domain" in message and "allow" in message:
        return DOMAIN
    if 300 <= status < 400:
        return ELSEWHERE
    return FAULT if status >= 500 else _BY_STATUS.get(status, OTHER)


_OF_AGENTS = {
    NO_CHATKIT: NO_AGENTS,
    UNKNOWN_WORKFLOW: UNKNOWN_AGENT,
    REFUSED: AGENT_REFUSED,
}


def of_agents(cause: Cause) -> Cause:
    """The same cause, where it was the Agents API that was called."""
    return _OF_AGENTS.get(cause, cause)


def is_known(sentence: str) -> bool:
    """Whether a record keeps the sentence of one of these causes."""
    return sentence in _BY_SENTENCE


def explain(sentence: str, *, hosted: bool = False) -> tuple[str, str]:
    """(cause, fix) in the reader's language for the sentence that a failed row keeps. `hosted`: of
    a call for hosted workflows, which may have failed because OpenAI has ended them."""
    cause = _BY_SENTENCE.get(sentence)
    end = sunset.advice() if hosted and cause in _HOSTED_ENDS else ""
    fix = gettext((cause or OTHER).fix)
    return gettext(sentence) if sentence else "", f"{fix} {end}".rstrip()
