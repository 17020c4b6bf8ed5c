"""The console's own rows, and the permission to see it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Console(models.Model):
    """No table: what the permission `chatkit_console.view_console` belongs to."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("view_console", _("Can view the console"))]
        verbose_name = _("console")
        verbose_name_plural = _("console")

    def __str__(self) -> str:
        return "console"
