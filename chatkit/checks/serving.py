"""Checks of how the site is served: the login page, and the ASGI application."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from .. import workflows
from . import gunicorn
from .page import register
from .values import is_sound

FIX = "In asgi.py: application = chatkit.asgi.with_runs(get_asgi_application())."


@register("chatkit")
def check_login() -> list[CheckMessage]:
    """W027: LOGIN_URL, to which the chat page sends people who are not logged in, is not there."""
    try:
        address = urlsplit(str(resolve_url(settings.LOGIN_URL)))
        if address.netloc:
            return []  # another site's
        _resolve("/" + address.path.removeprefix(get_script_prefix()))
    except (Resolver404, NoReverseMatch, TypeError):
        return [
            Warning(
                f"LOGIN_URL is {settings.LOGIN_URL!r}, which leads nowhere: strangers who open "
                "the chat page are sent there.",
                hint="Set LOGIN_URL, or include django.contrib.auth.urls under accounts/.",
                id="chatkit.W027",
            )
        ]
    except Exception:  # a URLconf that fails is reported by Django's own checks
        return []
    return []


def _resolve(path: str) -> None:
    """Resolver404 unless the site has the address; also below a language, as under `i18n_patterns`,
    where LocaleMiddleware leads the one without it to the reader's."""
    try:
        resolve(path)
    except Resolver404:
        if "django.middleware.locale.LocaleMiddleware" not in settings.MIDDLEWARE:
            raise
        language = get_language() or settings.LANGUAGE_CODE
        resolve(f"/{language}{path}")


@register("chatkit", deploy=True)
def check_asgi() -> list[CheckMessage]:
    """W028: no ASGI application, or it can't be loaded. W029: it doesn't end runs in order. Both
    with --deploy only.
    """
    if not is_sound("WORKFLOWS") or all(each.hosted for each in workflows.table().values()):
        return []
    path, application, fault = _asgi_path(), None, "No ASGI application is found."
    try:
        application = import_string(path) if path else None
    except Exception as error:  # the site's own module may fail in any way
        fault = f"{path} cannot be imported ({type(error).__name__}: {error})."
    if application is None:
        return [
            Warning(
                f"{fault} Under WSGI each answer that is being written holds "
                "a thread of the server, which bounds how many people can chat at once.",
                hint=f"{FIX} Set ASGI_APPLICATION where it isn't beside WSGI_APPLICATION.",
                id="chatkit.W028",
            )
        ]
    if getattr(application, "ends_chatkit_runs", False):
        return []
    return [
        Warning(
            f"{path} is not wrapped by chatkit.asgi.with_runs: a restart of the server breaks "
            "answers off instead of ending them, and the first question waits for the SDK.",
            hint=FIX,
            id="chatkit.W029",
        )
    ]


@register("chatkit", deploy=True)
def check_gunicorn() -> list[CheckMessage]:
    """W066: gunicorn is started with its sync worker, also where there is an ASGI application. With
    --deploy only.
    """
    if not is_sound("WORKFLOWS") or all(each.hosted for each in workflows.table().values()):
        return []
    return [
        Warning(
            f"{place} starts gunicorn with its sync worker: while an answer is written, that "
            "worker serves nobody else, so that a few answers hold up the whole site.",
            hint="Serve the ASGI application (gunicorn -k uvicorn_worker.UvicornWorker "
            "site.asgi:application, or uvicorn), or give WSGI threads: --worker-class gthread "
            "--threads 16.",
            id="chatkit.W066",
        )
        for place in gunicorn.sync_workers()
    ]


def _asgi_path() -> str:
    """Where the ASGI application is: ASGI_APPLICATION, which is no setting of Django's own, or
    the `asgi` module that `startproject` lays beside that of WSGI_APPLICATION; "" for nowhere.
    """
    given = getattr(settings, "ASGI_APPLICATION", None)
    module, _, name = str(settings.WSGI_APPLICATION or "").rpartition(".")
    if given or not module.endswith("wsgi"):
        return str(given or "")
    beside = f"{module.removesuffix('wsgi')}asgi"
    try:
        return f"{beside}.{name}" if find_spec(beside) else ""
    except ModuleNotFoundError:
        return ""
