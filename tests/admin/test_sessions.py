"""The admin's session records: list, filters, search, one record, actions, export."""

from __future__ import annotations

import csv
import datetime
import io
import re
from typing import Any
from urllib.parse import urlencode

import pytest
import responses
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from chatkit.downloads import cell
from chatkit.hosted import causes, sunset
from chatkit.models import Session, Thread

from .people import staff

pytestmark = pytest.mark.django_db

LIST = "/admin/chatkit/session/"
OPENAI = "https://api.openai.com/v1/chatkit/sessions"


def make(user: Any, **fields: Any) -> Session:
    """A live session of ours unless `fields` say else."""
    number = Session.objects.count()
    now = timezone.now()
    values = {
        "session_id": f"sess_{number:032x}",
        "workflow_id": "wf_1",
        "issuer": "self",
        "status": "active",
        "expires_at": now + datetime.timedelta(minutes=10),
    }
    return Session.objects.create(user=user, **(values | fields))


def make_failed(user: Any, cause: causes.Cause = causes.KEY, **fields: Any) -> Session:
    values = {
        "session_id": None,
        "issuer": "openai",
        "status": "failed",
        "expires_at": None,
        "error_code": cause.code,
        "error_cause": cause.sentence,
        "upstream_status": 401,
        "upstream_request_id": "req_123",
    }
    return make(user, **(values | fields))


def past(**delta: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**delta)


def shown(client: Client, **query: Any) -> set[int]:
    """The primary keys that the list shows."""
    response = client.get(f"{LIST}?{urlencode(query)}")
    assert response.status_code == 200
    return {row.pk for row in response.context["cl"].result_list}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def body_of(response: Any) -> bytes:
    assert response.streaming
    return b"".join(response.streaming_content)


def act(client: Client, action: str, rows: list[Session]) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, data)


class TestList:
    def test_shows_who_what_and_how_it_stands(self, root: Client, user: Any) -> None:
        make(user, user_label="shop-7", device_label="till-2", issuer="openai")
        page = root.get(LIST).content.decode()
        for words in ("ada", "wf_1", "OpenAI", "Active", "shop-7 · till-2"):
            assert words in page

    def test_long_workflow_id_keeps_its_ends(self, root: Client, user: Any) -> None:
        make(user, workflow_id="wf_694bcfa27d008190bfea49d38cf488680c8fe335749752f0")
        page = root.get(LIST).content.decode()
        assert "wf_694b…52f0" in page

    def test_session_that_ran_out_reads_expired(self, root: Client, user: Any) -> None:
        make(user, expires_at=past(seconds=1))
        page = root.get(LIST).content.decode()
        assert "chatkit-status--expired" in page
        assert "chatkit-status--active" not in page

    def test_failed_attempt_names_its_code(self, root: Client, user: Any) -> None:
        make_failed(user, causes.TIMEOUT)
        page = root.get(LIST).content.decode()
        assert re.search("<code[^>]*>openai_timeout</code>", page)

    def test_hostile_labels_are_text(self, root: Client, user: Any) -> None:
        make(user, user_label="<script>alert(1)</script>")
        page = root.get(LIST).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_no_inline_style_or_script(self, root: Client, user: Any) -> None:
        row = make(user)
        for url in (LIST, f"{LIST}{row.pk}/change/"):
            page = root.get(url).content.decode()
            assert "style=" not in page
            assert "<style" not in page

    @pytest.mark.slow
    def test_10000_rows_cost_at_most_8_queries(self, root: Client, user: Any, other: Any) -> None:
        now = timezone.now()
        Session.objects.bulk_create(
            Session(
                user=(user, other)[n % 2],
                workflow_id=f"wf_{n % 3}",
                session_id=f"sess_{n:032x}",
                issuer=("self", "openai")[n % 2],
                status=("active", "failed", "refreshed", "cancelled")[n % 4],
                created_at=now - datetime.timedelta(minutes=n),
                expires_at=now - datetime.timedelta(minutes=n - 10),
            )
            for n in range(10_000)
        )
        for query in ("", "?status=expired&issuer=self", "?q=bob", "?p=50"):
            with CaptureQueriesContext(connection) as queries:
                assert root.get(LIST + query).status_code == 200
            assert len(queries) <= 8, [q["sql"] for q in queries]
            counts = [q for q in queries if q["sql"].startswith("SELECT COUNT")]
            assert len(counts) == 1


