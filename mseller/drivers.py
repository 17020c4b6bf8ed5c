"""The driver for MariaDB and MySQL: mysqlclient where it is installed, else PyMySQL."""

from __future__ import annotations

import importlib.util


def mysql() -> None:
    """Make `import MySQLdb` work, which Django does. ImportError where neither driver is here."""
    if importlib.util.find_spec("MySQLdb") is None:
        import pymysql  # type: ignore[import-untyped]

        # The version of mysqlclient whose API it has; Django asks for 2.2.1 and newer.
        pymysql.version_info = (2, 2, 7, "final", 0)
        pymysql.install_as_MySQLdb()
