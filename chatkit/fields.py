"""Model fields, and what they hold."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DataError, models
from django.utils import timezone

JsonObject = dict[str, Any]

if TYPE_CHECKING:
    ExactCharField = models.CharField
else:

    class ExactCharField(models.CharField):
        """Text that is equal only where every character is, on MySQL and MariaDB too.

        Their usual collations take `a` and `A` for the same, which ids made elsewhere tell apart.
        """

        def db_parameters(self, connection: Any) -> dict[str, Any]:
            parameters = dict(super().db_parameters(connection))
            if connection.vendor == "mysql":
                parameters["collation"] = "utf8mb4_bin"
            return parameters


def stored_time(moment: datetime.datetime) -> datetime.datetime:
    """An aware time as a DateTimeField of this site holds it: without its zone, in that of
    TIME_ZONE, where USE_TZ is off."""
    return moment if settings.USE_TZ else timezone.make_naive(moment)


def local_time(moment: datetime.datetime) -> datetime.datetime:
    """A stored time by the clocks of who reads it, also where the site's times have no zone."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def without_emoji(text: str) -> str:
    """With a replacement character for characters of four bytes, which MySQL and MariaDB can't
    hold where their character set is utf8mb3."""
    return re.sub("[\U00010000-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", text)


def is_unfit(error: Exception) -> bool:
    """Whether this error of a database says that it works and can't store this data."""
    # MariaDB's 1366: a character that the column's character set does not have.
    return isinstance(error, DataError) or error.args[:1] == (1366,)
