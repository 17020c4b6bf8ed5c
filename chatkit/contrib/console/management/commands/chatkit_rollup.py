"""manage.py chatkit_rollup"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ...daily import make_up
from ...quality import gather as gather_reviews
from ...said.index import catch_up
from ...unanswered import gather


class Command(BaseCommand):
    help = (
        "Make up the console's figures of the days that are over, and of those of which something "
        "has changed since; group the questions that had no answer; keep the words of "
        "conversations for the search. Run it once an hour, e.g. from cron; it may run at any "
        "time."
    )

    def handle(self, *args: object, **options: Any) -> None:
        count = make_up()
        gather()
        gather_reviews()
        catch_up()
        self.stdout.write(f"Made up {count} day{'' if count == 1 else 's'}.")
