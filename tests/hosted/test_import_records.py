"""What an import makes of session records: where nothing is listed, and of whom all was read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatkit.models import Session, Thread

from .openai_standin import OpenAI
from .samples import START, text_item, thread
from .test_import import add, run, told

__all__ = ["told"]  # the fixture


class TestEmptied:
    """Lists that are there and have nothing in them are no complete import."""

    @pytest.fixture(autouse=True)
    def _sessions(self, openai: OpenAI, user: Any) -> None:
        begun_at_openai(user)

    def test_no_threads(self, openai: OpenAI) -> None:
        assert "lists no conversation, although sessions were begun there: 1." in run(status=2)

    def test_none_of_a_person(self, openai: OpenAI, user: Any, other: Any) -> None:
        assert "sessions were begun there: 1." in run("--user", "ada", status=2)
        assert "sessions were begun there" not in run("--user", "bob")
        assert "sessions were begun there" not in run("--since", "2099-01-01")

    def test_none_under_one_of_their_names(self, openai: OpenAI, tmp_path: Path) -> None:
        """The sessions were begun under another one."""
        path = tmp_path / "map.csv"
        path.write_text("crm-4711,ada\n")
        assert "begun there" not in run("--map", str(path), "--user", "crm-4711")
        assert "begun there: 1." in run("--map", str(path), "--user", "ada", status=2)

    def test_no_session_no_conversation(self, openai: OpenAI) -> None:
        Session.objects.update(status=Session.Status.FAILED)
        assert "Threads: 0 found" in run()

    def test_threads_without_items(self, openai: OpenAI, told: str) -> None:
        add(openai, told, "cthr_1", 0)
        add(openai, told, "cthr_2")
        assert "OpenAI lists them without what was said: 1\n  cthr_1" in run(status=2)
        assert Thread.objects.get().upstream_id == "cthr_2"
        openai.items["cthr_2"] = []  # what came before stays
        assert "1 unchanged" in run(status=2)


def begun_at_openai(user: Any, **how: Any) -> Session:
    count = Session.objects.count()
    return Session.objects.create(
        user=user, workflow_id="wf_hosted", session_id=f"s{count}", issuer="openai", **how
    )


class TestRemembered:
    """On session records: of whom all was read. `chatkit_doctor --exit` tells of the others."""

    @pytest.fixture(autouse=True)
    def _of_two(self, openai: OpenAI, told: str, user: Any, other: Any) -> None:
        for who in (user, other):
            begun_at_openai(who)
            add(openai, f"mseller:{who.pk}", f"cthr_{who.pk}")

    def of_whom(self) -> list[str]:
        read = Session.objects.exclude(imported_at=None)
        return sorted(read.values_list("user__username", flat=True))

    def test_all(self) -> None:
        run("--dry-run")
        assert self.of_whom() == []
        run()
        assert self.of_whom() == ["ada", "bob"]

    def test_of_one(self) -> None:
        run("--user", "ada")
        assert self.of_whom() == ["ada"]

    def test_of_some_names(self, openai: OpenAI, user: Any, told: str, tmp_path: Path) -> None:
        """What a person has said under another name was not read."""
        path = tmp_path / "map.csv"
        path.write_text("crm-4711,ada\n")
        add(openai, "crm-4711", "cthr_crm")
        for name in ("crm-4711", told):
            run("--map", str(path), "--user", name)
            assert self.of_whom() == []
        run("--map", str(path), "--user", "ada")
        assert self.of_whom() == ["ada"]

    def test_since(self) -> None:
        run("--since", "2020-01-01")
        assert self.of_whom() == []

    def test_not_where_something_was_left_out(self, openai: OpenAI, other: Any) -> None:
        openai.fault("status", status=404, path=f"cthr_{other.pk}/items")
        run(status=2)
        assert self.of_whom() == ["ada"]
        openai.fault("body", path="/items", body={"data": [{"id": "x"}], "has_more": False})
        run(status=2)

    def test_who_has_said_nothing(self, openai: OpenAI, other: Any) -> None:
        """Only where no conversation is nobody's: it might be theirs."""
        del openai.threads[f"cthr_{other.pk}"]
        add(openai, "nobody", "cthr_x")
        run(status=2)
        assert self.of_whom() == ["ada"]
        del openai.threads["cthr_x"]
        openai.threads["cthr_y"] = thread("cthr_y", user=None)
        run(status=2)
        assert self.of_whom() == ["ada"]
        del openai.threads["cthr_y"]
        run()
        assert self.of_whom() == ["ada", "bob"]

    def test_what_could_not_be_read_before_is_not_passed_over(
        self, openai: OpenAI, told: str
    ) -> None:
        """It stands between items that are here by now."""
        openai.threads["cthr_3"] = thread("cthr_3", user=told)
        items = [
            text_item(f"i{number}", str(number), created_at=START + number) for number in range(3)
        ]
        openai.items["cthr_3"] = items
        rows = [items[0], {"id": "i1"}, items[2]]
        openai.fault("body", path="cthr_3/items", body={"data": rows, "has_more": False}, times=2)
        run(status=2)
        assert "ada" not in self.of_whom()
        rows.reverse()  # the newest first, for one that is here
        run(status=2)
        assert "ada" not in self.of_whom()
        run()
        assert "ada" in self.of_whom()
        assert Thread.objects.get(upstream_id="cthr_3").items.count() == 3

    def test_sessions_begun_since(self, user: Any) -> None:
        run()
        begun_at_openai(user)
        assert Session.objects.filter(imported_at=None).count() == 1
