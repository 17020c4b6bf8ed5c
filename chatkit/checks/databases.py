"""Checks of the database: it must hold every character that people write, and be the one that has
the people."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from ..models import Session
from .page import register

WHOLE = "utf8mb4"
# Of our tables: the texts. Keys hold ids of ours, which are letters and digits.
COLUMNS = """
SELECT table_name, column_name, character_set_name
FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name LIKE %s AND character_set_name <> %s
  AND (table_name, column_name) NOT IN (
    SELECT table_name, column_name FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE()
  )
ORDER BY table_name, column_name
"""


@register("chatkit", Tags.database)
def check_characters(databases: Sequence[str]) -> list[CheckMessage]:
    """W051: MySQL or MariaDB is told to use a character set without emoji. The tables are looked
    at where Django looks at databases too: by `migrate`, and by `check --database default`."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "mysql":
        return []
    charset = str(connection.settings_dict["OPTIONS"].get("charset", WHOLE)).lower()
    if charset != WHOLE:
        return [_warning(f"DATABASES[{DEFAULT_DB_ALIAS!r}]['OPTIONS'] says {charset!r}")]
    if DEFAULT_DB_ALIAS not in databases:
        return []
    try:
        fault = _fault(connection)
    except Exception:  # it is not there yet, or may not be asked: Django says the first
        return []
    return [_warning(fault)] if fault else []


def _fault(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@character_set_connection, @@character_set_database")
        spoken, default = cursor.fetchone()
        if spoken != WHOLE:
            return f"the connection speaks {spoken!r}"
        cursor.execute(COLUMNS, [f"{Session._meta.app_label}\\_%", WHOLE])
        columns = cursor.fetchall()
        if columns:
            named = [f"{table}.{column}" for table, column, _charset in columns]
            return f"these columns are {columns[0][2]!r}: {', '.join(named)}"
        if default != WHOLE and not _has_our_tables(connection, cursor):
            return f"the database is {default!r}, as its new tables will be"
    return ""


def _has_our_tables(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> bool:
    return Session._meta.db_table in connection.introspection.table_names(cursor)


@register("chatkit")
def check_routers() -> list[CheckMessage]:
    """E071: a router sends models of ours, or the people, to another database than `default`. W072:
    it reads models of ours elsewhere than it writes them."""
    found: list[CheckMessage] = [_sent(label, wrote) for label, wrote in _elsewhere()]
    if found:
        return found
    return [
        Warning(
            f"DATABASE_ROUTERS reads {label!r} from {read!r} and writes it to {wrote!r}.",
            hint="An answer reads what its question has just written, and a replica may not "
            "have it yet: let the app read where it writes.",
            id="chatkit.W072",
        )
        for label, wrote, read in _routes()
        if read != wrote
    ]


def our_apps() -> list[AppConfig]:
    """`chatkit`, and those of its optional apps that are installed and keep something."""
    package = Session._meta.app_config.name
    return [
        app
        for app in apps.get_app_configs()
        if (app.name == package or app.name.startswith(f"{package}.")) and any(app.get_models())
    ]


def _routes() -> list[tuple[str, str, str]]:
    """Our apps as routers see them: the label, where its models are written and where they are
    read. One for each app, unless a router tells its models apart."""
    # A dict, for its order.
    found = {
        (app.label, router.db_for_write(model), router.db_for_read(model)): None
        for app in our_apps()
        for model in app.get_models()
    }
    return list(found)


def _elsewhere() -> list[tuple[str, str]]:
    """What is written to another database than `default`: a label, or the user model's name."""
    user = get_user_model()
    sent = {(label, wrote): None for label, wrote, _read in _routes()}
    sent[user._meta.label, router.db_for_write(user)] = None
    return [(name, wrote) for name, wrote in sent if wrote != DEFAULT_DB_ALIAS]


def _sent(name: str, alias: str) -> CheckMessage:
    return Error(
        f"DATABASE_ROUTERS sends {name!r} to the database {alias!r}.",
        hint="Conversations refer to people by foreign keys, which reach no other database: leave "
        f"them and the user model in {DEFAULT_DB_ALIAS!r}.",
        id="chatkit.E071",
    )


def _warning(fault: str) -> CheckMessage:
    return Warning(
        f"The database can't hold emoji and other characters of four bytes: {fault}. A message "
        "or an answer that has one is refused or lost.",
        hint=f"Use {WHOLE}, for the connection and for the tables.",
        id="chatkit.W051",
    )
