"""Checks of what the browser loads: our static files, the chat script, the page's policy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from .. import conf, workflows
from ..page import options
from .page import register
from .site import is_a
from .values import is_sound

OPENS = "chatkit.page.csp.page_sources"
# Who writes a policy: Django, and django-csp.
WRITE = ("django.middleware.csp.ContentSecurityPolicyMiddleware", "csp.middleware.CSPMiddleware")


@register("chatkit")
def check_static() -> list[CheckMessage]:
    """E046: our scripts and styles have no address, or nothing collects them."""
    if not settings.STATIC_URL:
        fault, fix = "STATIC_URL is not set", 'Set STATIC_URL, such as "static/".'
    elif not apps.is_installed("django.contrib.staticfiles"):
        fault = "django.contrib.staticfiles is not installed"
        fix = "Add 'django.contrib.staticfiles' to INSTALLED_APPS."
    else:
        return []
    return [
        Error(
            f"{fault}: the chat's scripts and styles can't be served.", hint=fix, id="chatkit.E046"
        )
    ]


@register("chatkit")
def check_media() -> list[CheckMessage]:
    """W047: uploads are kept among the static files, which are served to everybody."""
    if not settings.MEDIA_ROOT or not settings.STATIC_ROOT:
        return []
    media, static = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    if not media.is_relative_to(static):
        return []
    return [
        Warning(
            "MEDIA_ROOT lies in STATIC_ROOT: people's files would be served to everybody.",
            hint="Give MEDIA_ROOT a folder of its own.",
            id="chatkit.W047",
        )
    ]


@register("chatkit")
def check_script_url() -> list[CheckMessage]:
    """W048: SCRIPT_URL names a script that does not work with a workflow's answerer."""
    if not is_sound("SCRIPT_URL", "WORKFLOWS", "DOMAIN_KEY") or not conf.get("SCRIPT_URL"):
        return []
    url, table = conf.get("SCRIPT_URL"), workflows.table().values()
    if urlsplit(url).path == f"{settings.STATIC_URL}chatkit/chatkit.js":
        wrong = [each.id for each in table if each.hosted]
        fault, fix = "is our script, which can't speak with OpenAI's servers", "Leave it out."
    elif options.is_openai_script(url) and not conf.get("DOMAIN_KEY"):
        wrong = [each.id for each in table if not each.hosted]
        fault = "is OpenAI's script, which needs a domain key where this site answers"
        fix = "Leave it out, or set CHATKIT['DOMAIN_KEY']."
    else:
        return []
    if not wrong:
        return []
    return [
        Warning(f"CHATKIT['SCRIPT_URL'] {fault} ({', '.join(wrong)}).", hint=fix, id="chatkit.W048")
    ]


@register("chatkit")
def check_policy() -> list[CheckMessage]:
    """W049: the site's Content-Security-Policy keeps our script from loading or from calling."""
    found: list[CheckMessage] = []
    for name, what in (("script-src", "be loaded"), ("connect-src", "reach this site")):
        sources = _sources(name)
        if sources is not None and not _lets_own_origin(sources):
            found.append(
                Warning(
                    f"The site's Content-Security-Policy does not let the chat's script {what}: "
                    f"{name} is {' '.join(sources) or 'empty'}.",
                    hint=f"Add 'self' (with its quotes) to {name}.",
                    id="chatkit.W049",
                )
            )
    return found


@register("chatkit")
def check_static_origin() -> list[CheckMessage]:
    """W052: the site's Content-Security-Policy does not name the origin of the static files."""
    host = options.static_host()
    closed = [
        name
        for name in ("script-src", "style-src")
        if host and (sources := _sources(name)) is not None and not _lets(sources, host)
    ]
    if not closed:
        return []
    return [
        Warning(
            f"The static files are at {host} (STATIC_URL), which the site's "
            f"Content-Security-Policy does not name in {' and '.join(closed)}: the chat's scripts "
            "and styles would not be loaded.",
            hint=f"Add {host} to {' and '.join(closed)}.",
            id="chatkit.W052",
        )
    ]


@register("chatkit")
def check_openai_script() -> list[CheckMessage]:
    """W080: the site's Content-Security-Policy keeps OpenAI's script from the pages that use it."""
    sources = _sources("script-src")
    if not is_sound("SCRIPT_URL", "WORKFLOWS") or sources is None or _is_opened():
        return []
    theirs = [each.id for each in workflows.table().values() if options.has_openai_script(each)]
    if not theirs or _lets(sources, options.OPENAI_CDN):
        return []
    return [
        Warning(
            f"The site's Content-Security-Policy keeps OpenAI's script from the chat of "
            f"{', '.join(theirs)}: script-src is {' '.join(sources) or 'empty'}.",
            hint=f'Put "{OPENS}" before the middleware of the policy in MIDDLEWARE.',
            id="chatkit.W080",
        )
    ]


def _is_opened() -> bool:
    """Whether our middleware adds to the policy what a page needs: it stands before who writes the
    policy, as far as that is one that we know."""
    if OPENS not in settings.MIDDLEWARE:
        return False
    inside = settings.MIDDLEWARE[settings.MIDDLEWARE.index(OPENS) :]
    writing = [path for path in settings.MIDDLEWARE if any(is_a(path, one) for one in WRITE)]
    return all(path in inside for path in writing)


def _lets(sources: list[str], host: str) -> bool:
    """False only where it is certain: a pattern may match."""
    wanted = urlsplit(host if "//" in host else f"//{host}")
    for source in sources:
        if source in ("*", f"{wanted.scheme}:") or "*" in source:
            return True
        if urlsplit(source if "//" in source else f"//{source}").netloc == wanted.netloc:
            return True
    return "'strict-dynamic'" in sources  # which W049 reports


def _sources(name: str) -> list[str] | None:
    """What the policy of Django (SECURE_CSP) or of django-csp says; None where it says nothing."""
    policy = getattr(settings, "SECURE_CSP", None)
    if not policy:
        given = getattr(settings, "CONTENT_SECURITY_POLICY", None)
        policy = given.get("DIRECTIVES") if isinstance(given, dict) else None
    if not isinstance(policy, dict):
        return None
    given = policy.get(name, policy.get("default-src"))
    if isinstance(given, str):
        return given.split()
    return [str(source) for source in given] if isinstance(given, Iterable) else None


def _lets_own_origin(sources: list[str]) -> bool:
    """False only where it is certain: a host in the policy may be this one."""
    if "'strict-dynamic'" in sources:
        return False
    return any(not source.startswith("'") or source == "'self'" for source in sources)
