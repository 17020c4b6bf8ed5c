"""The documentation says what the code does, names nothing that is gone, and builds.

The system checks have a page and a test of their own in tests/checks, Python is in test_python.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.management import BaseCommand, load_command_class
from django.dispatch import Signal
from django.template import Context, Template

from chatkit import conf, exceptions, signals, urls
from chatkit.values import RATE_GROUPS

from .pages import DOCS, PAGES, ROOT, fences, read


class TestFiles:
    FILE = re.compile(
        r"(?<![\w./-])((?:chatkit|mseller|tests|deploy)/[\w./-]+\.(?:py|ts|md|mjs|po))\b"
    )
    # What a reader makes, such as Italian, and what is the SDK's.
    OTHERS = re.compile(r"/it[/.]|^chatkit/server\.py")

    def test_each_that_pages_and_code_name_exists(self) -> None:
        """In code, too: a comment that names a file is read by somebody who looks for it."""
        code = [*(ROOT / "chatkit").rglob("*.py"), *(ROOT / "mseller").rglob("*.py")]
        code += (ROOT / "chatkit" / "frontend" / "src").rglob("*.ts")
        named = {
            (path.name, file)
            for path in [*PAGES, ROOT / "README.md", *code]
            for file in self.FILE.findall(path.read_text("utf-8"))
        }
        assert len(named) > 50
        missing = [each for each in named if not (ROOT / each[1]).exists()]
        assert [each for each in sorted(missing) if not self.OTHERS.search(each[1])] == []


def test_runs_are_told_with_the_codes_names() -> None:
    """The page that explains them names classes, which are apt to change."""
    named = re.findall(r"`([A-Z]\w+)`", read("explanation/runs.md"))
    code = "".join(path.read_text("utf-8") for path in (ROOT / "chatkit/selfhosted").rglob("*.py"))
    assert len(named) > 3
    assert [name for name in named if not re.search(rf"^class {name}\b", code, re.M)] == []


class TestSettings:
    PAGE = read("reference/settings.md")
    TABLE = PAGE.partition("<!-- settings:")[2].partition("<!-- end of settings")[0]

    def test_the_table_is_the_codes(self) -> None:
        rows = []
        for setting in conf.SETTINGS:
            default = "empty" if setting.default == "" else f"`{setting.default!r}`"
            rows.append(f"| `{setting.name}` | {default} | {setting.help} | {setting.expects} |")
        assert [line for line in self.TABLE.splitlines() if line.startswith("| `")] == rows

    def test_headings_are_settings(self) -> None:
        headings = re.findall(r"^## (.+)$", self.PAGE, re.M)
        assert [heading for heading in headings if heading not in conf.BY_NAME] == []

    def test_what_may_be_given_in_part(self) -> None:
        sentence = next(line for line in self.PAGE.splitlines() if "in part" in line)
        assert set(re.findall(r"`([A-Z_]+)`", sentence)) == conf.MERGED

    def test_each_is_read_by_something(self) -> None:
        files = [*(ROOT / "chatkit").glob("*.py"), *(ROOT / "chatkit").glob("[!fc]*/**/*.py")]
        files += (ROOT / "chatkit" / "contrib").rglob("*.py")
        tables = [ROOT / "chatkit" / "conf.py", ROOT / "chatkit" / "values" / "__init__.py"]
        code = "".join(path.read_text("utf-8") for path in files if path not in tables)
        names = [*conf.BY_NAME, *RATE_GROUPS]
        assert [name for name in names if not re.search(rf"[\"']{name}[\"']", code)] == []

    @pytest.mark.parametrize("text", fences("python"))
    def test_examples_name_settings_that_exist_and_take_the_values(self, text: str) -> None:
        if not re.search(r"^CHATKIT = ", text, re.M):
            return
        found: dict[str, Any] = {"BASE_DIR": ROOT, "INSTALLED_APPS": [], "_": str}
        exec(compile(text, "example", "exec"), found)
        given = found["CHATKIT"]
        assert [name for name in given if name not in conf.BY_NAME] == []
        assert [name for name in given if not conf.BY_NAME[name].accepts(given[name])] == []


class TestHttp:
    PAGE = read("reference/http.md")

    def test_the_addresses_are_the_codes(self) -> None:
        rows = re.findall(r"^\| `([a-z-]+)` \| `([^`]+)` \|", self.PAGE, re.M)
        assert rows == [(entry.name, str(entry.pattern)) for entry in urls.urlpatterns]

    def test_the_errors_are_the_codes(self) -> None:
        rows = re.findall(r"^\| (\d{3}) \| `(\w+)` \| (.+) \|$", self.PAGE, re.M)
        assert sorted(rows) == sorted(
            (str(status), code, str(message))
            for code, (status, message) in exceptions.CODES.items()
        )


class TestCommands:
    PAGE = read("reference/commands.md")
    SECTIONS = dict(re.findall(r"^## (\w+)\n((?s:.*?))(?=^## |\Z)", PAGE, re.M))

    def test_the_commands_are_the_codes(self) -> None:
        files = (ROOT / "chatkit" / "management" / "commands").glob("[!_]*.py")
        assert sorted(self.SECTIONS) == sorted(path.stem for path in files)

    @pytest.mark.parametrize("name", sorted(SECTIONS))
    def test_the_options_are_the_codes(self, name: str) -> None:
        def options(command: BaseCommand) -> set[str]:
            actions = command.create_parser("manage.py", name)._actions
            return {option for action in actions for option in action.option_strings}

        own = options(load_command_class("chatkit", name)) - options(BaseCommand())
        assert set(re.findall(r"^\| `(--[\w-]+)", self.SECTIONS[name], re.M)) == own


class TestSignals:
    def test_the_signals_are_the_codes(self) -> None:
        named = re.findall(r"^\| `(\w+)` \|", read("reference/signals.md"), re.M)
        ours = [name for name, value in vars(signals).items() if isinstance(value, Signal)]
        assert sorted(named) == sorted(ours)

    def test_the_arguments_are_those_that_are_sent(self) -> None:
        rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", read("reference/signals.md"), re.M)
        sent = dict(self.sent())
        assert {name: re.findall(r"`(\w+)`", cell) for name, cell in rows} == sent

    @staticmethod
    def sent() -> Iterator[tuple[str, list[str]]]:
        """Each signal of ours that is sent, with its arguments beside `sender`."""
        for path in (ROOT / "chatkit").glob("[!f]*/**/*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    signal = getattr(node.func.value, "id", "")
                    if node.func.attr.startswith("send") and hasattr(signals, signal):
                        given = [str(each.arg) for each in node.keywords]
                        yield signal, [name for name in given if name != "sender"]


class TestExamples:
    @pytest.mark.parametrize("text", fences("html"))
    def test_templates_parse(self, text: str) -> None:
        if "{%" in text and "{% load" not in text:
            text = "{% load chatkit %}" + text
        if "{% chatkit" not in text:
            Template(text).render(Context())
        else:
            Template(text)


@pytest.mark.parametrize("text", fences("python"))
def test_no_list_of_an_example_has_dots_for_what_is_there(text: str) -> None:
    """They are Python, too: whoever takes the line over has an app or an address named `...`."""
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a part of something, which test_python knows
        return
    lists = [node for node in ast.walk(tree) if isinstance(node, ast.List)]
    dots = [each for node in lists for each in node.elts if getattr(each, "value", 0) is Ellipsis]
    assert dots == []


@pytest.mark.parametrize("text", fences("js"))
def test_an_element_in_the_page_is_waited_for(text: str) -> None:
    """Its script is loaded beside the page, so that its methods may not be there yet."""
    found = re.search(r"document\.(getElementById|querySelector)\(.*\)\.setOptions", text)
    assert not found or "whenDefined" in text[: found.start()]


class Scripts(HTMLParser):
    """The tags that load chatkit.js, as their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "chatkit/chatkit.js" in (dict(attrs).get("src") or ""):
            self.found.append(dict(attrs))


