"""The seed, and the task that does what the command does."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from chatkit.contrib.console import daily, period
from chatkit.models import Run, Thread, ThreadItem

from .traffic import DAY, asked

pytestmark = pytest.mark.django_db


class TestSeed:
    @pytest.mark.slow
    def test_it_makes_what_it_says(self, capsys: Any, reader: Any, console: Client) -> None:
        call_command("chatkit_seed", runs=150, days=20, people=5)
        assert capsys.readouterr().out == "Made 150 questions of 5 people.\n"
        assert Run.objects.count() == 150
        assert Run.objects.filter(created_at__lt=period.midnight(period.today())).exists()
        assert {run.user.has_usable_password() for run in Run.objects.all()} == {False}
        assert len({run.outcome for run in Run.objects.all()}) > 3
        call_command("chatkit_rollup")
        assert daily.figures(period.of_kind("30d")).total().answers == 150
        for page in ("", "unanswered/", "conversations/", "conversations/?list=answers"):
            assert console.get(f"/apps/chatkit/console/{page}").status_code == 200

    def test_the_same_number_makes_the_same_questions(self) -> None:
        words = []
        for _time in range(2):
            call_command("chatkit_seed", runs=30, days=3000, people=3, yes=True, verbosity=0)
            items = ThreadItem.objects.filter(type="user_message").order_by("sequence")
            words.append([item.payload["content"] for item in items][-30:])
            Thread.objects.all().delete()
        assert words[0] == words[1]

    def test_it_adds_to_real_ones_only_if_told(self, user: Any) -> None:
        asked(user)
        with pytest.raises(CommandError, match="Say --yes"):
            call_command("chatkit_seed")
        with pytest.raises(CommandError, match="--runs must be between"):
            call_command("chatkit_seed", runs=0)


def test_the_roll_up_is_a_task(user: Any) -> None:
    pytest.importorskip("django_tasks")
    from chatkit.contrib.console.tasks import roll_up

    asked(user, at=timezone.now() - 3 * DAY)
    assert roll_up.call() == 3
