"""What the tests of all hosts share: environments, and servers that end with their module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ..browser.conftest import (  # noqa: F401  (fixtures, and a failed test's server output)
    chromium,
    failed,
    open_page,
    profiles,
    pytest_runtest_makereport,
    watch,
)
from ..tools.served import Served
from ..tools.shared import made_once
from . import environment, readme
from .environment import Environment
from .project import Project

NewEnvironment = Callable[..., Environment]
# What the hosts ask for that ask for more than Django: they share an environment with all of it.
TOGETHER = (
    "django-allauth",
    "django-csp",
    "django-unfold",
    "djangorestframework-simplejwt",
    "wagtail",
    "whitenoise",
)
Serve = Callable[..., Served]
COMPLAINT = re.compile(r"Traceback|\bERROR\b|CRITICAL|never awaited|/chatkit/.*Warning")


@pytest.fixture(scope="module")
def new_environment(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> NewEnvironment:
    """`new_environment("wagtail")`: one with the wheel as the README installs it, an ASGI server,
    and the packages that are named; a fresh one without any. Only with `semantic=True` are there
    models."""

    def make(folder: Path, *packages: str, semantic: bool = False) -> Environment:
        extra = readme.extra(semantic=semantic)
        return environment.make(folder / "venv", wheel, "uvicorn", *packages, extra=extra)

    def together(folder: Path) -> None:
        make(folder, *TOGETHER)

    def new(*packages: str, semantic: bool = False) -> Environment:
        folder = tmp_path_factory.mktemp("host")
        if not packages:
            return make(folder, semantic=semantic)
        assert set(packages) <= set(TOGETHER)
        return Environment(made_once("hosts", together) / "venv", folder)

    return new


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """`serve(project, …)`: as `Project.serve`, until the module's tests are done. Then the server
    must have ended in order, and complained of nothing."""
    started: list[Served] = []
    with ExitStack() as stack:

        def start(project: Project, **options: Any) -> Served:
            served = project.serve(**options)
            stack.callback(served.stop)
            started.append(served)
            return served

        yield start
    for served in started:
        said = served.output()
        assert "Application shutdown complete." in said
        assert not COMPLAINT.search(said), said
