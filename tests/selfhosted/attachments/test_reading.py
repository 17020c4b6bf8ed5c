"""Documents that take long or are long, and what the help desk and a model make of them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import QuerySet

from chatkit.attachments import text
from chatkit.documents import child
from chatkit.documents.drafts import Draft, Refused
from chatkit.knowledge.terms import Vocabulary
from chatkit.models import Attachment, Session
from chatkit.selfhosted.attachments import contents, reading
from chatkit.selfhosted.runs.process import ASSISTANT_WORKERS

from ...attachments import papers, samples
from ..protocol import Caller, add, create, secret_of, text_of, thread_id_of
from .conftest import send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(user: Any, workflow_id: str, folder: Path) -> Caller:
    return Caller(secret_of(user, workflow_id))


def read(desk: Caller, data: bytes, name: str, kind: str) -> Attachment:
    """The row of a file whose words were asked for."""
    row = Attachment.objects.get(pk=send(desk, data, name, kind).json()["id"])
    text.read_text(row)
    return Attachment.objects.get(pk=row.pk)


def told(row: Attachment) -> str:
    """What a model hears of it."""
    found = contents.load(Session.objects.get(), [row.pk], ())
    return str(found[row.pk]["text"])


def counting(monkeypatch: pytest.MonkeyPatch, outcome: Draft | Refused) -> list[str]:
    """The names of documents that processes were begun for; each ends like this."""
    asked: list[str] = []

    def begun(data: bytes, name: str, *args: Any) -> Draft:
        asked.append(name)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    monkeypatch.setattr(child, "read", begun)
    return asked


class TestSlow:
    def test_other_answers_go_on(self, desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        began, over = threading.Semaphore(0), threading.Event()

        def endless(*args: Any) -> Draft:
            began.release()
            assert over.wait(60)
            raise Refused("too_slow")

        monkeypatch.setattr(child, "read", endless)
        monkeypatch.setattr(text, "WAIT_SECONDS", 60)
        files = [
            send(desk, samples.PDF, f"{number}.pdf", "application/pdf").json()["id"]
            for number in range(ASSISTANT_WORKERS)
        ]
        askers = [
            threading.Thread(
                target=lambda id: Caller(desk.secret).stream(create("Rent?", attachments=[id])),
                args=[id],
            )
            for id in files
        ]
        answered = threading.Event()

        def ask() -> None:
            Caller(desk.secret).stream(create("How do I refund an order?"))
            answered.set()

        try:
            for asker in askers:
                asker.start()
            assert began.acquire(timeout=20)
            assert began.acquire(timeout=20)
            askers.append(threading.Thread(target=ask))
            askers[-1].start()
            assert answered.wait(20)
        finally:
            over.set()
            for asker in askers:
                asker.join(60)

    def test_a_question_waits_for_a_while_alone(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        over = threading.Event()

        def endless(*args: Any) -> Draft:
            assert over.wait(60)
            return Draft("", "The rent is 940 euros a month.")

        monkeypatch.setattr(child, "read", endless)
        monkeypatch.setattr(reading, "PATIENCE", 0.1)
        file = send(desk, samples.PDF, "lease.pdf", "application/pdf").json()["id"]
        try:
            found = desk.stream(create("How much is the rent a month?", attachments=[file]))
            assert "I could not read “lease.pdf” just now." in text_of(found)
        finally:
            over.set()
        monkeypatch.setattr(reading, "PATIENCE", 30)
        later = desk.stream(add(thread_id_of(found), "How much is the rent a month?"))
        assert "940 euros" in text_of(later)

    def test_it_is_read_once_and_anew_where_that_is_asked_for(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = counting(monkeypatch, Refused("too_slow"))
        file = send(desk, samples.PDF, "lease.pdf", "application/pdf").json()["id"]
        found = desk.stream(create("How much is the rent a month?", attachments=[file]))
        assert "“lease.pdf” takes too long to read." in text_of(found)
        desk.stream(add(thread_id_of(found), "How much is the rent a month?"))
        assert asked == ["lease.pdf"]
        row = Attachment.objects.get()
        assert "It takes too long to read" in told(row)
        counting(monkeypatch, Draft("", "The rent is 940 euros."))
        assert text.read_text(row) == ""
        assert text.read_text(row, again=True) == "The rent is 940 euros."

    def test_it_does_not_wait_for_others_for_ever(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = counting(monkeypatch, Draft("", "Words"))
        monkeypatch.setattr(text, "WAIT_SECONDS", 0.01)
        monkeypatch.setattr(text, "_turns", threading.BoundedSemaphore(1))
        with text._turns:
            row = read(desk, samples.PDF, "lease.pdf", "application/pdf")
        assert (row.text, asked) == (None, [])
        assert text.read_text(row) == "Words"

    def test_without_the_extra_nobody_is_told_to_ask_again(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = counting(monkeypatch, Draft("", "The rent is 940 euros."))
        file = send(desk, samples.PDF, "lease.pdf", "application/pdf").json()["id"]
        monkeypatch.setattr(text, "find_spec", lambda name: None)
        found = desk.stream(create("How much is the rent a month?", attachments=[file]))
        assert "I can’t read “lease.pdf”" in text_of(found)
        assert asked == []
        monkeypatch.undo()
        counting(monkeypatch, Draft("", "The rent is 940 euros."))
        assert text.read_text(Attachment.objects.get()) == "The rent is 940 euros."

    @pytest.mark.slow
    def test_the_pages_until_then_count(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(text, "SECONDS", 3)
        row = read(desk, papers.slow_pages(), "lease.pdf", "application/pdf")
        assert text.kept(row) == text.Words(papers.LINE, cut=True)


class TestKept:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("page", "words"),
        [
            (
                "<html><title>Hi\0 there</title><p>Kites fly.</p></html>",
                "## Hi there\n\nKites fly.",
            ),
            ("<html><h1>Hi\0 there</h1><p>Kites\0 fly.</p></html>", "## Hi there\n\nKites fly."),
            ("<html><pre>Kites\0 fly.</pre></html>", "```\nKites fly.\n```"),
        ],
        ids=["title", "heading", "pre"],
    )
    def test_a_page_with_nul_has_words(self, desk: Caller, page: str, words: str) -> None:
        data = ("\ufeff" + page).encode("utf-16-le")
        assert read(desk, data, "a.html", "text/html").text == words

    @pytest.mark.parametrize("kind", [".txt", ".csv", ".md"])
    def test_a_text_with_nul_has_words(self, desk: Caller, kind: str) -> None:
        data = "\ufeff# Hi\0 there\n\nKites,\0 fly".encode("utf-16-le")
        assert "Hi there" in (read(desk, data, f"a{kind}", "").text or "")

    def test_what_the_database_refuses_is_not_read_again(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Half a surrogate pair, which no database takes."""
        asked = counting(monkeypatch, Draft("", "The rent is \ud800 euros a month."))
        file = send(desk, samples.PDF, "lease.pdf", "application/pdf").json()["id"]
        found = desk.stream(create("How much is the rent a month?", attachments=[file]))
        assert "I can’t read “lease.pdf”" in text_of(found)
        desk.stream(add(thread_id_of(found), "How much is the rent a month?"))
        assert asked == ["lease.pdf"]

    @pytest.mark.parametrize(("number", "times"), [(1366, 1), (2006, 2)])
    def test_what_mariadb_can_not_hold_is_not_read_again(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch, number: int, times: int
    ) -> None:
        """mysqlclient says of a character with four bytes, and of a server that is gone, that the
        operation has failed, each by its number."""
        asked = counting(monkeypatch, Draft("", "The rent is \U0001f600 euros a month."))
        update = QuerySet.update

        def refusing(rows: Any, **columns: Any) -> int:
            if columns.get("text"):
                raise OperationalError(number, "Incorrect string value")
            return update(rows, **columns)

        file = send(desk, samples.PDF, "lease.pdf", "application/pdf").json()["id"]
        monkeypatch.setattr(QuerySet, "update", refusing)
        found = desk.stream(create("How much is the rent a month?", attachments=[file]))
        desk.stream(add(thread_id_of(found), "How much is the rent a month?"))
        assert asked == ["lease.pdf"] * times


