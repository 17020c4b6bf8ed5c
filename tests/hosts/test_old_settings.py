"""A project with settings as older ones have them, BASE_DIR a text and the apps a tuple: it takes
the app as docs/howto/existing-site.md says, and gives it up as docs/howto/upgrade.md does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from . import readme, story
from .conftest import NewEnvironment, Serve
from .project import Project

pytestmark = pytest.mark.slow

PASSWORD = "choose-your-own"
HOWTO = Path(settings.BASE_DIR, "docs/howto")
ADD = (HOWTO / "existing-site.md").read_text("utf-8")
UPGRADE = (HOWTO / "upgrade.md").read_text("utf-8")
BASE = """\
<!doctype html><title>{% block title %}{% endblock %}</title>
{% block content %}{% endblock %}
"""
OURS = "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'chatkit%'"
COUNT = f"""
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute({OURS!r})
    print(cursor.fetchone()[0])
"""


def block(language: str, start: str) -> str:
    """The page's one block in which a line begins so."""
    found = re.findall(rf"```{language}\n((?s:.*?))```", ADD)
    (text,) = (text for text in found if f"\n{start}" in f"\n{text}")
    return str(text)


def manage(project: Project, text: str) -> str:
    """Every command of manage.py that stands there; uninstalling asks, and is told to go on."""
    said = ""
    commands = re.findall(r"^\$ python manage\.py (.*?)(?:  +#.*)?$", text, re.M)
    assert commands
    for command in commands:
        words = shlex.split(command.replace("NAME", "ada"))
        yes = ["--yes"] if words == ["chatkit_uninstall"] else []
        said += project.manage(*words, *yes)
    return said


@pytest.mark.browser
def test_the_pages_steps(
    new_environment: NewEnvironment, serve: Serve, open_page: Callable[..., Any]
) -> None:
    environment = new_environment("whitenoise")  # and what others ask for, of which it uses none
    project = Project.made_by(environment, "django-admin", "startproject", "shop")
    age(project)
    project.manage("migrate")
    project.write("templates/base.html", BASE)
    project.append(
        project.settings, 'TEMPLATES[0]["DIRS"] = [os.path.join(BASE_DIR, "templates")]\n'
    )
    project.append(project.settings, block("python", "INSTALLED_APPS = [*"))
    project.append(
        project.settings, 'LOGIN_URL = "admin:login"\nSTATIC_ROOT = BASE_DIR + "/static"\n'
    )
    project.write("help/en/returns.md", block("markdown", "# Returns"))
    project.replace(project.urls, "urlpatterns = [", f"urlpatterns = [\n    {readme.url_line('')},")
    project.write(project.urls, "from django.urls import include\n" + project.read(project.urls))
    assert readme.url_line("") in block("python", "urlpatterns")
    readme.wrap(project)
    assert "HelpDeskServer" in manage(project, ADD)  # so the doctor, who fails for a fault
    project.superuser(PASSWORD, username="ada", email="ada@example.com")
    page = open_page(serve(project), user="")
    page.goto("/apps/chatkit/")
    story.log_in(page, "ada", PASSWORD)
    story.chat(page)
    story.look_around(page, "old-settings")
    story.assert_fits_a_phone(page)
    manage(project, UPGRADE)
    assert project.shell(COUNT).strip() == "0"


def age(project: Project) -> None:
    """Make the settings of `startproject` what they were before Django 3.1."""
    for old, new in (
        ("from pathlib import Path", "import os"),
        (
            "BASE_DIR = Path(__file__).resolve().parent.parent",
            "BASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))",
        ),
        ("BASE_DIR / 'db.sqlite3'", "os.path.join(BASE_DIR, 'db.sqlite3')"),
    ):
        project.replace(project.settings, old, new)
    apps = project.read(project.settings).partition("INSTALLED_APPS = [")[2].partition("]")[0]
    project.replace(project.settings, f"INSTALLED_APPS = [{apps}]", f"INSTALLED_APPS = ({apps})")
