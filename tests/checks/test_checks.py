"""System checks: each id by its cause, with a sentence and a fix; a good site has none."""

from __future__ import annotations

import datetime
import importlib.metadata
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import checks

from chatkit import navigation
from chatkit.checks import packages, paths, site
from chatkit.hosted import sunset

HELP_DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"


@pytest.fixture(autouse=True)
def _built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after `make build`, and on a day before the sunset."""
    script = tmp_path / "chatkit.js"
    script.write_text("")
    monkeypatch.setattr(site, "SCRIPT", script)
    monkeypatch.setattr(sunset, "today", lambda: datetime.date(2026, 11, 1))
    monkeypatch.delenv("LOG_LEVEL", raising=False)


Messages = Callable[..., list[Any]]


@pytest.fixture
def messages(settings: Any) -> Messages:
    """The messages of all our checks, with these entries of CHATKIT changed."""

    def run(**changes: Any) -> list[checks.CheckMessage]:
        settings.CHATKIT = {**settings.CHATKIT, **changes}
        return ours()

    return run


def ours() -> list[checks.CheckMessage]:
    return sorted(checks.run_checks(tags=["chatkit"]), key=lambda message: message.id or "")


def only(found: list[Any], id: str) -> Any:
    """The one message, which has this id, a sentence and a fix."""
    assert [message.id for message in found] == [id]
    (message,) = found
    assert message.msg.rstrip().endswith((".", ")"))
    assert message.hint.endswith(" (docs/checks.md)")
    serious = id.startswith("chatkit.E")
    assert message.level == (checks.ERROR if serious else checks.WARNING)
    return message


def all_ids() -> list[str]:
    """The ids in the sources, by their number."""
    files = Path(packages.__file__).parent.glob("*.py")
    ids = {id for file in files for id in re.findall(r'"(chatkit\.[EW]\d{3})"', file.read_text())}
    assert len(ids) > 20
    return sorted(ids, key=lambda id: id[-3:])


def not_a_function() -> None: ...


class ClassOfRules:
    """Each object of it is true, whoever asks."""

    def __init__(self, user: Any, workflow_id: str) -> None:
        self.user = user


class Awaited:
    async def __call__(self, user: Any, workflow_id: str) -> bool:
        return False


object_that_nobody_awaits = Awaited()


async def rule_that_nobody_awaits(user: Any, workflow_id: str) -> bool:
    return False


NUMBER = 5


class NoServer:
    """A class that is no server."""


class TestGoodSite:
    def test_no_message(self, messages: Messages) -> None:
        assert messages() == []

    @pytest.mark.django_db  # Django 6.1 asks each database what it can do
    def test_all_of_djangos_too(self) -> None:
        assert checks.run_checks() == []

    def test_every_check_has_a_test(self) -> None:
        tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
        assert [id for id in all_ids() if f'"{id}"' not in tests] == []

    def test_every_check_is_documented(self) -> None:
        page = (Path(settings.BASE_DIR) / "docs" / "checks.md").read_text()
        assert re.findall(r"^\| `(chatkit\.\w+)`", page, re.M) == all_ids()


class TestValues:
    def test_wrong_value(self, messages: Messages) -> None:
        message = only(messages(SESSION_SECONDS="long"), "chatkit.E001")
        assert "CHATKIT['SESSION_SECONDS'] is 'long'" in message.msg

    @pytest.mark.parametrize("name", ["WORKFLOWS", "SESSION_OPTIONS", "BASE_TEMPLATE", "ACCESS"])
    def test_a_wrong_value_is_all_that_is_said(self, messages: Messages, name: str) -> None:
        only(messages(**{name: 5}), "chatkit.E001")

    def test_rate_syntax(self, messages: Messages) -> None:
        message = only(messages(RATE_LIMITS={"session": "often"}), "chatkit.E001")
        assert "such as 30/m" in message.msg

    def test_no_dict(self, settings: Any) -> None:
        settings.CHATKIT = [("TITLE", "x")]
        found = ours()
        assert [message.id for message in found] == ["chatkit.E001", "chatkit.W010"]

    def test_unknown_key(self, messages: Messages) -> None:
        message = only(messages(WORKFLOW={}), "chatkit.E002")
        assert message.msg == "CHATKIT['WORKFLOW'] is not a setting."
        assert message.hint.startswith("Did you mean 'WORKFLOWS'? The settings are WORKFLOWS, ")

    @pytest.mark.parametrize(
        "path",
        [
            "nowhere.rule",
            "chatkit.access.nobody",
            "rule",
            "tests.checks.test_checks.NUMBER",
            "tests.checks.test_checks.not_a_function",
            "tests.checks.test_checks.rule_that_nobody_awaits",
            "tests.checks.test_checks.ClassOfRules",
            "tests.checks.test_checks.object_that_nobody_awaits",
        ],
    )
    def test_access(self, messages: Messages, path: str) -> None:
        assert repr(path) in only(messages(ACCESS=path), "chatkit.E003").msg

    def test_access_module_that_fails(self, messages: Messages) -> None:
        message = only(messages(ACCESS="tests.data.broken_server.rule"), "chatkit.E003")
        assert "RuntimeError: no model today" in message.msg

    @pytest.mark.parametrize("path", ["nowhere.who", "tests.checks.test_checks.not_a_function"])
    def test_authenticate(self, messages: Messages, path: str) -> None:
        assert repr(path) in only(messages(AUTHENTICATE=path), "chatkit.E064").msg

    @pytest.mark.parametrize(
        "cards",
        [
            "nowhere.cards",
            "tests.checks.test_checks.not_a_function",
            [{"title": "x", "colour": "red"}],
        ],
    )
    def test_cards(self, messages: Messages, cards: Any) -> None:
        found = messages(INFO_CARDS=cards)
        assert {message.id for message in found} == {"chatkit.E004"}

    def test_base_url(self, messages: Messages) -> None:
        url = "http://proxy.example/v1"
        only(messages(OPENAI_API_KEY="sk", OPENAI_BASE_URL=url), "chatkit.W006")
        assert messages(OPENAI_API_KEY="sk", OPENAI_BASE_URL="http://127.0.0.1:1/v1") == []
        assert messages(OPENAI_API_KEY="", OPENAI_BASE_URL=url) == []


# SESSION_OPTIONS -> what the sentence names.
WRONG_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"colour": 1}, "['colour'] is not known"),
    ({"rate_limits": 5}, "['rate_limits'] is not a dict"),
    ({"rate_limits": {"max_requests_per_1_minute": "5"}}, "['max_requests_per_1_minute'] is not a"),
    ({"rate_limits": {"max": 5}}, "['rate_limits']['max'] is not known"),
    ({"expires_after": {"seconds": 0}}, "['expires_after']['seconds'] is not"),
    ({"expires_after": {"anchor": "now"}}, "['expires_after']['anchor'] is not"),
    ({"version": 3}, "['version'] is not a text"),
    ({"tracing": True}, "['tracing'] is not a dict"),
    ({"tracing": {"enabled": "no"}}, "['tracing']['enabled'] is not True or False"),
    (
        {"chatkit_configuration": {"file_upload": {"max_file_size": 513}}},
        "['max_file_size'] is not",
    ),
    ({"chatkit_configuration": {"history": {"recent_threads": 0}}}, "['recent_threads'] is not"),
    ({"chatkit_configuration": {"titles": {}}}, "['titles'] is not known"),
    ({"state_variables": 5}, "['state_variables'] is int, not a dict"),
    ({"state_variables": {"a": None}}, "['state_variables']['a'] is NoneType"),
    ({"state_variables": {"a": float("nan")}}, "['state_variables']['a'] is float"),
    ({"state_variables": {"a" * 65: 1}}, "a name that is not a text of 1 to 64"),
    ({"state_variables": "nowhere.variables"}, "'nowhere.variables' cannot be imported"),
    ({"workflows": []}, "['workflows'] is not a dict"),
    ({"workflows": {"wf_x": {}}}, "WORKFLOWS has no such id"),
    ({"workflows": {"wf_x": {}}}, "'wf_x'"),
]
RIGHT_OPTIONS = {
    "expires_after": {"anchor": "created_at", "seconds": 300},
    "rate_limits": {"max_requests_per_1_minute": 5},
    "chatkit_configuration": {
        "automatic_thread_titling": {"enabled": False},
        "file_upload": {"enabled": True, "max_file_size": 512, "max_files": 3},
        "history": {"enabled": True, "recent_threads": 10},
    },
    "version": "3",
    "tracing": {"enabled": False},
    "state_variables": {"company": "ACME", "seats": 3, "ratio": 0.5, "trial": True},
}


class TestSessionOptions:
    @pytest.mark.parametrize(("options", "words"), WRONG_OPTIONS)
    def test_wrong(self, messages: Messages, options: dict[str, Any], words: str) -> None:
        message = only(messages(SESSION_OPTIONS=options), "chatkit.E005")
        assert words in message.msg

    def test_wrong_of_a_workflow(self, messages: Messages, workflow_id: str) -> None:
        options = {"workflows": {workflow_id: {"version": 3}}}
        message = only(messages(SESSION_OPTIONS=options), "chatkit.E005")
        assert f"['workflows'][{workflow_id!r}]['version'] is not a text" in message.msg

    def test_workflows_within_a_workflow(self, messages: Messages, workflow_id: str) -> None:
        options: dict[str, Any] = {"workflows": {workflow_id: {"workflows": {}}}}
        only(messages(SESSION_OPTIONS=options), "chatkit.E005")

    def test_values_are_not_shown(self, messages: Messages) -> None:
        options = {"state_variables": {"token": ["canary"]}}
        assert "canary" not in only(messages(SESSION_OPTIONS=options), "chatkit.E005").msg

    def test_right(self, messages: Messages, workflow_id: str) -> None:
        own = {**RIGHT_OPTIONS, "state_variables": "tests.test_access.everyone"}
        assert messages(SESSION_OPTIONS={**RIGHT_OPTIONS, "workflows": {workflow_id: own}}) == []


class TestAnswerers:
    def test_no_workflow(self, messages: Messages) -> None:
        only(messages(WORKFLOWS={}), "chatkit.W010")

    @pytest.mark.parametrize("id", ["w" * 65, "wf 1", "wf\n", "wf\x00"])
    def test_bad_id(self, messages: Messages, id: str) -> None:
        assert repr(id) in only(messages(WORKFLOWS={id: HELP_DESK}), "chatkit.E011").msg

    def test_longest_id(self, messages: Messages) -> None:
        assert messages(WORKFLOWS={"w" * 64: HELP_DESK}) == []

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("OpenAI", "is not a dotted path"),
            ("nowhere.Server", "There is no module 'nowhere'"),
            ("nowhere.at.all.Server", "cannot be imported"),
            ("mseller.nowhere.Server", "There is no module 'mseller.nowhere'"),
            ("chatkit.selfhosted.helpdesk.HelpDesk", "has no class 'HelpDesk'"),
            ("tests.checks.test_checks.Missing", "has no class 'Missing'"),
            ("tests.checks.test_checks.NUMBER", "has no class 'NUMBER'"),
        ],
    )
    def test_no_such_class(self, messages: Messages, path: str, words: str) -> None:
        message = only(messages(WORKFLOWS={"wf_1": path}), "chatkit.E012")
        assert words in message.msg
        assert "'wf_1'" in message.msg

    def test_class_is_looked_up_without_import(self, messages: Messages) -> None:
        """A module that would fail is not run: its source names the class."""
        sys.modules.pop("tests.data.broken_server", None)
        assert messages(WORKFLOWS={"wf_1": "tests.data.broken_server.Server"}) == []
        only(messages(WORKFLOWS={"wf_1": "tests.data.broken_server.Other"}), "chatkit.E012")
        assert "tests.data.broken_server" not in sys.modules

    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ("class Server: pass", True),
            ("from x import Server", True),
            ("from x import Other as Server", True),
            ("from x import *", True),
            ("Server = make()", True),
            ("def __getattr__(name): ...", True),
            ("class (", True),
            ("from x import Server as Other", False),
            ("import Server.x", False),
            ("print(Server)", False),
        ],
    )
    def test_names_of_a_source(self, tmp_path: Path, source: str, found: bool) -> None:
        file = tmp_path / "module.py"
        file.write_text(source)
        assert paths._may_define(file, "Server") is found

    def test_no_server(self, messages: Messages) -> None:
        import chatkit.selfhosted.engine  # noqa: F401  (so that the base is loaded)

        only(messages(WORKFLOWS={"wf_1": "tests.checks.test_checks.NoServer"}), "chatkit.E013")

    def test_no_key(self, messages: Messages) -> None:
        found = messages(WORKFLOWS={"wf_1": "openai"}, OPENAI_API_KEY=" ")
        assert [message.id for message in found] == ["chatkit.E014", "chatkit.W018"]
        assert "Set CHATKIT['OPENAI_API_KEY'], or" in found[0].hint

    @pytest.mark.parametrize("key", ["", "sk-a b", "sk-“1”"])
    def test_the_assistant_asks_openai_too(self, messages: Messages, key: str) -> None:
        own = {"wf_1": "chatkit.selfhosted.assistant.AssistantServer"}
        only(messages(WORKFLOWS=own, OPENAI_API_KEY=key), "chatkit.E014")
        near = "http://127.0.0.1:8001/v1"
        assert messages(WORKFLOWS=own, OPENAI_API_KEY=key, OPENAI_BASE_URL=near) == []

    def test_traces_without_a_key(
        self, messages: Messages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        found = only(messages(TRACING=True, OPENAI_API_KEY=""), "chatkit.W076")
        assert "Set CHATKIT['OPENAI_API_KEY'], or" in found.hint
        assert messages(TRACING=True, OPENAI_API_KEY="sk") == []
        monkeypatch.setenv("OPENAI_API_KEY", "sk")
        assert messages(TRACING=True, OPENAI_API_KEY="") == []

    def test_no_sdk(self, messages: Messages, monkeypatch: pytest.MonkeyPatch) -> None:
        from chatkit.checks import answerers

        monkeypatch.setattr(answerers, "find_spec", lambda name: None)
        assert "pip install" in only(messages(), "chatkit.E015").hint
        found = messages(WORKFLOWS={"wf_1": "openai"}, OPENAI_API_KEY="sk")
        assert [message.id for message in found] == ["chatkit.W018"]

    @pytest.fixture
    def _only_the_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As where no app has articles of its own."""
        from chatkit.checks import answerers

        monkeypatch.setattr(answerers, "registered", lambda: ())

    def test_an_app_has_articles(self, messages: Messages) -> None:
        assert messages(KNOWLEDGE_DIR=None) == []

    @pytest.mark.usefixtures("_only_the_folder")
    def test_no_folder(self, messages: Messages, tmp_path: Path) -> None:
        only(messages(KNOWLEDGE_DIR=tmp_path / "nowhere"), "chatkit.E016")
        assert "help desk" in only(messages(KNOWLEDGE_DIR=None), "chatkit.W017").msg
        own = {"wf_1": "mseller.assistant.SupportServer"}
        assert messages(KNOWLEDGE_DIR=None, WORKFLOWS=own) == []

    @pytest.mark.usefixtures("_only_the_folder")
    def test_empty_folder(self, messages: Messages, tmp_path: Path) -> None:
        (tmp_path / "en").mkdir()
        (tmp_path / "en" / "notes.txt").write_text("x")
        only(messages(KNOWLEDGE_DIR=tmp_path), "chatkit.W017")
        (tmp_path / "en" / "orders.md").write_text("# Orders")
        assert messages(KNOWLEDGE_DIR=str(tmp_path)) == []

    def test_articles_without_a_folder_of_their_language(
        self, messages: Messages, tmp_path: Path
    ) -> None:
        (tmp_path / "orders.md").write_text("# Orders")
        assert messages(KNOWLEDGE_DIR=tmp_path) == []

    @pytest.mark.usefixtures("_only_the_folder")
    def test_folder_that_is_no_language(self, messages: Messages, tmp_path: Path) -> None:
        (tmp_path / "English").mkdir()
        (tmp_path / "English" / "orders.md").write_text("# Orders")
        only(messages(KNOWLEDGE_DIR=tmp_path), "chatkit.W017")

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("cafe.md", "# Café".encode("latin-1"), "utf-8"),
            ("My orders.md", b"# Orders", "a-z"),
            ("long.md", b"x" * (512 * 1024 + 1), "512 KiB"),
        ],
    )
    def test_article_left_out(
        self, messages: Messages, tmp_path: Path, name: str, content: bytes, words: str
    ) -> None:
        (tmp_path / "orders.md").write_text("# Orders")
        (tmp_path / name).write_bytes(content)
        said = only(messages(KNOWLEDGE_DIR=tmp_path), "chatkit.W019").msg
        assert name in said
        assert words in said


