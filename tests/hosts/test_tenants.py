"""django-tenants on PostgreSQL: each tenant's conversations in its own schema, by one line of the
settings; answers, their heartbeat and their recovery stay in it, and so does the console."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from ..databases.scratch import POSTGRES, missing, scratch
from ..tools.served import Served
from ..tools.small_site import ROOT, SmallSite
from . import story

pytestmark = [
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing(POSTGRES)), reason=missing(POSTGRES) or "-"),
]

GUIDE = ROOT / "docs" / "howto" / "tenants.md"
# As django-tenants' own guide has it, and our one line.
SETTINGS = """
SHARED_APPS = ["django_tenants", "clients", "django.contrib.contenttypes"]
TENANT_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
               "django.contrib.messages", "django.contrib.admin", "chatkit",
               "chatkit.contrib.console"]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS),
                  "django.contrib.staticfiles"]
MIDDLEWARE = ["django_tenants.middleware.main.TenantMainMiddleware", *MIDDLEWARE,
              "django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES[0]["OPTIONS"] = {"context_processors": [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                      "KEY_FUNCTION": "django_tenants.cache.make_key"}}
DATABASES["default"]["ENGINE"] = "django_tenants.postgresql_backend"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL, TENANT_DOMAIN_MODEL = "clients.Client", "clients.Domain"
ALLOWED_HOSTS = ["*"]
CHATKIT = CHATKIT | {
    "WORKFLOWS": {"help": CHATKIT["WORKFLOWS"]["help"], "slow": "slow.Slow"},
    "CONNECTION_SCOPE": "chatkit.selfhosted.tenants.DjangoTenants",
}
"""
ASGI = """
import django.core.asgi
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

from chatkit.asgi import with_runs

application = with_runs(ASGIStaticFilesHandler(django.core.asgi.get_asgi_application()))
"""
CLIENTS = """
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):
    auto_create_schema = True


class Domain(DomainMixin):
    pass
"""
URLS = """
from django.contrib import admin
from django.contrib.auth import get_user_model, login
from django.http import HttpResponse
from django.urls import include, path


def enter(request):
    login(request, get_user_model().objects.get())
    return HttpResponse(request.META.get("CSRF_COOKIE", ""))


urlpatterns = [
    path("enter", enter),
    path("admin/", admin.site.urls),
    path("", include("chatkit.urls")),
    path("", include("chatkit.contrib.console.urls")),
]
"""
# Says in which schema its work runs, then goes on for a minute.
SLOW = """
import asyncio

from chatkit.selfhosted.engine import DjangoChatKitServer
from django.db import connection


def schema():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return cursor.fetchone()[0]


class Slow(DjangoChatKitServer):
    async def respond(self, thread, message, context):
        from chatkit.selfhosted.assistant.messages import say

        where = await context.database(schema)
        for event in say(thread, where, self.store, context):
            yield event
        for event in say(thread, "and on", self.store, context)[:-1]:
            yield event
        await asyncio.sleep(60)
"""
PEOPLE = """
from clients.models import Client, Domain
from django.contrib.auth import get_user_model
from django_tenants.utils import schema_context

for name in ("ada", "bob"):
    tenant = Client.objects.create(schema_name=name)
    Domain.objects.create(domain=f"{name}.localhost", tenant=tenant, is_primary=True)
    with schema_context(name):
        get_user_model().objects.create_superuser(name)
"""
COUNTS = """
from chatkit.models import Run, Thread
from django_tenants.utils import schema_context

for name in ("ada", "bob"):
    with schema_context(name):
        print(name, *sorted(Run.objects.values_list("status", flat=True)), Thread.objects.count())
"""
# Makes up yesterday's figures in each schema, and reads every page of the console.
CONSOLE = """
import datetime
from chatkit.contrib.console import urls
from chatkit.models import Run
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django_tenants.utils import schema_context

for name in ("ada", "bob"):
    with schema_context(name):
        Run.objects.update(created_at=F("created_at") - datetime.timedelta(days=1))
        call_command("chatkit_rollup")
        client = Client(HTTP_HOST=f"{name}.localhost")
        client.force_login(get_user_model().objects.get())
    for entry in urls.urlpatterns:
        if "<" not in str(entry.pattern):
            answer = client.get(f"/{entry.pattern}")
            assert answer.status_code in (200, 405), (entry.pattern, answer.status_code)
    page = client.get("/apps/chatkit/console/unanswered/").content.decode()
    print(name, [other for other in ("ada", "bob") if f"the whale of {other}" in page])
"""


class TenantSite(SmallSite):
    """The same with tenants, in the database at `url`."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, SETTINGS)
        self.url = url


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TenantSite]:
    pytest.importorskip("django_tenants")
    folder = tmp_path_factory.mktemp("tenants")
    with scratch(POSTGRES, folder) as url:
        site = TenantSite(folder, url)
        for name, text in (("urls", URLS), ("slow", SLOW), ("clients/models", CLIENTS)):
            site.write(f"{name}.py", text)
        site.write("clients/__init__.py", "")
        site.write("clients/migrations/__init__.py", "")
        site.write(
            "asgi.py",
            ASGI,
        )
        for command in (["makemigrations", "clients"], ["migrate_schemas", "--shared"], ["check"]):
            status, said = site.fork("django", *command, SITE_DATABASE_URL=url)
            assert status == 0, said
        site.run(PEOPLE, SITE_DATABASE_URL=url)
        yield site


