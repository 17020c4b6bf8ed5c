"""`manage.py chatkit_doctor`: what is set, who answers, what is wrong, and why a call fails."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import diagnosis


class Command(BaseCommand):
    help = (
        "Shows the chat's settings in force (the key hidden), who answers each workflow, and what "
        "is wrong. Run it when the chat does not start. The exit status is 1 after a fault."
    )
    requires_system_checks: list[str] = []  # it reports them itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--ping",
            action="store_true",
            help="start one real session at OpenAI for each hosted workflow, and end it again",
        )

    def handle(self, *args: object, **options: Any) -> None:
        parts = [
            diagnosis.settings_in_force(),
            diagnosis.workflows_in_force(),
            diagnosis.check_results(),
            diagnosis.environment(),
        ]
        if options["ping"]:
            parts.append(diagnosis.ping())
        faults = 0
        for part in parts:
            self.stdout.write(self.style.MIGRATE_HEADING(part.title))
            for line in part.lines:
                style = {"fault": self.style.ERROR, "warning": self.style.WARNING}.get(line.kind)
                self.stdout.write(f"  {style(line.text) if style else line.text}")
                faults += line.kind == "fault"
            self.stdout.write("")
        if faults:
            raise CommandError("1 fault found." if faults == 1 else f"{faults} faults found.")
        self.stdout.write(self.style.SUCCESS("No fault found."))
