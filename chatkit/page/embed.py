"""The chat as a part of a page, as `{% chatkit %}` and the chat page render it."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from .. import access, admission, conf, workflows
from ..entities import may_name_any
from ..fields import JsonObject
from ..hosted import sunset
from ..knowledge.images import image_paths
from ..managers import is_visitor
from ..sessions import user_key
from ..visitors import person_of, visitor_before
from ..workflows import Workflow
from . import message_templates, options, theme
from .script import parts
from .strings import sunset_text, texts

SCRIPT_SECONDS = 10  # to load the chat script
# Placeholders in addresses: the page script replaces them by ids.
SESSION_ID = "SESSION_ID"
RUN_ID = "RUN_ID"
ENTITY_ID = "ENTITY_ID"


def now() -> datetime.datetime:
    return timezone.now()


def embed(
    request: HttpRequest,
    *,
    workflow_id: str = "",
    user_id: str = "",
    device_id: str = "",
    css_class: str = "",
    thread: str | None = None,
    ask: str = "",
    send: bool = False,
    notice: str = "",
    login: str = "",
    page: bool = False,
) -> JsonObject:
    """The context of `chatkit/container.html`.

    `workflow_id` "" is the default workflow; `user_id` and `device_id` are labels for the
    session record, never identity. `thread` opens that thread, `ask` stands in the composer
    of a new one and is sent with `send`, `notice` is a sentence above the chat, with a link to
    `login`, an address, where there is one. `page` is the chat
    page itself, whose address follows the conversation.
    """
    person = person_of(request)
    workflow = workflows.table().get(workflow_id) if workflow_id else access.workflow_for(person)
    blocked = block(request, workflow, workflow_id)
    closed = admission.closed(person, workflow.id) if workflow and not blocked else None
    if closed is not None:
        blocked = "offline"
    script_url = options.script_url(workflow) if workflow and not blocked else ""
    return {
        "workflow": workflow,
        "css_class": css_class,
        **theme.context(workflow),
        "image_paths": " ".join(image_paths()),
        "script_url": script_url,
        "script_parts": parts(script_url) if script_url else "",
        "config": {
            "blocked": blocked,
            "closed": str(closed.message) if closed else "",
            "workflow": {
                "id": workflow.id if workflow else "",
                "hosted": bool(workflow and workflow.hosted),
            },
            "user": user_key(person),
            # Somebody without a login: no session, and no cookie, before the first message.
            "visitor": is_visitor(person),
            # Whose things in the browser are this user's since the login.
            "was": key_before(request),
            "labels": {"userId": user_id[:128], "deviceId": device_id[:128]},
            "urls": urls(),
            "csrf": csrf(request),
            "script": _script(workflow),
            "options": options.element_options(request, workflow, page=page) if workflow else {},
            **offered(request, workflow if not blocked else None),
            "thread": thread,
            "ask": ask,
            "send": send,
            "notice": notice,
            "noticeLogin": login,
            "page": page,
            "now": int(now().timestamp() * 1000),
            "sunset": sunset_notice(workflow),
            "texts": texts(workflow),
        },
    }


def key_before(request: HttpRequest) -> str:
    """The key of the visitor who has become this user; "" where there was none."""
    before = visitor_before(request)
    return user_key(before) if before is not None else ""


def block(request: HttpRequest, workflow: Workflow | None, workflow_id: str) -> str:
    """Why there is no chat for this request: `logged_out`, `unknown_workflow`,
    `not_configured`, `forbidden`, or "" where there is one.
    """
    person = person_of(request)
    if not person.is_authenticated and not is_visitor(person):
        return "logged_out"
    if workflow is None:
        return "unknown_workflow" if workflow_id else "not_configured"
    if access.allowed(person, workflow.id):
        return ""
    return "logged_out" if is_visitor(person) else "forbidden"


def urls() -> dict[str, str]:
    """Addresses that the page script calls or links to, prefix of the site included."""
    return {
        "session": reverse("chatkit:session"),
        "cancel": reverse("chatkit:session-cancel", args=[SESSION_ID]),
        "endpoint": reverse("chatkit:endpoint"),
        "stop": reverse("chatkit:run-stop", args=[RUN_ID]),
        "login": resolve_url(settings.LOGIN_URL),
        "templates": reverse("chatkit:templates"),
        "templateUsed": reverse("chatkit:template-used", args=[0]),
        "entities": reverse("chatkit:entities"),
        "entity": reverse("chatkit:entity", args=[ENTITY_ID]),
    }


def offered(request: HttpRequest, workflow: Workflow | None) -> JsonObject:
    """What the menus of "/" and "@" have for this reader: nothing where OpenAI answers."""
    if workflow is None or workflow.hosted:
        return {"templates": {"any": False, "start": []}, "naming": False}
    return {
        "templates": message_templates.for_page(person_of(request)),
        "naming": may_name_any(person_of(request), workflow.id),
    }


def csrf(request: HttpRequest) -> dict[str, str]:
    """The CSRF token for the page script: the name of its cookie, or the token itself where
    scripts can't read the cookie. Makes Django set the cookie, but for visitors, who get none
    before their first message: their browser says which page asks.
    """
    token = "" if is_visitor(person_of(request)) else get_token(request)
    unreadable = settings.CSRF_COOKIE_HTTPONLY or settings.CSRF_USE_SESSIONS
    return {
        "header": settings.CSRF_HEADER_NAME.removeprefix("HTTP_").replace("_", "-"),
        "cookie": "" if unreadable or not token else settings.CSRF_COOKIE_NAME,
        "token": token if unreadable else "",
    }


def sunset_notice(workflow: Workflow | None) -> JsonObject | None:
    """For a hosted workflow: when the announced day begins (unix ms), and the text from then on."""
    if workflow is None or not workflow.hosted:
        return None
    day = datetime.datetime.combine(sunset.DATE, datetime.time(), datetime.UTC)
    return {
        "from": int(day.timestamp() * 1000),
        "text": sunset_text(date_format(sunset.DATE, "DATE_FORMAT")),
    }


def _script(workflow: Workflow | None) -> JsonObject:
    if workflow is None:
        return {"url": "", "ours": True, "form": "secret", "domainKey": "", "seconds": 0}
    return {
        "url": options.script_url(workflow),
        # Whether it is our element, which shows failures and reads the page's CSS by itself.
        "ours": not workflow.hosted and not options.has_openai_script(workflow),
        "form": options.api_form(workflow),
        "domainKey": conf.get("DOMAIN_KEY"),
        "seconds": SCRIPT_SECONDS,
    }
