"""The info cards beside the chat, from a setting that lists them or names a function."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from . import access, conf, workflows
from .workflows import Workflow

logger = logging.getLogger("chatkit.cards")

KEYS = {"title", "body", "icon", "url", "permission"}
DEFAULT_ICON = "info"
_ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Browsers ignore these in an address: "java\tscript:" would still run a script.
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\]")


@dataclass(frozen=True)
class Card:
    """One card as a request sees it. `icon` is a name of the sprite, `url` is "" for no link."""

    title: str
    body: str
    icon: str
    url: str

    @property
    def external(self) -> bool:
        """Whether the link leads to another site."""
        return _SCHEME.match(self.url) is not None


def cards(request: HttpRequest, workflow: Workflow | None = None) -> list[Card]:
    """The cards that this request's user sees beside a chat with `workflow`, in their order.
    None: the workflow that the request asks for.

    A card that is wrong is left out and logged. Where the site's function fails, that is logged
    and the defaults are shown, so that neither the chat nor the cards are missing.
    """
    shown = []
    for card in _given(request, workflow):
        found = card_problems(card)
        if found:
            logger.warning("An info card is left out: %s", " ".join(found))
        elif not card.get("permission") or access.has_perm(request.user, card["permission"]):
            icon = str(card.get("icon") or DEFAULT_ICON)
            shown.append(
                Card(str(card["title"]), str(card["body"]), icon, str(card.get("url") or ""))
            )
    return shown


def _given(request: HttpRequest, workflow: Workflow | None) -> list[Any]:
    workflow = workflow or access.requested(request)
    setting = workflow.setting("INFO_CARDS") if workflow else conf.get("INFO_CARDS")
    try:
        if isinstance(setting, str):
            function: Callable[[HttpRequest], Iterable[Any]] = import_string(setting)
            return list(function(request))
        if setting is not None:
            return list(setting)
    except Exception:
        logger.exception("CHATKIT['INFO_CARDS'] failed: the page shows the default cards.")
    return list(default_cards(request, workflow))


def default_cards(request: HttpRequest, workflow: Workflow | None = None) -> list[dict[str, str]]:
    """What it can do, how your data is treated, what it cannot do: true of `workflow`, or of the
    one that the request asks for.

    Only of the help desk is it known that it sends nothing elsewhere and changes nothing. For a
    site's own server class the texts say only what holds for any.
    """
    workflow = workflow or access.requested(request)
    able = _("Ask in your own words, in your own language, and ask again until it fits.")
    unable = _("It can be wrong: check what matters.")
    if workflow and workflow.hosted:
        data = _(
            "OpenAI answers for this site, so your messages are sent to and kept by OpenAI. "
            "Leave out passwords and card numbers."
        )
    elif workflow and workflow.is_agent:
        data = _(
            "OpenAI answers by way of this site, so your messages are sent to and kept by OpenAI, "
            "and kept on this site. Both go when you delete the conversation. Leave out passwords "
            "and card numbers."
        )
    elif workflow and not workflow.is_help_desk:
        data = _(
            "Conversations are kept on this site; your messages may be sent to a language model "
            "that writes the answers. Leave out passwords and card numbers. Administrators need "
            "a special permission to read conversations, and each reading is logged."
        )
    else:
        able = _(
            "Ask in your own words. It answers from this site’s help and names the article, "
            "so that you can read on."
        )
        data = _(
            "Conversations stay on this site. Administrators need a special permission to read "
            "them, and each reading is logged."
        )
        unable = _("It changes nothing in your account, and it can be wrong: check what matters.")
    return [
        {"icon": "sparkles", "title": _("What it can do"), "body": able},
        {"icon": "shield-check", "title": _("How your data is treated"), "body": data},
        {"icon": "hand", "title": _("What it cannot do"), "body": unable},
    ]


def problems() -> list[str]:
    """One sentence for each fault of the settings' cards that can be seen before a request."""
    return [problem for name, given in settings().items() for problem in _problems_of(name, given)]


def settings() -> dict[str, object]:
    """The site's cards and those of single workflows, by where they stand in the settings."""
    own = {
        f"CHATKIT['WORKFLOWS'][{one.id!r}]['cards']": one.own["cards"]
        for one in workflows.table().values()
        if "cards" in one.own
    }
    return {"CHATKIT['INFO_CARDS']": conf.get("INFO_CARDS")} | own


def _problems_of(name: str, setting: object) -> list[str]:
    if setting is None:
        return []
    if isinstance(setting, str):
        try:
            function = import_string(setting)
        except ImportError as error:
            return [f"{name} cannot be imported: {error}"]
        if not callable(function):
            return [f"{name} is {setting!r}, which is not a function."]
        return []
    if not isinstance(setting, list | tuple):
        return []  # the check of the settings' types says so
    return [
        f"{name}[{number}]: {problem}"
        for number, card in enumerate(setting)
        for problem in card_problems(card)
    ]


def card_problems(card: object) -> list[str]:
    """One sentence for each fault of one card."""
    if not isinstance(card, Mapping):
        return [f"It is {type(card).__name__}, not a dict."]
    found = [
        f"{key!r} is not a key of a card. The keys are body, icon, permission, title, url."
        for key in card
        if key not in KEYS
    ]
    for key in ("title", "body"):
        if not isinstance(card.get(key), str | Promise):
            found.append(f"{key!r} must be a text.")
        elif not card[key]:
            found.append(f"{key!r} must not be empty.")
    icon = card.get("icon")
    if icon and not (isinstance(icon, str) and _ICON.fullmatch(icon)):
        found.append(f"'icon' is {icon!r}, not the name of an icon such as 'life-buoy'.")
    if card.get("url") and not is_safe_url(card["url"]):
        found.append(f"'url' is {card['url']!r}, neither http(s) nor an address on this site.")
    permission = card.get("permission")
    if permission and not (isinstance(permission, str) and permission.count(".") == 1):
        found.append(f"'permission' is {permission!r}, not of the form 'app.codename'.")
    return found


def is_safe_url(url: object) -> bool:
    """Whether a link may lead there: http(s), or an address on this site."""
    if not isinstance(url, str | Promise):
        return False
    text = str(url)
    if not text or _UNSEEN.search(text):
        return False
    scheme = _SCHEME.match(text)
    if scheme:
        return re.match(r"https?://[^/]", text, re.IGNORECASE) is not None
    return not text.startswith("//")
