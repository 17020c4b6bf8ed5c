"""The admin's runs, feedback, attachments and starter prompts."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chatkit import analytics
from chatkit.admin import export
from chatkit.models import Attachment, Feedback, Run, Session, StarterPrompt, Thread

from .people import staff

pytestmark = pytest.mark.django_db

LIST = "/admin/chatkit/run/"


@pytest.fixture
def thread(user: Any) -> Thread:
    return Thread.objects.create(user=user, workflow_id="wf_1", title="a private question")


def make(thread: Thread, **fields: Any) -> Run:
    values = {"kind": "threads.create", "status": "completed", "user": thread.user}
    return Run.objects.create(thread=thread, **(values | fields))


def shown(client: Client, **query: str) -> set[str]:
    response = client.get(f"{LIST}?{urlencode(query)}")
    assert response.status_code == 200
    return {row.pk for row in response.context["cl"].result_list}


class TestRuns:
    def test_list_shows_what_it_took(self, root: Client, thread: Thread) -> None:
        make(
            thread,
            model="gpt-x",
            tokens_in=120,
            tokens_out=45,
            first_token_ms=310,
            duration_ms=2222,
        )
        make(thread, status="failed", error="The model is down")
        page = root.get(LIST).content.decode()
        for words in ("gpt-x", "120 / 45", "310", "2,222", "The model is down", "ada"):
            assert words in page
        assert reverse("admin:chatkit_thread_change", args=[quote(thread.pk)]) in page
        assert "a private question" not in page

    def test_filters_and_search(self, root: Client, thread: Thread, other: Any) -> None:
        theirs = Thread.objects.create(user=other, workflow_id="wf_1")
        old = make(
            theirs,
            status="failed",
            kind="threads.custom_action",
            error="down",
            created_at=timezone.now() - datetime.timedelta(days=30),
        )
        new = make(thread, model="gpt-x")
        assert shown(root, status__exact="failed") == {old.pk}
        assert shown(root, kind="threads.custom_action") == {old.pk}
        assert shown(root, model="gpt-x") == {new.pk}
        assert shown(root, model="") == {old.pk}
        day = timezone.now() - datetime.timedelta(days=2)
        assert shown(root, created_at__from=day.date().isoformat()) == {new.pk}
        assert shown(root, q="bob") == {old.pk}
        assert shown(root, q=thread.pk) == {new.pk}
        assert shown(root, q=new.pk) == {new.pk}
        assert shown(root, q="down") == {old.pk}

    def test_by_outcome(self, root: Client, thread: Thread) -> None:
        runs = {outcome: make(thread, outcome=outcome) for outcome in Run.Outcome.values}
        for outcome, run in runs.items():
            assert shown(root, outcome=outcome) == {run.pk}
        assert shown(root, outcome="unanswered") == {runs["not_found"].pk}
        assert shown(root, outcome="' OR 1=1") == set()
        assert len(shown(root)) == len(runs)
        page = root.get(f"{LIST}?outcome=not_found").content.decode()
        assert 'chatkit-status--not_found">No answer found<' in page

    def test_one_run_tells_what_became_of_the_question(self, root: Client, thread: Thread) -> None:
        run = make(
            thread,
            outcome="answered",
            searched=[{"query": "<b>cancel</b>", "language": "en"}],
            cited=[
                {"article": "orders", "section": "Cancel <i>", "language": "en", "url": "/o"},
                {"url": "javascript:alert(1)"},
            ],
        )
        page = root.get(f"{LIST}{quote(run.pk)}/change/").content.decode()
        assert 'chatkit-status--answered">Answered<' in page
        assert "&lt;b&gt;cancel&lt;/b&gt; · en" in page
        assert "orders › Cancel &lt;i&gt; · en" in page
        assert 'href="javascript' not in page

    @pytest.mark.parametrize("odd", [None, {}, "x", 7, ["x", {}, {"article": None}, {"url": 7}]])
    def test_odd_lists_are_shown(self, root: Client, thread: Thread, odd: Any) -> None:
        run = make(thread, searched=odd or [], cited=odd or [])
        assert root.get(f"{LIST}{quote(run.pk)}/change/").status_code == 200

    def test_every_filter_link_has_words(self, root: Client, thread: Thread) -> None:
        make(thread)
        response = root.get(LIST)
        for spec in response.context["cl"].filter_specs:
            for choice in spec.choices(response.context["cl"]):
                assert str(choice["display"]).strip()

    def test_totals_follow_the_filter(self, root: Client, thread: Thread) -> None:
        make(thread, tokens_in=10, tokens_out=1, first_token_ms=100, outcome="answered")
        make(thread, tokens_in=30, tokens_out=3, first_token_ms=200, model="gpt-x")
        make(thread, outcome="not_found")
        make(thread, status="interrupted", outcome="interrupted")
        totals = root.get(LIST).context["totals"]
        assert totals == analytics.RunTotals(4, 1, 1, 1, 40, 4, 150, None)
        assert root.get(f"{LIST}?model=gpt-x").context["totals"].tokens_in == 30

    def test_of_very_many_the_list_has_the_first_and_the_totals_the_latest(
        self, root: Client, thread: Thread, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chatkit.admin.base.MOST", 2)
        monkeypatch.setattr("chatkit.admin.runs.LATEST", 2)
        monkeypatch.setattr("chatkit.admin.runs.RunAdmin.list_per_page", 1)
        runs = [make(thread, tokens_in=tokens, model=f"m{tokens}") for tokens in (1, 10, 100)]
        for hours, run in enumerate(runs):
            at = run.created_at + datetime.timedelta(hours=hours)
            Run.objects.filter(pk=run.pk).update(created_at=at)
        response = root.get(LIST)
        assert response.context["cl"].paginator.num_pages == 2
        assert [shown(root, p=page) for page in ("1", "2")] == [{runs[2].pk}, {runs[1].pk}]
        assert response.context["totals"].tokens_in == 110
        assert "The list ends after 2 rows" in response.content.decode()
        response = root.get(f"{LIST}?model=m1")
        assert response.context["totals"].tokens_in == 1
        assert "The list ends" not in response.content.decode()

    def test_values_are_offered_of_the_latest_rows(
        self, root: Client, thread: Thread, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chatkit.admin.filters.LATEST", 2)
        for hours, model in enumerate(["old", "new", ""]):
            run = make(thread, model=model)
            at = run.created_at + datetime.timedelta(hours=hours)
            Run.objects.filter(pk=run.pk).update(created_at=at)
        offered = {"All", "None", "new"}
        for query, shown in (("", offered), ("?model=old", offered | {"old"})):
            changelist = root.get(LIST + query).context["cl"]
            (models,) = (one for one in changelist.filter_specs if one.title == "model")
            assert {str(choice["display"]) for choice in models.choices(changelist)} == shown

    def test_no_totals_of_nothing(self, root: Client) -> None:
        assert "chatkit-totals" not in root.get(LIST).content.decode()
        assert analytics.run_totals(Run.objects.all()) == analytics.RunTotals(
            0, 0, 0, 0, 0, 0, None, None
        )

    def test_queries_do_not_grow_with_rows(self, root: Client, thread: Thread) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                root.get(LIST)
            return len(queries)

        make(thread)
        few = count()
        for _ in range(30):
            make(thread)
        assert count() == few <= 9

    def test_one_run_links_its_session(self, root: Client, thread: Thread) -> None:
        session = Session.objects.create(
            user=thread.user, workflow_id="wf_1", issuer="self", session_id="sess_1"
        )
        run = make(thread, session=session, error="The model is down", status="failed")
        page = root.get(f"{LIST}{quote(run.pk)}/change/").content.decode()
        assert f"/admin/chatkit/session/{session.pk}/change/" in page
        assert "What went wrong" in page
        assert "a private question" not in page

    def test_one_good_run_tells_no_failure(self, root: Client, thread: Thread) -> None:
        run = make(thread)
        page = root.get(f"{LIST}{quote(run.pk)}/change/").content.decode()
        assert "What went wrong" not in page


@pytest.mark.parametrize("model", [Session, Thread, Run, Feedback, Attachment])
def test_records_are_read_only(root: Client, thread: Thread, model: Any) -> None:
    Session.objects.create(user=thread.user, workflow_id="wf_1", issuer="self", session_id="s")
    make(thread)
    Feedback.objects.create(thread=thread, item_id="i", user=thread.user, kind="positive")
    Attachment.objects.create(
        thread=thread,
        user=thread.user,
        workflow_id="wf_1",
        name="bill.pdf",
        mime_type="x/y",
        size=2048,
    )
    name = f"chatkit_{model._meta.model_name}"
    row = model.objects.get()
    change = reverse(f"admin:{name}_change", args=[quote(row.pk)])
    shown = root.get(change)
    assert shown.status_code == 200
    page = shown.content.decode()
    assert 'name="_save"' not in page
    assert "deletelink" not in page
    assert root.post(change, {}).status_code == 403
    assert root.get(reverse(f"admin:{name}_add")).status_code == 403
    assert root.post(reverse(f"admin:{name}_delete", args=[quote(row.pk)])).status_code == 403
    page = root.get(reverse(f"admin:{name}_changelist")).content.decode()
    assert "delete_selected" not in page
    assert reverse(f"admin:{name}_add") not in page
    assert "style=" not in page


def test_every_model_of_ours_that_people_look_at_is_registered() -> None:
    looked_at = {Session, Thread, Run, Feedback, Attachment, StarterPrompt}
    assert looked_at <= set(django_admin.site._registry)


def test_attachment_list(root: Client, thread: Thread) -> None:
    Attachment.objects.create(
        user=thread.user,
        workflow_id="wf_1",
        thread=thread,
        name="<b>bill</b>.pdf",
        mime_type="application/pdf",
        size=2048,
    )
    page = root.get("/admin/chatkit/attachment/").content.decode()
    assert "&lt;b&gt;bill&lt;/b&gt;.pdf" in page
    assert "2.0\xa0KB" in page
    assert "application/pdf" in page


class TestStarterPrompts:
    URL = "/admin/chatkit/starterprompt/"

    def test_written_in_the_admin(self, root: Client) -> None:
        data = {
            "label": "Orders",
            "prompt": "How do I order?",
            "icon": "write",
            "language": "es",
            "order": "3",
            "active": "on",
        }
        assert root.post(f"{self.URL}add/", data).status_code == 302
        prompt = StarterPrompt.objects.get()
        assert (prompt.language, prompt.order, prompt.active) == ("es", 3, True)

    def test_languages_of_the_site_are_offered(self, root: Client) -> None:
        page = root.get(f"{self.URL}add/").content.decode()
        assert '<option value="es">' in page
        assert "Every language" in page
        data = {"label": "x", "prompt": "y", "language": "xx", "order": "1"}
        assert root.post(f"{self.URL}add/", data).status_code == 200
        assert not StarterPrompt.objects.exists()

    def test_order_and_use_are_changed_in_the_list(self, root: Client) -> None:
        prompt = StarterPrompt.objects.create(label="x", prompt="y")
        data = {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": str(prompt.pk),
            "form-0-order": "7",
            "_save": "Save",
        }
        root.post(self.URL, data)
        prompt.refresh_from_db()
        assert (prompt.order, prompt.active) == (7, False)


class TestExport:
    def export(self, client: Client, runs: list[Run]) -> list[dict[str, str]]:
        data = {"action": "export_csv", "_selected_action": [run.pk for run in runs]}
        response: Any = client.post(LIST, data)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        body = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(body)))

    def test_selected_runs_newest_first(
        self, root: Client, thread: Thread, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "CHUNK", 1)
        at = timezone.now()
        runs = [
            make(thread, created_at=at, error="=1+1", model="m1", tokens_in=7),
            make(
                thread,
                created_at=at - datetime.timedelta(hours=1),
                outcome="not_found",
                editors_told_at=at,
                searched=[{"query": "canary words"}],
                cited=[{"article": "orders"}, {"article": "stock"}, {"article": "orders"}, 5],
            ),
            make(thread, created_at=at),
        ]
        make(thread)
        found = self.export(root, runs)
        assert {row["run_id"] for row in found} == {run.pk for run in runs}
        last = found[-1]
        assert (last["outcome"], last["articles"]) == ("not_found", "orders stock")
        assert last["editors_told_at"] == at.isoformat(timespec="seconds")
        (first,) = [row for row in found if row["run_id"] == runs[0].pk]
        assert (first["error"], first["model"], first["tokens_in"]) == ("'=1+1", "m1", "7")
        assert (first["user"], first["workflow_id"]) == ("ada", "wf_1")
        assert "canary" not in str(found)

    def test_who_may_not_see_runs_exports_none(self, thread: Thread) -> None:
        response = staff("view_thread").post(LIST, {"action": "export_csv"})
        assert response.status_code == 403


def test_whether_the_editors_were_told(root: Client, thread: Thread) -> None:
    told, other = make(thread, editors_told_at=timezone.now()), make(thread)
    assert shown(root, editors_told_at__isempty="0") == {told.pk}
    assert shown(root, editors_told_at__isempty="1") == {other.pk}
    page = root.get(f"{LIST}{quote(told.pk)}/change/").content.decode()
    assert "Editors told" in page


def test_the_cause_of_an_agent_at_openai_and_what_to_do(root: Any, user: Any) -> None:
    """Only where the record keeps a cause that is known."""
    from chatkit.hosted import causes

    thread = Thread.objects.create(user=user, workflow_id="wf_1")
    run = Run.objects.create(thread=thread, user=user, kind="threads.create", status="failed")
    for error, told in ((causes.NO_AGENTS.sentence, True), ("RateLimitError 429", False)):
        Run.objects.filter(pk=run.pk).update(error=error)
        page = root.get(f"/admin/chatkit/run/{quote(run.pk)}/change/").content.decode()
        assert error in page
        assert ("access to the Agents API" in page) is told
