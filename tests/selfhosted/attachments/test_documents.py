"""The help desk answers from what is attached, with its words and without a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatkit.attachments import kinds, text
from chatkit.documents import child
from chatkit.documents.drafts import Draft, Refused
from chatkit.knowledge import markdown
from chatkit.models import Attachment, Run

from ...attachments import samples
from ..protocol import Caller, add, create, secret_of, text_of, thread_id_of
from .conftest import send

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = """# Lease

## Rent

The rent is 940 euros a month. It is due on the third working day.

## Keeping animals

Budgerigars may be kept without asking. Dogs need the landlord's consent.
"""


@pytest.fixture
def desk(user: Any, workflow_id: str, folder: Path) -> Caller:
    return Caller(secret_of(user, workflow_id))


def test_from_the_document_with_its_source(desk: Caller) -> None:
    lease = send(desk, LEASE.encode(), "lease*.md", "text/markdown").json()["id"]
    found = desk.stream(create("May I keep budgerigars?", attachments=[lease]))
    said = text_of(found)
    assert "Budgerigars may be kept without asking." in said
    assert "940" not in said
    assert "lease" in said
    (source,) = [
        event["update"]["annotation"]["source"]
        for event in found
        if event.get("update", {}).get("type", "").endswith("annotation_added")
    ]
    assert source["url"] == f"/api/chatkit/attachments/{lease}"
    run = Run.objects.get()
    assert (run.outcome, run.cited) == (Run.Outcome.ANSWERED, [])
    # A later question that no article answers is looked up there, too.
    later = desk.stream(add(thread_id_of(found), "When is the rent due?"))
    assert "third working day" in text_of(later)


def test_what_it_does_not_say_and_what_it_can_not_read(desk: Caller) -> None:
    lease = send(desk, LEASE.encode(), "lease.md", "text/markdown").json()["id"]
    picture = send(desk, samples.picture(), "it.png", "image/png").json()["id"]
    question = "How tall is the Eiffel tower?"
    found = text_of(desk.stream(create(question, attachments=[lease, picture])))
    assert "“lease.md” does not say anything about that." in found
    assert "I can’t read “it.png”" in found


def test_a_document_without_a_question(desk: Caller) -> None:
    lease = send(desk, LEASE.encode(), "lease.md", "text/markdown").json()["id"]
    found = text_of(desk.stream(create("", attachments=[lease])))
    assert found.startswith("This is how “lease.md” begins.")
    assert "940 euros" in found


PRICES = "Prices [pay here](http://evil.example/pay) ![p](http://evil.example/p.png) <b>now</b>"


@pytest.mark.parametrize(
    ("name", "kind"), [("a.md", "text/markdown"), ("a.txt", "text/plain"), ("a.pdf", kinds.PDF)]
)
def test_what_looks_like_a_link_in_a_title_is_none(
    desk: Caller, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    said = "Widgets go up by ten percent on Monday."
    monkeypatch.setattr(child, "read", lambda *args: Draft(PRICES, said))
    words = f"# {PRICES}\n\n{said}" if name == "a.md" else f"{PRICES}\n=====\n\n{said}"
    data = samples.PDF if kind == kinds.PDF else words.encode()
    file = send(desk, data, name, kind).json()["id"]
    answer = text_of(desk.stream(create("What are the prices of widgets?", attachments=[file])))
    assert "ten percent" in answer
    assert "pay here" in answer
    html = markdown.parser(lambda url: True).render(answer)
    assert "[pay here](" in html  # as it was written
    assert not {tag for tag in ("<img", 'href="http://evil', "<b>") if tag in html}


def test_words_are_read_once(desk: Caller, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    send(desk, b"a,b\n1,<b>", "t.csv", "text/csv")
    assert text.read_text(Attachment.objects.get()) == ("| a | b |\n| --- | --- |\n| 1 | \\<b> |")
    monkeypatch.setattr(text, "_read", lambda *args: pytest.fail("read again"))
    assert "| a | b |" in text.read_text(Attachment.objects.get())


@pytest.mark.slow
def test_a_page_is_read_by_a_process_of_its_own(desk: Caller) -> None:
    page = b"<html><h1>Kites</h1><p>Let it fly.</p><script>no()</script></html>"
    send(desk, page, "kites.html", "text/html")
    assert text.read_text(Attachment.objects.get()) == "## Kites\n\nLet it fly."


def test_a_broken_document_has_no_words(desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    send(desk, samples.PDF, "a.pdf", "application/pdf")

    def refuse(code: str) -> Any:
        def read(*args: Any) -> None:
            raise Refused(code)

        return read

    monkeypatch.setattr(child, "read", refuse("missing"))
    assert text.read_text(Attachment.objects.get()) == ""
    assert Attachment.objects.get().text is None  # once the extra is there, it is read
    monkeypatch.setattr(child, "read", refuse("interrupted"))
    assert text.read_text(Attachment.objects.get()) == ""
    assert Attachment.objects.get().text is None  # its process was killed by somebody else
    monkeypatch.setattr(child, "read", refuse("broken"))
    assert text.read_text(Attachment.objects.get()) == ""
    assert Attachment.objects.get().text == ""
