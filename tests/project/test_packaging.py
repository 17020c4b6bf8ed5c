"""The wheel, built from the sdist as an installer's tools do, used by a project outside."""

from __future__ import annotations

import tarfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from ..hosts import environment
from ..wheel import PACKAGED, ROOT, build, copy_of_project

pytestmark = pytest.mark.packaging

SETTINGS = """
SECRET_KEY = "k" * 50
DEBUG = True
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles", "chatkit",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
LOGIN_URL = "/admin/login/"
CHATKIT = {"WORKFLOWS": {"wf_outside": "openai"}, "OPENAI_API_KEY": "sk-outside"}
"""
URLS = """
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("chatkit.urls"))]
"""
VISIT = """
import sys
from pathlib import Path
import django

django.setup()
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
import chatkit

call_command("check", fail_level="ERROR")
call_command("migrate", verbosity=0)

client = Client()
client.force_login(User.objects.get_or_create(username="ada")[0])
english = client.get("/apps/chatkit/")
assert english.status_code == 200, english.status_code
spanish = client.get("/apps/chatkit/", headers={"accept-language": "es"})
assert spanish.content != english.content, "the Spanish messages are missing"
assert finders.find("chatkit/chatkit.js"), "the script is missing"
from chatkit.hosted import documented
for page in (documented.LEAVING, documented.FROM_THE_SDK):
    assert Path(page).is_file(), page  # a reader has it
assert not {"agents", "openai", "chatkit.server"} & set(sys.modules)
print(chatkit.__path__[0])
"""


@pytest.fixture(scope="session")
def in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def sources(pattern: str) -> set[str]:
    """Files of the app in the checkout, by their path in the wheel."""
    return {str(path.relative_to(ROOT)) for path in (ROOT / "chatkit").glob(pattern)}


@pytest.mark.parametrize(
    "pattern",
    [
        "**/migrations/*.py",
        "management/commands/*.py",
        "templates/**/*.html",
        "locale/**/*.po",
        "static/chatkit/*.css",
        "selfhosted/*.py",
        "py.typed",
        "*.py",
    ],
)
def test_the_wheel_holds_the_app(in_wheel: set[str], pattern: str) -> None:
    expected = {name for name in sources(pattern) if "frontend" not in name}
    assert expected, pattern
    assert expected <= in_wheel


@pytest.mark.parametrize(
    "page", ["checks/checks.md", "hosted/from-the-sdk.md", "hosted/leaving-agent-builder.md"]
)
def test_the_wheel_holds_the_pages_that_hints_name(in_wheel: set[str], page: str) -> None:
    assert f"chatkit/{page}" in in_wheel


@pytest.mark.parametrize(
    "name",
    [
        "chatkit.js",
        "page.js",
        "launcher.js",
        "chatkit.d.ts",
        "chatkit-testing.js",
        "chatkit-testing.d.ts",
        "icons.svg",
    ],
)
def test_the_wheel_holds_the_built_scripts(in_wheel: set[str], name: str) -> None:
    assert f"chatkit/static/chatkit/{name}" in in_wheel


def test_the_wheel_holds_the_lazy_parts_of_the_element(in_wheel: set[str]) -> None:
    chunks = {Path(name).name.split("-")[1] for name in in_wheel if "/chunk-" in name}
    assert chunks >= {"highlight", "icons", "maths", "widgets"}


def test_the_wheel_holds_compiled_messages(in_wheel: set[str]) -> None:
    catalogs = {name.removesuffix(".po") + ".mo" for name in in_wheel if name.endswith(".po")}
    assert catalogs
    assert catalogs <= in_wheel


def test_the_wheel_holds_nothing_else(in_wheel: set[str]) -> None:
    tops = {name.partition("/")[0] for name in in_wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"chatkit"}
    strangers = ("chatkit/frontend/", "node_modules", "__pycache__", "/tests/")
    assert [name for name in in_wheel if any(word in name for word in strangers)] == []
    assert {name for name in in_wheel if name.endswith((".ts", ".map", ".mjs"))} == {
        "chatkit/static/chatkit/chatkit.d.ts",
        "chatkit/static/chatkit/chatkit-testing.d.ts",
    }


