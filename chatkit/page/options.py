"""The options of the `<openai-chatkit>` element, its script, and the hosts it needs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .. import access, conf, voice
from ..fields import JsonObject
from ..knowledge import Article, knowledge_of
from ..knowledge.language import primary
from ..managers import is_visitor
from ..models import StarterPrompt
from ..visitors import person_of, policy_of
from ..workflows import Workflow
from .last import last_thread

logger = logging.getLogger("chatkit.page")

OPENAI_CDN = "https://cdn.platform.openai.com"
OPENAI_SCRIPT = f"{OPENAI_CDN}/deployments/chatkit/chatkit.js"
# What OpenAI's script needs on the page that embeds it; its frame has a policy of its own.
OPENAI_SOURCES: dict[str, list[str]] = {
    "script-src": [OPENAI_CDN],
    "connect-src": [OPENAI_CDN, "https://api.openai.com"],
    "frame-src": [OPENAI_CDN],
}
# ChatKit's names of languages, where they are not Django's own or their first part.
LOCALES = {"pt-br": "pt-BR", "es-419": "es-419", "fr-ca": "fr-CA", "zh-hk": "zh-HK"}
CHINESE = {"zh-hant": "zh-TW", "zh-tw": "zh-TW", "zh-hk": "zh-HK"}
# What our script has beyond OpenAI's, which may refuse an option that it does not know.
OURS = {
    "history": ("temporary", "list"),
    "startScreen": ("composer", "last"),
    "threadItemActions": ("readAloud", "versions", "edit", "followUps"),
}
OURS_WHOLE = ("threadActions", "shortcuts")
ARTICLES = 3  # whose titles are starter prompts where a site has none of its own
PROMPTS = 6  # more make the start screen scroll on a phone


def locale(language: str | None = None) -> str:
    """The element's `locale` for a Django language code: `es-mx` gives `es-419`, `nb` stays."""
    code = (language or get_language() or "en").lower().replace("_", "-")
    first = code.split("-", 1)[0]
    if first == "zh":
        return CHINESE.get(code, "zh-CN")
    if first == "es" and code not in ("es", "es-es"):
        return "es-419"
    if first == "no":
        return "nb"
    return LOCALES.get(code, first)


def element_options(request: HttpRequest, workflow: Workflow, *, page: bool = False) -> JsonObject:
    """The JSON part of `ChatKitOptions`. The page script adds `api`, `initialThread`, and the
    colour scheme and page colours to `theme`. `page`: the chat is a page of its own.
    """
    person = person_of(request)
    visitor = is_visitor(person)
    history: JsonObject = {"enabled": True, "showDelete": True, "showRename": True}
    if not workflow.hosted:
        history["temporary"] = True
    if page and not workflow.hosted and not has_openai_script(workflow):
        history["list"] = "beside"
    composer: JsonObject = {"placeholder": _("Ask a question")}
    if not visitor:
        composer |= _attachments(workflow)
    actions: JsonObject = {"feedback": True, "retry": True}
    if not workflow.hosted:
        actions |= {"readAloud": True, "versions": True, "edit": True}
        actions["followUps"] = conf.get("FOLLOW_UPS")
    if voice.enabled() and not workflow.hosted and not visitor:
        composer["dictation"] = {"enabled": True}
    own: JsonObject = {
        "locale": locale(),
        "frameTitle": title(workflow),
        "theme": workflow.setting("THEME"),
        "header": {"enabled": True},
        "history": history,
        "startScreen": {"greeting": greeting(person), "prompts": _own(person, workflow)},
        "composer": composer,
        "threadItemActions": actions,
        "thread": {"autoScroll": True},
        "disclaimer": {"text": _disclaimer(person, workflow)},
    }
    if not workflow.hosted:
        own["threadActions"] = {"print": True, "export": True}
        if conf.get("SHARING") and not visitor:
            own["threadActions"]["share"] = True
    if page and not workflow.hosted and not has_openai_script(workflow):
        own["startScreen"] |= {
            "composer": "middle",
            "last": last_thread(person, workflow.id),
        }
        own["shortcuts"] = True
    found = merged(own, conf.get("OPTIONS"))
    if has_openai_script(workflow):
        found = _without_ours(found)
    if visitor:  # whatever a site has of its own: what they agree to is to be read
        own = {"text": _disclaimer(person, workflow), "highContrast": True}
        found["disclaimer"] = {**found["disclaimer"], **own}
    return found


def _disclaimer(person: object, workflow: Workflow) -> str:
    """What stands below the message field: for visitors also what they agree to by writing."""
    text = str(_("The assistant can be wrong. Check what matters."))
    policy = policy_of(workflow.id) if is_visitor(person) else None
    consent = str(policy.consent) if policy else ""
    return f"{consent} {text}" if consent else text


def merged(below: JsonObject, above: JsonObject) -> JsonObject:
    """The options below with those above: part by part, a list as a whole."""
    found = dict(below)
    for name, value in above.items():
        lower = found.get(name)
        if isinstance(value, dict) and isinstance(lower, dict):
            value = merged(lower, value)
        found[name] = value
    return found


def _without_ours(options: JsonObject) -> JsonObject:
    """The options that OpenAI's script has as well."""
    found = {name: value for name, value in options.items() if name not in OURS_WHOLE}
    for name, parts in OURS.items():
        found[name] = {part: value for part, value in found[name].items() if part not in parts}
    return found


