"""What the app loads: no SDK until it answers, and none at all on a hosted-only site.

Each case is a process of its own, for this one has loaded everything long ago.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..hosted.openai_standin import KEY, running

ROOT = Path(__file__).resolve().parents[2]
HEAVY = """
def heavy():
    names = ("agents", "openai", "pydantic", "chatkit.server", "chatkit.types", "chatkit.store")
    return sorted(name for name in names if name in sys.modules)
"""
# Refuses the SDK and all that it brings, and what outside tools need, as if none was installed.
NO_SDK = """
class Refuse:
    TOP = {"openai", "agents", "pydantic", "prometheus_client", "opentelemetry"}
    OURS = {"chatkit." + name for name in
            "actions agents errors icons logger server store types version widgets".split()}

    def find_spec(self, name, path=None, target=None):
        if name in self.OURS or name.partition(".")[0] in self.TOP:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuse())
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: (
    None if name in Refuse.OURS | Refuse.TOP else find_spec(name, package)
)
"""
HOSTED_SITE = """
import os
from django.conf import settings
settings.configure(
    SECRET_KEY="k" * 50,
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF="chatkit.urls_of_the_test",
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "django.contrib.staticfiles", "chatkit",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    STATIC_URL="static/",
    USE_TZ=True,
    CHATKIT={
        "WORKFLOWS": {"wf_hosted": "openai"},
        "OPENAI_API_KEY": os.environ["KEY"],
        "OPENAI_BASE_URL": os.environ["URL"],
    },
)
import types
from django.urls import include, path
urls = types.ModuleType("chatkit.urls_of_the_test")
sys.modules[urls.__name__] = urls
import django
django.setup()
urls.urlpatterns = [path("", include("chatkit.urls"))]
"""


def run(program: str, **environ: str) -> str:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import sys\n" + program],
        cwd=ROOT,
        env={**kept, "READ_DOT_ENV": "off", **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    ["['check']", "['makemigrations', '--check', '--dry-run']", "['showmigrations', 'auth']"],
)
def test_command_loads_no_sdk(arguments: str, tmp_path: Path) -> None:
    program = f"""{HEAVY}
from django.core.management import call_command
import django
django.setup()
call_command(*{arguments}, verbosity=0, stdout=sys.stderr)
print(heavy())
"""
    environ = {
        "DJANGO_SETTINGS_MODULE": "mseller.settings",
        "DEBUG": "on",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }
    assert run(program, **environ) == "[]"


@pytest.mark.slow
def test_urls_load_no_sdk() -> None:
    program = f"""{HEAVY}
import django
django.setup()
from django.urls import reverse
print(reverse("chatkit:endpoint"), heavy())
"""
    environ = {"DJANGO_SETTINGS_MODULE": "mseller.settings", "DEBUG": "on"}
    assert run(program, **environ) == "/api/chatkit []"


RUNS = sorted(
    f"chatkit.selfhosted.runs.{path.stem}"
    for path in (ROOT / "chatkit" / "selfhosted" / "runs").glob("[!_]*.py")
)


@pytest.mark.slow
def test_each_module_of_runs_loads_no_sdk_by_itself() -> None:
    """Imported one at a time, each in a process that has loaded nothing but Django and the
    apps: none may rely on another that was there before. So for what sites call from anywhere."""
    modules = [*RUNS, "chatkit.selfhosted.messages", "chatkit.selfhosted.views"]
    program = f"""{HEAVY}
import importlib, os
import django
django.setup()
assert not [name for name in sys.modules if name.startswith("chatkit.selfhosted.runs")]
for name in {modules}:
    child = os.fork()
    if not child:
        importlib.import_module(name)
        print(name, heavy(), flush=True)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, name
"""
    environ = {"DJANGO_SETTINGS_MODULE": "mseller.settings", "DEBUG": "on"}
    assert len(RUNS) > 10
    assert run(program, **environ).splitlines() == [f"{name} []" for name in modules]


def test_what_sites_import_before_django_is_set_up() -> None:
    assert run("import chatkit.asgi; print('imported')") == "imported"


@pytest.mark.slow
def test_hosted_site_needs_no_sdk() -> None:
    """Checks, the session endpoint and a log-out, on a site where the SDK is not installed."""
    program = f"""{NO_SDK}{HEAVY}{HOSTED_SITE}
from django.core.management import call_command
from django.core import checks
ours = ("chatkit.W026", "chatkit.W027")  # no scripts, no login page
found = sorted(m.id for m in checks.run_checks() if m.id not in ours)
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.create_user("ada"))
answer = client.post(
    "/api/chatkit/session", {{"workflowId": "wf_hosted"}}, content_type="application/json"
)
page = client.get("/apps/chatkit/")
client.logout()
from chatkit.hosted import cancelling
cancelling.wait(10)
print(found, answer.status_code, page.status_code, heavy())
"""
    with running() as openai:
        printed = run(program, KEY=KEY, URL=openai.url)
        assert printed == "['chatkit.W018'] 200 200 []"
        (session,) = openai.sessions.values()
        assert session["status"] == "cancelled"


@pytest.mark.slow
def test_guard_sees_the_sdk() -> None:
    """The guard itself: it tells when the SDK has been loaded."""
    program = f"import warnings\nwarnings.simplefilter('ignore')\n{HEAVY}import chatkit.server\n"
    assert "'chatkit.server'" in run(program + "print(heavy())")
