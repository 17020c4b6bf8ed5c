"""The Makefile and the tools behind it."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

import polib
import pytest
from django.conf import settings

from mseller.tools import console, dotenv, frontend, install, messages, pins, serve
from tests import conftest

ROOT = Path(settings.BASE_DIR)
MAKE = shutil.which("make") or "make"


def make(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run make in a copy of the Makefile, apart from the real environment."""
    shutil.copy(ROOT / "Makefile", folder)
    return subprocess.run(
        [MAKE, *arguments], cwd=folder, env=environ, capture_output=True, text=True
    )


def a_python(folder: Path, version: tuple[int, int]) -> None:
    """A `python3` that says it is of another version."""
    (folder / "fake").mkdir()
    (folder / "fake" / "sitecustomize.py").write_text(
        f"import sys\nsys.version_info = ({version[0]}, {version[1]}, 0)\n", "utf-8"
    )
    python = folder / "bin" / "python3"
    python.write_text(
        f'#!/bin/sh\nPYTHONPATH={folder / "fake"} exec {sys.executable} "$@"\n', "utf-8"
    )
    python.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder whose `bin` holds what make itself needs, and no Python."""
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "awk", "env"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


class TestMakefile:
    def test_make_alone_lists_every_target_with_its_help(self, tmp_path: Path) -> None:
        listed = make(tmp_path, PATH=os.environ["PATH"]).stdout
        for target in (
            "run",
            "test",
            "test-fast",
            "check",
            "lint",
            "types",
            "build",
            "dist",
            "bench",
            "matrix",
        ):
            assert re.search(rf"^  make {target} +[A-Z].{{10,}}", listed, re.MULTILINE), target

    def test_every_target_that_is_not_a_step_has_help(self) -> None:
        rules = re.findall(r"^([a-z-]+):(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
        steps = {name for name, rest in rules if "##" not in rest}
        assert all(name.startswith("install-") or name == "built" for name in steps)

    def test_without_python_one_sentence_says_so(self, bare: Path) -> None:
        done = make(bare, "run", PATH=str(bare / "bin"))
        assert done.returncode
        assert done.stderr.splitlines()[0] == (
            "Python 3.11 or newer, with its venv module, is needed; found: none."
        )

    def test_a_python_too_old_is_named(self, bare: Path) -> None:
        a_python(bare, (3, 9))
        done = make(bare, "run", PATH=str(bare / "bin"))
        assert done.returncode
        first = done.stderr.splitlines()[0]
        assert first.startswith("Python 3.11 or newer, with its venv module, is needed; found:")
        assert first.endswith("(3.9).")
        assert "Traceback" not in done.stderr

    def test_the_fast_tests_are_those_without_a_mark(self) -> None:
        recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ntest-fast:")[2]
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        marks = [
            line.partition(":")[0] for line in project["tool"]["pytest"]["ini_options"]["markers"]
        ]
        assert f'-m "not ({" or ".join(marks)})"' in recipe.partition("\n\n")[0]

    @pytest.mark.parametrize(
        ("folder", "fixtures", "marks"),
        [
            ("browser", ["chromium", "page"], {"browser"}),
            ("hosts", ["wheel", "dist", "chromium"], {"browser", "hosts", "packaging"}),
            ("production", [], {"production"}),
            ("project", ["dist"], {"packaging"}),
            ("admin", ["db", "user"], set()),
        ],
    )
    def test_marks_are_set_by_folder_and_fixture(
        self, folder: str, fixtures: list[str], marks: set[str]
    ) -> None:
        found: set[str] = set()
        nodeid = f"tests/{folder}/test_it.py::test_it"
        item: Any = SimpleNamespace(nodeid=nodeid, fixturenames=fixtures, add_marker=found.add)
        conftest.pytest_itemcollected(item)
        assert found == marks

    def test_pre_commit_runs_the_steps_of_make_lint(self) -> None:
        recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nlint:")[2].split("\n\n")[0]
        steps = re.findall(r"^\t@(.*)$", recipe.replace("$(PY)", ".venv/bin/python"), re.MULTILINE)
        hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
        assert re.findall(r"^ +entry: (.*)$", hooks, re.MULTILINE) == steps

    def test_ci_runs_make_check(self) -> None:
        script = (ROOT / ".ci" / "run").read_text("utf-8")
        assert script.splitlines()[-1] == "exec make check"
        assert os.access(ROOT / ".ci" / "run", os.X_OK)


class TestInstall:
    def test_mariadb_is_installed_where_the_database_is_one(self) -> None:
        assert install.groups_for({"DATABASE_URL": "mysql://me@localhost/shop"}) == ["mariadb"]
        assert install.groups_for({"TEST_DATABASE_URL": "mysql://me@localhost/shop"}) == ["mariadb"]
        assert install.groups_for({"DATABASE_URL": "sqlite:///x"}) == []
        assert install.groups_for({}) == []

    def test_a_changed_pin_makes_the_group_stale(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = install._stamp("site")
        changed = pins.FILE.read_text("utf-8").replace("uvicorn==", "uvicorn==1")
        (tmp_path / "constraints.txt").write_text(changed, "utf-8")
        build = install._stamp("build")
        monkeypatch.setattr(pins, "FILE", tmp_path / "constraints.txt")
        assert install._stamp("site") != before
        assert install._stamp("build") == build

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (
                "WARNING: Retrying after connection broken by 'X'\nERROR: No matching distribution",
                "The Python package index could not be reached",
            ),
            (
                "ERROR: No matching distribution found for django==99",
                "pip found no built file of django==99 for Python ",
            ),
            ("nothing", "pip could not install the packages: no reason given"),
        ],
    )
    def test_a_failure_is_told_in_one_sentence(self, words: str, sentence: str) -> None:
        reason = install._reason(words, console.ROOT / ".build" / "install.log")
        assert reason.startswith(sentence)
        assert ".build/install.log" in reason
        assert "\n" not in reason

    @pytest.mark.slow
    def test_an_unreachable_index_ends_with_that_sentence(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        with socket.socket() as taken:  # bound but not listening: connections are refused
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/simple"
            for name, value in {"PIP_INDEX_URL": url, "PIP_CONFIG_FILE": os.devnull}.items():
                monkeypatch.setenv(name, value)
            for name in ("PIP_RETRIES", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
                monkeypatch.delenv(name, raising=False)
            monkeypatch.setattr(install, "PYTHON", sys.executable)
            monkeypatch.setattr(install, "ROOT", tmp_path)
            monkeypatch.setattr(pins, "FILE", tmp_path / "constraints.txt")
            monkeypatch.setattr(install, "log_file", lambda name: tmp_path / f"{name}.log")
            name = "a-package-that-is-not-here"
            (tmp_path / "pyproject.toml").write_text(f'[dependency-groups]\nx = ["{name}"]\n')
            missing = pins.Pin(f"{name}==1", ("x",), ("0" * 64,))
            pins.FILE.write_text(pins.text([missing]), "utf-8")
            with pytest.raises(SystemExit) as stopped:
                install._install(["x"])
        assert stopped.value.code == 1
        said = capsys.readouterr().err
        assert said.strip().startswith("The Python package index could not be reached")

    def test_what_the_person_set_for_pip_is_kept(self) -> None:
        kept = install.pip_environment({"PIP_RETRIES": "7", "PIP_USER": "1"})
        assert kept == {"PIP_RETRIES": "7", "PIP_USER": "0"}


class TestFrontend:
    @pytest.fixture
    def project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A front end of one file, whose build writes one file."""
        source = tmp_path / "source"
        source.mkdir()
        (tmp_path / "static").mkdir()
        (tmp_path / ".build").mkdir()
        (source / "build.mjs").write_text(
            "import { writeFileSync, appendFileSync } from 'node:fs';\n"
            "writeFileSync('../static/chatkit.js', 'built');\n"
            "appendFileSync('../builds', 'x');\n",
            "utf-8",
        )
        monkeypatch.setattr(frontend, "ROOT", tmp_path)
        monkeypatch.setattr(frontend, "SOURCE", source)
        monkeypatch.setattr(frontend, "BUILT", (tmp_path / "static",))
        monkeypatch.setattr(frontend, "STAMP", tmp_path / ".build" / "frontend.json")
        monkeypatch.setattr(frontend, "install_modules", lambda node, development: None)
        monkeypatch.setattr(frontend, "log_file", lambda name: tmp_path / f"{name}.log")
        return tmp_path

    def builds(self, project: Path) -> int:
        frontend.build()
        return len((project / "builds").read_text())

    def test_it_builds_once(self, project: Path) -> None:
        assert self.builds(project) == 1
        assert self.builds(project) == 1

    def test_a_changed_source_is_built_again(self, project: Path) -> None:
        assert self.builds(project) == 1
        (project / "source" / "new.ts").write_text("1", "utf-8")
        assert self.builds(project) == 2

    def test_a_changed_test_is_not(self, project: Path) -> None:
        assert self.builds(project) == 1
        (project / "source" / "new.test.ts").write_text("1", "utf-8")
        assert self.builds(project) == 1

    def test_a_lost_file_is_built_again(self, project: Path) -> None:
        assert self.builds(project) == 1
        (project / "static" / "chatkit.js").unlink()
        assert self.builds(project) == 2

    def test_a_failing_build_says_why(self, project: Path, capsys: Any) -> None:
        (project / "source" / "build.mjs").write_text("throw new Error('no icon')", "utf-8")
        with pytest.raises(SystemExit):
            frontend.build()
        said = capsys.readouterr().err
        assert "no icon" in said
        assert "The front end could not be built" in said

    @pytest.mark.parametrize(
        ("present", "match"),
        [
            ({"node_modules/lit": {"version": "3.3.3"}}, True),
            ({"node_modules/lit": {"version": "3.3.2"}}, False),
            ({}, False),
            (
                {"node_modules/lit": {"version": "3.3.3"}, "node_modules/x": {"version": "1"}},
                False,
            ),
        ],
    )
    def test_modules_that_match_the_lock_file_are_kept(
        self, project: Path, present: dict[str, Any], match: bool
    ) -> None:
        wanted = {
            "": {},
            "node_modules/lit": {"version": "3.3.3"},
            "node_modules/for-another-system": {"version": "1.0.0", "optional": True},
        }
        source = project / "source"
        (source / "node_modules").mkdir()
        (source / "package-lock.json").write_text(json.dumps({"packages": wanted}), "utf-8")
        lock = source / "node_modules" / ".package-lock.json"
        lock.write_text(json.dumps({"packages": present}), "utf-8")
        assert frontend._modules_match(development=True) is match

    @pytest.mark.parametrize("development", [False, True])
    def test_a_build_does_without_the_packages_of_development(
        self, project: Path, development: bool
    ) -> None:
        wanted = {"node_modules/lit": {"version": "1"}, "node_modules/biome": {"dev": True}}
        source = project / "source"
        (source / "node_modules").mkdir()
        (source / "package-lock.json").write_text(json.dumps({"packages": wanted}), "utf-8")
        lock = source / "node_modules" / ".package-lock.json"
        lock.write_text(json.dumps({"packages": {"node_modules/lit": {"version": "1"}}}), "utf-8")
        assert frontend._modules_match(development) is not development


