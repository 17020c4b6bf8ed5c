"""Who may chat, by the site's own rule in CHATKIT["ACCESS"], and what else users may.

A site's user model need not have all that Django's has. A user without `has_perm` has no
permissions, and one without a full name is called by the login name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import DatabaseError, models
from django.http import HttpRequest
from django.utils.module_loading import import_string

from . import workflows
from .managers import is_visitor
from .models import visitor_name
from .workflows import Workflow

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger("chatkit.access")


def active_users(user: object, workflow_id: str) -> bool:
    """The default rule: every logged-in, active user may use every workflow, and so may visitors
    where CHATKIT["VISITORS"] lets them in."""
    return is_active(user)


def allowed(user: object, workflow_id: str) -> bool:
    """Whether this user or visitor may use `workflow_id` ("" where the request names no known
    workflow)."""
    if not is_active(user):
        return False
    rule = import_string(workflows.setting("ACCESS", workflow_id))
    if not is_visitor(user):
        return bool(rule(user, workflow_id))
    if not workflows.takes_visitors(workflow_id):
        return False
    try:
        return bool(rule(user, workflow_id))
    except PermissionDenied:
        return False
    except DatabaseError:
        raise  # it is away for everybody
    except Exception as error:
        # A rule of before there were visitors, which have no e-mail address, no groups to query,
        # and no row to look up: how it fails is the rule's own affair.
        name = type(error).__name__
        logger.warning("ACCESS can't be asked about visitors (%s): refused.", name, exc_info=True)
        return False


def workflow_for(user: object) -> Workflow | None:
    """The workflow for a page that names none: the first of the table that this user may use. For
    who may use none of them it is the first of all, which then refuses them."""
    return next(iter(workflows_for(user)), None) or workflows.default()


def workflows_for(user: object) -> Iterator[Workflow]:
    """The workflows that the user may use, in the order of the settings. Each is asked for as it
    is taken."""
    return (one for one in workflows.table().values() if allowed(user, one.id))


def may_chat(user: object) -> bool:
    """Whether there is a workflow that the user may use. Where the site has none yet, its rule
    is asked for the id ""."""
    if not workflows.table():
        return allowed(user, "")
    return any(True for _ in workflows_for(user))


def requested(request: HttpRequest, person: object = None) -> Workflow | None:
    """The workflow that a page asks for: that of `?workflow=ID`, None where there is none of this
    id; without the parameter, `workflow_for()` the person, who is the user unless another is
    given."""
    workflow_id = request.GET.get("workflow", "")
    person = request.user if person is None else person
    return workflows.table().get(workflow_id) if workflow_id else workflow_for(person)


# -- users of any user model ---------------------------------------------------------------


def is_active(user: object) -> bool:
    """Whether the user may log in, or the visitor go on."""
    if is_visitor(user):
        return bool(getattr(user, "is_active", False))
    return bool(getattr(user, "is_authenticated", False) and getattr(user, "is_active", True))


def is_staff(user: object) -> bool:
    """Whether the user may use the admin."""
    return bool(getattr(user, "is_staff", False))


def has_perm(user: object, permission: str) -> bool:
    """Whether the user has a Django permission (`app.codename`)."""
    ask = getattr(user, "has_perm", None)
    return bool(ask and ask(permission))


def login_name(user: object) -> str:
    """The name that the user logs in with."""
    pk = getattr(user, "pk", None)
    return _told(user, "get_username") or ("" if pk is None else str(pk))


def owner_name(row: Any) -> str:
    """The login name of a row's user, or what a visitor is called. No query where the user is
    loaded."""
    return login_name(row.user) if row.user_id is not None else visitor_name(row.visitor_id)


def full_name(user: object) -> str:
    """The full name, or else the login name."""
    return _told(user, "get_full_name") or login_name(user)


def short_name(user: object) -> str:
    """The name to address the user by; "" where there is none."""
    return _told(user, "get_short_name")


def _told(user: object, method: str) -> str:
    ask = getattr(user, method, None)
    return str((ask() if ask else "") or "").strip()


def groups_of(user: Any) -> models.QuerySet[Any, Any]:
    """The ids of the user's groups; a user model need have none."""
    from django.contrib.auth.models import Group  # late: settings name functions of this module

    if is_visitor(user):
        return Group.objects.none().values_list("pk", flat=True)
    try:
        name = get_user_model()._meta.get_field("groups").related_query_name()
    except FieldDoesNotExist:
        return Group.objects.none().values_list("pk", flat=True)
    return Group.objects.filter(**{name: user.pk}).order_by().values_list("pk", flat=True)


# -- the demo users, made by the command `chatkit_demo` -------------------------------------

DEMO_NAMES = ("demo", "admin")  # each is its own password


def demo_login(name: str) -> str:
    """What a demo user types into the login form: an address where people log in by e-mail."""
    model = get_user_model()
    by_email = isinstance(model._meta.get_field(model.USERNAME_FIELD), models.EmailField)
    return f"{name}@example.com" if by_email else name


def has_demo_password(user: object) -> bool:
    """Whether this is a demo user, with the password that everybody knows."""
    login = login_name(user)
    return any(
        login == demo_login(name) and _is_password(name, getattr(user, "password", ""))
        for name in DEMO_NAMES
    )


def demo_users() -> list[AbstractBaseUser]:
    """The demo users that have their known passwords still."""
    model = get_user_model()
    logins = [demo_login(name) for name in DEMO_NAMES]
    found = model._default_manager.filter(**{f"{model.USERNAME_FIELD}__in": logins})
    return [user for user in found if is_active(user) and has_demo_password(user)]


@lru_cache(maxsize=16)
def _is_password(password: str, encoded: str) -> bool:
    """Kept, since it takes as long as a login. Not user.check_password(), which may write a
    newer hash."""
    return check_password(password, encoded)