def _attachments(workflow: Workflow) -> JsonObject:
    """The composer's files, within the limits that the server holds to. What a hosted workflow
    takes is OpenAI's to say."""
    allowed = conf.get("ATTACHMENTS")
    if workflow.hosted or not allowed["enabled"]:
        return {}
    found = {
        "enabled": True,
        "maxSize": allowed["max_size"],
        "maxCount": allowed["max_count"],
    }
    if allowed["accept"]:
        found["accept"] = {kind: list(endings) for kind, endings in allowed["accept"].items()}
    return {"attachments": found}


def _own(person: object, workflow: Workflow) -> list[dict[str, str]]:
    return prompts(None, access.groups_of(person), workflow)


def title(workflow: Workflow | None = None) -> str:
    """The page's title: the workflow's own, CHATKIT["TITLE"], or ours in the reader's language."""
    given = workflow.setting("TITLE") if workflow else conf.get("TITLE")
    return str(given or _("Chat assistant"))


def greeting(user: object) -> str:
    """The start screen's first line, with the user's name where there is one."""
    name = "" if is_visitor(user) else first_name(user)
    if name:
        return _("Hi %(name)s, what can I help you with?") % {"name": name}
    return _("What can I help you with?")


def first_name(user: object) -> str:
    """The name to address a user by: the first name, else the user name unless it is an e-mail."""
    name = access.short_name(user)
    if not name:
        name = access.login_name(user)
        if "@" in name:
            return ""
        name = name[:1].upper() + name[1:]
    return re.sub(r"\s+", " ", name)[:40]


def prompts(
    language: str | None = None, groups: Iterable[Any] = (), workflow: Workflow | None = None
) -> list[dict[str, str]]:
    """The start screen's prompts for a reader of this language who is in these groups; where there
    are none, those of the workflow's entry in the settings, else some of ours.
    """
    rows = [
        row
        for row in starter_prompts(language, groups)
        if row.active and row.workflow_id in ("", workflow.id if workflow else "")
    ]
    if not rows and workflow and workflow.own.get("prompts"):
        return [
            {name: str(text) for name, text in prompt.items()}
            for prompt in workflow.own["prompts"][:PROMPTS]
        ]
    if not rows:
        return default_prompts(language, workflow)
    return [
        {"label": row.label, "prompt": row.prompt} | ({"icon": row.icon} if row.icon else {})
        for row in rows[:PROMPTS]
    ]


def starter_prompts(language: str | None, groups: Iterable[Any]) -> list[StarterPrompt]:
    """The rows for such a reader, those that are switched off among them. One query."""
    return StarterPrompt.objects.for_reader(language, groups)


def default_prompts(
    language: str | None = None, workflow: Workflow | None = None
) -> list[dict[str, str]]:
    """What fits any site, and the first articles of this one: what it can answer."""
    first = _("What can you help me with?")
    found = [{"label": first, "prompt": first, "icon": "sparkle"}]
    articles: Sequence[Article] = ()
    if workflow is None or not workflow.hosted:
        try:
            known = knowledge_of(workflow.id if workflow else "")
            articles = known.catalogue(primary(language or get_language() or "en"))
        except Exception:  # the page is there without them; a check names what is wrong
            logger.exception("No starter prompts are made of the help articles.")
    for article in articles[:ARTICLES]:
        title = article.title
        # A question asks for itself.
        question = title if title.endswith(("?", "？", "؟")) else about(title)
        found.append({"label": title, "prompt": question, "icon": "book-open"})
    return found


def about(title: str) -> str:
    """The question that asks for an article."""
    return _("Tell me about “%(title)s”") % {"title": title}


def script_url(workflow: Workflow) -> str:
    """The chat script: CHATKIT["SCRIPT_URL"], else OpenAI's for a hosted workflow, else ours."""
    given = conf.get("SCRIPT_URL")
    if given:
        return str(given)
    return OPENAI_SCRIPT if workflow.hosted else static("chatkit/chatkit.js")


def is_openai_script(url: str) -> bool:
    return url.lower().startswith(OPENAI_CDN + "/")


def has_openai_script(workflow: Workflow) -> bool:
    """Whether its page loads OpenAI's script. Asks for no static file, as `script_url` does: before
    they are collected a storage with a manifest has none."""
    given = conf.get("SCRIPT_URL")
    return is_openai_script(str(given)) if given else workflow.hosted


def api_form(workflow: Workflow) -> str:
    """Which form of `api` the element gets: "secret" for `{getClientSecret}`, "url" for
    `{url, domainKey, fetch}`.

    Given a client secret, OpenAI's script calls OpenAI. With a workflow of this site it needs
    the other form.
    """
    if not workflow.hosted and has_openai_script(workflow):
        return "url"
    return "secret"


def csp_sources(workflow: Workflow | None) -> dict[str, list[str]]:
    """The sources that this workflow's page needs beyond `'self'`: none with our script, and
    the static files on this site.
    """
    sources: dict[str, list[str]] = {}
    files = static_host()
    if files:
        sources = {"script-src": [files], "style-src": [files]}
    if workflow is None:
        return sources
    url = script_url(workflow)
    if workflow.hosted or is_openai_script(url):
        for name, hosts in OPENAI_SOURCES.items():
            sources.setdefault(name, []).extend(hosts)
    host = _host(url)
    if host and not is_openai_script(url) and host not in sources.get("script-src", []):
        sources.setdefault("script-src", []).append(host)
    return sources


def static_host() -> str:
    """Where the static files are, as a source of a policy: "" where they are on this site."""
    try:
        return _host(static("chatkit/page.js"))
    except (ImproperlyConfigured, ValueError):  # not collected yet, or a storage that is not set up
        return _host(settings.STATIC_URL or "")


def _host(url: str) -> str:
    parts = urlsplit(url)
    if not parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme else parts.netloc
