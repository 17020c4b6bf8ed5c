"""The files of deploy/ agree with each other, with the settings and with what the docs show."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from django.http.request import validate_host

from chatkit import conf
from chatkit.asgi import SHUTDOWN_SECONDS

from ..tools import nginx
from . import deployed
from .deployed import DEPLOY, NAME
from .stack import Stack

ROOT = DEPLOY.parent
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
(SERVE,) = deployed.commands("mseller.service")


def option(name: str) -> str:
    return SERVE[SERVE.index(name) + 1]


def copied_by(folder: Path, copied: list[Path]) -> bool:
    return any(folder.is_relative_to(one) for one in copied)


class TestUnits:
    @pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
    def test_systemd_understands_them(self, tmp_path: Path) -> None:
        for name in UNITS:
            text = (DEPLOY / "systemd" / name).read_text("utf-8")
            (tmp_path / name).write_text(text.replace(deployed.PYTHON, sys.executable))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
            capture_output=True,
            text=True,
        )
        own = [line for line in done.stderr.splitlines() if "mseller" in line]
        assert own == []

    @pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
    def test_each_runs_as_the_site_with_its_environment(self, name: str) -> None:
        unit = deployed.unit(name)
        assert unit["User"] == unit["Group"] == ["mseller"]
        assert unit["EnvironmentFile"] == ["/etc/mseller.env"]
        assert unit["WorkingDirectory"] == ["/srv/mseller"]
        assert {command[0] for command in deployed.commands(name)} == {deployed.PYTHON}

    @pytest.mark.parametrize("name", UNITS)
    def test_what_is_to_be_enabled_can_be(self, name: str) -> None:
        text = (DEPLOY / "systemd" / name).read_text("utf-8")
        if re.search(rf"systemctl enable.*{name.removesuffix('.service')}", text):
            assert "\n[Install]\nWantedBy=" in text

    @pytest.mark.parametrize("name", ["mseller.service", "mseller-worker.service"])
    def test_vectors_of_articles_can_be_kept(self, name: str) -> None:
        """Where the containers keep them, too; the rest of the system is read-only."""
        unit = deployed.unit(name)
        (folder,) = re.findall(r"XDG_CACHE_HOME=(\S+)", deployed.containerfile())
        assert unit["Environment"] == [f"XDG_CACHE_HOME={folder}"]
        assert [f"/var/cache/{name}" for name in unit["CacheDirectory"]] == [folder]

    def test_there_is_time_for_an_orderly_end(self) -> None:
        grace = int(option("--timeout-graceful-shutdown"))
        (limit,) = deployed.unit("mseller.service")["TimeoutStopSec"]
        assert grace + SHUTDOWN_SECONDS < int(limit)

    def test_two_processes_listen_where_nginx_asks(self) -> None:
        assert option("--workers") == "2"
        address = f"server {option('--host')}:{option('--port')};"
        assert address in (DEPLOY / "nginx.conf").read_text("utf-8")

    def test_uploads_fit_through_nginx(self) -> None:
        found = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
        assert found
        assert int(found[1]) * 1024 * 1024 > conf.get("ATTACHMENTS")["max_size"]

    @pytest.mark.parametrize(
        "name",
        [name for name in UNITS if name.endswith(".service") and name != "mseller.service"],
    )
    def test_commands_exist(self, name: str) -> None:
        from django.core.management import get_commands

        for _python, script, command, *_options in deployed.commands(name):
            assert script == "manage.py"
            assert command in {*get_commands(), "db_worker", "prune_db_task_results"}


class TestEnvironment:
    def test_it_names_known_variables_once(self) -> None:
        text = (DEPLOY / "mseller.env").read_text("utf-8")
        names = re.findall(r"^#?([A-Z_]+)=", text, re.M)
        example = (ROOT / ".env.example").read_text("utf-8")
        assert len(names) == len(set(names)) > 10
        assert [name for name in names if not re.search(rf"^#?{name}=", example, re.M)] == []

    def test_check_deploy_has_nothing_to_say(self) -> None:
        done = self.check(SECRET_KEY=os.urandom(40).hex())
        assert done.returncode == 0, done.stdout
        assert "no issues (0 silenced)" in done.stdout

    def test_the_key_can_not_be_forgotten(self) -> None:
        done = self.check()
        assert done.returncode == 1
        assert "SECRET_KEY is not set" in done.stdout

    def check(self, **environ: str) -> subprocess.CompletedProcess[str]:
        """The first command of a release, where each warning counts too."""
        command = deployed.commands("mseller-release.service")[0]
        command = [sys.executable, *command[1:3], "--deploy", "--fail-level", "WARNING"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            command,
            cwd=ROOT,
            env=kept | deployed.environment() | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


class TestContainers:
    """Not built and not started here: what can be read of them is compared."""

    def test_it_serves_as_the_unit_does(self) -> None:
        found = re.search(r"^CMD (\[.*\])$", deployed.containerfile(), re.M)
        assert found
        command: list[str] = json.loads(found[1])
        host = command.index("--host") + 1
        assert [*command[1:host], *command[host + 1 :]] == [
            *SERVE[1 : SERVE.index("--host") + 1],
            *SERVE[SERVE.index("--host") + 2 :],
        ]

    def test_the_folder_of_the_guide_can_be_written_to(self) -> None:
        """Also where the rest of the system is read-only: that of several processes' figures."""
        guide = (ROOT / "docs" / "howto" / "monitoring.md").read_text("utf-8")
        found = re.search(r"^PROMETHEUS_MULTIPROC_DIR=(/run/(\w+)/\w+)$", guide, re.M)
        assert found
        assert deployed.unit("mseller.service")["RuntimeDirectory"] == [found[2]]
        yaml = pytest.importorskip("yaml")
        services: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
        mounted = [place.partition(":") for place in services["web"]["tmpfs"]]
        (options,) = [options for path, _, options in mounted if path == f"/run/{found[2]}"]
        (uid,) = re.findall(r"useradd .*--uid (\d+)", deployed.containerfile())
        assert f"uid={uid}" in options.split(",")

    def test_what_it_copies_is_here(self) -> None:
        lines = re.findall(r"^COPY (?!--from)(.+) \S+$", deployed.containerfile(), re.M)
        sources = [source for line in lines for source in line.split()]
        assert len(sources) >= 5
        assert [source for source in sources if not (ROOT / source).exists()] == []

    def test_it_copies_each_folder_that_is_built(self) -> None:
        build = (ROOT / "chatkit" / "frontend" / "build.mjs").read_text("utf-8")
        folders = re.findall(r'path\.join\(here, "\.\./(.+)"\)', build)
        built = {(ROOT / "chatkit" / "x" / ".." / folder).resolve() for folder in folders}
        assert len(built) >= 5
        lines = re.findall(r"^COPY --from=frontend (\S+) (\S+)$", deployed.containerfile(), re.M)
        assert all(source == f"/srv/mseller/{target}" for source, target in lines)
        copied = [(ROOT / target).resolve() for _source, target in lines]
        assert [folder for folder in built if not copied_by(folder, copied)] == []

    def test_no_key_and_no_database_gets_into_an_image(self) -> None:
        ignored = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
        assert {".git", ".venv", "**/.env", "**/.env.*", "**/*.sqlite3*", "media"} <= set(ignored)

    def test_compose_fits_its_specification(self) -> None:
        yaml = pytest.importorskip("yaml")
        library: Any = pytest.importorskip("compose_spec")
        compose: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
        library.PyCompose.from_json(json.dumps(compose))
        compose["services"]["web"]["restrat"] = "always"
        with pytest.raises(ValueError, match="restrat"):
            library.PyCompose.from_json(json.dumps(compose))

    def test_the_schedule_and_the_worker_do_what_the_units_do(self) -> None:
        yaml = pytest.importorskip("yaml")
        services: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
        shell = services["schedule"]["command"][2]
        units = ("mseller-prune.service", "mseller-rollup.service")
        scheduled = [" ".join(one[1:]) for name in units for one in deployed.commands(name)]
        assert sorted(scheduled) == sorted(re.findall(r"manage\.py .*", shell))
        (worker,) = deployed.commands("mseller-worker.service")
        assert services["worker"]["command"][1:] == worker[1:]
        assert services["worker"]["environment"]["TASKS"] == "database"
        (limit,) = deployed.unit("mseller-worker.service")["TimeoutStopSec"]
        assert f"{services['worker']['stop_grace_period']}in" == limit

    def test_compose(self) -> None:
        yaml = pytest.importorskip("yaml")
        compose: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
        services = compose["services"]
        web = services["web"]
        assert (DEPLOY / web["build"]["context"] / web["build"]["dockerfile"]).resolve().is_file()
        assert web["env_file"] == deployed.unit("mseller.service")["EnvironmentFile"][0]
        (limit,) = deployed.unit("mseller.service")["TimeoutStopSec"]
        assert web["stop_grace_period"] == f"{limit}s"
        mounted = [volume.partition(":")[0] for volume in services["nginx"]["volumes"]]
        assert all((DEPLOY / path).is_file() for path in mounted if path.startswith("."))
        known = set(compose["volumes"])
        known_networks = {"default", *compose["networks"]}
        for service in services.values():
            named = {volume.partition(":")[0] for volume in service.get("volumes", [])}
            assert {name for name in named if name[0] not in "./"} <= known
            assert set(service.get("depends_on", {})) <= set(services)
            assert set(service.get("networks", {})) <= known_networks

    def test_nginx_finds_the_site_by_its_name(self, tmp_path: Path) -> None:
        """Also after a crash of `web`: a network that is another container's ends with that one."""
        yaml = pytest.importorskip("yaml")
        compose: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
        services = compose["services"]
        assert [name for name, one in services.items() if "network_mode" in one] == []
        assert [name for name, one in services.items() if "ports" in one] == ["nginx"]
        inside = [name for name, one in services.items() if "front" in one.get("networks", {})]
        assert inside == ["web", "nginx"]
        # Their addresses stay when they are started again, and uvicorn believes nginx alone.
        web, front = (services[name]["networks"]["front"]["ipv4_address"] for name in inside)
        (network,) = compose["networks"]["front"]["ipam"]["config"]
        assert {ip_address(web), ip_address(front)} <= set(ip_network(network["subnet"]).hosts())
        assert services["web"]["environment"]["FORWARDED_ALLOW_IPS"] == front
        assert set(services["worker"]["environment"]) < set(services["web"]["environment"])
        # What the container starts with.
        (mounted,) = [
            volume.split(":")[1]
            for volume in services["nginx"]["volumes"]
            if volume.startswith("./nginx.conf:")
        ]
        *_, script = services["nginx"]["command"]
        made = tmp_path / "default.conf"
        script = deployed.put(
            script,
            {
                mounted: str(DEPLOY / "nginx.conf"),
                "/etc/nginx/conf.d/default.conf": str(made),
                "exec nginx -g 'daemon off;'": "",
            },
        )
        subprocess.run(["sh", "-c", script], check=True)
        upstream = re.search(r"upstream mseller \{.*?\}", made.read_text("utf-8"), re.S)
        assert upstream
        assert re.findall(r"^\s*server (.+);$", upstream[0], re.M) == ["web:8000"]

    @pytest.mark.parametrize(
        ("allowed", "host"),
        [
            ("chat.example.com,10.0.0.1", "chat.example.com"),
            (".example.com", "example.com"),
            ("*", "localhost"),
        ],
    )
    def test_the_probe_asks_for_a_name_that_is_allowed(self, allowed: str, host: str) -> None:
        asked: list[str] = []

        class Site(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.headers["Host"])
                self.send_response(200)
                self.end_headers()

        with HTTPServer(("127.0.0.1", 0), Site) as server:
            threading.Thread(target=server.handle_request).start()
            *_, program = deployed.health_probe()
            here = deployed.put(program, {":8000": f":{server.server_port}"})
            done = subprocess.run(
                [sys.executable, "-c", here], env={**os.environ, "ALLOWED_HOSTS": allowed}
            )
        assert (done.returncode, asked) == (0, [host])
        assert validate_host(asked[0], allowed.split(","))


