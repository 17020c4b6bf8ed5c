"""Whose a row is: a user's or a visitor's, and never both or nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.deletion import Collector
from django.utils.translation import gettext_lazy as _

from ..managers import owned_by


def delete_along(
    collector: Collector, field: models.Field[Any, Any], sub_objs: Sequence[Any], using: str
) -> None:
    """CASCADE for an owner that may be NULL. Django's own first sets such a column to NULL where
    constraints can't be put off, as on MariaDB, and the row would be nobody's."""
    collector.collect(
        sub_objs,
        source=field.remote_field.model,  # type: ignore[union-attr]
        source_attr=field.name,
        nullable=False,
        fail_on_restricted=False,
    )


def one_owner(model: str) -> CheckConstraint:
    """The constraint of a model's Meta."""
    users = Q(user__isnull=False, visitor__isnull=True)
    visitors = Q(user__isnull=True, visitor__isnull=False)
    return CheckConstraint(condition=users | visitors, name=f"chatkit_{model}_one_owner")


class Owned(models.Model):
    """A row that belongs to a user or to a visitor. The model itself has the `user`."""

    chatkit_owned = True
    user_id: Any
    visitor = models.ForeignKey(
        "chatkit.Visitor",
        on_delete=delete_along,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("visitor"),
    )

    class Meta:
        abstract = True

    @property
    def person(self) -> Any:
        """The user or the visitor."""
        return self.user if self.user_id is not None else self.visitor  # type: ignore[attr-defined]

    @property
    def person_pk(self) -> Any:
        """The key of the user or of the visitor; no two of them have the same."""
        return self.user_id if self.user_id is not None else self.visitor_id

    @property
    def owned_by(self) -> dict[str, Any]:
        """The columns that say whose it is: a filter for rows of the same owner, and values of
        new ones."""
        return owned_by(self)

    def belongs_to(self, person: Any) -> bool:
        """Whether it is this user's or visitor's."""
        return owned_by(self) == owned_by(person)
