"""Texts with fields that people fill in and send."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .offered import Offered


class MessageTemplate(Offered):
    """A text that the "/" menu puts into the composer; `{{customer}}` in it is a field."""

    label = models.CharField(_("label"), max_length=80)
    text = models.TextField(
        _("text"),
        max_length=2000,
        help_text=_("Fields to fill in are written as {{customer}}."),
    )
    start_screen = models.BooleanField(
        _("start screen"), default=True, help_text=_("Offered on the start screen, too.")
    )
    uses = models.PositiveIntegerField(_("uses"), default=0, editable=False)

    class Meta(Offered.Meta):
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")

    def __str__(self) -> str:
        return self.label