def test_the_name_is_the_same_everywhere() -> None:
    assert deployed.environment()["ALLOWED_HOSTS"] == NAME
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert set(re.findall(r"server_name ([^;]+);", text)) == {NAME}


def test_nginx_logs_no_address_that_is_a_key(tmp_path: Path) -> None:
    if nginx.executable() is None or shutil.which("openssl") is None:
        pytest.skip("there is no nginx, or no openssl")
    stack = Stack(tmp_path, "", "")
    shared = "/apps/chatkit/shared/canary/"
    try:
        stack.start_nginx()
        for path, referer in (
            (shared, ""),
            (f"/accounts/login/?next={shared}", ""),
            (f"/accounts/login/?next={shared.replace('/', '%2F')}", ""),
            ("/accounts/login/", f"https://{NAME}/accounts/login/?next={shared}"),
            ("/accounts/password_reset/MQ/canary/", ""),
            ("/api/chatkit/attachments/atc_1?purpose=x&token=canary", ""),
            ("/accounts/password_reset/", ""),  # no key
        ):
            # The application is away, which is logged apart.
            assert stack.ask("GET", path, Referer=referer).status == 502
        assert stack.ask_plainly(stack.http, shared).status == 308
    finally:
        stack.stop()
    logged = (tmp_path / "access.log").read_text("utf-8")
    assert "GET /accounts/password_reset/ " in logged
    assert "canary" not in logged
    errors = (tmp_path / "nginx.log").read_text("utf-8")
    assert f'"GET {shared}' not in errors
    assert "/accounts/password_reset/MQ" not in errors


class TestGuide:
    PAGE = (ROOT / "docs" / "howto" / "deploy.md").read_text("utf-8")

    def test_it_shows_every_file(self) -> None:
        shown = set(re.findall(r"^```\{literalinclude\} \.\./\.\./deploy/(\S+)$", self.PAGE, re.M))
        files = {str(path.relative_to(DEPLOY)) for path in DEPLOY.rglob("*") if path.is_file()}
        files = {name for name in files if not name.startswith("kubernetes/")}
        assert shown == files - {"Containerfile.dockerignore"}

    def test_the_commands_of_its_shell_blocks_exist(self) -> None:
        blocks = re.findall(r"^```console\n((?s:.*?))^```$", self.PAGE, re.M)
        lines = [line for block in blocks for line in block.splitlines()]
        assert len(lines) > 10
        makes = re.findall(r"^([a-z-]+):.*?##", (ROOT / "Makefile").read_text("utf-8"), re.M)
        for line in lines:
            words = line.removeprefix("# ").split()
            for word in words:
                if word.startswith("deploy/"):
                    assert (ROOT / word.rstrip("/*")).exists(), line
                if word.endswith((".service", ".timer")):
                    assert Path(word).name in UNITS, line
            if "make" in words:
                assert words[-1] in makes, line
