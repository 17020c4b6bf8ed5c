"""Files over HTTP: taken, kept, sent and refused."""

from __future__ import annotations

import datetime
import io
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.handlers.wsgi import LimitedStream, WSGIRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from PIL import Image

from chatkit import sessions
from chatkit.attachments import files, later, links, room
from chatkit.exceptions import ApiError
from chatkit.models import Attachment, Session, Thread
from chatkit.selfhosted.attachments import receiving
from chatkit.selfhosted.runs import process
from chatkit.sessions import turns

from ...attachments import samples
from ..protocol import Caller, add, ask, create, thread_id_of
from .conftest import URL, kept, put, send

pytestmark = pytest.mark.django_db(transaction=True)


def code_of(response: Any) -> str:
    error = response.json()["error"]
    assert error["message"].endswith(".")
    return str(error["code"])


def announced(caller: Caller, data: bytes, name: str = "a.txt", kind: str = "text/plain") -> Any:
    request = ask("attachments.create", name=name, size=len(data), mime_type=kind)
    return caller.json(request)


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class TestOneStep:
    def test_a_text(self, ada: Caller, folder: Path) -> None:
        response = send(ada, b"Hello", "../no\u202etes.txt")
        assert response.status_code == 200, response.content
        answer = response.json()
        row = Attachment.objects.get()
        assert answer == {
            "type": "file",
            "id": row.id,
            "name": "notes.txt",
            "mime_type": "text/plain",
        }
        assert (row.name, row.mime_type, row.size) == ("notes.txt", "text/plain", 5)
        (file,) = kept(folder)
        assert file.read_bytes() == b"Hello"
        assert "notes" not in str(file)

    def test_a_picture_is_shown_without_what_it_hid(self, ada: Caller, folder: Path) -> None:
        answer = send(ada, samples.photo(), "p.jpg", "image/jpeg").json()
        assert answer["preview_url"] == f"http://testserver{URL}/{answer['id']}"
        assert b"secret" not in kept(folder)[0].read_bytes()

    def test_a_picture_of_another_format_than_its_name(self, ada: Caller, folder: Path) -> None:
        answer = send(ada, samples.picture("GIF"), "p.jpg", "image/jpeg").json()
        assert (answer["name"], answer["mime_type"]) == ("p.png", "image/png")

    @pytest.mark.parametrize(
        ("data", "name", "kind", "code"),
        [
            (b"", "a.txt", "text/plain", "file_refused"),
            (samples.HTML, "a.png", "image/png", "file_refused"),
            (samples.EXE, "a.txt", "text/plain", "file_refused"),
            (samples.EXE, "a", "application/octet-stream", "file_refused"),
            (samples.SVG, "a.svg", "image/svg+xml", "file_refused"),
            (samples.bomb(), "a.zip", "application/zip", "file_refused"),
            (samples.PDF + samples.archive("a"), "a.pdf", "application/pdf", "file_refused"),
            (samples.wide_picture(), "a.png", "image/png", "file_refused"),
            (samples.picture()[:50], "a.png", "image/png", "file_refused"),
            (b"\0\0\0\x18ftypheic\0\0", "a.heic", "image/heic", "file_refused"),
            (b"x" * 1001, "a.txt", "text/plain", "too_large"),
        ],
    )
    def test_refused(
        self,
        ada: Caller,
        folder: Path,
        settings: Any,
        data: bytes,
        name: str,
        kind: str,
        code: str,
    ) -> None:
        limit = 1000 if code == "too_large" else 10_000_000
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"max_size": limit}}
        assert code_of(send(ada, data, name, kind)) == code
        assert not Attachment.objects.exists()
        assert not kept(folder)

    def test_kinds_that_the_site_takes(self, ada: Caller, folder: Path, settings: Any) -> None:
        accept = {"image/*": [".png"], "application/x-own": [".own"]}
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"accept": accept}}
        assert send(ada, samples.picture("JPEG"), "a.jpg", "image/jpeg").status_code == 200
        assert send(ada, b"\0\1own", "a.own", "application/x-own").status_code == 200
        for data, name, kind in (
            (b"text", "a.txt", "text/plain"),
            (b"\0\1own", "a.bin", "application/x-own"),
            (samples.PDF, "a.own", "application/x-own"),
        ):
            refused = send(ada, data, name, kind)
            assert (refused.status_code, code_of(refused)) == (415, "unsupported_media_type")
        create_ = ask("attachments.create", name="a.txt", size=1, mime_type="text/plain")
        assert ada.post(create_).status_code == 415

    def test_a_form_without_a_file_and_no_form(self, ada: Caller) -> None:
        headers = {"Authorization": f"Bearer {ada.secret}"}
        assert code_of(ada.client.post(URL, {"a": "b"}, headers=headers)) == "invalid_request"
        body = ada.client.post(URL, b"{}", content_type="application/json", headers=headers)
        assert code_of(body) == "unsupported_media_type"

    def test_a_cut_form(self, ada: Caller, folder: Path) -> None:
        body = (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
            b"Content-Type: text/plain\r\n\r\nthe first half"
        )
        response = ada.client.generic(
            "POST",
            URL,
            body,
            "multipart/form-data; boundary=b",
            headers={"Authorization": f"Bearer {ada.secret}"},
        )
        assert code_of(response) == "invalid_request"
        assert not kept(folder)

    def test_a_body_that_ends_too_early(self) -> None:
        environ = RequestFactory().put(URL, b"half").environ
        environ |= {"CONTENT_LENGTH": "9", "wsgi.input": LimitedStream(io.BytesIO(b"half"), 9)}
        with pytest.raises(ApiError, match="invalid_request"), receiving.body(WSGIRequest(environ)):
            pass

    @pytest.mark.parametrize(
        ("error", "code"), [(OSError(28, "full"), "files_unavailable"), (OSError(), "invalid_requ")]
    )
    def test_a_body_that_can_not_be_read(self, error: OSError, code: str) -> None:
        def read(size: int) -> bytes:
            raise error

        request: Any = SimpleNamespace(META={}, read=read)
        with pytest.raises(ApiError, match=code), receiving.body(request):
            pass

    def test_two_gigabytes_are_refused_before_they_are_read(self, ada: Caller) -> None:
        response = ada.client.generic(
            "POST",
            URL,
            b"begun",
            "multipart/form-data; boundary=b",
            headers={"Authorization": f"Bearer {ada.secret}"},
            CONTENT_LENGTH=str(2 * 1024**3),
        )
        assert (response.status_code, code_of(response)) == (413, "too_large")
        assert "10.0" in response.json()["error"]["message"]

    def test_who_may(self, ada: Caller, user: Any, settings: Any) -> None:
        assert Client().post(URL).status_code == 401
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"enabled": False}}
        assert code_of(send(ada, b"x")) == "not_enabled"
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {}, "ACCESS": "tests.people.nobody"}
        Session.objects.update(status=Session.Status.CANCELLED)
        assert send(ada, b"x").status_code == 401

    def test_a_server_with_a_store_of_its_own(
        self, ada: Caller, scripted: str, settings: Any
    ) -> None:
        server = "tests.selfhosted.servers.UploadServer"
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {scripted: server}}
        assert code_of(send(ada, b"x")) == "not_enabled"


