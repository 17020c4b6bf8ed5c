"""manage.py chatkit_uninstall"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...attachments.files import FilesRemain
from .. import uninstalling

REST = """\
What is left is yours to take out, in this order:
  1. what names the app: {% load chatkit %} and its tags in templates, imports, chatkit_tools and
     chatkit_entities modules, classes that WORKFLOWS named, cron lines of chatkit_prune
  2. include("chatkit.urls") and with_runs in your own urls.py and asgi.py
  3. "chatkit" and "chatkit.contrib…" in INSTALLED_APPS, and CHATKIT, in your settings
  4. pip uninstall mseller-chatkit"""


class Command(BaseCommand):
    help = (
        "Delete all that the app has put into this site's database and storage: its tables with "
        "every conversation, people's files, its permissions and content types, and the sessions "
        "of agents at OpenAI. There is no way back. Run it before you take the app out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Don't ask.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say what would be deleted."
        )

    def handle(self, *args: object, **options: Any) -> None:
        others = uninstalling.apps_that_need_it()
        if others:
            raise CommandError(
                f"Tables of other apps refer to the chat's: {', '.join(others)}. Take those "
                "references out, with migrations of their own, and run this again."
            )
        lines = list(uninstalling.told())
        if not lines:
            self.stdout.write("Nothing of it is left in the database.")
            self.stdout.write(REST)
            return
        self.stdout.write("This deletes:")
        for line in lines:
            self.stdout.write(f"  {line}")
        if options["dry_run"]:
            return
        if not options["yes"]:
            self.confirm()
        try:
            left = uninstalling.delete_what_is_elsewhere()
        except FilesRemain as error:
            raise CommandError(f"{error} Mend the storage and run this again.") from error
        if left:
            self.stdout.write(
                f"{left} sessions of agents could not be deleted at OpenAI, and will not be tried "
                "again: their ids are"
            )
            for session_id in uninstalling.agent_session_ids():
                self.stdout.write(f"  {session_id}")
        uninstalling.delete_tables()
        self.stdout.write(self.style.SUCCESS("Deleted."))
        self.stdout.write(REST)

    def confirm(self) -> None:
        """Go on only if the app's name is typed."""
        try:
            answer = input("Type chatkit to go on: ")
        except EOFError:
            raise CommandError("Nobody answered. Say --yes to delete without asking.") from None
        if answer.strip() != "chatkit":
            raise CommandError("Nothing was deleted.")
