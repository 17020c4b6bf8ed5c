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
        if options["files"] is not None:
            try:
                self.write(options["files"], personal_data.files(user))
            except OSError as error:
                told = f"{options['files']} can't be written: {error.strerror}."
                raise CommandError(told) from None
        if options["output"] is None:
            for piece in personal_data.export(user, hidden=True):
                self.stdout.write(piece, ending="")
            self.tell(user)
            return
        try:
            pieces = (piece.encode() for piece in personal_data.export(user, hidden=True))
            self.write(options["output"], pieces)
        except OSError as error:
            raise CommandError(f"{options['output']} can't be written: {error.strerror}.") from None
        self.tell(user)
        self.stderr.write(f"Wrote {options['output']}.")

    def tell(self, person: AbstractBaseUser) -> None:
        conversations_read.send_robust(
            None, user=None, action="exported", thread=None, person=person, what="data"
        )

    def write(self, path: Path, pieces: Iterable[bytes]) -> None:
        """Write to a temporary file, then rename it: `path` never holds half an export."""
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