class TestSunset:
    HOSTED = {"WORKFLOWS": {"wf_1": "openai", "wf_2": HELP_DESK}, "OPENAI_API_KEY": "sk"}

    def test_before_and_after(self, messages: Messages, monkeypatch: pytest.MonkeyPatch) -> None:
        before = only(messages(**self.HOSTED), "chatkit.W018")
        monkeypatch.setattr(sunset, "today", lambda: datetime.date(2026, 12, 1))
        after = only(messages(**self.HOSTED), "chatkit.W018")
        assert before.msg != after.msg
        for message in (before, after):
            assert "2026-11-30" in message.msg
            assert "wf_1" in message.msg
            assert "wf_2" not in message.msg
            assert "chatkit_import" in message.hint
            assert "docs/leaving-agent-builder.md" in message.hint

    def test_silenced(self, messages: Messages, settings: Any) -> None:
        settings.SILENCED_SYSTEM_CHECKS = ["chatkit.W018"]
        assert all(message.is_silenced() for message in messages(**self.HOSTED))


class TestSite:
    def test_urls(self, messages: Messages, settings: Any) -> None:
        settings.ROOT_URLCONF = "tests.data.urls_without_chatkit"
        ids = [message.id for message in messages()]
        assert "chatkit.E020" in ids
        assert set(ids) <= {"chatkit.E020", "chatkit.E025", "chatkit.W027"}

    def test_a_site_may_do_without_djangos_admin(self, messages: Messages, settings: Any) -> None:
        settings.ROOT_URLCONF = "chatkit.urls"  # as such a site includes them, less the namespace
        leads = [message.msg for message in messages() if message.id == "chatkit.E025"]
        assert [text for text in leads if "admin:" in text] == []

    def test_broken_urls_are_djangos_to_report(self, messages: Messages, settings: Any) -> None:
        settings.ROOT_URLCONF = "tests.data.broken_server"
        assert messages() == []

    @pytest.mark.parametrize("app", ["django.contrib.sessions", "django.contrib.auth"])
    def test_app(self, messages: Messages, monkeypatch: pytest.MonkeyPatch, app: str) -> None:
        monkeypatch.setattr(apps, "is_installed", lambda name: name != app)
        assert app in only(messages(), "chatkit.E021").msg

    @pytest.mark.parametrize("charset", ["iso-8859-1", "cp1252", "utf-16", "no encoding", None])
    def test_charset(self, messages: Messages, settings: Any, charset: Any) -> None:
        settings.DEFAULT_CHARSET = charset
        message = only(messages(), "chatkit.E079")
        assert repr(charset) in message.msg
        assert 'set it to "utf-8"' in message.hint

    @pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
    def test_the_charset_of_django(self, messages: Messages, settings: Any, charset: str) -> None:
        settings.DEFAULT_CHARSET = charset
        assert messages() == []

    @pytest.mark.parametrize(
        ("kept", "ids"),
        [
            ("django.contrib.sessions.backends.db", ["chatkit.E021"]),
            ("django.contrib.sessions.backends.cached_db", ["chatkit.E021"]),
            ("mseller.login_sessions", ["chatkit.E021"]),  # which uses that table, too
            ("django.contrib.sessions.backends.signed_cookies", []),
            ("django.contrib.sessions.backends.cache", []),
            ("django.contrib.sessions.backends.file", []),
        ],
    )
    def test_sessions_that_need_no_table(
        self,
        messages: Messages,
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
        kept: str,
        ids: list[str],
    ) -> None:
        settings.SESSION_ENGINE = kept
        monkeypatch.setattr(apps, "is_installed", lambda name: name != "django.contrib.sessions")
        assert [message.id for message in messages()] == ids

    @pytest.mark.parametrize("name", ["SessionMiddleware", "AuthenticationMiddleware"])
    def test_middleware(self, messages: Messages, settings: Any, name: str) -> None:
        settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if name not in path]
        assert name in only(messages(), "chatkit.E022").msg

    def test_middleware_of_their_own(self, messages: Messages, settings: Any) -> None:
        own = "tests.data.middleware.OwnSessionMiddleware"
        settings.MIDDLEWARE = [
            own if "SessionMiddleware" in path else path for path in settings.MIDDLEWARE
        ]
        assert messages() == []

    @pytest.mark.parametrize(
        ("source", "id"),
        [
            (None, "chatkit.E023"),
            ("{% block content %}", "chatkit.E023"),
            ("{% extends 'nowhere.html' %}", "chatkit.E023"),
            ("<p></p>", "chatkit.E024"),
            ("{% block main %}{% endblock %}", "chatkit.E024"),
        ],
    )
    def test_base_template(
        self, messages: Messages, settings: Any, tmp_path: Path, source: str | None, id: str
    ) -> None:
        self.add_template(settings, tmp_path, source)
        assert "our_base.html" in only(messages(BASE_TEMPLATE="our_base.html"), id).msg

    @pytest.mark.parametrize(
        "source",
        [
            "{% block content %}{% endblock %}",
            "{% block page %}{% block content %}{% endblock %}{% endblock %}",
            "{% extends 'base.html' %}",
            "{% extends unknown_here %}",
        ],
    )
    def test_good_base_template(
        self, messages: Messages, settings: Any, tmp_path: Path, source: str
    ) -> None:
        self.add_template(settings, tmp_path, source)
        assert messages(BASE_TEMPLATE="our_base.html") == []

    def add_template(self, settings: Any, folder: Path, source: str | None) -> None:
        if source is not None:
            (folder / "our_base.html").write_text(source)
        (engine,) = settings.TEMPLATES
        settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], folder]}]

    def test_no_base_template(self, messages: Messages) -> None:
        assert messages(BASE_TEMPLATE=None) == []

    def test_navigation(self, messages: Messages) -> None:
        with navigation.register_temporarily("home", "x", "nowhere", icon="x", order=1):
            found = messages()
        assert [message.id for message in found] == ["chatkit.E025"] * 2

    def test_script(
        self, messages: Messages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(site, "SCRIPT", tmp_path / "nowhere.js")
        assert "make build" in only(messages(), "chatkit.W026").hint


def test_script_is_where_it_is_built() -> None:
    """Read before the fixture changed it."""
    assert SCRIPT.parts[-4:] == ("chatkit", "static", "chatkit", "chatkit.js")


SCRIPT = site.SCRIPT


class Installed:
    """A distribution with these files in its RECORD."""

    def __init__(self, folder: Path, *files: str) -> None:
        self.folder = folder
        self.files = [importlib.metadata.PackagePath(file) for file in files]

    def locate_file(self, path: str) -> Path:
        return self.folder / path


class TestPackages:
    @pytest.fixture
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        found: dict[str, Any] = {}
        monkeypatch.setattr(packages, "_found", found.get)
        return found

    def test_module_of_ours_named_like_theirs(
        self, messages: Messages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files = {"chatkit/models/__init__.py", "chatkit/server.py"}
        monkeypatch.setattr(packages, "_our_files", lambda: files)
        assert "chatkit/server.py" in only(messages(), "chatkit.E030").msg

    def test_package_of_ours_named_like_theirs(
        self, messages: Messages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(packages, "_our_files", lambda: {"chatkit/store/__init__.py"})
        only(messages(), "chatkit.E030")

    def test_new_module_of_theirs(self, messages: Messages, installed: dict[str, Any]) -> None:
        """A later SDK brings a file that is ours: pip overwrites it without a word."""
        installed["openai-chatkit"] = Installed(
            Path("/x"), "chatkit/__init__.py", "chatkit/py.typed", "chatkit/models/__init__.py"
        )
        assert "chatkit/models/__init__.py" in only(messages(), "chatkit.E030").msg

    def test_both_as_wheels(self, messages: Messages, installed: dict[str, Any]) -> None:
        site_packages = packages.FOLDER.parent
        installed["mseller-chatkit"] = Installed(
            site_packages, "chatkit/__init__.py", "chatkit/py.typed", "chatkit/models/__init__.py"
        )
        installed["openai-chatkit"] = Installed(
            site_packages,
            "chatkit/__init__.py",
            "chatkit/py.typed",
            "chatkit/server.py",
            "chatkit/models/__pycache__/__init__.cpython-311.pyc",
            "openai_chatkit-1.6.5.dist-info/RECORD",
        )
        assert messages() == []

    def test_our_checkout_is_read(self) -> None:
        files = packages._our_files()
        assert {"chatkit/models/__init__.py", "chatkit/checks/__init__.py"} <= files
        assert "chatkit/frontend/__init__.py" not in files

    def test_sdk_names_are_up_to_date(self) -> None:
        recorded = packages._recorded(importlib.metadata.distribution("openai-chatkit"))
        names = {packages._module(file) for file in recorded} - {"__init__", "py"}
        assert names == packages.SDK_NAMES

    def test_stranger(self, messages: Messages, installed: dict[str, Any]) -> None:
        installed["django-chatkit"] = Installed(Path("/x"), "chatkit/views.py")
        assert "pip uninstall django-chatkit" in only(messages(), "chatkit.E031").hint

    def test_log_level(
        self, messages: Messages, monkeypatch: pytest.MonkeyPatch, installed: dict[str, Any]
    ) -> None:
        monkeypatch.setenv("LOG_LEVEL", "DEBUG")
        assert messages() == []
        installed["openai-chatkit"] = Installed(Path("/x"))
        only(messages(), "chatkit.W032")