class TestTwoSteps:
    def test_announced_then_put(self, ada: Caller, folder: Path) -> None:
        told = announced(ada, samples.photo(), "p.jpg", "image/jpeg")
        upload = told["upload_descriptor"]
        assert (upload["method"], told["type"]) == ("PUT", "image")
        # Not before it has come.
        early = ada.post(create("Look", attachments=[told["id"]]))
        assert code_of(early) == "invalid_request"
        assert not Thread.objects.exists()
        response = put(ada, path_of(upload["url"]), samples.photo())
        assert response.status_code == 200, response.content
        assert "upload_descriptor" not in response.json()
        found = ada.stream(create("say 1", attachments=[told["id"]]))
        sent = found[1]["item"]["attachments"][0]
        assert sent["preview_url"].endswith(f"{URL}/{told['id']}")
        assert "upload_descriptor" not in sent
        assert Attachment.objects.get().thread_id == thread_id_of(found)
        again = put(ada, path_of(upload["url"]), samples.photo())
        assert code_of(again) == "invalid_request"

    def test_with_the_secret(self, ada: Caller, bob: Caller, folder: Path) -> None:
        told = announced(ada, b"x")
        plain = urlsplit(told["upload_descriptor"]["url"]).path
        assert put(ada, plain, b"x").status_code == 401
        of_bob = put(ada, plain, b"x", Authorization=f"Bearer {bob.secret}")
        assert of_bob.status_code == 404
        assert put(ada, plain, b"x", Authorization=f"Bearer {ada.secret}").status_code == 200

    def test_what_is_refused_is_forgotten(self, ada: Caller, folder: Path) -> None:
        told = announced(ada, b"x")
        url = path_of(told["upload_descriptor"]["url"])
        assert code_of(put(ada, url, samples.EXE)) == "file_refused"
        assert not Attachment.objects.exists()
        assert not kept(folder)
        assert put(ada, url, b"x").status_code == 404

    def test_addresses_are_for_one_file_one_purpose_and_one_session(
        self, ada: Caller, folder: Path
    ) -> None:
        told = announced(ada, b"x")
        url = path_of(told["upload_descriptor"]["url"])
        other = announced(ada, b"x")["id"]
        assert put(ada, url.replace(told["id"], other), b"x").status_code == 401
        assert ada.client.get(url).status_code == 401  # no address to read at
        assert put(ada, url[:-1], b"x").status_code == 401
        Session.objects.update(status=Session.Status.CANCELLED)
        assert put(ada, url, b"x").status_code == 401


