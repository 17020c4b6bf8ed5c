"""A person's own conversations: what the pages say, the downloads, and what deleting leaves."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.test import AsyncClient, Client

from chatkit.models import Attachment, Feedback, Run, Session, Thread, ThreadItem

pytestmark = pytest.mark.django_db
MINE = "/apps/chatkit/mine/"
DOWNLOAD = f"{MINE}download/"
DELETE = f"{MINE}delete/"


def said(thread: Thread, kind: str, text: str) -> ThreadItem:
    content = [{"type": "input_text", "text": text}]
    return ThreadItem.objects.create(
        thread=thread,
        item_id=f"itm_{ThreadItem.objects.count()}",
        type=kind,
        payload={"content": content},
    )


def conversation(user: Any, question: str) -> Thread:
    thread = Thread.objects.create(user=user, workflow_id="wf_1", title=question)
    said(thread, "user_message", question)
    answer = said(thread, "assistant_message", "Press\x1b[2J **Send**.")
    said(thread, "task", "never to be read")
    Run.objects.create(thread=thread, user=user, kind="threads.create", status="completed")
    Feedback.objects.create(thread=thread, item_id=answer.item_id, user=user, kind="positive")
    Attachment.objects.create(
        user=user,
        workflow_id="wf_1",
        thread=thread,
        name="a.txt",
        file=ContentFile(b"abc", name="a.txt"),
    )
    return thread


def body(response: Any) -> str:
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def html(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_the_page_counts_what_is_one_s_own(logged_in: Client, user: Any, other: Any) -> None:
    conversation(user, "How do I send it?")
    for _time in range(2):
        conversation(other, "words of another")
    text = html(logged_in.get(MINE))
    assert text.count('<dd class="ck-figures">1</dd>') == 3
    assert '<dd class="ck-figures">3</dd>' in text
    assert "How do I send it?" not in text


def test_everything_as_json(
    logged_in: Client, user: Any, other: Any, caplog: pytest.LogCaptureFixture
) -> None:
    thread = conversation(user, "How do I send it?")
    for kind in ("hidden_context_item", "sdk_hidden_context"):
        said(thread, kind, "for the model alone")
    conversation(other, "words of another")
    with caplog.at_level(logging.INFO, "chatkit.personal_data"):
        response = logged_in.get(DOWNLOAD)
    assert response["Content-Disposition"].startswith('attachment; filename="conversations-')
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    data = json.loads(body(response))
    assert [row["title"] for row in data["threads"]] == ["How do I send it?"]
    assert len(data["items"]) == 3
    assert data["feedback"][0]["kind"] == "positive"
    assert "another" not in json.dumps(data)
    assert "for the model alone" not in json.dumps(data)
    assert caplog.messages == [f"personal data downloaded as JSON by user={user.pk}"]


def test_the_messages_as_a_text_to_read(logged_in: Client, user: Any) -> None:
    conversation(user, "How do I send it?")
    response = logged_in.get(DOWNLOAD, {"as": "text"}, headers={"accept-language": "es"})
    assert response["Content-Disposition"].endswith('.txt"')
    text = body(response)
    assert "Tú: How do I send it?\n\nAsistente: Press\ufffd[2J **Send**.\n" in text
    assert "never to be read" not in text
    assert "\x1b" not in text


@pytest.mark.django_db(transaction=True)
def test_it_is_streamed_under_asgi(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Piece by piece, and not read to its end before the first byte."""
    made: list[int] = []

    async def read() -> None:
        client = AsyncClient()
        await client.aforce_login(user)
        response: Any = await client.get(DOWNLOAD)
        stream: AsyncIterator[bytes] = aiter(response.streaming_content)
        assert len(await anext(stream)) == 70_000
        assert made == [0]
        assert len([piece async for piece in stream if piece]) == 2

    def pieces(user: Any) -> Any:
        for number in range(3):
            made.append(number)
            yield "x" * 70_000

    monkeypatch.setattr("chatkit.personal_data.export", pieces)
    asyncio.run(read())


def test_not_too_often(logged_in: Client, settings: Any) -> None:
    settings.CHATKIT = {**settings.CHATKIT, "RATE_LIMITS": {"download": "1/h"}}
    body(logged_in.get(DOWNLOAD))
    response = logged_in.get(DOWNLOAD)
    assert 'role="alert"' in html(response, 429)
    assert int(response["Retry-After"]) > 0


def test_deleting_asks_first(logged_in: Client, user: Any) -> None:
    conversation(user, "How do I send it?")
    text = html(logged_in.get(DELETE))
    assert "1 conversation is deleted" in text
    assert "What stays" in text
    assert "OpenAI" not in text
    assert Thread.objects.exists()


