"""Model fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

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
