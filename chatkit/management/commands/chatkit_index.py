"""manage.py chatkit_index"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ...threads.filling import fill


class Command(BaseCommand):
    help = (
        "Make what was said findable where it is not yet: messages that an older release of the "
        "app has written while this one was being installed, and rows that were put into the "
        "database by other means."
    )

    def handle(self, *args: object, **options: Any) -> None:
        self.stdout.write(f"Filled in: {fill()}")