class TestMessages:
    @pytest.fixture
    def catalog(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(messages, "ROOT", tmp_path)
        monkeypatch.setattr(messages, "APPS", (tmp_path,))
        path = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        po = polib.POFile()
        po.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
        po.append(polib.POEntry(msgid="Log in", msgstr="Iniciar sesión"))
        po.append(polib.POEntry(msgid="Guess", msgstr="Conjetura", flags=["fuzzy"]))
        po.save(str(path))
        return path

    def test_a_catalog_is_compiled_without_its_fuzzy_entries(self, catalog: Path) -> None:
        messages.compile_changed()
        compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(catalog.with_suffix(".mo"))}
        assert compiled == {"Log in": "Iniciar sesión"}

    def test_only_a_newer_catalog_is_compiled(self, catalog: Path) -> None:
        messages.compile_changed()
        compiled = catalog.with_suffix(".mo")
        compiled.write_bytes(b"kept")
        messages.compile_changed()
        assert compiled.read_bytes() == b"kept"
        later = compiled.stat().st_mtime + 5
        os.utime(catalog, (later, later))
        messages.compile_changed()
        assert compiled.read_bytes() != b"kept"

    def test_a_broken_catalog_is_named(self, catalog: Path, capsys: Any) -> None:
        catalog.write_text('msgid "a"\nnonsense\n', "utf-8")
        with pytest.raises(SystemExit):
            messages.compile_changed()
        assert "django.po is not a sound message catalog" in capsys.readouterr().err

    @pytest.mark.parametrize("catalog", messages.catalogs(), ids=lambda path: str(path))
    def test_our_own_catalogs_are_complete(self, catalog: Path) -> None:
        entries = polib.pofile(str(catalog), check_for_duplicates=True)
        assert entries.translated_entries()
        assert [entry.msgid for entry in entries.untranslated_entries()] == []
        assert [entry.msgid for entry in entries.fuzzy_entries()] == []


