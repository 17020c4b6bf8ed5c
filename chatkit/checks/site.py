"""Checks of the site around us: addresses, middleware, template, menu, built scripts."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.context import Context
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.urls import get_script_prefix, resolve, reverse
from django.utils.module_loading import import_string

from .. import conf, navigation
from .included import missing_urls
from .page import register
from .values import is_sound

ADDRESSES = ("page", "session", "endpoint", "health")
SCRIPT = Path(__file__).resolve().parent.parent / "static" / "chatkit" / "chatkit.js"
# What logins need: (app, its middleware).
NEEDED = (
    ("django.contrib.sessions", "django.contrib.sessions.middleware.SessionMiddleware"),
    ("django.contrib.auth", "django.contrib.auth.middleware.AuthenticationMiddleware"),
)


@register("chatkit")
def check_urls() -> list[CheckMessage]:
    """E020: our addresses are not part of the site."""
    return missing_urls("chatkit:session", "chatkit.urls", "chatkit.E020")


@register("chatkit")
def check_addresses() -> list[CheckMessage]:
    """E045: another URL of the site takes one of our addresses."""
    return [
        Error(
            f"The address {address} of the chat is taken by an earlier URL, {other!r}.",
            hint="Put the include of chatkit.urls before it in the URLconf.",
            id="chatkit.E045",
        )
        for address, other in map(_taken_by, ADDRESSES)
        if other
    ]


def _taken_by(name: str) -> tuple[str, str]:
    """An address of ours, and the site's URL pattern that comes before it, "" for none."""
    try:
        address = reverse(f"chatkit:{name}")
        match = resolve("/" + address.removeprefix(get_script_prefix()))
    except Exception:  # not included, which is E020, or Django's own checks say what is wrong
        return "", ""
    return address, "" if "chatkit" in match.app_names else match.route or match.view_name


@register("chatkit")
def check_middleware() -> list[CheckMessage]:
    """E021: an app that we need is not installed. E022: its middleware is missing."""
    found: list[CheckMessage] = []
    for app, middleware in NEEDED:
        if not apps.is_installed(app) and not _kept_elsewhere(app):
            found.append(
                Error(
                    f"{app} is not installed: people can't be told apart.",
                    hint=f"Add {app!r} to INSTALLED_APPS.",
                    id="chatkit.E021",
                )
            )
        if not any(is_a(path, middleware) for path in settings.MIDDLEWARE):
            found.append(
                Error(
                    f"MIDDLEWARE lacks {middleware.rpartition('.')[2]}.",
                    hint=f"Add {middleware!r} to MIDDLEWARE.",
                    id="chatkit.E022",
                )
            )
    return found


def _kept_elsewhere(app: str) -> bool:
    """Whether it is the app of sessions, and this site's are not in its table: they are in a cache
    or in cookies, or in a table of the site's own."""
    if app != NEEDED[0][0]:
        return False
    try:
        store = import_module(settings.SESSION_ENGINE).SessionStore
    except Exception:  # one that builds on the app's model can't be loaded without it
        return False
    function = _function(store)
    return function is None or function is not _function(SessionStore)


def _function(store: type) -> object:
    """What says in which model this kind of sessions is kept, None for one that has none."""
    return getattr(getattr(store, "get_model_class", None), "__func__", None)


@register("chatkit")
def check_order() -> list[CheckMessage]:
    """E043: AuthenticationMiddleware stands before SessionMiddleware, which it needs."""
    places = [
        [place for place, path in enumerate(settings.MIDDLEWARE) if is_a(path, middleware)]
        for _, middleware in NEEDED
    ]
    sessions, auth = places
    if not sessions or not auth or sessions[0] < auth[0]:
        return []
    return [
        Error(
            "AuthenticationMiddleware stands before SessionMiddleware: every request would fail.",
            hint="Put SessionMiddleware first in MIDDLEWARE.",
            id="chatkit.E043",
        )
    ]


