"""The prompts of the start screen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .offered import Offered


class StarterPrompt(Offered):
    """A prompt that the start screen offers."""

    label = models.CharField(_("label"), max_length=80)
    prompt = models.TextField(_("prompt"), max_length=2000)
    workflow_id = models.CharField(
        _("workflow"), max_length=64, blank=True, default="", help_text=_("Empty: shown in all.")
    )

    class Meta(Offered.Meta):
        verbose_name = _("starter prompt")
        verbose_name_plural = _("starter prompts")

    def __str__(self) -> str:
        return self.label