def test_deleting_takes_the_own_alone(
    logged_in: Client, user: Any, other: Any, caplog: pytest.LogCaptureFixture
) -> None:
    thread = conversation(user, "How do I send it?")
    kept = conversation(other, "words of another")
    run = thread.runs.get()
    Run.objects.filter(pk=run.pk).update(live=thread.pk, status="running")
    Session.objects.create(user=user, workflow_id="wf_1", issuer="self", session_id="sess_1")
    with caplog.at_level(logging.INFO, "chatkit.personal_data"):
        text = html(logged_in.post(DELETE))
    assert "1 conversation was deleted" in text
    assert list(Thread.objects.all()) == [kept]
    for model in (Run, Feedback, Attachment):
        assert [row.user for row in model._default_manager.all()] == [other]
    assert not Session.objects.exists()
    expected = f"personal data deleted by user={user.pk}: 1 conversations, 3 items"
    assert caplog.messages == [expected]
    assert "0 conversations were deleted" in html(logged_in.post(DELETE))


def test_deleting_needs_the_token(user: Any) -> None:
    conversation(user, "How do I send it?")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(DELETE).status_code == 403
    assert Thread.objects.exists()


def test_files_that_stay(logged_in: Client, user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation(user, "How do I send it?")

    def refuse(self: Any, name: str) -> None:
        raise PermissionError

    monkeypatch.setattr(FileSystemStorage, "delete", refuse)
    assert "Some files could not be deleted" in html(logged_in.post(DELETE), 503)
    monkeypatch.undo()
    logged_in.post(DELETE)
    assert not Attachment.objects.exists()


def test_what_openai_keeps_is_said(logged_in: Client, user: Any) -> None:
    Session.objects.create(user=user, workflow_id="wf_2", issuer="openai", session_id="cksess_1")
    assert "OpenAI keeps the conversations" in html(logged_in.get(MINE))
    assert "OpenAI keeps those" in html(logged_in.get(DELETE))


def test_who_may_chat_no_more_still_has_the_own_data(
    logged_in: Client, user: Any, settings: Any
) -> None:
    conversation(user, "How do I send it?")
    settings.CHATKIT = {**settings.CHATKIT, "ACCESS": "tests.page.test_mine.nobody"}
    assert logged_in.get("/apps/chatkit/").status_code == 403
    assert "How do I send it?" in body(logged_in.get(DOWNLOAD))
    logged_in.post(DELETE)
    assert not Thread.objects.exists()


def nobody(user: Any, workflow_id: str) -> bool:
    return False


def test_the_chat_page_leads_here(logged_in: Client) -> None:
    assert f'href="{MINE}"' in html(logged_in.get("/apps/chatkit/"))


def test_the_files_as_a_zip(logged_in: Client, user: Any, other: Any, settings: Any) -> None:
    for person, name in ((user, "a.txt"), (user, "a.txt"), (other, "b.txt")):
        Attachment.objects.create(
            user=person, workflow_id="w", name=name, file=ContentFile(b"Hello", "x"), size=5
        )
    gone = Attachment.objects.filter(user=user).last()
    assert gone is not None
    gone.file.storage.delete(str(gone.file.name))
    assert "Download my files (ZIP)" in logged_in.get("/apps/chatkit/mine/").content.decode()
    response: Any = logged_in.get("/apps/chatkit/mine/download/?as=files")
    assert response["Content-Disposition"].startswith('attachment; filename="files-')
    with ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.testzip() is None
        left = Attachment.objects.filter(user=user).first()
        assert left is not None
        assert sorted(archive.namelist()) == sorted([f"{left.pk}/a.txt", "not-readable.txt"])
        assert archive.read(f"{left.pk}/a.txt") == b"Hello"
        assert gone.pk in archive.read("not-readable.txt").decode()


class BreaksOff(FileSystemStorage):
    """Opens any file; some can't be read from their beginning, some from their middle on."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        path = self.path(name)

        class Lazy(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                piece = super().read(size)
                if self.tell() > Path(path).read_bytes().find(b"broken") >= 0:
                    raise ConnectionError
                return piece

        return Lazy(Path(path).read_bytes())


@pytest.mark.parametrize("before", [b"", b"x" * 100_000])
def test_a_file_that_breaks_off_spoils_no_other_of_the_zip(
    logged_in: Client, user: Any, settings: Any, tmp_path: Path, before: bytes
) -> None:
    backend = f"{BreaksOff.__module__}.{BreaksOff.__qualname__}"
    entry = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"chatkit": entry}
    whole, broken, last = (
        Attachment.objects.create(
            id=f"atc_{number}",
            user=user,
            workflow_id="w",
            name="a.txt",
            file=ContentFile(data, "x"),
        )
        for number, data in enumerate((b"One", before + b"broken", b"Three"))
    )
    response: Any = logged_in.get("/apps/chatkit/mine/download/?as=files")
    with ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.testzip() is None
        names = [f"{whole.pk}/a.txt", f"{last.pk}/a.txt", "not-readable.txt"]
        assert archive.namelist() == names
        assert archive.read(f"{last.pk}/a.txt") == b"Three"
        assert archive.read("not-readable.txt").decode() == f"{broken.pk}\n"
