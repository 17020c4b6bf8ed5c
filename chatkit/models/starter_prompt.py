"""The prompts of the start screen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class StarterPrompt(models.Model):
    """A prompt that the start screen offers."""

    label = models.CharField(_("label"), max_length=80)
    prompt = models.TextField(_("prompt"), max_length=2000)
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

    class Meta:
        verbose_name = _("starter prompt")
        verbose_name_plural = _("starter prompts")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.label
