"""manage.py chatkit_prune"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import conf
from ...attachments.files import FilesRemain
from ...retention import Outdated
from ...retention.rows import count_left_over, delete_left_over

KEPT = "Conversations of users stay, however old: CHATKIT['RETENTION_DAYS'] is not set."


class Command(BaseCommand):
    help = (
        "Delete conversations that nobody has used for a while, with their messages, runs, "
        "feedback and files, and session records as old; and what nobody needs any more, such as "
        "frames of answers that have ended. Without an age the latter alone. Run it daily, e.g. "
        "from cron."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            help="Age in days from which on to delete. Default: CHATKIT['RETENTION_DAYS'].",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say how much would be deleted."
        )

    def handle(self, *args: object, **options: Any) -> None:
        days = conf.get("RETENTION_DAYS") if options["days"] is None else options["days"]
        if days is None:
            return self.left_over(options["dry_run"])
        if days < 1:
            raise CommandError("--days must be 1 or more.")
        try:
            outdated = Outdated.after(days)
        except OverflowError:
            raise CommandError(f"--days {days} lies before all calendars.") from None
        try:
            if options["dry_run"]:
                self.tell("Would delete", outdated.counts())
            else:
                self.tell("Deleted", outdated.delete())
        except FilesRemain as error:
            raise CommandError(f"{error} Mend the storage and run this again.") from error

    def left_over(self, dry_run: bool) -> None:
        """What nobody needs any more, visitors who did not come back among them: CHATKIT has no
        age for the rest."""
        try:
            if dry_run:
                self.tell("Would delete", count_left_over())
            else:
                self.tell("Deleted", delete_left_over())
            self.stdout.write(KEPT)
        except FilesRemain as error:
            raise CommandError(f"{error} Mend the storage and run this again.") from error

    def tell(self, verb: str, counts: dict[str, int]) -> None:
        self.stdout.write(f"{verb}: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