@pytest.fixture(scope="module")
def served(site: TenantSite) -> Iterator[Served]:
    served = Served(site.folder / "server.log")
    start(served, site)
    yield served
    served.stop()


def start(served: Served, site: TenantSite) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": f"{site.folder}{os.pathsep}{ROOT}",
        "SITE_DATABASE_URL": site.url,
    }
    served.start("asgi:application", folder=site.folder, env=env)


class Person:
    """Somebody's browser at their tenant's address."""

    def __init__(self, served: Served, name: str) -> None:
        self.url, self.host = served.url, {"Host": f"{name}.localhost"}
        self.http = requests.Session()
        entered = self.http.get(f"{self.url}/enter", headers=self.host)
        # By hand: the cookies' host is not the address.
        self.cookies = {name: str(value) for name, value in entered.cookies.items()}
        page = self.http.get(f"{self.url}/apps/chatkit/", headers=self.host, cookies=self.cookies)
        self.cookies |= {name: str(value) for name, value in page.cookies.items()}

    def secret(self, workflow_id: str = "help") -> str:
        headers = self.host | {"X-CSRFToken": self.cookies["csrftoken"]}
        answer = self.http.post(
            f"{self.url}/api/chatkit/session",
            json={"workflowId": workflow_id},
            headers=headers,
            cookies=self.cookies,
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["client_secret"])

    def send(self, secret: str, type: str, **params: Any) -> requests.Response:
        return self.http.post(
            f"{self.url}/api/chatkit",
            json={"type": type, "params": params},
            headers=self.host | {"Authorization": f"Bearer {secret}"},
            stream=True,
        )

    def threads(self, secret: str) -> set[str]:
        listed = self.send(secret, "threads.list", limit=99).json()
        return {thread["id"] for thread in listed["data"]}

    def ask(self, secret: str, text: str) -> requests.Response:
        content = [{"type": "input_text", "text": text}]
        message = {"content": content, "attachments": [], "inference_options": {}}
        return self.send(secret, "threads.create", input=message)


def test_each_tenant_has_its_own(site: TenantSite, served: Served) -> None:
    ada, bob = Person(served, "ada"), Person(served, "bob")
    secrets = {person: person.secret() for person in (ada, bob)}
    for person, secret in secrets.items():
        before = person.threads(secret)
        answer = person.ask(secret, "How can I return something?")
        assert "within 30 days" in answer.text
        (new,) = person.threads(secret) - before
        assert not any(new in other.threads(secrets[other]) for other in {ada, bob} - {person})
    assert bob.send(secrets[ada], "threads.list", limit=9).status_code == 401
    slow = ada.ask(ada.secret("slow"), "Where?")
    assert "ada" in first_text(slow)


@pytest.mark.browser
def test_story(site: TenantSite, served: Served, open_page: Callable[..., Any]) -> None:
    """In a browser, at the addresses of two tenants."""
    for name in ("ada", "bob"):
        address = SimpleNamespace(url=served.url.replace("127.0.0.1", f"{name}.localhost"))
        page = open_page(address, user="")
        page.goto("/enter")
        story.chat(page)
        if name == "ada":
            story.look_around(page, "tenants")
        story.assert_fits_a_phone(page)


def test_each_tenant_has_its_own_console(site: TenantSite, served: Served) -> None:
    for name in ("ada", "bob"):
        person = Person(served, name)
        assert person.ask(person.secret(), f"Where is the whale of {name}?").text
    said = site.run(CONSOLE, SITE_DATABASE_URL=site.url).splitlines()
    days = [line for line in said if line.startswith("Made up")]
    assert [line for line in said if line not in days] == ["ada ['ada']", "bob ['bob']"]
    assert days == ["Made up 1 day.", "Made up 1 day."]


def test_the_guides_commands(site: TenantSite) -> None:
    commands = re.findall(r"^\$ python manage\.py (.*)$", GUIDE.read_text("utf-8"), re.M)
    assert len(commands) > 2
    for command in commands:
        status, said = site.fork("django", *command.split(), SITE_DATABASE_URL=site.url)
        assert status == 0, said


def test_a_killed_process_leaves_nothing_behind(site: TenantSite, tmp_path: Path) -> None:
    """The next one to start ends what it finds, in every schema."""
    served = Served(tmp_path / "server.log")
    start(served, site)
    person = Person(served, "bob")
    stream = person.ask(person.secret("slow"), "Where?")
    assert first_text(stream) == "bob"
    served.kill()
    again = Served(tmp_path / "again.log")
    start(again, site)
    try:
        person = Person(again, "bob")
        secret = person.secret("slow")
        (thread, *_more) = person.send(secret, "threads.list", limit=9).json()["data"]
        items = person.send(secret, "threads.get_by_id", thread_id=thread["id"]).json()["items"]
        assert "The answer was interrupted." in json.dumps(items)
    finally:
        again.stop()
    _ada, bob = site.run(COUNTS, SITE_DATABASE_URL=site.url).splitlines()
    assert bob.startswith("bob ")
    assert "interrupted" in bob


def first_text(stream: requests.Response) -> str:
    for line in stream.iter_lines():
        if line.startswith(b"data: "):
            event = json.loads(line[6:])
            if event["type"] == "thread.item.done" and event["item"]["type"] == "assistant_message":
                return str(event["item"]["content"][0]["text"])
    raise AssertionError("no answer")
