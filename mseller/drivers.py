"""The driver for MariaDB and MySQL: mysqlclient where it is installed, else PyMySQL."""

from __future__ import annotations

import importlib.util
from typing import Any

LOCAL = {"", "localhost", "127.0.0.1", "::1"}


def mysql(database: dict[str, Any] | None = None) -> None:
    """Make `import MySQLdb` work, which Django does. ImportError where neither driver is here.

    `database` is an entry of DATABASES. On this machine PyMySQL need not try TLS: it reads all
    certificate authorities of the system for each connection, 22 ms of the processor. Where the
    entry has an option of its own about TLS, such as `ssl_ca`, that holds.
    """
    if importlib.util.find_spec("MySQLdb") is None:
        import pymysql  # type: ignore[import-untyped]

        # The version of mysqlclient whose API it has; Django asks for 2.2.1 and newer.
        pymysql.version_info = (2, 2, 7, "final", 0)
        pymysql.install_as_MySQLdb()
        if database is not None and database.get("HOST", "") in LOCAL:
            options = database.setdefault("OPTIONS", {})
            if not any(name.startswith("ssl") for name in options):
                options["ssl_disabled"] = True
