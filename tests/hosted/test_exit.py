"""`chatkit_doctor --exit`: what of a site breaks when, and what to do about it."""

from __future__ import annotations

import datetime
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from chatkit.checks import voice
from chatkit.hosted import sunset
from chatkit.hosted.leaving import code, dates
from chatkit.models import Session

SAMPLE = Path(__file__).parent / "sample_project"
SERVER = "tests.hosted.sample_project.shop.assistant.SupportServer"
WF = "wf_694bcfa27d008190bfea49d38cf48868"
# As Agent Builder exports it, whatever the code does then.
TRACED = '{"__trace_source__": "agent-builder", "workflow_id": "' + WF + '"}'
BEFORE, AFTER = datetime.date(2026, 11, 29), datetime.date(2026, 12, 1)


def run(*args: str, code: int = 1) -> str:
    """What `chatkit_doctor --exit` writes; its exit status is as the test expects."""
    out = io.StringIO()
    if not code:
        call_command("chatkit_doctor", "--exit", *args, stdout=out, no_color=True)
        return out.getvalue()
    with pytest.raises(CommandError) as failed:
        call_command("chatkit_doctor", "--exit", *args, stdout=out, no_color=True)
    assert failed.value.returncode == code
    return f"{out.getvalue()}CommandError: {failed.value}\n"


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Any:
    def is_(day: datetime.date) -> None:
        monkeypatch.setattr(sunset, "today", lambda: day)

    is_(BEFORE)
    return is_


@pytest.fixture
def sample(settings: Any, db: None, user: Any, other: Any, today: Any) -> None:
    """A site that has all of it."""
    settings.CHATKIT = {
        "WORKFLOWS": {"wf_694b": "openai", "wf_new": SERVER, "wf_agent": "openai-agent:agent_1"},
        "MODEL": "gpt-4o",
        "TRANSCRIBER": {"model": "whisper-1"},
        "OPENAI_API_KEY": "sk-canary",
    }
    for number, who in enumerate((user, user, other)):
        session = Session.objects.create(
            user=who,
            workflow_id="wf_694b",
            session_id=f"cksess_{number}",
            issuer=Session.Issuer.OPENAI,
            expires_at=timezone.now(),
        )
        made = datetime.datetime(2026, 11, 20 + number, tzinfo=datetime.UTC)
        Session.objects.filter(pk=session.pk).update(created_at=made)


def test_every_fault_as_the_docs_show_it(sample: None) -> None:
    told = run(str(SAMPLE))
    docs = (Path(django_settings.BASE_DIR) / "docs/leaving-agent-builder.md").read_text()
    (shown,) = re.findall(r"```text\n(What ends when.*?)```", docs, flags=re.DOTALL)
    assert told == shown
    assert "canary" not in told


def test_after_the_day(sample: None, today: Any) -> None:
    today(datetime.date(2026, 11, 30))
    assert "ended on" not in run(str(SAMPLE))
    today(AFTER)
    told = run(str(SAMPLE))
    assert "Agent Builder, on which the workflow wf_694b runs, ended on 2026-11-30." in told
    assert "The model o3 ends on 2026-12-11." in told


def test_json(sample: None, today: Any) -> None:
    today(AFTER)
    told = json.loads(run("--json", str(SAMPLE)).partition("CommandError")[0])
    assert told["today"] == "2026-12-01"
    first, *_rest, last = told["findings"]
    assert (first["date"], first["ended"]) == ("2026-11-30", True)
    assert (last["date"], last["ended"]) == (None, False)
    assert {"date", "ended", "what", "where", "do"} == set(first)


def test_the_code_of_server_classes_is_read_without_being_named(sample: None) -> None:
    told = run()
    assert "exported.py:15" in told
    assert "server.py:" not in told


def test_nothing(settings: Any, db: None, today: Any) -> None:
    helpdesk = "chatkit.selfhosted.helpdesk.HelpDeskServer"
    settings.CHATKIT = {"WORKFLOWS": {"wf_1": helpdesk}, "MODEL": "gpt-5.2"}
    assert "Nothing here ends." in run(code=0)
    assert json.loads(run("--json", code=0))["findings"] == []


def test_imported_since(sample: None, user: Any, other: Any) -> None:
    """Of whom an import has read all since their last session, nothing is left there."""
    assert "2 people have used wf_694b" in run()
    Session.objects.filter(user=user).update(imported_at=timezone.now())
    assert "1 person has used wf_694b" in run()
    Session.objects.filter(user=other).update(imported_at=timezone.now())
    assert "have used" not in run()
    Session.objects.create(
        user=user, workflow_id="wf_694b", session_id="cksess_9", issuer=Session.Issuer.OPENAI
    )
    assert "1 person has used wf_694b" in run()


def test_ids_that_are_answered_here(sample: None, settings: Any) -> None:
    found = "of which wf_694bcfa27d008190bfea49d38cf48868 is a workflow"
    assert found in run(str(SAMPLE))
    table = {"wf_694b": "openai", "wf_694bcfa27d008190bfea49d38cf48868": SERVER}
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": table}
    assert found not in run(str(SAMPLE))


@pytest.mark.parametrize(
    "name",
    ["chat.jsx", "page.html", "chat.vue", "chat.svelte", "chat.cjs", "chat.mts", ".env.production"],
)
def test_files_that_are_read(
    settings: Any, db: None, today: Any, tmp_path: Path, name: str
) -> None:
    settings.CHATKIT = {"WORKFLOWS": {}}
    (tmp_path / name).write_text('WORKFLOW="wf_694bcfa27d008190bfea49d38cf48868"\n')
    assert f"{name}:1" in run(str(tmp_path))


