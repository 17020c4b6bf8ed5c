"""deploy/kubernetes: valid by Kubernetes' schemas, and at one with the code. Applied nowhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.management import get_commands
from django.urls import resolve

from chatkit import conf, health
from chatkit.asgi import SHUTDOWN_SECONDS

from . import deployed
from .deployed import DEPLOY, NAME

yaml = pytest.importorskip("yaml")
ROOT = DEPLOY.parent
FOLDER = DEPLOY / "kubernetes"
FILES = sorted(set(FOLDER.glob("*.yaml")) - {FOLDER / "kustomization.yaml"})
OLDEST, NEWEST = "1.30", "1.37"
PAGE = (ROOT / "docs" / "howto" / "kubernetes.md").read_text("utf-8")


def objects(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


OBJECTS = {
    f"{one['kind']}/{one['metadata']['name']}": one for path in FILES for one in objects(path)
}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """What each object says of its pods."""
    for name, one in OBJECTS.items():
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield name, spec["template"]


PODS = dict(pods())
BOXES = [
    pytest.param(box, id=f"{name}:{box['name']}")
    for name, pod in PODS.items()
    for box in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"])
]
OURS = [param for param in BOXES if cast("Any", param.values[0])["image"] == "mseller"]
WEB = PODS["Deployment/web"]["spec"]
(SERVER,) = WEB["containers"]


def settings_env() -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", (FOLDER / "settings.env").read_text(), re.M))


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("name", list(OBJECTS))
def test_it_fits_the_schema(name: str, version: str) -> None:
    validate: Any = pytest.importorskip("kubernetes_validate").validate
    validate(OBJECTS[name], version, strict=True)


def test_a_schema_refuses_what_is_misspelt() -> None:
    library: Any = pytest.importorskip("kubernetes_validate")
    wrong = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a"},
        "spec": {"prots": []},
    }
    with pytest.raises(Exception, match="prots"):
        library.validate(wrong, NEWEST, strict=True)


def test_kustomize_builds_all_of_it() -> None:
    program = shutil.which("kubectl")
    if program is None:
        pytest.skip("there is no kubectl")
    done = subprocess.run([program, "kustomize", str(FOLDER)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    assert len(built) == len(OBJECTS) + 1  # the settings
    assert {one["metadata"]["namespace"] for one in built} == {"mseller"}
    (web,) = [
        one for one in built if (one["kind"], one["metadata"]["name"]) == ("Deployment", "web")
    ]
    (box,) = web["spec"]["template"]["spec"]["containers"]
    assert re.fullmatch(r"registry\.example\.com/mseller:[\d.]+", box["image"])
    assert re.fullmatch(r"settings-\w+", box["envFrom"][0]["configMapRef"]["name"])


def test_each_file_is_part_of_it() -> None:
    (whole,) = objects(FOLDER / "kustomization.yaml")
    assert sorted(whole["resources"]) == [path.name for path in FILES]
    files = {f"kubernetes/{path.name}" for path in FOLDER.iterdir()}
    shown = set(re.findall(r"^```\{literalinclude\} \.\./\.\./deploy/(\S+)$", PAGE, re.M))
    assert shown == files


class TestPods:
    @pytest.mark.parametrize("box", BOXES)
    def test_they_may_do_nothing_that_they_need_not(self, box: Any) -> None:
        security = box["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert set(box["resources"]) == {"requests", "limits"}

    @pytest.mark.parametrize("name", list(PODS))
    def test_they_are_nobody_of_importance(self, name: str) -> None:
        spec = PODS[name]["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] >= 999
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        claims = {
            claim["metadata"]["name"]
            for claim in OBJECTS[name]["spec"].get("volumeClaimTemplates", [])
        }
        known = {volume["name"] for volume in spec.get("volumes", [])} | claims
        for box in (*spec.get("initContainers", []), *spec["containers"]):
            assert {mount["name"] for mount in box["volumeMounts"]} <= known

    @pytest.mark.parametrize("box", OURS)
    def test_ours_are_the_user_of_the_image_and_have_secrets_by_reference(self, box: Any) -> None:
        assert "--uid 10001 " in deployed.containerfile()
        sources = [next(iter(source.items())) for source in box["envFrom"]]
        assert sources == [
            ("configMapRef", {"name": "settings"}),
            ("secretRef", {"name": "mseller"}),
        ]
        named = {one["name"] for one in box["env"]}
        assert named <= {"ALLOWED_HOSTS", "POD_IP"}
        allowed = [one["value"] for one in box["env"] if one["name"] == "ALLOWED_HOSTS"]
        assert allowed in ([NAME], [f"{NAME},$(POD_IP)"])
        folders = {mount["mountPath"] for mount in box["volumeMounts"]}
        assert folders <= {"/tmp", "/var/cache/mseller", "/var/lib/mseller/media"}

    @pytest.mark.parametrize("box", OURS)
    def test_their_commands_exist(self, box: Any) -> None:
        python, script, command, *_options = box["command"]
        assert python == ".venv/bin/python"
        if box is SERVER:
            assert [script, command] == ["-m", "uvicorn"]
            return
        assert script == "manage.py"
        assert command in {*get_commands(), "db_worker", "prune_db_task_results"}

    def test_no_secret_is_in_a_file(self) -> None:
        known = settings_env()
        assert not {"SECRET_KEY", "DATABASE_URL", "OPENAI_API_KEY", "METRICS_TOKEN"} & set(known)
        example = (ROOT / ".env.example").read_text("utf-8")
        of_uvicorn = {"FORWARDED_ALLOW_IPS"}
        missing = [key for key in known if not re.search(rf"^#?{key}=", example, re.M)]
        assert set(missing) == of_uvicorn
        secrets = set(re.findall(r"--from-literal=([A-Z_]+)=", PAGE))
        assert {"SECRET_KEY", "DATABASE_URL", "METRICS_TOKEN"} == secrets
        assert not any(one["kind"] == "Secret" for one in OBJECTS.values())


class TestWeb:
    def test_it_is_served_as_the_unit_does_by_one_process(self) -> None:
        (unit,) = deployed.commands("mseller.service")
        words = [word for option in SERVER["command"] for word in option.split("=")]
        left_out = ["--workers", "2", "--timeout-worker-healthcheck", "60"]
        kept = [word for word in unit[1:] if word not in left_out]
        assert [word.replace("0.0.0.0", "127.0.0.1") for word in words[1:]] == kept

    def test_probes_ask_what_they_should(self) -> None:
        asked = {
            name: resolve(SERVER[f"{name}Probe"]["httpGet"]["path"]).func
            for name in ("startup", "liveness", "readiness")
        }
        assert asked["readiness"] is health.health
        assert asked["liveness"] is asked["startup"] is health.live

    def test_there_is_time_for_an_orderly_end(self) -> None:
        (grace,) = [int(word.partition("=")[2]) for word in SERVER["command"] if "graceful" in word]
        pause = int(SERVER["lifecycle"]["preStop"]["exec"]["command"][1])
        whole = WEB["terminationGracePeriodSeconds"]
        assert pause + grace + SHUTDOWN_SECONDS < whole
        # What the readiness probe needs to notice is no longer than the pause.
        probe = SERVER["readinessProbe"]
        assert probe["periodSeconds"] * probe["failureThreshold"] < pause
        assert f"is {pause} seconds" in PAGE

    def test_who_belongs_to_it(self) -> None:
        labels = PODS["Deployment/web"]["metadata"]["labels"]
        assert OBJECTS["Service/web"]["spec"]["selector"].items() <= labels.items()
        budget = OBJECTS["PodDisruptionBudget/web"]["spec"]
        assert budget["selector"]["matchLabels"].items() <= labels.items()
        scaled = OBJECTS["HorizontalPodAutoscaler/web"]["spec"]
        assert scaled["scaleTargetRef"]["name"] == "web"
        assert scaled["minReplicas"] >= 2 > budget["maxUnavailable"]
        assert "replicas" not in OBJECTS["Deployment/web"]["spec"]  # else each apply sets them back
        (rule,) = OBJECTS["Ingress/web"]["spec"]["rules"]
        assert rule["host"] == NAME
        service = rule["http"]["paths"][0]["backend"]["service"]
        (port,) = OBJECTS["Service/web"]["spec"]["ports"]
        assert (service["name"], service["port"]["name"]) == ("web", port["name"])
        assert port["targetPort"] == SERVER["ports"][0]["name"]

    def test_it_is_scaled_by_a_figure_that_there_is(self) -> None:
        metrics = OBJECTS["HorizontalPodAutoscaler/web"]["spec"]["metrics"]
        (name,) = [one["pods"]["metric"]["name"] for one in metrics if one["type"] == "Pods"]
        source = (ROOT / "chatkit" / "telemetry" / "prometheus.py").read_text("utf-8")
        assert f'"{name}"' in source
        assert f"'{name}{{" in PAGE
        path = PODS["Deployment/web"]["metadata"]["annotations"]["prometheus.io/path"]
        assert resolve(path).url_name == "metrics"

    def test_uploads_fit_through_the_ingress(self) -> None:
        notes = OBJECTS["Ingress/web"]["metadata"]["annotations"]
        sizes = {value for key, value in notes.items() if "body-size" in key}
        assert len(sizes) == 1
        megabytes = int(sizes.pop().removesuffix("m"))
        assert megabytes * 1024 * 1024 > conf.get("ATTACHMENTS")["max_size"]

    def test_probes_and_prometheus_are_answered_without_https(self) -> None:
        """As pods are asked: by address, without TLS and without what a proxy adds."""
        asked = """if True:
            import django
            django.setup()
            from django.test import Client
            for path in ("/api/chatkit/health/live", "/api/chatkit/metrics", "/"):
                print(Client(headers={"host": "10.1.2.3:8000"}).get(path).status_code)
            print(Client().get("/api/chatkit/health/live").status_code)
        """
        environ = settings_env() | {
            "DJANGO_SETTINGS_MODULE": "mseller.settings",
            "READ_DOT_ENV": "off",
            "SECRET_KEY": "k" * 60,
            "ALLOWED_HOSTS": f"{NAME},10.1.2.3",
            "METRICS_TOKEN": "t" * 20,
            "TASKS": "",
            "CACHE_URL": "locmemcache://",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        }
        done = subprocess.run(
            [sys.executable, "-c", asked],
            cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        # The site itself is behind TLS; an address that is not its own is refused.
        assert done.stdout.split() == ["200", "401", "301", "400"], done.stderr
