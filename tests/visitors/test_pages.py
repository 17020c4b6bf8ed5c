"""What visitors see: the page, what they agree to, and how all of it is deleted."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django.utils import timezone

from chatkit.attachments import files
from chatkit.models import Attachment, Run, Session, Thread, Visitor
from chatkit.navigation import entries
from chatkit.sessions import user_key
from chatkit.templatetags import chatkit as tags

from .people import Visit

PAGE = "/apps/chatkit/"
DESK = "chatkit.selfhosted.helpdesk.HelpDeskServer"
MINE = "/apps/chatkit/mine/"


def config_of(client: Client, path: str = PAGE) -> dict[str, Any]:
    found: dict[str, Any] = client.get(path).context["config"]
    return found


class TestPage:
    def test_a_stranger_has_the_chat_and_no_token(self, open_site: str) -> None:
        config = config_of(Client())
        assert config["blocked"] == ""
        assert (config["visitor"], config["user"]) == (True, "")
        assert config["csrf"]["cookie"] == config["csrf"]["token"] == ""

    def test_whose_it_is_once_they_have_written(self, visit: Visit, second: Visit) -> None:
        keys = {config_of(one.client)["user"] for one in (visit, second)}
        assert len(keys) == 2
        assert "" not in keys
        assert config_of(visit.client)["options"]["startScreen"]["last"]["id"] == (
            visit.chat.thread_id
        )

    def test_a_user_whose_login_has_ended_asks_nothing_as_a_visitor(
        self, open_site: str, user: Any
    ) -> None:
        client = Client()
        form = {"ask": "q", "user_key": user_key(user)}
        login = client.post(PAGE, form)["Location"]
        assert login.startswith("/accounts/login/?next=")
        assert config_of(client)["ask"] == ""
        client.force_login(user)
        assert (config_of(client)["ask"], config_of(client)["ask"]) == ("q", "")

    def test_what_a_visitor_has_asked_is_asked_by_the_user_whom_they_become(
        self, visit: Visit, user: Any
    ) -> None:
        visit.client.post(PAGE, {"ask": "q"})
        visit.client.post("/accounts/login/", {"username": "ada", "password": "pw-ada"})
        assert config_of(visit.client)["ask"] == "q"

    def test_nothing_of_what_they_may_not(self, visit: Visit, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "SHARING": {"seconds": 60},
            "TRANSCRIBER": {"model": "whisper-1"},
        }
        options = config_of(visit.client)["options"]
        assert "attachments" not in options["composer"]
        assert "dictation" not in options["composer"]
        assert "share" not in options["threadActions"]
        assert "Visitor" not in options["startScreen"]["greeting"]

    def test_what_they_agree_to_is_there_and_kept(self, open_site: str, settings: Any) -> None:
        text = "By writing you agree to our [terms](/terms/)."
        settings.CHATKIT = settings.CHATKIT | {
            "VISITORS": {"consent": text},
            "OPTIONS": {"disclaimer": {"text": "Ours."}},
        }
        one = Visit()
        assert config_of(one.client)["options"]["disclaimer"]["text"].startswith(text)
        one.chat.ask("Where is my order?")
        assert one.row.consent == text

    def test_users_are_told_nothing_of_it(
        self, open_site: str, logged_in: Client, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"VISITORS": {"consent": "Agree."}}
        page = logged_in.get(PAGE)
        assert page.context["config"]["visitor"] is False
        assert "Agree." not in page.content.decode()
        assert "You are not logged in" not in page.content.decode()

    def test_help_articles(self, open_site: str, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"BASE_TEMPLATE": None}
        index = Client().get("/apps/chatkit/help/")
        assert index.status_code == 200
        slug = index.context["entries"][0].article.slug
        article = Client().get(f"/apps/chatkit/help/{slug}/")
        assert article.status_code == 200
        assert not article.cookies

    def test_help_articles_for_users_alone(self, settings: Any, logged_in: Client) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {"staff": DESK, "open": {"server": DESK, "visitors": True}},
        }
        for path in ("", "orders/"):
            url = f"{PAGE}help/{path}?workflow=staff"
            sent = Client().get(url)
            assert sent.status_code == 302
            assert sent["Location"].startswith("/accounts/login/?next=")
            assert sent["Location"].endswith("%3Fworkflow%3Dstaff")
            assert logged_in.get(url).status_code in (200, 404)
        assert Client().get(f"{PAGE}help/?workflow=open").status_code == 200

    def test_how_long_it_is_kept_is_what_holds(self, settings: Any, db: None) -> None:
        """Of two assistants: a visitor's cookie and row are for both."""
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {
                "brief": {"server": DESK, "visitors": {"days": 3}},
                "long": {"server": DESK, "visitors": {"days": 300}},
            },
        }
        one = Visit()
        page = one.client.get(f"{PAGE}?workflow=brief").content.decode()
        assert "kept for 300 days after your last visit" in page
        one.session("brief")
        assert one.client.cookies["chatkit_visitor"]["max-age"] == 300 * 24 * 60 * 60
        Visitor.objects.update(seen_at=timezone.now() - datetime.timedelta(days=10))
        call_command("chatkit_prune", verbosity=0)
        assert Visitor.objects.exists()

    def test_the_menu(self, open_site: str, settings: Any) -> None:
        for visitors, ids in ((True, {"chatkit", "chatkit-help"}), (False, set())):
            settings.CHATKIT = settings.CHATKIT | {"VISITORS": visitors}
            request = RequestFactory().get("/")
            request.user = AnonymousUser()
            assert {one.id for one in entries(request)} & {"chatkit", "chatkit-help"} == ids

    def test_the_launcher(self, open_site: str, settings: Any) -> None:
        request = RequestFactory().get("/")
        request.resolver_match = None
        request.user = AnonymousUser()
        template = Template("{% load chatkit %}{% chatkit_launcher %}")
        assert "chatkit-launcher" in template.render(RequestContext(request))
        settings.CHATKIT = settings.CHATKIT | {"VISITORS": False}
        request = RequestFactory().get("/")
        request.user, request.resolver_match = AnonymousUser(), None
        assert "chatkit-launcher" not in template.render(RequestContext(request))
        assert tags

    def test_a_question_from_a_form_of_the_site(self, open_site: str) -> None:
        client = Client()
        assert client.post(PAGE, {"ask": "Where is my order?"}).status_code == 302
        config = config_of(client)
        assert (config["ask"], config["send"]) == ("Where is my order?", True)


