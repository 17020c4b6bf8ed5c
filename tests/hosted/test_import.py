"""The import: complete, to the right people, again and again, and after any interruption."""

from __future__ import annotations

import contextlib
import datetime
import gc
import io
import os
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatkit.hosted import causes, convert, importer, sunset, transport
from chatkit.hosted import threads as upstream
from chatkit.hosted.causes import UpstreamError
from chatkit.hosted.importer import Import, Progress
from chatkit.hosted.owners import Owners
from chatkit.models import Attachment, Session, Thread, ThreadItem

from ..browser.servers import prepared
from ..tools.forked import Forked
from .openai_standin import KEY, OpenAI, running
from .samples import SAMPLES, START, item, item_lists, text_item, thread

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def told(openai: OpenAI, user: Any) -> str:
    """What OpenAI calls `user`."""
    return f"mseller:{user.pk}"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "PAGE", 3)


def run(*args: str, status: int = 0, tty: bool = False) -> str:
    """The command's output, standard error included; it must end with this exit status."""
    out = Terminal() if tty else io.StringIO()
    got = 0
    try:
        call_command("chatkit_import", *args, stdout=out, stderr=out, no_color=True)
    except CommandError as error:
        out.write(f"CommandError: {error}")
        got = error.returncode
    assert got == status, out.getvalue()
    return out.getvalue()


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def add(openai: OpenAI, told: str, id: str = "cthr_1", count: int = 1, **how: Any) -> None:
    """A thread with `count` text items, a second apart."""
    openai.threads[id] = thread(id, user=told, **how)
    openai.items[id] = [
        text_item(f"{id}_item_{number:05d}", f"Text {number}", created_at=START + number)
        for number in range(count)
    ]


def texts(row: Thread) -> list[str]:
    return [item.payload["content"][0]["text"] for item in row.items.all()]


def snapshot() -> list[Any]:
    """All that was imported, without the ids that are new each time."""
    return [
        (
            row.upstream_id,
            row.user_id,
            row.workflow_id,
            row.title,
            row.status,
            row.source,
            row.created_at,
            row.updated_at,
            [
                (item.item_id, item.type, item.created_at, _without_ids(item.payload, row.id))
                for item in row.items.all()
            ],
            sorted(row.attachments.values_list("name", "mime_type")),
        )
        for row in Thread.objects.order_by("upstream_id")
    ]


def _without_ids(payload: dict[str, Any], thread_id: str) -> str:
    files = [file.pop("id") for file in payload.get("attachments", [])]
    return repr(payload).replace(thread_id, "THREAD") + str(len(files))


