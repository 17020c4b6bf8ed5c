"""manage.py chatkit_demo"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models, transaction

from ... import access


@dataclass(frozen=True)
class Demo:
    """A demo user; the password is the name."""

    name: str
    first_name: str
    last_name: str
    admin: bool


USER, ADMIN = access.DEMO_NAMES
DEMOS = (Demo(USER, "Demo", "User", admin=False), Demo(ADMIN, "Alex", "Admin", admin=True))


class Command(BaseCommand):
    help = (
        "Make the demo users demo/demo and admin/admin, where DEBUG is on. A user that is there "
        "already stays as it is, password included."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="Say nothing.")

    def handle(self, *args: object, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "Demo users have passwords that everybody knows: they are only made where DEBUG "
                "is on."
            )
        with transaction.atomic():
            if made := [demo for demo in DEMOS if make(demo)]:
                self.fill({demo.name for demo in made})
        if not options["quiet"] and options["verbosity"] > 0:
            for demo in DEMOS:
                self.stdout.write(login_line(demo))

    def fill(self, made: set[str]) -> None:
        """For a site's own command of this name: add what the demo users are to find.

        `made` are the names of the users that are new. Not called where none is, so that what
        an admin has deleted does not come back.
        """


def make(demo: Demo) -> bool:
    """Make the user unless there is one of that name, which stays untouched. Whether it did."""
    model = get_user_model()
    name = access.demo_login(demo.name)
    if model._default_manager.filter(**{model.USERNAME_FIELD: name}).exists():
        return False
    wanted = {
        model.USERNAME_FIELD: name,
        getattr(model, "EMAIL_FIELD", "email"): f"{demo.name}@example.com",
        "first_name": demo.first_name,
        "last_name": demo.last_name,
        "is_active": True,
        "is_staff": demo.admin,
        "is_superuser": demo.admin,
    }
    user = model(**{field: value for field, value in wanted.items() if has_field(model, field)})
    user.set_password(demo.name)
    user.save()
    return True


def has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def login_line(demo: Demo) -> str:
    """The login as it works now; without the password where somebody changed it."""
    model = get_user_model()
    user = model._default_manager.get(**{model.USERNAME_FIELD: access.demo_login(demo.name)})
    kind = "admin" if getattr(user, "is_superuser", False) else "ordinary user"
    if access.has_demo_password(user):
        return f"{access.login_name(user)} / {demo.name} ({kind})"
    return f"{access.login_name(user)}, whose password was changed ({kind})"