class TestFilters:
    def test_status_as_it_is_now(self, root: Client, user: Any) -> None:
        live = make(user)
        endless = make(user, expires_at=None)
        ran_out = make(user, expires_at=past(minutes=1))
        marked = make(user, status="expired", expires_at=past(days=1))
        refreshed = make(user, status="refreshed", expires_at=past(days=1))
        failed = make_failed(user)
        assert shown(root, status="active") == {live.pk, endless.pk}
        assert shown(root, status="expired") == {ran_out.pk, marked.pk}
        assert shown(root, status="refreshed") == {refreshed.pk}
        assert shown(root, status="failed") == {failed.pk}

    def test_issuer_and_workflow(self, root: Client, user: Any) -> None:
        ours = make(user, workflow_id="wf_a")
        theirs = make(user, workflow_id="wf_b", issuer="openai")
        assert shown(root, issuer__exact="openai") == {theirs.pk}
        assert shown(root, workflow_id="wf_a") == {ours.pk}

    def test_first_and_last_day_are_included(self, root: Client, user: Any) -> None:
        days = [datetime.datetime(2026, 3, n, 12, tzinfo=datetime.UTC) for n in (1, 2, 3, 4)]
        rows = [make(user, created_at=day) for day in days]
        both = {"created_at__from": "2026-03-02", "created_at__to": "2026-03-03"}
        assert shown(root, **both) == {rows[1].pk, rows[2].pk}
        assert shown(root, created_at__to="2026-03-01") == {rows[0].pk}
        assert shown(root, created_at__from="2026-03-04", status="active") == {rows[3].pk}

    def test_date_form_keeps_the_other_choices(self, root: Client, user: Any) -> None:
        make(user)
        page = root.get(f"{LIST}?status=active&q=ada&created_at__from=2026-03-02").content.decode()
        page = page[page.index("chatkit-date-range") :].split("</form>")[0]
        assert '<input type="hidden" name="status" value="active">' in page
        assert '<input type="hidden" name="q" value="ada">' in page
        assert 'type="date" name="created_at__from" value="2026-03-02"' in page
        assert '<input type="hidden" name="created_at__from"' not in page

    @pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", "2026-13-01"])
    def test_impossible_day_is_no_error(self, root: Client, user: Any, day: str) -> None:
        make(user)
        response = root.get(LIST, {"created_at__to": day}, follow=True)
        assert response.status_code == 200

    def test_links_of_djangos_own_still_work(self, root: Client, user: Any) -> None:
        new, old = make(user), make(user, created_at=past(days=400))
        response = root.get(LIST)
        spec = next(s for s in response.context["cl"].filter_specs if s.title == "created")
        today = next(
            choice["query_string"]
            for choice in spec.choices(response.context["cl"])
            if choice["display"] == "Today"
        )
        found = root.get(LIST + today).context["cl"].result_list
        assert [row.pk for row in found] == [new.pk]
        assert old.pk not in [row.pk for row in found]

    def test_secret_column_can_not_be_guessed(self, root: Client, user: Any) -> None:
        make(user, auth_hash="abc")
        assert root.get(f"{LIST}?auth_hash__startswith=a").status_code == 400