def test_what_is_not_there(today: Any) -> None:
    with pytest.raises(CommandError, match="There is no"):
        call_command("chatkit_doctor", "--exit", "/nowhere")
    with pytest.raises(CommandError, match="only read with --exit"):
        call_command("chatkit_doctor", str(SAMPLE))


@pytest.mark.django_db(transaction=True)
def test_tables_that_are_not_there(settings: Any, today: Any) -> None:
    """It is told beside the rest, which needs no database."""
    settings.CHATKIT = {"WORKFLOWS": {"wf_694b": "openai"}}
    table = Session._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        try:
            told = run()
        finally:
            cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
    assert "on which the workflow wf_694b runs" in told
    assert "Who used hosted workflows can't be read" in told
    assert "Run manage.py migrate" in told
    assert "2 findings." in told


def test_settings_that_can_not_be_read(settings: Any, db: None, today: Any) -> None:
    settings.CHATKIT = {"WORKFLOWS": ["wf_1"], "MODEL": 7, "TRANSCRIBER": 7}
    assert "Nothing here ends." in run(code=0)


@pytest.mark.parametrize(
    ("model", "day"),
    [
        ("gpt-5", "2026-12-11"),
        ("gpt-5-2025-08-07", "2026-12-11"),
        ("gpt-5-mini", "2026-12-11"),
        ("openai/gpt-4o", "2027-01-14"),
        ("openai:gpt-4o", "2027-01-14"),
        ("litellm/openai/gpt-4.1", "2027-01-14"),
        ("ft:gpt-4o-mini-2024-07-18:shop::abc", "2027-01-14"),
        ("gpt-4o-2024-05-13", "2026-10-23"),
        ("gpt-4-0613", "2026-10-23"),
        ("gpt-4o-mini-transcribe", "2027-02-26"),
        ("whisper-1", "2027-02-26"),
        ("gpt-5.2", None),
        ("gpt-5-codex", None),
        ("gpt-5-2025", "2026-12-11"),
        ("gpt-4o-realtime-preview", None),
        ("gpt-4.10", None),
        ("my-gpt-5", None),
        ("azure/gpt-4o", None),
        ("", None),
    ],
)
def test_names_of_models(model: str, day: str | None) -> None:
    found = dates.end_of(model)
    assert (found.isoformat() if found else None) == day


def test_dictation_says_the_same_day() -> None:
    assert {dates.MODELS[name].isoformat() for name in voice.ENDING} == {voice.LAST_DAY}


@pytest.mark.parametrize(
    ("name", "text", "kinds"),
    [
        ("broken.py", 'x = "gpt-4o"\ndef (:\n', {"model"}),
        ("a.env", "MODEL=o3\n", {"model"}),
        ("a.env", "export MODEL=gpt-4o # note\n", {"model"}),
        ("a.env", "MODELS=gpt-5.2,gpt-4o\n", {"model"}),
        ("a.env", "MODEL=gpt-5.2 # not gpt-4o\n# MODEL=gpt-4o\n", set()),
        ("a.yaml", "models: [gpt-5.2, gpt-4o]\n", {"model"}),
        ("a.yaml", "models:\n  - gpt-4o\n", {"model"}),
        ("a.yaml", "agents:\n  - model: gpt-4o\n", {"model"}),
        ("a.yaml", "models: [\n  gpt-4o,\n  x]\n", {"model"}),
        ("a.yaml", "- openai:gpt-4o\n", {"model"}),
        ("a.yaml", "x: {model: openai:gpt-4o}\n", {"model"}),
        ("a.yaml", "note: better than gpt-4o\n", set()),
        ("a.json", '{"note": "Not gpt-5.2, gpt-4o, or o3"}\n', set()),
        ("a.ts", "const [o1, o3] = points; f(o1, o3);\n", set()),
        ("a.py", 'model = "openai:gpt-4o"\n', {"model"}),
        ("a.yaml", "model: gpt-4.1\nprompt: pmpt_68c2e1b0\n", {"model", "prompt"}),
        ("a.json", '{"model": "gpt-5", "note": "like gpt-4o, but better"}\n', {"model"}),
        ("a.py", '# "gpt-4o"\nx = f"gpt-4o {1}"\n', set()),
        ("a.py", "from chatkit.server import ChatKitServer as S\nclass T(S): ...\n", {"base"}),
        ("a.py", "from chatkit.selfhosted.engine import X as S\nclass T(S[dict]): ...\n", set()),
        ("a.py", "class T(Model):\n    def process(self): ...\n", set()),
        ("a.md", "gpt-4o", set()),
        ("a.py", "\x00\udcff", set()),
        ("a.py", f"RunConfig(trace_metadata={TRACED})\n", set()),
        ("a.py", f"x = {TRACED}\ndef (:\n", set()),
        ("a.ts", f"new Runner({{traceMetadata: {TRACED}}})\n", set()),
        (
            "a.ts",
            'x = {\n __trace_source__: "agent-builder",\n workflow_id: "' + WF + '"}\n',
            set(),
        ),
        ("a.py", f'{TRACED}\nopened = "{WF}"\n', {"workflow"}),
        ("a.py", f'start({{"workflow_id": "{WF}"}})\n', {"workflow"}),
        ("a.py", f'x = {{"__trace_source__": "agent-builder", "other": "{WF}"}}\n', {"workflow"}),
    ],
)
def test_code(tmp_path: Path, name: str, text: str, kinds: set[str]) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_text(text, errors="surrogateescape")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.js").write_text('"gpt-4o"')
    assert {found.kind for found in code.read([tmp_path])} == kinds
