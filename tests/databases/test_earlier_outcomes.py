"""The migration that tells the outcomes of earlier runs, on every database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .scratch import MARIADB, POSTGRES, SQLITE

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.database

SCRIPT = """
import datetime, tracemalloc
import django; django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

call_command("migrate", "auth", verbosity=0)
call_command("migrate", "chatkit", "0002", verbosity=0)
user = get_user_model().objects.create(username="ada")
apps = MigrationExecutor(connection).loader.project_state([("chatkit", "0002_run_outcome")]).apps
Thread, ThreadItem, Run = (
    apps.get_model("chatkit", name) for name in ("Thread", "ThreadItem", "Run")
)
began = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

def text(words, *annotations):
    part = {"type": "output_text", "text": words, "annotations": list(annotations)}
    return "assistant_message", {"content": [part]}

def card(*labels, copied=True, action="chatkit.ask"):
    buttons = [
        {"type": "Button", "label": label,
         "onClickAction": {"type": action, "payload": {"text": label}}}
        for label in labels
    ]
    copy_text = {"copy_text": chr(10).join(labels)} if copied else {}
    return "widget", {"widget": {"type": "Card", "children": buttons}, **copy_text}

SOURCE = {"type": "annotation", "source": {"type": "url", "url": "/x", "title": "X"}}
ENGLISH = "The help articles don’t answer that. Maybe one of these topics helps:"
CASES = [  # outcome, status, model, items
    ("answered", "completed", "", [text("Press it.", SOURCE)]),
    ("not_found", "completed", "", [text(ENGLISH), card("Orders", "Refunds")]),
    ("not_found", "completed", "", [text("لا تجيب مقالات المساعدة عن ذلك.")]),
    ("not_found", "completed", "", [text("Los artículos de ayuda no responden eso.")]),
    ("not_found", "completed", "", [text("In a language of the site"), card("Orders")]),
    ("clarified", "completed", "", [
        text("Respondo con los artículos de ayuda. Elige un tema o pregunta con tus palabras:"),
        card("Orders")]),
    ("answered", "completed", "gpt-x", [text("By a model.", SOURCE)]),
    ("unknown", "completed", "gpt-x", [text(ENGLISH), card("Orders")]),
    ("unknown", "completed", "", [text("Hello!")]),
    ("unknown", "completed", "", [text("Choose"), card("Yes", "No", copied=False)]),
    ("unknown", "completed", "", [card("Yes", action="order.confirm")]),
    ("unknown", "completed", "", [("widget", {"widget": "odd"}), ("assistant_message", {})]),
    ("unknown", "completed", "", []),
    ("failed", "failed", "", [text("Half", SOURCE)]),
    ("stopped", "stopped", "", [text(ENGLISH)]),
    ("interrupted", "interrupted", "", []),
    ("", "running", "", [text("Half", SOURCE)]),
]

def fill(threads, first, words=""):
    # Each conversation has every case, in an order of its own.
    expected, runs, items = {}, [], []
    made = [f"thr_{number:06}" for number in range(first, first + threads)]
    Thread.objects.bulk_create(Thread(id=pk, user_id=user.pk, workflow_id="wf") for pk in made)
    for number, thread in enumerate(made, first):
        turned = CASES[number % len(CASES):] + CASES[: number % len(CASES)]
        for place, (outcome, status, model, answers) in enumerate(turned):
            pk = f"run_{number:06}_{place:02}"
            at = began + datetime.timedelta(minutes=place)
            expected[pk] = outcome
            runs.append(Run(id=pk, thread_id=thread, user_id=user.pk, kind="threads.create",
                            status=status, model=model, created_at=at))
            said = [("user_message", {"content": [{"text": "Why?" + words}]}), *answers]
            for part, (kind, payload) in enumerate(said):
                items.append(ThreadItem(
                    item_id=f"itm_{place}_{part}", thread_id=thread, type=kind, payload=payload,
                    created_at=at + datetime.timedelta(seconds=part)))
        if len(runs) > 1000 or number == first + threads - 1:
            Run.objects.bulk_create(runs, batch_size=200)
            ThreadItem.objects.bulk_create(items, batch_size=200)
            runs, items = [], []
    return expected

def migrate():
    tracemalloc.start()
    call_command("migrate", "chatkit", "0003", verbosity=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    found = dict(Run.objects.values_list("pk", "outcome"))
    wrong = {pk: (found[pk], outcome) for pk, outcome in expected.items() if found[pk] != outcome}
    assert not wrong, wrong
    return peak

expected = fill(60, 0)
Run.objects.filter(pk="run_000000_00").update(outcome="handed_over")  # told already: it stays
expected["run_000000_00"] = "handed_over"
few = migrate()
call_command("migrate", "chatkit", "0002", verbosity=0)
Run.objects.update(outcome="")
expected["run_000000_00"] = "answered"
expected |= fill(240, 60)
many = migrate()
assert many < few * 1.5, (few, many)
"""


@pytest.mark.parametrize("name", [SQLITE, POSTGRES, MARIADB])
def test_runs_of_before_have_their_outcome(name: str, make_database: Callable[[str], str]) -> None:
    """Also of five times the rows, with the same memory."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": make_database(name)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
