"""manage.py chatkit_erase"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import access, personal_data
from ...attachments.files import FilesRemain
from ...hosted import agent_sessions
from ...hosted.owners import upstream_user
from ...models import Session


class Command(BaseCommand):
    help = (
        "Delete everything that is kept about one user: sessions, conversations with their "
        "items, feedback, runs, tool calls, attachments and their files. The user's account stays. "
        "There is no way back: run chatkit_export first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, help="The login name, or the e-mail address.")
        parser.add_argument("--yes", action="store_true", help="Don't ask.")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            user = personal_data.find_user(options["user"])
        except personal_data.UserNotFound as error:
            raise CommandError(str(error)) from None
        name = access.login_name(user)
        hosted = Session.objects.filter(user_id=user.pk, issuer=Session.Issuer.OPENAI).exists()
        if not options["yes"]:
            self.confirm(name, personal_data.counts(user))
        try:
            erased = personal_data.erase(user)
        except FilesRemain as error:
            raise CommandError(f"{error} Mend the storage and run this again.") from error
        self.stdout.write(f"Deleted of {name}: {_said(erased)}.")
        self.end_agent_sessions()
        if hosted:
            self.stdout.write(
                f"{name} also used a workflow at OpenAI, as the user {upstream_user(user.pk)!r}: "
                "what is kept there is for OpenAI to delete."
            )

    def end_agent_sessions(self) -> None:
        """Delete at OpenAI what its agents keep of the conversations, and say what is left."""
        if not agent_sessions.waiting().exists():
            return
        deleted = agent_sessions.delete_waiting()
        self.stdout.write(f"Deleted at OpenAI: {deleted} sessions of agents.")
        left = agent_sessions.waiting()
        if count := left.count():
            why = left.exclude(error="").values_list("error", flat=True).first()
            self.stdout.write(
                f"{count} more could not be deleted there ({why or 'not tried yet'}): "
                "each chatkit_prune tries again."
            )

    def confirm(self, name: str, counts: dict[str, int]) -> None:
        """Go on only if the user's name is typed."""
        self.stdout.write(f"This deletes of {name}: {_said(counts)}.")
        try:
            answer = input(f"Type {name} to go on: ")
        except EOFError:
            raise CommandError("Nobody answered. Say --yes to delete without asking.") from None
        if answer.strip() != name:
            raise CommandError("Nothing was deleted.")


def _said(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