class TestDotenv:
    def test_it_is_written_once_with_a_key_of_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DOT_ENV_DIR", str(tmp_path))
        dotenv.write()
        written = (tmp_path / ".env").read_text("utf-8")
        assert re.search(r"^SECRET_KEY=[\w-]{60,}$", written, re.MULTILINE)
        assert "DEBUG=on" in written.splitlines()
        assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
        dotenv.write()
        assert (tmp_path / ".env").read_text("utf-8") == written


class TestServe:
    @pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "８０"])
    def test_a_port_that_is_none_is_refused(
        self, port: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        monkeypatch.setenv("PORT", port)
        with pytest.raises(SystemExit):
            serve.address()
        assert "a port is a number from 1 to 65535" in capsys.readouterr().err

    def test_the_address_has_defaults(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("HOST", raising=False)
        monkeypatch.setenv("PORT", "")
        assert serve.address() == ("127.0.0.1", 8000)

    def test_a_used_port_is_named_with_another(self, capsys: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(SystemExit):
                serve.listen("127.0.0.1", port)
        said = capsys.readouterr().err
        assert f"Port {port} at 127.0.0.1 is already in use" in said
        assert "make run PORT=" in said

    def test_a_host_that_is_not_ours_is_refused(self, capsys: Any) -> None:
        with pytest.raises(SystemExit):
            serve.listen("203.0.113.1", 8000)
        assert "not an address of this machine" in capsys.readouterr().err

    def test_a_port_of_the_system_is_explained(self) -> None:
        said = serve._cannot_listen(OSError(errno.EACCES, "Permission denied"), "127.0.0.1", 80)
        assert said == "This user may not listen on port 80: choose one from 1024 on."


class TestServing:
    @pytest.fixture
    def environ(self, tmp_path: Path) -> dict[str, str]:
        """A machine of its own: a port, a database, nothing of the real environment."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        (tmp_path / "extra").mkdir()
        (tmp_path / "extra" / "outside.py").write_text(
            "from chatkit.selfhosted.helpdesk import HelpDeskServer\n"
            "class Desk(HelpDeskServer):\n    pass\n",
            "utf-8",
        )
        return {
            "PATH": os.environ["PATH"],
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "READ_DOT_ENV": "off",
            "SECRET_KEY": "k" * 50,
            "DEBUG": "on",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
            "PYTHONPATH": str(tmp_path / "extra"),
            "CHATKIT_WORKFLOW_SERVER": "outside.Desk",
        }

    def start(self, environ: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "mseller.tools.serve"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @pytest.mark.slow
    def test_it_tells_the_address_when_it_answers_and_ends_at_once(
        self, environ: dict[str, str]
    ) -> None:
        server = self.start(environ)
        try:
            assert server.stdout is not None
            said = ""
            for line in server.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            url = f"http://127.0.0.1:{environ['PORT']}/"
            assert f"The site is at {url}" in said
            assert "demo / demo" in said
            assert "admin / admin" in said
            with urlopen(f"{url}accounts/login/", timeout=20) as page:
                assert page.status == 200
            server.send_signal(signal.SIGINT)
            begun = time.monotonic()
            rest = server.communicate(timeout=20)[0]
            assert time.monotonic() - begun < 5
            assert "Traceback" not in rest
        finally:
            server.kill()
            server.communicate()

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"SECRET_KEY": "", "DEBUG": "off"}, "SECRET_KEY is not set."),
            ({"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, "The database (sqlite)"),
        ],
    )
    def test_what_is_wrong_is_said_without_a_traceback(
        self, environ: dict[str, str], changed: dict[str, str], sentence: str
    ) -> None:
        server = self.start(environ | changed)
        said = server.communicate(timeout=60)[0]
        assert server.returncode == 1
        assert sentence in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8000/"), ("::1", "http://[::1]:8000/")],
)
def test_the_announcement_names_the_address(host: str, url: str) -> None:
    said = serve.announcement(host, 8000, "demo / demo (ordinary user)\n").splitlines()
    assert said == [
        "",
        f"The site is at {url}",
        "Log in as",
        "  demo / demo (ordinary user)",
        "Press Ctrl-C to end it.",
    ]


@pytest.mark.parametrize("target", ["test", "test-fast"])
def test_what_tests_need_is_installed_before_they_look_for_it(tmp_path: Path, target: str) -> None:
    """On a fresh machine, too, axe judges the pages."""
    told = make(tmp_path, "-n", target, PATH=os.environ["PATH"]).stdout
    assert -1 < told.index("mseller.tools.frontend install") < told.index("-m pytest")
    assert told.index("mseller.tools.install") < told.index("mseller.tools.frontend install")