LONG = {
    "rows": (papers.table(6000), "t.csv", "text/csv", "| 4999 | 9998 |", "| 5000 | 10000"),
    "characters": (b"Kites fly. " * 60_000, "t.txt", "text/plain", "Kites fly.", "nothing"),
    "page": (papers.page(40_000), "t.html", "text/html", "Kites fly", "nothing"),
    "table": (
        b"<table>" + b"<tr><td>kite<td>hill" * 6000 + b"</table>",
        *("t.html", "text/html", "| kite | hill |", "nothing"),
    ),
    "pages": (papers.pages(201), "t.pdf", "application/pdf", "page 199", "page 200"),
}


class TestLong:
    @pytest.mark.slow
    @pytest.mark.parametrize("name", LONG)
    def test_its_beginning_is_read(
        self, desk: Caller, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(text, "SECONDS", 60)
        data, file, kind, words, beyond = LONG[name]
        found = text.kept(read(desk, data, file, kind))
        assert found.cut
        assert words in found.text
        assert beyond not in found.text
        assert "cut -->" not in found.text

    def test_so_many_different_words_are_enough(
        self, desk: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each is one to find the stem of before the first question is answered."""
        found: list[set[str]] = []
        read_words = Vocabulary.read

        def spy(vocabulary: Vocabulary, words: str) -> list[str]:
            found[-1].update(words.split())
            return read_words(vocabulary, words)

        names = " ".join(f"Name{number} flies." for number in range(28_000))
        file = send(desk, f"The rent is 940 euros a month.\n\n{names}".encode()).json()["id"]
        found.append(set())
        monkeypatch.setattr(Vocabulary, "read", spy)
        answer = text_of(desk.stream(create("How much is the rent a month?", attachments=[file])))
        assert "940 euros" in answer
        assert "“a.txt” is long: I have read only its beginning." in answer
        assert 20_000 < len(found[0]) <= text.MAX_WORDS + 10
        row = Attachment.objects.get()
        assert text.kept(row).cut
        assert text.kept(row).text.endswith("flies.")

    def test_as_much_prose_is_read_whole(self, desk: Caller) -> None:
        words = " ".join(f"kite{number % 20_000} flies" for number in range(30_000))
        row = read(desk, words.encode(), "t.txt", "text/plain")
        assert text.kept(row) == text.Words(words)

    def test_a_model_hears_of_it(self, desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        row = read(desk, papers.table(6000), "t.csv", "text/csv")
        assert "It is longer; this is its beginning." in told(row)
        counting(monkeypatch, Draft("", "The rent is 940 euros.", cut=True))
        short = read(desk, samples.PDF, "a.pdf", "application/pdf")
        assert "Only its beginning could be read" in told(short)
        assert told(short).endswith("-----\nThe rent is 940 euros.\n-----")

    def test_the_help_desk_says_so(self, desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        counting(monkeypatch, Draft("", "The rent is 940 euros a month.", cut=True))
        said = "“a.pdf” is long: I have read only its beginning."
        for question in ("How much is the rent a month?", "How tall is the Eiffel tower?", ""):
            file = send(desk, samples.PDF, "a.pdf", "application/pdf").json()["id"]
            assert said in text_of(desk.stream(create(question, attachments=[file])))

    def test_a_whole_one_is_not_called_cut(self, desk: Caller) -> None:
        row = read(desk, papers.table(5000), "t.csv", "text/csv")
        assert not text.kept(row).cut
        assert not text.kept(read(desk, b"<!-- cut -->", "t.txt", "text/plain")).cut
