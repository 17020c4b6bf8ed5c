"""The figures for Prometheus: who may read them, what they count, and that they hold no words."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from chatkit import telemetry
from chatkit.models import Run, Thread
from chatkit.selfhosted.runs import endings, process, recovery

from ..contrib.console.answerers import GO_ON
from ..selfhosted.protocol import Caller, create, disk_is_full, secret_of, until

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/chatkit/metrics"
TOKEN = "t0ken"
Figures = dict[str, float]


@pytest.fixture
def counted(settings: Any) -> Iterator[None]:
    """With a token in the settings."""
    settings.CHATKIT = {
        **settings.CHATKIT,
        "METRICS_TOKEN": TOKEN,
        "PRICES": {"m1": {"input": 1, "output": 10}},
    }
    yield
    telemetry.metrics.cache_clear()


def text() -> str:
    response = Client().get(URL, headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    return response.content.decode()


def figures() -> Figures:
    lines = re.findall(r"^(chatkit_\S+?(?:\{.*\})?) (\S+)$", text(), re.M)
    return {name: float(value) for name, value in lines if "_created" not in name}


def changed(before: Figures) -> Figures:
    """What has grown since, without the buckets and sums of time."""
    now = figures()
    return {
        name: value - before.get(name, 0)
        for name, value in now.items()
        if value != before.get(name, 0) and "_bucket" not in name and "seconds_sum" not in name
    }


@pytest.mark.parametrize(
    ("header", "status"),
    [("", 401), ("Bearer wrong", 401), (f"Basic {TOKEN}", 401), (f"Bearer {TOKEN}é", 401)],
)
def test_only_for_the_token(counted: None, header: str, status: int) -> None:
    response = Client().get(URL, headers={"authorization": header})
    assert response.status_code == status
    assert response["WWW-Authenticate"] == "Bearer"


def test_closed_without_a_token(admin_client: Client) -> None:
    assert admin_client.get(URL, headers={"authorization": "Bearer "}).status_code == 404


def test_not_there_without_the_library(counted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    telemetry.metrics.cache_clear()
    assert Client().get(URL, headers={"authorization": f"Bearer {TOKEN}"}).status_code == 404


def test_an_answer_and_its_session(
    counted: None, settings: Any, user: Any, workflow_id: str
) -> None:
    settings.CHATKIT = {
        **settings.CHATKIT,
        "WORKFLOWS": {workflow_id: "tests.contrib.console.answerers.SpendingServer"},
    }
    GO_ON.set()
    client = Client()
    client.force_login(user)
    before = figures()
    secret = client.post(
        "/api/chatkit/session", {"workflowId": workflow_id}, content_type="application/json"
    ).json()["client_secret"]
    b"".join(Caller(secret).post(create("use 100")).streaming_content)
    name = f'workflow="{workflow_id}"'
    assert changed(before) == {
        f'chatkit_sessions_total{{result="ok",{name}}}': 1,
        f'chatkit_runs_total{{outcome="answered",{name}}}': 1,
        f"chatkit_first_word_seconds_count{{{name}}}": 1,
        f"chatkit_run_seconds_count{{{name}}}": 1,
        f'chatkit_tokens_total{{kind="out",model="m1",{name}}}': 100,
        f'chatkit_cost_total{{model="m1",{name}}}': pytest.approx(0.001),
    }
    assert figures()["chatkit_live_runs"] == figures()["chatkit_open_streams"] == 0
    assert "use 100" not in text()
    assert user.username not in text()


def test_a_failure_by_its_cause_and_never_its_words(
    counted: None, user: Any, workflow_id: str
) -> None:
    thread = Thread.objects.create(user=user, workflow_id=workflow_id)
    before = figures()
    for number, error in enumerate(("RateLimitError 429", "Sorry, Ada: words")):
        telemetry.run_ended(
            telemetry.Ended(
                run_id=f"run_{number}",
                workflow_id=workflow_id,
                kind="threads.create",
                status="failed",
                outcome="failed",
                error=error,
                first_seconds=None,
                seconds=1.0,
                model="",
                tokens_in=0,
                tokens_cached=0,
                tokens_out=0,
            )
        )
    run = Run.objects.create(thread=thread, user=user, kind="threads.create", live=thread.pk)
    recovery.recover(run)
    found = changed(before)
    causes = {
        name.split('cause="')[1].split('"')[0]: count
        for name, count in found.items()
        if "cause" in name
    }
    assert causes == {"RateLimitError 429": 1, "other": 1, "process gone": 1}
    assert found[f'chatkit_runs_total{{outcome="interrupted",workflow="{workflow_id}"}}'] == 1
    assert "Ada" not in text()


@pytest.fixture
def spending(settings: Any, workflow_id: str) -> None:
    """The assistant uses as many tokens as it is asked to."""
    workflows = {workflow_id: "tests.contrib.console.answerers.SpendingServer"}
    settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": workflows}
    GO_ON.set()


def test_one_that_was_taken_for_dead_counts_once(
    counted: None, spending: None, user: Any, workflow_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own process was only slow: it adds what the other did not know."""
    store = endings._store_end

    def late(live: Any) -> None:
        recovery.recover(Run.objects.get(pk=live.id))
        store(live)

    monkeypatch.setattr(endings, "_store_end", late)
    before = figures()
    Caller(secret_of(user, workflow_id)).stream(create("use 100"))
    name = f'workflow="{workflow_id}"'
    found = changed(before)
    assert {key: count for key, count in found.items() if "_runs" in key or "_errors" in key} == {
        f'chatkit_runs_total{{outcome="interrupted",{name}}}': 1,
        f'chatkit_errors_total{{cause="process gone",{name}}}': 1,
    }
    assert found[f'chatkit_tokens_total{{kind="out",model="m1",{name}}}'] == 100


def test_one_whose_end_is_not_stored_yet_does_not_count_yet(
    counted: None, spending: None, user: Any, workflow_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may end it, and counts it then."""
    monkeypatch.setattr(endings, "PAUSES", (None,))
    before = figures()
    with monkeypatch.context() as full:
        full.setattr(endings, "_store_end", disk_is_full)
        Caller(secret_of(user, workflow_id)).stream(create("use 3"))
        assert process.current().unstored
        assert "chatkit_live_runs" not in changed(before)
        assert not [key for key in changed(before) if "_runs_total" in key]
        recovery.recover(Run.objects.get())
    until(lambda: process.current().unstored == {})
    name = f'workflow="{workflow_id}"'
    counts = {key: count for key, count in changed(before).items() if "_runs_total" in key}
    assert counts == {f'chatkit_runs_total{{outcome="interrupted",{name}}}': 1}


def test_of_all_processes(counted: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read from the files that all processes write; here nobody has written one."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert "chatkit_runs" not in text()