@register("chatkit")
def check_charset() -> list[CheckMessage]:
    """E079: the site's pages are written, and what is asked of them read, in an encoding that
    lacks what people write. We can't choose another for our own: they stand in the site's template,
    and Django reads addresses and forms by this setting before any view is asked."""
    try:
        if codecs.lookup(settings.DEFAULT_CHARSET).name == "utf-8":
            return []
    except (LookupError, TypeError):  # it is no encoding at all
        pass
    return [
        Error(
            f"DEFAULT_CHARSET is {settings.DEFAULT_CHARSET!r}: pages with a character that it "
            "lacks, such as the name of a language, fail, and what people search for is misread.",
            hint='Remove DEFAULT_CHARSET, or set it to "utf-8".',
            id="chatkit.E079",
        )
    ]


def is_a(path: str, middleware: str) -> bool:
    """Whether a path of MIDDLEWARE is this one, or a subclass."""
    if path == middleware:
        return True
    try:
        found, base = import_string(path), import_string(middleware)
    except Exception:  # Django reports it when the server starts, or the package is not there
        return False
    return isinstance(found, type) and issubclass(found, base)


@register("chatkit")
def check_base_template() -> list[CheckMessage]:
    """E023: BASE_TEMPLATE can't be loaded. E024: it has no block for the page."""
    name = conf.get("BASE_TEMPLATE")
    if not is_sound("BASE_TEMPLATE") or not name:
        return []
    try:
        template = get_template(name)
        blocks = set(_blocks(template))
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        return [
            Error(
                f"CHATKIT['BASE_TEMPLATE'] is {name!r}, which can't be loaded "
                f"({type(error).__name__}: {error}).",
                hint="Name a template of the site, or None for a plain page of our own.",
                id="chatkit.E023",
            )
        ]
    if "content" in blocks or "?" in blocks:
        return []
    return [
        Error(
            f"CHATKIT['BASE_TEMPLATE'] is {name!r}, which has no block named content.",
            hint="Add {% block content %}{% endblock %} where the page belongs.",
            id="chatkit.E024",
        )
    ]


@register("chatkit")
def check_templates() -> list[CheckMessage]:
    """E044: no engine finds our templates."""
    try:
        get_template("chatkit/page.html")
    except (TemplateDoesNotExist, TemplateSyntaxError, ImproperlyConfigured) as error:
        return [
            Error(
                f"TEMPLATES has no engine that loads our page ({type(error).__name__}: {error}).",
                hint="Add one of django.template.backends.django.DjangoTemplates with APP_DIRS.",
                id="chatkit.E044",
            )
        ]
    return []


def _blocks(template: object) -> Iterator[str]:
    """The names of the blocks of a template and of those that it extends; "?" for unknown ones."""
    inner = getattr(template, "template", None)
    nodes = getattr(inner, "nodelist", None)
    if nodes is None:  # another engine than Django's
        yield "?"
        return
    for node in nodes.get_nodes_by_type(BlockNode):
        yield node.name
    for node in nodes.get_nodes_by_type(ExtendsNode):
        parent = node.parent_name.resolve(Context(), ignore_failures=True)
        yield from _blocks(get_template(parent)) if isinstance(parent, str) and parent else "?"


@register("chatkit")
def check_navigation() -> list[CheckMessage]:
    """E025: a menu entry is registered twice, leads nowhere, or wants no permission."""
    try:
        problems = navigation.problems()
    except Exception:  # a URLconf that fails is reported by Django's own checks
        return []
    return [
        Error(
            problem,
            hint="Look at the nav_items modules of the installed apps.",
            id="chatkit.E025",
        )
        for problem in problems
    ]


@register("chatkit")
def check_script() -> list[CheckMessage]:
    """W026: chatkit.js has not been built. An installed wheel has it."""
    if SCRIPT.is_file():
        return []
    return [
        Warning(
            "chatkit/static/chatkit/chatkit.js has not been built: the chat can't be shown.",
            hint="Run `make build`.",
            id="chatkit.W026",
        )
    ]
