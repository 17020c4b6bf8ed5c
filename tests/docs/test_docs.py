"""The documentation says what the code does, names nothing that is gone, and builds.

The system checks have a page and a test of their own, in test_checks.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import BaseCommand, load_command_class
from django.dispatch import Signal
from django.template import Context, Template

from chatkit import conf, exceptions, signals, urls

ROOT = Path(settings.BASE_DIR)
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FENCE = re.compile(r"^```(?:\{code-block\} )?(\w+)\n((?::\w+: .*\n)*)\n?((?s:.*?))^```$", re.M)
DOTTED = re.compile(r"`(chatkit(?:\.\w+)+)[`(]")
IMPORT = re.compile(r"^from (chatkit[\w.]*) import (.+?)(?:  #.*)?$", re.M)
OURS = {path.name.partition(".")[0] for path in (ROOT / "chatkit").iterdir()}


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def fences(*languages: str) -> list[Any]:
    """The code blocks in these languages, each a pytest.param named after its page."""
    return [
        pytest.param(text, id=f"{page.relative_to(DOCS)}:{number}")
        for page in PAGES
        for number, (language, _options, text) in enumerate(FENCE.findall(page.read_text("utf-8")))
        if language in languages
    ]


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
        code = "".join(path.read_text("utf-8") for path in files if path.name != "conf.py")
        names = [*conf.BY_NAME, *conf.RATE_GROUPS]
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


class TestPython:
    PAGE = read("reference/python.md")
    MODULES = dict(re.findall(r"^## (chatkit\.\w+)\n((?s:.*?))(?=^## |\Z)", PAGE, re.M))

    @pytest.mark.parametrize("module", sorted(MODULES))
    def test_what_is_listed_is_there(self, module: str) -> None:
        text = self.MODULES[module]
        listed = re.findall(r"^`(\w+)[`(]", text, re.M)
        if module == "chatkit.models":
            listed = re.findall(r"`(\w+)`", text.partition(". ")[0])
        found = importlib.import_module(module)
        assert listed
        assert [name for name in listed if not hasattr(found, name)] == []

    def test_the_engines_doors_are_there(self) -> None:
        from chatkit.selfhosted.engine import DjangoChatKitServer
        from chatkit.selfhosted.runs.context import ChatContext

        engine = self.PAGE.partition("## The engine")[2]
        overrides, _, context = engine.partition("`context` is a")
        for name in re.findall(r"^\| `(\w+)` \|", overrides, re.M):
            assert hasattr(DjangoChatKitServer, name), name
        cells = re.findall(r"^\| (`.+`) \| ", context, re.M)
        fields = set(ChatContext.__dataclass_fields__) | set(dir(ChatContext))
        named = {name for cell in cells for name in re.findall(r"`(?:await )?(\w+)", cell)}
        assert len(named) >= 8
        assert named - fields == set()

    def test_every_name_of_ours_that_a_page_names_exists(self) -> None:
        missing = []
        for page in PAGES:
            for dotted in DOTTED.findall(page.read_text("utf-8")):
                parts = dotted.split(".")
                if parts[1] in OURS and not _exists(parts):
                    missing.append(f"{page.name}: {dotted}")
        assert missing == []


def _exists(parts: list[str]) -> bool:
    """Whether the dotted name is a module, or what a module holds."""
    for length in range(len(parts), 1, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


class TestExamples:
    @pytest.mark.parametrize("text", fences("python"))
    def test_python_compiles(self, text: str) -> None:
        compile(text, "example", "exec")

    @pytest.mark.parametrize("text", fences("python"))
    def test_what_is_imported_of_ours_is_there(self, text: str) -> None:
        for module, names in re.findall(
            r"^from (chatkit[\w.]*) import (.+?)(?:  #.*)?$", text, re.M
        ):
            found = importlib.import_module(module)
            for name in names.split(","):
                if not hasattr(found, name.strip()):
                    importlib.import_module(f"{module}.{name.strip()}")

    @pytest.mark.parametrize("text", fences("html"))
    def test_templates_parse(self, text: str) -> None:
        if "{%" in text and "{% load" not in text:
            text = "{% load chatkit %}" + text
        if "{% chatkit" not in text:
            Template(text).render(Context())
        else:
            Template(text)


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
