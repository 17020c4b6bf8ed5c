"""What people wrote stays unseen in the whole admin without the permission to read it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin as site
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.db import models
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatkit.admin import export, private
from chatkit.models import (
    AgentSession,
    Attachment,
    Branch,
    Feedback,
    MessageTemplate,
    Run,
    RunEvent,
    Session,
    Share,
    StarterPrompt,
    Thread,
    ThreadItem,
    ToolCall,
    Visitor,
)
from tests import people

pytestmark = pytest.mark.django_db

CANARY = "canary-words"
SECRET = "canary-secret"
# Fields that tell nothing of what was said. A new field goes here or into `admin/private.py`.
PLAIN: dict[type[models.Model], set[str]] = {
    Session: {
        *("id", "workflow_id", "session_id", "issuer", "status", "user_label", "device_label"),
        *("expires_at", "created_at", "error_code", "error_cause"),
        *("upstream_status", "upstream_request_id", "imported_at"),
    },
    Thread: {
        *("id", "workflow_id", "source", "upstream_id", "created_at", "updated_at", "temporary"),
        *("place", "deleted_at", "titled_by", "branch", "forked"),
    },
    ThreadItem: {"sequence", "item_id", "type", "created_at", "branch", "superseded"},
    Branch: {"id", "number", "parent", "after", "used_at"},
    Attachment: {"id", "workflow_id", "mime_type", "size", "file", "created_at"},
    Feedback: {"id", "item_id", "kind", "reason", "created_at"},
    Run: {
        *("id", "kind", "status", "live", "owner", "heartbeat_at", "listened_at"),
        *("stop_requested", "model", "tokens_in", "tokens_cached", "tokens_out"),
        *("first_token_ms", "duration_ms", "error", "created_at", "ended_at", "outcome", "cited"),
        *("key", "editors_told_at"),
    },
    RunEvent: {"id", "number"},
    Share: {
        *("id", "token_hash", "branch", "until_sequence", "created_at", "expires_at"),
        *("revoked_at", "opened", "last_opened_at"),
    },
    AgentSession: {
        *("id", "agent_id", "question_id", "turn_id", "created_at", "used_at"),
        *("tries", "error", "try_after"),
    },
    ToolCall: {"id", "tool", "item_id", "status", "created_at", "ended_at"},
    StarterPrompt: {
        *("id", "label", "prompt", "icon", "workflow_id", "language", "order", "active"),
    },
    Visitor: {"id", "renewed_at", "consent", "created_at", "seen_at", "merged_at"},
    MessageTemplate: {
        *("id", "label", "text", "icon", "language", "order", "active", "start_screen", "uses"),
    },
}
HIDDEN = [
    (model, name)
    for table in (private.WORDS, private.SECRETS)
    for model, names in table.items()
    for name in sorted(names)
]
ENDS = ("", "__icontains", "__startswith", "__regex", "__note")
REGISTERED = [model for model in PLAIN if site.site.is_registered(model)]


@pytest.fixture(autouse=True)
def rows(user: Any) -> dict[type[models.Model], Any]:
    """One row of each model, canaries in all that is private."""
    session = Session.objects.create(
        user=user, workflow_id="wf_1", session_id="sess_1", issuer="self", auth_hash=SECRET
    )
    thread = Thread.objects.create(
        user=user,
        workflow_id="wf_1",
        title=CANARY,
        status={"type": "locked", "reason": CANARY},
        allowed_image_domains=[CANARY],
        metadata={"note": CANARY},
    )
    run = Run.objects.create(
        thread=thread,
        user=user,
        session=session,
        kind="x",
        status="failed",
        searched=[{"query": CANARY}],
        named=[{"kind": "customer", "id": CANARY}],
    )
    return {
        Session: session,
        Thread: thread,
        Run: run,
        RunEvent: RunEvent.objects.create(run=run, number=1, data=CANARY),
        ThreadItem: ThreadItem.objects.create(
            thread=thread,
            item_id="i",
            type="user_message",
            payload={"content": CANARY},
            follow_ups=[CANARY],
        ),
        Branch: Branch.objects.create(thread=thread, number=0),
        Share: Share.objects.create(
            thread=thread, token_hash="h", until_sequence=1, expires_at=timezone.now()
        ),
        AgentSession: AgentSession.objects.create(id="as_1", thread=thread, agent_id="ag_1"),
        Attachment: Attachment.objects.create(
            user=user,
            workflow_id="wf_1",
            thread=thread,
            name=f"{CANARY}.pdf",
            mime_type="application/pdf",
            payload={"name": f"{CANARY}.pdf"},
            text=CANARY,
        ),
        Feedback: Feedback.objects.create(
            thread=thread, item_id="i", user=user, kind="negative", reason="other", comment=CANARY
        ),
        Visitor: Visitor.objects.create(key_hash=SECRET, next_hash=SECRET, former_hash=SECRET),
        ToolCall: ToolCall.objects.create(
            thread=thread,
            run=run,
            user=user,
            tool="t",
            status="done",
            arguments={"text": CANARY},
            held={"text": SECRET},
            outcome=CANARY,
        ),
    }


def client_of(user: Any, *, reads: bool) -> Client:
    """Staff with every permission on our rows and on users, reading aside."""
    user.is_staff = True
    user.save()
    rights = Permission.objects.filter(content_type__app_label__in=["chatkit", "auth"])
    user.user_permissions.set(rights if reads else rights.exclude(codename="read_conversation"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff(other: Any) -> Client:
    return client_of(other, reads=False)


@pytest.fixture
def reader(other: Any) -> Client:
    return client_of(other, reads=True)


def list_of(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row: models.Model, page: str = "change") -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[quote(row.pk)])


def words(response: HttpResponseBase) -> str:
    body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return str(body.decode())


def assert_silent(response: HttpResponseBase) -> None:
    assert response.status_code == 200
    page = words(response)
    assert CANARY not in page
    assert SECRET not in page


@pytest.mark.slow
def test_every_field_is_private_or_plain() -> None:
    for model in apps.get_app_config("chatkit").get_models():
        decided = PLAIN[model] | {name for of, name in HIDDEN if of is model}
        own = {field.name for field in model._meta.concrete_fields if not field.is_relation}
        assert own == decided, model


@pytest.mark.parametrize("model", REGISTERED)
def test_no_page_shows_it(staff: Client, model: Any, rows: dict[Any, Any]) -> None:
    assert_silent(staff.get(list_of(model)))
    if row := rows.get(model):
        for page in ("change", "history"):
            assert_silent(staff.get(page_of(row, page)))


@pytest.mark.parametrize("model", REGISTERED)
def test_no_link_leads_where_the_reader_may_not_go(model: Any, rows: dict[Any, Any]) -> None:
    Thread.objects.create(visitor=rows[Visitor], workflow_id="wf_1")
    client = people.browser(people.staff("vic", f"chatkit.view_{model._meta.model_name}"))
    pages = [list_of(model), *([page_of(rows[model])] if model in rows else [])]
    for page in map(words, map(client.get, pages)):
        for url in set(re.findall(r'href="(/admin/(?:chatkit[^"]*)/[^"#]*)', page)):
            assert client.get(html.unescape(url), follow=True).status_code == 200, url


def test_deleting_a_user_does_not_show_it(staff: Client, user: Any) -> None:
    assert_silent(staff.get(page_of(user, "delete")))
    chosen = {"action": "delete_selected", "_selected_action": user.pk}
    asked = staff.post(list_of(type(user)), chosen)
    assert_silent(asked)
    assert Attachment.objects.get().pk in words(asked)
    staff.post(page_of(user, "delete"), {"post": "yes"})
    assert not Attachment.objects.exists()
    assert CANARY not in str(list(LogEntry.objects.values()))


@pytest.mark.parametrize("model", REGISTERED)
def test_no_search_finds_it(staff: Client, model: Any) -> None:
    found = staff.get(list_of(model), {"q": CANARY}).context["cl"].result_list
    assert not list(found)


def paths_to(model: type[models.Model], target: type[models.Model], name: str) -> list[str]:
    """The field itself, or by way of one relation, or of two."""
    paths = [name] if model is target else []
    for first in model._meta.get_fields():
        if not first.is_relation or not first.related_model:
            continue
        middle = first.related_model
        if middle is target:
            paths.append(f"{first.name}__{name}")
        for second in middle._meta.get_fields():
            if second.is_relation and second.related_model is target:
                paths.append(f"{first.name}__{second.name}__{name}")
    return paths


@pytest.mark.slow
@pytest.mark.parametrize(("target", "name"), HIDDEN)
def test_no_address_can_guess_it(staff: Client, user: Any, target: Any, name: str) -> None:
    tried = 0
    for model in (*REGISTERED, type(user)):
        for path in paths_to(model, target, name):
            # By way of other rows the path is what is refused, whatever its end.
            ends = ("", "__icontains") if path.count("__") > 1 else ENDS
            for end in ends:
                response = staff.get(list_of(model), {f"{path}{end}": "c"})
                # 302: a lookup that the field has not.
                assert response.status_code in (400, 302), path + end
                tried += 1
    assert tried >= 10


def test_the_list_can_not_be_put_in_its_order(staff: Client) -> None:
    for model in REGISTERED:
        for column in staff.get(list_of(model)).context["cl"].list_display:
            shown = getattr(site.site.get_model_admin(model), str(column), column)
            assert getattr(shown, "admin_order_field", column) not in private.WORDS.get(model, ())


def test_completion_names_rows_by_id(staff: Client) -> None:
    for model in (Run, Attachment, ToolCall, Feedback):
        query = {"app_label": "chatkit", "model_name": str(model._meta.model_name), "term": ""}
        response = staff.get(reverse("admin:autocomplete"), {**query, "field_name": "thread"})
        assert_silent(response)


def test_no_export_has_it(staff: Client, rows: dict[Any, Any]) -> None:
    chosen = {"action": "export_csv", "_selected_action": rows[Session].pk}
    response = staff.post(list_of(Session), chosen)
    assert response["Content-Type"].startswith("text/csv")
    assert_silent(response)
    assert not {name for name, _value in export.SESSION} & private.SECRETS[Session]


def test_the_runs_as_csv_have_no_words_for_anybody(reader: Client, rows: dict[Any, Any]) -> None:
    chosen = {"action": "export_csv", "_selected_action": rows[Run].pk}
    assert_silent(reader.post(list_of(Run), chosen))


class TestReader:
    def test_sees_names_and_finds_them(self, reader: Client, rows: dict[Any, Any]) -> None:
        assert CANARY in words(reader.get(list_of(Attachment)))
        assert CANARY in words(reader.get(page_of(rows[Attachment])))
        assert CANARY in words(reader.get(page_of(rows[ToolCall])))
        for model in (Attachment, Thread):
            found = reader.get(list_of(model), {"q": CANARY}).context["cl"].result_list
            assert [row.pk for row in found] == [rows[model].pk]

    def test_sees_no_secret(self, reader: Client, rows: dict[Any, Any]) -> None:
        for model, row in rows.items():
            if model in REGISTERED:
                assert SECRET not in words(reader.get(page_of(row)))
        for path in ("auth_hash__startswith", "auth_hash"):
            assert reader.get(list_of(Session), {path: "c"}).status_code == 400
        assert reader.get(list_of(ToolCall), {"held__text": "c"}).status_code == 400
