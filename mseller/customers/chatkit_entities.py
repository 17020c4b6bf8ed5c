"""Customers, named by who may view them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatkit.entities import Entity, EntityContext, EntityKind, register

from .models import Customer

FOUND = 10
NOTES = 5


@register
class Customers(EntityKind):
    name = "customer"
    title = gettext_lazy("Customers")
    icon = "user"
    permission = "customers.view_customer"

    def search(self, ctx: EntityContext, words: str) -> Iterable[Entity]:
        found = Customer.objects.filter(Q(name__icontains=words) | Q(email__icontains=words))
        return [Entity(one.pk, one.name, description=one.email) for one in found[:FOUND]]

    def get(self, ctx: EntityContext, id: str) -> Entity | None:
        found = Customer.objects.filter(pk=int(id)).first()
        if found is None:
            return None
        facts: dict[str, object] = {
            _("E-mail"): found.email,
            _("Phone"): found.phone,
            _("Customer since"): date_format(timezone.localtime(found.created_at)),
        }
        if ctx.user.has_perm("customers.view_note"):
            notes = found.notes.all()[:NOTES]
            facts[_("Follow-up notes")] = " · ".join(note.text for note in notes)
        url = reverse("admin:customers_customer_change", args=[found.pk])
        return Entity(
            found.pk,
            found.name,
            description=found.email,
            facts=facts,
            url=url if ctx.user.is_staff else "",
        )