class TestSearch:
    def test_by_name_mail_id_and_code(self, root: Client, user: Any, other: Any) -> None:
        mine = make(user)
        theirs = make_failed(other, causes.QUOTA, upstream_request_id="req_9")
        assert shown(root, q="ada") == {mine.pk}
        assert shown(root, q="bob@example.com") == {theirs.pk}
        assert shown(root, q=mine.session_id) == {mine.pk}
        assert shown(root, q="openai_error") == {theirs.pk}
        assert shown(root, q="req_9") == {theirs.pk}

    def test_fields_of_the_sites_own_user_model(self, monkeypatch: Any) -> None:
        from django.contrib.auth.models import User

        from chatkit.admin.base import user_search_fields

        assert user_search_fields() == ["user__username", "user__email"]
        monkeypatch.setattr(User, "USERNAME_FIELD", "email")
        assert user_search_fields() == ["user__email"]
        monkeypatch.setattr(User, "EMAIL_FIELD", "no_such_field")
        assert user_search_fields() == ["user__email"]
        monkeypatch.setattr(User, "USERNAME_FIELD", "id")
        assert user_search_fields() == []


class TestRecord:
    def page(self, client: Client, row: Session) -> str:
        response = client.get(reverse("admin:chatkit_session_change", args=[row.pk]))
        assert response.status_code == 200
        return str(response.content.decode())

    @pytest.mark.parametrize("cause", causes.ALL, ids=lambda cause: cause.sentence)
    def test_failed_attempt_tells_cause_and_fix(
        self, root: Client, user: Any, cause: causes.Cause
    ) -> None:
        from django.utils.html import escape

        page = self.page(root, make_failed(user, cause))
        assert "What went wrong" in page
        assert escape(cause.sentence) in page
        assert escape(cause.fix) in page
        assert "req_123" in page

    def test_session_that_stood_tells_no_failure(self, root: Client, user: Any) -> None:
        page = self.page(root, make(user))
        assert "What went wrong" not in page
        assert "ada" in page

    def test_refreshes_are_linked_in_their_order(self, root: Client, user: Any) -> None:
        first = make(user, status="refreshed")
        second = make(user, status="refreshed", refreshed_from=first)
        make(user)  # of another tab
        third = make(user, refreshed_from=second)
        response = root.get(reverse("admin:chatkit_session_change", args=[second.pk]))
        page = response.content.decode()
        chain = page[page.index("chatkit-chain") :]
        links = [f"/admin/chatkit/session/{row.pk}/change/" for row in (first, third)]
        assert chain.index(links[0]) < chain.index("This session") < chain.index(links[1])
        assert chain.count("<li>") == 3

    def test_long_chain_costs_the_same(self, root: Client, user: Any) -> None:
        rows = [make(user)]
        for _ in range(60):
            rows.append(make(user, refreshed_from=rows[-1]))
        with CaptureQueriesContext(connection) as few:
            self.page(root, make(user))
        with CaptureQueriesContext(connection) as many:
            page = self.page(root, rows[30])
        assert len(many) <= len(few)
        assert page.count("/admin/chatkit/session/") >= 20

    def test_never_written(self, root: Client, user: Any) -> None:
        row = make(user)
        url = reverse("admin:chatkit_session_change", args=[row.pk])
        assert root.post(url, {"status": "failed"}).status_code == 403
        assert root.get(f"{LIST}add/").status_code == 403
        assert root.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert 'name="_save"' not in self.page(root, row)
        act(root, "delete_selected", [row])
        row.refresh_from_db()
        assert row.status == "active"

    def test_user_with_records_can_still_be_deleted(self, root: Client, user: Any) -> None:
        make(user)
        Thread.objects.create(user=user, workflow_id="wf_1", title="a private question")
        url = reverse("admin:auth_user_delete", args=[user.pk])
        page = root.get(url).content.decode()
        assert "a private question" not in page
        root.post(url, {"post": "yes"})
        assert not Session.objects.exists()
        assert not Thread.objects.exists()

    def test_needs_the_permission(self, user: Any) -> None:
        make(user)
        assert staff().get(LIST).status_code == 403

    def test_in_spanish(self, root: Client, user: Any) -> None:
        row = make_failed(user)
        with translation.override("es"):
            cause, fix = causes.explain(row.error_cause)
        response = root.get(
            reverse("admin:chatkit_session_change", args=[row.pk]),
            headers={"Accept-Language": "es"},
        )
        page = response.content.decode()
        assert '<html lang="es"' in page
        assert cause in page
        assert fix.split("'")[0] in page

    def test_list_in_spanish(self, root: Client, user: Any) -> None:
        make(user)
        page = root.get(LIST, headers={"Accept-Language": "es"}).content.decode()
        for title in ("Por estado", "Por quién responde", "Por flujo", "Por creación"):
            assert title in " ".join(page.split())

    def test_a_time_stays_on_one_line(self, root: Client, user: Any) -> None:
        noon = timezone.now().replace(hour=12, minute=5)
        make(user, created_at=noon, expires_at=noon + datetime.timedelta(minutes=10))
        assert "12:15\N{NO-BREAK SPACE}p.m." in root.get(LIST).content.decode()