class TestLimits:
    def test_a_day(self, ada: Caller, bob: Caller, folder: Path, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"max_per_day": 10}}
        assert send(ada, b"123456").status_code == 200
        refused = send(ada, b"123456")
        assert (refused.status_code, code_of(refused)) == (429, "rate_limited")
        assert "tomorrow" in refused.json()["error"]["message"]
        assert (
            ada.post(
                ask("attachments.create", name="a", size=5, mime_type="text/plain")
            ).status_code
            == 429
        )
        assert send(bob, b"123456").status_code == 200
        Attachment.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
        assert send(ada, b"123456").status_code == 200

    def test_an_hour(self, ada: Caller, folder: Path, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"upload": "1/h"}}
        assert send(ada, b"x").status_code == 200
        assert send(ada, b"x").status_code == 429

    def test_at_once(self, ada: Caller, folder: Path, user: Any) -> None:
        full = room.Room(at_once=3, each=2)
        with full.entered(1), full.entered(1):
            with pytest.raises(Exception, match="busy"), full.entered(1):
                pass
            with full.entered(2), pytest.raises(Exception, match="busy"), full.entered(3):
                pass
        with full.entered(1), full.entered(1):
            pass  # left again
        with room.room.entered(user.pk):
            for _ in range(room.EACH - 1):
                room.room._inside[user.pk] += 1
            try:
                refused = send(ada, b"x")
            finally:
                room.room._inside[user.pk] -= room.EACH - 1
        assert (refused.status_code, refused["Retry-After"]) == (503, "5")

    @pytest.mark.slow
    def test_two_hundred_at_once(self, ada: Caller, folder: Path, settings: Any) -> None:
        """Those that are taken are whole, and those that are not are told so."""
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"upload": "1000/h"}}
        found: list[Any] = []

        def one() -> None:
            found.append(send(Caller(ada.secret), b"x" * 1000))

        threads = [threading.Thread(target=one) for _ in range(200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {response.status_code for response in found} <= {200, 503}
        taken = sum(response.status_code == 200 for response in found)
        assert taken == Attachment.objects.count() == len(kept(folder)) > 0


class FullStorage(FileSystemStorage):
    """A disk that is full after the first bytes."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read(1))
        raise OSError(28, "No space left on device")


class DownStorage(FileSystemStorage):
    """One that answers nothing."""

    def _save(self, name: str, content: Any) -> str:
        raise ConnectionError("down")

    def _open(self, name: str, mode: str = "rb") -> Any:
        raise ConnectionError("down")

    def delete(self, name: str) -> None:
        raise ConnectionError("down")


class SlowStorage(FileSystemStorage):
    """One that is slow to delete: it waits for the test."""

    asked = threading.Event()
    deletes = threading.Event()

    def delete(self, name: str) -> None:
        self.asked.set()
        assert self.deletes.wait(20)
        super().delete(name)


def with_storage(settings: Any, kind: type, folder: Path) -> None:
    backend = f"{kind.__module__}.{kind.__qualname__}"
    entry = {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = settings.STORAGES | {"chatkit": entry}


class TestStorages:
    @pytest.mark.parametrize("kind", [FullStorage, DownStorage])
    def test_nothing_half_stored(
        self, ada: Caller, folder: Path, settings: Any, kind: type
    ) -> None:
        before = settings.STORAGES
        with_storage(settings, kind, folder)
        refused = send(ada, b"Hello")
        assert (refused.status_code, code_of(refused)) == (503, "files_unavailable")
        assert not Attachment.objects.exists()
        assert not kept(folder)
        told = announced(ada, b"Hello")
        url = path_of(told["upload_descriptor"]["url"])
        assert put(ada, url, b"Hello").status_code == 503
        settings.STORAGES = before  # up again: the same address still takes it
        assert put(ada, url, b"Hello").status_code == 200

    def test_a_storage_of_its_own(self, ada: Caller, tmp_path: Path, settings: Any) -> None:
        settings.MEDIA_ROOT = tmp_path / "media"
        with_storage(settings, FileSystemStorage, tmp_path / "own")
        send(ada, b"Hello")
        assert len(kept(tmp_path / "own")) == 1
        assert not kept(tmp_path / "media")

    def test_a_storage_without_folders(self, ada: Caller, logged_in: Client, settings: Any) -> None:
        """As those of a cloud are."""
        entry = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
        settings.STORAGES = settings.STORAGES | {"chatkit": entry}
        attachment_id = send(ada, b"Hello").json()["id"]
        response: Any = logged_in.get(f"{URL}/{attachment_id}")
        assert b"".join(response.streaming_content) == b"Hello"
        file = Attachment.objects.get().file
        assert file.storage.exists(str(file.name))
        ada.json(ask("attachments.delete", attachment_id=attachment_id))
        assert later.finish()
        assert not file.storage.exists(str(file.name))

    def test_a_row_that_can_not_be_saved(
        self, ada: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr(Attachment, "save", fail)
        ada.client.raise_request_exception = False
        assert send(ada, b"Hello").status_code == 500
        assert not kept(folder)


def infected(file: Any, name: str, mime_type: str) -> str | None:
    return "Eicar" if b"EICAR" in file.read() else None


def broken_scanner(file: Any, name: str, mime_type: str) -> None:
    raise ConnectionError


class TestScanner:
    def test_it_has_a_say(self, ada: Caller, folder: Path, settings: Any) -> None:
        path = f"{__name__}.infected"
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"scanner": path}}
        assert code_of(send(ada, b"an EICAR test")) == "file_refused"
        assert not kept(folder)
        assert send(ada, b"clean").status_code == 200
        assert kept(folder)[0].read_bytes() == b"clean"

    @pytest.mark.parametrize("name", ["broken_scanner", "no_such_scanner"])
    def test_where_it_fails_nothing_is_taken(
        self, ada: Caller, folder: Path, settings: Any, name: str
    ) -> None:
        path = f"{__name__}.{name}"
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"scanner": path}}
        assert code_of(send(ada, b"clean")) == "files_unavailable"
        assert not kept(folder)


class TestDownload:
    def body(self, response: Any) -> bytes:
        return b"".join(response.streaming_content)

    def test_a_file_is_saved_and_runs_nothing(
        self, ada: Caller, logged_in: Client, folder: Path
    ) -> None:
        answer = send(ada, samples.HTML, "pagé.html", "text/html").json()
        response = logged_in.get(f"{URL}/{answer['id']}")
        assert self.body(response) == samples.HTML
        assert response["Content-Disposition"] == "attachment; filename*=utf-8''pag%C3%A9.html"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'none'; sandbox"
        )
        assert "no-store" in response["Cache-Control"]

    def test_a_picture_is_shown(self, ada: Caller, logged_in: Client, folder: Path) -> None:
        answer = send(ada, samples.picture(), "p.png", "image/png").json()
        response = logged_in.get(f"{URL}/{answer['id']}")
        assert response["Content-Disposition"].startswith("inline")
        assert Image.open(io.BytesIO(self.body(response))).size == (4, 3)

    def test_nobody_else(
        self, ada: Caller, bob: Caller, other: Any, admin: Any, folder: Path
    ) -> None:
        url = f"{URL}/{send(ada, b'x').json()['id']}"
        assert Client().get(url).status_code == 401
        for person in (other, admin):
            client = Client()
            client.force_login(person)
            assert client.get(url).status_code == 404
        secret = {"Authorization": f"Bearer {bob.secret}"}
        assert Client().get(url, headers=secret).status_code == 404
        own = {"Authorization": f"Bearer {ada.secret}"}
        assert self.body(Client().get(url, headers=own)) == b"x"
        Session.objects.update(status=Session.Status.CANCELLED)
        assert Client().get(url, headers=own).status_code == 401

    def test_a_signed_address(self, ada: Caller, folder: Path) -> None:
        attachment_id = send(ada, b"Hello").json()["id"]
        session_id = str(Session.objects.get().session_id)
        url = links.address(URL, attachment_id, session_id, links.READ)
        assert self.body(Client().get(url)) == b"Hello"
        assert put(ada, url, b"x").status_code == 401  # no address to write to
        Session.objects.update(status=Session.Status.CANCELLED)
        assert Client().get(url).status_code == 401

    def test_a_signed_address_is_short_lived(
        self, ada: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        attachment_id = send(ada, b"Hello").json()["id"]
        session_id = str(Session.objects.get().session_id)
        url = links.address(URL, attachment_id, session_id, links.READ)
        monkeypatch.setitem(links.SECONDS, links.READ, -1)
        assert Client().get(url).status_code == 401

    def test_a_file_that_is_gone_or_can_not_be_reached(
        self, ada: Caller, logged_in: Client, folder: Path, settings: Any
    ) -> None:
        url = f"{URL}/{send(ada, b'Hello').json()['id']}"
        before = settings.STORAGES
        with_storage(settings, DownStorage, folder)
        assert code_of(logged_in.get(url)) == "files_unavailable"
        settings.STORAGES = before
        kept(folder)[0].unlink()
        assert code_of(logged_in.get(url)) == "not_found"
        assert logged_in.get(f"{URL}/atc_none").status_code == 404


class TestTheEnd:
    def sent(self, ada: Caller) -> str:
        attachment_id = send(ada, b"Hello").json()["id"]
        return thread_id_of(ada.stream(create("say 1", attachments=[attachment_id])))

    def test_taken_off(self, ada: Caller, bob: Caller, folder: Path) -> None:
        attachment_id = send(ada, b"Hello").json()["id"]
        request = ask("attachments.delete", attachment_id=attachment_id)
        assert bob.post(request).status_code == 404
        assert ada.json(request) == {}
        assert later.finish()
        assert not kept(folder)

    def test_taken_off_once_it_was_sent(self, ada: Caller, bob: Caller, folder: Path) -> None:
        """As from a question that is edited: the message that has it keeps it."""
        thread_id = self.sent(ada)
        attachment_id = Attachment.objects.get().id
        request = ask("attachments.delete", attachment_id=attachment_id)
        assert bob.post(request).status_code == 404
        assert ada.json(request) == {}
        assert later.finish()
        assert len(kept(folder)) == 1
        shown = ada.json(ask("threads.get_by_id", thread_id=thread_id))["items"]["data"]
        assert [file["id"] for file in shown[0]["attachments"]] == [attachment_id]
        edited = add(thread_id, "say 1")
        edited["params"]["input"]["attachments"] = [attachment_id]
        assert ada.stream(edited)

    def test_with_the_conversation(self, ada: Caller, folder: Path) -> None:
        thread_id = self.sent(ada)
        assert ada.stream(add(thread_id, "say 1"))
        ada.json(ask("threads.delete", thread_id=thread_id))
        assert not Attachment.objects.exists()
        assert later.finish()
        assert not kept(folder)

    def test_with_the_person(self, ada: Caller, user: Any, folder: Path) -> None:
        self.sent(ada)
        user.delete()
        assert later.finish()
        assert not kept(folder)

    def test_a_storage_that_is_down_gets_another_chance(
        self, ada: Caller, folder: Path, settings: Any
    ) -> None:
        thread_id = self.sent(ada)
        before = settings.STORAGES
        with_storage(settings, DownStorage, folder)
        ada.json(ask("threads.delete", thread_id=thread_id))
        assert later.finish()
        row = Attachment.objects.get()
        assert (row.name, row.thread_id) == ("", None)
        settings.STORAGES = before
        files.sweep()
        assert not Attachment.objects.exists()
        assert later.finish()
        assert not kept(folder)

    def test_after_a_day_where_nobody_sent_it(self, ada: Caller, folder: Path) -> None:
        thread_id = self.sent(ada)
        send(ada, b"unsent")
        announced(ada, b"x")
        assert later.finish()  # their own sweeps
        Attachment.objects.update(created_at=timezone.now() - datetime.timedelta(hours=25))
        send(ada, b"new")  # each upload sweeps
        assert later.finish()
        left = Attachment.objects.values_list("thread_id", "size")
        assert set(left) == {(thread_id, 5), (None, 3)}
        assert len(kept(folder)) == 2

    @pytest.mark.parametrize("way", ["deleted", "swept", "temporary"])
    def test_nothing_waits_for_a_slow_storage(
        self, ada: Caller, folder: Path, settings: Any, way: str
    ) -> None:
        """Neither the request nor the database's worker, of which SQLite has one."""
        with_storage(settings, SlowStorage, folder)
        SlowStorage.asked.clear()
        SlowStorage.deletes.clear()
        thread_id = self.sent(ada)
        try:
            if way == "deleted":
                ada.json(ask("threads.delete", thread_id=thread_id))
            elif way == "swept":
                assert later.finish()
                old = timezone.now() - datetime.timedelta(hours=25)
                Attachment.objects.update(thread=None, created_at=old)
                send(ada, b"new")
            else:
                Thread.objects.update(temporary=True)
                sessions.cancel(Session.objects.get())
            assert SlowStorage.asked.wait(20)
            assert process.current().database.submit(Thread.objects.count).result(20) < 2
            assert not turns.turns._owner
            assert not later.finish(0)
        finally:
            SlowStorage.deletes.set()
        assert later.finish()
        assert {path.read_bytes() for path in kept(folder)} == (
            {b"new"} if way == "swept" else set()
        )
