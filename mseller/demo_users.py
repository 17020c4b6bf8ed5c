"""The demo users, whose passwords everybody knows, are nobody where DEBUG is off.

`make run` makes them where it is on, and its database may be used without it later. The check
chatkit.W053 names them then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from chatkit import access
from chatkit.statements import Select

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser, User


class Backend(ModelBackend):
    """Django's own. It refuses a demo user's password, and ends what was logged in before."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        return super().user_can_authenticate(user) and not is_refused(user)

    def get_user(self, user_id: int) -> User | None:
        """Django's, by a statement that is made once: each request of somebody asks for it."""
        user = next(iter(_by_pk(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None


_by_pk = Select(lambda pk: get_user_model()._default_manager.filter(pk=pk))


def may_chat(user: AbstractBaseUser | AnonymousUser, workflow_id: str) -> bool:
    """The site's rule of ACCESS: every active user, also by a session begun before."""
    return access.active_users(user, workflow_id) and not is_refused(user)


def is_refused(user: AbstractBaseUser | AnonymousUser | None) -> bool:
    return not settings.DEBUG and access.has_demo_password(user)
