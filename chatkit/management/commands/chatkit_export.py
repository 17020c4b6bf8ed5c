"""manage.py chatkit_export"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import personal_data
from ...signals import conversations_read


class Command(BaseCommand):
    help = (
        "Write everything that is kept about one user as JSON: sessions, conversations with "
        "their items, feedback, runs, tool calls, and what is known of attachments. "
        "Run it when somebody asks for their data. It has what the site put into conversations for "
        "the model alone, which a person's own download leaves out. Conversations that are only at "
        "OpenAI are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="The login name, or the e-mail address.")
        parser.add_argument(
            "--output", type=Path, help="The file to write, readable by you alone. Default: stdout."
        )

        parser.add_argument(
            "--files", type=Path, help="Also write the files that the person has sent, as this ZIP."
        )

    def handle(self, *args: object, **options: Any) -> None:
        try:
            user = personal_data.find_user(options["user"])
        except personal_data.UserNotFound as error:
            raise CommandError(str(error)) from None
        self.check_apart(options["output"], options["files"])
        self.handed_out = False
        try:
            self.hand_out(user, options)
        finally:
            # Also where the rest can't be written: what is out already has been read.
            if self.handed_out:
                self.tell(user)
        if options["output"] is not None:
            self.stderr.write(f"Wrote {options['output']}.")

    def check_apart(self, output: Path | None, files: Path | None) -> None:
        """The one would take the place of the other, however each is written."""
        if output is not None and files is not None and output.resolve() == files.resolve():
            raise CommandError(f"--output and --files are one file: {output}.")

    def hand_out(self, user: AbstractBaseUser, options: dict[str, Any]) -> None:
        if options["files"] is not None:
            self.write(options["files"], personal_data.files(user))
        pieces = personal_data.export(user, hidden=True)
        if options["output"] is not None:
            self.write(options["output"], (piece.encode() for piece in pieces))
            return
        for piece in pieces:
            self.handed_out = True  # first: a pipe that breaks has taken some of it
            self.stdout.write(piece, ending="")

    def tell(self, person: AbstractBaseUser) -> None:
        conversations_read.send_robust(
            None, user=None, action="exported", thread=None, person=person, what="data"
        )

    def write(self, path: Path, pieces: Iterable[bytes]) -> None:
        """Write to a temporary file, then rename it: `path` never holds half an export."""
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines(pieces)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from None
        self.handed_out = True