class TestComplete:
    def test_all_types(self, openai: OpenAI, told: str, user: Any) -> None:
        openai.threads["cthr_1"] = thread(user=told)
        openai.items["cthr_1"] = [
            {**sample, "id": f"cthi_{number}", "created_at": START + number}
            for number, sample in enumerate(SAMPLES.values())
        ]
        text = run()
        row = Thread.objects.get()
        assert (row.user, row.workflow_id, row.upstream_id) == (user, "wf_hosted", "cthr_1")
        assert (row.source, row.title, row.id[:4]) == (Thread.Source.IMPORT, "About orders", "thr_")
        assert row.created_at == datetime.datetime.fromtimestamp(START, datetime.UTC)
        assert row.updated_at == row.created_at + datetime.timedelta(seconds=5)
        assert [item.type for item in row.items.all()] == [
            "user_message",
            "assistant_message",
            "widget",
            "client_tool_call",
            "task",
            "workflow",
        ]
        assert all(item.payload["thread_id"] == row.id for item in row.items.all())
        assert "Threads: 1 found, 1 new, 0 extended, 0 unchanged" in text
        assert "Items: 6 (1 assistant_message, 1 client_tool_call," in text

    @pytest.mark.usefixtures("small_pages")
    @pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7, 10])
    def test_paging(self, openai: OpenAI, told: str, count: int) -> None:
        for number in range(count):
            add(openai, told, f"cthr_{number:02d}", count, created_at=START + number)
        run()
        assert Thread.objects.count() == count
        for row in Thread.objects.all():
            assert texts(row) == [f"Text {number}" for number in range(count)]

    @pytest.mark.usefixtures("small_pages")
    def test_order_of_items_of_one_second(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        openai.items["cthr_1"] = [
            text_item(f"cthi_{number}", str(number), created_at=START + number // 4)
            for number in range(10)
        ]
        run()
        assert texts(Thread.objects.get()) == [str(number) for number in range(10)]

    @pytest.mark.usefixtures("small_pages")
    @pytest.mark.parametrize("path", ["threads", "items"])
    def test_more_without_a_cursor(self, openai: OpenAI, told: str, path: str) -> None:
        """Said aloud, not taken for the end; of threads, those that were told are imported."""
        for number in range(4):
            add(openai, told, f"cthr_{number}", 4, created_at=START + number)
        openai.fault("endless", path=f"/{path}", times=1 if path == "threads" else None)
        text = run(status=1 if path == "threads" else 2)
        assert "OpenAI said that there is more, but not from where on." in text
        assert Thread.objects.count() == (3 if path == "threads" else 0)

    @pytest.mark.usefixtures("small_pages")
    @pytest.mark.parametrize("args", [(), ("--since", "2020-01-01"), ("--user", "ada")])
    def test_a_page_that_always_fails(
        self, openai: OpenAI, told: str, user: Any, args: tuple[str, ...]
    ) -> None:
        """It keeps none of those that were listed before it, and nothing passes for complete."""
        Session.objects.create(user=user, workflow_id="wf_hosted", issuer="openai", session_id="s")
        for number in range(6):
            add(openai, told, f"cthr_{number}", 1, created_at=START + number)
        raw_threads = upstream.threads

        def first_page(**how: Any) -> Any:
            yield next(raw_threads(**how))
            raise UpstreamError(causes.FAULT, 500)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(upstream, "threads", first_page)
            text = run(*args, status=1)
        assert "Broken off: OpenAI has a fault. (status 500" in text
        assert "it goes on from here" in text
        assert "Threads: 3 found, 3 new" in text
        assert Thread.objects.count() == 3
        assert Session.objects.filter(imported_at=None).count() == 1
        run(*args)
        assert Thread.objects.count() == 6

    def test_rows_that_are_no_objects(self, openai: OpenAI, told: str) -> None:
        """They are told, and the rest of their page is read."""
        add(openai, told, count=1)
        body = {"data": ["x", openai.threads["cthr_1"]], "has_more": False}
        openai.fault("body", body=body, path="/threads")
        body = {"data": [None, *openai.items["cthr_1"]], "has_more": False}
        openai.fault("body", body=body, path="/items")
        assert "could not be read: 2" in run(status=2)
        assert texts(Thread.objects.get()) == ["Text 0"]

    @pytest.mark.parametrize(
        "body",
        [
            {"data": [], "has_more": None},
            {"data": {}, "has_more": False},
            {"has_more": False},
        ],
    )
    def test_odd_page(self, openai: OpenAI, told: str, body: dict[str, Any]) -> None:
        openai.fault("body", body=body, times=None)
        assert "OpenAI's answer could not be read." in run(status=1)

    def test_cursor_in_a_circle(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        body = {"data": [thread(user=told)], "has_more": True, "last_id": "cthr_1"}
        openai.fault("body", path="/items", body={"data": [], "has_more": False})
        openai.fault("body", path="/threads", body=body, times=None)
        assert "there is more" in run(status=1)
        assert openai.paths().count("GET /chatkit/threads") == 2

    def test_unknown_items_are_kept_and_reported(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        openai.items["cthr_1"] = [item("voice_memo", "cthi_9", url="x"), text_item("cthi_99")]
        text = run()
        assert "Kept whole but hidden: 1" in text
        assert "cthr_1, cthi_9: the type 'chatkit.voice_memo' is not known" in text
        assert ThreadItem.objects.all()[0].payload["content"]["url"] == "x"

    def test_unreadable_items_and_threads(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=1)
        openai.threads["cthr_2"] = thread("cthr_2", user=None)
        openai.items["cthr_1"].append(text_item("cthi_x", created_at=START))
        openai.fault(
            "body",
            path="/items",
            body={"data": [text_item("ok"), {"id": "no_time"}], "has_more": False},
        )
        text = run(status=2)
        assert "Skipped, could not be read: 2" in text
        assert "cthr_2: its user can't be read" in text
        assert "cthr_1, no_time: its created_at" in text
        assert texts(Thread.objects.get()) == ["Hello"]

    def test_attachments(self, openai: OpenAI, told: str, user: Any) -> None:
        add(openai, told)
        openai.items["cthr_1"] = [SAMPLES["user_message"]]
        text = run()
        rows = Attachment.objects.order_by("name")
        assert [(row.name, row.mime_type, row.user) for row in rows] == [
            ("a.pdf", "application/pdf", user),
            ("b.png", "image/png", user),
        ]
        assert {row.thread for row in rows} == {Thread.objects.get()}
        assert not any(row.file for row in rows)
        listed = ThreadItem.objects.get().payload["attachments"]
        assert {file["id"] for file in listed} == {row.id for row in rows}
        assert "no call gives their content: 2\n  a.pdf\n  b.png" in text

    def test_one_file_in_two_messages(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        openai.items["cthr_1"] = [SAMPLES["user_message"], SAMPLES["user_message"] | {"id": "x2"}]
        run()
        assert Attachment.objects.count() == 2

    def test_engine_reads_what_was_imported(self, openai: OpenAI, told: str) -> None:
        from chatkit.selfhosted import records

        add(openai, told)
        openai.items["cthr_1"] = [SAMPLES["user_message"]]
        run()
        for row in Attachment.objects.all():
            assert records.attachment_from_row(row).name == row.name
        assert records.thread_from_row(Thread.objects.get()).title == "About orders"


class TestOwners:
    def test_unmapped_are_counted_named_and_left(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        add(openai, "someone\x1b[2J", "cthr_2")
        add(openai, "someone\x1b[2J", "cthr_3")
        add(openai, "mseller:999999", "cthr_4")
        text = run(status=2)
        assert [row.upstream_id for row in Thread.objects.all()] == ["cthr_1"]
        assert "Skipped, no user here (map them with --map): 3" in text
        assert "someone?[2J: cthr_2, cthr_3" in text
        assert "mseller:999999: cthr_4" in text

    @pytest.mark.parametrize(
        "name", ["mseller: 1", "mseller:01", "mseller:", "mseller:x", "mseller:1 ", "Mseller:1"]
    )
    def test_nearly_our_name(self, openai: OpenAI, user: Any, name: str) -> None:
        add(openai, name.replace("1", str(user.pk)))
        run(status=2)
        assert not Thread.objects.exists()

    def test_prefix_of_the_settings(self, openai: OpenAI, user: Any, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"USER_PREFIX": "shop"}
        add(openai, f"shop:{user.pk}")
        add(openai, f"mseller:{user.pk}", "cthr_2")
        run(status=2)
        assert Thread.objects.get().upstream_id == "cthr_1"

    def test_csv(self, openai: OpenAI, user: Any, other: Any, tmp_path: Path) -> None:
        path = tmp_path / "users.csv"
        lines = ["openai_user,user", "", "acme-7, ada", "acme-8,bob@example.com"]
        text = "\n".join([*lines, f"mseller:{user.pk},bob", ""])
        path.write_text(text, encoding="utf-8-sig")
        for number, name in enumerate(["acme-7", "acme-8", f"mseller:{user.pk}"]):
            add(openai, name, f"cthr_{number}")
        run("--map", str(path))
        owners = dict(Thread.objects.values_list("upstream_id", "user"))
        assert owners == {"cthr_0": user.pk, "cthr_1": other.pk, "cthr_2": other.pk}

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("acme-7\n", "Line 1 is not"),
            ("acme-7,ada,x\n", "Line 1 is not"),
            ("acme-7,\n", "Line 1 is not"),
            ("acme-7,ada\nacme-7,bob\n", "Line 2 maps 'acme-7' to another user"),
            ("acme-7,ada\nacme-8,nobody\n", "Line 2: There is no user 'nobody'"),
            ('acme-7,ada\n"acme-8,bob\n' + "acme-9,bob\n" * 20_000, "Line 2 can't be read"),
            ('"acme\n7",ada\nacme-8\n', "Line 3 is not"),
            (b"\xff\xfe", "it is not UTF-8"),
            (None, "No such file"),
        ],
    )
    def test_bad_csv(
        self, openai: OpenAI, user: Any, other: Any, tmp_path: Path, text: Any, words: str
    ) -> None:
        path = tmp_path / "users.csv"
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert words in run("--map", str(path), status=1)
        assert openai.calls == []

    def test_corrected_map_gives_no_thread_to_two(
        self, openai: OpenAI, user: Any, other: Any, tmp_path: Path
    ) -> None:
        path = tmp_path / "users.csv"
        add(openai, "acme-7", count=1)
        path.write_text("acme-7,ada\n")
        run("--map", str(path))
        path.write_text("acme-7,bob\n")
        assert "as another user's" in run("--map", str(path), status=2)
        assert Thread.objects.get().user == user


class TestLimitedTo:
    @pytest.fixture(autouse=True)
    def _threads(self, openai: OpenAI, told: str, other: Any) -> None:
        add(openai, told, "cthr_1", created_at=START)
        add(openai, f"mseller:{other.pk}", "cthr_2", created_at=START + 86_400)
        add(openai, "acme-7", "cthr_3", created_at=START + 2 * 86_400)

    def ids(self) -> list[str]:
        return [str(row.upstream_id) for row in Thread.objects.order_by("upstream_id")]

    def test_login_name(self, openai: OpenAI) -> None:
        run("--user", "bob")
        assert self.ids() == ["cthr_2"]
        assert "user" in openai.calls[0].query  # OpenAI leaves the others out itself

    def test_user_as_openai_knows_it(self, told: str) -> None:
        run("--user", told)
        assert self.ids() == ["cthr_1"]

    def test_all_names_of_a_user(self, user: Any, tmp_path: Path) -> None:
        path = tmp_path / "users.csv"
        path.write_text("acme-7,ada\n")
        run("--map", str(path), "--user", "ada")
        assert self.ids() == ["cthr_1", "cthr_3"]

    def test_a_mapped_name(self, tmp_path: Path) -> None:
        path = tmp_path / "users.csv"
        path.write_text("acme-7,ada\n")
        run("--map", str(path), "--user", "acme-7")
        assert self.ids() == ["cthr_3"]

    def test_unknown_user(self) -> None:
        assert "There is no user 'nobody'" in run("--user", "nobody", status=1)

    @pytest.mark.usefixtures("small_pages")
    def test_since(self, openai: OpenAI, told: str) -> None:
        for number in range(10, 20):
            add(openai, told, f"cthr_{number}", created_at=START - number)
        moment = datetime.datetime.fromtimestamp(START, datetime.UTC).isoformat()
        run("--since", moment, status=2)
        assert self.ids() == ["cthr_1", "cthr_2"]
        pages = [call for call in openai.calls if call.path == "/chatkit/threads"]
        assert len(pages) == 2  # the newest first, and no further than need be

    def test_since_a_day(self, settings: Any) -> None:
        settings.TIME_ZONE = "America/Santo_Domingo"
        day = datetime.datetime.fromtimestamp(START + 86_400, datetime.UTC).date()
        run("--since", day.isoformat(), status=2)
        assert self.ids() == ["cthr_2"]

    @pytest.mark.parametrize("text", ["soon", "2026-13-01", "01.11.2026", ""])
    def test_bad_date(self, text: str) -> None:
        assert "write it as 2026-11-01" in run("--since", text, status=1)

    def test_workflow(self, settings: Any) -> None:
        table = {"wf_hosted": "openai", "wf_own": "chatkit.selfhosted.helpdesk.HelpDeskServer"}
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": table}
        run("--workflow", "wf_own", "--user", "ada")
        assert Thread.objects.get().workflow_id == "wf_own"

    def test_unknown_workflow(self) -> None:
        assert "WORKFLOWS has no such id" in run("--workflow", "wf_x", status=1)

    def test_no_workflow(self, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {}}
        assert "nowhere to import to" in run(status=1)


class TestAgain:
    def test_nothing_is_doubled(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=5)
        openai.items["cthr_1"].append(SAMPLES["user_message"] | {"created_at": START + 9})
        run()
        before = snapshot()
        text = run()
        assert snapshot() == before
        assert "1 found, 0 new, 0 extended, 1 unchanged" in text
        assert Attachment.objects.count() == 2

    @pytest.mark.usefixtures("small_pages")
    def test_what_was_said_since(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=4, title=None)
        run()
        add(openai, told, count=12, title="Later")
        text = run()
        row = Thread.objects.get()
        assert texts(row) == [f"Text {number}" for number in range(12)]
        assert row.title == "Later"
        assert row.updated_at == row.created_at + datetime.timedelta(seconds=11)
        assert "0 new, 1 extended" in text
        assert "Items: 8 " in text

    @pytest.mark.usefixtures("small_pages")
    def test_known_threads_cost_one_call(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=10)
        run()
        openai.calls.clear()
        run()
        assert openai.paths() == ["GET /chatkit/threads", "GET /chatkit/threads/cthr_1/items"]

    def test_work_done_here_stays(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=2)
        run()
        row = Thread.objects.get()
        Thread.objects.update(title="Renamed", updated_at=timezone.now())
        ThreadItem.objects.create(thread=row, item_id="msg_here", type="user_message", payload={})
        run()
        row.refresh_from_db()
        assert row.title == "Renamed"
        assert row.items.count() == 3

    def test_what_was_said_there_after_something_here(self, openai: OpenAI, told: str) -> None:
        """It is added, and the report says that it stands below."""
        add(openai, told, count=2)
        run()
        row = Thread.objects.get()
        ThreadItem.objects.create(thread=row, item_id="msg_here", type="user_message", payload={})
        add(openai, told, count=3)
        assert "stand below what was said here before them: 1\n  cthr_1: About" in run()
        assert row.items.count() == 4
        assert "stand below" not in run()

    def test_dry_run(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=3)
        dry = run("--dry-run")
        assert "Nothing was written" in dry
        assert "1 new" in dry
        assert "Items: 3 (3 assistant_message)" in dry
        assert not Thread.objects.exists()

    def test_dry_run_of_an_extension(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=1)
        run()
        before = snapshot()
        add(openai, told, count=3)
        assert "1 extended" in run("--dry-run")
        assert snapshot() == before

    def test_another_import_was_faster(
        self, openai: OpenAI, told: str, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(openai, told, count=2)
        items = Import._items

        def slow(self: Import, upstream_id: str, thread_id: str, known: set[str]) -> Any:
            found = items(self, upstream_id, thread_id, known)
            if not Thread.objects.exists():
                monkeypatch.setattr(Import, "_items", items)
                Import("wf_hosted", Owners()).run()
            return found

        monkeypatch.setattr(Import, "_items", slow)
        report = Import("wf_hosted", Owners()).run()
        assert (report.new, report.unchanged) == (0, 1)
        assert ThreadItem.objects.count() == 2


class TestFaults:
    def test_429(self, openai: OpenAI, told: str, pauses: list[float]) -> None:
        add(openai, told, count=2)
        openai.fault("status", status=429, headers={"Retry-After": "60"}, times=2)
        openai.fault("status", status=429, headers={"Retry-After": "7"}, path="/items")
        run()
        assert pauses == [60, 60, 7]
        assert ThreadItem.objects.count() == 2

    def test_pauses_are_told(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        openai.fault("status", status=429, headers={"Retry-After": "60"}, times=2)
        openai.fault("status", status=503, path="/items")
        text = run()
        assert text.count("OpenAI's rate limit is reached. Trying again in 60 s.\n") == 2
        assert "OpenAI has a fault. Trying again in 1 s.\n" in text
        openai.fault("status", status=503)
        assert "Trying" not in run("-v", "0")

    def test_nobody_was_ever_reached(
        self, openai: OpenAI, settings: Any, pauses: list[float]
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_BASE_URL": nobody()}
        text = run(status=1)
        assert text.count("OpenAI could not be reached. Trying again in ") == 3
        assert "Broken off: OpenAI could not be reached. Check the server's network" in text
        assert sum(pauses) < 4

    def test_openai_goes_away_meanwhile(
        self, openai: OpenAI, told: str, settings: Any, pauses: list[float]
    ) -> None:
        """Once it was there, more patience pays."""
        for number in range(3):
            add(openai, told, f"cthr_{number}", created_at=START + number)

        def tell(progress: Progress) -> None:
            if progress.done == 1:
                settings.CHATKIT = settings.CHATKIT | {"OPENAI_BASE_URL": nobody()}

        task = Import("wf_hosted", Owners(), tell=tell)
        task.run()
        assert (task.report.new, len(task.report.failed), len(pauses)) == (1, 2, 16)

    def test_passing_faults(self, openai: OpenAI, told: str) -> None:
        add(openai, told, count=2)
        for kind in ("reset", "cut", "truncated", "html"):
            openai.fault(kind)
        run()
        assert ThreadItem.objects.count() == 2

    @pytest.mark.parametrize("status", [404, 410, 400])
    def test_threads_that_are_gone(self, openai: OpenAI, told: str, status: int) -> None:
        """However many: the others come, and the next import is stopped by none of them."""
        for number in range(8):
            add(openai, told, f"cthr_{number}", created_at=START + number)
        for number in range(5):
            openai.fault("status", status=status, path=f"cthr_{number}/items", times=None)
        text = run(status=2)
        came = ["cthr_5", "cthr_6", "cthr_7"]
        assert [row.upstream_id for row in Thread.objects.order_by("created_at")] == came
        assert "Skipped, could not be read: 5" in text
        why = "OpenAI found the request" if status == 400 else "It is not at OpenAI any more."
        assert f"cthr_0: {why}" in text
        assert "8 found, 0 new, 0 extended, 3 unchanged" in run(status=2)

    @pytest.mark.usefixtures("pauses")
    def test_threads_that_openai_fails_at(self, openai: OpenAI, told: str) -> None:
        """It still lists threads: so the others are read."""
        for number in range(8):
            add(openai, told, f"cthr_{number}", created_at=START + number)
        for number in range(4):
            openai.fault("status", status=500, path=f"cthr_{number}/items", times=None)
        text = run(status=2)
        assert "8 found, 4 new" in text
        assert "Skipped, could not be read: 4" in text

    @pytest.mark.usefixtures("pauses")
    @pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "html"}])
    def test_nothing_works_any_more(self, openai: OpenAI, told: str, fault: dict[str, Any]) -> None:
        for number in range(8):
            add(openai, told, f"cthr_{number}", created_at=START + number)

        def tell(progress: Progress) -> None:
            if progress.done == 2:
                openai.fault(**fault, times=None)

        task = Import("wf_hosted", Owners(), tell=tell)
        with pytest.raises(UpstreamError):
            task.run()
        assert (task.report.new, len(task.report.failed)) == (2, 3)

    @pytest.mark.usefixtures("pauses")
    @pytest.mark.parametrize("fault", [{"kind": "status", "status": 429}, {"kind": "reset"}])
    def test_openai_answers_nobody(self, openai: OpenAI, told: str, fault: dict[str, Any]) -> None:
        for number in range(8):
            add(openai, told, f"cthr_{number}", created_at=START + number)
        openai.fault(**fault, path="/items", times=None)
        text = run(status=1)
        assert "Skipped, could not be read: 3" in text
        assert "Run the command again: it goes on from here." in text

    @pytest.mark.parametrize("status", [404, 410])
    def test_lists_are_no_longer_there(
        self,
        openai: OpenAI,
        told: str,
        status: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        openai.fault("status", status=status, times=None)
        for day, tells in ((29, False), (30, True)):
            today = datetime.date(2026, 11, day)
            monkeypatch.setattr(sunset, "today", lambda today=today: today)
            text = run(status=1)
            assert "OpenAI does not list conversations at this address." in text
            assert ("OpenAI announced the end of Agent Builder for 2026-11-30" in text) is tells
            assert "it goes on from here" not in text
            assert "workflow is published" not in text

    def test_key_is_revoked_meanwhile(self, openai: OpenAI, told: str) -> None:
        for number in range(3):
            add(openai, told, f"cthr_{number}", 1, created_at=START + number)
        openai.fault("status", status=401, path="cthr_1/items", times=None)
        text = run(status=1)
        assert "The API key is wrong or was revoked. (status 401" in text
        assert "1 new" in text
        assert KEY not in text
        assert Thread.objects.count() == 1

    def test_no_key(self, openai: OpenAI, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": ""}
        told = run(status=1)
        assert "OPENAI_API_KEY is not set. Set CHATKIT['OPENAI_API_KEY'] to a key of" in told
        assert "environment" not in told  # which the app never reads
        assert "answer" not in told  # nobody is to be answered, only read


class TestProgress:
    def test_bar(self, openai: OpenAI, told: str) -> None:
        for number in range(2):
            add(openai, told, f"cthr_{number}", 2)
        text = run(tty=True)
        assert "[------------------------------] 0/2 threads, 0 items" in text
        assert "[###############---------------] 1/2 threads, 2 items" in text
        assert "[##############################] 2/2 threads, 4 items\n" in text

    def test_not_into_a_file(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        assert "[" not in run()
        assert "[" not in run("-v", "0", tty=True)

    def test_all_that_was_left_out_is_named(self, openai: OpenAI, told: str) -> None:
        for number in range(25):
            add(openai, f"stranger-{number:02d}", f"cthr_{number:02d}")
        text = run(status=2)
        assert text.count("stranger-") == 25

    def test_files_are_cut(self, openai: OpenAI, told: str) -> None:
        add(openai, told)
        file = {"mime_type": "text/plain", "type": "file"}
        files = [{**file, "id": f"f{number}", "name": f"{number:02d}.txt"} for number in range(25)]
        openai.items["cthr_1"] = [item("user_message", content=[], attachments=files)]
        short, full = run("--dry-run"), run("--dry-run", "-v", "2")
        assert "19.txt\n  … and 5 more" in short
        assert "24.txt" not in short
        assert "24.txt" in full


class PowerCut(BaseException):
    """Ends the import where it stands, past every handler, as a kill does."""


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """`cut(n)` ends the import at its n-th step: a call to OpenAI, a write, a commit."""
    left: list[int | None] = [None]

    def step() -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise PowerCut

    def stepping(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            step()
            result = function(*args, **kwargs)
            step()
            return result

        return wrapped

    monkeypatch.setattr(upstream, "call", stepping(transport.call))
    monkeypatch.setattr(Thread, "save", stepping(Thread.save))
    monkeypatch.setattr(Import, "_write_items", stepping(Import._write_items))
    monkeypatch.setattr(models.QuerySet, "bulk_create", stepping(models.QuerySet.bulk_create))

    def arm(number: int | None) -> None:
        left[0] = number

    return arm


class TestInterrupted:
    @pytest.mark.slow
    @given(data=st.data())
    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    def test_cut_anywhere_and_run_again(
        self,
        openai: OpenAI,
        told: str,
        cut: Callable[[int | None], None],
        data: st.DataObject,
    ) -> None:
        """Cut at any step, any number of times, then left to finish: exactly what is there."""
        Thread.objects.all().delete()
        openai.threads.clear()
        openai.items.clear()
        for number in range(data.draw(st.integers(0, 4), label="threads")):
            id = f"cthr_{number}"
            openai.threads[id] = thread(id, user=told, created_at=START + number // 2)
            openai.items[id] = data.draw(item_lists(id))
        cut(None)
        Import("wf_hosted", Owners()).run()
        expected = snapshot()
        self.check_against_upstream(openai)
        Thread.objects.all().delete()
        for steps in data.draw(st.lists(st.integers(0, 40), max_size=4), label="cuts"):
            cut(steps)
            try:
                Import("wf_hosted", Owners()).run()
            except PowerCut:
                self.check_no_half_thread(openai)
        cut(None)
        report = Import("wf_hosted", Owners()).run()
        assert report.failed == []
        assert snapshot() == expected

    def check_against_upstream(self, openai: OpenAI) -> None:
        found = {row.upstream_id: row.items.count() for row in Thread.objects.all()}
        assert found == {id: len(openai.items[id]) for id in openai.threads if openai.items[id]}

    def check_no_half_thread(self, openai: OpenAI) -> None:
        for row in Thread.objects.all():
            assert row.items.count() == len(openai.items[str(row.upstream_id)])

    @pytest.mark.slow
    def test_killed(self, tmp_path: Path) -> None:
        """SIGKILL to the real command, again and again, on a database of its own."""
        database = tmp_path / "site.sqlite3"
        shutil.copy(prepared(), database)  # whose first user is number 1
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with running() as openai:
            for number in range(30):
                add(openai, "mseller:1", f"cthr_{number:02d}", 12, created_at=START + number)
            environ = {
                **kept,
                "DJANGO_SETTINGS_MODULE": "mseller.settings",
                "READ_DOT_ENV": "off",
                "DEBUG": "on",
                "DATABASE_URL": f"sqlite:///{database}",
                "OPENAI_API_KEY": KEY,
                "OPENAI_BASE_URL": openai.url,
            }

            def begin() -> Forked:
                log = tmp_path / "output"
                return Forked(["django", "chatkit_import"], folder=ROOT, env=environ, log=log)

            for calls in (4, 9):
                openai.calls.clear()
                process = begin()
                while len(openai.calls) < calls and process.poll() is None:
                    time.sleep(0.002)
                process.kill()
                assert process.wait(30) == -signal.SIGKILL
                counts = self.items_per_thread(database)
                assert set(counts) <= {12}
                assert len(counts) < 30
            assert begin().wait(60) == 0, (tmp_path / "output").read_text()
        assert self.items_per_thread(database) == [12] * 30

    def items_per_thread(self, database: Path) -> list[int]:
        query = (
            "select count(item.sequence) from chatkit_thread thread "
            "left join chatkit_threaditem item on item.thread_id = thread.id group by thread.id"
        )
        with contextlib.closing(sqlite3.connect(database)) as rows:
            return [count for (count,) in rows.execute(query)]


@pytest.mark.slow
class TestScale:
    def test_memory_is_bounded(self, openai: OpenAI, told: str) -> None:
        """60 threads with 3,000 items: no more is held than one thread and the list of all."""
        text = "x" * 500
        for number in range(60):
            id = f"cthr_{number:03d}"
            openai.threads[id] = thread(id, user=told, created_at=START + number)
            openai.items[id] = [
                text_item(f"{id}_{index}", text, created_at=START + index) for index in range(50)
            ]
        held: list[int] = []

        def alive() -> int:
            kinds = (convert.Item, ThreadItem)
            return sum(type(thing) in kinds for thing in gc.get_objects())

        gc.collect()
        others = alive()  # what other tests have left

        def tell(progress: Progress) -> None:
            if progress.done % 12 == 0:
                held.append(alive() - others)

        report = Import("wf_hosted", Owners(), tell=tell).run()
        assert (report.new, report.items.total()) == (60, 3_000)
        assert ThreadItem.objects.count() == 3_000
        assert len(held) == 6
        assert max(held) <= 2 * 50

    def test_queries_do_not_grow_with_the_items(
        self, openai: OpenAI, told: str, django_assert_max_num_queries: Any
    ) -> None:
        add(openai, told, count=300)
        with django_assert_max_num_queries(10):
            Import("wf_hosted", Owners()).run()


def test_first_statement_of_the_transaction_writes(openai: OpenAI, told: str) -> None:
    """SQLite, as a host sets it up, waits for its turn only where a transaction begins so."""
    add(openai, told, count=1)
    for count in (1, 2):
        add(openai, told, count=count)
        with CaptureQueriesContext(connection) as captured:
            Import("wf_hosted", Owners()).run()
        statements = [query["sql"].split()[0] for query in captured.captured_queries]
        assert statements[statements.index("SAVEPOINT") + 1] in ("INSERT", "UPDATE")


def test_batches(monkeypatch: pytest.MonkeyPatch, openai: OpenAI, told: str) -> None:
    monkeypatch.setattr(importer, "BATCH", 7)
    add(openai, told, count=30)
    run()
    assert texts(Thread.objects.get()) == [f"Text {number}" for number in range(30)]


def test_users_of_any_key(openai: OpenAI, db: None) -> None:
    """Two users, and each gets the own threads."""
    model = get_user_model()
    users = [model.objects.create_user(f"user{number}") for number in range(2)]
    for number, owner in enumerate(users):
        add(openai, f"mseller:{owner.pk}", f"cthr_{number}", 1)
    run()
    for number, owner in enumerate(users):
        assert Thread.objects.get(user=owner).upstream_id == f"cthr_{number}"
