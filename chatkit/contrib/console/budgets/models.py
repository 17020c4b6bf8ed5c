"""Budgets, and what is used of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Budget(models.Model):
    """How much the people whom it concerns may ask for in a day or a month.

    Where none of person, group and workflow is given, it is about the whole site.
    """

    class Span(models.TextChoices):
        DAY = "day", _("Day")
        MONTH = "month", _("Month")

    class Unit(models.TextChoices):
        MESSAGES = "messages", _("Messages")
        TOKENS = "tokens", _("Tokens")
        MONEY = "money", _("Money")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
        help_text=_("Empty: everybody."),
    )
    group = models.ForeignKey(
        "auth.Group",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group"),
        help_text=_("Only who is in this group."),
    )
    visitors = models.BooleanField(
        _("visitors"), default=False, db_default=False, help_text=_("Only who has not logged in.")
    )
    workflow_id = models.CharField(
        _("workflow"), max_length=128, blank=True, help_text=_("Empty: every workflow.")
    )
    each_person = models.BooleanField(
        _("for each person"),
        default=False,
        help_text=_("Each person may use the whole amount. Otherwise all share it."),
    )
    amount = models.DecimalField(
        _("amount"),
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    unit = models.CharField(_("counted in"), max_length=16, choices=Unit, default=Unit.MESSAGES)
    span = models.CharField(
        _("period"),
        max_length=8,
        choices=Span,
        default=Span.DAY,
        help_text=_("It begins anew at midnight in the site's time zone."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["pk"]

    def __str__(self) -> str:
        from .words import described

        return described(self)

    # What is used has to be counted anew where one of these changes: nothing is counted while it is
    # switched off.
    COUNTED_BY = ("user_id", "group_id", "visitors", "workflow_id", "each_person", "span", "active")

    def save(self, *args: Any, **kwargs: Any) -> None:
        counted = Budget.objects.filter(pk=self.pk).values_list(*self.COUNTED_BY).first()
        super().save(*args, **kwargs)
        if counted and counted != tuple(getattr(self, name) for name in self.COUNTED_BY):
            self.spent.all().delete()

    def unnamed(self) -> str:
        """What it is called without the name of the person whom it is about."""
        from .words import described

        return described(self, named=False)

    def clean(self) -> None:
        if self.visitors and (self.user_id is not None or self.group_id is not None):
            raise ValidationError({"visitors": _("A visitor is no user, and in no group.")})
        amount: Decimal | None = self.amount  # None where the form's field is wrong
        if amount is None or self.unit == self.Unit.MONEY:
            return
        if amount != amount.to_integral_value():
            raise ValidationError({"amount": _("Messages and tokens are whole numbers.")})


class Spent(models.Model):
    """What is used of a budget in the period that began on `begins`; of one that each person
    has, by the person whose key is `holder`."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="spent")
    holder = models.CharField(max_length=64, blank=True)
    begins = models.DateField()
    messages = models.BigIntegerField(default=0)
    tokens = models.BigIntegerField(default=0)
    money = models.DecimalField(max_digits=20, decimal_places=9, default=0)
    # Answers by models without a price, which are not in `money`.
    unpriced = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "begins", "holder"], name="chatkit_console_spent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.begins} {self.holder}"
