"""Checks of what is installed: the import name `chatkit` is shared with OpenAI's SDK."""

from __future__ import annotations

import os
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

from django.core.checks import CheckMessage, Error, Warning

from .page import register

OURS = "mseller-chatkit"
SDK = "openai-chatkit"
STRANGER = "django-chatkit"
FOLDER = Path(__file__).resolve().parent.parent
SHARED = {"chatkit/__init__.py", "chatkit/py.typed"}
# Top-level names of the SDK, for where it is not installed.
SDK_NAMES = {
    *("actions", "agents", "errors", "icons", "logger"),
    *("server", "store", "types", "version", "widgets"),
}


def _found(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _recorded(found: Distribution | None) -> set[str]:
    """The files under chatkit/ that a distribution's RECORD names, without compiled ones."""
    files = (found.files if found else None) or []
    return {
        str(PurePosixPath(file))
        for file in files
        if file.parts[:1] == ("chatkit",) and "__pycache__" not in file.parts
    }


def _our_files() -> set[str]:
    """Our files: by RECORD where we are installed, from the folder in a checkout."""
    installed = _found(OURS)
    if installed and Path(str(installed.locate_file("chatkit"))).resolve() == FOLDER:
        return _recorded(installed)
    return {f"chatkit/{entry.name}" for entry in FOLDER.iterdir() if entry.suffix == ".py"} | {
        f"chatkit/{entry.name}/__init__.py"
        for entry in FOLDER.iterdir()
        if (entry / "__init__.py").is_file()
    }


@register("chatkit")
def check_shared_name() -> list[CheckMessage]:
    """E030: a module of ours is named like one of the SDK's, so that one hides the other."""
    ours, sdk = _our_files(), _recorded(_found(SDK))
    sdk_names = {_module(file) for file in sdk} - {"__init__", "py"} | SDK_NAMES
    both = (ours & sdk) - SHARED
    both |= {file for file in ours if _module(file) in sdk_names}
    return [
        Error(
            f"{file} belongs to {OURS} and to {SDK}.",
            hint=f"Install the versions that go together: pip install --force-reinstall "
            f'"{OURS}[selfhosted]". In a checkout, rename our module.',
            id="chatkit.E030",
        )
        for file in sorted(both)
    ]


def _module(file: str) -> str:
    """The top-level module that a file belongs to: `server` for chatkit/server.py."""
    return PurePosixPath(file).parts[1].partition(".")[0]


@register("chatkit")
def check_stranger() -> list[CheckMessage]:
    """E031: another distribution that imports as `chatkit` is installed."""
    if _found(STRANGER) is None:
        return []
    return [
        Error(
            f"The distribution {STRANGER} is installed: it overwrites files of {OURS}.",
            hint=f"Run `pip uninstall {STRANGER}`, then reinstall {OURS}.",
            id="chatkit.E031",
        )
    ]


@register("chatkit")
def check_log_level() -> list[CheckMessage]:
    """W032: the SDK takes LOG_LEVEL for itself."""
    if not os.environ.get("LOG_LEVEL") or _found(SDK) is None:
        return []
    return [
        Warning(
            "LOG_LEVEL is set in the environment: the ChatKit SDK reads it when it is loaded and "
            "adds a handler of its own, so that lines appear twice.",
            hint="Name the variable for your own level otherwise, such as DJANGO_LOG_LEVEL.",
            id="chatkit.W032",
        )
    ]