class TestCancel:
    def test_ends_what_lives_and_counts_the_rest(self, root: Client, user: Any, admin: Any) -> None:
        live, over = make(user), make(user, expires_at=past(minutes=1))
        response = act(root, "cancel_selected", [live, over])
        live.refresh_from_db()
        over.refresh_from_db()
        assert live.status == "cancelled"
        assert over.status == "active"
        assert said(response) == ["1 session was cancelled.", "1 session was over already."]
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id) == (admin, str(live.pk))

    @responses.activate
    def test_tells_which_openai_would_not_end(self, root: Client, user: Any, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "OPENAI_API_KEY": "sk-test"}
        good = make(user, issuer="openai", session_id="cksess_good")
        bad = make(user, issuer="openai", session_id="cksess_bad")
        responses.post(f"{OPENAI}/cksess_good/cancel", json={"status": "cancelled"})
        responses.post(f"{OPENAI}/cksess_bad/cancel", status=401, json={"error": {}})
        response = act(root, "cancel_selected", [good, bad])
        good.refresh_from_db()
        bad.refresh_from_db()
        assert (good.status, bad.status) == ("cancelled", "active")
        assert said(response) == [
            "1 session was cancelled.",
            "1 session could not be cancelled: The API key is wrong or was revoked.",
        ]

    @responses.activate
    def test_refreshed_session_of_openai_ends_too(
        self, root: Client, user: Any, settings: Any
    ) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "OPENAI_API_KEY": "sk-test"}
        row = make(user, issuer="openai", session_id="cksess_1", status="refreshed")
        call = responses.post(f"{OPENAI}/cksess_1/cancel", json={"status": "cancelled"})
        act(root, "cancel_selected", [row])
        assert call.call_count == 1

    @responses.activate
    def test_gives_up_when_openai_is_away(self, root: Client, user: Any, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "OPENAI_API_KEY": ""}
        rows = [make(user, issuer="openai", session_id=f"cksess_{n}") for n in range(6)]
        response = act(root, "cancel_selected", rows)
        assert said(response) == [
            "3 sessions could not be cancelled: OPENAI_API_KEY is not set.",
            "3 more sessions were not tried.",
        ]

    def test_needs_its_own_permission(self, user: Any) -> None:
        row = make(user)
        client = staff("view_session")
        assert "cancel_selected" not in client.get(LIST).content.decode()
        act(client, "cancel_selected", [row])
        row.refresh_from_db()
        assert row.status == "active"

    def test_offered_with_the_permission(self, user: Any) -> None:
        row = make(user)
        client = staff("view_session", "cancel_session")
        assert "cancel_selected" in client.get(LIST).content.decode()
        act(client, "cancel_selected", [row])
        row.refresh_from_db()
        assert row.status == "cancelled"


