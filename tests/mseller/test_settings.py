"""The site's settings, read from the environment: the file is run anew for each case, and in a
process of its own where it is to end with an error."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """The settings under this environment and these files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def environ(self, given: dict[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "DOT_ENV_DIR": str(self.folder), "PYTHONPATH": str(ROOT), **given}

    def run(self, **environ: str) -> subprocess.CompletedProcess[str]:
        """Import them in a process of its own."""
        return subprocess.run(
            [sys.executable, "-c", "from mseller import settings"],
            cwd=self.folder,
            env=self.environ(environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def read(self, *names: str, **environ: str) -> Any:
        """The value of one setting, or the list of several, as JSON has them."""
        with mock.patch.dict(os.environ, self.environ({"DEBUG": "on", **environ}), clear=True):
            found = runpy.run_path(str(ROOT / "mseller" / "settings.py"), None, "mseller.settings")
        values = [json.loads(json.dumps(found.get(name), default=str)) for name in names]
        return values[0] if len(values) == 1 else values


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_the_log_is_written_by_lines_that_nobody_can_forge(site: Site) -> None:
    log = site.read("LOGGING")
    assert log["formatters"]["line"]["()"] == "mseller.logs.OneLineFormatter"
    assert {handler["formatter"] for handler in log["handlers"].values()} == {"line"}


class TestFiles:
    def test_dot_env(self, site: Site) -> None:
        site.write(".env", "SESSION_SECONDS=11\n")
        assert site.read("CHATKIT")["SESSION_SECONDS"] == 11

    def test_local_wins_over_dot_env(self, site: Site) -> None:
        site.write(".env", "SESSION_SECONDS=11\nCHATKIT_MODEL=a\n")
        site.write(".env.local", "SESSION_SECONDS=12\n")
        chatkit = site.read("CHATKIT")
        assert (chatkit["SESSION_SECONDS"], chatkit["MODEL"]) == (12, "a")

    def test_environment_wins_over_both(self, site: Site) -> None:
        site.write(".env", "SESSION_SECONDS=11\n")
        site.write(".env.local", "SESSION_SECONDS=12\n")
        assert site.read("CHATKIT", SESSION_SECONDS="13")["SESSION_SECONDS"] == 13

    def test_empty_in_the_environment_counts_as_not_set(self, site: Site) -> None:
        site.write(".env", "OPENAI_API_KEY=sk-file\n")
        chatkit = site.read("CHATKIT", OPENAI_API_KEY="", SESSION_SECONDS="", DATABASE_URL="")
        assert (chatkit["OPENAI_API_KEY"], chatkit["SESSION_SECONDS"]) == ("", 600)

    def test_not_read_when_switched_off(self, site: Site) -> None:
        site.write(".env", "SESSION_SECONDS=11\n")
        assert site.read("CHATKIT", READ_DOT_ENV="off")["SESSION_SECONDS"] == 600


class TestLists:
    """Entries are found however people write them."""

    @pytest.mark.parametrize(
        "name", ["ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECRET_KEY_FALLBACKS"]
    )
    @pytest.mark.parametrize(
        "value",
        [
            "a.example,b.example",
            "a.example, b.example",
            " a.example ,\tb.example, ",
            "a.example,,b.example,",
            '"a.example, b.example"',
            "'a.example', 'b.example'",
            '"a.example","b.example",',
        ],
    )
    def test_entries(self, site: Site, name: str, value: str) -> None:
        assert site.read(name, **{name: value}) == ["a.example", "b.example"]

    def test_in_a_file(self, site: Site) -> None:
        site.write(".env", "ALLOWED_HOSTS=127.0.0.1, localhost\nCSRF_TRUSTED_ORIGINS='a, b' \n")
        values = site.read("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")
        assert values == [["127.0.0.1", "localhost"], ["a", "b"]]

    @pytest.mark.parametrize("value", ["", " ", '""', " , "])
    def test_nothing(self, site: Site, value: str) -> None:
        assert site.read("CSRF_TRUSTED_ORIGINS", CSRF_TRUSTED_ORIGINS=value) == []

    def test_dollar(self, site: Site) -> None:
        given = "$old, $older"
        assert site.read("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS=given) == ["$old", "$older"]


class TestSurroundings:
    """Blanks and quotes around a value are no part of it."""

    @pytest.mark.parametrize("value", ["wf_1", " wf_1 ", '"wf_1"', "'wf_1' "])
    def test_workflow(self, site: Site, value: str) -> None:
        assert list(site.read("CHATKIT", CHATKIT_WORKFLOW_ID=value)["WORKFLOWS"]) == ["wf_1"]

    def test_database_and_key(self, site: Site) -> None:
        url = '"postgres://u:p@db/name"'
        databases, chatkit = site.read(
            "DATABASES", "CHATKIT", DATABASE_URL=url, OPENAI_API_KEY=" sk-1\n"
        )
        assert databases["default"]["NAME"] == "name"
        assert chatkit["OPENAI_API_KEY"] == "sk-1"

    def test_switch(self, site: Site) -> None:
        assert site.read("RATELIMIT_ENABLE", RATELIMIT_ENABLE='"off"') is False

    def test_blank_counts_as_not_set(self, site: Site) -> None:
        assert site.read("CHATKIT", SESSION_SECONDS="  ")["SESSION_SECONDS"] == 600


class TestWhoAnswers:
    def test_default(self, site: Site) -> None:
        ((workflow_id, answerer),) = site.read("CHATKIT")["WORKFLOWS"].items()
        assert workflow_id == "wf_694bcfa27d008190bfea49d38cf488680c8fe335749752f0"
        assert answerer == "chatkit.selfhosted.helpdesk.HelpDeskServer"

    def test_key_and_alias_in_a_file(self, site: Site) -> None:
        site.write(".env.local", "OPENAI_API_KEY=sk-1\nNEXT_PUBLIC_CHATKIT_WORKFLOW_ID=wf_next\n")
        chatkit = site.read("CHATKIT")
        assert chatkit["WORKFLOWS"] == {"wf_next": "openai"}
        assert chatkit["OPENAI_API_KEY"] == "sk-1"

    def test_server(self, site: Site) -> None:
        environ = {"CHATKIT_WORKFLOW_ID": "wf_1", "CHATKIT_WORKFLOW_SERVER": "shop.Server"}
        assert site.read("CHATKIT", **environ)["WORKFLOWS"] == {"wf_1": "shop.Server"}

    def test_key_alone_never_asks_openais_workflow(self, site: Site) -> None:
        (answerer,) = site.read("CHATKIT", OPENAI_API_KEY="sk-1")["WORKFLOWS"].values()
        assert answerer.startswith("chatkit.selfhosted.")


class TestSecrets:
    def test_no_secret_key_in_production(self, site: Site) -> None:
        done = site.run()
        assert done.returncode == 1
        assert "ImproperlyConfigured: SECRET_KEY is not set" in done.stderr

    def test_no_secret_key_in_development(self, site: Site) -> None:
        assert site.read("SECRET_KEY")

    @pytest.mark.parametrize("value", ["$dollar-first", "a$b", "#hash", "with = sign"])
    def test_odd_characters(self, site: Site, value: str) -> None:
        secret, chatkit = site.read("SECRET_KEY", "CHATKIT", SECRET_KEY=value, OPENAI_API_KEY=value)
        assert (secret, chatkit["OPENAI_API_KEY"]) == (value, value)


class TestProduction:
    def test_safe_by_default(self, site: Site) -> None:
        names = ["DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
        values = site.read(*names, "SECURE_SSL_REDIRECT", DEBUG="", SECRET_KEY="k" * 50)
        assert values == [False, [], True, True, True]

    def test_behind_a_proxy(self, site: Site) -> None:
        values = site.read(
            "ALLOWED_HOSTS",
            "CSRF_TRUSTED_ORIGINS",
            "SECURE_PROXY_SSL_HEADER",
            "SECURE_HSTS_SECONDS",
            "DJANGO_LOG_LEVEL",
            DEBUG="off",
            SECRET_KEY="k" * 50,
            ALLOWED_HOSTS="a.example,b.example",
            CSRF_TRUSTED_ORIGINS="https://a.example",
            PROXY_SSL_HEADER="on",
            SECURE_HSTS_SECONDS="3600",
            DJANGO_LOG_LEVEL="WARNING",
        )
        assert values == [
            ["a.example", "b.example"],
            ["https://a.example"],
            ["HTTP_X_FORWARDED_PROTO", "https"],
            3600,
            "WARNING",
        ]

    def test_no_proxy_is_trusted_unasked(self, site: Site) -> None:
        assert site.read("SECURE_PROXY_SSL_HEADER", DEBUG="off", SECRET_KEY="k" * 50) is None

    def test_sqlite_waits_instead_of_failing(self, site: Site) -> None:
        options = site.read("DATABASES")["default"]["OPTIONS"]
        assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
        assert "journal_mode=WAL" in options["init_command"]
        assert "wal_autocheckpoint=4000" in options["init_command"]

    def test_other_database(self, site: Site) -> None:
        database = site.read("DATABASES", DATABASE_URL="postgres://u:p@db/name")["default"]
        assert database["ENGINE"] == "django.db.backends.postgresql"
        assert "OPTIONS" not in database or "transaction_mode" not in database["OPTIONS"]

    @pytest.mark.parametrize(
        ("url", "options"),
        [
            ("mysql://u:p@127.0.0.1/name", {"ssl_disabled": True}),
            ("mysql://u:p@127.0.0.1/name?ssl_ca=ca.pem", {"ssl_ca": "ca.pem"}),
            ("mysql://u:p@db.example/name", {}),
        ],
    )
    def test_tls_is_not_tried_on_this_machine(
        self, site: Site, url: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("pymysql")
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # no mysqlclient
        database = site.read("DATABASES", DATABASE_URL=url)["default"]
        assert database.get("OPTIONS", {}) == options

    def test_rate_of_logins(self, site: Site) -> None:
        assert site.read("LOGIN_RATE") == "10/5m"
        assert site.read("LOGIN_RATE", LOGIN_RATE="3/h") == "3/h"
        wrong = site.run(DEBUG="on", LOGIN_RATE="many")
        assert "LOGIN_RATE is 'many', not a rate such as 10/5m." in wrong.stderr

    def test_mail(self, site: Site) -> None:
        """Read as Django reads them: MAILERS since 6.1, the others before."""

        def read(**environ: str) -> tuple[bool, str, Any, Any]:
            names = ("PASSWORD_RESET", "EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_USE_TLS", "MAILERS")
            reset, backend, host, tls, mailers = site.read(*names, **environ)
            if mailers is not None:
                assert backend is None
                backend = mailers["default"]["BACKEND"]
                options = mailers["default"]["OPTIONS"]
                host, tls = options.get("host"), options.get("use_tls")
            return reset, backend.split(".")[-2], host, tls

        assert read(DEBUG="on") == (True, "console", None, None)
        production = {"DEBUG": "off", "SECRET_KEY": "k" * 50}
        assert read(**production)[0] is False
        production["EMAIL_URL"] = "smtp+tls://u:p@mail.example:587"
        assert read(**production) == (True, "smtp", "mail.example", True)

    def test_limits_can_be_switched_off(self, site: Site) -> None:
        assert site.read("RATELIMIT_ENABLE") is True
        assert site.read("RATELIMIT_ENABLE", RATELIMIT_ENABLE="false") is False

    @pytest.mark.parametrize(
        ("variable", "key"),
        [
            ("CHATKIT_SCRIPT_URL", "SCRIPT_URL"),
            ("CHATKIT_DOMAIN_KEY", "DOMAIN_KEY"),
            ("CHATKIT_MODEL", "MODEL"),
            ("CHATKIT_KNOWLEDGE_DIR", "KNOWLEDGE_DIR"),
            ("OPENAI_BASE_URL", "OPENAI_BASE_URL"),
            ("METRICS_TOKEN", "METRICS_TOKEN"),
        ],
    )
    def test_variable(self, site: Site, variable: str, key: str) -> None:
        assert site.read("CHATKIT", **{variable: "given"})[key] == "given"


def test_every_variable_is_listed() -> None:
    """Each name that settings.py reads stands in .env.example."""
    source = (ROOT / "mseller" / "settings.py").read_text()
    names = set(re.findall(r'(?:env\.\w+|os\.environ\.get)\(\s*"([A-Z_]+)"', source))
    assert {"SECRET_KEY", "OPENAI_API_KEY", "SESSION_SECONDS", "DATABASE_URL"} <= names
    example = (ROOT / ".env.example").read_text()
    assert [name for name in sorted(names) if f"{name}=" not in example] == []


def test_work_outside_requests_is_given_to_a_worker_where_the_site_has_one(site: Site) -> None:
    tasks, apps = site.read("TASKS", "INSTALLED_APPS")
    assert tasks is None
    assert "django_tasks_db" not in apps
    tasks, apps = site.read("TASKS", "INSTALLED_APPS", TASKS="database")
    assert tasks["default"]["BACKEND"] == "django_tasks_db.DatabaseBackend"
    assert "django_tasks_db" in apps
    assert "TASKS is 'redis'" in site.run(TASKS="redis", DEBUG="on").stderr
