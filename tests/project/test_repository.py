"""Rules that hold for every tracked file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TOP = {
    *("manage.py", "pyproject.toml", "mseller", "chatkit", "templates", "static", "tests"),
    *(
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "Makefile",
        "constraints.txt",
        ".env.example",
    ),
    *(".gitignore", ".pre-commit-config.yaml", ".ci", "docs", "deploy"),
}
# Put together here, so that this file does not name what it looks for.
REGISTRIES = re.compile(
    "|".join(
        re.escape(host + end)
        for host, end in (
            ("registry.npmjs", ".org"),
            ("registry.yarnpkg", ".com"),
            ("files.pythonhosted", ".org"),
            ("pypi", ".org"),
            ("deb.debian", ".org"),
        )
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:home/\w+|root|Users/\w+|work)/|[A-Z]:\\\\Users")
BINARY = {".woff2", ".png", ".ico", ".mo", ".gif", ".jpg", ".webp"}


def tracked() -> list[Path]:
    """Every file under version control; an unpacked sdist, which has none, is not tested."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    paths = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts() -> dict[Path, str]:
    """Every tracked text."""
    return {
        path: path.read_text("utf-8") for path in tracked() if path.suffix.lower() not in BINARY
    }


def test_no_file_names_a_package_registry_or_a_path_of_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in texts().items()
        for pattern in (REGISTRIES, MACHINE_PATHS)
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_the_lock_file_holds_hashes_and_no_addresses() -> None:
    packages = json.loads((ROOT / "chatkit/frontend/package-lock.json").read_text("utf-8"))
    entries = {name: entry for name, entry in packages["packages"].items() if name}
    assert entries
    assert [name for name, entry in entries.items() if "resolved" in entry] == []
    assert [name for name, entry in entries.items() if "integrity" not in entry] == []


# The distribution's name begins with the site's.
SITE_NAMES = re.compile(r"\bmseller\b(?!-chatkit)", re.IGNORECASE)
# Addresses by the names that URLs have: only ours and the admin's may be taken for granted.
FOREIGN_URLS = re.compile(
    r"""(?:reverse(?:_or_none)?\(\s*|\{%\s*url\s+)f?["'](?!chatkit(?:_\w+)?:|admin:)[^"']*["']"""
    r"""|href=["']/"""
)


def test_the_app_names_nothing_of_a_site() -> None:
    app = {
        path: text
        for path, text in texts().items()
        if path.is_relative_to(ROOT / "chatkit")
        and not path.is_relative_to(ROOT / "chatkit/frontend")  # in no wheel
    }
    assert len(app) > 100
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in app.items()
        for pattern in (SITE_NAMES, FOREIGN_URLS)
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_the_top_level_holds_what_it_should() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP


def environment_variables() -> list[str]:
    """Every variable that the settings, and who answers, read from the environment."""
    read = re.compile(r"""(?:\benv\.\w+|environ(?:\.get|\b)|\bread)[\[(]\s*"([A-Z_]+)\"""")
    names: set[str] = set()
    for module in (ROOT / "mseller/settings.py", ROOT / "mseller/answerer.py"):
        names.update(read.findall(module.read_text("utf-8")))
    return sorted(names)


def test_the_variables_are_found() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "CHATKIT_WORKFLOW_SERVER", "OPENAI_API_KEY"} <= set(
        environment_variables()
    )


@pytest.mark.parametrize("name", environment_variables())
def test_each_variable_stands_in_the_example(name: str) -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    assert re.search(rf"^#?{name}=", example, re.MULTILINE)


@pytest.mark.parametrize("name", environment_variables())
def test_each_variable_stands_in_the_readme(name: str) -> None:
    assert f"`{name}`" in (ROOT / "README.md").read_text("utf-8")


def test_the_changelog_has_the_version_to_come_and_the_packages() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert re.search(r"^- \S", changelog, re.MULTILINE)