class TestAnothersConversation:
    """Who opens a bookmark of theirs without a login is offered one, and comes back to it."""

    def test_of_a_user_or_of_nobody(
        self, visit: Visit, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        theirs = Thread.objects.create(user=user, workflow_id=workflow_id).pk
        told = set()
        for client in (Client(), visit.client):
            for thread in (theirs, "thr_never"):
                config = config_of(client, f"{PAGE}?thread={thread}")
                assert config["thread"] is None
                assert config["noticeLogin"] == (
                    f"/accounts/login/?next={PAGE}%3Fthread%3D{thread}"
                )
                told.add(config["notice"])
        assert len(told) == 1
        assert "log in" in told.pop()
        assert config_of(logged_in, f"{PAGE}?thread={theirs}")["thread"] == theirs
        assert config_of(logged_in, f"{PAGE}?thread=thr_never")["noticeLogin"] == ""

    def test_not_of_ones_own(self, visit: Visit) -> None:
        config = config_of(visit.client, f"{PAGE}?thread={visit.chat.thread_id}")
        assert (config["notice"], config["noticeLogin"]) == ("", "")


class TestDelete:
    def test_the_button(self, visit: Visit, second: Visit) -> None:
        assert f'href="{MINE}delete/"' in visit.client.get(PAGE).content.decode()
        asked = visit.client.get(f"{MINE}delete/")
        assert asked.status_code == 200
        assert "Your account." not in asked.content.decode()
        gone = visit.client.post(f"{MINE}delete/")
        assert gone.status_code == 200
        assert visit.cookie == ""
        assert Visitor.objects.get() == second.row
        assert Thread.objects.get().person == second.row
        assert {row.person for row in Session.objects.all()} == {second.row}

    def test_it_needs_a_token(self, visit: Visit) -> None:
        wary = Client(enforce_csrf_checks=True)
        wary.cookies = visit.client.cookies
        assert wary.post(f"{MINE}delete/").status_code == 403
        assert Thread.objects.exists()

    def test_before_the_first_message_there_is_nothing(self, open_site: str) -> None:
        assert Client().get(MINE).status_code == 302
        assert Client().post(f"{MINE}delete/").status_code == 302

    def test_also_where_visitors_may_chat_no_more(
        self, visit: Visit, settings: Any, workflow_id: str
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.visitors.test_pages.nobody"}
        assert visit.client.post(f"{MINE}delete/").status_code == 200
        assert not Visitor.objects.exists()

    def test_download(self, visit: Visit, second: Visit) -> None:
        response = visit.client.get(f"{MINE}download/")
        data = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
        assert [one["id"] for one in data["threads"]] == [visit.chat.thread_id]
        assert data["user"]["id"] == visit.row.pk
        (row,) = data["visitors"]
        assert (row["id"], row["consent"]) == (visit.row.pk, visit.row.consent)
        assert visit.row.key_hash not in json.dumps(data)
        assert second.chat.thread_id not in json.dumps(data)


def nobody(person: Any, workflow_id: str) -> bool:
    return False


def add_file(visit: Visit, workflow_id: str) -> Attachment:
    return Attachment.objects.create(
        visitor=visit.row, workflow_id=workflow_id, name="a", mime_type="x", file="a"
    )


def long_ago() -> None:
    """Nobody was seen for longer than visitors are kept."""
    Visitor.objects.update(seen_at=timezone.now() - datetime.timedelta(days=31))


class TestPrune:
    def test_who_did_not_come_back(
        self, visit: Visit, second: Visit, workflow_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        deleted: list[str] = []
        monkeypatch.setattr(files, "delete_file", lambda row: deleted.append(row.pk))
        file = add_file(visit, workflow_id)
        old = timezone.now() - datetime.timedelta(days=31)
        Visitor.objects.filter(pk=visit.row.pk).update(seen_at=old)
        call_command("chatkit_prune", verbosity=0)
        assert Visitor.objects.get() == second.row
        assert Thread.objects.get().person == second.row
        assert deleted == [file.pk]

    def test_not_while_an_answer_is_written(self, visit: Visit) -> None:
        Run.objects.update(live=visit.chat.thread_id)
        Visitor.objects.update(seen_at=timezone.now() - datetime.timedelta(days=31))
        call_command("chatkit_prune")
        assert Visitor.objects.exists()

    def test_coming_back_counts(self, visit: Visit, open_site: str) -> None:
        Visitor.objects.update(seen_at=timezone.now() - datetime.timedelta(days=29))
        visit.session(open_site)
        assert timezone.now() - visit.row.seen_at < datetime.timedelta(minutes=1)

    def test_who_comes_back_just_before_keeps_everything(
        self, visit: Visit, workflow_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Once `chatkit_prune` has found them, and before it deletes anything."""
        deleted: list[str] = []
        monkeypatch.setattr(files, "delete_file", lambda row: deleted.append(row.pk))
        add_file(visit, workflow_id)
        long_ago()
        back: list[int] = []

        def and_back(execute: Any, sql: str, *args: Any) -> Any:
            found = execute(sql, *args)
            if not back and sql.startswith("SELECT") and " FROM " in sql:
                table = connection.ops.quote_name(Visitor._meta.db_table)
                if f" FROM {table}" in sql:
                    back.append(0)
                    back[0] = visit.session(workflow_id).status_code
            return found

        with connection.execute_wrapper(and_back):
            call_command("chatkit_prune", verbosity=0)
        assert (back, deleted) == ([200], [])
        assert Visitor.objects.get() == visit.row
        assert Thread.objects.get().pk == visit.chat.thread_id
        assert visit.client.get(f"{MINE}download/").status_code == 200

    def test_who_comes_back_meanwhile_is_somebody_new(
        self,
        visit: Visit,
        workflow_id: str,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Once a storage has begun to delete their files: they see no conversation without them."""
        file = add_file(visit, workflow_id)
        long_ago()
        told: list[Any] = []

        def slowly(row: Attachment) -> None:
            config = config_of(visit.client)
            told.append((row.pk, config["user"], config["options"]["startScreen"].get("last")))

        monkeypatch.setattr(files, "delete_file", slowly)
        call_command("chatkit_prune", verbosity=0)
        assert told == [(file.pk, "", None)]
        assert not Visitor.objects.exists()
        assert not Thread.objects.exists()
        assert "was copied" not in caplog.text

    def test_nothing_else_without_an_age(
        self, visit: Visit, logged_in: Client, user: Any, settings: Any, workflow_id: str
    ) -> None:
        old = timezone.now() - datetime.timedelta(days=4000)
        Thread.objects.create(user=user, workflow_id=workflow_id, updated_at=old)
        call_command("chatkit_prune")
        assert Thread.objects.filter(user=user).exists()
        # Those who were let in once are not kept for ever.
        Visitor.objects.update(seen_at=old)
        settings.CHATKIT = settings.CHATKIT | {"VISITORS": None}
        call_command("chatkit_prune")
        assert not Visitor.objects.exists()
        assert Thread.objects.get().user == user
