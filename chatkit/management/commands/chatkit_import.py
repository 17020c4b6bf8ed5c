"""manage.py chatkit_import"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from ... import personal_data, workflows
from ...hosted import causes
from ...hosted.importer import Import, Progress, Report
from ...hosted.owners import BadMap, Owners, read_map

AGAIN = "Run the command again: it goes on from here."
KEY_TO_READ = "Set CHATKIT['OPENAI_API_KEY'] to a key of the project that had the conversations."
INCOMPLETE = 2  # the exit status of an import that ended but left something out
SHOWN = 20  # how many files and hidden items are named, unless -v 2
BAR = 30


class Command(BaseCommand):
    help = (
        "Import the conversations of hosted workflows from OpenAI, as long as it still gives them "
        "out. Run it again until the workflow is answered here: what is here already stays as it "
        "is, what is new is added. Exit status: 0 all is here, 1 it broke off (run it again), "
        "2 something was left out, which the summary names."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--user", help="Only this user: a login name here, or the user as OpenAI knows it."
        )
        parser.add_argument(
            "--since", metavar="DATE", help="Only conversations begun on this day or later."
        )
        parser.add_argument(
            "--workflow",
            metavar="ID",
            help="The workflow here that continues them. Default: the first of WORKFLOWS.",
        )
        parser.add_argument(
            "--map",
            metavar="FILE.csv",
            help="Whose are those that were not started by this site: lines of "
            "“user at OpenAI,login name here”.",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Read everything, write nothing, tell all."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owners = self.owners(options["map"])
        task = Import(
            self.workflow(options["workflow"]),
            owners,
            since=since(options["since"]),
            upstream_users=self.users(options["user"], owners),
            dry_run=options["dry_run"],
            tell=self.tell_progress if self.shows_progress(options) else lambda progress: None,
            tell_pause=self.tell_pause if options["verbosity"] > 0 else lambda cause, seconds: None,
        )
        try:
            task.run()
        except causes.UpstreamError as error:
            self.end_progress()
            self.tell(task.report, options)
            sentence, fix = causes.explain(error.cause.sentence, hosted=True)
            if error.cause is causes.NO_KEY:  # nobody is to be answered here, only read
                fix = KEY_TO_READ
            where = f" (status {error.status}, request {error.request_id or '-'})"
            again = "" if error.cause is causes.NO_THREADS else f" {AGAIN}"
            raise CommandError(
                f"Broken off: {sentence}{where if error.status else ''} {fix}{again}"
            ) from None
        self.end_progress()
        self.tell(task.report, options)
        if not task.report.is_complete:
            raise CommandError("Not everything was imported; see above.", returncode=INCOMPLETE)

    # -- arguments ---------------------------------------------------------------------------

    def owners(self, path: str | None) -> Owners:
        if path is None:
            return Owners()
        try:
            with Path(path).open(newline="", encoding="utf-8-sig") as lines:
                return Owners(read_map(lines))
        except OSError as error:
            raise CommandError(f"--map {path}: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(f"--map {path}: it is not UTF-8.") from None
        except BadMap as error:
            raise CommandError(f"--map {path}: {error}") from None

    def workflow(self, workflow_id: str | None) -> str:
        table = workflows.table()
        if not table:
            raise CommandError("CHATKIT['WORKFLOWS'] is empty: there is nowhere to import to.")
        if workflow_id is None:
            return next(iter(table))
        if workflow_id not in table:
            known = ", ".join(table)
            raise CommandError(f"--workflow {workflow_id}: WORKFLOWS has no such id, but {known}.")
        return workflow_id

    def users(self, name: str | None, owners: Owners) -> list[str] | None:
        if name is None:
            return None
        try:
            return owners.upstream_users(name)
        except personal_data.UserNotFound as error:
            raise CommandError(f"--user {name}: {error}") from None

    # -- output ------------------------------------------------------------------------------

    def shows_progress(self, options: dict[str, Any]) -> bool:
        return bool(options["verbosity"] > 0 and self.stderr.isatty())

    def tell_progress(self, progress: Progress) -> None:
        full = BAR * progress.done // progress.total if progress.total else BAR
        bar = "#" * full + "-" * (BAR - full)
        text = f"\r[{bar}] {progress.done}/{progress.total} threads, {progress.items} items"
        self.stderr.write(text, style_func=str, ending="")
        self.progress_shown = True

    def tell_pause(self, cause: causes.Cause, seconds: float) -> None:
        """A line of its own: pauses may be minutes long, and nothing else is seen of them."""
        self.end_progress()
        sentence, _fix = causes.explain(cause.sentence)
        self.stderr.write(f"{sentence} Trying again in {max(1, round(seconds))} s.", style_func=str)

    progress_shown = False

    def end_progress(self) -> None:
        if self.progress_shown:
            self.stderr.write("", style_func=str)

    def tell(self, report: Report, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self.stdout.write("Nothing was written (--dry-run). With it:")
        self.stdout.write(
            f"Threads: {report.threads} found, {report.new} new, {report.extended} extended, "
            f"{report.unchanged} unchanged"
        )
        by_type = ", ".join(f"{count} {kind}" for kind, count in sorted(report.items.items()))
        self.stdout.write(f"Items: {report.items.total()}{f' ({by_type})' if by_type else ''}")
        some = None if options["verbosity"] > 1 else SHOWN
        left = [f"{user}: {', '.join(ids)}" for user, ids in report.unmapped.items()]
        count = sum(map(len, report.unmapped.values()))
        self.tell_names("Skipped, no user here (map them with --map)", left, count)
        self.tell_names("Skipped, could not be read", report.failed)
        self.tell_names("Skipped, OpenAI lists them without what was said", report.empty)
        if report.missing:
            self.stdout.write(
                f"OpenAI lists no conversation, although sessions were begun there: "
                f"{report.missing}. What was said in them it does not give out (any more), or not "
                "to this key."
            )
        below = "New items stand below what was said here before them"
        self.tell_names(below, report.below, shown=some)
        self.tell_names("Kept whole but hidden", report.kept_whole, shown=some)
        files = "Files, by name and type alone: no call gives their content"
        self.tell_names(files, report.files, shown=some)

    def tell_names(
        self, title: str, names: list[str], count: int | None = None, *, shown: int | None = None
    ) -> None:
        """A title with the number of things, then their names, at most `shown` of them."""
        if not names:
            return
        self.stdout.write(f"{title}: {count or len(names)}")
        for name in names[:shown]:
            self.stdout.write(f"  {printable(name)}")
        if len(names[:shown]) < len(names):
            self.stdout.write(f"  … and {len(names) - SHOWN} more (-v 2 shows all)")


def printable(text: str) -> str:
    """A text of OpenAI's for the terminal: control characters become question marks."""
    return "".join(char if char.isprintable() else "?" for char in text)


def since(text: str | None) -> datetime.datetime | None:
    """A date (its first moment, in the site's time zone) or a time."""
    if text is None:
        return None
    try:
        day = parse_date(text)
        moment = datetime.datetime.combine(day, datetime.time()) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--since {text}: write it as 2026-11-01 or 2026-11-01T08:00.")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
