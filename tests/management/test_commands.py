"""The commands chatkit_demo, chatkit_prune, chatkit_export and chatkit_erase."""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import stat
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command, load_command_class
from django.test import override_settings
from django.utils import timezone

from chatkit import personal_data, retention
from chatkit.attachments import orphans
from chatkit.contrib.console.models import Reading
from chatkit.management.commands import chatkit_demo
from chatkit.models import (
    Attachment,
    Feedback,
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
from mseller.customers.models import Customer

pytestmark = pytest.mark.django_db

ALL = (Session, Thread, ThreadItem, Feedback, Run, RunEvent, ToolCall, Attachment)


def run(name: str, *args: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def fill(user: Any, words: str = "hello", when: datetime.datetime | None = None) -> Thread:
    """One of everything for a user: session, thread with an item, run, feedback, two files."""
    when = when or timezone.now()
    key = f"{user.pk}_{Thread.objects.count()}"
    session = Session.objects.create(
        user=user,
        workflow_id="wf_1",
        issuer="self",
        session_id=f"sess_{key}",
        created_at=when,
        expires_at=when + datetime.timedelta(minutes=10),
        auth_hash="canary-hash",
        user_label=words,
    )
    thread = Thread.objects.create(
        user=user, workflow_id="wf_1", title=words, created_at=when, updated_at=when
    )
    ThreadItem.objects.create(
        thread=thread,
        item_id="itm_1",
        type="user_message",
        payload={"content": [{"type": "input_text", "text": words}]},
        created_at=when,
    )
    ToolCall.objects.create(
        thread=thread, user=user, tool="t", arguments={"q": words}, status="done", created_at=when
    )
    answer = Run.objects.create(
        thread=thread,
        user=user,
        session=session,
        kind="threads.create",
        status="completed",
        outcome="answered",
        searched=[{"query": "refund"}],
        cited=[{"article": "refunds"}],
        created_at=when,
    )
    RunEvent.objects.create(run=answer, number=1, data="data: {}\n\n")
    Feedback.objects.create(thread=thread, item_id="itm_1", user=user, kind="positive")
    for place in (thread, None):
        Attachment.objects.create(
            user=user,
            workflow_id="wf_1",
            thread=place,
            name=f"{words}.txt",
            mime_type="text/plain",
            size=3,
            created_at=when,
            file=ContentFile(words.encode(), name="a.txt"),
        )
    return thread


def files_of(user: Any) -> list[Path]:
    return [Path(row.file.path) for row in Attachment.objects.filter(user=user)]


@pytest.mark.parametrize("name", ["demo", "prune", "export", "erase"])
def test_help_says_what_it_does(name: str) -> None:
    command = load_command_class("chatkit", f"chatkit_{name}")
    assert len(command.help) > 60
    assert command.help.endswith(".")


class TestDemo:
    @pytest.fixture(autouse=True)
    def _debug(self, settings: Any) -> None:
        settings.DEBUG = True

    def test_makes_both_users_and_prints_them(self) -> None:
        said = run("chatkit_demo")
        assert "demo / demo (ordinary user)" in said
        assert "admin / admin (admin)" in said
        demo = authenticate(username="demo", password="demo")
        admin = authenticate(username="admin", password="admin")
        assert demo
        assert demo.first_name == "Demo"
        assert not demo.is_staff
        assert not demo.is_superuser
        assert admin
        assert admin.is_staff
        assert admin.is_superuser

    def test_quiet(self) -> None:
        assert run("chatkit_demo", "--quiet") == ""
        assert authenticate(username="demo", password="demo")

    def test_twice_is_once(self) -> None:
        run("chatkit_demo")
        before = list(get_user_model().objects.values()), list(StarterPrompt.objects.values())
        run("chatkit_demo")
        after = list(get_user_model().objects.values()), list(StarterPrompt.objects.values())
        assert after == before

    def test_the_app_s_own_makes_users_alone(self) -> None:
        call_command(chatkit_demo.Command(), "--quiet")
        assert get_user_model().objects.count() == 2
        assert not StarterPrompt.objects.exists()

    def test_leaves_a_user_as_it_is(self) -> None:
        users = get_user_model().objects
        users.create_user("admin", password="my own", is_active=False)
        said = run("chatkit_demo")
        admin = users.get(username="admin")
        assert admin.check_password("my own")
        assert not admin.is_superuser
        assert not admin.is_active
        assert "admin, whose password was changed" in said
        assert "admin / admin" not in said

    def test_prompts_in_both_languages(self) -> None:
        run("chatkit_demo")
        languages = list(StarterPrompt.objects.values_list("language", flat=True))
        assert languages.count("en") == languages.count("es") >= 3

    def test_deleted_prompts_stay_deleted(self) -> None:
        run("chatkit_demo")
        StarterPrompt.objects.all().delete()
        run("chatkit_demo")
        assert not StarterPrompt.objects.exists()

    def test_the_site_s_tools_can_be_tried(self) -> None:
        """Customers, and a user who may work with them without being an admin."""
        run("chatkit_demo")
        demo = get_user_model().objects.get(username="demo")
        assert demo.has_perms(["customers.view_customer", "customers.add_note"])
        assert not demo.has_perm("customers.delete_customer")
        assert Customer.objects.count() >= 5
        Customer.objects.all().delete()
        run("chatkit_demo")
        assert not Customer.objects.exists()

    def test_a_user_who_was_there_gets_no_rights(self) -> None:
        get_user_model().objects.create_user("demo", password="my own")
        run("chatkit_demo")
        assert not get_user_model().objects.get(username="demo").has_perm("customers.view_customer")

    def test_own_prompts_stay_alone(self) -> None:
        StarterPrompt.objects.create(label="mine", prompt="mine")
        run("chatkit_demo")
        assert StarterPrompt.objects.get().label == "mine"

    def test_only_where_debug_is_on(self, settings: Any) -> None:
        settings.DEBUG = False
        with pytest.raises(CommandError, match="only made where DEBUG is on"):
            run("chatkit_demo")
        assert not get_user_model().objects.exists()


class TestPrune:
    def test_deletes_what_is_old_and_nothing_else(self, user: Any, other: Any) -> None:
        old, new = fill(user, when=ago(40)), fill(other, when=ago(20))
        gone, kept = files_of(user), files_of(other)
        said = run("chatkit_prune", "--days", "30")
        assert said == (
            "Deleted: 1 conversations, 1 session records, 0 runs, 1 attachments, 0 frames, "
            "1 unsent files, 0 ended links, 0 deleted conversations, 0 temporary conversations, "
            "0 visitors, 0 agent sessions, 0 budget periods, 0 evaluations, "
            "0 files without a row\n"
        )
        assert list(Thread.objects.all()) == [new]
        assert old.pk not in str(list(ThreadItem.objects.values()))
        for model, count in ((Session, 1), (Run, 1), (RunEvent, 1), (Feedback, 1)):
            assert model.objects.count() == count
        assert Attachment.objects.get().thread == new  # the other was not sent within a day
        assert not any(path.exists() for path in gone)
        assert sum(path.exists() for path in kept) == 1

    def test_age_of_the_setting(self, user: Any, settings: Any) -> None:
        fill(user, when=ago(8))
        with override_settings(CHATKIT={**settings.CHATKIT, "RETENTION_DAYS": 7}):
            run("chatkit_prune")
        assert not Thread.objects.exists()

    def test_without_an_age_only_what_nobody_needs(self, user: Any) -> None:
        thread = fill(user, when=ago(400))
        call = ToolCall.objects.create(
            user=user, thread=thread, tool="refund", status="waiting", held={"order": "1"}
        )
        ToolCall.objects.filter(pk=call.pk).update(created_at=ago(400))
        said = run("chatkit_prune", "--dry-run")
        assert "1 unsent files" in said
        assert Attachment.objects.count() == 2
        said = run("chatkit_prune")
        assert said.startswith("Deleted: 0 frames, 1 unsent files")
        assert "Conversations of users stay" in said
        assert list(Thread.objects.all()) == [thread]
        assert Attachment.objects.get().thread == thread
        call.refresh_from_db()
        assert (call.status, call.held) == ("expired", None)

    @pytest.mark.parametrize("days", ["0", "-3", "99999999"])
    def test_impossible_age(self, user: Any, days: str) -> None:
        fill(user)
        with pytest.raises(CommandError, match="--days"):
            run("chatkit_prune", f"--days={days}")
        assert Thread.objects.exists()

    def test_dry_run_only_counts(self, user: Any) -> None:
        fill(user, when=ago(40))
        said = run("chatkit_prune", "--days=30", "--dry-run")
        assert said.startswith("Would delete: 1 conversations, 1 session records, 0 runs")
        assert all(model.objects.exists() for model in ALL)
        assert all(path.exists() for path in files_of(user))

    @pytest.mark.parametrize("way", [["--days=30"], []], ids=["old", "left over"])
    def test_a_dry_run_tells_what_the_run_deletes(self, user: Any, other: Any, way: Any) -> None:
        """Each row once, also where several conditions are met, or it goes with another."""
        old = ago(40)
        deleted, kept, temporary, linked = (fill(user, when=old) for _ in range(4))
        threads = Thread.objects.filter
        threads(pk=deleted.pk).update(deleted_at=ago(1))
        threads(pk=temporary.pk).update(temporary=True)
        threads(pk=kept.pk).update(updated_at=timezone.now())
        Run.objects.update(ended_at=old)
        for thread in (linked, kept):
            Share.objects.create(
                thread=thread, expires_at=old, token_hash=thread.pk, until_sequence=0
            )
        # What waits for no age.
        gone = fill(other)
        threads(pk=gone.pk).update(deleted_at=ago(1))
        Attachment.objects.filter(user=other, thread=None).update(created_at=ago(2))
        visitor = Visitor.objects.create(key_hash="x", seen_at=ago(4000))
        Thread.objects.create(visitor=visitor, workflow_id="wf_1", updated_at=old)
        would = run("chatkit_prune", *way, "--dry-run")
        assert run("chatkit_prune", *way) == would.replace("Would delete", "Deleted")
        assert "1 visitors" in would
        then = run("chatkit_prune", *way, "--dry-run").partition("\n")[0]
        assert set(re.findall(r"\d+", then)) == {"0"}

    def test_old_thread_that_is_used_stays(self, user: Any) -> None:
        thread = fill(user, when=ago(40))
        Thread.objects.filter(pk=thread.pk).update(updated_at=timezone.now())
        run("chatkit_prune", "--days=30")
        assert Thread.objects.exists()
        assert ThreadItem.objects.exists()
        assert not Run.objects.exists()

    def test_running_answer_and_live_session_stay(self, user: Any) -> None:
        thread = fill(user, when=ago(40))
        Run.objects.update(live=thread.pk, status="running")
        Session.objects.update(expires_at=timezone.now() + datetime.timedelta(minutes=5))
        run("chatkit_prune", "--days=30")
        assert Thread.objects.exists()
        assert Run.objects.exists()
        assert Session.objects.exists()

    def test_more_than_one_batch(self, user: Any, monkeypatch: Any) -> None:
        monkeypatch.setattr(retention.rows, "BATCH", 2)
        for _ in range(5):
            fill(user, when=ago(40))
        assert run("chatkit_prune", "--days=30").startswith("Deleted: 5 conversations, 5 session")
        assert not any(model.objects.exists() for model in ALL)

    def test_storage_that_fails(self, user: Any, monkeypatch: Any) -> None:
        fill(user, when=ago(40))

        def refuse(self: Any, name: str) -> None:
            raise PermissionError("a path that no message tells")

        monkeypatch.setattr("django.core.files.storage.FileSystemStorage.delete", refuse)
        with pytest.raises(CommandError, match="could not be deleted") as raised:
            run("chatkit_prune", "--days=30")
        assert "a path that" not in str(raised.value)
        assert Attachment.objects.count() == 2
        monkeypatch.undo()
        run("chatkit_prune", "--days=30")
        assert not Attachment.objects.exists()

    def test_files_that_no_row_names(self, user: Any, tmp_path: Path, monkeypatch: Any) -> None:
        """As where a process died between storing a file and its row."""
        fill(user)
        known = files_of(user)
        folder = known[0].parents[1] / "ab"
        folder.mkdir(exist_ok=True)
        names = [f"atc_{'0' * 31}{n}-0123abcd" for n in range(3)]
        old, new, older = (folder / name for name in names)
        other = folder / "kept-by-somebody-else.txt"
        for path in (old, other, new, older):
            path.write_text("x")
        for path in (old, other, older, *known):
            os.utime(path, (0, 0))
        assert "2 files without a row" in run("chatkit_prune", "--days=30", "--dry-run")
        monkeypatch.setattr(orphans, "BATCH", 1)
        assert "2 files without a row" in run("chatkit_prune", "--days=30")
        assert [path.exists() for path in (old, other, new, older)] == [False, True, True, False]
        assert all(path.exists() for path in known)
        for path in (other, new):
            path.unlink()

    def test_a_storage_that_is_down_can_not_be_searched(self, monkeypatch: Any) -> None:
        def refuse(self: Any, name: str) -> None:
            raise PermissionError("a path that no message tells")

        monkeypatch.setattr("django.core.files.storage.FileSystemStorage.listdir", refuse)
        for way in ([], ["--dry-run"]):
            with pytest.raises(CommandError, match="searched for files") as raised:
                run("chatkit_prune", "--days=30", *way)
            assert "a path that" not in str(raised.value)


class TestExport:
    def test_no_character_commands_a_terminal(self, user: Any) -> None:
        words = "a\x1b[2Jb\x9b2Jc\x7fd\u2028e"
        fill(user, words)
        text = run("chatkit_export", "--user=ada")
        assert not [letter for letter in text if not letter.isprintable() and letter != "\n"]
        assert json.loads(text)["threads"][0]["title"] == words

    def test_everything_of_one_user_and_nothing_of_another(self, user: Any, other: Any) -> None:
        thread = fill(user, "my own words «ñ»")
        fill(other, "words of somebody else")
        text = run("chatkit_export", "--user=ada")
        data = json.loads(text)
        assert data["user"] == {"id": str(user.pk), "login": "ada"}
        assert [row["id"] for row in data["threads"]] == [thread.pk]
        assert data["threads"][0]["title"] == "my own words «ñ»"
        assert data["items"][0]["payload"]["content"][0]["text"] == "my own words «ñ»"
        assert data["sessions"][0]["user_label"] == "my own words «ñ»"
        assert data["feedback"] == [
            {**data["feedback"][0], "thread_id": thread.pk, "item_id": "itm_1", "kind": "positive"}
        ]
        assert [(row["outcome"], row["searched"], row["cited"]) for row in data["runs"]] == [
            ("answered", [{"query": "refund"}], [{"article": "refunds"}])
        ]
        assert [row["size"] for row in data["attachments"]] == [3, 3]
        assert "somebody else" not in text
        assert "canary-hash" not in text

    def test_what_is_for_the_model_alone_is_in_it(self, user: Any) -> None:
        hidden = {"item_id": "itm_h", "type": "hidden_context_item", "payload": {"content": "x"}}
        ThreadItem.objects.create(thread=fill(user), **hidden)
        data = json.loads(run("chatkit_export", "--user=ada"))
        assert {"content": "x"} in [row["payload"] for row in data["items"]]

    def test_the_files_as_a_zip(self, user: Any, tmp_path: Path) -> None:
        fill(user)
        run("chatkit_export", "--user=ada", f"--files={tmp_path / 'files.zip'}")
        with ZipFile(tmp_path / "files.zip") as archive:
            found = [archive.read(name) for name in archive.namelist()]
        assert found == [b"hello"] * 2

    def test_user_without_anything(self, user: Any) -> None:
        data = json.loads(run("chatkit_export", "--user=ada"))
        assert data["threads"] == data["items"] == data["sessions"] == []

    def test_more_than_one_chunk(self, user: Any, monkeypatch: Any) -> None:
        monkeypatch.setattr(personal_data, "CHUNK", 2)
        for _ in range(5):
            fill(user)
        data = json.loads("".join(personal_data.export(user)))
        assert len({row["id"] for row in data["threads"]}) == 5
        assert len(data["items"]) == 5

    def test_every_kind_of_row_is_in_it(self) -> None:
        """A model that is added later must be thought of here."""
        from django.apps import apps

        exported = {kind.name for kind in personal_data.kinds()}
        # Passing, of nobody, and told by the items.
        told_elsewhere = {"runevent", "starterprompt", "messagetemplate", "branch"}
        names = {
            model._meta.model_name for model in apps.get_app_config("chatkit").get_models()
        } - told_elsewhere
        known = {
            *("session", "thread", "threaditem", "feedback", "run", "attachment", "toolcall"),
            *("agentsession", "share", "visitor"),
        }
        assert names == known
        assert exported == {
            "sessions", "threads", "items", "feedback", "runs", "tool_calls", "attachments",
            "shares",
            "agent_sessions", "visitors",
            "preferences", "customer_notes", "changes",
            "budget_use", "daily_figures", "monthly_figures", "readings", "article_votes",
        }  # fmt: skip

    def test_every_row_of_an_optional_app_that_names_a_person_was_thought_of(self) -> None:
        from django.apps import apps

        exported = {
            *("Vote.user", "DayPerson.user", "MonthPerson.user", "Reading.person"),
            "Change.person",
        }
        with_their_run = {"Question.user"}
        # What staff did, which the site keeps: who wrote, marked or changed what.
        of_staff = {
            *("Change.user", "Document.user", "Phrasing.created_by", "QuestionGroup.marked_by"),
            *("Article.created_by", "ArticleText.updated_by", "Version.user"),
            "Reading.user",
            *("Review.assigned_to", "Review.marked_by", "Evaluation.started_by"),
        }
        of_nobody_s_doing = {"Budget.user"}  # whom a budget is about: goes with the account
        named = {
            f"{model.__name__}.{field.name}"
            for label in ("chatkit_console", "chatkit_articles")
            for model in apps.get_app_config(label).get_models()
            for field in model._meta.get_fields()
            if field.related_model is get_user_model() and field.concrete
        }
        assert named == exported | with_their_run | of_staff | of_nobody_s_doing

    def test_to_a_file_for_its_maker_alone(self, user: Any, tmp_path: Path) -> None:
        fill(user)
        target = tmp_path / "ada.json"
        assert run("chatkit_export", "--user=ada", f"--output={target}") == ""
        assert json.loads(target.read_text())["user"]["login"] == "ada"
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert list(tmp_path.iterdir()) == [target]

    def test_half_a_file_is_never_left(self, user: Any, tmp_path: Path, monkeypatch: Any) -> None:
        target = tmp_path / "ada.json"
        target.write_text("before")

        def break_off(user: Any, hidden: bool) -> Any:
            yield "{"
            raise RuntimeError("database is gone")

        monkeypatch.setattr(personal_data, "export", break_off)
        with pytest.raises(RuntimeError):
            run("chatkit_export", "--user=ada", f"--output={target}")
        assert target.read_text() == "before"
        assert list(tmp_path.iterdir()) == [target]

    def test_place_that_can_not_be_written(self, user: Any, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="can't be written"):
            run("chatkit_export", "--user=ada", f"--output={tmp_path / 'none' / 'x.json'}")
        assert Reading.objects.count() == 0

    @pytest.mark.parametrize("way", ["same", "relative", "folder", "link"])
    def test_one_file_for_both(self, user: Any, tmp_path: Path, way: str, monkeypatch: Any) -> None:
        monkeypatch.chdir(tmp_path)
        fill(user)
        (tmp_path / "folder").mkdir()
        (tmp_path / "linked").symlink_to("folder")
        target = tmp_path / "folder" / "ada"
        if way == "link":
            (tmp_path / "link").symlink_to(target)
        other = {
            "same": target,
            "relative": Path("folder/../folder/ada"),
            "folder": tmp_path / "linked" / "ada",
            "link": tmp_path / "link",
        }[way]
        with pytest.raises(CommandError, match="--output and --files are one file"):
            run("chatkit_export", "--user=ada", f"--files={target}", f"--output={other}")
        assert not target.exists()
        assert Reading.objects.count() == 0

    def test_what_is_out_is_told_though_the_rest_can_not_be_written(
        self, user: Any, tmp_path: Path
    ) -> None:
        files, nowhere = tmp_path / "ada.zip", tmp_path / "none" / "ada.json"
        with pytest.raises(CommandError, match=r"ada\.json can't be written"):
            run("chatkit_export", "--user=ada", f"--files={files}", f"--output={nowhere}")
        assert files.exists()

        class Broken(io.StringIO):
            def write(self, text: str) -> int:
                raise BrokenPipeError

        with pytest.raises(BrokenPipeError):
            call_command("chatkit_export", user="ada", stdout=Broken())
        told = Reading.objects.values_list("action", "person")
        assert list(told) == [("exported", user.pk)] * 2


class TestFindingTheUser:
    def test_by_e_mail(self, user: Any, other: Any) -> None:
        assert personal_data.find_user("ADA@example.com") == user

    def test_login_name_wins(self, user: Any, other: Any) -> None:
        odd = get_user_model().objects.create_user("bob@example.com")
        assert personal_data.find_user("bob@example.com") == odd

    @pytest.mark.parametrize("command", ["chatkit_export", "chatkit_erase"])
    @pytest.mark.parametrize("name", ["nobody", "", "ad", "%"])
    def test_unknown(self, user: Any, command: str, name: str) -> None:
        with pytest.raises(CommandError, match="There is no user"):
            run(command, f"--user={name}")

    def test_several_with_one_address(self, user: Any) -> None:
        for name in ("one", "two"):
            get_user_model().objects.create_user(name, "same@example.com")
        with pytest.raises(CommandError, match="Several users"):
            run("chatkit_erase", "--user=same@example.com", "--yes")


class TestErase:
    def test_deletes_everything_of_one_user(self, user: Any, other: Any) -> None:
        fill(user), fill(user)
        fill(other)
        gone, kept = files_of(user), files_of(other)
        said = run("chatkit_erase", "--user=ada", "--yes")
        assert said == (
            "Deleted of ada: 2 sessions, 2 threads, 2 items, 2 feedback, 2 runs, 2 tool calls, "
            "0 agent sessions, 0 shares, 4 attachments, 0 visitors, 0 preferences, "
            "0 customer notes, 0 budget use, 0 daily figures, "
            "0 monthly figures, 0 readings, 0 changes, 0 article votes.\n"
        )
        assert not any(path.exists() for path in gone)
        assert all(path.exists() for path in kept)
        counts = [model.objects.count() for model in ALL]
        assert counts == [1, 1, 1, 1, 1, 1, 1, 2]
        assert json.loads(run("chatkit_export", "--user=ada"))["items"] == []
        assert len(json.loads(run("chatkit_export", "--user=bob"))["items"]) == 1
        assert get_user_model().objects.filter(username="ada").exists()

    def test_twice(self, user: Any) -> None:
        fill(user)
        run("chatkit_erase", "--user=ada", "--yes")
        assert "0 threads" in run("chatkit_erase", "--user=ada", "--yes")

    def test_asks_first(self, user: Any, monkeypatch: Any) -> None:
        fill(user)
        asked = []

        def answer(question: str) -> str:
            asked.append(question)
            return "ada"

        monkeypatch.setattr("builtins.input", answer)
        said = run("chatkit_erase", "--user=ada")
        assert "This deletes of ada: 1 sessions, 1 threads" in said
        assert len(asked) == 1
        assert not Thread.objects.exists()

    @pytest.mark.parametrize("answer", ["", "y", "yes", "bob"])
    def test_other_answers_delete_nothing(self, user: Any, monkeypatch: Any, answer: str) -> None:
        fill(user)
        monkeypatch.setattr("builtins.input", lambda question: answer)
        with pytest.raises(CommandError, match=r"^Nothing was deleted\.$"):
            run("chatkit_erase", "--user=ada")
        assert all(model.objects.exists() for model in ALL)

    def test_nobody_there_to_answer(self, user: Any, monkeypatch: Any) -> None:
        fill(user)

        def end(question: str) -> str:
            raise EOFError

        monkeypatch.setattr("builtins.input", end)
        with pytest.raises(CommandError, match="--yes"):
            run("chatkit_erase", "--user=ada")
        assert Thread.objects.exists()

    def test_says_what_openai_still_has(self, user: Any) -> None:
        fill(user)
        Session.objects.update(issuer="openai")
        said = run("chatkit_erase", "--user=ada", "--yes")
        assert f"'mseller:{user.pk}'" in said

    def test_says_nothing_of_openai_otherwise(self, user: Any) -> None:
        fill(user)
        assert "OpenAI" not in run("chatkit_erase", "--user=ada", "--yes")
