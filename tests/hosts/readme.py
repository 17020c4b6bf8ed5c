"""The steps of "In your own project" in the README, read from it and done to a project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Literal

from django.conf import settings

from ..docs.test_tutorial import blocks
from ..tools.shared import made_once
from .project import Project

TEXT = Path(settings.BASE_DIR, "README.md").read_text("utf-8")
SECTION = TEXT.partition("### In your own project\n")[2].partition("\n## ")[0]
STEPS = re.findall(r"^\d+\. ((?s:.*?))(?=^\d+\. |^\S(?<!\d)|\Z)", SECTION, re.M)
INSTALL, SETTINGS, URLS, COMMANDS, ASGI = STEPS
DATABASE = "db.sqlite3"
Tables = Literal["own", "plain", "more"]
BASE_TEMPLATE = re.compile(r'^ *"BASE_TEMPLATE": ("base\.html"),.*\n', re.M)


def block(step: str) -> str:
    """The step's one block of Python."""
    (text,) = re.findall(r"```python\n((?s:.*?))```", step)
    return dedent(text)


def quoted(step: str, start: str) -> str:
    """The step's words in code that begin so."""
    (text,) = re.findall(rf"`({re.escape(start)}[^`]*)`", step)
    return str(text)


def extra(*, semantic: bool = True) -> str:
    """What stands in brackets behind the package's name. Without `semantic`, questions are read by
    their words alone, and no server and no command loads models for seconds."""
    named = re.findall(r"\[(.*?)\]", quoted(INSTALL, "pip install"))[0].split(",")
    assert "semantic" in named
    return ",".join(name for name in named if semantic or name != "semantic")


def follow(
    project: Project,
    *,
    base_template: str | None = None,
    prefix: str = "",
    login_url: bool = False,
    commands: bool = True,
    tables: Tables = "own",
) -> None:
    """Steps 2 to 5, with the articles of the tutorial as the site's help.

    `base_template` is the host's own, None where it has none that fits; `prefix` is where the
    addresses are included; `login_url` is what the README offers to a site without a login page.
    `commands` false leaves migrate and check to the caller; for `tables`, see `run_commands`.
    """
    project.append(project.settings, settings_lines(base_template))
    if login_url:
        project.append(project.settings, quoted(URLS, "LOGIN_URL =") + "\n")
    for article in blocks():
        if article.language == "markdown":
            project.write(article.caption, article.text)
    begin = re.findall(r"^urlpatterns = .*[\[(]$", project.read(project.urls), re.M)[0]
    project.replace(project.urls, begin, f"{begin}\n    {url_line(prefix)},")
    project.write(project.urls, "from django.urls import include\n" + project.read(project.urls))
    wrap(project)
    if commands:
        run_commands(project, tables)


def wrap(project: Project) -> None:
    """Put `with_runs` around the application in asgi.py."""
    imported, wrapped = block(ASGI).strip().splitlines()
    project.replace(project.asgi, "import os\n", f"import os\n{imported}\n")
    project.replace(project.asgi, "application = get_asgi_application()", wrapped)


def settings_lines(base_template: str | None) -> str:
    text = block(SETTINGS)
    assert len(BASE_TEMPLATE.findall(text)) == 1
    if base_template is None:
        return BASE_TEMPLATE.sub("", text)
    return BASE_TEMPLATE.sub(lambda line: line[0].replace("base.html", base_template), text)


def url_line(prefix: str) -> str:
    return quoted(URLS, "path(").replace('""', f'"{prefix}"', 1)


def run_commands(project: Project, tables: Tables = "own") -> None:
    """Migrate, and check: nothing at all may be found. Who has only the `plain` tables, those of
    Django's `startproject` and ours, migrates once for all; who has `more`, goes on from there."""
    for name in re.findall(r"`python manage\.py (\w+)`", COMMANDS):
        if name == "migrate" and tables != "own":
            copy_tables(project)
            if tables == "plain":
                continue
        said = project.manage(name)
        if name == "check":
            assert "System check identified no issues (0 silenced)." in said


def copy_tables(project: Project) -> None:
    """Those of a plain project, which the first one makes that needs them."""

    def migrate(folder: Path) -> None:
        plain = Project.made_by(project.environment, "django-admin", "startproject", "plain")
        follow(plain, login_url=True)
        shutil.copy(plain.folder / DATABASE, folder)

    shutil.copy(made_once("plain-tables", migrate) / DATABASE, project.folder / DATABASE)
