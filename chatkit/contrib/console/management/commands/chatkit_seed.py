"""manage.py chatkit_seed"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import seed


class Command(BaseCommand):
    help = (
        "Make months of believable conversations, to try the console and to measure it. For a "
        "database of its own: only their people, seed-1 and so on, tell these from real ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--runs", type=int, default=2000, help="How many questions. 2000.")
        parser.add_argument("--days", type=int, default=90, help="Over how many days. 90.")
        parser.add_argument("--people", type=int, default=60, help="Of how many people. 60.")
        parser.add_argument("--random", type=int, default=1, help="The same number, the same rows.")
        parser.add_argument(
            "--yes", action="store_true", help="Also where there are conversations."
        )

    def handle(self, *args: object, **options: Any) -> None:
        for name, most in (("runs", 10_000_000), ("days", 3650), ("people", 100_000)):
            if not 1 <= options[name] <= most:
                raise CommandError(f"--{name} must be between 1 and {most}.")
        if not options["yes"] and seed.has_conversations():
            raise CommandError("There are conversations here already. Say --yes to add to them.")
        count = 0
        for count in seed.make(
            options["runs"], options["days"], options["people"], options["random"]
        ):
            if options["verbosity"] > 1:
                self.stdout.write(f"{count} …")
        self.stdout.write(f"Made {count} questions of {options['people']} people.")