def test_the_script_is_loaded_as_the_tag_loads_it() -> None:
    """Not as a module: from another origin a browser would want the static files' consent."""
    (ours,) = Scripts(
        Template("{% load chatkit %}{% chatkit_script %}").render(Context({"request": None}))
    ).found
    documented = [
        (page.name, tag)
        for page in [*PAGES, ROOT / "README.md"]
        for tag in Scripts(page.read_text("utf-8").replace("`", " ")).found
    ]
    assert len(documented) >= 4
    how = {name: value for name, value in ours.items() if name in ("async", "defer", "type")}
    for page, tag in documented:
        assert tag.keys() - ours.keys() == set(), page
        assert {name: tag.get(name) for name in ("async", "defer", "type") if name in tag} == how, (
            page
        )


class Outside(HTMLParser):
    """What a browser would fetch for a page from elsewhere."""

    LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(self.LOADED.get(tag, ""), "") or ""
        if re.match(r"(?:https?:)?//", address):
            self.found.append(f"{tag} {address}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx", reason="the group docs is not installed")
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    done = subprocess.run(
        [*command, "-b", "html", "-d", str(folder / "trees"), str(DOCS), str(folder / "html")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.mark.slow
class TestBuild:
    def test_every_page_is_built_without_a_warning(self, built: Path) -> None:
        pages = [(built / page.relative_to(DOCS)).with_suffix(".html") for page in PAGES]
        missing = [page for page in pages if not page.exists()]
        assert missing == []

    def test_readers_fetch_nothing_from_elsewhere(self, built: Path) -> None:
        outside = Outside()
        for page in built.rglob("*.html"):
            outside.feed(page.read_text("utf-8"))
        assert outside.found == []
        styles = "".join(path.read_text("utf-8") for path in built.rglob("*.css"))
        assert re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//\S+", styles) == []
