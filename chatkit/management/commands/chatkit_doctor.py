"""`manage.py chatkit_doctor`: what is set, who answers, what is wrong, and why a call fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import diagnosis
from ...hosted import leaving, sunset


class Command(BaseCommand):
    help = (
        "Shows the chat's settings in force (the key hidden), who answers each workflow, and what "
        "is wrong. Run it when the chat does not start. The exit status is 1 after a fault. With "
        "--exit it says what of this site breaks when OpenAI ends something; the exit status is 0 "
        "where nothing does, else 1."
    )
    requires_system_checks: list[str] = []  # it reports them itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--ping",
            action="store_true",
            help="start one real session at OpenAI for each hosted workflow, and end it again; "
            "look whether each agent is there",
        )
        parser.add_argument(
            "--exit",
            action="store_true",
            dest="leaving",
            help="say what breaks when, and what to do: in the settings, code and records",
        )
        parser.add_argument(
            "code",
            nargs="*",
            type=Path,
            help="with --exit: files and folders to read beside the code that WORKFLOWS names",
        )
        parser.add_argument("--json", action="store_true", help="write JSON")

    def handle(self, *args: object, **options: Any) -> None:
        if options["leaving"]:
            self.tell_leaving(options["code"], as_json=options["json"])
            return
        if options["code"]:
            raise CommandError("Code is only read with --exit.")
        parts = [
            diagnosis.settings_in_force(),
            diagnosis.workflows_in_force(),
            diagnosis.check_results(),
            diagnosis.environment(),
        ]
        if options["ping"]:
            parts.append(diagnosis.ping())
        faults = sum(line.kind == diagnosis.FAULT for part in parts for line in part.lines)
        if options["json"]:
            told = [
                {"title": part.title, "lines": [vars(line) for line in part.lines]}
                for part in parts
            ]
            self.write_json({"parts": told, "faults": faults})
        else:
            self.tell(parts)
        if faults:
            raise CommandError("1 fault found." if faults == 1 else f"{faults} faults found.")
        if not options["json"]:
            self.stdout.write(self.style.SUCCESS("No fault found."))

    def tell(self, parts: list[diagnosis.Part]) -> None:
        for part in parts:
            self.stdout.write(self.style.MIGRATE_HEADING(part.title))
            for line in part.lines:
                style = {"fault": self.style.ERROR, "warning": self.style.WARNING}.get(line.kind)
                self.stdout.write(f"  {style(line.text) if style else line.text}")
            self.stdout.write("")

    def tell_leaving(self, paths: list[Path], *, as_json: bool) -> None:
        missing = [path for path in paths if not path.exists()]
        if missing:
            raise CommandError(f"There is no {missing[0]}.")
        today = sunset.today()
        root = Path(getattr(settings, "BASE_DIR", None) or Path.cwd()).resolve()
        found = leaving.findings([path.resolve() for path in paths], root)
        if as_json:
            told = [
                {
                    "date": one.date.isoformat() if one.date else None,
                    "ended": one.ended(today),
                    "what": one.what(today),
                    "where": one.where,
                    "do": one.do,
                }
                for one in found
            ]
            self.write_json({"today": today.isoformat(), "findings": told})
        else:
            self.stdout.write(self.style.MIGRATE_HEADING(f"What ends when ({today.isoformat()})"))
            for one in found:
                style = self.style.ERROR if one.ended(today) else self.style.WARNING
                self.stdout.write(f"  {style(one.what(today))}")
                self.stdout.write(f"    where: {one.where}")
                self.stdout.write(f"    do: {one.do}")
        if found:
            raise CommandError("1 finding." if len(found) == 1 else f"{len(found)} findings.")
        if not as_json:
            self.stdout.write(self.style.SUCCESS("  Nothing here ends."))

    def write_json(self, told: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