class TestExport:
    def rows(self, body: bytes) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))

    def test_selected_rows_with_their_status_now(self, root: Client, user: Any) -> None:
        chosen = make(user, expires_at=past(seconds=5), device_label="till")
        make(user)
        response = act(root, "export_csv", [chosen])
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]
        (row,) = self.rows(body_of(response))
        assert row["user"] == "ada"
        assert row["session_id"] == chosen.session_id
        assert row["status"] == "expired"
        assert row["device_label"] == "till"
        assert datetime.datetime.fromisoformat(row["created_at"]).tzinfo is not None

    def test_whole_filtered_selection_beyond_one_page(
        self, root: Client, user: Any, other: Any
    ) -> None:
        now = timezone.now()
        Session.objects.bulk_create(
            Session(
                user=(user, other)[n % 2],
                workflow_id="wf_1",
                session_id=f"sess_{n}",
                issuer="self",
                created_at=now,
            )
            for n in range(2400)
        )
        first = Session.objects.filter(user=user).first()
        assert first
        data = {"action": "export_csv", "_selected_action": [first.pk], "select_across": "1"}
        with CaptureQueriesContext(connection) as queries:
            response = root.post(f"{LIST}?q=ada", data)
            rows = self.rows(body_of(response))
        assert len(rows) == 1200
        assert {row["user"] for row in rows} == {"ada"}
        assert len({row["session_id"] for row in rows}) == 1200
        assert len(queries) < 15

    def test_streams_under_asgi(self, admin: Any, user: Any) -> None:
        make(user)
        pk = Session.objects.get().pk

        async def fetch() -> bytes:
            client = AsyncClient()
            await client.aforce_login(admin)
            data = {"action": "export_csv", "_selected_action": [pk]}
            response: Any = await client.post(LIST, data)
            assert response.is_async
            return b"".join([piece async for piece in response.streaming_content])

        from asgiref.sync import async_to_sync

        (row,) = self.rows(async_to_sync(fetch)())
        assert row["user"] == "ada"

    def test_holds_no_secret(self, root: Client, user: Any) -> None:
        row = make(user, auth_hash="canary-hash")
        body = body_of(act(root, "export_csv", [row])).decode()
        assert "canary-hash" not in body
        assert "ck_" not in body

    STARTS = ("", ";", "a;", "a; ", 'a;"', "a\t", "a\n", "a\r\n", 'a\n"', '"')
    FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "  =1", '"=1', "\u2028=1")

    def test_formula_is_text_however_the_file_is_read(self, root: Client, user: Any) -> None:
        texts = [start + formula for start in self.STARTS for formula in self.FORMULAS]
        rows = [make(user, user_label=text, device_label=text) for text in texts]
        body = body_of(act(root, "export_csv", rows)).decode("utf-8-sig")
        for delimiter in ",;\t":
            lines = list(csv.reader(io.StringIO(body), delimiter=delimiter))
            assert len(lines) == 1 + len(rows)
            for value in (value for line in lines for value in line):
                assert not value.strip(' "').startswith(("=", "+", "-", "@", "＝")), value

    @pytest.mark.parametrize("text", ["ada", "wf_1", "a=b", "a-b", "", "a; b", "a, -b"])
    def test_plain_text_stays(self, text: str) -> None:
        assert cell(text) == text


class TestNotice:
    def test_while_openai_answers(self, root: Client, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": {"wf_1": "openai"}}
        notice = sunset.notice()
        assert notice
        assert any(str(m) == notice for m in root.get(LIST).context["messages"])

    def test_none_while_this_site_answers(self, root: Client) -> None:
        assert not list(root.get(LIST).context["messages"])

    def test_not_told_to_those_who_may_not_look(self, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": {"wf_1": "openai"}}
        response = staff().get(LIST)
        assert response.status_code == 403
        assert not said(response)