def test_the_sdist_holds_the_sources_of_the_scripts_but_not_the_site(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"chatkit/frontend/package-lock.json", "chatkit/frontend/build.mjs"} <= names
    tops = {name.partition("/")[0] for name in (*PACKAGED, "PKG-INFO")}
    assert {name.partition("/")[0] for name in names} <= tops
    assert [name for name in names if "node_modules" in name] == []


@pytest.mark.parametrize("target", ["--sdist", "--wheel"])
@pytest.mark.parametrize(
    "lost",
    ["static/chatkit/chatkit.js", "static/chatkit/page.js", "locale/es/LC_MESSAGES/django.mo"],
)
def test_a_build_without_a_built_file_fails_and_says_what_to_do(
    tmp_path: Path, target: str, lost: str
) -> None:
    project = copy_of_project(tmp_path)
    (project / "chatkit" / lost).unlink()
    done = build(project, target)
    assert done.returncode
    assert f"Not built yet: chatkit/{lost}. Run `make build` first." in done.stdout + done.stderr
    assert not list(project.glob("dist/*"))


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """A fresh environment with the wheel and Django but without the SDK, and a project in it."""
    folder = tmp_path_factory.mktemp("packaging")
    environment.make(folder / "venv", wheel, extra="")
    project = folder / "outside"
    project.mkdir()
    (project / "settings.py").write_text(SETTINGS, "utf-8")
    (project / "urls.py").write_text(URLS, "utf-8")
    (project / "visit.py").write_text(VISIT, "utf-8")
    return project


def environment_of(project: Path) -> environment.Environment:
    return environment.Environment(project.parent / "venv")


def run(project: Path, *arguments: str) -> str:
    """Run the project's Python; its output."""
    environ = {"DJANGO_SETTINGS_MODULE": "settings"}
    return environment_of(project).run(project, "python", "-W", "error", *arguments, **environ)


def visit(project: Path) -> None:
    """The site has no error and shows its page, from the environment outside."""
    assert str(project.parent / "venv") in run(project, "visit.py")


def test_a_project_outside_uses_the_wheel_without_the_sdk(outside: Path) -> None:
    visit(outside)
    run(outside, "-m", "django", "makemigrations", "--check", "--dry-run")


def test_the_sdk_comes_changes_and_goes(outside: Path, tmp_path: Path, wheel: Path) -> None:
    """Installed after the app, upgraded and uninstalled; each takes the shared files along."""
    place = environment_of(outside)
    look = "from importlib.util import find_spec; print(bool(find_spec('chatkit.server')))"
    for version in ("1.6.5", "1.6.6"):
        place.pip("install", "--no-deps", str(sdk_wheel(tmp_path, version)))
        visit(outside)
        assert run(outside, "-c", look).split() == ["True"]
        assert version in run(outside, "-m", "django", "chatkit_doctor")
    place.pip("uninstall", "openai-chatkit")
    assert not (place.packages / "chatkit" / "__init__.py").exists()
    visit(outside)
    assert run(outside, "-c", look).split() == ["False"]
    place.pip("install", "--no-deps", "--force-reinstall", str(wheel))
    assert (place.packages / "chatkit" / "__init__.py").exists()
    visit(outside)


def sdk_wheel(folder: Path, version: str) -> Path:
    """A wheel of the SDK that is installed around us, called this version of it."""
    sdk = distribution("openai-chatkit")
    path = folder / f"openai_chatkit-{version}-py3-none-any.whl"
    info = f"openai_chatkit-{version}.dist-info"
    record = [f"{info}/RECORD"]
    with zipfile.ZipFile(path, "w") as archive:
        for file in sdk.files or []:
            name = str(file)
            if file.parts[0].endswith(".dist-info") and file.name in ("METADATA", "WHEEL"):
                name = f"{info}/{file.name}"
            elif file.parts[0] != "chatkit" or "__pycache__" in file.parts:
                continue
            text = file.read_text("utf-8")
            if file.name == "METADATA":
                text = text.replace(f"\nVersion: {sdk.version}\n", f"\nVersion: {version}\n")
            archive.writestr(name, text)
            record.append(name)
        archive.writestr(record[0], "".join(f"{name},,\n" for name in record))
    return path
