"""What texts have in common that an admin writes for readers: of a language, for a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class OfferedQuerySet(models.QuerySet["Any"]):
    def for_reader(self, language: str | None, groups: Iterable[Any]) -> list[Any]:
        """The rows for such a reader, those that are switched off among them: of the language and
        of none, for the groups and for everybody. One query."""
        code = (language or get_language() or "en").lower().replace("_", "-")
        codes = {code, code.split("-", 1)[0], ""}
        rows = self.filter(Q(group=None) | Q(group__in=groups))
        return [row for row in rows if row.language.lower() in codes]


class Offered(models.Model):
    """A text for the readers of a language, and for those of a group."""

    icon = models.CharField(
        _("icon"), max_length=64, blank=True, help_text=_("A ChatKit icon, e.g. lightbulb.")
    )
    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        help_text=_("A language code such as es. Empty: shown in every language."),
    )
    group = models.ForeignKey(
        "auth.Group",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group"),
        help_text=_("Empty: shown to everybody."),
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    active = models.BooleanField(_("active"), default=True)

    objects = OfferedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order", "id"]
