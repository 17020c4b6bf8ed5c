"""manage.py chatkit_articles"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatkit.signals import conversations_read

from ...exchange import Broken, Report, export_folder, import_folder
from ...models import Phrasing


class Command(BaseCommand):
    help = (
        "Move help articles between a folder of Markdown files, such as CHATKIT['KNOWLEDGE_DIR'], "
        "and the database. What is there already and says the same stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("direction", choices=["import", "export"])
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("--user", metavar="NAME", help="Import: who is named in the versions.")
        parser.add_argument(
            "--skip-broken",
            action="store_true",
            help="Import: leave out files that are no articles, instead of storing nothing.",
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="Export: write into a folder that has files, and remove those of articles that "
            "are not published any more, or that an earlier export wrote and are deleted.",
        )
        parser.add_argument(
            "--versions",
            action="store_true",
            help="Export: every version of each text too, below versions/. An import reads them.",
        )

    def handle(self, *args: object, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            if options["direction"] == "import":
                report = self.bring(folder, options)
            else:
                report = export_folder(
                    folder, overwrite=options["overwrite"], versions=options["versions"]
                )
                self.tell_export()
        except Broken as error:
            raise CommandError(
                f"Nothing was stored. Mend these files, or say --skip-broken:\n{error}"
            ) from None
        except FileExistsError as error:
            raise CommandError(f"{error} Name another folder, or say --overwrite.") from None
        except OSError as error:
            raise CommandError(str(error)) from error
        self.tell(report)

    def bring(self, folder: Path, options: dict[str, Any]) -> Report:
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        user = None
        if name := options["user"]:
            people = get_user_model()
            user = people.objects.filter(**{people.USERNAME_FIELD: name}).first()
            if user is None:
                raise CommandError(f"There is no user {name!r}.")
        return import_folder(folder, user, skip_broken=options["skip_broken"])

    def tell_export(self) -> None:
        """Phrasings are in the words of who asked."""
        if Phrasing.objects.exists():
            conversations_read.send_robust(
                None, user=None, action="exported", thread=None, person=None, what="phrasings"
            )

    def tell(self, report: Report) -> None:
        for path, reason in report.left_out:
            self.stderr.write(f"Left out: {path}: {reason}")
        for path in report.removed:
            self.stdout.write(f"Removed: {path}")
        for path in report.left:
            self.stdout.write(f"Left as it is: {path}: it is no article of the database.")
        counts = {
            "added": report.added,
            "changed": report.changed,
            "unchanged": report.unchanged,
        }
        if any(report.phrasings):
            self.stdout.write("Phrasings: {} added, {} unchanged".format(*report.phrasings))
        self.stdout.write(", ".join(f"{len(paths)} {name}" for name, paths in counts.items()))
