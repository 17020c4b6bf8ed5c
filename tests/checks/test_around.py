"""Checks of what the site gives the app: cache, templates, addresses, files, policy, server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import checks
from django.http import HttpResponse
from django.urls import include, path, re_path

from chatkit.checks import serving
from chatkit.page.options import OPENAI_SCRIPT

from .test_checks import HELP_DESK, Messages, only, ours
from .test_checks import _built as _built  # every check's surroundings
from .test_checks import messages as messages

DUMMY = "django.core.cache.backends.dummy.DummyCache"
BACKENDS = "django.core.cache.backends"
OPENS, WRITES = "chatkit.page.csp.page_sources", "csp.middleware.CSPMiddleware"


class Urls:
    """A URLconf whose first entry takes everything under /api/."""

    def __init__(self, *patterns: Any) -> None:
        self.urlpatterns = [
            *patterns,
            path("accounts/login/", lambda request: HttpResponse(), name="login"),
            path("", include("mseller.urls")),
        ]


class TestCache:
    def test_keeps_nothing(self, settings: Any) -> None:
        settings.CACHES = {"default": {"BACKEND": DUMMY}}
        settings.RATELIMIT_ENABLE = True
        assert "not limited" in only(ours(), "chatkit.W040").msg
        settings.RATELIMIT_ENABLE = False
        assert ours() == []

    def test_not_there(self, settings: Any) -> None:
        settings.RATELIMIT_ENABLE = True
        settings.RATELIMIT_USE_CACHE = "limits"
        assert "is not there" in only(ours(), "chatkit.E041").msg
        settings.CACHES = {**settings.CACHES, "limits": {"BACKEND": "nowhere.Cache"}}
        assert "can't be loaded (No module named 'nowhere')" in only(ours(), "chatkit.E041").msg

    @pytest.mark.parametrize(
        ("backend", "words"),
        [
            ("locmem.LocMemCache", "each process"),
            ("filebased.FileBasedCache", "at once"),
            ("db.DatabaseCache", "at once"),
            ("redis.RedisCache", ""),
        ],
    )
    def test_shared(self, settings: Any, backend: str, words: str) -> None:
        settings.RATELIMIT_ENABLE = True
        settings.CACHES = {"default": {"BACKEND": f"{BACKENDS}.{backend}"}}
        found = checks.run_checks(tags=["chatkit"], include_deployment_checks=True)
        found = [message for message in found if message.id == "chatkit.W042"]
        assert words in only(found, "chatkit.W042").msg if words else found == []
        assert ours() == []  # without --deploy one process is enough


class TestSite:
    def test_order_of_middleware(self, settings: Any) -> None:
        settings.MIDDLEWARE = settings.MIDDLEWARE[::-1]
        only(ours(), "chatkit.E043")

    @pytest.mark.parametrize(
        "engines", [[], [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]]
    )
    def test_templates(self, settings: Any, engines: Any) -> None:
        settings.TEMPLATES = engines
        settings.CHATKIT = {**settings.CHATKIT, "BASE_TEMPLATE": None}
        assert "chatkit/page.html" in only(ours(), "chatkit.E044").msg

    def test_address_taken(self, settings: Any) -> None:
        settings.ROOT_URLCONF = Urls(re_path("^api/", lambda request: HttpResponse()))
        found = ours()
        assert {message.id for message in found} == {"chatkit.E045"}
        said = " ".join(message.msg for message in found)
        assert "/api/chatkit/session" in said
        assert "/apps/chatkit/" not in said
        settings.ROOT_URLCONF = Urls(path("api/", lambda request: HttpResponse()))
        assert ours() == []

    def test_times_without_a_zone(self, settings: Any) -> None:
        settings.USE_TZ = False
        only(ours(), "chatkit.E050")
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": "openai"}, "OPENAI_API_KEY": "sk"}
        assert "chatkit.E050" not in [message.id for message in ours()]


class TestFiles:
    def test_static(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        installed = apps.is_installed
        with monkeypatch.context() as patch:
            patch.setattr(
                apps, "is_installed", lambda name: "staticfiles" not in name and installed(name)
            )
            assert "staticfiles" in only(ours(), "chatkit.E046").msg
        settings.STATIC_URL = None
        assert "STATIC_URL" in only(ours(), "chatkit.E046").msg

    @pytest.mark.parametrize(("media", "wrong"), [("s", True), ("s/m", True), ("m", False)])
    def test_media(self, settings: Any, tmp_path: Path, media: str, wrong: bool) -> None:
        settings.STATIC_ROOT = tmp_path / "s"
        settings.MEDIA_ROOT = str(tmp_path / media)
        if wrong:
            only(ours(), "chatkit.W047")
        else:
            assert ours() == []

    @pytest.mark.parametrize(
        ("who", "script", "key", "wrong"),
        [
            (HELP_DESK, OPENAI_SCRIPT, "", True),
            (HELP_DESK, OPENAI_SCRIPT, "domain_pk_1", False),
            (HELP_DESK, "/static/mine.js", "", False),
            ("openai", "/static/chatkit/chatkit.js", "", True),
            ("openai", OPENAI_SCRIPT, "", False),
        ],
    )
    def test_script(self, settings: Any, who: str, script: str, key: str, wrong: bool) -> None:
        given = {"SCRIPT_URL": script, "DOMAIN_KEY": key, "OPENAI_API_KEY": "sk"}
        settings.CHATKIT = {**settings.CHATKIT, **given, "WORKFLOWS": {"wf_1": who}}
        settings.SILENCED_SYSTEM_CHECKS = ["chatkit.W018"]
        found = [message for message in ours() if not message.is_silenced()]
        if wrong:
            assert "wf_1" in only(found, "chatkit.W048").msg
        else:
            assert found == []


class TestPolicy:
    @pytest.mark.parametrize(
        ("policy", "names"),
        [
            ({"default-src": ["'self'"]}, []),
            ({"default-src": "'self' https://cdn.example.com"}, []),
            ({"script-src": ["https://static.example.com"]}, []),
            ({"img-src": ["'none'"]}, []),
            ({"default-src": ["'none'"]}, ["script-src", "connect-src"]),
            ({"default-src": ["'self'"], "script-src": ["'nonce-1'"]}, ["script-src"]),
            ({"script-src": ["'self'", "'strict-dynamic'"]}, ["script-src"]),
            ({"script-src": ["'self'"], "connect-src": []}, ["connect-src"]),
        ],
    )
    @pytest.mark.parametrize("package", ["django", "django-csp"])
    def test_sources(
        self, settings: Any, package: str, policy: dict[str, Any], names: list[str]
    ) -> None:
        if package == "django":
            settings.SECURE_CSP = policy
        else:
            settings.SECURE_CSP = {}
            settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
        found = ours()
        assert [message.id for message in found] == ["chatkit.W049"] * len(names)
        for message, name in zip(found, names, strict=True):
            assert f"{name} is" in message.msg

    @pytest.mark.parametrize(
        ("policy", "names"),
        [
            ({"default-src": ["'self'"]}, "script-src and style-src"),
            ({"script-src": ["'self'", "https://cdn.example.com"]}, ""),
            ({"script-src": ["https:"], "style-src": ["*.example.com"]}, ""),
            ({"script-src": ["cdn.example.com"], "style-src": ["'self'"]}, "style-src"),
            ({"img-src": ["'none'"]}, ""),
        ],
    )
    def test_static_files_of_another_origin(
        self, settings: Any, policy: dict[str, Any], names: str
    ) -> None:
        settings.STATIC_URL = "https://cdn.example.com/static/"
        settings.SECURE_CSP = {}
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy | {"connect-src": ["'self'"]}}
        if names:
            found = only(ours(), "chatkit.W052")
            assert f"in {names}:" in found.msg
            assert f"Add https://cdn.example.com to {names}." in str(found.hint)
        else:
            assert ours() == []

    @pytest.mark.parametrize(
        ("middleware", "policy", "told"),
        [
            ([], ["'self'"], True),
            ([OPENS, WRITES], ["'self'"], False),
            ([WRITES, OPENS], ["'self'"], True),
            ([OPENS], ["'self'"], False),  # who writes it may be one that we do not know
            ([], ["'self'", "https://cdn.platform.openai.com"], False),
            ([], ["'self'", "https:"], False),
            ([], None, False),
        ],
    )
    def test_openais_script(
        self, settings: Any, middleware: list[str], policy: list[str] | None, told: bool
    ) -> None:
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": "openai"}, "OPENAI_API_KEY": "sk-1"}
        kept = [path for path in settings.MIDDLEWARE if "csp" not in path]
        settings.MIDDLEWARE = [*kept, *middleware]
        settings.SECURE_CSP = {}
        directives = {"script-src": policy, "connect-src": ["'self'"]} if policy else {}
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
        found = [message for message in ours() if message.id == "chatkit.W080"]
        assert len(found) == told
        for message in found:
            assert "keeps OpenAI's script from the chat of wf_1" in message.msg
            assert f'Put "{OPENS}" before' in str(message.hint)

    def test_openais_script_where_it_is_not_used(self, settings: Any, tmp_path: Path) -> None:
        """Also before the files are collected, of which a storage with a manifest knows none."""
        settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if path != OPENS]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'self'"]}}
        settings.STATIC_ROOT = tmp_path
        manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
        assert [message for message in ours() if message.id == "chatkit.W080"] == []


class TestServing:
    def test_a_login_page_that_is_not_there(self, messages: Messages, settings: Any) -> None:
        for nowhere in ("/members/enter/", "members:enter", None):
            settings.LOGIN_URL = nowhere
            assert repr(nowhere) in only(messages(), "chatkit.W027").msg

    def test_a_login_page_below_a_language(self, messages: Messages, settings: Any) -> None:
        settings.ROOT_URLCONF = "tests.language_urls"  # the app's, as i18n_patterns lays them
        settings.LOGIN_URL = "/help/apps/chatkit/"
        assert [message for message in messages() if message.id == "chatkit.W027"] == []

    def test_a_login_page_elsewhere_is_not_ours_to_find(
        self, messages: Messages, settings: Any
    ) -> None:
        settings.LOGIN_URL = "https://login.example.com/"
        assert messages() == []

    def deploy(self) -> list[checks.CheckMessage]:
        found = checks.run_checks(tags=["chatkit"], include_deployment_checks=True)
        return [message for message in found if message.id in ("chatkit.W028", "chatkit.W029")]

    def test_the_site_serves_as_it_should(self) -> None:
        assert self.deploy() == []

    def test_no_asgi_application(self, settings: Any) -> None:
        settings.ASGI_APPLICATION = None
        settings.WSGI_APPLICATION = "tests.wsgi.application"  # and nothing beside it
        assert "holds a thread" in only(self.deploy(), "chatkit.W028").msg

    def test_an_asgi_application_that_does_not_load(self, settings: Any) -> None:
        settings.ASGI_APPLICATION = "tests.data.broken_server.application"
        assert "no model today" in only(self.deploy(), "chatkit.W028").msg

    def test_an_asgi_application_beside_the_wsgi_one(self, settings: Any) -> None:
        settings.ASGI_APPLICATION = None  # as startproject leaves it
        assert settings.WSGI_APPLICATION == "mseller.wsgi.application"
        assert self.deploy() == []

    def test_an_asgi_application_without_runs(self, settings: Any) -> None:
        settings.ASGI_APPLICATION = "mseller.wsgi.application"  # any callable that is not wrapped
        assert "with_runs" in only(self.deploy(), "chatkit.W029").msg

    def test_openai_answers_alone(self, settings: Any) -> None:
        settings.ASGI_APPLICATION = None
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": "openai"}}
        assert self.deploy() == []


class TestGunicorn:
    """Where a project says how it is started."""

    @pytest.fixture
    def project(self, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.delenv("GUNICORN_CMD_ARGS", raising=False)
        settings.BASE_DIR = tmp_path
        return tmp_path

    def places(self) -> list[str]:
        return [message.msg.split(" ")[0] for message in serving.check_gunicorn()]

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("Procfile", "web: gunicorn config.wsgi:application --workers 4\n"),
            ("Dockerfile", 'CMD ["gunicorn", "shop.wsgi", "--bind", "0.0.0.0:8000"]\n'),
            ("compose/production/django/start", "gunicorn config.wsgi \\\n  --workers 2\n"),
            ("deploy/shop.service", "ExecStart=/srv/.venv/bin/gunicorn -k sync shop.wsgi\n"),
        ],
    )
    def test_its_sync_worker(self, project: Path, name: str, text: str) -> None:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# gunicorn shop.wsgi\n{text}")
        (found,) = serving.check_gunicorn()
        assert found.id == "chatkit.W066"
        assert self.places() == [f"{name}:2"]

    @pytest.mark.parametrize(
        "text",
        [
            "web: gunicorn config.wsgi --worker-class gthread --threads 16\n",
            "web: gunicorn config.wsgi --threads=8\n",
            "web: gunicorn -k uvicorn_worker.UvicornWorker config.asgi\n",
            "web: gunicorn config.asgi --worker-class=uvicorn.workers.UvicornWorker\n",
            "web: uvicorn config.asgi\n",
            "worker: celery -A config.wsgi worker\n",
        ],
    )
    def test_other_workers(self, project: Path, text: str) -> None:
        (project / "Procfile").write_text(text)
        assert self.places() == []

    def test_the_worker_is_told_elsewhere(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "Procfile").write_text("web: gunicorn config.wsgi\n")
        (project / "gunicorn.conf.py").write_text("workers = 2\n")
        assert self.places() == ["Procfile:1"]
        (project / "gunicorn.conf.py").write_text('worker_class = "gthread"\n')
        assert self.places() == []
        (project / "gunicorn.conf.py").unlink()
        monkeypatch.setenv("GUNICORN_CMD_ARGS", "--threads 4")
        assert self.places() == []

    def test_where_openai_answers_alone(self, project: Path, settings: Any) -> None:
        (project / "Procfile").write_text("web: gunicorn config.wsgi\n")
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"wf_1": "openai"}}
        assert self.places() == []

    def test_no_folder(self, settings: Any) -> None:
        for base in (None, "", "/nowhere"):
            settings.BASE_DIR = base
            assert self.places() == []
